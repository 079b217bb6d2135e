// Threat A09: the signature of a command that ran, carried by a mail that is another one in every octet that
// the signature does not cover.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { armor, dearmor, packet, packetsOf } from '../openpgp/material.ts'
import { GnuPG } from '../support/gpg.ts'
import { encoded, entity, multipart, octetsOf, typed } from '../support/mime.ts'
import { mail, multipartEncrypted, signedBy, textEntity } from '../support/pgp-mime.ts'
import { until } from '../support/workspace.ts'
import {
  bodyOf,
  dataOf,
  literalAround,
  malleated,
  onePassFor,
  reencrypted,
  reworked,
  subpacket,
} from './packets.ts'
import {
  ALICE_ADDRESS,
  type Attack,
  COMMAND,
  fieldChanged,
  fromAlice,
  SECURITY,
  Siege,
  skip,
} from './support.ts'

const NOTATION = 20

test('A09 a signature counts once, whatever mail carries it', { skip }, async t => {
  let ecdsa = ''
  const siege = await Siege.make(t, async acme => {
    ecdsa = await acme.alice.addSubkey('sign', { algorithm: 'nistp256/ecdsa' })
    await writeFile(join(acme.folder, 'admins/alice.asc'), await acme.alice.exportArmored())
  })
  const { acme, canary } = siege
  const { alice } = acme
  const ownKey = await acme.publicKey('mail')
  const mallory = await until(t, GnuPG.create('Mallory', 'mallory@evil.example'))
  await mallory.importKey(ownKey)
  const ours = [await acme.fingerprintOf('mail')]
  const eddsa = { signWith: `${alice.fingerprint}!` }
  const note = (word: string) => `embargod acme\nnote ${siege.id} <<\n${word} ${canary}\n.\n`

  const inner = textEntity(note('detached'))
  const signature = await alice.detachSign(inner, eddsa)
  const detached = fromAlice(signedBy(signature, inner))
  const onCurve = textEntity(note('curve'))
  const curveSignature = await alice.detachSign(onCurve, { signWith: `${ecdsa}!` })
  const canonical = textEntity(note('text mode'))
  const canonicalSignature = await alice.detachSign(canonical, { ...eddsa, textMode: 'text' })
  const plain = { ...eddsa, gpgOptions: ['--compress-algo', 'none'] }
  const message = await alice.sign(typed(note('message')), plain)
  const textMessage = await alice.sign(typed(note('text message')), { ...plain, textMode: 'text' })
  const inside = textEntity(note('inside'))
  const encrypted = await alice.encryptSign([...ours, mallory], octetsOf(inside), eddsa)

  await t.test('each ran when it came first', async () => {
    const first = [
      detached,
      fromAlice(signedBy(curveSignature, onCurve)),
      fromAlice(signedBy(canonicalSignature, canonical)),
      fromAlice(textEntity(message)),
      fromAlice(textEntity(textMessage)),
      fromAlice(multipartEncrypted(encrypted)),
    ]
    const settled = await siege.settle(first)
    assert.deepEqual(new Set(settled.map(({ outcome }) => outcome)), new Set(['command']))
    assert.equal((await siege.theCase())['notes'], first.length)
  })

  const replayed = (name: string, octets: Buffer): Attack => ({
    name,
    mail: octets,
    reason: 'E-REPLAY',
    courtesy: ALICE_ADDRESS,
  })
  const inPart = (encoding: 'base64' | 'quoted-printable', octets: Uint8Array | string) => {
    const limit = `limit-${encoding}-${octets.length}`
    const part = entity('application/pgp-signature', encoded(octets, encoding), [
      ['Content-Transfer-Encoding', encoding],
    ])
    const type = `multipart/signed; protocol="application/pgp-signature"; boundary="${limit}"`
    return fromAlice(entity(type, multipart(limit, [inner, part])))
  }
  const [onePass, literal, made] = packetsOf(dearmor(message))
  const [textOnePass, textLiteral, textMade] = packetsOf(dearmor(textMessage))
  assert.ok(onePass && literal && made && textOnePass && textLiteral && textMade)
  const around = (data: Uint8Array, format: 'b' | 't' | 'u', name: string) =>
    Buffer.concat([onePass, literalAround(data, format, name), made])
  const inMessage = (packets: Buffer) => fromAlice(textEntity(armor('MESSAGE', packets)))
  // The line ends of the message that ran.
  const withLf = Buffer.from(dataOf(textLiteral).toString().replaceAll('\r\n', '\n'))
  const binary = dearmor(signature)
  const own = (content: string) => fromAlice(content, { subject: canary })
  const enclosed = async (content: string) =>
    own(multipartEncrypted(await mallory.encryptSign(ours, octetsOf(content), { signed: 'unsigned' })))
  const passedOn = await mallory.unwrap(encrypted)

  await siege.stand(t, [
    replayed('another Message-ID', fieldChanged(detached, 'Message-ID', '<other@x.example>')),
    replayed(
      'another author, recipient, date and subject',
      mail(
        {
          from: 'Mallory <mallory@evil.example>',
          to: SECURITY,
          subject: 'Other',
          date: 'Thu, 01 Jan 2026 00:00:00 +0000',
          messageId: '<elsewhere@evil.example>',
          more: [['Reply-To', 'mallory@evil.example']],
        },
        signedBy(signature, inner),
      ),
    ),
    ...['mallet', 'marvin', 'morgan'].map(name =>
      replayed(
        `once more in the name of ${name}, which is no new reason to write to the admin`,
        fromAlice(signedBy(signature, inner), { from: `${name}@evil.example`, to: COMMAND }),
      ),
    ),
    replayed(
      'another boundary and a preamble',
      own(signedBy(signature, inner, { limit: 'zzz', preamble: 'x\r\n' })),
    ),
    replayed('the signature in base64', inPart('base64', signature)),
    replayed('the signature in quoted-printable', inPart('quoted-printable', signature)),
    replayed('the signature without armor', inPart('base64', binary)),
    replayed(
      'the signature in other armor lines',
      own(signedBy(armor('SIGNATURE', binary).replace('\n\n', '\nComment: x\n\n'), inner)),
    ),
    replayed(
      'the signature behind a longer packet header',
      own(signedBy(armor('SIGNATURE', packet(2, bodyOf(binary))), inner)),
    ),
    replayed(
      'one more subpacket that is not hashed',
      own(
        signedBy(
          reworked(signature, ({ unhashed }) => ({
            unhashed: Buffer.concat([unhashed, subpacket(NOTATION, Buffer.from('anything'))]),
          })),
          inner,
        ),
      ),
    ),
    replayed(
      'the signature of an elliptic curve, malleated',
      own(signedBy(malleated(curveSignature), onCurve)),
    ),
    replayed('encrypted around the signed mail', await enclosed(signedBy(signature, inner))),
    replayed(
      'the detached signature around the same text in one message',
      own(
        multipartEncrypted(
          await reencrypted(
            Buffer.concat([onePassFor(binary), literalAround(octetsOf(inner), 'b', ''), binary]),
            ownKey,
          ),
        ),
      ),
    ),
    replayed(
      'the message in quoted-printable',
      fromAlice(textEntity(message, undefined, 'quoted-printable')),
    ),
    replayed('the message in base64', fromAlice(textEntity(message, undefined, 'base64'))),
    replayed('the message with another file name and date', inMessage(around(dataOf(literal), 'b', 'x.txt'))),
    replayed('the message as text', inMessage(around(dataOf(literal), 'u', ''))),
    replayed('the message encrypted to us', own(textEntity(await reencrypted(dearmor(message), ownKey)))),
    replayed(
      "the message's signature detached from it",
      own(signedBy(armor('SIGNATURE', made), dataOf(literal).toString('latin1'))),
    ),
    replayed(
      'a text signature over other line ends',
      inMessage(Buffer.concat([textOnePass, literalAround(withLf, 't', ''), textMade])),
    ),
    replayed(
      'an encryption taken off and put on anew',
      own(multipartEncrypted(await reencrypted(passedOn, ownKey))),
    ),
  ])

  await t.test('all in all each note was taken once', async () => {
    assert.equal((await siege.theCase())['notes'], 6)
    assert.equal(siege.sentTo('mallory@evil.example').length, 0)
  })
  await siege.end(t)
})
