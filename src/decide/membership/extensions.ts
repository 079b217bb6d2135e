// The same key with a later end or another subkey, in any mail that its owner signed: what is new in it is taken at
// once (threats.md K03). The child has put both copies together by then, and left out what its owner did not sign.
import type { Contact } from '../../model/contact.ts'
import type { Input, Snapshot } from '../../model/decision.ts'
import type { ContactEvent } from '../../model/member-event.ts'
import type { CaseKey } from '../../model/person.ts'
import type { Instant } from '../../model/scalars.ts'
import { isThere } from './contacts.ts'

type MailInput = Extract<Input, { kind: 'mail' }>

/** What of the keys that came with a mail makes more of its signer's own. */
export function extensionsIn(
  { mail, receivedAt }: MailInput,
  { contacts }: Snapshot,
): readonly ContactEvent[] {
  const { authored, author } = mail
  const signer =
    authored.kind === 'signed' && authored.signature.kind === 'good'
      ? authored.signature.signature.primary
      : author?.primary
  const copy = mail.offered.find(one => one.fingerprint === signer && one.revoked === undefined)
  if (copy === undefined || !copy.encryptable) return []
  const { fingerprint, keyIds, octets: certificate, encryptsUntil } = copy
  return contacts.flatMap(
    one => extensionOf(one, { fingerprint, keyIds, certificate, encryptsUntil }, receivedAt) ?? [],
  )
}

/** Undefined: it is another key, or there is nothing new in it. */
export function extensionOf(contact: Contact, key: CaseKey, at: Instant): ContactEvent | undefined {
  const { id, fingerprint, revokedAt, certificate } = contact
  if (!isThere(contact) || revokedAt !== undefined || fingerprint !== key.fingerprint) return undefined
  if (Buffer.compare(certificate, key.certificate) === 0) return undefined
  return {
    at,
    actor: { kind: 'member', name: id, fingerprint },
    contact: id,
    kind: 'key-merged',
    certificate: key.certificate,
    keyIds: key.keyIds,
    encryptsUntil: key.encryptsUntil,
  }
}
