// Which open cases a report may be about, by the rare words that both hold. The index lives in memory alone and is
// built at the start from the sealed extracts: no index of content lies on the disk. It suggests, never decides.
import { type Case, type Extraction, isOpen } from '../model/case.ts'
import { type CaseId, type ProjectName, UNROUTED } from '../model/scalars.ts'

/** Open cases that are compared, the newest. */
const MOST_CASES = 2_000
/** Cases that share a word, beyond which it is not rare. */
const RARE = 20
/** Shared words that make two cases alike; one id of a vulnerability does it alone. */
const ENOUGH = 3
const MOST_SUGGESTED = 3

const vulnerability = /^(?:cve-|ghsa-)/

type Known = { readonly project: ProjectName; readonly terms: readonly string[] }

export type FindCase = (id: CaseId) => Case | undefined

export class SimilarCases {
  readonly #find: FindCase
  /** In the order in which they were opened. */
  readonly #cases = new Map<CaseId, Known>()
  readonly #byTerm = new Map<string, Set<CaseId>>()

  /** `open`: the open cases, newest first. */
  constructor(open: readonly Case[], find: FindCase) {
    this.#find = find
    for (const theCase of open.toReversed()) this.#add(theCase)
  }

  /** Looks at a case again that has changed or is new. */
  look(id: CaseId): void {
    const theCase = this.#find(id)
    if (theCase !== undefined && isOpen(theCase)) this.#add(theCase)
    else this.#remove(id)
  }

  /** Open cases of the same project, or not routed yet, that share rare words with a report; the likest first. */
  to({ terms }: Extraction, project: ProjectName): readonly CaseId[] {
    const shared = new Map<CaseId, number>()
    for (const term of terms.map(one => one.open())) {
      const holders = this.#byTerm.get(term)
      if (holders === undefined || holders.size > RARE) continue
      const weight = vulnerability.test(term) ? ENOUGH : 1
      for (const id of holders) shared.set(id, (shared.get(id) ?? 0) + weight)
    }
    return [...shared]
      .filter(([id, weight]) => weight >= ENOUGH && this.#mayBeOf(id, project))
      .sort(([, a], [, b]) => b - a)
      .slice(0, MOST_SUGGESTED)
      .map(([id]) => id)
  }

  #mayBeOf(id: CaseId, project: ProjectName): boolean {
    const other = this.#cases.get(id)?.project
    return other === project || other === UNROUTED || project === UNROUTED
  }

  #add({ id, project, extract }: Case): void {
    const terms = extract?.terms.map(one => one.open()) ?? []
    const known = this.#cases.get(id)
    this.#cases.set(id, { project, terms })
    if (known !== undefined) return
    for (const term of terms) {
      const holders = this.#byTerm.get(term) ?? new Set()
      holders.add(id)
      this.#byTerm.set(term, holders)
    }
    const [oldest] = this.#cases.keys()
    if (oldest !== undefined && this.#cases.size > MOST_CASES) this.#remove(oldest)
  }

  #remove(id: CaseId): void {
    for (const term of this.#cases.get(id)?.terms ?? []) {
      const holders = this.#byTerm.get(term)
      holders?.delete(id)
      if (holders?.size === 0) this.#byTerm.delete(term)
    }
    this.#cases.delete(id)
  }
}
