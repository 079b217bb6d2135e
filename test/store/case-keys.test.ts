// Whose signature a key id may be, where strangers plant other copies of somebody's certificate in cases of theirs.
import assert from 'node:assert/strict'
import { suite, type TestContext, test } from 'node:test'
import type { Event } from '../../src/model/event.ts'
import type { CaseKey } from '../../src/model/person.ts'
import { later, parseApplicationId } from '../../src/model/scalars.ts'
import { MINUTE } from '../../src/model/time.ts'
import type { Store } from '../../src/store/store.ts'
import { address, sure } from '../decide/given.ts'
import { caseId, fingerprint, NOW, newStore, opened, project, query, receive, settle } from './support.ts'

const KEY_ID = 'abcdef0123456789'
const OWN = new Uint8Array([1, 2, 3])

const copy = (certificate: Uint8Array): CaseKey => ({
  fingerprint: fingerprint(7),
  certificate,
  keyIds: [KEY_ID],
})

function openWith(store: Store, n: number, key: CaseKey): void {
  const inbound = receive(store)
  const event = opened(caseId(n), inbound) as Extract<Event, { kind: 'case-opened' }>
  const receivedAt = later(NOW, n * MINUTE)
  settle(store, [{ ...event, receivedAt, reporter: { ...event.reporter, key } }], { inbound })
}

async function known(context: TestContext): Promise<Store> {
  const { store } = await newStore(context)
  openWith(store, 1, copy(OWN))
  const actor = { kind: 'operator', name: 'operator' } as const
  settle(store, [{ kind: 'case-taken', at: NOW, actor, case: caseId(1), lead: 'alice' }])
  return store
}

function askWith(store: Store, n: number, certificate: Uint8Array): void {
  const inbound = receive(store)
  const opening: Event = {
    kind: 'application-opened',
    at: later(NOW, n * MINUTE),
    actor: { kind: 'outsider', name: 'outsider' },
    application: sure(parseApplicationId(`A-${100_000 + n}`)),
    project,
    receivedAt: later(NOW, n * MINUTE),
    inbound,
    address: address(`a${n}@vendor.example`),
    answers: { organisation: undefined, name: undefined, criteria: {} },
    key: copy(certificate),
  }
  settle(store, [opening], { inbound })
}

const found = (store: Store) => store.certificatesFor(KEY_ID).map(({ certificate }) => [...certificate])

suite('The certificate of somebody whom the team works with is found', () => {
  test('beside a newer case with another copy of it', async t => {
    const store = await known(t)
    openWith(store, 2, copy(new Uint8Array([9])))
    assert.deepEqual(found(store), [[...OWN], [9]])
  })

  test('after a flood of reports that bring other copies', async t => {
    const store = await known(t)
    for (let n = 2; n < 70; n += 1) openWith(store, n, copy(new Uint8Array([9, n])))
    assert.deepEqual(found(store)[0], [...OWN])
  })

  test('once, in however many cases it is', async t => {
    const store = await known(t)
    openWith(store, 2, copy(OWN))
    assert.deepEqual(found(store), [[...OWN]])
  })
})

suite('The certificate of somebody who asks to join is found', () => {
  test('first, after a flood of requests that bring other copies', async t => {
    const { store } = await newStore(t)
    askWith(store, 1, OWN)
    for (let n = 2; n < 40; n += 1) askWith(store, n, new Uint8Array([9, n]))
    assert.deepEqual(found(store)[0], [...OWN])
    assert.equal(found(store).length, 20)
  })

  test('once, in however many requests it is', async t => {
    const { store } = await newStore(t)
    for (let n = 1; n < 5; n += 1) askWith(store, n, OWN)
    assert.deepEqual(found(store), [[...OWN]])
  })

  test('and their request is looked at when the key is revoked', async t => {
    const { store } = await newStore(t)
    askWith(store, 1, OWN)
    const { applications } = store.readSnapshot(query({ revoked: [fingerprint(7)] }))
    const [application] = [...applications.values()]
    assert.ok(application)
    const revoked = { kind: 'application-key-revoked', key: fingerprint(7) } as const
    const actor = { kind: 'outsider', name: 'outsider' } as const
    settle(store, [{ ...revoked, at: NOW, actor, application: application.id }])
    assert.deepEqual(found(store), [])
    assert.equal(store.findApplication(application.id)?.key, undefined)
  })
})
