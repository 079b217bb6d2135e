import assert from 'node:assert/strict'
import { createCipheriv, randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { config, createMessage, encrypt, enums, generateKey, readKey } from 'openpgp'
import { type AskSessionKeys, type OpenedMessage, openMessage } from '../../src/openpgp/decrypt.ts'
import { encryptTo } from '../../src/openpgp/encrypt.ts'
import { splitPackets } from '../../src/openpgp/packets.ts'
import { loadSecretKey, type SecretKey, sessionKeys, signPackets } from '../../src/openpgp/secret-keys.ts'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import { run } from '../support/program.ts'
import { missingSequoia } from '../support/sequoia.ts'
import { tempDir, until } from '../support/workspace.ts'
import {
  certificate,
  certificateOf,
  dearmor,
  literal,
  now,
  octets,
  ownKey,
  packet,
  sequoiaKey,
} from './material.ts'

const skip = missingGnuPG()
const text = 'Content-Type: text/plain\r\n\r\nA heap overflow in the parser.\r\n'

const asking =
  (...keys: readonly SecretKey[]): AskSessionKeys =>
  packets =>
    sessionKeys(packets, keys, now)

const nobody: AskSessionKeys = () => Promise.resolve([])

async function open(
  message: Uint8Array | string,
  ask: AskSessionKeys,
  ...enrolled: Parameters<typeof openMessage>[2]
): Promise<OpenedMessage | string> {
  const opened = await openMessage(octets(message), ask, enrolled, now)
  return opened.ok ? opened.value : opened.error
}

const textOf = (opened: OpenedMessage | string): string =>
  typeof opened === 'string' ? opened : Buffer.from(opened.octets).toString()

function verdictOf(opened: OpenedMessage | string): string {
  if (typeof opened === 'string') return opened
  return opened.signature.kind === 'refused' ? opened.signature.fault : opened.signature.kind
}

describe('a message from GnuPG', { skip }, () => {
  for (const compression of ['none', 'zip', 'zlib'])
    test(`signed and encrypted, compression ${compression}, is opened with its verdict`, async t => {
      const list = await ownKey('Security')
      const admin = await until(t, GnuPG.create('Ada', 'ada@example.org'))
      await admin.importKey(list.certificate.octets)
      const gpgOptions = ['--compress-algo', compression]
      const message = await admin.encryptSign([list.fingerprint], text, { gpgOptions })
      const opened = await open(message, asking(list), await certificateOf(admin))
      assert.equal(textOf(opened), text)
      assert.equal(verdictOf(opened), 'good')
      assert.equal(typeof opened === 'object' && opened.encrypted, true)
      assert.equal(verdictOf(await open(dearmor(message), asking(list))), 'unknown-key')
      assert.equal(textOf(await open(dearmor(message), asking(list))), text)
    })

  test('from somebody unknown, or unsigned, still gives its text', async t => {
    const list = await ownKey('Security')
    const reporter = await until(t, GnuPG.create('Ron', 'ron@example.org'))
    await reporter.importKey(list.certificate.octets)
    const unsigned = await reporter.encryptSign([list.fingerprint], text, { signed: 'unsigned' })
    const opened = await open(unsigned, asking(list))
    assert.equal(textOf(opened), text)
    assert.equal(verdictOf(opened), 'none')
  })

  test('of ten megabytes in pieces is opened byte by byte', async t => {
    const list = await ownKey('Security')
    const reporter = await until(t, GnuPG.create('Ron', 'ron@example.org'))
    await reporter.importKey(list.certificate.octets)
    const large = Buffer.alloc(10 * 1024 * 1024)
    for (let i = 0; i < large.length; i += 4) large.writeUInt32LE((i * 2_654_435_761) >>> 0, i)
    const message = await reporter.encryptSign([list.fingerprint], large, {
      gpgOptions: ['--compress-algo', 'none'],
    })
    const opened = await openMessage(octets(message), asking(list), [await certificateOf(reporter)], now)
    assert.ok(opened.ok)
    assert.ok(large.equals(opened.value.octets))
    assert.equal(opened.value.signature.kind, 'good')
  })

  test('that is only signed is opened too, and is not encrypted', async t => {
    const admin = await until(t, GnuPG.create('Ada', 'ada@example.org'))
    const opened = await open(await admin.sign(text), nobody, await certificateOf(admin))
    assert.equal(textOf(opened), text)
    assert.equal(verdictOf(opened), 'good')
    assert.equal(typeof opened === 'object' && opened.encrypted, false)
  })

  test('to hidden recipients is opened; for others only it is undecryptable', async t => {
    const list = await ownKey('Security')
    const admin = await until(t, GnuPG.create('Ada', 'ada@example.org'))
    await admin.importKey(list.certificate.octets)
    const gpgOptions = ['--throw-keyids']
    const hidden = await admin.encryptSign([admin, list.fingerprint], text, { gpgOptions })
    assert.equal(textOf(await open(hidden, asking(list))), text)
    assert.equal(await open(await admin.encryptSign([admin], text), asking(list)), 'undecryptable')
  })
})

describe('a message from Sequoia', { skip: missingSequoia() }, () => {
  test('padded and signed, is opened with its verdict', async t => {
    const list = await ownKey('Security')
    const sam = await sequoiaKey(t)
    const folder = await tempDir(t)
    await writeFile(join(folder, 'sam'), sam.secret)
    await writeFile(join(folder, 'list'), list.certificate.octets)
    const args = ['--recipient-cert', join(folder, 'list'), '--signer-key', join(folder, 'sam')]
    const message = await run('sq', ['encrypt', ...args], { stdin: text })
    assert.equal(message.code, 0, message.stderr)
    const opened = await open(message.stdout, asking(list), await certificate(sam.certificate))
    assert.equal(textOf(opened), text)
    assert.equal(verdictOf(opened), 'good')
  })
})

test('a message that begins with a marker is as encrypted as without it', async () => {
  const list = await ownKey('Security')
  const sealed = await encryptTo(await signPackets(octets(text), list, now), list.certificate, now)
  assert.ok(sealed.ok)
  const genuine = dearmor(Buffer.from(sealed.value.armored).toString())
  const opened = await open(
    Buffer.concat([packet(10, octets('PGP')), genuine]),
    asking(list),
    list.certificate,
  )
  assert.equal(textOf(opened), text)
  assert.equal(verdictOf(opened), 'good')
  assert.equal(typeof opened === 'object' && opened.encrypted, true)
})

describe('a tampered message', () => {
  test('gives nothing, wherever a bit is turned or the end is cut', async () => {
    const list = await ownKey('Security')
    const sealed = await encryptTo(await signPackets(octets(text), list, now), list.certificate, now)
    assert.ok(sealed.ok)
    const genuine = dearmor(Buffer.from(sealed.value.armored).toString())
    assert.equal(textOf(await open(genuine, asking(list), list.certificate)), text)
    for (let at = 0; at < genuine.length; at += 7) {
      const turned = Buffer.from(genuine)
      turned.writeUInt8(turned.readUInt8(at) ^ 0x10, at)
      const opened = await open(turned, asking(list))
      // A recipient's key id is not authentic: the message may still be ours.
      if (typeof opened === 'string') assert.match(opened, /^(undecryptable|malformed)$/)
      else assert.equal(textOf(opened), text)
    }
    for (const length of [1, 20, 100, genuine.length - 20, genuine.length - 1])
      assert.equal(await open(genuine.subarray(0, length), asking(list)), 'undecryptable')
  })

  test('with authenticated chunks (SEIPD version 2) is opened whole or not at all', async () => {
    for (const aead of [enums.aead.gcm, enums.aead.ocb]) {
      const settings = { ...config, aeadProtect: true, preferredAEADAlgorithm: aead, aeadChunkSizeByte: 0 }
      const made = await generateKey({
        userIDs: { email: 'list@example.org' },
        format: 'binary',
        config: settings,
      })
      const loaded = await loadSecretKey(made.privateKey, undefined)
      assert.ok(loaded.ok)
      const body = Buffer.alloc(1_000, 'chunk ')
      const message = await encrypt({
        message: await createMessage({ binary: body }),
        encryptionKeys: await readKey({ binaryKey: made.publicKey }),
        format: 'binary',
        config: settings,
      })
      assert.equal(textOf(await open(message, asking(loaded.value))), body.toString())
      const cut = shortened(message, 3 * (64 + 16))
      assert.equal(await open(cut, asking(loaded.value)), 'undecryptable')
      const turned = Buffer.from(message)
      turned.writeUInt8(turned.readUInt8(message.length - 40) ^ 1, message.length - 40)
      assert.equal(await open(turned, asking(loaded.value)), 'undecryptable')
    }
  })
})

describe('a message without integrity protection', () => {
  /** RFC 9580 §5.7: CFB that starts anew after the prefix, as old programs still write it. */
  test('is undecryptable even with the right session key', async () => {
    const key = randomBytes(32)
    const prefix = randomBytes(16)
    const first = createCipheriv('aes-256-cfb', key, Buffer.alloc(16))
    const head = first.update(Buffer.concat([prefix, prefix.subarray(-2)]))
    const rest = createCipheriv('aes-256-cfb', key, head.subarray(2)).update(literal(text))
    const body = Buffer.concat([head, rest])
    const knowing: AskSessionKeys = () => Promise.resolve([{ algorithm: 'aes256', key }])
    assert.equal(await open(Buffer.concat([hiddenPkesk, packet(9, body)]), knowing), 'undecryptable')
    const relabelled = packet(18, Buffer.concat([Buffer.from([1]), body]))
    assert.equal(await open(Buffer.concat([hiddenPkesk, relabelled]), knowing), 'undecryptable')
  })
})

describe('an unusual session key', () => {
  test('from a password is never tried, and nobody is asked', async () => {
    const message = await encrypt({
      message: await createMessage({ binary: octets(text) }),
      passwords: 'correct horse',
      format: 'binary',
    })
    const never: AskSessionKeys = () => assert.fail('asked')
    assert.equal(await open(message, never), 'undecryptable')
  })

  test('two different ones for us are refused', async () => {
    const list = await ownKey('Security')
    const sealed = await encryptTo(await signPackets(octets(text), list, now), list.certificate, now)
    assert.ok(sealed.ok)
    const message = Buffer.from(sealed.value.armored)
    const two: AskSessionKeys = async packets => [
      ...(await asking(list)(packets)),
      { algorithm: 'aes256', key: Buffer.alloc(32, 1) },
    ]
    assert.equal(await open(message, two), 'undecryptable')
    const same: AskSessionKeys = async packets => {
      const keys = await asking(list)(packets)
      return [...keys, ...keys]
    }
    assert.equal(textOf(await open(message, same)), text)
  })

  test('ten thousand recipients cost no more than sixteen', async () => {
    const list = await ownKey('Security')
    const sealed = await encryptTo(await signPackets(octets(text), list, now), list.certificate, now)
    assert.ok(sealed.ok)
    const binary = dearmor(Buffer.from(sealed.value.armored).toString())
    const hidden = Buffer.from(binary)
    hidden.fill(0, 3, 11)
    const pkesk = hidden.subarray(0, 2 + hidden.readUInt8(1))
    const started = performance.now()
    const crowd = Buffer.concat([
      ...Array<Buffer>(10_000).fill(wrongPoint(pkesk)),
      binary.subarray(pkesk.length),
    ])
    assert.equal(await open(crowd, asking(list)), 'undecryptable')
    const found = Buffer.concat([...Array<Buffer>(200).fill(wrongPoint(pkesk)), binary])
    assert.equal(textOf(await open(found, asking(list))), text)
    assert.ok(performance.now() - started < 5_000)
  })
})

/** Names nobody and opens for nobody; the session key comes from elsewhere. */
const hiddenPkesk = packet(1, Buffer.from([3, ...Buffer.alloc(8), 18]))

/** Only the first chunks of that many octets, then the final tag: every chunk left is authentic. */
function shortened(message: Uint8Array, chunks: number): Buffer {
  const packets = splitPackets(message, 2)
  assert.ok(packets.ok)
  const [pkesk, data] = packets.value
  assert.ok(pkesk && data)
  assert.equal(data.body[0], 2)
  const cut = Buffer.concat([data.body.subarray(0, 36 + chunks), data.body.subarray(-16)])
  return Buffer.concat([pkesk.octets, packet(18, cut)])
}

/** A PKESK packet whose encrypted part no longer opens. */
function wrongPoint(pkesk: Buffer): Buffer {
  const wrong = Buffer.from(pkesk)
  wrong.writeUInt8(wrong.readUInt8(wrong.length - 1) ^ 1, wrong.length - 1)
  return wrong
}
