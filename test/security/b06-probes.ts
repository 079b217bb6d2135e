// Threat B06: whoever probes our key with ciphertexts learns nothing from our answers. In the test's own process, on
// the instance that all share; a sweep sends 10,000.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { before, describe, test } from 'node:test'
import { Dice } from '../forgery/dice.ts'
import { armor, dearmor, packet, packetsOf } from '../openpgp/material.ts'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import type { Line } from '../support/line.ts'
import { octetsOf, resolve } from '../support/mime.ts'
import { mail, multipartEncrypted, textEntity } from '../support/pgp-mime.ts'
import { upTo } from '../support/sweep.ts'
import { until } from '../support/workspace.ts'
import { bodyOf, tagOf } from './packets.ts'
import { atTheEnd, sharedLine } from './shared-line.ts'
import { acknowledgementIn, SECURITY } from './support.ts'

const PROBES = upTo(7, 10_000)

/**
 * Of a packet with version 3, 8 octets of key id and ECDH (RFC 9580 §5.1.1): where the point stands, after its
 * length in bits and 0x40 (§11.2.1), and where it ends.
 */
const LENGTH_AT = 10
const POINT_AT = 13
const POINT_END = POINT_AT + 32

const POINTS: readonly Buffer[] = [
  '0'.repeat(64),
  `01${'0'.repeat(62)}`,
  // Of order 8, and what is no smaller than the field's prime (RFC 7748 §6.1).
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  `ec${'f'.repeat(60)}7f`,
  `ed${'f'.repeat(60)}7f`,
  'f'.repeat(64),
].map(hex => Buffer.from(hex, 'hex'))

/** Takes the body of a packet that names a session key, and gives one that names none. */
const PROBE_WAYS: readonly ((body: Buffer, dice: Dice) => Buffer)[] = [
  (body, dice) => {
    const at = LENGTH_AT + dice.below(body.length - LENGTH_AT)
    return Buffer.concat([
      body.subarray(0, at),
      Buffer.of((body[at] ?? 0) ^ (1 << dice.below(8))),
      body.subarray(at + 1),
    ])
  },
  // A point of which an answer would tell bits of the key.
  (body, dice) => Buffer.concat([body.subarray(0, POINT_AT), dice.pick(POINTS), body.subarray(POINT_END)]),
  (body, dice) =>
    Buffer.concat([
      body.subarray(0, LENGTH_AT),
      Buffer.of(dice.below(256), dice.below(256), dice.below(256)),
      body.subarray(POINT_AT),
    ]),
  (body, dice) => body.subarray(0, LENGTH_AT + dice.below(body.length - LENGTH_AT)),
  (body, dice) => Buffer.concat([body.subarray(0, 8), Buffer.of(dice.below(30)), body.subarray(9)]),
  (body, dice) => {
    const wrapped = Buffer.from(Array.from(body.subarray(POINT_END), () => dice.below(256)))
    return Buffer.concat([body.subarray(0, POINT_END), wrapped])
  },
]

/** The header and the session keys: as much of a mail as the oracle compares. */
const startOf = (mail: Buffer): Buffer => Buffer.from(mail.subarray(0, 6_000))

describe('B: probing with ciphertexts', { skip: missingGnuPG() }, () => {
  let line: Line
  let riya: GnuPG
  const canary = `canary-${randomBytes(8).toString('hex')}`

  before(async () => {
    line = await sharedLine()
    riya = await until(atTheEnd, GnuPG.create('Riya', 'riya@probes.example'))
    await riya.importKey(await line.publicKey('mail'))
  })

  test(`B06 of ${PROBES} probes each is answered like any report`, async () => {
    const text = `From: ${riya.mailbox}\r\n${textEntity(`The exploit: ${canary}\n`)}`
    const ours = await line.fingerprintOf('mail')
    const [opener, ...rest] = packetsOf(dearmor(await riya.encryptSign([ours], octetsOf(text))))
    assert.ok(opener)
    const body = bodyOf(opener)
    assert.equal(body.length, POINT_END + 49, 'another kind of key than these probes are for')
    assert.equal(body.subarray(9, POINT_AT).toString('hex'), '12010740')
    const plain = 'plain@probes.example'
    await line.report(plain)
    const answerTo = (address: string) => {
      const octets = line.sent.findLast(({ to }) => to === address)?.octets
      return octets && acknowledgementIn(octets)
    }
    const expected = answerTo(plain)
    assert.ok(expected)
    const dice = new Dice(20261121)
    let answered = 0
    let cut = line.sent.length
    for (let i = 0; i < PROBES; i += 1) {
      const way = PROBE_WAYS[i % PROBE_WAYS.length]
      assert.ok(way)
      const message = armor('MESSAGE', Buffer.concat([packet(tagOf(opener), way(body, dice)), ...rest]))
      // Each from a domain of its own, whose caps it does not meet.
      const eve = `eve@probe${i}.example`
      const probe = mail(resolve({ to: SECURITY, subject: 'x' }, eve), multipartEncrypted(message))
      const { outcome, reason } = await line.take(probe)
      assert.equal(outcome, 'report', `${i}: ${reason}`)
      const answer = answerTo(eve)
      answered += answer === undefined ? 0 : 1
      assert.equal(answer ?? expected, expected, `${i}`)
      const { octets } = line.sent.at(-1) ?? {}
      assert.ok(octets && !octets.includes(canary))
      // Of ten thousand answers only the start is kept.
      for (; cut < line.sent.length - 10; cut += 1) {
        const whole = line.sent[cut]
        if (whole) line.sent[cut] = { ...whole, octets: startOf(whole.octets) }
      }
    }
    // The caps of a day let no more through (product.md §5).
    assert.ok(answered > 0 && answered <= 300, `${answered} were answered`)
    const report = await line.lastMailTo(line.alice)
    assert.match(report.text.replace(/\s+/g, ' '), /it could not be decrypted/)
  })
})
