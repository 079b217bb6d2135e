// Large mail in pieces, from the queue to its class: opened whole, and put aside for the right reason where a piece
// is gone or only the header was fetched.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { test } from 'node:test'
import BetterSqlite3 from 'better-sqlite3'
import { sha256Of } from '../../src/digest.ts'
import { missingGnuPG } from '../support/gpg.ts'
import { Line } from '../support/line.ts'
import { gpgMimeSigned, plainMail } from '../support/mail.ts'

const large = (from: string) =>
  plainMail({
    from,
    to: 'security@acme.example',
    subject: 'It crashes',
    text: `${randomBytes(2_000_000).toString('hex').replace(/.{64}/g, '$&\n')}\n`,
  })

test('large mail is a report; what lost a piece is lost, and a header alone is oversize', {
  skip: missingGnuPG(),
}, async t => {
  const line = await Line.make(t)
  const { store, keyring, pipeline, clock } = line.instance
  const receive = async (uid: number, octets: Uint8Array, size: number) => {
    const raw = await keyring.encryptForStorage(octets, clock.now())
    const place = { source: 'imap', mailbox: 'INBOX', uidValidity: 1, uid } as const
    const received = { ...place, sha256: sha256Of(octets), size, raw, receivedAt: clock.now() }
    const id = store.inbound.receive(received)
    return id === 'known' ? assert.fail() : id
  }
  const [whole, torn] = [large('a@a.example'), large('b@b.example')]
  const header = Buffer.from('From: c@c.example\r\nSubject: a core\r\n\r\n')
  const ids = [
    await receive(1, whole, whole.length),
    await receive(2, torn, torn.length),
    await receive(3, header, 30_000_000),
  ]
  // With the library that holds the file open: a second one in this process would undo its locks.
  const database = new BetterSqlite3(join(line.folder, 'data/embargod.db'))
  const { changes } = database.prepare('DELETE FROM raw_mail_rest WHERE owner = ? AND piece > 1').run(ids[1])
  database.close()
  assert.ok(changes > 1)
  while ((await pipeline.settleNext()) !== 'idle');
  assert.deepEqual(
    ids.map(id => store.inbound.row(id)).map(row => [row?.outcome, row?.reason]),
    [
      ['report', 'new-case'],
      ['shunt', 'octets-lost'],
      ['shunt', 'oversize'],
    ],
  )

  // Somebody new reads of a mail whose octets were altered since that it cannot be shown, and of the case all else.
  const [theCase] = store.allCases({ limit: 1 })
  const damaged = new BetterSqlite3(join(line.folder, 'data/embargod.db'))
  damaged.prepare('UPDATE raw_mail SET octets = zeroblob(1000) WHERE inbound = ?').run(ids[0])
  damaged.close()
  const id = theCase?.id
  const { mallory } = line
  const joins = `assign ${id} fix=mal address=${mallory.address} key=${mallory.fingerprint} att:mal.asc`
  const command = await gpgMimeSigned(line.alice, {
    to: 'security+cmd@acme.example',
    text: `embargod acme\naccept ${id}\n${joins}\n`,
    attachments: [{ fileName: 'mal.asc', content: await mallory.exportArmored() }],
  })
  assert.equal((await line.take(command)).outcome, 'command')
  assert.match((await line.lastMailTo(mallory)).text, /An earlier mail of C-[0-9]{6} .* cannot be shown/)
})
