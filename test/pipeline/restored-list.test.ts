// A list after a restore (threats.md L01, L02): in safe mode no applicant is answered or challenged and nobody's time
// passes; what may have been answered is not answered again, and a token that was kept back is made when it is asked for.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Instant, inboundId, later, parseSha256 } from '../../src/model/scalars.ts'
import { DATABASE_FILE } from '../../src/store/database.ts'
import { intoSafeMode } from '../../src/store/safe-mode.ts'
import { tapped } from '../support/applying.ts'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import { Line } from '../support/line.ts'
import { gpgMimeSigned, plainMail } from '../support/mail.ts'
import { readMail } from '../support/outgoing.ts'
import { until } from '../support/workspace.ts'

const LIST = 'distributors@acme.example'
const COMMAND = 'security+cmd@acme.example'

test('requests to join, and who is on the list, after a restore', { skip: missingGnuPG() }, async t => {
  const line = await Line.make(t)
  const ann = await until(t, GnuPG.create('Ann', 'ann@vendor.example'))
  await line.knows(ann)
  const asks = async (text: string) =>
    plainMail({
      from: ann.address,
      to: LIST,
      subject: 'Join',
      text,
      attachments: [{ fileName: 'ann.asc', content: await ann.exportArmored() }],
    })
  const sentTo = ({ address }: GnuPG) => line.sent.filter(({ to }) => to === address).length
  const row = (query: string) => line.rows(query)[0] ?? {}

  await line.close()
  const restored = Date.now() as Instant
  const safe = intoSafeMode(join(line.folder, 'data', DATABASE_FILE), restored)
  assert.ok(safe.ok)
  await line.open()
  const before = later(restored, -60_000)
  const waits = async (octets: Uint8Array, source: 'imap' | 'cli', uid: number) => {
    const { store, keyring } = line.instance
    const raw = await keyring.encryptForStorage(octets, line.instance.clock.now())
    const sha256 = parseSha256(createHash('sha256').update(octets).digest('hex'))
    assert.ok(sha256)
    const known = { sha256, size: octets.length, raw, receivedAt: before }
    return source === 'cli'
      ? store.inbound.receive({ source, ...known })
      : store.inbound.receive({ source, mailbox: 'INBOX', uidValidity: 9, uid, ...known })
  }

  await t.test('in safe mode nothing is answered, and nothing sent', async () => {
    await waits(await asks('organisation: Vendor\n'), 'imap', 1)
    assert.equal(await line.instance.pipeline.settleNext(), 'idle')
    assert.deepEqual(line.instance.store.openApplications(), [])
    assert.deepEqual(line.instance.store.outbox.exchange([], 9, line.instance.clock.now()), [])
  })

  await t.test('a contact who was removed since is kept from notices by the operator', async () => {
    const [contact] = line.instance.store.contacts(line.instance.config.settings)
    const text = `embargod acme\nsuspend ${contact?.id} <<\nThey were removed since.\n.\n`
    await waits(Buffer.from(JSON.stringify({ kind: 'command', text })), 'cli', 2)
    assert.equal(await line.instance.pipeline.settleNext(), 'worked')
    assert.deepEqual(row('SELECT state FROM contacts')['state'], 'suspended')
  })

  await t.test('the request of the meantime is one again, and answered to nobody', async () => {
    await waits(Buffer.from(JSON.stringify({ kind: 'resume', sent: 'all' })), 'cli', 3)
    const { store, pipeline } = line.instance
    assert.equal(await pipeline.settleNext(), 'worked')
    assert.equal(store.safeMode.mode, 'normal')
    store.safeMode.rescanned(undefined)
    while (store.openApplications().length === 0) assert.equal(await pipeline.settleNext(), 'worked')
    await line.timePasses()
    assert.equal(sentTo(ann), 0)
    assert.equal(store.openApplications()[0]?.challenge, undefined)
    assert.match((await line.lastMailTo(line.alice)).text.replace(/\s+/g, ' '), /older than the restore/)
  })

  await t.test('writing again brings a token that counts', async () => {
    await line.take(await asks('name: Ann\n'))
    const challenge = line.sent.findLast(({ to }) => to === ann.address)
    assert.ok(challenge)
    const { text } = await readMail(challenge.octets, ann)
    // A signature of the very second of the restore may be of the life before it.
    const mail = { to: COMMAND, text: tapped(text), signing: { fakedTime: restored + 1_000 } }
    const { reason } = await line.take(await gpgMimeSigned(ann, mail))
    assert.equal(reason, 'carried-out')
    const [application] = line.instance.store.openApplications()
    assert.notEqual(application?.proven?.inbound ?? inboundId(1), inboundId(1))
  })
})
