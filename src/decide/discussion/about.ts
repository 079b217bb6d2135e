// What a post is about: the case in whose thread it stands or that it names, if its writer may know of that case. In doubt
// it is about none, and nobody but the team gets it.
import { type Case, isUnpublished } from '../../model/case.ts'
import type { Snapshot } from '../../model/decision.ts'
import type { OpenedMail } from '../../model/mail.ts'
import type { Notice } from '../../model/notice.ts'
import {
  type CaseId,
  type Fingerprint,
  type NoticeId,
  type ProjectName,
  parseCaseId,
  parseNoticeId,
  parsePostId,
} from '../../model/scalars.ts'
import { insidersOf, isInsider } from '../authority.ts'
import { toldContacts } from '../sharing/sharing.ts'

/** `unknown` stands for what does not exist and for what its writer was not told of: both are answered alike. */
export type About =
  | { readonly kind: 'case'; readonly theCase: Case }
  /** For the whole list; `answers`: as what it answers is. */
  | { readonly kind: 'list'; readonly answers: 'a-post' | 'nothing' }
  | { readonly kind: 'unknown' | 'several' }

const MAX_LOOKED_AT = 100_000
const MOST_NAMED = 50
const reference = /(?<![\w-])[CN]-[0-9]{6}(?![\w-])/gi

type References = { readonly cases: readonly CaseId[]; readonly notices: readonly NoticeId[] }

function referencesIn(text: string): References {
  const words = [...text.slice(0, MAX_LOOKED_AT).matchAll(reference)]
    .slice(0, MOST_NAMED)
    .map(([word]) => word)
  return {
    cases: [...new Set(words.flatMap(word => parseCaseId(word) ?? []))],
    notices: [...new Set(words.flatMap(word => parseNoticeId(word) ?? []))],
  }
}

const subjectOf = ({ protectedSubject, header }: OpenedMail): string =>
  (protectedSubject ?? header.subject).open()

/** All that must be looked up before a mail to a list is decided on. */
export const namedInPost = (mail: OpenedMail): References =>
  referencesIn(`${subjectOf(mail).slice(0, MAX_LOOKED_AT / 2)}\n${mail.authored.text?.open() ?? ''}`)

/**
 * A number in the subject, and the thread, say what it is about even where its writer does not know of that; one in the
 * text, which may be quoted, only where they do.
 */
export function aboutOf(
  mail: OpenedMail,
  who: Fingerprint,
  project: ProjectName,
  snapshot: Pick<
    Snapshot,
    'cases' | 'notices' | 'posts' | 'contacts' | 'told' | 'settings' | 'threadCase' | 'threadParent'
  >,
): About {
  const { cases, notices, posts, settings, threadCase, threadParent } = snapshot
  const known = (id: CaseId | undefined): Case | undefined => {
    const theCase = id === undefined ? undefined : cases.get(id)
    return theCase?.project === project && mayKnow(theCase, who, snapshot) ? theCase : undefined
  }
  const named = (text: string): readonly (CaseId | undefined)[] => {
    const found = referencesIn(text)
    return [...found.cases, ...found.notices.map(id => caseOf(notices.get(id)))]
  }
  // That one waits for its instant only those know who work on the case.
  const caseOf = (notice: Notice | undefined): CaseId | undefined => {
    const theCase = notice && cases.get(notice.case)
    const isThere = notice?.releasedAt !== undefined || (theCase && isInsider(theCase, who, settings))
    return isThere ? notice?.case : undefined
  }
  const answered = threadParent === undefined ? undefined : parsePostId(threadParent)
  const post = answered === undefined ? undefined : posts.get(answered)
  const inThread = post?.case ?? threadCase
  const firm = [...(inThread === undefined ? [] : [inThread]), ...named(subjectOf(mail))]
  if (firm.some(id => known(id) === undefined)) return { kind: 'unknown' }
  const found = [...firm, ...named(mail.authored.text?.open() ?? '')].flatMap(id => known(id) ?? [])
  const [first] = found
  if (first === undefined) return { kind: 'list', answers: post === undefined ? 'nothing' : 'a-post' }
  return found.every(({ id }) => id === first.id) ? { kind: 'case', theCase: first } : { kind: 'several' }
}

/** Whether they work on it, were told of it and are on the list, or are its reporter and let in. */
function mayKnow(
  theCase: Case,
  who: Fingerprint,
  people: Pick<Snapshot, 'contacts' | 'told' | 'settings'>,
): boolean {
  const { reporter, reporterDiscusses } = theCase
  return (
    insidersOf(theCase, people.settings).some(one => one.fingerprint === who) ||
    toldContacts(theCase, people).some(one => one.fingerprint === who) ||
    (reporterDiscusses !== undefined && reporter.key?.fingerprint === who)
  )
}

/** Whether what members may say of a case is for the team alone again: it is public, it ended, or its embargo did. */
export const isOver = (theCase: Case): boolean =>
  !isUnpublished(theCase) || theCase.embargo.state === 'lifted' || theCase.embargo.state === 'broken'
