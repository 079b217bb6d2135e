// A request whose author is known → what comes of it. The same for signed mail and for the operator.
import type { Fresh, OperandFile, PendingPlan, Snapshot } from '../model/decision.ts'
import { type Actor, OPERATOR } from '../model/event.ts'
import type { AuthoredText, Part, TextLayout } from '../model/mail.ts'
import { type Plaintext, plaintext } from '../model/plaintext.ts'
import { unreachable } from '../model/result.ts'
import { UNROUTED } from '../model/scalars.ts'
import { adminWithKey, type Settings } from '../model/settings.ts'
import { rolesIn, type Who } from './authority.ts'
import type { World } from './commands/command.ts'
import { echo } from './commands/command-line.ts'
import { type CommandMail, readCommandMail } from './commands/grammar.ts'
import { type Plan, planCommands } from './commands/plan.ts'
import { VERBS } from './commands/registry.ts'
import { personOf } from './membership/kinship.ts'
import {
  aboutOf,
  carriedOut,
  dryRun,
  faulty,
  inShort,
  problem,
  type Request,
  type Run,
  result,
  wait,
  wrongInstance,
} from './run.ts'
import { foresee } from './time/simulation.ts'

/** Wrong tokens a person may send in 24 h before even a right one is refused until later (threats.md A12). */
const WRONG_TOKENS_PER_DAY = 5

export const read = (text: Plaintext, layout: TextLayout): CommandMail =>
  readCommandMail(text.open(), layout, VERBS)

/** What the text says on which commands would be read, whoever signed it. */
export function readAuthored(authored: AuthoredText): CommandMail {
  if (authored.text === undefined) return { kind: 'none' }
  return read(authored.text, authored.kind === 'misshapen' ? 'fixed' : authored.layout)
}

/** The named attachments of a signed entity, as operands, those that were left out with them. */
export const attachedFiles = (parts: readonly Part[]): readonly OperandFile[] =>
  parts.flatMap(({ fileName, mediaType, sha256, octets, leftOut }) =>
    fileName === undefined ? [] : [{ fileName, mediaType, sha256, octets, leftOut }],
  )

export function runRequest(request: Request, reading: CommandMail, snapshot: Snapshot, fresh: Fresh): Run {
  const { instance } = snapshot.settings
  switch (reading.kind) {
    case 'none':
    case 'application':
    case 'leak':
      return problem(
        'E-SYNTAX',
        '',
        `The first line must be: embargod ${instance}, or: confirm ${instance} TOKEN.`,
      )
    case 'invalid': {
      const lines = request.text.open().split(/\r?\n/)
      const results = reading.problems.map(({ line, sentence }) =>
        result(`line ${line}, ${echo(lines[line - 1]?.trim() ?? '')}`, 'E-SYNTAX', sentence),
      )
      return {
        kind: 'problems',
        nature: 'reversible',
        code: 'E-SYNTAX',
        results,
        suggestions: [],
        counted: 'nothing',
      }
    }
    case 'sole':
      return runSole(reading.word, request, snapshot, fresh)
    case 'confirm':
      if (reading.instance !== instance) return wrongInstance(reading.instance, instance)
      return confirm(reading, request, snapshot, fresh)
    case 'commands': {
      if (reading.instance !== instance) return wrongInstance(reading.instance, instance)
      const plan = planCommands(reading.commands, worldFor(request, snapshot, fresh, reading.besides))
      if (plan.verdict === 'faulty') return faulty(plan)
      if (reading.dryRun === 'dry-run') return dryRun(plan, reading.ignored)
      if (plan.nature === 'irreversible') return wait(plan, reading.ignored, request, snapshot, fresh)
      return carriedOut(plan, reading.ignored, undefined)
    }
    default:
      return unreachable(reading)
  }
}

/** A sole `help` or `sendkey`, which needs no opening line. */
function runSole(word: 'help' | 'sendkey', request: Request, snapshot: Snapshot, fresh: Fresh): Run {
  const command = { verb: word, arguments: [], block: undefined, line: 1, source: word }
  const plan = planCommands([command], worldFor(request, snapshot, fresh, 'nothing'))
  return plan.verdict === 'faulty' ? faulty(plan) : carriedOut(plan, 0, undefined)
}

const worldFor = (
  request: Request,
  snapshot: Snapshot,
  fresh: Fresh,
  besides: World['besides'],
  { notices = fresh.notices, agreed = [] }: Partial<Pick<Fresh, 'notices'> & Pick<World, 'agreed'>> = {},
): World => ({
  now: snapshot.now,
  settings: snapshot.settings,
  serverTakes: snapshot.serverTakes,
  actor: request.actor,
  who: request.by,
  cases: visibleTo(request.by, snapshot),
  permitted: [],
  notices: snapshot.notices,
  contacts: snapshot.contacts,
  distributors: snapshot.distributors,
  applications: snapshot.applications,
  incidents: snapshot.incidents,
  posts: snapshot.posts,
  absences: snapshot.absences,
  told: snapshot.told,
  copies: snapshot.copies,
  ownCopies: snapshot.ownCopies,
  entitled: snapshot.entitled,
  agreed,
  files: request.files,
  fresh: { ...fresh, notices },
  besides,
  tokens: snapshot.wrongTokens >= WRONG_TOKENS_PER_DAY ? 'refused' : 'heard',
  ownKeys: snapshot.ownKeys,
  freshCase: fresh.case,
  operands: request.operands,
  inbound: request.inbound,
  foresee,
})

