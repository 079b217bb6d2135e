// Commands of one mail → one atomic plan: parse all, authorise all, validate all. Anything wrong, and
// nothing runs, but every problem is listed. Never touches a store.
import { changesByPeople } from '../../model/case.ts'
import type { OperandFile } from '../../model/decision.ts'
import { type Event, streamOf } from '../../model/event.ts'
import type { CommandResult, MailOrder, Suggestion } from '../../model/order.ts'
import { plaintext } from '../../model/plaintext.ts'
import type { EmailAddress, Fingerprint } from '../../model/scalars.ts'
import { stateBefore } from '../../model/states.ts'
import { rolesOf } from '../authority.ts'
import { consequencesOf } from '../consequences.ts'
import { statesIn } from '../known.ts'
import { memberNews } from '../membership/news.ts'
import { datesForReturning } from '../sharing/dates.ts'
import { type Command, type Effect, type World, worldAfter } from './command.ts'
import type { ParsedCommand } from './grammar.ts'
import { commandNamed } from './registry.ts'

export type Plan = {
  readonly verdict: 'sound' | 'faulty'
  /** `irreversible`: it waits for a confirmation. */
  readonly nature: 'reversible' | 'irreversible' | 'brake'
  /** Others who must confirm it; 0: whoever sent it does, if it waits at all. */
  readonly confirmers: number
  readonly results: readonly CommandResult[]
  /** Those of the commands that change something. */
  readonly changes: readonly CommandResult[]
  readonly events: readonly Event[]
  readonly mails: readonly MailOrder[]
  readonly suggestions: readonly Suggestion[]
  readonly files: readonly OperandFile[]
  readonly audience: readonly EmailAddress[]
  /** Those of the team whom it is about, so that their confirmation does not count (threats.md A23). */
  readonly barred: readonly Fingerprint[]
  /** Whether one of the commands brought a wrong token. */
  readonly counted: 'wrong-token' | 'nothing'
  /** How far, before the plan, people had brought each existing thing it changes or mails about. */
  readonly revisions: Readonly<Record<string, number>>
}

/** Plans every command against the world as the ones before it would leave it. */
export function planCommands(commands: readonly ParsedCommand[], start: World): Plan {
  let world = start
  const effects: Effect[] = []
  const results: CommandResult[] = []
  const changes: CommandResult[] = []
  const used: Command[] = []
  const instead: Suggestion[] = []
  let counted: Plan['counted'] = 'nothing'
  let asksOthers: string | undefined
  const asksFirst = commands.find(({ verb }) => commandNamed(verb)?.nature === 'irreversible')?.verb
  const theirs = rolesOf(start.who, start)
  for (const parsed of commands) {
    const command = commandNamed(parsed.verb)
    if (command === undefined) {
      results.push(
        refused(parsed, 'E-UNKNOWN', `There is no command ${parsed.verb}; send help for the list.`),
      )
      continue
    }
    if (!command.roles.some(role => theirs.includes(role))) {
      results.push(
        refused(parsed, 'E-ROLE', `Your key may not send ${parsed.verb}; send help for what it may.`),
      )
      continue
    }
    used.push(command)
    const hasFile = asksFirst !== parsed.verb && opensFile(command, parsed)
    if (asksFirst !== undefined && (hasFile || command.waits === 'never')) {
      results.push(refused(parsed, 'E-SYNTAX', cannotWait(parsed.verb, asksFirst, hasFile ? 'file' : 'none')))
      continue
    }
    const planned = command.plan(parsed, { ...world, permitted: command.roles })
    if (!planned.ok) {
      results.push(refused(parsed, planned.error.code, planned.error.text.open()))
      instead.push(...(planned.error.suggestions ?? []))
      counted = planned.error.counted ?? counted
      continue
    }
    const { status, text, facts, events, mails, simulated, others } = planned.value
    const after = worldAfter(world, events)
    const held = mails.find(order => order.content.kind === 'reply' && isHeld(order, after))
    if (held !== undefined) {
      results.push(
        refused(parsed, 'E-STATE', `${held.case} is held, so its reporter gets none; first send: release`),
      )
      continue
    }
    const shown = simulated === undefined ? {} : { simulated }
    const result = { source: parsed.source, status, code: undefined, text, facts, ...shown }
    results.push(result)
    if (events.length > 0 && others === 'to-be-told')
      changes.push(start.actor.kind === 'reporter' ? inOurWords(result, parsed) : result)
    effects.push(planned.value)
    world = after
    if (planned.value.confirmers > 0 || planned.value.nature === 'irreversible') asksOthers ??= parsed.verb
  }
  if (asksOthers !== undefined)
    for (const [position, parsed] of commands.entries()) {
      const command = commandNamed(parsed.verb)
      const hasFile = asksOthers !== parsed.verb && opensFile(command, parsed)
      if (hasFile || command?.waits === 'never')
        results[position] = refused(
          parsed,
          'E-SYNTAX',
          cannotWait(parsed.verb, asksOthers, hasFile ? 'file' : 'none'),
        )
    }
  if (results.some(result => result.status === 'error')) return faultyPlan(results, instead, counted)
  const nature = effects.some(one => one.nature === 'irreversible') ? 'irreversible' : natureOf(used)
  // A member has nobody beside them who could confirm.
  const isOfTeam = start.actor.kind === 'admin' || start.actor.kind === 'operator'
  const beyond = Math.max(0, ...effects.map(({ confirmers }) => confirmers))
  return {
    verdict: 'sound',
    nature: beyond > 0 ? 'irreversible' : nature,
    confirmers: Math.max(beyond, nature === 'irreversible' && isOfTeam ? start.settings.quorum : 0),
    results,
    changes,
    events: effects.flatMap(one => one.events),
    mails: [
      ...effects.flatMap(one => one.mails),
      ...consequencesOf(
        effects.flatMap(one => one.events),
        start.cases,
        world.cases,
        world,
      ),
      ...datesForReturning(
        effects.flatMap(one => one.events),
        start.contacts,
        world,
      ),
      ...memberNews(
        effects.flatMap(one => one.events),
        start.contacts,
        world.contacts,
        start.settings,
      ),
    ],
    suggestions: effects.flatMap(one => one.suggestions),
    files: effects.flatMap(one => one.files),
    audience: [...new Set(effects.flatMap(one => one.audience))],
    barred: effects.flatMap(one => one.barred ?? []),
    counted,
    revisions: revisionsOf(effects, start),
  }
}

