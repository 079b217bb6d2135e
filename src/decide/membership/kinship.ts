// Who is one and the same: a person under another key or address, an organisation under another spelling. What counts
// as independent rests on it (threats.md E01, E02, A22, A23). In go what is known, out come yes or no.
import type { Application } from '../../model/application.ts'
import { inLatin } from '../../model/confusable.ts'
import type { Contact } from '../../model/contact.ts'
import type { Distributor } from '../../model/distributor.ts'
import type { Plaintext } from '../../model/plaintext.ts'
import { domainOf, type EmailAddress, type Fingerprint, foldedMailbox } from '../../model/scalars.ts'
import type { Admin, Settings } from '../../model/settings.ts'
import type { Who } from '../authority.ts'
import type { Known } from '../known.ts'

type Identity = {
  readonly address: EmailAddress
  readonly fingerprints: readonly Fingerprint[]
  readonly keyIds: readonly string[]
}

const applicant = ({ address, key }: Application): Identity => ({
  address,
  fingerprints: key === undefined ? [] : [key.fingerprint],
  keyIds: key?.keyIds ?? [],
})

/** Of keys that are to follow only what is proven: anyone can attach another's, and so stand in the way of its owner. */
function identity({ address, fingerprint, formerKeys, nextKey, keyIds }: Contact): Identity {
  const next = nextKey?.provenAt === undefined ? undefined : nextKey.key
  return {
    address,
    fingerprints: [
      fingerprint,
      ...formerKeys.map(one => one.fingerprint),
      ...(next === undefined ? [] : [next.fingerprint]),
    ],
    keyIds: [...keyIds, ...(next?.keyIds ?? [])],
  }
}

/** Whether a contact has ever proven address and key, or came by an admin's word: who was only named has not. */
export const wasThere = ({ state, since }: Contact): boolean => state === 'cooling' || since !== undefined

/** One key, one subkey or one mailbox is one person, whatever follows its `+`. */
const isSame = (a: Identity, b: Identity): boolean =>
  foldedMailbox(a.address) === foldedMailbox(b.address) ||
  a.fingerprints.some(one => b.fingerprints.includes(one)) ||
  a.keyIds.some(one => b.keyIds.includes(one))

/** Whether the applicant is this contact, or was. */
export const isContact = (application: Application, contact: Contact): boolean =>
  wasThere(contact) && isSame(applicant(application), identity(contact))

/** A name as it is compared: neither case, width, script, blanks nor punctuation make another organisation. */
const folded = (name: Plaintext): string => inLatin(name.open()).replace(/[^\p{L}\p{N}]/gu, '')

const isNamedAlike = (a: Plaintext | undefined, b: Plaintext): boolean =>
  a !== undefined && folded(a) !== '' && folded(a) === folded(b)

/** Whether an organisation bears the applicant's name, or one of its contacts, of today or before, is the applicant. */
export const isOwnOrganisation = (
  application: Application,
  { id, name }: Distributor,
  { contacts }: Pick<Known, 'contacts'>,
): boolean =>
  isNamedAlike(application.answers.organisation, name) ||
  contacts.some(one => one.distributor === id && isContact(application, one))

/** Besides, whether they have their mail in one domain, other than a provider's: colleagues vouch for nobody. */
export const isKindred = (
  application: Application,
  distributor: Distributor,
  { contacts, settings }: Pick<Known, 'contacts' | 'settings'>,
): boolean => {
  const domain = domainOf(application.address)
  return (
    isOwnOrganisation(application, distributor, { contacts }) ||
    (!settings.mailProviders.includes(domain) &&
      contacts.some(({ distributor: of, address }) => of === distributor.id && domainOf(address) === domain))
  )
}

/** Under what name somebody of the team counts, once, however many keys they have. */
export function personOf(who: Who, { admins }: Settings): string {
  const admin = admins.find(({ fingerprint }) => fingerprint === who)
  return admin === undefined ? who : foldedMailbox(admin.address)
}

/** Whether an admin is the applicant, or a contact of an organisation that is theirs. */
export function isInvolved(
  { address, fingerprint }: Admin,
  application: Application,
  known: Pick<Known, 'contacts' | 'distributors'>,
): boolean {
  const admin = { address, fingerprints: [fingerprint], keyIds: [] }
  if (isSame(admin, applicant(application))) return true
  const theirs = known.distributors.filter(
    one => one.project === application.project && isOwnOrganisation(application, one, known),
  )
  return known.contacts.some(
    contact => theirs.some(({ id }) => id === contact.distributor) && isSame(admin, identity(contact)),
  )
}
