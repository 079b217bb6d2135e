import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { armored, armoredBlocks, packetBlocks } from '../../src/openpgp/armor.ts'
import { parseCertificate } from '../../src/openpgp/certificates.ts'
import { openMessage } from '../../src/openpgp/decrypt.ts'
import { splitPackets } from '../../src/openpgp/packets.ts'
import { signPackets } from '../../src/openpgp/secret-keys.ts'
import { verifyDetached } from '../../src/openpgp/verify.ts'
import { processorTime } from '../support/processor-time.ts'
import { now, octets, ownKey, packet } from './material.ts'

const split = (...octets: number[]): string => {
  const result = splitPackets(Buffer.from(octets), 3)
  if (!result.ok) return result.error
  return result.value.map(({ tag, body }) => `${tag}:${Buffer.from(body).toString('hex')}`).join(' ')
}

describe('splitting octets into packets', () => {
  test('reads every kind of length', () => {
    assert.equal(split(), '')
    assert.equal(split(0xc2, 2, 1, 2), '2:0102')
    assert.equal(split(0xc2, 0xff, 0, 0, 0, 1, 7), '2:07')
    assert.equal(split(0x88, 1, 9), '2:09')
    assert.equal(split(0x89, 0, 1, 9), '2:09')
    assert.equal(split(0x8a, 0, 0, 0, 1, 9, 0xc2, 0), '2:09 2:')
    assert.equal(split(0xcb, 0xe1, 1, 2, 0xe0, 3, 1, 4), '11:01020304')
    assert.equal(split(0xaf, 5, 6, 7), '11:050607')
    const long = splitPackets(Buffer.concat([Buffer.from([0xcb, 0xc0, 8]), Buffer.alloc(200)]), 1)
    assert.equal(long.ok && long.value[0]?.body.length, 200)
  })

  test('refuses what is cut short, no header, too many, or data without end where none may be', () => {
    const broken = [
      [0x00],
      [0x3f, 1],
      [0xc2],
      [0xc2, 2, 1],
      [0xc2, 0xff, 0, 0],
      [0xc2, 0xff, 0xff, 0xff, 0xff, 0xff],
      [0xc2, 0xe1, 1, 2, 0],
      [0xcb, 0xe1, 1],
      [0xcb, 0xe1, 1, 2],
      [0xcb, 0xfe, 1, 2],
      [0x8b, 1],
      [0xc0, 0],
      [0x80, 0],
      [0xc2, 0, 0xc2, 0, 0xc2, 0, 0xc2, 0],
    ]
    for (const octets of broken) assert.equal(split(...octets), 'malformed', octets.join())
  })

  test('of a million one-octet pieces takes linear time', () => {
    const pieces = Buffer.alloc(2_000_003, 0xe0)
    pieces[0] = 0xcb
    pieces[2_000_001] = 0
    const started = processorTime()
    splitPackets(pieces, 10)
    assert.ok(processorTime() - started < 1_000)
  })
})

describe('armor', () => {
  test('goes out and comes back, whatever stands around it', () => {
    const binary = Buffer.from(Array.from({ length: 100 }, (_, i) => 255 - i))
    const text = armored(binary, 'SIGNATURE')
    assert.deepEqual(armoredBlocks(octets(text), 'SIGNATURE'), [binary])
    assert.deepEqual(armoredBlocks(octets(`> quoted\n${text}footer`), 'SIGNATURE'), [binary])
    assert.deepEqual(armoredBlocks(octets(text + text), 'SIGNATURE'), [binary, binary])
    assert.deepEqual(armoredBlocks(octets(text), 'MESSAGE'), [])
    assert.deepEqual(packetBlocks(binary, 'SIGNATURE'), [binary])
  })

  test('with a missing end, a foreign end or text inside is no block', () => {
    const text = armored(Buffer.from([0xc2, 0]), 'SIGNATURE')
    for (const broken of [
      text.slice(0, text.indexOf('-----END')),
      text.replace('END PGP SIGNATURE', 'END PGP MESSAGE'),
      text.replace('\r\n\r\n', '\r\n\r\nnot base 64!\r\n'),
      text.replace('\r\n\r\n', '\r\n'),
    ])
      assert.deepEqual(armoredBlocks(octets(broken), 'SIGNATURE'), [])
  })
})

describe('ten thousand damaged inputs', () => {
  test('are never an exception and never a good signature', async () => {
    const key = await ownKey('Ada')
    const genuine = Buffer.from(await signPackets(octets('text'), key, now))
    const random = generator(20_261_120)
    for (let i = 0; i < 10_000; i++) {
      const damaged = damage(i % 2 === 0 ? genuine : Buffer.from(key.certificate.octets), random)
      const opened = await openMessage(damaged, () => Promise.resolve([]), [key.certificate], now)
      if (opened.ok && opened.value.signature.kind === 'good')
        assert.equal(Buffer.from(opened.value.octets).toString(), 'text')
      if (i % 10 === 0) {
        const verdict = await verifyDetached(damaged, octets('text'), [key.certificate], now)
        assert.notEqual(verdict.kind, 'good')
      }
      if (i % 50 === 1) await parseCertificate(damaged)
    }
  })

  test('of packets made at random neither', async () => {
    const random = generator(7)
    for (let i = 0; i < 2_000; i++) {
      const body = Buffer.from(Array.from({ length: random(60) }, () => random(256)))
      const made = packet(random(64), body)
      await openMessage(made, () => Promise.resolve([]), [], now)
      await parseCertificate(made)
      assert.equal((await verifyDetached(made, body, [], now)).kind, 'refused')
    }
  })
})

/** Numbers below a bound, the same in every run (a linear congruential generator). */
function generator(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

function damage(octets: Buffer, random: (below: number) => number): Buffer {
  const damaged = Buffer.from(octets)
  for (let turns = 1 + random(4); turns > 0; turns--) damaged[random(damaged.length)] = random(256)
  return random(4) === 0 ? damaged.subarray(0, random(damaged.length)) : damaged
}
