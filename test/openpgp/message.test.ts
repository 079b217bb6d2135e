import assert from 'node:assert/strict'
import { createCipheriv, createHash, randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import { deflateRawSync, deflateSync } from 'node:zlib'
import { type AskSessionKeys, type OpenedMessage, openMessage } from '../../src/openpgp/decrypt.ts'
import { type SecretKey, signPackets } from '../../src/openpgp/secret-keys.ts'
import { armor, literal, now, octets, ownKey, packet, packetsOf } from './material.ts'

const text = 'Content-Type: text/plain\r\n\r\nA heap overflow in the parser.\r\n'

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

describe('the grammar of a signed message', () => {
  test('only one-pass signature, literal, signature is good; the text is given all the same', async () => {
    const ada = await ownKey('Ada')
    const eve = await ownKey('Eve')
    const [onePass, data, signature] = await parts(ada)
    const [evesOnePass, , evesSignature] = await parts(eve)
    const nested = Buffer.from(onePass)
    nested.writeUInt8(0, nested.length - 1)
    const zip = (...inner: Buffer[]) =>
      packet(8, Buffer.concat([Buffer.from([1]), deflateRawSync(Buffer.concat(inner))]))
    const zlib = (...inner: Buffer[]) =>
      packet(8, Buffer.concat([Buffer.from([2]), deflateSync(Buffer.concat(inner))]))
    const marker = packet(10, octets('PGP'))
    const cases: [string, Buffer[]][] = [
      ['good', [onePass, data, signature]],
      ['good', [marker, onePass, data, signature]],
      ['good', [zip(onePass, data, signature)]],
      ['good', [zlib(onePass, data, signature)]],
      ['none', [data]],
      ['several', [nested, onePass, data, signature, signature]],
      ['several', [evesOnePass, onePass, data, signature, evesSignature]],
      ['malformed', [signature, data]],
      ['malformed', [onePass, data]],
      ['malformed', [data, signature]],
      ['malformed', [nested, data, signature]],
      ['malformed', [evesOnePass, data, signature]],
      ['malformed', [onePass, signature, data]],
      ['malformed', [onePass, data, signature, packet(60, octets('unknown'))]],
    ]
    for (const [expected, packets] of cases) {
      const opened = await open(Buffer.concat(packets), nobody, ada.certificate, eve.certificate)
      assert.equal(verdictOf(opened), expected)
      assert.equal(textOf(opened), text)
    }
  })

  test('two texts, none, or something around a compressed packet give no text at all', async () => {
    const ada = await ownKey('Ada')
    const [onePass, data, signature] = await parts(ada)
    const stored = (...inner: Buffer[]) => packet(8, Buffer.concat([Buffer.from([0]), ...inner]))
    const cases: [string, Buffer[]][] = [
      ['malformed', [onePass, data, literal('other'), signature]],
      ['malformed', [literal('other'), onePass, data, signature]],
      ['malformed', [onePass, signature]],
      ['malformed', [onePass, stored(data), signature]],
      ['malformed', [stored(onePass, data, signature), literal('other')]],
      ['malformed', [packet(8, Buffer.from([3, 0x42, 0x5a, 0x68]))]],
      ['malformed', [packet(11, Buffer.from([0x62, 200, 1]))]],
      ['too-large', [stored(stored(onePass, data, signature))]],
    ]
    for (const [expected, packets] of cases)
      assert.equal(await open(Buffer.concat(packets), nobody, ada.certificate), expected)
    assert.equal(await open(armor('MESSAGE', data) + armor('MESSAGE', data), nobody), 'malformed')
    assert.equal(await open('no message', nobody), 'malformed')
  })
})

describe('a compression bomb', () => {
  test('stops at the ratio, and a small well compressed text does not', async () => {
    const bomb = (size: number) => {
      const inner = packet(11, Buffer.concat([Buffer.from('b\0\0\0\0\0', 'latin1'), Buffer.alloc(size)]))
      return packet(8, Buffer.concat([Buffer.from([1]), deflateRawSync(inner)]))
    }
    assert.equal(await open(bomb(200 * 1024 * 1024), nobody), 'too-large')
    assert.equal(await open(bomb(2 * 1024 * 1024), nobody), 'too-large')
    assert.equal(textOf(await open(bomb(500_000), nobody)).length, 500_000)
  })

  test('stops inside an encrypted message too', async () => {
    const inner = literal('x'.repeat(10_000_000))
    const compressed = packet(8, Buffer.concat([Buffer.from([2]), deflateSync(inner)]))
    const key = randomBytes(32)
    const prefix = randomBytes(16)
    const plain = Buffer.concat([prefix, prefix.subarray(-2), compressed, Buffer.from([0xd3, 0x14])])
    const mdc = createHash('sha1').update(plain).digest()
    const body = createCipheriv('aes-256-cfb', key, Buffer.alloc(16)).update(Buffer.concat([plain, mdc]))
    const message = Buffer.concat([hiddenPkesk, packet(18, Buffer.concat([Buffer.from([1]), body]))])
    const knowing: AskSessionKeys = () => Promise.resolve([{ algorithm: 'aes256', key }])
    assert.equal(await open(message, knowing), 'too-large')
  })
})

/** Names nobody and opens for nobody; the session key comes from elsewhere. */
const hiddenPkesk = packet(1, Buffer.from([3, ...Buffer.alloc(8), 18]))

/** One-pass signature, literal and signature packet over `text`. */
async function parts(key: SecretKey): Promise<readonly [Buffer, Buffer, Buffer]> {
  const signed = Buffer.from(await signPackets(octets(text), key, now))
  const [onePass, data, signature] = packetsOf(signed)
  assert.ok(onePass && data && signature)
  return [onePass, data, signature]
}
