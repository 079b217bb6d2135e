// An organisation on a project's distributors list: how it came there, what it did, and how it left. Its contacts are
// states of their own (contact.ts). State is what its events give.
import type { DistributorEvent } from './member-event.ts'
import type { Plaintext } from './plaintext.ts'
import { unreachable } from './result.ts'
import type { ApplicationId, ContactId, DistributorId, IncidentId, Instant, ProjectName } from './scalars.ts'

/** How it came on the list: `founding` without anybody's word, while there were too few to give one. */
export type Joined =
  | { readonly how: 'application' | 'founding'; readonly from: ApplicationId }
  /** The operator vouched for it on the command line. */
  | { readonly how: 'import' }

export type Distributor = {
  readonly id: DistributorId
  readonly project: ProjectName
  readonly revision: number
  readonly name: Plaintext
  /** One of the policy's classes; undefined: of none. */
  readonly class: string | undefined
  readonly state: 'active' | 'left' | 'removed'
  readonly joinedAt: Instant
  readonly joined: Joined
  /** Organisations whose word it came in with. */
  readonly vouchedBy: readonly DistributorId[]
  /** Short names of the admins who let it in. */
  readonly approvedBy: readonly string[]
  /** Its own vouches for others. */
  readonly vouches: readonly {
    readonly of: ApplicationId
    readonly contact: ContactId
    readonly at: Instant
  }[]
  readonly strikes: readonly {
    readonly incident: IncidentId | undefined
    readonly at: Instant
    readonly reason: Plaintext
  }[]
  readonly end:
    | {
        readonly at: Instant
        readonly by: string
        /** `permanent`: it never comes back. */
        readonly how: 'left' | 'removed' | 'permanent'
        readonly reason: Plaintext | undefined
      }
    | undefined
}

/** Folds one event into its organisation. @throws on a journal that does not begin with its joining. */
export function evolveDistributor(before: Distributor | undefined, event: DistributorEvent): Distributor {
  if (event.kind === 'distributor-joined') {
    if (before !== undefined) throw new Error('distributor joined twice')
    return {
      id: event.distributor,
      project: event.project,
      revision: 1,
      name: event.name,
      class: event.class,
      state: 'active',
      joinedAt: event.at,
      joined: event.joined,
      vouchedBy: event.vouchedBy,
      approvedBy: event.approvedBy,
      vouches: [],
      strikes: [],
      end: undefined,
    }
  }
  if (before === undefined) throw new Error('event of a distributor that never joined')
  const next = { ...before, revision: before.revision + 1 }
  switch (event.kind) {
    case 'distributor-vouched':
      return { ...next, vouches: [...next.vouches, { of: event.of, contact: event.voucher, at: event.at }] }
    case 'distributor-classed':
      return { ...next, class: event.class }
    case 'distributor-struck':
      return {
        ...next,
        strikes: [...next.strikes, { incident: event.because, at: event.at, reason: event.reason }],
      }
    case 'distributor-ended': {
      const { at, how, reason, actor } = event
      return { ...next, state: how === 'left' ? 'left' : 'removed', end: { at, by: actor.name, how, reason } }
    }
    default:
      return unreachable(event)
  }
}
