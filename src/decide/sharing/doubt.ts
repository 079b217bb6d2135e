// What follows from word that somebody does not keep an embargo: it is in doubt from then on, once, and every admin has
// to decide, in one alarm. Words that nobody signed open an incident and no more. In go a decision and what was known
// before it; out comes the same with the doubt in it.
import { type Case, isUnpublished } from '../../model/case.ts'
import { evolveCase } from '../../model/case-evolution.ts'
import type { Decision, Snapshot } from '../../model/decision.ts'
import { type Doubt, doubtOf } from '../../model/doubt.ts'
import type { Actor, Event } from '../../model/event.ts'
import type { MailOrder, Suggestion } from '../../model/order.ts'
import { plaintext } from '../../model/plaintext.ts'
import type { CaseId, IncidentId } from '../../model/scalars.ts'
import { policyOf, type Settings } from '../../model/settings.ts'
import { formatInstant } from '../../model/time.ts'
import { rolesIn } from '../authority.ts'
import { decidingOn } from '../due-offers.ts'
import { fold, type OwnState, ownState } from '../known.ts'
import { toAdmins } from '../orders.ts'
import { isOver } from '../time/embargo.ts'
import { whoHad } from './incident-description.ts'
import { memberOf } from './leaks.ts'

/** Adds the doubts that its events cast, and tells every admin of each in one mail. */
export function withDoubts(decision: Decision, known: Snapshot): Decision {
  const causes = decision.events.filter(event => CAUSES.has(event.kind))
  if (causes.length === 0) return decision
  let state = fold(ownState(known), decision.events)
  let told = decision
  for (const event of causes) {
    const cause = causeIn(event)
    const theCase = cause && state.cases.get(cause.case)
    if (cause === undefined || theCase === undefined || !casts(cause, theCase, event.actor, known)) continue
    const { at, actor } = event
    const doubted = { at, actor, case: cause.case, kind: 'embargo-doubted', because: cause.because } as const
    state = fold(state, [doubted])
    told = alarming(
      { ...told, events: [...told.events, doubted] },
      evolveCase(theCase, doubted),
      state,
      known,
    )
  }
  return told
}

type Cause = {
  readonly case: CaseId
  /** Undefined: somebody said that it is public. */
  readonly because: IncidentId | undefined
  readonly by: 'whoever' | 'team'
}

const CAUSES: ReadonlySet<Event['kind']> = new Set(['incident-opened', 'incident-linked', 'made-public'])

function causeIn(event: Event): Cause | undefined {
  switch (event.kind) {
    case 'incident-opened':
      return event.about && { case: event.about, because: event.incident, by: 'whoever' }
    case 'incident-linked':
      return { case: event.about, because: event.incident, by: 'team' }
    case 'made-public':
      return { case: event.case, because: undefined, by: 'team' }
    default:
      return undefined
  }
}

/** Of a case with an embargo that lasts; a decision that is awaited already is not asked for twice. */
function casts(cause: Cause, theCase: Case, actor: Actor, known: Snapshot): boolean {
  if (!isUnpublished(theCase) || isOver(theCase) || theCase.embargo.doubted !== undefined) return false
  // What was public before anybody had named a date or told a member, nobody has broken.
  if (cause.because === undefined) return theCase.embargo.state !== 'none' || wentOut(theCase)
  return cause.by === 'team' || isBelieved(actor, theCase, known)
}

const wentOut = ({ milestones }: Case): boolean =>
  Object.keys(milestones).some(one => one.startsWith('notice:'))

/** Whoever signed it, is on a list or has a part in the case. */
function isBelieved(actor: Actor, theCase: Case, { contacts, settings, told }: Snapshot): boolean {
  if (actor.kind === 'operator') return true
  if (!('fingerprint' in actor)) return false
  return (
    memberOf(actor, contacts) !== undefined || rolesIn(theCase, actor.fingerprint, settings, told).length > 0
  )
}

/** In the mail that alarms the admins already, if there is one; else in one of its own. */
function alarming(decision: Decision, theCase: Case, state: OwnState, known: Snapshot): Decision {
  const { settings, now } = known
  const doubt = doubtOf(theCase, policyOf(settings, theCase.project))
  if (doubt === undefined) return decision
  const offers = [...deciding(doubt, settings), ...stopping(theCase, state, settings)]
  const who = plaintext(
    whoHad(theCase, { ...known, ...state })
      .join('\n')
      .trim(),
  )
  let isTold = false
  const mails = decision.mails.map((order): MailOrder => {
    const { content } = order
    if (content.kind === 'leak' && content.incident.id === doubt.because) {
      isTold = true
      return { ...order, content: { ...content, doubt, who }, offers: [...offers, ...(order.offers ?? [])] }
    }
    if (
      content.kind === 'alert' &&
      content.alert.kind === 'case-public' &&
      content.alert.case === theCase.id
    ) {
      isTold = true
      return { ...order, content: { ...content, alert: { ...content.alert, doubt } }, offers }
    }
    return order
  })
  if (isTold) return { ...decision, mails }
  const item = { kind: 'decision', due: doubt.due, doubt } as const
  const about = { project: theCase.project, case: theCase.id }
  const own = toAdmins(settings.admins, about, { kind: 'reminder', theCase, at: now, items: [item] })
  return { ...decision, mails: [...mails, ...own] }
}

/** Notices that would still go out while the team decides. */
const stopping = ({ id }: Case, { notices }: OwnState, { instance }: Settings): readonly Suggestion[] =>
  [...notices.values()]
    .filter(one => one.case === id && one.state === 'scheduled')
    .slice(0, MOST_STOPPED)
    .map(one => ({
      label: `Stop ${one.id}, which goes out ${formatInstant(one.sendAt)}`,
      body: `embargod ${instance}\ncancel ${one.id}\n`,
    }))

/** A phone shows few links. */
const MOST_STOPPED = 3

const deciding = (doubt: Doubt, { instance }: Settings): readonly Suggestion[] =>
  decidingOn(doubt).map(({ label, verb }) => ({
    label,
    body: `embargod ${instance}\n${verb} ${doubt.case} <<\n\n.\n`,
  }))
