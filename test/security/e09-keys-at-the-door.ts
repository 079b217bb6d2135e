// Threats E09 and E10: keys that came with a mail and cannot be used are refused with the reason when they are offered,
// and what is large costs little. The policy table itself is test/openpgp/usable.test.ts.
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { KEY_FAULTS, type KeyFault } from '../../src/model/key-fault.ts'
import { keyMaterial, sharesMaterial } from '../../src/model/key-material.ts'
import { parseCertificate } from '../../src/openpgp/certificates.ts'
import { dearmor, packet, packetsOf } from '../openpgp/material.ts'
import { applicationOf, apply } from '../support/applying.ts'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import type { Line } from '../support/line.ts'
import { plainMail } from '../support/mail.ts'
import { until } from '../support/workspace.ts'
import { atTheEnd, sharedLine } from './shared-line.ts'

const LIST = 'distributors@acme.example'
const MOST_OCTETS = 256 * 1024

describe('E09, E10: a key that cannot be used', { skip: missingGnuPG() }, () => {
  let line: Line
  let ann: GnuPG
  before(async () => {
    line = await sharedLine()
    ann = await until(atTheEnd, GnuPG.create('Ann', 'ann@e09.example'))
  })

  type File = { readonly fileName: string; readonly content: string | Buffer; readonly mediaType?: string }
  const offered = (...attachments: readonly File[]) =>
    apply(
      line,
      plainMail({
        from: 'ann@e09.example',
        to: LIST,
        subject: 'x',
        text: 'May I?\n',
        attachments: [...attachments],
      }),
    )
  const asc = (content: string | Buffer, mediaType = 'application/pgp-keys') => ({
    fileName: 'key.asc',
    content,
    mediaType,
  })
  const refused = async (fault: KeyFault, ...files: readonly File[]) => {
    assert.ok(KEY_FAULTS.includes(fault))
    assert.equal(await offered(...files), fault)
  }

  test('is refused by its reason: secret, several, none, revoked, odd', async () => {
    const eve = await until(atTheEnd, GnuPG.create('Eve', 'eve@e09.example'))
    const secret = `-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n${(await ann.exportSecret()).toString('base64').replace(/.{64}/g, '$&\n')}\n-----END PGP PRIVATE KEY BLOCK-----\n`
    await refused('secret-key', asc(secret))
    await refused('secret-key', asc(secret, 'text/plain'), asc(await ann.exportArmored()))
    await refused('secret-key', asc(await ann.exportSecret()))
    await refused('several', asc(await ann.exportArmored()), asc(await eve.exportArmored()))
    await refused('none')
    await refused('unreadable', asc('My key is on the web.\n'))
    await refused('version', asc(packet(6, Buffer.from([6, 0, 0, 0, 0, 27, ...Buffer.alloc(36)]))))
    await refused('ours', asc(await line.publicKey('mail')))
    await eve.revoke()
    await refused('revoked', asc(await eve.exportArmored()))
  })

  test('is refused or cut down when it is flooded, in less than two seconds', async () => {
    const genuine = await ann.exportPublic()
    const userId = packetsOf(genuine)[1] ?? Buffer.alloc(0)
    const floods: readonly (readonly [string, Buffer])[] = [
      ['10^5 user ids', Buffer.concat([genuine, ...Array<Buffer>(100_000).fill(userId)])],
      [
        '10 MB of signatures',
        Buffer.concat([genuine, Buffer.alloc(10 * 1024 * 1024, packetsOf(genuine)[2])]),
      ],
      ['250 user ids', Buffer.concat([genuine, ...Array<Buffer>(250).fill(userId)])],
    ]
    for (const [name, key] of floods) {
      const started = performance.now()
      assert.equal(await offered(asc(key)), 'too-large', name)
      assert.ok(performance.now() - started < 2_000, name)
    }
  })

  test('what is kept of a good one is small, and nobody else stands in it', async () => {
    const id = await offered(asc(await ann.exportArmored()))
    assert.match(id, /^A-/)
    const { key } = applicationOf(line, id as never)
    assert.ok(key !== undefined && key.certificate.length < MOST_OCTETS)
    assert.equal(packetsOf(Buffer.from(key.certificate)).length, 5)
    assert.equal(keyMaterial(key.certificate).length, 2)
  })

  test("another's subkey under one's own primary key is seen, whatever its time of making", async () => {
    const eve = await until(atTheEnd, GnuPG.create('Eve', 'eve2@e09.example'))
    const mine = dearmor(await ann.exportArmored())
    const theirs = packetsOf(dearmor(await eve.exportArmored()))
    const adopted = Buffer.concat([theirs[0] ?? mine, ...packetsOf(mine).slice(3)])
    assert.equal(sharesMaterial(mine, adopted), true)
    assert.equal(sharesMaterial(mine, Buffer.concat(theirs)), false)
    // Without the owner's secret nobody can bind it, and what is not bound is not kept.
    const parsed = await parseCertificate(Buffer.concat([...theirs, ...packetsOf(mine).slice(3)]))
    assert.ok(parsed.ok)
    assert.equal(sharesMaterial(mine, parsed.value.octets), false)
  })
})
