// Keys at the door: which of the keys that came with a mail or a command is meant as a member's, whether it can be
// used, and whether it belongs to somebody else. The policy table is docs/keys.md; its words are in model/key-fault.ts.
import type { Contact } from '../../model/contact.ts'
import type { OpenedOperand } from '../../model/decision.ts'
import type { KeyFault } from '../../model/key-fault.ts'
import { sharesMaterial } from '../../model/key-material.ts'
import type { OfferedCertificate, OpenedMail } from '../../model/mail.ts'
import type { CaseKey } from '../../model/person.ts'
import { err, ok, type Result } from '../../model/result.ts'
import type { Fingerprint, ProjectName } from '../../model/scalars.ts'

/**
 * The key that a mail offers for its author: the one that signed it, else the one attached, else the one that
 * Autocrypt brought. Whether it is somebody else's is not told here, for a stranger could ask so who is on the list
 * (threats.md C15): `takenFrom` tells it to whoever has signed with it.
 */
export function keyForMember(mail: OpenedMail, ownKeys: readonly Fingerprint[]): Result<CaseKey, KeyFault> {
  const refused = mail.refusedKeys ?? []
  if (refused.includes('secret-key')) return err('secret-key')
  const all = onceEach(mail.offered)
  const others = all.filter(({ fingerprint }) => !ownKeys.includes(fingerprint))
  const signing = others.find(({ fingerprint }) => fingerprint === mail.author?.primary)
  if (signing !== undefined) return usable(signing)
  const [attached, second] = others.filter(({ place }) => place !== 'autocrypt')
  if (second !== undefined) return err('several')
  if (attached !== undefined) return usable(attached)
  // What was attached is what is meant, though a program added its own key.
  const [fault] = refused
  if (fault !== undefined) return err(fault)
  const [autocrypt] = others
  if (autocrypt !== undefined) return usable(autocrypt)
  return err(all.length > 0 ? 'ours' : 'none')
}

/** The same of the file that a command names by `att:`; undefined: the file was not opened as a key. */
export function keyOfOperand(
  operand: OpenedOperand | undefined,
  ownKeys: readonly Fingerprint[],
): Result<CaseKey, KeyFault> {
  if (operand?.kind === 'unusable-key') return err(operand.fault)
  if (operand?.kind !== 'certificate') return err('unreadable')
  if (ownKeys.includes(operand.key.fingerprint)) return err('ours')
  if (operand.fault !== undefined) return err(operand.fault)
  return operand.encryptable === 'yes' ? ok(operand.key) : err('sign-only')
}

/**
 * Who on the list of this project uses the key, or a part of it under another primary key (threats.md E09); `except`
 * is whose it is to become. Who only was invited has proven nothing, and takes nobody's key from them.
 */
export function takenFrom(
  key: CaseKey,
  project: ProjectName,
  contacts: readonly Contact[],
  except?: Contact['id'],
): Contact | undefined {
  return contacts.find(one => {
    const isThere = one.state === 'cooling' || one.state === 'active' || one.state === 'suspended'
    if (!isThere || one.id === except) return false
    return keysOf(one).some(theirs =>
      theirs.fingerprint === key.fingerprint
        ? one.project === project
        : sharesMaterial(theirs.certificate, key.certificate),
    )
  })
}

const keysOf = (one: Contact): readonly Pick<CaseKey, 'fingerprint' | 'certificate'>[] =>
  one.nextKey?.provenAt === undefined ? [one] : [one, one.nextKey.key]

const usable = ({ fingerprint, octets, keyIds, encryptsUntil, fault, encryptable }: OfferedCertificate) =>
  fault !== undefined
    ? err(fault)
    : encryptable
      ? ok({ fingerprint, certificate: octets, keyIds, encryptsUntil })
      : err('sign-only' as const)

/** One and the same key may come attached and by Autocrypt, outside and inside of an encryption. */
const onceEach = (offered: readonly OfferedCertificate[]): readonly OfferedCertificate[] =>
  offered.filter((one, at) => {
    const same = offered.filter(({ fingerprint }) => fingerprint === one.fingerprint)
    const best = same.find(({ place }) => place !== 'autocrypt') ?? same[0]
    return best === one && offered.indexOf(one) === at
  })
