// Who reads behind an address is asked for, and nobody counts as silent who was not asked, however late the asking is:
// after a policy began to want it, or the daemon was away for long.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { foresee } from '../../../src/decide/time/simulation.ts'
import type { Contact } from '../../../src/model/contact.ts'
import { inboundId, instant, later } from '../../../src/model/scalars.ts'
import { DAY } from '../../../src/model/time.ts'
import { NOW } from '../given.ts'
import { member, request, ruled, world } from '../membership/joining.ts'

const days = (count: number) => ({ count, unit: 'day' }) as const
const { acceptance } = request()

/** What somebody on the list is told in these days, and on which: of who reads behind their address. */
function told(changes: Partial<Contact>, silent: 'suspend' | 'keep', until: number) {
  const settings = ruled({ attestation: { every: days(365), within: days(30), silent } })
  const known = world({
    settings,
    applications: new Map(),
    contacts: [member('1', { acceptance, ...changes })],
  })
  return foresee(known, later(NOW, until * DAY), 1_000).mails.flatMap(({ at, order: { to, content } }) =>
    content.kind === 'membership' ? [[(at - NOW) / DAY, to, content.news.kind]] : [],
  )
}

const ONE = member('1').address
const ADMINS = ['alice@team.example', 'bob@team.example']
const attested = (daysAgo: number) => ({ at: later(NOW, -daysAgo * DAY), people: 3, inbound: inboundId(1) })

test('whoever is on the list for years is asked first, and has the whole time', () => {
  assert.deepEqual(told({ since: instant(0) }, 'suspend', 400), [
    [0, ONE, 'attest'],
    [23, ONE, 'attest'],
    [30, ONE, 'suspended'],
    ...ADMINS.map(admin => [30, admin, 'suspended']),
  ])
  assert.deepEqual(told({ attested: attested(365 + 90) }, 'suspend', 29), [
    [0, ONE, 'attest'],
    [23, ONE, 'attest'],
  ])
})

test('whoever said it is asked again when the policy says so, and no sooner', () => {
  assert.deepEqual(told({ attested: attested(360) }, 'keep', 400), [
    [5, ONE, 'attest'],
    [28, ONE, 'attest'],
    ...ADMINS.map(admin => [35, admin, 'attest-missing']),
  ])
})
