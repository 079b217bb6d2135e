// A member's next key through real keys, store and sandbox: asked for, proven, made good by the team, and the copy of
// a notice that was made for the old one goes under the new one, once.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DiskWatch } from '../../src/daemon/disk-watch.ts'
import { Looks } from '../../src/daemon/looks.ts'
import { Releases } from '../../src/daemon/releases.ts'
import { silent } from '../../src/decide/outcomes.ts'
import { type Event, SCHEDULER } from '../../src/model/event.ts'
import { type CaseId, later, parseCaseId } from '../../src/model/scalars.ts'
import { DAY, HOUR } from '../../src/model/time.ts'
import type { Store } from '../../src/store/store.ts'
import { noticeChanged, noticeId, scheduled, settle } from '../store/support.ts'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import { Line } from '../support/line.ts'
import { gpgMimeSigned, plainMail } from '../support/mail.ts'
import { until } from '../support/workspace.ts'

const COMMAND = 'security+cmd@acme.example'

const NOTICE = noticeId(1)

/** A notice about a case, so many milliseconds from now. */
function plan(line: Line, about: CaseId, ahead: number): void {
  const { store, clock, config } = line.instance
  const [contact] = store.contacts(config.settings)
  assert.ok(contact)
  const planned = scheduled(NOTICE, about, later(clock.now(), ahead))
  bySchedule(store, { ...planned, project: contact.project, stage: 'early-disclosure' })
}

/** No mail of anybody's made these changes, so that nobody else can have. */
const bySchedule = (store: Store, event: Event): void =>
  settle(store, [event], {
    decision: { ...silent('command', 'set-up'), actor: SCHEDULER, events: [event] },
  })

test('another key: asked for by the old one, proven by the new one, and used when it counts', {
  skip: missingGnuPG(),
}, async t => {
  const line = await Line.make(t)
  const fakedTime = Date.now() - DAY
  const next = await until(t, GnuPG.create('Mallory Member', 'mallory@member.example', { fakedTime }))
  await line.knows(next)
  const { store, pipeline, clock, config } = line.instance
  const send = async (by: GnuPG, text: string, attach?: GnuPG) =>
    line.take(
      await gpgMimeSigned(by, {
        to: COMMAND,
        text: `${text.startsWith('confirm') ? '' : 'embargod acme\n'}${text}\n`,
        ...(attach && { attachments: [{ fileName: 'new.asc', content: await attach.exportArmored() }] }),
      }),
    )
  const [first] = store.contacts(config.settings)
  assert.ok(first)
  const { id } = first
  const now = () => store.findContact(id)

  const asked = await send(line.mallory, 'key add att:new.asc', next)
  assert.deepEqual([asked.outcome, asked.reason], ['command', 'carried-out'])
  // Both go to one address: whoever has the old key alone reads that there is another, and not the token.
  const theirs = line.sent.filter(({ to }) => to === line.mallory.address)
  const read = await Promise.all(
    theirs.map(({ octets }) =>
      line.mallory.decrypt(octets).then(
        () => 'old',
        () => 'new',
      ),
    ),
  )
  assert.ok(read.includes('new') && read.includes('old'), read.join())
  const [, token = ''] = /prove M-[0-9]{6} ([a-z2-7]{16})/.exec((await line.lastMailTo(next)).text) ?? []
  assert.equal(now()?.nextKey?.token, token)

  // A notice for which the copy is made now goes under the present key.
  const about = parseCaseId(await line.report())
  assert.ok(about)
  plan(line, about, HOUR)
  const [scheduledNotice] = store.scheduledNotices()
  assert.ok(scheduledNotice)
  const prepare = () =>
    pipeline.prepareCopies(scheduledNotice, later(clock.now(), HOUR), new AbortController().signal)
  const keysOfCopy = async () => {
    const rows = line.rows(
      `SELECT subkey, state FROM outbox WHERE notice_id = '${NOTICE}' AND contact_id = '${id}'`,
    )
    assert.equal(rows.length, 1, 'one copy')
    return rows[0]?.['subkey']
  }
  const subkeyOf = async (person: GnuPG) => {
    const [subkey = ''] = await person.recipientKeyIds(await person.encryptSign([person], 'x'))
    return subkey.toLowerCase()
  }

  await prepare()
  const old = await keysOfCopy()
  assert.equal(old, await subkeyOf(line.mallory))

  const proven = await send(next, `prove ${id} ${token}`)
  assert.equal(proven.reason, 'carried-out', 'the new key signs')
  assert.equal(now()?.fingerprint, line.mallory.fingerprint)
  await prepare()
  assert.equal(await keysOfCopy(), old, 'until it counts, copies stay with the old key')
  assert.equal(await line.timePasses(), 0)

  assert.equal((await send(line.alice, `rekey ${id} verified="by a call"`)).reason, 'waits-for-confirmation')
  const { text } = await line.lastMailTo(line.bob)
  const [confirm = ''] = /confirm acme [a-z2-7]{16}/.exec(text) ?? []
  assert.equal((await send(line.bob, confirm)).reason, 'carried-out')
  assert.equal(now()?.fingerprint, next.fingerprint)

  await prepare()
  assert.equal(await keysOfCopy(), await subkeyOf(next))
  const again = await send(line.mallory, 'my')
  assert.equal(again.outcome, 'refused', 'what the old key signs counts no more')
  const mine = await send(next, 'my')
  assert.equal(mine.outcome, 'command')
  assert.ok((await line.lastMailTo(next)).text.includes(`Key ${next.fingerprint}`))
})

