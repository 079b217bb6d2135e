// What the organisations that were told of a case have said of it, and who of them is silent: what the roll-up, the
// chase, the verbs and `show` have in common. In go a case and the copies of its notices; nothing changes here.
import type { Answer, MemberAnswer } from '../../model/answer.ts'
import { type Case, isUnpublished } from '../../model/case.ts'
import type { Contact } from '../../model/contact.ts'
import type { Decision, NoticeCopy } from '../../model/decision.ts'
import type { Event } from '../../model/event.ts'
import type { Notice } from '../../model/notice.ts'
import type { MailOrder, Suggestion } from '../../model/order.ts'
import { type Plaintext, plaintext } from '../../model/plaintext.ts'
import { unreachable } from '../../model/result.ts'
import { type CaseId, type DistributorId, type Instant, later } from '../../model/scalars.ts'
import { adminWithKey, type Settings } from '../../model/settings.ts'
import { formatInstant, HOUR } from '../../model/time.ts'
import { insidersOf } from '../authority.ts'
import { caseAfter, isOfCase, type Known } from '../known.ts'
import { toInsider } from '../orders.ts'
import { quotedLines } from '../quoted.ts'

/** How far the copy of the newest notice came, the best of the contacts'. */
const COPY_STATES = ['sent', 'in doubt', 'on its way', 'held', 'failed', 'dropped'] as const
type CopyState = (typeof COPY_STATES)[number]

/** Copies of one notice go one after the other, and do not make for as many times to answer. */
const SPREAD = HOUR

export type OrganisationAnswers = {
  readonly id: DistributorId
  readonly name: Plaintext
  readonly copy: CopyState
  /** Of the newest notice that it has: which, and when it went to it; undefined: it has none. */
  readonly has: { readonly notice: Notice; readonly at: Instant } | undefined
  /** Whether it has a notice and has said nothing since that went out. */
  readonly voice: 'heard' | 'silent'
  readonly answers: readonly MemberAnswer[]
  readonly feedback: number
  readonly contributions: number
  /** Contacts that have a copy. */
  readonly readers: readonly Contact[]
}

type Sources = Pick<Known, 'notices' | 'copies' | 'contacts'>
type Held = { readonly copy: NoticeCopy; readonly notice: Notice; readonly contact: Contact }

/** Of each organisation on the list for which there is a copy of a notice of the case that went out. */
export function answersOf(
  theCase: Case,
  { notices, copies, contacts }: Sources,
): readonly OrganisationAnswers[] {
  const active = new Map(contacts.filter(({ state }) => state === 'active').map(one => [one.id, one]))
  const held = new Map<DistributorId, Held[]>()
  for (const copy of copies) {
    const notice = notices.get(copy.notice)
    const contact = active.get(copy.contact)
    if (notice?.case !== theCase.id || notice.state !== 'released' || contact === undefined) continue
    if (copy.state === 'cancelled') continue
    const theirs = held.get(contact.distributor) ?? []
    theirs.push({ copy, notice, contact })
    held.set(contact.distributor, theirs)
  }
  return [...held].flatMap(([id, theirs]) => {
    const newestFirst = theirs.toSorted((a, b) => goneAt(b.notice) - goneAt(a.notice))
    const [newest] = newestFirst
    if (newest === undefined) return []
    const sent = newestFirst.filter(({ copy }) => copy.state === 'sent')
    const [had] = sent
    const heardAt = theCase.heard.find(({ of }) => of === id)?.at
    const isSilent = had !== undefined && (heardAt === undefined || heardAt < goneAt(had.notice))
    return [
      {
        id,
        name: newest.contact.organisation,
        copy: best(
          newestFirst.filter(({ notice }) => notice.id === newest.notice.id).map(({ copy }) => copy),
        ),
        has: had && { notice: had.notice, at: had.copy.at ?? goneAt(had.notice) },
        voice: isSilent ? ('silent' as const) : ('heard' as const),
        answers: theCase.answers.filter(({ of }) => of === id),
        feedback: theCase.feedback.filter(({ of }) => of === id).length,
        contributions: theCase.contributions.filter(({ of }) => of === id).length,
        readers: [...new Set(sent.map(({ contact }) => contact))],
      },
    ]
  })
}

const goneAt = ({ releasedAt, sendAt }: Notice): Instant => releasedAt ?? sendAt

function best(copies: readonly NoticeCopy[]): CopyState {
  const ranks = copies.map(copy => COPY_STATES.indexOf(stateOf(copy)))
  return COPY_STATES[Math.min(...ranks)] ?? 'dropped'
}

function stateOf({ state, doubt, why }: NoticeCopy): CopyState {
  // Of what waited at a backup the operator says that it went out, and no copy here shows it.
  if (state !== 'sent' && (doubt === 'in-doubt' || why === 'restored')) return 'in doubt'
  switch (state) {
    case 'sent':
    case 'held':
    case 'failed':
      return state
    case 'ready':
    case 'sending':
      return 'on its way'
    case 'dropped':
    case 'cancelled':
      return 'dropped'
    default:
      return unreachable(state)
  }
}

/** Since when an organisation has had the time to answer, which what of it came with the others shares with them. */
export const askedSince = ({ notice, at }: NonNullable<OrganisationAnswers['has']>): Instant =>
  later(at, -SPREAD) > goneAt(notice) ? at : goneAt(notice)

