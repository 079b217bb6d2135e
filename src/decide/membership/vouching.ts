// Which vouches for an applicant count today: independent, each organisation once, and void as soon as whoever gave one
// is no active member any more. In go what is known, out come verdicts; nothing is kept of them.
import type { Application, Vouch } from '../../model/application.ts'
import { before } from '../../model/calendar.ts'
import type { Contact } from '../../model/contact.ts'
import type { Distributor } from '../../model/distributor.ts'
import { type Missing, missingOf } from '../../model/missing.ts'
import type { Membership, Policy } from '../../model/policy.ts'
import type { ContactId, Instant } from '../../model/scalars.ts'
import type { Known } from '../known.ts'
import { isKindred } from './kinship.ts'

type People = Pick<Known, 'contacts' | 'distributors' | 'settings'>

/** What stands against somebody's word: who they are to the applicant, or what became of them. */
export type VouchFault =
  | 'own-organisation'
  | 'ring'
  | 'suspended'
  | 'left'
  | 'removed'
  | 'key-revoked'
  | 'other-key'

export type JudgedVouch = {
  readonly vouch: Vouch
  /** Undefined: it counts. */
  readonly fault: VouchFault | undefined
}

/** Every vouch of an application with what stands against it now. */
export const judgedVouches = (application: Application, people: People): readonly JudgedVouch[] =>
  application.vouches.map(vouch => ({ vouch, fault: faultOf(vouch, application, people) }))

function faultOf(vouch: Vouch, application: Application, people: People): VouchFault | undefined {
  if (vouch.fingerprint !== application.key?.fingerprint) return 'other-key'
  const contact = people.contacts.find(({ id }) => id === vouch.contact)
  const distributor = people.distributors.find(({ id }) => id === vouch.distributor)
  if (contact === undefined || distributor === undefined) return 'removed'
  return kinshipFault(application, distributor, people) ?? standingFault(contact, distributor)
}

/** Whether somebody's word could count for this applicant at all, whatever they are on the list. */
export function kinshipFault(
  application: Application,
  distributor: Distributor,
  people: People,
): 'own-organisation' | 'ring' | undefined {
  if (isKindred(application, distributor, people)) return 'own-organisation'
  const sponsors = sponsorsOf(distributor, people.distributors)
  return sponsors.some(one => isKindred(application, one, people)) ? 'ring' : undefined
}

/** Those by whose word an organisation came on the list, those by whose word these came, and so on. */
function sponsorsOf(of: Distributor, all: readonly Distributor[]): readonly Distributor[] {
  const found = new Set([of])
  for (const one of found)
    for (const id of one.vouchedBy) {
      const sponsor = all.find(other => other.id === id)
      if (sponsor !== undefined) found.add(sponsor)
    }
  found.delete(of)
  return [...found]
}

function standingFault(
  { state, revokedAt }: Contact,
  distributor: Distributor,
): 'suspended' | 'left' | 'removed' | 'key-revoked' | undefined {
  if (state === 'removed' || distributor.state === 'removed') return 'removed'
  if (state === 'left' || distributor.state === 'left') return 'left'
  if (state !== 'active') return 'suspended'
  return revokedAt === undefined ? undefined : 'key-revoked'
}

/** Whether an admin may let a vouch count all the same: the word was good when it was given. */
export const mayBeWaived = (fault: VouchFault | undefined): boolean =>
  fault === 'suspended' || fault === 'left' || fault === 'removed' || fault === 'key-revoked'

/** What an application lacks, by the vouches that count now and those that are let count all the same. */
export function lacksOf(
  application: Application,
  policy: Membership,
  people: People,
  waived: readonly ContactId[] = [],
): readonly Missing[] {
  const counted = judgedVouches(application, people)
    .filter(({ vouch, fault }) => fault === undefined || waived.includes(vouch.contact))
    .map(({ vouch }) => vouch)
  return missingOf({ ...application, vouches: counted }, policy)
}

/** Other applications that an organisation vouched for within a year. */
export const vouchesInYear = (
  { vouches }: Distributor,
  { id }: Application,
  now: Instant,
  { calendar }: Policy,
): number => {
  const since = before(now, { count: 365, unit: 'day' }, calendar)
  return new Set(vouches.filter(({ of, at }) => of !== id && at > since).map(({ of }) => of)).size
}