/** A file is opened when its mail comes, and the confirmation comes in another. */
const opensFile = (command: Command | undefined, { arguments: words }: ParsedCommand): boolean =>
  command?.opens !== undefined && words.some(({ kind }) => kind === 'attachment')

const cannotWait = (verb: string, asksFirst: string, has: 'file' | 'none'): string =>
  `${asksFirst} waits for a confirmation, and ${verb}${has === 'file' ? ' with its file' : ''} cannot wait with it; send ${verb} in a mail of its own.`

/** A reporter's own words stay out of what the team is told in our voice (threats.md B07). */
function inOurWords(result: CommandResult, { verb, arguments: [first] }: ParsedCommand): CommandResult {
  return { ...result, source: first?.kind === 'reference' ? `${verb} ${first.text}` : verb }
}
const isHeld = ({ case: id }: MailOrder, { cases }: World): boolean =>
  id !== undefined && cases.get(id)?.held !== undefined

const refused = (parsed: ParsedCommand, code: CommandResult['code'], text: string): CommandResult => ({
  source: parsed.source,
  status: 'error',
  code,
  text: plaintext(text),
  facts: {},
})

/** Nothing runs: what would have been fine is told as skipped. */
function faultyPlan(
  results: readonly CommandResult[],
  suggestions: readonly Suggestion[],
  counted: Plan['counted'],
): Plan {
  return {
    verdict: 'faulty',
    nature: 'reversible',
    confirmers: 0,
    results: results.map(result =>
      result.status === 'error'
        ? result
        : {
            ...result,
            status: 'skipped',
            text: plaintext('Not run, because another command has an error.'),
            facts: {},
          },
    ),
    changes: [],
    events: [],
    mails: [],
    suggestions,
    files: [],
    audience: [],
    barred: [],
    counted,
    revisions: {},
  }
}

/** One irreversible command makes the whole mail wait; only a mail of nothing but brakes is a brake. */
function natureOf(commands: readonly Command[]): Plan['nature'] {
  if (commands.some(command => command.nature === 'irreversible')) return 'irreversible'
  return commands.length > 0 && commands.every(command => command.nature === 'brake') ? 'brake' : 'reversible'
}

function revisionsOf(effects: readonly Effect[], world: World): Plan['revisions'] {
  const revisions: Record<string, number> = {}
  for (const event of effects.flatMap(one => one.events)) {
    const revision = revisionOf(event, world)
    const about = 'case' in event ? world.cases.get(event.case) : undefined
    if (revision !== undefined) revisions[streamOf(event)] = revision
    // By people alone: else anyone who may write could void every plan.
    if (about !== undefined) revisions[about.id] = changesByPeople(about)
    // Which key it is must be the one that was shown, whatever its owner has let follow since (threats.md E05).
    const key =
      event.kind === 'key-asked' ? event.next.key : event.kind === 'key-changed' ? event.key : undefined
    if (key !== undefined) revisions[`${streamOf(event)} ${key.fingerprint}`] = 1
  }
  return revisions
}

/** How far what an event changes had come; of a contact or an application only what people decide on counts. */
function revisionOf(event: Event, world: World): number | undefined {
  if ('case' in event && !('notice' in event)) return undefined
  const before = stateBefore(event, statesIn(world))
  return before !== undefined && 'version' in before ? before.version : before?.revision
}
