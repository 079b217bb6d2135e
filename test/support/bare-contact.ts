// A contact of an organisation on the list of which nothing more is known: tests say only what matters to them.
import type { Contact } from '../../src/model/contact.ts'
import { type DistributorId, parseDistributorId } from '../../src/model/scalars.ts'

export const distributorId = (number: string): DistributorId => {
  const id = parseDistributorId(`D-${number}`)
  if (id === undefined) throw new Error('a test value does not parse')
  return id
}

export const BARE_CONTACT: Omit<
  Contact,
  | 'id'
  | 'project'
  | 'organisation'
  | 'name'
  | 'address'
  | 'fingerprint'
  | 'certificate'
  | 'keySince'
  | 'since'
> = {
  distributor: distributorId('000001'),
  revision: 1,
  version: 1,
  kind: 'role',
  manages: 'all',
  keyIds: [],
  encryptsUntil: undefined,
  revokedAt: undefined,
  formerKeys: [],
  nextKey: undefined,
  state: 'active',
  challenge: undefined,
  activeAt: undefined,
  approved: undefined,
  acceptance: undefined,
  asked: undefined,
  attested: undefined,
  suspended: undefined,
  reminded: {},
}
