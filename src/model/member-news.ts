// What a contact, the others of their organisation and the admins are told of one contact on a distributors list.
import type { Contact, NextKey } from './contact.ts'
import type { Plaintext } from './plaintext.ts'
import type { Fingerprint, Instant } from './scalars.ts'

export type MemberNews =
  /** A key is to follow theirs. */
  | { readonly kind: 'key-asked'; readonly key: Fingerprint; readonly by: NextKey['by'] }
  | { readonly kind: 'key-proven'; readonly key: Fingerprint; readonly effectiveAt: Instant }
  | { readonly kind: 'key-changed'; readonly key: Fingerprint; readonly former: Fingerprint }
  | { readonly kind: 'key-dropped'; readonly key: Fingerprint }
  /** The same key as before, with a later end or another subkey. */
  | { readonly kind: 'key-merged'; readonly until: Instant | undefined }
  | { readonly kind: 'contact-key-revoked' }
  | { readonly kind: 'key-ends'; readonly at: Instant; readonly isOver: 'over' | 'ahead' }
  /** A further contact, whom one of their organisation named. */
  | { readonly kind: 'named'; readonly by: string }
  | { readonly kind: 'cooling'; readonly activeAt: Instant; readonly approval: 'needed' | 'none' }
  | { readonly kind: 'joined' }
  | { readonly kind: 'ended'; readonly as: 'left' | 'removed'; readonly reason: Plaintext | undefined }
  | {
      readonly kind: 'suspended'
      readonly why: 'admin' | 'attestation'
      readonly until: Instant | undefined
      readonly reason: Plaintext | undefined
    }
  | { readonly kind: 'resumed' }
  /** Who reads behind the address is asked for. */
  | { readonly kind: 'attest'; readonly by: Instant; readonly silent: 'suspend' | 'keep' }
  | { readonly kind: 'attest-missing' }

/** The contact themselves, another of their organisation, or an admin. */
export type MemberReader = 'they' | 'colleague' | 'admin'

export type MembershipMail = {
  readonly kind: 'membership'
  readonly reader: MemberReader
  /** As it is with the news. */
  readonly contact: Contact
  readonly news: MemberNews
}
