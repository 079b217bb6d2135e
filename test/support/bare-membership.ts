// Rules of a distributors list with three criteria, the second by acceptance and the third by one vouch: tests say only
// what matters to them.
import type { Membership } from '../../src/model/policy.ts'
import { parseSha256 } from '../../src/model/scalars.ts'

const sha256 = parseSha256('5e'.repeat(32))
if (sha256 === undefined) throw new Error('a test value does not parse')

const days = (count: number) => ({ count, unit: 'day' }) as const

export const BARE_MEMBERSHIP: Membership = {
  requests: 'distributors',
  criteria: [
    { text: 'Be an active distributor of Widget.', signs: ['distributor'], by: 'answer' },
    { text: 'Accept the Embargo Policy.', signs: [], by: 'acceptance' },
    { text: 'Have someone on the list vouch for you.', signs: [], by: 'vouch' },
  ],
  terms: { version: '1', text: 'Tell nobody.\n', sha256 },
  acceptance: 'implied',
  vouch: {
    count: 1,
    covers: 'person',
    perYear: undefined,
    after: undefined,
    bootstrap: { below: 3, quorum: 1 },
  },
  review: {
    within: undefined,
    weekly: undefined,
    lapse: days(90),
    objection: undefined,
    quorum: 0,
    again: undefined,
  },
  contacts: { kind: 'any', most: 5, approval: 'none', coolingOff: { count: 24, unit: 'hour' } },
  most: undefined,
  classes: [],
  attestation: undefined,
  reacceptance: { within: days(30), silent: 'suspend' },
  keyWarnings: [days(30), days(7)],
  lateJoiners: 'nothing',
  roster: 'hidden',
  contributing: undefined,
  leak: { strikes: 2, removal: 'removed', retrospective: 'none' },
  breakEmbargo: { within: { count: 24, unit: 'hour' }, doubt: 'publish' },
}
