// Mail that is late, what is known of a mailbox, why a notice waits: each is told once, across restarts (threats.md
// H01, G03, G09, I01).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Instant, later } from '../../src/model/scalars.ts'
import { HOUR, MINUTE } from '../../src/model/time.ts'
import type { Store } from '../../src/store/store.ts'
import {
  caseId,
  claim,
  NOW,
  newStore,
  noticeChanged,
  noticeId,
  opened,
  outgoing,
  receive,
  record,
  reply,
  scheduled,
  settle,
  storeIn,
} from './support.ts'

const QUARTER = 15 * MINUTE

/** Mails that were each tried once at NOW and are to be tried again. */
async function deferred(t: Parameters<typeof newStore>[0], ...mails: readonly ReturnType<typeof reply>[]) {
  const made = await newStore(t)
  settle(made.store, [], { outgoing: mails })
  for (const _ of mails) {
    const claimed = claim(made.store, NOW)
    assert.ok(claimed !== 'nothing')
    const outcome = { kind: 'retry', at: later(NOW, MINUTE), code: 451, stage: 'rcpt' } as const
    record(made.store, claimed.id, outcome, NOW)
  }
  return made
}

const lateIds = (store: Store, now: Instant) => store.outbox.late(now).map(({ id }) => id)

function tellAt(store: Store, now: Instant): void {
  settle(store, [], { now, tells: { kind: 'late', outbox: lateIds(store, now) } })
}

test('a mail is late 15 minutes and 1 hour after its first attempt, each told once', async t => {
  const { store, directory } = await deferred(t, reply('one'), reply('two'))
  const before = later(NOW, QUARTER - 1)
  assert.deepEqual(lateIds(store, before), [])
  const quarter = later(NOW, QUARTER)
  assert.equal(lateIds(store, quarter).length, 2)
  tellAt(store, quarter)
  assert.deepEqual(lateIds(store, later(NOW, HOUR - 1)), [])
  store.close()
  const restarted = await storeIn(directory)
  t.after(() => restarted.close())
  assert.deepEqual(lateIds(restarted, later(NOW, HOUR - 1)), [])
  assert.equal(lateIds(restarted, later(NOW, HOUR)).length, 2)
  tellAt(restarted, later(NOW, HOUR))
  assert.deepEqual(lateIds(restarted, later(NOW, 100 * HOUR)), [])
})

test('who looks only after both thresholds tells once', async t => {
  const { store } = await deferred(t, reply())
  tellAt(store, later(NOW, 2 * HOUR))
  assert.deepEqual(lateIds(store, later(NOW, 3 * HOUR)), [])
})

test('late is neither what was never tried, nor what has ended, nor an alert', async t => {
  const alert = { kind: 'alert', alert: { kind: 'mailbox-renumbered' } } as const
  const { store } = await deferred(t, outgoing(alert), reply('delivered'))
  settle(store, [], { outgoing: [reply('waits')] })
  const [delivered] = lateIds(store, later(NOW, QUARTER))
  assert.ok(delivered !== undefined)
  assert.equal(lateIds(store, later(NOW, QUARTER)).length, 1)
  const claims = [0, 1, 2].map(() => claim(store, later(NOW, MINUTE)))
  assert.ok(claims.some(claim => claim !== 'nothing' && claim.id === delivered))
  assert.deepEqual(lateIds(store, later(NOW, QUARTER)), [delivered], 'under way is not delivered')
  record(store, delivered, { kind: 'accepted', code: 250 }, later(NOW, MINUTE))
  assert.deepEqual(lateIds(store, later(NOW, QUARTER)), [])
})

test('what the admins know of a mailbox is remembered with the alert', async t => {
  const { store, directory } = await newStore(t)
  const name = 'INBOX'
  assert.deepEqual(store.mailboxes.find(name), { name, uidValidity: undefined, trouble: undefined })
  const mailbox = { name, uidValidity: 4_294_967_295, trouble: 'auth-failed' }
  settle(store, [], { tells: { kind: 'mailbox', mailbox } })
  store.close()
  const restarted = await storeIn(directory)
  t.after(() => restarted.close())
  assert.deepEqual(restarted.mailboxes.find(name), mailbox)
  restarted.mailboxes.remember({ ...mailbox, trouble: undefined })
  assert.deepEqual(restarted.mailboxes.find(name), { ...mailbox, trouble: undefined })
})

test('why a notice waits is remembered with the alert, and outlasts a change of the notice', async t => {
  const { store, directory } = await newStore(t)
  const inbound = receive(store)
  const [notice, other] = [noticeId(1), noticeId(2)]
  const due = (id: typeof notice) => scheduled(id, caseId(1), NOW)
  settle(store, [opened(caseId(1), inbound)], { inbound })
  settle(store, [due(notice), due(other)])
  assert.equal(store.waitTold(notice), undefined)
  settle(store, [], { tells: { kind: 'waits', notice, why: 'fault' } })
  settle(store, [], { tells: { kind: 'waits', notice, why: 'clock' } })
  settle(store, [noticeChanged('notice-released', notice)])
  store.close()
  const restarted = await storeIn(directory)
  t.after(() => restarted.close())
  assert.deepEqual([notice, other].map(restarted.waitTold), ['clock', undefined])
})
