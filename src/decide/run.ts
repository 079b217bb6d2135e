// The shapes a run of commands can end in: carried out, tried only, waiting for a confirmation, or problems.
import type {
  Fresh,
  OpenedOperands,
  OperandFile,
  Outcome,
  PendingPlan,
  PlanChange,
  Snapshot,
} from '../model/decision.ts'
import type { Actor, Event } from '../model/event.ts'
import type { TextLayout } from '../model/mail.ts'
import type { CommandResult, ErrorCode, MailOrder, Transcript } from '../model/order.ts'
import { type Plaintext, plaintext } from '../model/plaintext.ts'
import {
  type CaseId,
  type InboundId,
  type Instant,
  later,
  type ProjectName,
  parseCaseId,
  UNROUTED,
} from '../model/scalars.ts'
import { formatInstant } from '../model/time.ts'
import type { Who } from './authority.ts'
import type { Plan } from './commands/plan.ts'

export type Request = {
  readonly actor: Actor
  readonly by: Who
  readonly inbound: InboundId
  readonly operands: OpenedOperands
  /** The whole signed text, kept with a plan that waits. */
  readonly text: Plaintext
  readonly layout: TextLayout
  readonly files: readonly OperandFile[]
}

export type Run =
  | {
      readonly kind: 'problems'
      readonly nature: Plan['nature']
      readonly code: ErrorCode
      readonly results: readonly CommandResult[]
      /** What to send instead, ready. */
      readonly suggestions: Plan['suggestions']
      readonly counted: Plan['counted']
    }
  | {
      readonly kind: 'ran'
      readonly nature: Plan['nature']
      /** Others who must confirm what waits. */
      readonly confirmers: number
      readonly outcome: Outcome
      readonly reason: string
      readonly events: readonly Event[]
      readonly mails: readonly MailOrder[]
      readonly transcript: Transcript
      /** What the other admins are told, a line each. */
      readonly changes: readonly Plaintext[]
      readonly about: { readonly project: ProjectName; readonly case: CaseId | undefined }
      readonly plan: PlanChange | undefined
      readonly files: readonly OperandFile[]
    }

export function carriedOut(plan: Plan, ignored: number, change: PlanChange | undefined): Run {
  return {
    kind: 'ran',
    nature: plan.nature,
    confirmers: 0,
    outcome: 'command',
    reason: plan.events.length === 0 ? 'nothing-changed' : 'carried-out',
    events: plan.events,
    mails: plan.mails,
    transcript: {
      kind: 'transcript',
      results: plan.results,
      suggestions: plan.suggestions,
      ignored,
      dryRun: 'run',
    },
    changes: plan.changes.map(one => plaintext(firstLine(one))),
    about: aboutOf(plan),
    plan: change,
    files: plan.files,
  }
}

/** Lines of one command that are told again once it is confirmed. */
const MOST_LINES = 4
const PREVIEWED = 'All the rest is as you were shown it with the token.'

/** What was confirmed, for those who have the whole of it from when it waited: what happened, without the preview. */
export const inShort = (plan: Plan): Plan => ({
  ...plan,
  results: plan.results.map(({ simulated, ...one }) =>
    simulated === undefined && one.text.open().split('\n').length <= MOST_LINES
      ? one
      : { ...one, text: plaintext(`${firstLine(one)}\n${PREVIEWED}`) },
  ),
})

export const dryRun = (plan: Plan, ignored: number): Run => ({
  kind: 'ran',
  nature: plan.nature,
  confirmers: 0,
  outcome: 'command',
  reason: 'dry-run',
  events: [],
  mails: [],
  transcript: { kind: 'transcript', results: plan.results, suggestions: [], ignored, dryRun: 'dry-run' },
  changes: [],
  about: aboutOf(plan),
  plan: undefined,
  files: [],
})

/** What came of it, for whoever sent it: whose plan waits for others confirms nothing themselves. */
export const toldSender = ({ plan, transcript, confirmers }: Extract<Run, { kind: 'ran' }>, who: Who) =>
  confirmers > 0 && plan?.kind === 'issued' && plan.plan.issuer === who
    ? { ...transcript, suggestions: [] }
    : transcript

