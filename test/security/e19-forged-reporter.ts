// Threat E19, and what the true reporter can do: statements, the key of a case, and the verbs it signs. In the
// test's own process, with real keys, on the instance that all of them share.
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import type { Line } from '../support/line.ts'
import { encryptedReport, gpgMimeSigned, plainMail, thunderbirdSigned } from '../support/mail.ts'
import { resolve } from '../support/mime.ts'
import { readMail } from '../support/outgoing.ts'
import { autocryptValue, mail, multipartEncrypted, textEntity } from '../support/pgp-mime.ts'
import { until } from '../support/workspace.ts'
import { atTheEnd, sharedLine } from './shared-line.ts'
import { COMMAND, SECURITY } from './support.ts'

const QUINN = 'quinn@e19.example'

describe('E19: who speaks for a reporter', { skip: missingGnuPG() }, () => {
  let line: Line
  let riya: GnuPG
  let eve: GnuPG
  let ours: string

  before(async () => {
    line = await sharedLine()
    riya = await until(atTheEnd, GnuPG.create('Riya', 'riya@e19.example'))
    eve = await until(atTheEnd, GnuPG.create('Riya', 'riya@e19.example'))
    ours = await line.fingerprintOf('mail')
    for (const person of [riya, eve]) await person.importKey(await line.publicKey('mail'))
  })

  const opened = async (octets: Buffer): Promise<string> => {
    const known = new Set(line.instance.store.allCases({ limit: 100_000 }).map(({ id }) => id))
    await line.take(octets)
    const id = line.instance.store.allCases({ limit: 100_000 }).find(one => !known.has(one.id))?.id
    assert.ok(id)
    return id
  }
  /** The address that leads into the thread of a case, as its admins are told it; anyone may get to see it. */
  const replyAddress = async (id: string): Promise<string> => {
    const { text } = await line.lastMailTo(line.alice)
    const [, token] = new RegExp(`<mailto:security%2Bc\\.${id.slice(2)}\\.([a-z2-7]+)@`).exec(text) ?? []
    return `security+c.${id.slice(2)}.${token ?? assert.fail(`no address of ${id}`)}@acme.example`
  }
  const command = async (person: GnuPG, text: string) =>
    line.take(await gpgMimeSigned(person, { to: COMMAND, text: `embargod acme\n${text}\n` }))
  const answerTo = async (person: GnuPG) => (await line.lastMailTo(person)).text
  const statements = (id: string) =>
    line.theCase(id).statements.map(({ by, saying, adoptedBy }) => `${by} ${saying.kind} ${adoptedBy ?? '-'}`)

  test('without a key, their words are statements that count when an admin adopts them, once', async () => {
    const id = await line.report(QUINN)
    const to = await replyAddress(id)
    const write = (from: string, text: string, headers: readonly (readonly [string, string])[] = []) =>
      line.take(plainMail({ from, to, subject: 'Re: your report', text, headers }))

    const words = 'Thanks, all clear.\n\nconsent yes\ncredit name="Quinn = take C-000000"\n'
    assert.equal((await write(QUINN, words)).reason, 'follow-up-reporter')
    assert.deepEqual(statements(id), ['address consent -', 'address credit -'])
    const report = await answerTo(line.alice)
    assert.match(report, /^Said in this mail, unverified\. Each counts only when one of you adopts\sit:$/m)
    assert.match(report, /^\| credit name="Quinn = take C-000000"$/m)
    const [, adopt = ''] = /^ {4}(adopt S-[0-9]{6})$/m.exec(report) ?? []

    assert.equal((await write('eve@evil.example', 'consent no\n')).reason, 'follow-up-other')
    const autocrypt = [['Autocrypt', (await autocryptValue(eve)).replaceAll(eve.address, QUINN)]] as const
    await write(QUINN, 'consent no\n', autocrypt)
    assert.deepEqual(statements(id), ['address consent -', 'address credit -', 'address consent -'])
    assert.deepEqual(line.theCase(id).wishes.consent, undefined)
    assert.equal(line.theCase(id).reporter.key, undefined)

    assert.equal((await command(line.alice, adopt)).reason, 'carried-out')
    assert.equal(line.theCase(id).wishes.consent, 'yes')
    assert.equal((await command(line.bob, `# again\n${adopt}`)).reason, 'nothing-changed')
    assert.match(await answerTo(line.bob), /alice adopted S-[0-9]{6} already/)
    const other = await line.report('zoe@e19.example')
    const strange = `adopt S-${String((Number(adopt.slice(-6)) + 1) % 1_000_000).padStart(6, '0')}`
    if (!report.includes(strange)) assert.equal((await command(line.alice, strange)).reason, 'E-UNKNOWN')
    assert.equal(line.theCase(other).wishes.consent, undefined)
  })

  test('with a key, only that key speaks: at once by command, as a statement in the thread', async () => {
    const id = await opened(
      await encryptedReport(riya, [ours], { to: SECURITY, subject: 'x', text: 'It runs anything.\n' }),
    )
    assert.equal(line.theCase(id).reporter.key?.fingerprint, riya.fingerprint)

    const told = line.sent.length
    const said = await gpgMimeSigned(riya, {
      from: 'Somebody <somebody@elsewhere.example>',
      to: COMMAND,
      text: `embargod acme\ncredit ${id} name="Riya Ross"\nstatus ${id}\n`,
    })
    assert.equal((await line.take(said)).reason, 'carried-out')
    assert.deepEqual(
      line.sent
        .slice(told)
        .map(({ to }) => to)
        .toSorted(),
      [line.alice.address, line.bob.address, riya.address].toSorted(),
    )
    assert.match(await answerTo(riya), /take it up\.\s+It\s+was\s+received[\s\S]*\| credit name="Riya Ross"/u)
    assert.match(
      (await answerTo(line.bob)).replace(/\s+/g, ' '),
      /\* The reporter of C-[0-9]{6} wishes to be thanked by name\./,
    )
    assert.ok(!(await answerTo(line.bob)).includes('Riya Ross'))
    const again = Buffer.from(
      said.toString('latin1').replace(/^Subject:.*\r$/m, 'Subject: again\r'),
      'latin1',
    )
    assert.equal((await line.take(again)).reason, 'E-REPLAY')

    const before = line.state([id])
    const to = await replyAddress(id)
    const forged = [
      plainMail({
        from: riya.mailbox,
        to,
        subject: 'Re',
        text: `consent ${id} no\n`,
        headers: [['Autocrypt', await autocryptValue(eve)]],
      }),
      await thunderbirdSigned(eve, { to, text: 'consent yes\ncredit none\n' }),
      await encryptedReport(eve, [ours], { to, text: 'consent yes\n', autocrypt: 'header' }),
    ]
    for (const octets of forged) assert.equal((await line.take(octets)).reason, 'follow-up-other')
    for (const text of [`consent ${id} yes`, `status ${id}`])
      assert.equal((await command(eve, text)).outcome, 'refused')
    assert.equal(line.state([id]), before)

    assert.equal(
      (await line.take(await thunderbirdSigned(riya, { to, text: 'private yes\n' }))).reason,
      'follow-up-reporter',
    )
    assert.deepEqual(statements(id), ['key private -'])
    const report = await answerTo(line.alice)
    assert.match(report, /^Said in this mail, signed by the key of the case but not as a command\.$/m)
    await command(line.alice, /^ {4}(adopt S-[0-9]{6})$/m.exec(report)?.[1] ?? '')
    assert.equal(line.theCase(id).wishes.private, 'yes')
  })

  test('a reporter sends no verb of the team, and learns of no other case', async () => {
    const id = await line.report('ann@e19.example')
    const refusals: string[] = []
    for (const about of [id, 'C-000001']) {
      assert.equal((await command(riya, `status ${about}`)).reason, 'E-UNKNOWN')
      refusals.push((await answerTo(riya)).replaceAll(about, 'C-…').replace(/row [\s\S]*$/, ''))
    }
    assert.equal(refusals[0], refusals[1])
    for (const text of [`take ${id}`, `show ${id}`, `adopt S-000001`])
      assert.equal((await command(riya, text)).reason, 'E-ROLE')
  })

  test('an admin sets the key by its file, and from then on it alone counts', async () => {
    const id = await line.report('uma@e19.example')
    const uma = await until(atTheEnd, GnuPG.create('Uma', 'uma@e19.example'))
    await uma.importKey(await line.publicKey('mail'))
    const set = async (fingerprint: string, key: string) =>
      line.take(
        await gpgMimeSigned(line.alice, {
          to: COMMAND,
          text: `embargod acme\nreporter ${id} key=${fingerprint} att:uma.asc\n`,
          attachments: [{ fileName: 'uma.asc', content: key }],
        }),
      )
    assert.equal((await set(eve.fingerprint, await uma.exportArmored())).reason, 'E-KEY')
    assert.equal((await set(uma.fingerprint, 'no key\n')).reason, 'E-KEY')
    assert.equal((await set(ours, (await line.publicKey('mail')).toString())).reason, 'E-KEY')
    assert.equal(line.theCase(id).reporter.key, undefined)
    assert.equal((await set(uma.fingerprint, await uma.exportArmored())).reason, 'carried-out')

    await command(line.alice, `reply ${id} plan=yes <<\nWe fix it by Friday.\n.`)
    const reply = await line.lastMailTo(uma)
    assert.ok(reply.wasEncrypted && reply.text.includes('We fix it by Friday.'))
    const spoofed = plainMail({
      from: uma.address,
      to: await replyAddress(id),
      subject: 'Re',
      text: 'agree\n',
    })
    assert.equal((await line.take(spoofed)).reason, 'follow-up-other')
    assert.equal((await command(uma, `object ${id} <<\nFriday is too soon.\n.`)).reason, 'carried-out')
    assert.equal(line.theCase(id).wishes.position?.kind, 'object')
  })

  test('a reply asks to whom, where what was decrypted is by another author', async () => {
    const inner = `From: ${riya.mailbox}\r\n${textEntity('The exploit.\n')}`
    const wrapped = multipartEncrypted(await riya.encryptSign([ours], Buffer.from(inner)))
    const id = await opened(mail(resolve({ to: SECURITY, subject: 'x' }, 'carl@e19.example'), wrapped))
    assert.deepEqual(line.theCase(id).otherAuthors, [riya.address])
    const sent = line.sent.length
    assert.equal((await command(line.alice, `reply ${id} clear=yes <<\nThank you.\n.`)).reason, 'E-STATE')
    assert.match(
      (await answerTo(line.alice)).replace(/\s+/g, ' '),
      /came from carl@e19\.example, and inside it says riya@e19\.example/,
    )
    assert.ok(line.sent.slice(sent).every(({ to }) => to === line.alice.address))
  })

  test('a request for the key is constant and in clear, whatever the case is about', async () => {
    const secret = await riya.encryptSign([ours], Buffer.from(textEntity('The exploit.\n')), {
      signed: 'unsigned',
    })
    const id = await opened(
      mail(resolve({ to: SECURITY, subject: 'x' }, 'dora@e19.example'), multipartEncrypted(secret)),
    )
    assert.equal((await command(line.alice, `reply ${id} clear=yes <<\nThank you.\n.`)).reason, 'E-KEY')
    assert.equal((await command(line.alice, `ask-key ${id}`)).reason, 'carried-out')
    const [asked] = line.sent.filter(({ to }) => to === 'dora@e19.example').slice(-1)
    assert.ok(asked)
    const read = await readMail(asked.octets, line.alice)
    assert.ok(!read.wasEncrypted)
    assert.match(read.text, /we need your OpenPGP public key/)
    assert.ok(!read.text.includes('exploit'))
  })
})