/** Those who said nothing. */
export const silentOf = (all: readonly OrganisationAnswers[]): readonly OrganisationAnswers[] =>
  all.filter(({ voice }) => voice === 'silent')

/** A line an organisation, and what it wrote itself behind bars; to others than admins without names. */
export function answerLines(
  all: readonly OrganisationAnswers[],
  reader: 'admin' | 'insider',
): readonly string[] {
  const inOrder = all.toSorted((a, b) => rank(a) - rank(b) || a.id.localeCompare(b.id))
  return inOrder.flatMap(one => {
    const name = reader === 'admin' ? ` ${one.name.open()}` : ''
    return [`${one.id}${name}: ${said(one).join('; ')}`, ...one.answers.flatMap(wordsOf)]
  })
}

/** Who has no copy first, then who is silent. */
const rank = ({ copy, voice }: OrganisationAnswers): number =>
  copy !== 'sent' ? 0 : voice === 'silent' ? 1 : 2

function said({
  copy,
  has,
  voice,
  answers,
  feedback,
  contributions,
}: OrganisationAnswers): readonly string[] {
  const heard = [
    ...answers.map(({ answer }) => answerPhrase(answer)),
    ...(feedback === 0 ? [] : [`feedback: ${feedback}`]),
    ...(contributions === 0 ? [] : [`contributed: ${contributions}`]),
  ]
  const isSilent = voice === 'silent' && has !== undefined
  const [first, ...rest] = heard
  const parts = [
    ...(copy === 'sent' ? [] : [`copy ${copy}`]),
    ...(isSilent ? [`SILENT since ${formatInstant(has.at)}`] : []),
    // What was said to an earlier notice is no answer to the newest.
    ...(first === undefined ? [] : [isSilent ? `before: ${first}` : first, ...rest]),
  ]
  return parts.length === 0 ? ['said nothing'] : parts
}

/** What an organisation says, in our words. */
export function answerPhrase(answer: Answer): string {
  switch (answer.kind) {
    case 'ack':
      return 'looks at it'
    case 'affected':
      return {
        yes: 'is affected',
        no: 'is not affected',
        unknown: 'does not know yet whether it is affected',
      }[answer.as]
    case 'ready':
      return 'has its fix ready'
    case 'agree':
      return 'agrees to the date'
    case 'object':
      return 'objects to the date'
    case 'propose':
      return `proposes the date ${formatInstant(answer.instant)}`
    default:
      return unreachable(answer)
  }
}

function wordsOf({ answer }: MemberAnswer): readonly string[] {
  const words =
    answer.kind === 'ready' ? [answer.version, answer.url] : answer.kind === 'object' ? [answer.reason] : []
  return words.flatMap(one => (one === undefined ? [] : quotedLines(one).map(line => `  ${line}`)))
}

/** What a member can answer by one tap, the likely first; it names the case and nobody. */
export const answerOffers = (
  theCase: CaseId,
  { instance }: Pick<Settings, 'instance'>,
): readonly Suggestion[] =>
  [
    ['It arrived, and we look at it', `ack ${theCase}`],
    ['We are affected', `affected ${theCase} yes`],
    ['We are not affected', `affected ${theCase} no`],
    ['Our fix is ready', `ready ${theCase}`],
    ['Feedback for the team, in the gap', `feedback ${theCase} <<\n\n.`],
  ].map(([label = '', line]) => ({ label, body: `embargod ${instance}\n${line}\n` }))

/** One mail to each who works on the case, with all that was answered. */
export function rollUpMails(
  theCase: Case,
  all: readonly OrganisationAnswers[],
  asked: 'again' | 'last' | 'nobody',
  settings: Settings,
): readonly MailOrder[] {
  const told = all.filter(({ has }) => has !== undefined).length
  return insidersOf(theCase, settings).map(insider => {
    const reader = adminWithKey(settings, insider.fingerprint) === undefined ? 'insider' : 'admin'
    return toInsider(
      insider,
      { project: theCase.project, case: theCase.id },
      {
        kind: 'roll-up',
        told,
        silent: silentOf(all).length,
        asked,
        lines: answerLines(all, reader).map(plaintext),
      },
    )
  })
}

const SPEAKING: ReadonlySet<Event['kind']> = new Set(['member-answered', 'feedback-given', 'contributed'])

/** With the roll-up, where by this the last of the silent has answered. */
export function withRollUps(decision: Decision, known: Known): Decision {
  const spoken = decision.events.filter(isOfCase).filter(({ kind }) => SPEAKING.has(kind))
  const mails = [...new Set(spoken.map(event => event.case))].flatMap(id => {
    const before = known.cases.get(id)
    const after = caseAfter(before, id, decision.events)
    if (before === undefined || after === undefined || !isUnpublished(after)) return []
    const all = answersOf(after, known)
    // While copies go out, the first to answer is not all.
    const isGoing = all.some(({ copy }) => copy === 'on its way' || copy === 'in doubt')
    const isLast = silentOf(all).length === 0 && silentOf(answersOf(before, known)).length > 0
    return isLast && !isGoing ? rollUpMails(after, all, 'nobody', known.settings) : []
  })
  return mails.length === 0 ? decision : { ...decision, mails: [...decision.mails, ...mails] }
}
