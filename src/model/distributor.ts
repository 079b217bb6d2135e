// A contact of a distributor organisation: the address and the pinned key that notices go to.
import type { ContactEvent } from './event.ts'
import type { Plaintext } from './plaintext.ts'
import type { ContactId, EmailAddress, Fingerprint, Instant, ProjectName } from './scalars.ts'

export type Contact = {
  readonly id: ContactId
  readonly project: ProjectName
  readonly revision: number
  readonly organisation: Plaintext
  readonly name: Plaintext
  readonly address: EmailAddress
  readonly fingerprint: Fingerprint
  readonly certificate: Uint8Array
  /** The operator vouched at import that the organisation accepted the embargo policy. */
  readonly acceptance: { readonly how: 'operator-vouched'; readonly at: Instant }
  readonly state: 'active'
}

/** Folds one event into its contact. @throws on a contact imported twice. */
export function evolveContact(before: Contact | undefined, event: ContactEvent): Contact {
  if (before !== undefined) throw new Error('contact imported twice')
  return {
    id: event.contact,
    project: event.project,
    revision: 1,
    organisation: event.organisation,
    name: event.name,
    address: event.address,
    fingerprint: event.fingerprint,
    certificate: event.certificate,
    acceptance: { how: 'operator-vouched', at: event.at },
    state: 'active',
  }
}
