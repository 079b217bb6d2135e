// A notice: early word of a case, sent at one instant: to the distributors of its project, each copy encrypted, or to
// its users in clear.
import type { NoticeEvent } from './event.ts'
import type { Plaintext } from './plaintext.ts'
import type { Leave } from './policy.ts'
import { unreachable } from './result.ts'
import type { CaseId, ContactId, DistributorId, Instant, NoticeId, ProjectName, Sha256 } from './scalars.ts'

/** A file kept once among the blobs under its digest. */
export type Attachment = {
  readonly fileName: Plaintext
  readonly sha256: Sha256
  readonly size: number
}

/** For whom a notice is meant: a rule, asked again for each copy when it is to go; it names nobody who joins later. */
export type Audience = {
  /** Organisations of one of these classes of the policy; empty: all. */
  readonly classes: readonly string[]
  /** Those besides, whatever their class. */
  readonly include: readonly (DistributorId | ContactId)[]
  /** And those not, whatever else is said. */
  readonly exclude: readonly (DistributorId | ContactId)[]
}

export const EVERYBODY: Audience = { classes: [], include: [], exclude: [] }

/** Whether a rule means a contact; whether they may get anything is another question. */
export function isMeant(
  { classes, include, exclude }: Audience,
  contact: { readonly id: ContactId; readonly distributor: DistributorId },
  of: { readonly class: string | undefined } | undefined,
): boolean {
  const named = (ids: Audience['include']) => ids.includes(contact.id) || ids.includes(contact.distributor)
  if (named(exclude)) return false
  return named(include) || classes.length === 0 || (of?.class !== undefined && classes.includes(of.class))
}

/** What a copy says of how long it is a secret, as case and policy stand when it is made. */
export type Handling = {
  /** `planned`: the date that is set; `latest`: none is, and the policy allows no later one. */
  readonly until: { readonly at: Instant; readonly as: 'planned' | 'latest' } | undefined
  /** The organisations told that agreed to that date, of how many; undefined: the team alone names it. */
  readonly agreed: { readonly agreed: number; readonly of: number } | undefined
}

/** What users are told besides what they can do: no vector, for that says how it is attacked. */
export type Forecast = {
  readonly rating: string
  readonly score: number
  /** Of CVSS. */
  readonly version: string
  readonly disclose: Instant
}

export type NoticeState = 'scheduled' | 'released' | 'cancelled' | 'held'

export type Notice = {
  readonly id: NoticeId
  readonly case: CaseId
  readonly project: ProjectName
  readonly revision: number
  readonly stage: string
  readonly to: 'distributors' | 'users'
  readonly sendAt: Instant
  readonly audience: Audience
  /** What its readers may do before the embargo ends, besides preparing their own fix. */
  readonly may: readonly Leave[]
  /** To users what they can do until they have the fix, else what the team writes. */
  readonly text: Plaintext
  /** To users alone. */
  readonly forecast: Forecast | undefined
  readonly attachments: readonly Attachment[]
  readonly state: NoticeState
  /** When its copies began to go; undefined: they have not. */
  readonly releasedAt: Instant | undefined
}

/** Folds one event into its notice. @throws on a journal that does not begin with the scheduling. */
export function evolveNotice(before: Notice | undefined, event: NoticeEvent): Notice {
  if (event.kind === 'notice-scheduled') {
    if (before !== undefined) throw new Error('notice scheduled twice')
    return {
      id: event.notice,
      case: event.case,
      project: event.project,
      revision: 1,
      stage: event.stage,
      to: event.to,
      sendAt: event.sendAt,
      audience: event.audience,
      may: event.may,
      text: event.text,
      forecast: event.forecast,
      attachments: event.attachments,
      state: 'scheduled',
      releasedAt: undefined,
    }
  }
  if (before === undefined) throw new Error('event of a notice that was never scheduled')
  const revision = before.revision + 1
  switch (event.kind) {
    case 'notice-rescheduled':
      return { ...before, revision, sendAt: event.sendAt, state: 'scheduled' }
    case 'notice-audience-set':
      return { ...before, revision, audience: event.audience }
    case 'notice-cancelled':
      return { ...before, revision, state: 'cancelled' }
    case 'notice-released':
      return { ...before, revision, state: 'released', releasedAt: before.releasedAt ?? event.at }
    case 'notice-held':
      return { ...before, revision, state: 'held' }
    default:
      return unreachable(event)
  }
}
