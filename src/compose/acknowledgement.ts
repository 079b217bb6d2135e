// The acknowledgement: a function of policy, case id, time of receipt, the time now and whether a key stood on the
// outside, and of nothing that the mail it answers says (product.md §5), so that it never carries or confirms a
// stranger's words.
import type { Content } from '../model/order.ts'
import type { Policy } from '../model/policy.ts'
import type { CaseId, Fingerprint, Instant } from '../model/scalars.ts'
import { grouped, latestAtOnce, toldView, when } from './phrases.ts'
import { type Rendered, render, type Templates } from './template.ts'

/** Whether it goes out encrypted, to a key that came on the outside of a mail. */
type Secrecy = 'encrypted' | 'clear'

/** The whole text; our key goes along as a file. */
export function acknowledgement(
  templates: Templates,
  policy: Policy,
  theCase: CaseId,
  receivedAt: Instant,
  now: Instant,
  ourKey: Fingerprint,
  secrecy: Secrecy,
): Rendered {
  const { zone } = policy.calendar
  const { intake, links, team } = policy
  const latest = latestAtOnce(policy, receivedAt)
  const clocks = toldView(policy, receivedAt, now, zone)
  const items = intake.proposedContent.map(({ text }) => ({ what: text }))
  return render(templates, 'acknowledgement', {
    case: theCase,
    received: when(receivedAt, zone),
    latest: latest !== undefined && latest > now ? when(latest, zone) : undefined,
    team,
    next: clocks.length === 0 ? undefined : { clocks },
    wanted: items.length === 0 ? undefined : { items },
    fingerprint: grouped(ourKey),
    encrypted: secrecy === 'encrypted',
    tracker: links.tracker,
    advisories: links.advisories,
    policy: links.policy,
  })
}

/** Numbers in one line. */
const ABREAST = 6

/** One mail for all the cases that a limit left without their own: numbers, and what holds for each of them. */
export const acknowledgementList = (
  templates: Templates,
  { team }: Policy,
  { cases, others }: Extract<Content, { kind: 'acknowledgement-list' }>,
  first: CaseId,
  ourKey: Fingerprint,
): Rendered =>
  render(templates, 'acknowledgement-list', {
    numbers: { verbatim: abreast(cases) },
    others: others === 0 ? undefined : `${others}`,
    first,
    team,
    fingerprint: grouped(ourKey),
  })

const abreast = (cases: readonly CaseId[]): string =>
  cases
    .flatMap((_, at) => (at % ABREAST === 0 ? [`    ${cases.slice(at, at + ABREAST).join('  ')}`] : []))
    .join('\n')
