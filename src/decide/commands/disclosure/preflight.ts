// `preflight`: whom a notice would reach at its instant, who would be blind, how large a copy is and when the last one
// leaves; of a case, as if a notice to everybody went now or at send=. It changes nothing.
import { type Case, isOpen } from '../../../model/case.ts'
import { EVERYBODY, type Notice } from '../../../model/notice.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok, type Result } from '../../../model/result.ts'
import {
  type CaseId,
  type Instant,
  type NoticeId,
  parseCaseId,
  parseNoticeId,
} from '../../../model/scalars.ts'
import { formatInstant } from '../../../model/time.ts'
import { type Flight, preflight as look, type Preflight } from '../../notices/preflight.ts'
import {
  absentLines,
  isOnList,
  planLines,
  preflightFault,
  reachedLines,
} from '../../notices/preflight-words.ts'
import { defineCommand, effect, type Refusal, refuse, takeArguments, type World } from '../command.ts'
import { futureInstant } from '../dates.ts'
import { misplacedIn } from './notice-instant.ts'

type Wanted = { readonly of: NoticeId | CaseId; readonly send: string | undefined }

export const preflight = defineCommand({
  verb: 'preflight',
  usage: 'preflight C-…|N-… [send=2026-12-09T16:00Z]',
  summary: 'whom a notice would reach at its instant, who would be blind, and when the last copy leaves',
  roles: ['admin'],
  nature: 'reversible',
  parse: (parsed): Result<Wanted, string> => {
    const taken = takeArguments(parsed, {
      positional: ['the notice (N-…) or the case (C-…)'],
      named: ['send'],
      block: 'none',
      attachments: 'none',
    })
    if (!taken.ok) return taken
    const word = taken.value.positional[0] ?? ''
    const of = parseNoticeId(word) ?? parseCaseId(word)
    if (of === undefined) return err(`"${word}" is neither a notice like N-309123 nor a case like C-482107`)
    return ok({ of, send: taken.value.named.get('send') })
  },
  decide: ({ of, send }, world) => {
    const sendAt = send === undefined ? ok(undefined) : futureInstant('send', send, world.now)
    if (!sendAt.ok) return sendAt
    const found = flightOf(of, sendAt.value, world)
    if (!found.ok) return found
    const { theCase, flight, notice } = found.value
    const seen = look(flight, world)
    const { reached, blind, absent, last, size } = seen
    const subject = notice === undefined ? `A notice about ${theCase.id}` : `${notice.id} about ${theCase.id}`
    const there = [...absent.filter(isOnList), ...blind, ...reached].length
    const text = [
      `${subject} at ${formatInstant(flight.sendAt)} reaches ${reached.length} of ${there} contact${there === 1 ? '' : 's'} on the list.`,
      ...obstacles(theCase, flight, seen, world),
      ...planLines(seen, world),
      ...absentLines(seen),
      ...reachedLines(seen),
    ].join('\n')
    return effect('ok', plaintext(text), {
      facts: {
        ...(notice === undefined ? {} : { notice: notice.id }),
        case: theCase.id,
        send: formatInstant(flight.sendAt),
        reached: reached.length,
        blind: blind.length,
        absent: absent.length,
        last: formatInstant(last),
        ...(size === undefined ? {} : { octets: size }),
      },
    })
  },
})

type Found = {
  readonly theCase: Case
  readonly notice: Notice | undefined
  readonly flight: Flight
}

/** A notice that is still to go, or one to everybody that might. */
function flightOf(of: NoticeId | CaseId, at: Instant | undefined, world: World): Result<Found, Refusal> {
  const { cases, notices, now } = world
  const noticeId = parseNoticeId(of)
  const notice = noticeId && notices.get(noticeId)
  if (noticeId !== undefined && notice === undefined)
    return refuse('E-UNKNOWN', `There is no notice ${of}; check the number.`)
  const caseId = notice?.case ?? parseCaseId(of)
  const theCase = caseId && cases.get(caseId)
  if (theCase === undefined) return refuse('E-UNKNOWN', `There is no case ${caseId ?? of}; check the number.`)
  if (notice === undefined)
    return ok({
      theCase,
      notice,
      flight: { project: theCase.project, audience: EVERYBODY, sendAt: at ?? now, content: undefined },
    })
  if (notice.state === 'released' || notice.state === 'cancelled')
    return refuse('E-STATE', `${notice.id} is ${notice.state}; send instead: preflight ${theCase.id}`)
  if (notice.to === 'users')
    return refuse(
      'E-STATE',
      `${notice.id} goes to users in clear, not to the list; look with: show ${theCase.id}`,
    )
  const { project, audience, text, attachments } = notice
  const content = { text, attachments }
  const sendAt = at ?? (notice.sendAt > now ? notice.sendAt : now)
  return ok({ theCase, notice, flight: { project, audience, sendAt, content } })
}

/** What keeps it from going then at all. */
function obstacles(theCase: Case, flight: Flight, seen: Preflight, world: World): readonly string[] {
  const { id } = theCase
  const { sendAt } = flight
  const misplaced = misplacedIn(theCase, sendAt, world)
  const blocked = preflightFault({ ...seen, size: undefined }, flight, world)
  return [
    isOpen(theCase) ? undefined : `${id} ended as ${theCase.state}: no notice goes.`,
    theCase.held === undefined ? undefined : `${id} is held: no notice goes until you release it.`,
    misplaced?.ok === false ? misplaced.error.text.open() : undefined,
    blocked && 'The policy refuses a notice while anybody is blind (notices.blind).',
  ].filter(line => line !== undefined)
}
