// What the organisations told of a case think of its date: one voice each, the last word counts, and only about the date
// that is set now. Enough of them make it the list's date; who decides on dates is the team all the same.
import { type DateTally, isPosition } from '../../model/answer.ts'
import { type Case, isUnpublished } from '../../model/case.ts'
import type { CaseEvent } from '../../model/case-event.ts'
import type { Decision, Snapshot } from '../../model/decision.ts'
import { dateOf, holds } from '../../model/disclosure-date.ts'
import { type Event, SCHEDULER } from '../../model/event.ts'
import type { MailOrder } from '../../model/order.ts'
import type { Policy } from '../../model/policy.ts'
import type { DistributorId, Instant } from '../../model/scalars.ts'
import { policyOf } from '../../model/settings.ts'
import { insidersOf } from '../authority.ts'
import { caseAfter, type Known } from '../known.ts'
import { toInsider } from '../orders.ts'
import { toldContacts } from './sharing.ts'

type People = Pick<Known, 'contacts' | 'told' | 'settings' | 'notices' | 'copies'>

/**
 * Of the organisations with a contact who is on the list now and was told, or is being told. Who proposed the date that is
 * set agrees; nobody does by the word of a contact who has left.
 */
export function tallyOf(theCase: Case, people: Omit<People, 'settings'>): DateTally {
  const readers = toldContacts(theCase, people)
  const told = new Set<DistributorId>(
    [...readers, ...nextReaders(theCase, people)].map(one => one.distributor),
  )
  const { disclose } = theCase.embargo
  const agree: DateTally['agree'][number][] = []
  const object: DateTally['object'][number][] = []
  const propose: DateTally['propose'][number][] = []
  for (const { answerer: by, of, answer } of theCase.answers) {
    if (!told.has(of) || !isPosition(answer)) continue
    if (answer.kind === 'object') object.push({ by, reason: answer.reason })
    else if (answer.kind === 'agree' || answer.instant === disclose) {
      if (readers.some(({ id }) => id === by)) agree.push(by)
    } else propose.push({ by, instant: answer.instant })
  }
  return { of: told.size, agree, object, propose }
}

/** Whose copy of a notice is on its way: the first who has theirs does not agree for all. */
function nextReaders({ id }: Case, { contacts, notices, copies }: Omit<People, 'settings'>) {
  const going = copies.filter(
    one => one.case === id && one.state === 'ready' && notices.get(one.notice)?.state === 'released',
  )
  const awaiting = new Set(going.map(({ contact }) => contact))
  return contacts.filter(one => one.state === 'active' && awaiting.has(one.id))
}

/** That the list agrees to the date since now, if it does; nothing that comes later undoes it. */
export function agreementOn(
  theCase: Case,
  people: People,
  now: Instant,
): readonly Extract<CaseEvent, { kind: 'date-agreed' }>[] {
  const date = dateOf(theCase)
  if (date === undefined || !holds(date) || theCase.embargo.agreed !== undefined) return []
  const tally = tallyOf(theCase, people)
  const { notices } = policyOf(people.settings, theCase.project)
  const agreed = tally.agree.length
  if (tally.object.length > 0 || !isEnough(agreed, tally.of, notices.agreement)) return []
  const fact = { at: now, actor: SCHEDULER, case: theCase.id } as const
  return [{ ...fact, kind: 'date-agreed', disclose: date.at, agreed, of: tally.of }]
}

const isEnough = (agreed: number, of: number, rule: Policy['notices']['agreement']): boolean =>
  rule === 'all' ? of > 0 && agreed === of : agreed * 2 > of

/**
 * The decision with what follows for dates from organisations that go off the list and had said nothing of them: those
 * who stay may be enough. Nobody's objection is overcome by taking them off it.
 */
export function withAgreements(
  decision: Decision,
  known: People & Pick<Snapshot, 'cases' | 'now'>,
): Decision {
  const gone = decision.events.flatMap(event => (event.kind === 'contact-ended' ? [event.contact] : []))
  const keys = known.contacts.filter(({ id }) => gone.includes(id)).map(one => one.fingerprint)
  if (keys.length === 0) return decision
  const people = { ...known, contacts: known.contacts.filter(({ id }) => !gone.includes(id)) }
  const events: Event[] = []
  const mails: MailOrder[] = []
  for (const [id, theCase] of known.cases) {
    const knew = keys.some(key => known.told.get(id)?.includes(key) === true)
    const is = caseAfter(theCase, id, decision.events) ?? theCase
    if (!knew || !isUnpublished(is) || tallyOf(theCase, known).object.length > 0) continue
    const agreement = agreementOn(is, people, known.now)
    if (agreement.length === 0) continue
    events.push(...agreement)
    mails.push(...agreementMails(caseAfter(is, id, agreement) ?? is, people))
  }
  return { ...decision, events: [...decision.events, ...events], mails: [...decision.mails, ...mails] }
}

/** Tells those who work on the case that its date is the list's since now. */
export const agreementMails = (theCase: Case, people: People): readonly MailOrder[] =>
  insidersOf(theCase, people.settings).map(one =>
    toInsider(
      one,
      { project: theCase.project, case: theCase.id },
      {
        kind: 'date-tally',
        date: dateOf(theCase),
        tally: tallyOf(theCase, people),
        reporter: theCase.wishes.position,
        said: undefined,
      },
    ),
  )