test('a lost key: the file goes with the plan, and is read again when another of the team confirms it', {
  skip: missingGnuPG(),
}, async t => {
  const line = await Line.make(t)
  const next = await until(
    t,
    GnuPG.create('Mallory Member', 'mallory@member.example', { fakedTime: Date.now() - DAY }),
  )
  await line.knows(next)
  const { store, config, pipeline, clock, log } = line.instance
  const [first] = store.contacts(config.settings)
  assert.ok(first)
  const { id } = first
  const about = parseCaseId(await line.report())
  assert.ok(about)
  plan(line, about, 0)
  const revocation = plainMail({
    from: 'mallory@member.example',
    to: 'security@acme.example',
    subject: 'Stolen',
    text: 'My key was stolen.\n',
    attachments: [{ fileName: 'revoked.asc', content: await line.mallory.revocationCertificate() }],
  })
  await line.take(revocation)
  assert.notEqual(
    store.findContact(id)?.revokedAt,
    undefined,
    'a bare revocation of an enrolled key is found',
  )
  const [notice] = store.scheduledNotices()
  assert.ok(notice)
  await pipeline.prepareCopies(notice, clock.now(), new AbortController().signal)
  assert.deepEqual(
    store.outbox.list({ notice: NOTICE }).map(({ state, why }) => [state, why]),
    [['held', 'revoked-key']],
  )
  bySchedule(store, noticeChanged('notice-released', NOTICE))
  const asked = await line.take(
    await gpgMimeSigned(line.alice, {
      to: COMMAND,
      text: `embargod acme\nrekey ${id} att:new.asc verified="by a call"\n`,
      attachments: [{ fileName: 'new.asc', content: await next.exportArmored() }],
    }),
  )
  assert.equal(asked.reason, 'waits-for-confirmation')
  const [confirm = ''] = /confirm acme [a-z2-7]{16}/.exec((await line.lastMailTo(line.bob)).text) ?? []
  const confirmed = await line.take(await gpgMimeSigned(line.bob, { to: COMMAND, text: `${confirm}\n` }))
  assert.equal(confirmed.reason, 'carried-out')
  const [, token = ''] = /prove M-[0-9]{6} ([a-z2-7]{16})/.exec((await line.lastMailTo(next)).text) ?? []
  await line.take(await gpgMimeSigned(next, { to: COMMAND, text: `embargod acme\nprove ${id} ${token}\n` }))
  assert.equal(await line.timePasses(), 1, 'it counts at once')
  const now = store.findContact(id)
  assert.deepEqual([now?.fingerprint, now?.revokedAt], [next.fingerprint, undefined])

  // The copy that was held goes now, once, under the new key.
  let woken = 0
  const releases = new Releases({
    store,
    clock,
    pipeline,
    log,
    looks: new Looks({ store, clock }),
    mailbox: { poll: () => undefined },
    dispatcher: { wake: () => (woken += 1), warm: () => undefined },
    disk: new DiskWatch(store, clock, () => undefined),
    tell: () => undefined,
    stopping: new AbortController().signal,
  })
  await releases.step()
  assert.equal(woken, 1)
  assert.deepEqual(
    store.outbox.list({ notice: NOTICE }).map(({ state, contact }) => [state, contact]),
    [['ready', id]],
  )
  await line.timePasses()
  assert.match((await line.lastMailTo(next)).text, /the notice/)
  assert.equal(store.outbox.list({ notice: NOTICE })[0]?.state, 'sent')
})
