// Members' requests to tell others of a case, what they did for it, and what is mailed about both and about leaks.
import type { Doubt } from './doubt.ts'
import type { Incident } from './incident.ts'
import type { OpenedMail } from './mail.ts'
import type { Plaintext } from './plaintext.ts'
import type { ContactId, DistributorId, IncidentId, Instant } from './scalars.ts'

/** `lapsed`: not decided in time, which grants nothing. */
export type SharingOutcome = 'granted' | 'denied' | 'lapsed'

/** A member's request to tell somebody of a case; one of a contact at a time is open. */
export type ShareRequest = {
  readonly asker: ContactId
  readonly of: DistributorId
  readonly with: Plaintext
  readonly why: Plaintext
  readonly at: Instant
  /** By when it is to be decided. */
  readonly due: Instant
  /** Contacts who were asked, where the list decides. */
  readonly asked: readonly ContactId[]
  /** Contacts who agreed, with their organisations. */
  readonly agreed: readonly { readonly voter: ContactId; readonly of: DistributorId; readonly at: Instant }[]
  readonly decided:
    | {
        readonly as: SharingOutcome
        readonly at: Instant
        readonly by: string
        readonly reason: Plaintext | undefined
      }
    | undefined
}

/** What a member did for a case, by one of the tasks of the policy. */
export type Contribution = {
  readonly contributor: ContactId
  readonly of: DistributorId
  readonly task: string
  readonly text: Plaintext
  readonly at: Instant
}

export const isUndecided = ({ decided }: ShareRequest): boolean => decided === undefined

/** How a member is named to the reader: to the team in full, to other members as far as the policy lets them know. */
export type MemberName = {
  readonly contact: ContactId
  /** Undefined where the roster is hidden from the reader. */
  readonly organisation: Plaintext | undefined
}

/** `foreign`: what was decrypted is by somebody else than the mail around it (threats.md B01). */
export type PassedOn = { readonly mail: OpenedMail; readonly inside: 'own' | 'foreign' }

/** Mail about sharing, contributions, leaks and strikes. */
export type SharingContent =
  /** Asks the team or other members whether somebody may be told; `reminds`: it was asked before. */
  | {
      readonly kind: 'share-request'
      readonly request: ShareRequest
      readonly asker: MemberName
      readonly decides: 'team' | 'list'
      readonly reader: 'admin' | 'member'
      /** Organisations that must agree, where the list decides. */
      readonly needed: number
      readonly occasion: 'asked' | 'reminded'
    }
  /** Tells who asked what came of it. `by`: whose the reason is. */
  | {
      readonly kind: 'share-outcome'
      readonly request: ShareRequest
      readonly as: SharingOutcome
      readonly by: 'team' | 'list'
      readonly reason: Plaintext | undefined
    }
  | {
      readonly kind: 'contribution'
      readonly contribution: Contribution
      readonly contributor: MemberName
    }
  /** What a member thinks of the fix, to those who work on the case. */
  | { readonly kind: 'feedback'; readonly text: Plaintext; readonly contributor: MemberName }
  /** Alarms the team of a leak; `more`: something was added to what is known. */
  | {
      readonly kind: 'leak'
      readonly incident: Incident
      readonly occasion: 'new' | 'more'
      /** The member who signed it, if one did. */
      readonly member: MemberName | undefined
      /** The mail, where it is more than a command; else the words stand last in the incident. */
      readonly passedOn: PassedOn | undefined
      /** What the team has to decide because of it, if anything, and who had what of the case. */
      readonly doubt?: Doubt
      readonly who?: Plaintext
    }
  /** Constant, to whoever told us. */
  | { readonly kind: 'leak-thanks'; readonly incident: IncidentId }
  /** Tells an organisation that it was struck. */
  | {
      readonly kind: 'strike'
      readonly reason: Plaintext
      readonly incident: IncidentId | undefined
      readonly count: number
      readonly limit: number
      readonly removal: 'permanent' | 'removed'
    }
