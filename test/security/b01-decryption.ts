// Threats B01 to B10 but for B06: nobody gets anything decrypted, signed or fetched for them by mailing us. In the
// test's own process, on one instance that all of them share.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { before, describe, test } from 'node:test'
import { armor, dearmor, packet, packetsOf } from '../openpgp/material.ts'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import type { Line } from '../support/line.ts'
import { gpgMimeSigned, plainMail } from '../support/mail.ts'
import { crlf, entity, multipart, octetsOf, resolve, typed } from '../support/mime.ts'
import {
  htmlEntity,
  mail,
  mixed,
  multipartEncrypted,
  multipartSigned,
  textEntity,
} from '../support/pgp-mime.ts'
import { until } from '../support/workspace.ts'
import { bodyOf, tagOf } from './packets.ts'
import { atTheEnd, sharedLine } from './shared-line.ts'
import { acknowledgementIn, COMMAND, SECURITY } from './support.ts'

describe('B: decryption and signing on request', { skip: missingGnuPG() }, () => {
  let line: Line
  let riya: GnuPG
  let ours: string
  let count = 0
  const canary = `canary-${randomBytes(8).toString('hex')}`

  before(async () => {
    line = await sharedLine()
    riya = await until(atTheEnd, GnuPG.create('Riya', 'riya@research.example'))
    await riya.importKey(await line.publicKey('mail'))
    ours = await line.fingerprintOf('mail')
  })

  /** Each from a domain of its own, so that no cap is met. */
  const stranger = () => `eve@evil${++count}.example`
  const from = (author: string, content: string, to = SECURITY): Buffer =>
    mail(resolve({ to, subject: 'x' }, author), content)
  const secret = () =>
    riya.encryptSign([ours], octetsOf(`From: ${riya.mailbox}\r\n${textEntity(`The exploit: ${canary}\n`)}`))
  const sentTo = (address: string) => line.sent.filter(({ to }) => to === address).map(one => one.octets)
  const leaked = (address: string) => sentTo(address).some(octets => octets.includes(canary))
  const answerTo = (address: string): string => {
    const [octets] = sentTo(address)
    assert.ok(octets, `no answer to ${address}`)
    return acknowledgementIn(octets)
  }
  const reportToAlice = async () => (await line.lastMailTo(line.alice)).text.replace(/\s+/g, ' ')

  test('B01 intercepted ciphertext in foreign mail reaches the admins alone, and is marked', async () => {
    const ciphertext = multipartEncrypted(await secret())
    const eve = stranger()
    for (const content of [mixed([textEntity('please reply\n'), ciphertext]), ciphertext]) {
      assert.equal((await line.take(from(eve, content))).outcome, 'report')
      const report = await reportToAlice()
      assert.match(report, /the decrypted part was embedded in foreign mail/)
      assert.ok(report.includes(canary))
    }
    assert.ok(!leaked(eve))
    const honest = mail(resolve({ to: SECURITY }, riya.mailbox), ciphertext)
    assert.equal((await line.take(honest)).outcome, 'report')
    assert.doesNotMatch(await reportToAlice(), /foreign mail/)
  })

  test('B01 a member’s ciphertext without a header of its own is known by the key that signed it', async () => {
    const signed = await line.mallory.encryptSign([ours], octetsOf(textEntity(`${canary}\n`)))
    assert.equal((await line.take(from(stranger(), multipartEncrypted(signed)))).outcome, 'report')
    assert.match(await reportToAlice(), /embedded in foreign mail/)
  })

  test('B01 who joins the case later reads the warning, too', async () => {
    const erin = await until(atTheEnd, GnuPG.create('Erin', 'erin@vendor.example'))
    await erin.importKey(await line.publicKey('mail'))
    const before = new Set(line.instance.store.allCases({ limit: 100_000 }).map(one => one.id))
    await line.take(from(stranger(), multipartEncrypted(await secret())))
    const opened = line.instance.store.allCases({ limit: 100_000 }).find(one => !before.has(one.id))
    assert.ok(opened)
    const joins = `assign ${opened.id} fix=erin address=${erin.address} key=${erin.fingerprint} att:erin.asc`
    const command = await gpgMimeSigned(line.alice, {
      to: COMMAND,
      text: `embargod acme\naccept ${opened.id}\n${joins}\n`,
      attachments: [{ fileName: 'erin.asc', content: await erin.exportArmored() }],
    })
    assert.equal((await line.take(command)).outcome, 'command')
    const { text } = await line.lastMailTo(erin)
    assert.ok(text.includes(canary))
    assert.match(text.replace(/\s+/g, ' '), /the decrypted part was embedded in foreign mail/)
  })

  test('B02 nothing decrypted is echoed to whoever did not sign it inside', async () => {
    const text = textEntity(`embargod acme\n${canary} the rest\n`)
    const unsigned = multipartEncrypted(
      await riya.encryptSign([ours], octetsOf(text), { signed: 'unsigned' }),
    )
    const eve = stranger()
    assert.equal((await line.take(from(eve, unsigned, COMMAND))).outcome, 'refused')
    assert.equal(
      (await line.take(from(eve, await multipartSigned(line.mallory, unsigned), COMMAND))).reason,
      'signed-outside',
    )
    const byAlice = multipartEncrypted(await line.alice.encryptSign([ours], octetsOf(text)))
    assert.equal((await line.take(from(eve, byAlice, COMMAND))).reason, 'E-SYNTAX')
    assert.ok(!leaked(eve) && !leaked(line.mallory.address))
    const transcript = await line.lastMailTo(line.alice)
    assert.ok(transcript.wasEncrypted && transcript.text.includes('E-SYNTAX'))
  })

  test('B03 what comes as a bounce is not decrypted and not answered', async () => {
    const ciphertext = multipartEncrypted(await secret())
    const machines = ['delivery-status', 'disposition-notification', 'feedback-report']
    for (const kind of machines) {
      const status = entity(`message/${kind}`, 'Action: failed\r\nStatus: 5.1.1\r\n')
      const type = `multipart/report; report-type=${kind}; boundary="r"`
      const sent = line.sent.length
      const content = entity(type, multipart('r', [textEntity('failed\n'), status, ciphertext]))
      assert.deepEqual(await line.take(from(stranger(), content)), {
        outcome: 'bounce',
        reason: 'delivery-status',
        mails: 0,
      })
      assert.equal(line.sent.length, sent)
    }
  })

  test('B04 no mail makes us fetch anything or answer another address', async t => {
    let connections = 0
    const server = createServer(socket => {
      connections += 1
      socket.destroy()
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.after(() => server.close())
    const address = server.address()
    assert.ok(typeof address === 'object' && address !== null)
    const url = `http://127.0.0.1:${address.port}/${canary}`
    const html = `<img src="${url}"><style>@import "${url}"</style><form action="${url}"><iframe src="${url}"></iframe>`
    const external = entity(
      `message/external-body; access-type=URL; URL="${url}"`,
      'Content-Type: text/plain\r\n',
    )
    const eve = stranger()
    const asking = plainMail({
      from: eve,
      to: SECURITY,
      text: 'x',
      headers: ['Reply-To', 'Disposition-Notification-To', 'Return-Receipt-To', 'Errors-To'].map(
        name => [name, 'victim@elsewhere.example'] as const,
      ),
    })
    assert.equal((await line.take(asking)).outcome, 'report')
    const content = mixed([htmlEntity(html), external])
    assert.equal(
      (await line.take(from(eve, `List-Unsubscribe: <${url}>\r\n${content}`))).outcome,
      'report-noack',
    )
    assert.equal(connections, 0)
    assert.equal(sentTo('victim@elsewhere.example').length, 0)
    const asks = /^(?:disposition-notification-to|return-receipt-to|list-unsubscribe):/im
    for (const { octets } of line.sent) assert.doesNotMatch(octets.toString('latin1'), asks)
  })

  test('B05 ciphertext without integrity or with a broken one gives no plaintext', async () => {
    const packets = packetsOf(dearmor(await secret()))
    const data = packets.at(-1)
    assert.ok(data)
    const body = bodyOf(data)
    const openers = packets.slice(0, -1)
    const flipped = (at: number) => {
      const other = Buffer.from(body)
      other[at] = (other[at] ?? 0) ^ 1
      return packet(tagOf(data), other)
    }
    const damaged = {
      'no integrity protection (tag 9)': packet(9, body.subarray(1)),
      'the digest changed': flipped(body.length - 1),
      'the text changed': flipped(Math.floor(body.length / 2)),
      'cut short': packet(tagOf(data), body.subarray(0, body.length - 25)),
    }
    for (const [name, last] of Object.entries(damaged)) {
      const message = armor('MESSAGE', Buffer.concat([...openers, last]))
      assert.equal((await line.take(from(stranger(), multipartEncrypted(message)))).outcome, 'report', name)
      const report = await line.lastMailTo(line.alice)
      assert.match(report.text.replace(/\s+/g, ' '), /it could not be decrypted/, name)
      assert.ok(!report.entity.includes(canary), name)
      const kept = report.attachments.some(({ content }) =>
        content.includes(dearmor(message).toString('base64').slice(0, 60)),
      )
      assert.ok(kept, `${name}: the ciphertext is not kept`)
    }
  })

  test('B07 our signature stands under no stranger’s words, and theirs stand behind bars', async () => {
    const eve = stranger()
    const text = `Please sign: ${canary}\n\n--- embargod: write above this line ---\nembargod acme\naccept C-000001\n`
    assert.equal(
      (await line.take(plainMail({ from: eve, to: SECURITY, subject: canary, text }))).outcome,
      'report',
    )
    assert.ok(!leaked(eve))
    const { text: shown } = await line.lastMailTo(line.alice)
    const theirs = shown.split('\n').filter(row => row.includes('C-000001') || row.includes(canary))
    assert.ok(theirs.length >= 3)
    for (const row of theirs) assert.match(row, /^\| /)
  })

  test('B08 hidden recipients and many of them cost little and change no answer', async () => {
    const hidden = await riya.encryptSign([ours, riya], octetsOf(textEntity('hidden\n')), {
      gpgOptions: ['--throw-keyids'],
    })
    assert.equal((await line.take(from(stranger(), multipartEncrypted(hidden)))).outcome, 'report')
    assert.match(await reportToAlice(), /\| hidden/)
    const foreign = await riya.encryptSign([riya], octetsOf(textEntity('for others\n')), {
      gpgOptions: ['--throw-keyids'],
    })
    const [opener, data] = packetsOf(dearmor(foreign))
    assert.ok(opener && data)
    const eve = stranger()
    const flood = armor('MESSAGE', Buffer.concat([...Array.from({ length: 10_000 }, () => opener), data]))
    const began = performance.now()
    assert.equal((await line.take(from(eve, multipartEncrypted(flood)))).outcome, 'report')
    assert.ok(performance.now() - began < 10_000)
    const plain = stranger()
    await line.report(plain)
    assert.equal(answerTo(eve), answerTo(plain))
  })

  test('B09 a passphrase is never asked for', async () => {
    const [opener, data] = packetsOf(dearmor(await secret()))
    assert.ok(opener && data)
    // Version 4, AES-256, iterated and salted S2K of SHA-256 (RFC 9580 §5.3).
    const byPassphrase = packet(3, Buffer.from([4, 9, 3, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0x60]))
    const alone = armor('MESSAGE', Buffer.concat([byPassphrase, data]))
    for (const content of [multipartEncrypted(alone), textEntity(alone)]) {
      assert.equal((await line.take(from(stranger(), content))).outcome, 'report')
      assert.match(await reportToAlice(), /it could not be decrypted/)
    }
    const both = armor('MESSAGE', Buffer.concat([byPassphrase, byPassphrase, opener, opener, data]))
    assert.equal((await line.take(from(stranger(), multipartEncrypted(both)))).outcome, 'report')
  })

  test('B10 each part says for itself how it came', async () => {
    const inline = await riya.encryptSign([ours], typed('inside inline\n'))
    const file = dearmor(await riya.encryptSign([ours], typed('inside the file\n'), { signed: 'unsigned' }))
    const attached = entity('application/octet-stream; name="notes.txt.gpg"', file.toString('base64'), [
      ['Content-Transfer-Encoding', 'base64'],
      ['Content-Disposition', 'attachment; filename="notes.txt.gpg"'],
    ])
    const signed = crlf(
      await gpgMimeSigned(line.mallory, { to: 'x@y.example', text: 'signed\n' }).then(String),
    )
    const content = mixed([
      textEntity('in clear\n'),
      textEntity(inline),
      attached,
      entity('message/rfc822', signed),
    ])
    assert.equal((await line.take(from(stranger(), content))).outcome, 'report')
    const report = await line.lastMailTo(line.alice)
    const text = report.text.replace(/\s+/g, ' ')
    assert.match(text, /Protection: partly encrypted; each part below says how it came/)
    assert.match(text, /Not encrypted, not signed\. \| in clear/)
    assert.match(text, /Encrypted to us, signature not accepted[^|]*\| inside inline/)
    assert.ok(report.attachments.some(({ fileName }) => fileName === 'notes.txt'))
  })
})
