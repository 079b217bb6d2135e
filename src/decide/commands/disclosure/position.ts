// What a member says of the date of a case that they were told of: agree, object, propose. One voice an organisation, the
// last word counts; the team reads what is in the way of the date, and decides.
import { isPosition, type Position } from '../../../model/answer.ts'
import { type Case, isUnpublished } from '../../../model/case.ts'
import type { CaseEvent } from '../../../model/case-event.ts'
import type { Contact } from '../../../model/contact.ts'
import { dateOf, holds } from '../../../model/disclosure-date.ts'
import type { MailOrder } from '../../../model/order.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { ok, type Result, unreachable } from '../../../model/result.ts'
import { sayingLines } from '../../../model/saying.ts'
import { type Instant, later } from '../../../model/scalars.ts'
import { policyOf } from '../../../model/settings.ts'
import { formatInstant, formatReadable, MINUTE } from '../../../model/time.ts'
import { caseAfter } from '../../known.ts'
import { toAdmin } from '../../orders.ts'
import { nameFor, toldAs } from '../../sharing/sharing.ts'
import { agreementMails, agreementOn, tallyOf } from '../../sharing/tally.ts'
import { dateLines } from '../../time/embargo.ts'
import { faultSentence, nearestSlots, slotFault } from '../../time/slots.ts'
import { type Effect, effect, type Refusal, refuse, type World } from '../command.ts'
import { suggestion } from '../suggestion.ts'

/** Each objection and each proposal is mailed to every admin. */
const PAUSE = 10 * MINUTE

/** What a member says counts at once; refused are a date that is none, and one in no slot of the policy. */
export function memberPosition(theCase: Case, said: Position, world: World): Result<Effect, Refusal> {
  const { now } = world
  const contact = toldAs(theCase, world.who, world)
  if (contact === undefined)
    return refuse('E-ROLE', `In ${theCase.id} that is not yours to send; ask the team.`)
  const position = judged(theCase, said, world)
  if (!position.ok) return position
  const own = theCase.answers.find(({ of, answer }) => of === contact.distributor && isPosition(answer))
  const before = own !== undefined && isPosition(own.answer) ? own.answer : undefined
  if (before !== undefined && sayingLines(before) === sayingLines(position.value))
    return effect('noop', plaintext('Your organisation has said that already.'))
  // Who objects may name a better date at once. Else also after having agreed: or whoever does both in turn brings every
  // admin a mail each time.
  const isBetter = before?.kind === 'object' && position.value.kind === 'propose'
  if (own !== undefined && position.value.kind !== 'agree' && !isBetter) {
    const again = later(own.at, PAUSE)
    if (now < again)
      return refuse(
        'E-STATE',
        `${own.answerer} of your organisation spoke at ${formatInstant(own.at)}; send it again after ${formatInstant(again)}.`,
      )
  }
  return recorded(theCase, contact, position.value, isBetter ? REPLACES : '', world)
}

const REPLACES = '\nThat takes the place of the objection; why you objected the team has read.'

/** What can be said of the case as it is; who proposes the date that is set agrees. */
function judged(theCase: Case, said: Position, world: World): Result<Position, Refusal> {
  const { id, project } = theCase
  const { now, settings } = world
  const date = dateOf(theCase)
  if (!isUnpublished(theCase) || (date !== undefined && !holds(date)))
    return refuse('E-STATE', `${id} has no date any more that could be spoken of; write to the team.`)
  if (said.kind !== 'propose')
    return date === undefined
      ? refuse('E-STATE', `${id} has no date yet; to name one send: propose ${id} date=2026-12-09T16:00Z`)
      : ok(said)
  if (said.instant === date?.at) return ok({ kind: 'agree' })
  const policy = policyOf(settings, project)
  const fault = slotFault(said.instant, policy)
  if (fault === undefined) return ok(said)
  const near = nearestSlots(said.instant, policy, { after: now, until: undefined })
  const sentence = faultSentence(said.instant, fault, policy)
  const text = near.length === 0 ? [sentence] : [sentence, 'Send one of these instead:']
  return refuse(
    'E-DATE',
    [...text, ...dateLines('date', near, policy)].join('\n'),
    near.map(at =>
      suggestion(
        settings,
        `Propose ${formatReadable(at, policy.calendar.zone)}`,
        `propose ${id} date=${formatInstant(at)}`,
      ),
    ),
  )
}

function recorded(
  theCase: Case,
  contact: Contact,
  position: Position,
  also: string,
  world: World,
): Result<Effect, Refusal> {
  const { id } = theCase
  const answered = {
    at: world.now,
    actor: { kind: 'member', name: contact.id, fingerprint: contact.fingerprint },
    case: id,
    kind: 'member-answered',
    answerer: contact.id,
    of: contact.distributor,
    answer: position,
  } as const satisfies CaseEvent
  const after = caseAfter(theCase, id, [answered]) ?? theCase
  const agreement = agreementOn(after, world, world.now)
  return effect('ok', plaintext(`${answerTo(position, after)}${also}`), {
    facts: { case: id },
    events: [answered, ...agreement],
    mails: [
      ...objectionMails(after, contact, position, world),
      ...(agreement.length === 0 ? [] : agreementMails(after, world)),
    ],
    others: 'told',
  })
}

/** What is in the way of the date every admin reads at once. */
function objectionMails(
  theCase: Case,
  contact: Contact,
  position: Position,
  world: World,
): readonly MailOrder[] {
  if (position.kind === 'agree') return []
  const { settings } = world
  const content = {
    kind: 'date-tally',
    date: dateOf(theCase),
    tally: tallyOf(theCase, world),
    reporter: theCase.wishes.position,
    said: { by: nameFor(contact, 'admin', settings), position },
  } as const
  return settings.admins.map(admin => toAdmin(admin, { project: theCase.project, case: theCase.id }, content))
}

function answerTo(position: Position, { id, embargo: { disclose } }: Case): string {
  const holding =
    disclose === undefined ? '' : ` Until you hear of another date, ${formatInstant(disclose)} holds.`
  const decides = `The team reads it now, and decides.${holding}`
  switch (position.kind) {
    case 'agree':
      return `Your organisation agrees: ${id} is to be public at ${shown(disclose)}.\nWhoever of you speaks last counts.`
    case 'object':
      return `Your organisation objects to the date of ${id}.\n${decides}`
    case 'propose':
      return `Your organisation proposes ${formatInstant(position.instant)} for ${id}.\n${decides}`
    default:
      return unreachable(position)
  }
}

const shown = (at: Instant | undefined): string => (at === undefined ? 'its date' : formatInstant(at))
