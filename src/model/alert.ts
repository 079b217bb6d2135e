// What admins must know at once, whatever case it is about or none.

import type { EndedCopy } from './copy-end.ts'
import type { Doubt } from './doubt.ts'

import type { Policy } from './policy.ts'
import type {
  CaseId,
  ContactId,
  EmailAddress,
  Fingerprint,
  InboundId,
  IncidentId,
  Instant,
  NoticeId,
  PostId,
} from './scalars.ts'
import type { Admin } from './settings.ts'

/**
 * What keeps a notice that is due: a clock in doubt, copies that cannot be made, a disk that is nearly
 * full, a mailbox that was not read since the start. `room-ahead`: it is not due yet, and the disk is that full.
 */
export type NoticeWait = 'clock' | 'fault' | 'mailbox' | 'room' | 'room-ahead'

/** Whose share of a day's acknowledgements is used up. */
export type Limit = 'address' | 'domain' | 'all'

/** A copy that its contact has not; `failed`: it was refused, or came back. */
export type MissingCopy = {
  readonly notice: NoticeId
  readonly contact: ContactId
  /** Number and address. */
  readonly who: string
  readonly state: 'held' | 'failed'
}

/** Something admins must know, without content: codes and ids only. */
export type Alert =
  /** Members who did not accept the terms that hold by the date; `effect`: what the policy makes of it. */
  | {
      readonly kind: 'acceptance-overdue'
      readonly version: string
      readonly contacts: readonly { readonly id: ContactId; readonly address: EmailAddress }[]
      readonly effect: 'suspended' | 'kept'
    }
  /** A contact on the list signed what only the team may send. */
  | { readonly kind: 'member-command'; readonly inbound: InboundId; readonly contact: ContactId }
  /** An admin says that it is. `effect`: what the policy makes of it. */
  | {
      readonly kind: 'case-public'
      readonly case: CaseId
      readonly effect: Policy['public']['effect']
      /** What the team has to decide because of it, if anything. */
      readonly doubt?: Doubt
    }
  /** By its owner. `engineer`: whose it was on the fix team of these cases; else it was their reporter's. */
  | {
      readonly kind: 'key-revoked'
      readonly key: Fingerprint
      readonly engineer: string | undefined
      readonly cases: readonly CaseId[]
    }
  /** Nobody has touched them for a time, the first of them since then. */
  | { readonly kind: 'incidents-open'; readonly incidents: readonly IncidentId[]; readonly since: Instant }
  /** Nobody has let them through or kept them back, the first since then; `about` undefined: for the whole list. */
  | {
      readonly kind: 'posts-waiting'
      readonly posts: readonly { readonly id: PostId; readonly about: CaseId | undefined }[]
      readonly since: Instant
    }
  | { readonly kind: 'shunted'; readonly inbound: InboundId; readonly why: string }
  | { readonly kind: 'delivery-failed'; readonly to: string; readonly mail: string }
  /** `others`: how many more are late beyond the one that is named. */
  | {
      readonly kind: 'delivery-late'
      readonly to: string
      readonly mail: string
      readonly others: number
    }
  | { readonly kind: 'delivery-held'; readonly to: string; readonly mail: string; readonly why: string }
  /** Copies of notices that went out, and that their contacts have not; `disclose`: when all is to be public. */
  | {
      readonly kind: 'copies-missing'
      readonly case: CaseId
      readonly disclose: Instant | undefined
      readonly copies: readonly MissingCopy[]
    }
  /** Whether all can be reached at its instant: lines that each name a contact, and what keeps it from going. */
  | {
      readonly kind: 'notice-ahead'
      readonly notice: NoticeId
      readonly case: CaseId
      readonly sendAt: Instant
      readonly reached: number
      /** Those reached and those lacking. */
      readonly of: number
      readonly lacking: readonly string[]
      /** They get it, and have accepted other terms than those that hold. */
      readonly outdated: readonly string[]
      readonly stop: 'held' | 'over' | undefined
      /** A sentence: why the server would refuse it. */
      readonly fault: string | undefined
    }
  | { readonly kind: 'notice-held'; readonly notice: NoticeId; readonly why: string }
  /** It is due, or soon, and goes by itself when what hinders it is gone. */
  | { readonly kind: 'notice-waits'; readonly notice: NoticeId; readonly why: NoticeWait }
  /** The data directory could not be written; told when it can be again. */
  | { readonly kind: 'disk-failed'; readonly since: Instant }
  /**
   * Keys of admins to which nothing can be encrypted `within` so many days; 0: nor now. `usable` of all admins have one,
   * and `needed` must sign what the policies want confirmed.
   */
  | {
      readonly kind: 'team-keys'
      readonly ends: readonly {
        readonly name: string
        readonly fingerprint: Fingerprint
        readonly within: number
      }[]
      readonly usable: number
      readonly of: number
      readonly needed: number
    }
  /** Sent in clear, for it is about mail that could be encrypted to none of them. */
  | { readonly kind: 'admins-unreachable' }
  /** The mailbox's server does not let us in, or has no such mailbox, or one without UIDs. */
  | { readonly kind: 'mailbox-refused'; readonly why: 'auth-failed' | 'unusable' }
  /** The configuration names other admins than at the last start, or other addresses or keys of theirs. */
  | {
      readonly kind: 'team-changed'
      readonly joined: readonly Admin[]
      readonly left: readonly Admin[]
      readonly changed: readonly Admin[]
    }
  /** Mail is read and answered, but stays where it is: no quota, no right to write, no command for it. */
  | { readonly kind: 'filing-refused' }
  /** Mail that was in the mailbox and was gone before it could be read; once an hour, whatever became of how many. */
  | { readonly kind: 'mail-vanished'; readonly mails: number }
  /** Stored mail whose octets are gone; told at each start. */
  | { readonly kind: 'octets-missing'; readonly mails: number; readonly cases: readonly CaseId[] }
  /** A limit was reached: acknowledgements wait until the day allows more. Told once while any waits for it. */
  | { readonly kind: 'acknowledgements-postponed'; readonly limit: Limit; readonly case: CaseId }
  /** Copies of a notice that did not arrive, or wait. `over`: nothing early goes any more, and so they never get it. */
  | {
      readonly kind: 'copies-ended'
      readonly notice: NoticeId
      readonly embargo: 'lasts' | 'over'
      readonly copies: readonly EndedCopy[]
    }
  /** Its UIDVALIDITY changed: every mail in it was looked at anew. */
  | { readonly kind: 'mailbox-renumbered' }
