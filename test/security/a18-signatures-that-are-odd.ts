// Threats A18 and A19: messages of more packets than a signed text has, and signatures that the way has broken.
// In the test's own process, on one instance that all of them share.
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { address, armor, dearmor, packet, packetsOf } from '../openpgp/material.ts'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import { fromNow, type Line } from '../support/line.ts'
import { gpgMimeSigned } from '../support/mail.ts'
import { octetsOf, resolve, typed } from '../support/mime.ts'
import { readMail } from '../support/outgoing.ts'
import { mail, mixed, multipartSigned, signedBy, textEntity } from '../support/pgp-mime.ts'
import { until } from '../support/workspace.ts'
import { literalAround } from './packets.ts'
import { atTheEnd, Target } from './shared-line.ts'
import { COMMAND, fromAlice } from './support.ts'

describe('A: a signature is one packet over one text', { skip: missingGnuPG() }, () => {
  let target: Target
  let line: Line
  let id: string

  before(async () => {
    target = await Target.make()
    ;({ line, id } = target)
  })

  const command = () => target.note()
  const unchanged = (name: string) => target.unchanged(name)
  const changed = () => target.changed()
  const message = async (signer: GnuPG, text = command()) => {
    const armored = await signer.sign(typed(text), { gpgOptions: ['--compress-algo', 'none'] })
    const [onePass, literal, made] = packetsOf(dearmor(armored))
    assert.ok(onePass && literal && made)
    return { onePass, literal, made, whole: Buffer.concat([onePass, literal, made]) }
  }
  const stored = (packets: Buffer) => packet(8, Buffer.concat([Buffer.from([0]), packets]))

  test('A18 nothing but one-pass signature, literal and signature is a signed message', async () => {
    const other = literalAround(Buffer.from(typed(`embargod acme\naccept ${id}\n`)), 'b', '')
    const by = await message(line.mallory)
    const odd: Readonly<Record<string, (one: Awaited<ReturnType<typeof message>>) => readonly Buffer[]>> = {
      'another literal before it': ({ onePass, literal, made }) => [onePass, other, literal, made],
      'another literal behind it': ({ onePass, literal, made }) => [onePass, literal, other, made],
      'another literal outside': ({ whole }) => [whole, other],
      'two messages': ({ whole }) => [whole, whole],
      'compressed three times': ({ whole }) => [stored(stored(stored(whole)))],
      'a one-pass signature too many': ({ onePass, literal, made }) => [onePass, onePass, literal, made],
      'a signature too many': ({ onePass, literal, made }) => [onePass, literal, made, made],
      'a one-pass signature of another': ({ literal, made }) => [by.onePass, literal, made],
      'octets behind it': ({ whole }) => [whole, Buffer.from('garbage')],
      'an unknown critical packet': ({ whole }) => [whole, packet(30, Buffer.from('x'))],
      'two good signatures, the admin outside': ({ onePass, literal, made }) => [
        onePass,
        by.onePass,
        literal,
        by.made,
        made,
      ],
      'cut short': ({ whole }) => [whole.subarray(0, -5)],
    }
    for (const [name, packets] of Object.entries(odd)) {
      const octets = Buffer.concat(packets(await message(line.alice)))
      const { outcome, reason } = await line.take(fromAlice(textEntity(armor('MESSAGE', octets))))
      assert.ok(
        ['refused', 'report', 'report-noack', 'shunt'].includes(outcome),
        `${name}: ${outcome} ${reason}`,
      )
      unchanged(name)
    }
    const honest = await message(line.alice)
    assert.equal((await line.take(fromAlice(textEntity(armor('MESSAGE', honest.whole))))).outcome, 'command')
    changed()
  })

  test('A18 two signatures beside a text are refused, whether both are good or one', async () => {
    const inner = textEntity(command())
    const alices = dearmor(await line.alice.detachSign(octetsOf(inner)))
    const mallorys = dearmor(await line.mallory.detachSign(octetsOf(inner)))
    const broken = dearmor(await line.bob.detachSign('another text'))
    for (const pair of [
      [alices, mallorys],
      [mallorys, alices],
      [alices, broken],
      [broken, alices],
      [alices, alices],
    ]) {
      const both = armor('SIGNATURE', Buffer.concat(pair))
      const taken = await line.take(fromAlice(signedBy(both, inner)))
      assert.equal(`${taken.outcome} ${taken.reason}`, 'refused several')
      unchanged('two signatures')
    }
  })

  test('A19 a relay that leaves the signed octets alone breaks nothing, whatever micalg says', async () => {
    const sent = async () =>
      (await gpgMimeSigned(line.alice, { to: COMMAND, text: command() })).toString('latin1')
    for (const relayed of [
      (await sent()).replace('micalg=pgp-sha256', 'micalg=pgp-md5'),
      (await sent()).replaceAll('\r\n', '\n'),
      `X-Relay: yes\r\n${await sent()}\r\nAn epilogue.\r\n`,
    ]) {
      assert.equal((await line.take(Buffer.from(relayed, 'latin1'))).outcome, 'command')
      changed()
    }
  })

  test('A19 what a relay altered is refused, and its author told once', async () => {
    const warned = () => line.instance.store.outbox.warnings(address(line.alice.address), fromNow(0))
    assert.equal(warned(), 0)
    const text = `embargod acme\nnote ${id} <<\nÜber alles\n.\n`
    const broken: Readonly<Record<string, (sent: string) => string>> = {
      'blanks at the ends of lines': sent => sent.replace(/(embargod acme)\r\n/, '$1 \r\n'),
      'another transfer encoding': sent =>
        sent
          .replace(/\r\nContent-Transfer-Encoding: quoted-printable/, '\r\nContent-Transfer-Encoding: 8bit')
          .replace('=C3=9C', '\u00c3\u009c'),
      'a footer in the text': sent => sent.replace(/\r\n\.\r\n/, '\r\n.\r\n_____\r\nA list\r\n'),
      'the container renamed (Exchange)': sent => sent.replace('multipart/signed', 'multipart/mixed'),
    }
    for (const [name, relay] of Object.entries(broken)) {
      const sent = (await gpgMimeSigned(line.alice, { to: COMMAND, text })).toString('latin1')
      const relayed = relay(sent)
      assert.notEqual(relayed, sent, name)
      const { outcome } = await line.take(Buffer.from(relayed, 'latin1'))
      assert.equal(outcome, 'refused', name)
      unchanged(name)
    }
    const footer = mixed([await multipartSigned(line.alice, textEntity(command())), textEntity('A list\n')])
    const taken = await line.take(fromAlice(footer))
    assert.equal(`${taken.outcome} ${taken.reason}`, 'refused partly-signed')
    unchanged('a footer beside the text (Mailman)')
    assert.equal(warned(), 1)
  })

  test('A19 the owner of the key is told once a day, and whoever sent it learns nothing', async () => {
    const stranger = line.bob
    const inner = textEntity(command())
    const signature = await line.mallory.detachSign('another text')
    const impostor = await until(atTheEnd, GnuPG.create('Mallory Member', 'mallory@member.example'))
    const forged = (author: string, made: string) =>
      mail(resolve({ to: COMMAND }, author), signedBy(made, inner))
    const toldOf = async (author: string, made: string) => {
      const sent = line.sent.length
      const taken = await line.take(forged(author, made))
      assert.equal(taken.outcome, 'refused')
      return line.sent.slice(sent)
    }
    const lineTo = async (octets: Buffer | undefined) => {
      assert.ok(octets)
      const read = await readMail(octets, stranger)
      assert.equal(read.wasEncrypted, false)
      return read.text
    }
    const first = await toldOf('eve@one.example', signature)
    assert.deepEqual(
      first.map(({ to }) => to),
      ['eve@one.example', line.mallory.address],
    )
    const warning = await line.lastMailTo(line.mallory)
    assert.ok(warning.wasEncrypted)
    assert.match(warning.text.replace(/\s+/g, ' '), /its signature does not hold/)
    const second = await toldOf('eve@two.example', signature)
    assert.deepEqual(
      second.map(({ to }) => to),
      ['eve@two.example'],
    )
    const third = await toldOf('eve@three.example', await impostor.detachSign('another text'))
    assert.deepEqual(
      third.map(({ to }) => to),
      ['eve@three.example'],
    )
    const lines = await Promise.all([first[0], second[0], third[0]].map(sent => lineTo(sent?.octets)))
    assert.equal(new Set(lines).size, 1)
    unchanged('warned')
  })
})
