// What the verbs about one case share: finding it, and what stands in its way. Never a verb of its own.
import { type Case, isOpen, isUnpublished } from '../../../model/case.ts'
import type { CaseEvent } from '../../../model/case-event.ts'
import { evolveCase } from '../../../model/case-evolution.ts'
import type { Event } from '../../../model/event.ts'
import type { NoticeState } from '../../../model/notice.ts'
import type { Content, EncryptTo, MailOrder } from '../../../model/order.ts'
import { type Plaintext, plaintext } from '../../../model/plaintext.ts'
import { err, ok, type Result } from '../../../model/result.ts'
import { type CaseId, type NoticeId, parseCaseId } from '../../../model/scalars.ts'
import { type Project, policyOf } from '../../../model/settings.ts'
import { rolesIn } from '../../authority.ts'
import { changedClocks, metSentence } from '../../time/promises.ts'
import {
  type Expected,
  effect,
  type Refusal,
  refuse,
  type Taken,
  takeArguments,
  type World,
} from '../command.ts'
import type { ParsedCommand } from '../grammar.ts'

export type CaseArguments = Taken & { readonly case: CaseId }

export type CaseExpected = Omit<Expected, 'positional' | 'attachments'> & {
  readonly attachments?: Expected['attachments']
  /** What stands after the case. */
  readonly after?: Expected['positional']
}

/** Arguments of a verb whose first is a case: `accept C-482107`. */
export function takeCase(
  parsed: ParsedCommand,
  { named, block, attachments = 'none', after = [] }: CaseExpected,
): Result<CaseArguments, string> {
  const taken = takeArguments(parsed, {
    positional: ['the case (C-…)', ...after],
    named: [...named, 'expect'],
    block,
    attachments,
  })
  if (!taken.ok) return taken
  const id = parseCaseId(taken.value.positional[0] ?? '')
  if (id === undefined) return err(`"${taken.value.positional[0]}" is not a case like C-482107`)
  return ok({ ...taken.value, case: id })
}

const REASON_CHARACTERS = 20_000

/** A case, and why in a block: `break C-482107 << why`. */
export function takeCaseAndReason(
  parsed: ParsedCommand,
): Result<CaseArguments & { readonly reason: Plaintext }, string> {
  const taken = takeCase(parsed, { named: [], block: 'needed' })
  if (!taken.ok) return taken
  const reason = taken.value.block ?? plaintext('')
  if (reason.length > REASON_CHARACTERS) return err(`a reason has at most ${REASON_CHARACTERS} characters`)
  return ok({ ...taken.value, reason })
}

/** The case, if it exists, the verb is theirs in it, and it has not moved on from `expect=REV`. */
export function findCase(wanted: CaseArguments, world: World): Result<Case, Refusal> {
  const found = world.cases.get(wanted.case)
  if (found === undefined) return refuse('E-UNKNOWN', `There is no case ${wanted.case}; check the number.`)
  if (!rolesIn(found, world.who, world.settings, world.told).some(role => world.permitted.includes(role)))
    return refuse('E-ROLE', `In ${found.id} that is not yours to send; ask the team.`)
  const expected = wanted.named.get('expect')
  if (expected !== undefined && expected !== String(found.revision))
    return refuse(
      'E-STATE',
      `${found.id} is at revision ${found.revision}, not ${expected}; look with: show ${found.id}`,
    )
  return ok(found)
}

/** As `findCase`, and the case is not closed yet. */
export function findOpenCase(wanted: CaseArguments, world: World): Result<Case, Refusal> {
  const found = findCase(wanted, world)
  if (!found.ok || isOpen(found.value)) return found
  const { id, state } = found.value
  return refuse('E-STATE', `${id} ended as ${state}; look with: show ${id}`)
}

/** As `findOpenCase`, and it is not published yet. */
export function findUnpublishedCase(wanted: CaseArguments, world: World): Result<Case, Refusal> {
  const found = findOpenCase(wanted, world)
  if (!found.ok || isUnpublished(found.value)) return found
  return refuse('E-STATE', `${found.value.id} is published; when all is done, send: close ${found.value.id}`)
}

/** The project of this name, if the configuration has it. */
export function findProject(name: string, { settings }: World): Result<Project, Refusal> {
  const project = settings.projects.find(one => one.name === name)
  if (project !== undefined) return ok(project)
  const names = settings.projects.map(one => one.name).join(', ')
  return refuse('E-UNKNOWN', `There is no project ${name}; the configuration has ${names}.`)
}

/** Nothing ends while a notice about it waits to be sent. */
export function withoutNotices(theCase: Case, world: World): Result<Case, Refusal> {
  const [first] = noticesOf(theCase, world, 'scheduled')
  if (first === undefined) return ok(theCase)
  return refuse('E-STATE', `${first} about ${theCase.id} is scheduled; first send: cancel ${first}`)
}

export const noticesOf = ({ id }: Case, { notices }: World, state: NoticeState): readonly NoticeId[] =>
  [...notices.values()].filter(one => one.case === id && one.state === state).map(one => one.id)

/** How mail reaches the reporter: under the key of the case, or in clear where there is none. */
const reporterKey = (theCase: Case): EncryptTo =>
  theCase.reporter.key === undefined
    ? { kind: 'nobody' }
    : { kind: 'offered', certificate: theCase.reporter.key.certificate }

/** A mail to the reporter, or none where no address is known. */
export function toReporter(theCase: Case, content: Content): readonly MailOrder[] {
  if (theCase.reporter.address === undefined) return []
  return [
    {
      to: theCase.reporter.address,
      encryptTo: reporterKey(theCase),
      project: theCase.project,
      case: theCase.id,
      notice: undefined,
      contact: undefined,
      inReplyTo: theCase.messageId,
      content,
    },
  ]
}

/** Somebody leads it from now on; where a policy has leads take turns, that was theirs. */
export function leads(theCase: Case, name: string, world: World): readonly Event[] {
  const taken = { ...caseFact(theCase, world), kind: 'case-taken', lead: name } as const
  if (policyOf(world.settings, theCase.project).lead === undefined) return [taken]
  return [taken, { at: world.now, actor: world.actor, absences: 'absences', kind: 'turn-had', name }]
}

/** The fields every event of a case carries. */
export const caseFact = (theCase: Case, world: World): Pick<CaseEvent, 'at' | 'actor' | 'case'> => ({
  at: world.now,
  actor: world.actor,
  case: theCase.id,
})

type FactOf<Event> = Event extends CaseEvent ? Omit<Event, 'at' | 'actor' | 'case'> : never

/** A fact recorded, and told as one sentence, with the clocks that it meets or moves. */
export function recorded(theCase: Case, world: World, fact: FactOf<CaseEvent>, sentence: string) {
  const policy = policyOf(world.settings, theCase.project)
  const event = { ...caseFact(theCase, world), ...fact }
  const after = evolveCase(theCase, event)
  const clocks = changedClocks(theCase, after, policy)
  // On the first line, which is what the other admins read.
  const changed = clocks.length === 0 ? '' : ` Clocks: ${clocks.join('; ')}.`
  return effect('ok', plaintext(`${sentence}${changed}${metSentence(theCase, after, policy, world.now)}`), {
    facts: { case: theCase.id },
    events: [event],
  })
}

/** What is known already is no change. */
export const unchanged = (theCase: Case) => effect('noop', plaintext(`${theCase.id} says just that already.`))
