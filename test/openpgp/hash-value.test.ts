import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { SignatureVerdict } from '../../src/model/mail.ts'
import { instant, later } from '../../src/model/scalars.ts'
import type { Certificate } from '../../src/openpgp/certificates.ts'
import { signDetached } from '../../src/openpgp/secret-keys.ts'
import { verifyDetached } from '../../src/openpgp/verify.ts'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import { until } from '../support/workspace.ts'
import {
  armor,
  certificate,
  certificateOf,
  DAY,
  dearmor,
  headerLength,
  now,
  octets,
  ownKey,
  packet,
  packetsOf,
  SECOND,
  signedByOddKey,
} from './material.ts'

const skip = missingGnuPG()
const text = 'embargod openssl\r\naccept C-482913\r\n'

const verify = (
  signature: string | Uint8Array,
  data: string,
  ...certificates: Certificate[]
): Promise<SignatureVerdict> => verifyDetached(octets(signature), octets(data), certificates, now)

const faultOf = (verdict: SignatureVerdict): string =>
  verdict.kind === 'refused' ? verdict.fault : verdict.kind

function hashValueOf(verdict: SignatureVerdict): string {
  assert.equal(verdict.kind, 'good', JSON.stringify(verdict))
  return verdict.kind === 'good' ? verdict.signature.hashValue : ''
}

describe('the hash value of a signature', () => {
  test('stays the same in every other shape of the same signature', async () => {
    const key = await ownKey('Ada')
    const signature = await signDetached(octets(text), key, now)
    const expected = hashValueOf(await verify(signature, text, key.certificate))
    const binary = dearmor(signature)
    const body = packetsOf(binary)[0]?.subarray(headerLength(binary)) ?? Buffer.alloc(0)
    const shapes = {
      binary,
      'a longer header': packet(2, body),
      'CRLF armor': signature.replace(/\r?\n/g, '\r\n'),
      'other armor lines': armor('SIGNATURE', binary).replace('\n\n', '\nComment: later\n\n'),
      'an unhashed notation': packet(2, withUnhashed(body, Buffer.from([3, 100, 1, 2]))),
    }
    for (const [name, shape] of Object.entries(shapes)) {
      const verdict = await verify(shape, text, key.certificate)
      assert.equal(hashValueOf(verdict), expected, name)
    }
  })

  test('stays the same when somebody else derives a second valid ECDSA signature from it', {
    skip,
  }, async t => {
    const parameters = 'Key-Type: ECDSA\nKey-Curve: nistp256\nKey-Usage: sign'
    const odd = await signedByOddKey(t, parameters, text)
    const enrolled = await certificate(odd.certificate)
    const body = odd.signature.subarray(headerLength(odd.signature))
    const malleated = packet(2, withNegatedS(body))
    assert.notDeepEqual(malleated.subarray(6), body)
    assert.equal(
      hashValueOf(await verify(malleated, text, enrolled)),
      hashValueOf(await verify(odd.signature, text, enrolled)),
    )
  })

  test('of a text signature does not depend on line ends', { skip }, async t => {
    const admin = await until(t, GnuPG.create('Ada', 'ada@example.org'))
    const enrolled = await certificateOf(admin)
    const signature = await admin.detachSign(text, { textMode: 'text' })
    const unix = text.replaceAll('\r\n', '\n')
    const expected = hashValueOf(await verify(signature, text, enrolled))
    assert.equal(hashValueOf(await verify(signature, unix, enrolled)), expected)
    assert.equal(faultOf(await verify(await admin.detachSign(text), unix, enrolled)), 'bad')
  })

  test('of a second signature over the same text is another', async () => {
    const key = await ownKey('Ada', instant(now - DAY))
    const first = await signDetached(octets(text), key, now)
    const second = await signDetached(octets(text), key, later(now, SECOND))
    assert.notEqual(
      hashValueOf(await verify(first, text, key.certificate)),
      hashValueOf(await verify(second, text, key.certificate)),
    )
  })
})

/** RFC 9580 §5.2.3: version, type, two algorithms, hashed and unhashed area, two octets of the hash. */
function withUnhashed(body: Buffer, subpacket: Buffer): Buffer {
  const unhashed = 6 + body.readUInt16BE(4)
  const length = body.readUInt16BE(unhashed)
  const longer = Buffer.alloc(2)
  longer.writeUInt16BE(length + subpacket.length)
  return Buffer.concat([body.subarray(0, unhashed), longer, subpacket, body.subarray(unhashed + 2)])
}

const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/** With (r, s), (r, order - s) is a valid ECDSA signature too. */
function withNegatedS(body: Buffer): Buffer {
  const unhashed = 6 + body.readUInt16BE(4)
  const r = unhashed + 2 + body.readUInt16BE(unhashed) + 2
  const s = r + 2 + Math.ceil(body.readUInt16BE(r) / 8)
  const negated = (P256_ORDER - BigInt(`0x${body.toString('hex', s + 2)}`)).toString(16)
  const bits = Buffer.alloc(2)
  bits.writeUInt16BE(BigInt(`0x${negated}`).toString(2).length)
  const padded = negated.padStart(negated.length + (negated.length % 2), '0')
  return Buffer.concat([body.subarray(0, s), bits, Buffer.from(padded, 'hex')])
}
