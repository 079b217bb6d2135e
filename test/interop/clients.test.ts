// A case from report to disclosure in mails shaped as each mail program makes them: the outcome is what their
// writers meant, or a refusal that tells them how. Of the programs two every day, all of them in a sweep.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Answered, CLIENTS, flowCrypt } from '../support/clients.ts'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import { Line } from '../support/line.ts'
import { gpgMimeSigned, plainMail } from '../support/mail.ts'
import { boundary, entity, multipart, resolve } from '../support/mime.ts'
import { fieldOf, readMail } from '../support/outgoing.ts'
import { mail } from '../support/pgp-mime.ts'
import { SWEEP } from '../support/sweep.ts'
import { type TestEnd, until } from '../support/workspace.ts'

const skip = missingGnuPG()
const programs =
  SWEEP === undefined ? CLIENTS.filter(({ name }) => /^(?:Thunderbird 153|Claws Mail), /.test(name)) : CLIENTS
const COMMAND = 'security+cmd@acme.example'
const SECURITY = 'security@acme.example'
const FROM = 'Velero Security <security@acme.example>'

test(`in mails of ${programs.length} programs`, { skip }, async t => {
  const line = await Line.make(t)
  const { alice } = line
  const ourKey = await line.fingerprintOf('mail')
  const encrypted = { encryptTo: ourKey }
  // A new one for each program, since an address is acknowledged five times a day.
  const reporter = async (t: TestEnd, address: string): Promise<GnuPG> => {
    const person = await until(t, GnuPG.create('Riya Reporter', address))
    await person.importKey(await line.publicKey('mail'))
    return person
  }

  const lastTo = async (person: GnuPG): Promise<Answered & { readonly replyTo: string }> => {
    const read = await line.lastMailTo(person)
    return {
      text: read.text,
      from: FROM,
      subject: read.innerSubject ?? '',
      messageId: fieldOf(read.outerHeaders, 'message-id') ?? '',
      replyTo: fieldOf(read.outerHeaders, 'reply-to') ?? '',
    }
  }
  const settled = async (octets: Uint8Array) => {
    const { outcome, reason } = await line.take(octets)
    return `${outcome} ${reason}`
  }
  const newestCase = () => {
    const [newest] = line.instance.store
      .allCases({ limit: 1_000 })
      .toSorted((a, b) => b.receivedAt - a.receivedAt)
    assert.ok(newest)
    return newest
  }

  for (const [position, { name, send, key }] of programs.entries())
    await t.test(name, async t => {
      const riya = await reporter(t, `riya-${position}@research.example`)
      await t.test('an encrypted report opens a case whose key is known where it came along', async () => {
        const words = `It crashes, and shows what it should not: ${name}\n\nembargod acme\naccept C-100000`
        const report = await send(riya, { to: SECURITY, subject: 'A crash', words, protect: encrypted })
        assert.equal(await settled(report), 'report new-case')
        assert.equal(newestCase().protection, 'encrypted')
        assert.equal(newestCase().reporter.key?.fingerprint, key === 'none' ? undefined : riya.fingerprint)
      })
      const { id } = newestCase()
      const theCase = () => line.theCase(id)

      await t.test('a command', async () => {
        const words = `embargod acme\ntake ${id}`
        const taken = await send(alice, { to: COMMAND, subject: 'embargod', words, protect: 'sign' })
        assert.equal(await settled(taken), 'command carried-out')
        assert.deepEqual([theCase().lead, theCase().state], ['alice', 'triaged'])
      })

      const reply = `Dear Riya,\n\nwhich version is it – 1.4 or 1.5?\nAnd does “restore” matter? 100 % of the time?`
      await t.test('a text to the reporter, above or below what is answered', async () => {
        const answered = await lastTo(alice)
        const words = `embargod acme\nreply ${id} <<\n${reply}\n.`
        const letter = { to: answered.replyTo, subject: `Re: ${answered.subject}`, words, answered }
        const outcome = await settled(await send(alice, { ...letter, protect: encrypted }))
        if (key === 'none') {
          assert.equal(outcome, 'refused E-KEY')
          assert.match((await line.lastMailTo(alice)).text, /nothing goes out in clear/)
          return
        }
        assert.equal(outcome, 'command carried-out')
        const [sent] = theCase().replies
        const squeezed = (text: string | undefined) => text?.replace(/\n+/g, '\n').trim()
        assert.equal(squeezed(sent?.text.open()), squeezed(reply))
        assert.deepEqual([theCase().state, theCase().notes], ['triaged', []], 'nothing quoted ran')
      })

      await t.test("the reporter's answer in the thread", async () => {
        const answered = await lastTo(riya)
        const letter = {
          to: answered.replyTo,
          subject: `Re: ${answered.subject}`,
          words: 'It is 1.5.',
          answered,
        }
        const outcome = await settled(await send(riya, { ...letter, protect: encrypted }))
        // Without a key only the address tells who it is.
        assert.equal(outcome, 'follow-up follow-up-reporter')
        assert.equal(theCase().thread.length, 2)
      })

      await t.test('a confirmation', async () => {
        const sendAt = new Date(Date.now() + 3_600_000).toISOString().replace(/:[0-9.]+Z$/, 'Z')
        const text = `embargod acme\nnotice ${id} stage=early-disclosure send=${sendAt} <<\nAll of it.\n.\n`
        await line.take(await gpgMimeSigned(alice, { to: COMMAND, text }))
        const answered = await lastTo(alice)
        const [words = ''] = /^confirm acme \S+$/m.exec(answered.text.replace(/^ {4}/gm, '')) ?? []
        const letter = { to: answered.replyTo, subject: 'Re: embargod', words, answered }
        assert.equal(await settled(await send(alice, { ...letter, protect: 'sign' })), 'command carried-out')
        assert.ok(line.instance.store.scheduledNotices().some(notice => notice.case === id))
      })
    })

  await t.test('FlowCrypt', async t => {
    const riya = await reporter(t, 'riya@research.example')
    await t.test('a report within the text opens a case', async () => {
      const report = { to: SECURITY, subject: 'A crash', words: 'It crashes.', protect: encrypted } as const
      assert.equal(await settled(await flowCrypt(riya, report)), 'report new-case')
      assert.equal(newestCase().protection, 'encrypted')
    })
    const { id } = newestCase()
    const letter = { to: COMMAND, subject: 'embargod', words: `embargod acme\ntake ${id}` }
    await t.test('an encrypted command within the text is carried out', async () => {
      const answered = await lastTo(alice)
      const octets = await flowCrypt(alice, { ...letter, answered, protect: encrypted })
      assert.equal(await settled(octets), 'command carried-out')
      assert.equal(line.theCase(id).lead, 'alice')
    })
    await t.test('a command signed in clear is refused, and its sender told how', async () => {
      const words = `embargod acme\naccept ${id}`
      const octets = await flowCrypt(alice, { ...letter, words, protect: 'sign' })
      assert.equal(await settled(octets), 'refused cleartext-signed')
      const told = await readMail(line.sent.at(-1)?.octets ?? Buffer.of(), alice)
      assert.match(told.text, /send the command\s+again, signed as PGP\/MIME/)
      assert.equal(line.theCase(id).state, 'triaged')
    })
  })

  await t.test('what a server in between makes of a command changes nothing', async t => {
    const { id } = newestCase()
    const signed = (
      await gpgMimeSigned(alice, { to: COMMAND, text: `embargod acme\naccept ${id}\n` })
    ).toString('latin1')
    const [content = ''] = /^Content-Type: multipart\/signed[\s\S]*/m.exec(signed) ?? []
    const limit = boundary()
    const footer = entity('text/plain; charset=utf-8', 'This e-mail was scanned.\r\n')
    const winmail = entity('application/ms-tnef; name="winmail.dat"', 'eJ8+IgAA\r\n', [
      ['Content-Transfer-Encoding', 'base64'],
      ['Content-Disposition', 'attachment; filename="winmail.dat"'],
    ])
    const mixed = (...parts: readonly string[]) =>
      mail(
        resolve({ to: COMMAND, subject: 'embargod' }, alice.mailbox),
        entity(`multipart/mixed; boundary="${limit}"`, multipart(limit, parts)),
      )
    for (const [why, octets, reason] of [
      ['a footer below a signed mail', mixed(content, footer), 'refused partly-signed'],
      [
        'winmail.dat instead of a signature',
        mixed(entity('text/plain; charset=utf-8', `embargod acme\r\naccept ${id}\r\n`), winmail),
        'refused unsigned',
      ],
      [
        'no signature at all',
        plainMail({ from: alice.mailbox, to: COMMAND, text: `embargod acme\naccept ${id}\n` }),
        'refused unsigned',
      ],
    ] as const)
      await t.test(why, async () => {
        assert.equal(await settled(octets), reason)
        assert.equal(line.theCase(id).state, 'triaged')
      })
  })
})
