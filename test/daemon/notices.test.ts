// What the daemon does around the copies of a notice, over the real line: none is made where the disk has no room for
// its ledger (threats.md J04), none goes after a start before the mailbox was read (H11), and a storm of delivery
// reports on one notice is one alert (D08).
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { Alerts } from '../../src/daemon/alerts.ts'
import { DiskWatch } from '../../src/daemon/disk-watch.ts'
import { Looks } from '../../src/daemon/looks.ts'
import { Releases } from '../../src/daemon/releases.ts'
import { silent } from '../../src/decide/outcomes.ts'
import type { Alert } from '../../src/model/alert.ts'
import type { Event } from '../../src/model/event.ts'
import type { Notice } from '../../src/model/notice.ts'
import { type CaseId, type Instant, later, parseCaseId, parseSha256 } from '../../src/model/scalars.ts'
import { MINUTE, SECOND } from '../../src/model/time.ts'
import { ownKey } from '../openpgp/material.ts'
import { imported, noticeChanged, noticeId, scheduled, settle } from '../store/support.ts'
import { missingGnuPG } from '../support/gpg.ts'
import { Line } from '../support/line.ts'
import { gpgMimeSigned } from '../support/mail.ts'
import { upTo } from '../support/sweep.ts'

const COMMAND = 'security+cmd@acme.example'
/** Contacts whose copy fails, each of which several servers report. */
const CONTACTS = upTo(8, 200)
const REPORTS_EACH = 5
const PLENTY = 1024 * 1024 * 1024
const GOES_ON = new AbortController().signal

/** No mail of anybody's made these changes. */
const bySchedule = (line: Line, events: readonly Event[]): void =>
  settle(line.instance.store, events, {
    decision: { ...silent('command', 'set-up'), actor: { kind: 'scheduler', name: 'scheduler' }, events },
  })

async function aCase(line: Line): Promise<CaseId> {
  const id = parseCaseId(await line.report())
  assert.ok(id)
  return id
}

function schedule(line: Line, n: number, about: CaseId, sendAt: Instant): Notice {
  const { store, config } = line.instance
  const [contact] = store.contacts(config.settings)
  assert.ok(contact)
  const { project } = contact
  bySchedule(line, [{ ...scheduled(noticeId(n), about, sendAt), project, stage: 'early-disclosure' }])
  const notice = store.scheduledNotices().find(({ id }) => id === noticeId(n))
  assert.ok(notice)
  return notice
}

/** Puts mail into the queue as the mailbox does, and settles none of it. */
async function waits(line: Line, uid: number, octets: Uint8Array): Promise<void> {
  const { store, keyring, clock } = line.instance
  const receivedAt = clock.now()
  const raw = await keyring.encryptForStorage(octets, receivedAt)
  const sha256 = parseSha256(createHash('sha256').update(octets).digest('hex'))
  assert.ok(sha256)
  const place = { source: 'imap', mailbox: 'INBOX', uidValidity: 2, uid } as const
  store.inbound.receive({ ...place, sha256, size: octets.length, raw, receivedAt })
}

