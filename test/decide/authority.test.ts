// Who is what in a case, and who reads it.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { applicationOf, insidersOf, rolesIn } from '../../src/decide/authority.ts'
import type { Engineer } from '../../src/model/person.ts'
import { inboundId, parseApplicationId } from '../../src/model/scalars.ts'
import type { Settings } from '../../src/model/settings.ts'
import { BARE_APPLICATION } from '../support/bare-application.ts'
import { ALICE, aCase, address, BOB, fingerprint, NOW, settings, sure } from './given.ts'

const CAROL = { name: 'carol', address: address('carol@acme.example'), fingerprint: fingerprint('C') }
const ERIN: Engineer = {
  name: 'erin',
  since: NOW,
  address: address('erin@vendor.example'),
  fingerprint: fingerprint('E'),
  key: { fingerprint: fingerprint('E'), certificate: new Uint8Array([1]), keyIds: ['eeeeeeeeeeeeeeee'] },
}
const RIYA = fingerprint('1')
const withCarol: Settings = settings({
  projects: settings().projects.map(project => ({ ...project, maintainers: [CAROL] })),
})
const reporter = {
  address: address('riya@research.example'),
  key: { fingerprint: RIYA, certificate: new Uint8Array(), keyIds: [] },
}

suite('roles in a case', () => {
  test('an admin and the operator are admins, whatever the case says', () => {
    assert.deepEqual(rolesIn(aCase(), ALICE.fingerprint, withCarol), ['admin'])
    assert.deepEqual(rolesIn(aCase({ lead: 'alice' }), 'operator', withCarol), ['admin'])
  })

  test('a maintainer is nothing before the case is shared, and then a maintainer', () => {
    assert.deepEqual(rolesIn(aCase(), CAROL.fingerprint, withCarol), [])
    const shared = aCase({ sharedWith: 'maintainers' })
    assert.deepEqual(rolesIn(shared, CAROL.fingerprint, withCarol), ['maintainer'])
    assert.deepEqual(rolesIn(shared, CAROL.fingerprint, settings()), [], 'not one of this project')
  })

  test('an engineer and a reporter are known by their keys alone', () => {
    const theCase = aCase({ fixTeam: [ERIN], reporter })
    assert.deepEqual(rolesIn(theCase, ERIN.fingerprint, withCarol), ['fix-team'])
    assert.deepEqual(rolesIn(theCase, RIYA, withCarol), ['reporter'])
    assert.deepEqual(rolesIn(theCase, fingerprint('9'), withCarol), [])
  })

  test('a lead who is no admin leads only while they have a part in the case', () => {
    const led = aCase({ lead: 'carol', sharedWith: 'maintainers' })
    assert.deepEqual(rolesIn(led, CAROL.fingerprint, withCarol), ['maintainer', 'lead'])
    assert.deepEqual(rolesIn({ ...led, sharedWith: 'team' }, CAROL.fingerprint, withCarol), [])
  })
})

suite('insiders of a case', () => {
  const names = (theCase: Parameters<typeof insidersOf>[0]) =>
    insidersOf(theCase, withCarol).map(one => one.name)

  test('are the admins, then the maintainers it is shared with, then the fix team', () => {
    assert.deepEqual(names(aCase()), ['alice', 'bob'])
    assert.deepEqual(names(aCase({ sharedWith: 'maintainers', fixTeam: [ERIN] })), [
      'alice',
      'bob',
      'carol',
      'erin',
    ])
  })

  test('are each named once, by key and by mailbox', () => {
    const asEngineer: Engineer = { ...BOB, since: NOW, key: undefined }
    const elsewhere: Engineer = { ...ERIN, address: address('ALICE@team.example') }
    assert.deepEqual(names(aCase({ fixTeam: [asEngineer, elsewhere] })), ['alice', 'bob'])
  })

  test('never hold the reporter', () => {
    assert.ok(!insidersOf(aCase({ reporter }), withCarol).some(one => one.fingerprint === RIYA))
  })
})

test('whoever offers another’s key does not get what is answered to its owner: the request that it proved is theirs', () => {
  const ours = fingerprint('7')
  const key = { fingerprint: ours, certificate: new Uint8Array([1]), keyIds: [] }
  const theirs = {
    ...BARE_APPLICATION,
    id: sure(parseApplicationId('A-771234')),
    project: aCase().project,
    receivedAt: NOW,
    heardAt: NOW,
    address: address('ann@vendor.example'),
    key,
  }
  const own = { ...theirs, proven: { at: NOW, inbound: inboundId(1) } }
  assert.equal(applicationOf(ours, [theirs, own]), own)
  assert.equal(applicationOf(ours, [theirs]), theirs)
  const other = { ...theirs, id: sure(parseApplicationId('A-771235')) }
  assert.equal(applicationOf(ours, [theirs, other], [other.id]), other, 'what the command names is meant')
  assert.equal(applicationOf(ours, [theirs, { ...own, state: 'declined' as const }]), theirs)
})
