// A request whose author is known → what comes of it. The same for signed mail and for the operator.
import type { Fresh, OperandFile, Snapshot } from '../model/decision.ts'
import type { Part, TextLayout } from '../model/mail.ts'
import { type Plaintext, plaintext } from '../model/plaintext.ts'
import { unreachable } from '../model/result.ts'
import { UNROUTED } from '../model/scalars.ts'
import type { World } from './commands/command.ts'
import { type CommandMail, readCommandMail } from './commands/grammar.ts'
import { type Plan, planCommands } from './commands/plan.ts'
import { VERBS } from './commands/registry.ts'
import {
  aboutOf,
  carriedOut,
  dryRun,
  faulty,
  problem,
  type Request,
  type Run,
  result,
  wait,
  wrongInstance,
} from './run.ts'

/** Wrong tokens a person may send in 24 h before even a right one is refused until later (threats.md A12). */
const WRONG_TOKENS_PER_DAY = 5

export const read = (text: Plaintext, layout: TextLayout): CommandMail =>
  readCommandMail(text.open(), layout, VERBS)

/** The named attachments of a signed entity, as operands. */
export const attachedFiles = (parts: readonly Part[]): readonly OperandFile[] =>
  parts.flatMap(({ fileName, mediaType, sha256, octets }) =>
    fileName === undefined ? [] : [{ fileName, mediaType, sha256, octets }],
  )

export function runRequest(request: Request, reading: CommandMail, snapshot: Snapshot, fresh: Fresh): Run {
  const { instance } = snapshot.settings
  switch (reading.kind) {
    case 'none':
    case 'application':
      return problem(
        'E-SYNTAX',
        '',
        `The first line must be: embargod ${instance}, or: confirm ${instance} TOKEN.`,
      )
    case 'invalid':
      return {
        kind: 'problems',
        nature: 'reversible',
        code: 'E-SYNTAX',
        results: reading.problems.map(one => result(`line ${one.line}`, 'E-SYNTAX', one.sentence)),
      }
    case 'sole':
      return runSole(reading.word, request, snapshot, fresh)
    case 'confirm':
      if (reading.instance !== instance) return wrongInstance(reading.instance, instance)
      return confirm(reading.ignored, request, snapshot, fresh)
    case 'commands': {
      if (reading.instance !== instance) return wrongInstance(reading.instance, instance)
      const plan = planCommands(reading.commands, worldFor(request, snapshot, fresh.notices))
      if (plan.verdict === 'faulty') return faulty(plan)
      if (reading.dryRun === 'dry-run') return dryRun(plan, reading.ignored)
      if (plan.nature === 'irreversible')
        return wait(plan, reading.ignored, request, snapshot, fresh, fresh.notices)
      return carriedOut(plan, reading.ignored, undefined)
    }
    default:
      return unreachable(reading)
  }
}

/** A sole `help` or `sendkey`, which needs no opening line. */
function runSole(word: 'help' | 'sendkey', request: Request, snapshot: Snapshot, fresh: Fresh): Run {
  const command = { verb: word, arguments: [], block: undefined, line: 1, source: word }
  const plan = planCommands([command], worldFor(request, snapshot, fresh.notices))
  return plan.verdict === 'faulty' ? faulty(plan) : carriedOut(plan, 0, undefined)
}

const worldFor = (request: Request, snapshot: Snapshot, notices: Fresh['notices']): World => ({
  now: snapshot.now,
  settings: snapshot.settings,
  actor: request.actor,
  role: request.role,
  cases: snapshot.cases,
  notices: snapshot.notices,
  contacts: snapshot.contacts,
  files: request.files,
  freshNotices: notices,
})

/** One sentence whatever is wrong with a token, so that nothing can be learned by guessing. */
const NO_PLAN =
  'Nothing waits under this token: it is mistyped, used, expired, or its instant has passed. Send the command again.'

function confirm(ignored: number, request: Request, snapshot: Snapshot, fresh: Fresh): Run {
  const { pending, settings, now } = snapshot
  if (pending === undefined || now >= pending.expiresAt || snapshot.wrongTokens >= WRONG_TOKENS_PER_DAY)
    return { ...noPlan(ignored), plan: { kind: 'wrong-token', by: request.by } }
  const issuer = settings.admins.find(admin => admin.fingerprint === pending.issuer)
  if (issuer === undefined && pending.issuer !== 'operator') return noPlan(ignored)

  const reading = read(pending.text, pending.layout)
  if (reading.kind !== 'commands') return noPlan(ignored)
  const world = worldFor({ ...request, files: pending.attachments }, snapshot, pending.noticeIds)
  const plan = planCommands(reading.commands, world)
  if (plan.verdict === 'faulty') return faulty(plan)

  const moved = Object.entries(plan.revisions).some(([id, revision]) => pending.revisions[id] !== revision)
  const added = plan.audience.some(address => !pending.audience.includes(address))
  const again = {
    ...request,
    by: pending.issuer,
    text: pending.text,
    layout: pending.layout,
    files: pending.attachments,
  }
  if (moved || added) return wait(plan, ignored, again, snapshot, fresh, pending.noticeIds)

  const others = new Set([...pending.confirmations, request.by].filter(person => person !== pending.issuer))
  if (others.size < settings.quorum)
    return counted(pending.token, ignored, settings.quorum - others.size, request, plan)
  return carriedOut(plan, ignored, { kind: 'confirmed', token: pending.token })
}

function noPlan(ignored: number): Extract<Run, { kind: 'ran' }> {
  return {
    kind: 'ran',
    nature: 'reversible',
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