/** Shows the whole plan and stores what was signed; nothing changes until the token comes back. */
export function wait(plan: Plan, ignored: number, request: Request, snapshot: Snapshot, fresh: Fresh): Run {
  const { instance, limits } = snapshot.settings
  const { confirmers } = plan
  const notices = plan.events.filter(event => event.kind === 'notice-scheduled')
  // What is to happen at once happens when it is confirmed.
  const instants = plan.events
    .flatMap(event => instantsIn(event, snapshot.notices))
    .filter(at => at > snapshot.now)
  const expiresAt = Math.min(later(snapshot.now, limits.confirmationMaxAge), ...instants) as Instant
  const pending: PendingPlan = {
    token: fresh.token,
    issuer: request.by,
    text: request.text,
    layout: request.layout,
    attachments: request.files,
    expiresAt,
    revisions: plan.revisions,
    audience: plan.audience,
    noticeIds: notices.map(event => event.notice),
    confirmations: [],
  }
  const who =
    confirmers === 0 ? 'Send' : `${confirmers} other${confirmers === 1 ? '' : 's'} of the team must send`
  const ask = `${who} by ${formatInstant(expiresAt)}, signed: confirm ${instance} ${fresh.token}`
  const results = plan.results.map(one => ({
    ...one,
    status: 'wait' as const,
    text: plaintext(`Nothing has happened yet. ${ask}\nOnce it is confirmed: ${one.text.open()}`),
  }))
  return {
    kind: 'ran',
    nature: 'irreversible',
    confirmers,
    outcome: 'command',
    reason: 'waits-for-confirmation',
    events: [],
    mails: [],
    transcript: {
      kind: 'transcript',
      results,
      suggestions: [
        {
          label: 'Confirm it, if all below is as it should be',
          body: `confirm ${instance} ${fresh.token}\n`,
        },
      ],
      ignored,
      dryRun: 'run',
    },
    changes: [],
    about: aboutOf(plan),
    plan: { kind: 'issued', plan: pending },
    files: [],
  }
}

/** The instants after which it would come too late. */
function instantsIn(event: Event, notices: Snapshot['notices']): readonly Instant[] {
  switch (event.kind) {
    case 'notice-rescheduled': {
      const before = notices.get(event.notice)
      return before?.state === 'scheduled' ? [event.sendAt, before.sendAt] : [event.sendAt]
    }
    case 'notice-scheduled':
      return [event.sendAt]
    case 'disclosure-planned':
      return [event.disclose]
    case 'case-extended':
      return [event.until]
    default:
      return []
  }
}

export const faulty = (plan: Plan): Run => ({
  kind: 'problems',
  nature: 'reversible',
  code: plan.results.find(one => one.code !== undefined)?.code ?? 'E-STATE',
  results: plan.results,
  suggestions: plan.suggestions,
  counted: plan.counted,
})

export const wrongInstance = (named: string, ours: string): Run =>
  problem('E-SYNTAX', `embargod ${named}`, `This is the instance ${ours}; write that name if you mean it.`)

export const problem = (code: ErrorCode, source: string, text: string): Run => ({
  kind: 'problems',
  nature: 'reversible',
  code,
  results: [result(source, code, text)],
  suggestions: [],
  counted: 'nothing',
})

export const result = (source: string, code: ErrorCode, text: string): CommandResult => ({
  source,
  status: 'error',
  code,
  text: plaintext(text),
  facts: {},
})

/** Without the colon before what is left out. */
const firstLine = (one: Pick<CommandResult, 'text'>): string =>
  (one.text.open().split('\n', 1)[0] ?? '').replace(/:$/, '.')

/** The case a plan is about, if it is about one. */
export function aboutOf(plan: Plan): { readonly project: ProjectName; readonly case: CaseId | undefined } {
  for (const order of plan.mails)
    if (order.case !== undefined) return { project: order.project, case: order.case }
  for (const event of plan.events) {
    if (event.kind === 'notice-scheduled') return { project: event.project, case: event.case }
    if ('case' in event) return { project: UNROUTED, case: event.case }
    // What happens to a notice does not say of which case it is; the answer does.
    if ('notice' in event) {
      const about = plan.results.find(({ facts }) => facts['notice'] === event.notice)?.facts['case']
      const id = typeof about === 'string' ? parseCaseId(about) : undefined
      if (id !== undefined) return { project: UNROUTED, case: id }
    }
  }
  return { project: UNROUTED, case: undefined }
}
