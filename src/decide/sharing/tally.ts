// What the organisations told of a case think of its date: one voice each, the last word counts, and only about the date
// that is set now. Enough of them make it the list's date; who decides on dates is the team all the same.
import { type DateTally, isPosition } from '../../model/answer.ts'
import { type Case, isUnpublished } from '../../model/case.ts'
import type { CaseEvent } from '../../model/case-event.ts'
import type { Decision } from '../../model/decision.ts'
import { dateOf, holds } from '../../model/disclosure-date.ts'
import { type Event, SCHEDULER } from '../../model/event.ts'
import type { MailOrder } from '../../model/order.ts'
import type { Policy } from '../../model/policy.ts'
import type { CaseId, DistributorId, Instant } from '../../model/scalars.ts'
import { policyOf } from '../../model/settings.ts'
import { insidersOf } from '../authority.ts'
import { caseAfter, fold, type Known, ownState } from '../known.ts'
import { toInsider } from '../orders.ts'
import { silent } from '../outcomes.ts'
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
 * The decision with what follows for dates from organisations that go off the list, or whose copies are stopped, and had
 * said nothing of them: those who stay may be enough. Nobody's objection is overcome by taking them off it.
 */
export function withAgreements(decision: Decision, known: Known): Decision {
  const isFewer = ({ kind }: Event) => kind === 'contact-ended' || kind === 'notice-cancelled'
  if (!decision.events.some(isFewer)) return decision
  const after = { ...known, ...fold(ownState(known), decision.events) }
  const follows = [...known.cases].flatMap(([id, was]) => {
    const is = after.cases.get(id)
    return is === undefined || tallyOf(was, known).object.length > 0 ? [] : [agreeing(is, after)]
  })
  return {
    ...decision,
    events: [...decision.events, ...follows.flatMap(({ events }) => events)],
    mails: [...decision.mails, ...follows.flatMap(({ mails }) => mails)],
  }
}

/** When a copy that was on its way did not arrive: those who have theirs may be enough; undefined: they are not. */
export function listAgrees(id: CaseId, known: Known): Decision | undefined {
  const theCase = known.cases.get(id)
  const { events, mails } = theCase === undefined ? NOTHING : agreeing(theCase, known)
  return events.length === 0
    ? undefined
    : { ...silent('command', 'date-agreed'), actor: SCHEDULER, events, mails }
}

const NOTHING: Pick<Decision, 'events' | 'mails'> = { events: [], mails: [] }

function agreeing(theCase: Case, known: Known): typeof NOTHING {
  const events = isUnpublished(theCase) ? agreementOn(theCase, known, known.now) : []
  if (events.length === 0) return NOTHING
  return { events, mails: agreementMails(caseAfter(theCase, theCase.id, events) ?? theCase, known) }
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
