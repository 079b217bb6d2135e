import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silent } from '../../src/decide/outcomes.ts'
import type { Event } from '../../src/model/event.ts'
import { later, parseCaseId } from '../../src/model/scalars.ts'
import { HOUR, MINUTE } from '../../src/model/time.ts'
import type { Store } from '../../src/store/store.ts'
import { ownKey } from '../openpgp/material.ts'
import { imported, noticeId, received, scheduled, settle } from '../store/support.ts'
import { missingGnuPG } from '../support/gpg.ts'
import { Line } from '../support/line.ts'
import { plainMail } from '../support/mail.ts'

/** So long that a copy is a batch by itself. */
const LONG = 'Please fix.\n'.repeat(20_000)

/** No mail of anybody's made these changes, so that nobody else can have. */
const bySchedule = (store: Store, events: readonly Event[]): void =>
  settle(store, events, {
    decision: { ...silent('command', 'set-up'), actor: { kind: 'scheduler', name: 'scheduler' }, events },
  })

test('copies are made a batch at a time, and no more while a mail waits, at a stop or when time is up', {
  skip: missingGnuPG(),
}, async t => {
  const line = await Line.make(t)
  const about = parseCaseId(await line.report())
  assert.ok(about)
  const { store, clock, config, keyring, pipeline } = line.instance
  const [mallory] = store.contacts(config.settings)
  assert.ok(mallory)
  const { project } = mallory
  for (const n of [1, 2, 3, 4]) {
    const { fingerprint, certificate } = await ownKey(`contact${n}`)
    bySchedule(store, [
      imported(n, { project, key: { fingerprint, certificate: certificate.octets, keyIds: [] } }),
    ])
  }
  const notice = noticeId(1)
  const inAnHour = later(clock.now(), HOUR)
  bySchedule(store, [
    { ...scheduled(notice, about, inAnHour, LONG), project, stage: 'early-disclosure' } as const,
  ])
  const [planned] = store.scheduledNotices()
  assert.ok(planned)
  const lacking = () => store.outbox.contactsWithoutCopy(planned).length
  const goesOn = new AbortController().signal
  const aMinute = () => later(clock.now(), MINUTE)

  assert.equal(lacking(), 5)
  assert.equal(await pipeline.prepareCopies(planned, clock.now(), goesOn), 'more')
  assert.equal(lacking(), 4, 'time is up')
  assert.equal(await pipeline.prepareCopies(planned, aMinute(), AbortSignal.abort()), 'more')
  assert.equal(lacking(), 3, 'a stop')
  const mail = plainMail({
    from: 'quinn@plain.example',
    to: 'security@acme.example',
    subject: 'Again',
    text: '?',
  })
  store.inbound.receive({
    ...received(),
    size: mail.length,
    raw: await keyring.encryptForStorage(mail, clock.now()),
  })
  assert.equal(await pipeline.prepareCopies(planned, aMinute(), goesOn), 'more')
  assert.equal(lacking(), 2, 'a mail waits')
  while (store.inbound.oldestWaiting() !== undefined) await pipeline.settleNext()
  assert.equal(await pipeline.prepareCopies(planned, aMinute(), goesOn), 'made')
  assert.equal(lacking(), 0)
  assert.equal(await pipeline.prepareCopies(planned, aMinute(), goesOn), 'made')

  const copies = store.outbox.list({ notice })
  assert.equal(new Set(copies.map(({ contact }) => contact)).size, 5)
  assert.deepEqual(new Set(copies.map(({ state }) => state)), new Set(['ready']))
  assert.equal(copies.length, 5)
})
