// Before and after a notice's instant with a real store and real keys: the team is told who will not be reached and who
// was not, encrypted, each once; and a copy is no larger than preflight says.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { preflight } from '../../src/decide/notices/preflight.ts'
import { silent } from '../../src/decide/outcomes.ts'
import type { Decision } from '../../src/model/decision.ts'
import { type Event, SCHEDULER } from '../../src/model/event.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import { later, parseCaseId } from '../../src/model/scalars.ts'
import { HOUR, MINUTE } from '../../src/model/time.ts'
import type { Store } from '../../src/store/store.ts'
import { certificateOf } from '../openpgp/material.ts'
import { address, digest, imported, noticeId, scheduled, settle } from '../store/support.ts'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import { Line } from '../support/line.ts'
import { wholeOf } from '../support/whole.ts'
import { until } from '../support/workspace.ts'

const bySchedule = (store: Store, events: readonly Event[], files: Decision['files'] = []): void =>
  settle(store, events, {
    decision: {
      ...silent('command', 'set-up'),
      actor: { kind: 'scheduler', name: 'scheduler' },
      events,
      files,
    },
  })

test('who will have no copy is told before the instant, and who has none after it', {
  skip: missingGnuPG(),
}, async t => {
  const line = await Line.make(t)
  const about = parseCaseId(await line.report())
  assert.ok(about)
  const now = line.instance.clock.now()
  const [mallory] = line.instance.store.contacts(line.instance.config.settings)
  assert.ok(mallory)
  const { project } = mallory
  // Nothing can be encrypted to it ten minutes before the instant already.
  const ends = later(now, 50 * MINUTE)
  const blind = await until(
    t,
    GnuPG.create('Ben Blind', 'ben@blind.example', {
      fakedTime: now - 24 * HOUR,
      expire: `seconds=${Math.floor((24 * HOUR + 50 * MINUTE) / 1000)}`,
    }),
  )
  const { fingerprint, octets } = await certificateOf(blind)
  const key = { fingerprint, certificate: octets, keyIds: [], encryptsUntil: ends }
  bySchedule(line.instance.store, [
    imported(1, { project, key, acceptance: mallory.acceptance, address: address(blind.address) }),
  ])
  const notice = noticeId(1)
  const patch = randomBytes(300_000)
  const file = {
    fileName: plaintext('fix.patch'),
    sha256: digest(patch),
    octets: patch,
    mediaType: 'text/x-patch',
  }
  bySchedule(
    line.instance.store,
    [
      {
        ...scheduled(notice, about, later(now, HOUR), `${'Größe '.repeat(20_000)}\n`),
        at: later(now, -2 * HOUR),
        project,
        stage: 'early-disclosure',
        attachments: [{ fileName: file.fileName, sha256: file.sha256, size: patch.length }],
      },
    ],
    [file],
  )
  // The daemon starts after it was scheduled.
  await line.restart(text => `${text}\n`)
  const { store, clock, config, pipeline } = line.instance
  assert.equal(await line.timePasses(), 1)
  const ahead = await line.lastMailTo(line.alice)
  assert.match(ahead.text, /N-000001 about C-\d{6} is to go at/)
  assert.match(ahead.text, /It would reach 1 of 2 contacts/)
  assert.match(ahead.text, /M-000001, ben@blind\.example: its key ends at/)
  const warned = await line.lastMailTo(blind)
  assert.doesNotMatch(warned.text, /C-\d{6}|N-\d{6}/)
  assert.equal(await line.timePasses(), 0)

  const [planned] = store.scheduledNotices()
  assert.ok(planned)
  const made = await pipeline.prepareCopies(planned, later(clock.now(), MINUTE), new AbortController().signal)
  assert.equal(made, 'made')
  const states = () =>
    store.outbox.list({ notice }).map(({ contact, state, why }) => `${contact} ${state} ${why}`)
  assert.deepEqual(
    states().toSorted(),
    [`M-000001 held expired-key`, `${mallory.id} ready undefined`].toSorted(),
  )
  assert.equal(await pipeline.remindOfCopies(), 'nothing', 'it has not gone yet')
  bySchedule(store, [{ kind: 'notice-released', at: later(now, -25 * HOUR), notice, actor: SCHEDULER }])
  assert.equal(await pipeline.remindOfCopies(), 'reminded')
  assert.equal(await pipeline.remindOfCopies(), 'nothing', 'once')
  const sent = store.outbox.exchange([], 100, later(now, 2 * HOUR))
  const copy = sent.find(({ kind }) => kind === 'notice')
  const told = sent.filter(({ kind }) => kind === 'alert')
  assert.deepEqual(
    told.map(({ to }) => to),
    [line.alice.address, line.bob.address],
  )
  const [alert] = told
  assert.ok(copy && alert)
  const read = (await line.alice.decrypt(wholeOf(alert.octets))).octets.toString()
  assert.match(read, /Early word of C-\d{6} has not reached these/)
  assert.match(read, /M-000001, ben@blind\.example: N-000001 is held/)

  const { size = 0 } = preflight(
    { ...planned, content: planned },
    { contacts: store.contacts(config.settings), distributors: [], settings: config.settings },
  )
  assert.ok(copy.octets.size <= size, `${copy.octets.size} of at most ${size}`)
  assert.ok(size <= 1.1 * copy.octets.size, `${size} is far more than ${copy.octets.size}`)
})