/** A case in which they have no part is not there for them (product.md §3). */
const visibleTo = (who: Who, { cases, settings, told }: Snapshot): Snapshot['cases'] =>
  new Map([...cases].filter(([, theCase]) => rolesIn(theCase, who, settings, told).length > 0))

/** One sentence whatever is wrong with a token, so that nothing can be learned by guessing. */
const NO_PLAN =
  'Nothing waits under this token: it is mistyped, used, expired, or its instant has passed. Send the command again.'

const INVOLVED = 'You have a part in what it decides: another of the team must send this.'

function confirm(
  { token, ignored }: Extract<CommandMail, { kind: 'confirm' }>,
  request: Request,
  snapshot: Snapshot,
  fresh: Fresh,
): Run {
  const { pending, settings, now } = snapshot
  if (
    pending?.token !== token.toLowerCase() ||
    now >= pending.expiresAt ||
    snapshot.wrongTokens >= WRONG_TOKENS_PER_DAY
  )
    return { ...noPlan(ignored), plan: { kind: 'wrong-token', by: request.by } }
  const issuer = actorFor(pending.issuer, settings) ?? theirOwn(pending.issuer, request)
  if (issuer === undefined || !mayConfirm(request.by, pending, settings)) return noPlan(ignored)
  // Shown under two tokens, since the case moved on in between, and carried out under the other one.
  if (pending.noticeIds.some(id => snapshot.notices.has(id))) return noPlan(ignored)

  const reading = read(pending.text, pending.layout)
  if (reading.kind !== 'commands') return noPlan(ignored)
  // Planned as its issuer's: whoever confirms it takes no case and writes no note by it.
  const issued = { ...request, actor: issuer, by: pending.issuer, files: pending.attachments }
  const confirmed = [...pending.confirmations, request.by]
  const agreed = confirmed.flatMap(person => actorFor(person, settings)?.name ?? [])
  const planned = { notices: pending.noticeIds, agreed }
  const plan = planCommands(reading.commands, worldFor(issued, snapshot, fresh, reading.besides, planned))
  if (plan.verdict === 'faulty') return faulty(plan)

  const barred = plan.barred.map(key => personOf(key, settings))
  if (barred.includes(personOf(request.by, settings))) return problem('E-ROLE', 'confirm', INVOLVED)
  const moved = Object.entries(plan.revisions).some(([id, revision]) => pending.revisions[id] !== revision)
  const added = plan.audience.some(address => !pending.audience.includes(address))
  if (moved || added) {
    const again = { ...issued, text: pending.text, layout: pending.layout }
    return wait(plan, ignored, again, snapshot, fresh)
  }

  const others = confirmed
    .filter(person => actorFor(person, settings) !== undefined)
    .map(person => personOf(person, settings))
    .filter(person => person !== personOf(pending.issuer, settings) && !barred.includes(person))
  const missing = plan.confirmers - new Set(others).size
  if (missing <= 0) return carriedOut(inShort(plan), ignored, { kind: 'confirmed', token: pending.token })
  const persons = [pending.issuer, ...pending.confirmations].map(who => personOf(who, settings))
  if (persons.includes(personOf(request.by, settings)))
    return problem('E-QUORUM', 'confirm', `${missing} more of the team, other than you, must send the same.`)
  return counted(pending.token, ignored, missing, request, plan)
}

/** Whoever may issue a plan may confirm it: of an admin's any admin, of a member's they themselves. */
const mayConfirm = (who: Who, { issuer }: PendingPlan, settings: Settings): boolean =>
  who === issuer || (actorFor(who, settings) !== undefined && actorFor(issuer, settings) !== undefined)

/** A member confirms their own plan as who they are today; what they may not do any more its verbs refuse. */
const theirOwn = (issuer: PendingPlan['issuer'], { by, actor }: Request): Actor | undefined =>
  issuer === by ? actor : undefined

/** A person as who they are today; undefined for an admin who has left the team. */
function actorFor(person: PendingPlan['issuer'], settings: Settings): Actor | undefined {
  if (person === 'operator') return OPERATOR
  const admin = adminWithKey(settings, person)
  return admin && { kind: 'admin', name: admin.name, fingerprint: admin.fingerprint }
}

function noPlan(ignored: number): Extract<Run, { kind: 'ran' }> {
  return {
    kind: 'ran',
    nature: 'reversible',
    confirmers: 0,
    outcome: 'refused',
    reason: 'E-UNKNOWN',
    events: [],
    mails: [],
    transcript: {
      kind: 'transcript',
      results: [result('confirm', 'E-UNKNOWN', NO_PLAN)],
      suggestions: [],
      ignored,
      dryRun: 'run',
    },
    changes: [],
    about: { project: UNROUTED, case: undefined },
    plan: undefined,
    files: [],
  }
}

function counted(token: string, ignored: number, missing: number, request: Request, plan: Plan): Run {
  const text = `Your confirmation counts; ${missing} more of the team must send the same.`
  return {
    ...noPlan(ignored),
    outcome: 'command',
    reason: 'confirmation-counted',
    transcript: {
      kind: 'transcript',
      results: [
        { source: 'confirm', status: 'wait', code: undefined, text: plaintext(text), facts: { missing } },
      ],
      suggestions: [],
      ignored,
      dryRun: 'run',
    },
    about: aboutOf(plan),
    plan: { kind: 'counted', token, by: request.by },
  }
}
