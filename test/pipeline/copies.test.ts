import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
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

/** So long, and hard to compress, that eleven copies are a batch. */
const LONG = randomBytes(127_500).toString('base64').replace(/.{76}/g, '$&\n')
const BATCH = 11
/** Beside the one who is on the list. */
const OTHERS = 3 * BATCH + 1

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
  const { fingerprint, certificate } = await ownKey('contact')
  const key = { fingerprint, certificate: certificate.octets, keyIds: [] }
  for (let n = 1; n <= OTHERS; n += 1)
    bySchedule(store, [imported(n, { project, acceptance: mallory.acceptance, key })])
  const notice = noticeId(1)
  const inAnHour = later(clock.now(), HOUR)
  bySchedule(store, [
    { ...scheduled(notice, about, inAnHour, LONG), project, stage: 'early-disclosure' } as const,
  ])
  const [planned] = store.scheduledNotices()
  assert.ok(planned)
  const lacking = () => store.copies.lacking(planned, clock.now()).length
  const goesOn = new AbortController().signal
  const aMinute = () => later(clock.now(), MINUTE)

  assert.equal(lacking(), 3 * BATCH + 2)
  assert.equal(await pipeline.prepareCopies(planned, clock.now(), goesOn), 'more')
  assert.equal(lacking(), 2 * BATCH + 2, 'time is up')
  assert.equal(await pipeline.prepareCopies(planned, aMinute(), AbortSignal.abort()), 'more')
  assert.equal(lacking(), BATCH + 2, 'a stop')
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
  assert.equal(new Set(copies.map(({ contact }) => contact)).size, OTHERS + 1)
  assert.deepEqual(new Set(copies.map(({ state }) => state)), new Set(['ready']))
  assert.equal(copies.length, OTHERS + 1)
})