test('around the copies of a notice', { skip: missingGnuPG() }, async t => {
  const line = await Line.make(t)

  await t.test(
    'J04 where the disk has no room nothing is made, which is told ahead and at the instant',
    async () => {
      const { store, clock } = line.instance
      let room = 0
      const told: Alert[] = []
      const tell = (alert: Alert) => void told.push(alert)
      const disk = new DiskWatch({ room: () => room, onFault: () => undefined }, clock, tell)
      const looks = new Looks(line.instance)
      const quiet = { poll: () => undefined, wake: () => undefined, warm: () => undefined }
      const parts = { ...line.instance, looks, mailbox: quiet, dispatcher: quiet, disk, tell }
      const releases = new Releases({ ...parts, stopping: GOES_ON })
      looks.stored()
      assert.equal(looks.settled(), 'read')

      const about = await aCase(line)
      const ahead = schedule(line, 1, about, later(clock.now(), 5 * MINUTE))
      const due = schedule(line, 2, about, clock.now())
      const later5 = schedule(line, 3, about, later(clock.now(), 60 * MINUTE))
      for (let look = 0; look < 3; look += 1) assert.ok((await releases.step()) <= SECOND)
      const made = () => [ahead, due, later5].map(({ id }) => store.outbox.list({ notice: id }).length)
      assert.deepEqual(made(), [0, 0, 0])
      assert.deepEqual(
        told.map(alert => alert.kind === 'notice-waits' && [alert.notice, alert.why]),
        [
          [due.id, 'room'],
          [ahead.id, 'room-ahead'],
        ],
      )
      room = PLENTY
      await releases.step()
      assert.deepEqual(made(), [1, 1, 0])
      assert.deepEqual(
        store.scheduledNotices().map(({ id }) => id),
        [ahead.id, later5.id],
      )
    },
  )

  await t.test(
    'H11 after a start no copy goes before the mailbox was read, and a cancel there wins',
    async () => {
      const about = await aCase(line)
      const going = schedule(line, 4, about, line.instance.clock.now())
      const stopped = schedule(line, 5, about, line.instance.clock.now())
      for (const notice of [going, stopped]) {
        const until = later(line.instance.clock.now(), MINUTE)
        await line.instance.pipeline.prepareCopies(notice, until, GOES_ON)
        bySchedule(line, [{ ...noticeChanged('notice-released', notice.id) }])
      }
      await line.close()
      await line.open()

      const { store, clock, pipeline } = line.instance
      const looks = new Looks(line.instance)
      const claimed = () => store.outbox.exchange([], 9, clock.now(), looks.mayGo)
      assert.deepEqual([claimed(), store.outbox.nextDueAt(looks.mayGo)], [[], undefined])
      const text = `embargod acme\ncancel ${stopped.id}\n`
      await waits(line, 1, await gpgMimeSigned(line.alice, { to: COMMAND, text }))
      assert.equal(looks.settled(), 'as-before', 'the mailbox was not looked at')
      looks.stored()
      assert.equal(looks.settled(), 'as-before', 'what lay there is stored, and not settled')
      assert.deepEqual(claimed(), [])
      assert.equal(await pipeline.settleNext(), 'worked')
      assert.equal(looks.settled(), 'read')
      assert.equal(looks.mayGo, 'all')
      await line.timePasses()
      const states = (notice: Notice) => store.outbox.list({ notice: notice.id }).map(({ state }) => state)
      assert.deepEqual([states(going), states(stopped)], [['sent'], ['cancelled']])
    },
  )

  await t.test(`D08 ${CONTACTS * REPORTS_EACH} delivery reports on one notice are one alert`, async () => {
    const { store, clock, pipeline, config } = line.instance
    const about = await aCase(line)
    const notice = schedule(line, 6, about, clock.now())
    const [{ acceptance } = { acceptance: undefined }] = store.contacts(config.settings)
    for (let n = 1; n <= CONTACTS; n += 1) {
      const { fingerprint, certificate } = await ownKey(`contact${n}`)
      const key = { fingerprint, certificate: certificate.octets, keyIds: [] }
      bySchedule(line, [imported(n, { project: notice.project, acceptance, key })])
    }
    await pipeline.prepareCopies(notice, later(clock.now(), MINUTE), GOES_ON)
    bySchedule(line, [noticeChanged('notice-released', notice.id)])
    const states = () => store.outbox.list({ notice: notice.id }).map(({ state }) => state)
    await line.timePasses()
    assert.deepEqual(new Set(states()), new Set(['sent']))

    const reported = store.outbox.list({ notice: notice.id }).slice(0, CONTACTS)
    let uid = 100
    for (let n = 0; n < REPORTS_EACH; n += 1)
      for (const { from } of reported) {
        uid += 1
        await waits(line, uid, failureOf(from, uid))
      }
    const alerts = new Alerts(line.instance)
    // As the daemon does, after each.
    while ((await pipeline.settleNext()) === 'worked') await alerts.tell()
    await alerts.tell()
    const { admins } = config.settings
    const alerted = store.outbox.list({ state: 'ready' }).filter(({ kind }) => kind === 'alert')
    assert.deepEqual(alerted.map(({ to }) => to).sort(), admins.map(({ address }) => address).sort())
    assert.equal(states().filter(state => state === 'failed').length, CONTACTS)
    assert.equal(await alerts.tell(), 'nothing')
  })
})

/** What a server says of a copy it had accepted (RFC 3464). */
function failureOf(back: string, n: number): Buffer {
  const limit = `limit${n}`
  const lines = [
    ...['From: MAILER-DAEMON@mx.example', `To: ${back}`, 'Subject: Undelivered', 'Return-Path: <>'],
    ...[`Message-ID: <${n}@mx.example>`, 'MIME-Version: 1.0'],
    ...[`Content-Type: multipart/report; report-type=delivery-status; boundary=${limit}`, ''],
    ...[`--${limit}`, 'Content-Type: text/plain', '', 'It could not be delivered.'],
    ...[`--${limit}`, 'Content-Type: message/delivery-status', '', 'Reporting-MTA: dns; mx.example', ''],
    ...['Final-Recipient: rfc822; someone@member.example', 'Action: failed', 'Status: 5.1.1', ''],
    ...[`--${limit}--`, ''],
  ]
  return Buffer.from(lines.join('\r\n'))
}
