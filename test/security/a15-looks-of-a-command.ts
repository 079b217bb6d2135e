// Threats A15, A16, A20, A21, A24 and A25: what stands around or beside the signed text, or only looks like a
// command. In the test's own process, on one instance that all of them share.
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import type { Line, Taken } from '../support/line.ts'
import { gpgMimeSigned, thunderbirdSigned } from '../support/mail.ts'
import { boundary, crlf, encoded, entity, multipart, resolve } from '../support/mime.ts'
import { mail, mixed, multipartSigned, textEntity } from '../support/pgp-mime.ts'
import { until } from '../support/workspace.ts'
import { atTheEnd, Target } from './shared-line.ts'
import { COMMAND, fieldChanged, fieldPutAbove, fromAlice, SECURITY } from './support.ts'

describe('A: only the signed text is a command', { skip: missingGnuPG() }, () => {
  let target: Target
  let line: Line
  let id: string

  before(async () => {
    target = await Target.make()
    ;({ line, id } = target)
  })

  const note = () => target.note()
  const accept = () => `embargod acme\naccept ${id}\n# ${target.next()}\n`
  const signed = (text: string) => gpgMimeSigned(line.alice, { to: COMMAND, text })
  const told = (taken: Taken) => `${taken.outcome} ${taken.reason}`
  const unchanged = () => target.unchanged()
  const carriedOut = async (octets: Buffer) => {
    const notes = line.theCase(id).notes.length
    assert.equal(told(await line.take(octets)), 'command carried-out')
    const after = line.theCase(id)
    assert.deepEqual([after.notes.length, after.notes.at(-1)?.by, after.state], [notes + 1, 'alice', 'new'])
    target.changed()
  }
  const refused = async (octets: Buffer, reason: string) => {
    assert.equal(told(await line.take(octets)), `refused ${reason}`)
    unchanged()
  }

  test('A15 whoever From and Sender name, the key alone decides', async () => {
    const froms = [
      'From: eve@evil.example',
      'From: Alice Admin <alice@team.example>\r\nFrom: Eve <eve@evil.example>',
      'From: bob@team.example\r\nSender: eve@evil.example\r\nReply-To: eve@evil.example',
      'From: Alice: alice@team.example, eve@evil.example;',
      'From: ',
      'From: =?utf-8?q?Bob_=3Cbob=40team=2Eexample=3E?= <eve@evil.example>',
      `From: "${'Bob <bob@team.example> '.repeat(350)}" <eve@evil.example>`,
    ]
    for (const from of froms) {
      const other = async (content: string) =>
        Buffer.from(
          fromAlice(content)
            .toString('latin1')
            .replace(/^From: .*$/m, () => from),
          'latin1',
        )
      await carriedOut(await other(await multipartSigned(line.alice, textEntity(note()))))
      await refused(await other(textEntity(accept())), 'unsigned')
      assert.deepEqual((await line.lastMailTo(line.alice)).signedBy, [await line.fingerprintOf('mail')])
    }
  })

  test('A16 no subject is a command, inside or outside, whatever HP-Outer says', async () => {
    const subject = `accept ${id}`
    const headers = [['HP-Outer', `Subject: ${subject}`]] as const
    await carriedOut(await thunderbirdSigned(line.alice, { to: COMMAND, subject, headers, text: note() }))
    const talk = await thunderbirdSigned(line.alice, { to: COMMAND, subject: accept(), text: 'Shall we?\n' })
    await refused(talk, 'E-SYNTAX')
    const shown = async (content: string) => {
      const octets = mail(resolve({ to: SECURITY, subject: 'outer' }, 'eve@evil.example'), content)
      assert.equal((await line.take(octets)).outcome, 'report')
      return (await line.lastMailTo(line.alice)).text
    }
    const part = `Subject: inner\r\n${textEntity('x\n', 'text/plain; protected-headers="v1"; hp="cipher"')}`
    for (const content of [mixed([textEntity('a\n'), part]), mixed([part])])
      assert.doesNotMatch(await shown(content), /Subject inside/)
    assert.match(await shown(await multipartSigned(line.mallory, part)), /\| Subject inside: inner/)
  })

  test('A20 look-alike, wide, turned and invisible letters make no verb and no reference', async () => {
    const [, number = ''] = id.split('-')
    const texts = [
      `\u0430ccept ${id}`,
      `acc\u200bept ${id}`,
      `accept \u0421-${number}`,
      `\uff41ccept ${id}`,
      `accept \u202e${[...id].toReversed().join('')}\u202c`,
      `accept C-${[...number].map(digit => String.fromCharCode(0xff10 + Number(digit))).join('')}`,
    ]
    for (const text of texts) await refused(await signed(`embargod acme\n${text}\n`), 'E-SYNTAX')
    await refused(await signed(`emb\u0430rgod acme\naccept ${id}\n`), 'E-SYNTAX')
  })

  test('A21 neither ten megabytes nor a hundred thousand commands run, nor one more than fifty', async () => {
    const line51 = `accept ${id}\n`.repeat(51)
    await refused(await signed(`embargod acme\n${line51}`), 'E-SYNTAX')
    for (const text of [
      `accept ${id}\n`.repeat(100_000),
      `note ${id} <<\n${'x'.repeat(70)}\n`.repeat(110_000),
    ]) {
      const taken = await line.take(await signed(`embargod acme\n${text}`))
      assert.notEqual(taken.outcome, 'command')
      unchanged()
    }
  })

  test('A24 S/MIME, DKIM and a key that comes along are as good as no signature', async () => {
    const limit = boundary()
    const smime = entity('application/pkcs7-signature; name="smime.p7s"', encoded('MIIG', 'base64'))
    const type = `multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary="${limit}"`
    await refused(fromAlice(entity(type, multipart(limit, [textEntity(accept()), smime]))), 'smime')
    const plain = fromAlice(textEntity(accept()))
    await refused(
      fieldPutAbove(plain, 'DKIM-Signature', 'v=1; a=rsa-sha256; d=team.example; b=AAAA'),
      'unsigned',
    )
    const impostor = await until(atTheEnd, GnuPG.create('Alice Admin', 'alice@team.example'))
    const key = entity('application/pgp-keys; name="alice.asc"', crlf(await impostor.exportArmored()))
    const own = await multipartSigned(impostor, mixed([textEntity(accept()), key]))
    const taken = await line.take(fromAlice(own))
    assert.equal(taken.outcome, 'refused')
    unchanged()
    assert.equal(
      told(await line.take(await gpgMimeSigned(impostor, { to: COMMAND, text: accept() }))),
      'refused unknown-key',
    )
  })

  test('A25 our own mail is known by signature and Message-ID, and nothing comes of it', async () => {
    for (const address of ['quinn@plain.example', line.alice.address, line.bob.address]) {
      const { octets } = line.sent.find(({ to }) => to === address) ?? {}
      assert.ok(octets, address)
      for (const to of [COMMAND, SECURITY]) {
        const returned = fieldPutAbove(fieldChanged(octets, 'To', to), 'X-Back', `${target.next()}`)
        assert.deepEqual(await line.take(returned), { outcome: 'own', reason: 'own-mail', mails: 0 })
      }
    }
    unchanged()
  })

  test('A25 our Message-ID and header fields on a foreign mail make neither a command nor a loop', async () => {
    const first = line.sent.find(({ to }) => to === 'quinn@plain.example')
    assert.ok(first)
    const [, messageId = ''] = /^Message-ID: (.*)\r$/im.exec(first.octets.toString('latin1')) ?? []
    const forged = fieldChanged(fromAlice(textEntity(accept())), 'Message-ID', messageId)
    await refused(forged, 'unsigned')
    const report = mail(
      { ...resolve({ to: SECURITY }, 'eve@evil.example'), messageId },
      textEntity('It crashes.\n'),
    )
    assert.equal((await line.take(report)).outcome, 'report')
    const looping = fieldChanged(first.octets, 'Message-ID', '<other@evil.example>')
    const sent = line.sent.length
    const taken = await line.take(fieldChanged(looping, 'From', 'victim@elsewhere.example'))
    assert.notEqual(taken.outcome, 'command')
    const team = [line.alice.address, line.bob.address]
    for (const { to } of line.sent.slice(sent)) assert.ok(team.includes(to), to)
    unchanged()
  })
})
