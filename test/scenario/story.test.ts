// Step by step what the project is for, against a real mailbox, a real submission server and GnuPG.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { missingDovecot } from '../support/dovecot.ts'
import { type GnuPG, missingGnuPG } from '../support/gpg.ts'
import { Installation } from '../support/installation.ts'
import {
  encryptedReport,
  gpgInlineEncryptedSigned,
  gpgMimeSigned,
  plainMail,
  thunderbirdEncryptedSigned,
} from '../support/mail.ts'
import { secondAhead } from '../support/notices.ts'
import { checkInvariants } from '../support/oracle.ts'
import { addressesOf, fieldOf, type ReadMail } from '../support/outgoing.ts'

const skip = missingDovecot() || missingGnuPG()
const SECURITY = 'security@acme.example'
const COMMAND = 'security+cmd@acme.example'
const PATCH =
  'diff --git a/restore.go b/restore.go\n--- a/restore.go\n+++ b/restore.go\n@@ -1 +1 @@\n-bad\n+good\n'

/** The one thing of this shape in a text. */
function found(shape: RegExp, text: string): string {
  const [one] = shape.exec(text) ?? []
  assert.ok(one, `no ${shape} in: ${text.slice(0, 500)}`)
  return one
}

async function importContacts(acme: Installation): Promise<readonly GnuPG[]> {
  const contacts: GnuPG[] = []
  for (const name of ['one', 'two', 'three']) {
    const contact = await acme.person(`Contact ${name}`, `oncall@${name}.example`)
    const imported = await acme.importMember(contact, `Distro ${name}`)
    assert.equal(imported.code, 0, imported.problem)
    contacts.push(contact)
  }
  return contacts
}

test('a report is acknowledged, worked on by signed mail, and disclosed to each distributor', {
  skip,
}, async t => {
  const acme = await Installation.make(t)
  const { alice, bob } = acme
  const ourKey = await acme.fingerprintOf('mail')
  const listKey = await acme.fingerprintOf('list-velero')
  const contacts = await importContacts(acme)
  // Each admin was told of each import.
  const told = contacts.length
  await acme.start()

  const riya = await acme.person('Riya Reporter', 'riya@research.example')
  let id = ''
  let alices = told

  await t.test('the acknowledgement is encrypted because the key stood outside', async () => {
    await acme.deliver(
      await encryptedReport(riya, [ourKey], {
        to: SECURITY,
        subject: 'Restore hook runs anything',
        text: 'Steps to reproduce: send canary-7c1b to the hook.\n',
        autocrypt: 'header',
      }),
    )
    const mail = await acme.mailTo(riya, 1)
    assert.equal(mail.wasEncrypted, true)
    assert.deepEqual(mail.signedBy, [ourKey])
    id = found(/C-[0-9]{6}/, mail.text)
    assert.doesNotMatch(mail.text, /canary|Restore hook/)
    assert.doesNotMatch(mail.outerSubject ?? '', /canary|Restore hook/)
    assert.equal(fieldOf(mail.outerHeaders, 'auto-submitted'), 'auto-replied')
  })

  await t.test('each admin gets the whole report under their own key, with commands to tap', async () => {
    alices += 1
    for (const admin of [alice, bob]) {
      const mail = await acme.mailTo(admin, told + 1)
      assert.equal(mail.wasEncrypted, true)
      assert.deepEqual(mail.signedBy, [ourKey])
      assert.match(mail.text, /\| Steps to reproduce: send canary-7c1b to the hook\./)
      assert.match(mail.text, new RegExp(`take ${id}`))
      assert.match(mail.text, /mailto:security%2Bcmd@acme\.example\?/)
      assert.ok(mail.text.startsWith('--- embargod: write above this line ---'))
    }
  })

  await t.test('commands signed with gpg and encrypted with Thunderbird both run', async () => {
    await acme.deliver(
      await gpgMimeSigned(alice, { to: COMMAND, text: `embargod acme\ntake ${id}\naccept ${id}\n` }),
    )
    alices += 1
    const transcript = await acme.mailTo(alice, alices)
    assert.match(transcript.text, new RegExp(`ok: take ${id}`))
    assert.match(transcript.text, new RegExp(`ok: accept ${id}`))
    const news = await acme.mailTo(riya, 2)
    assert.equal(news.wasEncrypted, true)
    assert.match(news.text, new RegExp(id))

    await acme.deliver(
      await thunderbirdEncryptedSigned(bob, [ourKey], {
        to: COMMAND,
        text: `embargod acme\nreply ${id} <<\nThank you, we see it too: réponse-5f2a\n.\n`,
      }),
    )
    const reply = await acme.mailTo(riya, 3)
    assert.equal(reply.wasEncrypted, true)
    assert.deepEqual(reply.signedBy, [ourKey])
    assert.match(reply.text, /we see it too: réponse-5f2a/)
    assert.equal(fieldOf(reply.outerHeaders, 'auto-submitted'), undefined)
  })

  await t.test('a reply of the reporter joins the case and is not acknowledged again', async () => {
    const last = await acme.mailTo(riya, 3)
    const [replyTo = ''] = await addressesOf(acme.octetsTo(riya, 3), 'replyTo')
    const inReplyTo = fieldOf(last.outerHeaders, 'message-id') ?? ''
    // Mail programs, as gpg here, look for a key by the address that the answer goes to.
    await acme.deliver(
      await thunderbirdEncryptedSigned(riya, [`<${replyTo}>`], {
        to: replyTo,
        subject: `Re: ${last.innerSubject}`,
        text: 'One more detail: canary-9d4e.\n',
        headers: [['In-Reply-To', inReplyTo]],
      }),
    )
    alices += 1 // Bob's change, told in a line, comes first.
    alices += 1
    const mail = await acme.mailTo(alice, alices)
    assert.match(mail.text, /\| One more detail: canary-9d4e\./)
    assert.equal((await acme.inboxOf(riya)).length, 3)
  })

  await t.test('a confirmed notice reaches every contact at its instant, never before', async () => {
    const sendAt = new Date(secondAhead(acme, 6_000))
    const instant = sendAt.toISOString().replace('.000Z', 'Z')
    await acme.deliver(
      await thunderbirdEncryptedSigned(alice, [ourKey], {
        to: COMMAND,
        text: `embargod acme\nnotice ${id} stage=early-disclosure send=${instant} att:fix.patch <<\nThe restore hook runs anything: canary-1a2b.\n.\n`,
        attachments: [{ fileName: 'fix.patch', content: PATCH }],
      }),
    )
    alices += 1
    const waiting = await acme.mailTo(alice, alices)
    for (const contact of contacts) assert.match(waiting.text, new RegExp(contact.address))
    const token = found(/confirm acme [a-z2-7]{16}/, waiting.text)
    await acme.deliver(await gpgInlineEncryptedSigned(alice, [ourKey], { to: COMMAND, text: `${token}\n` }))

    for (const contact of contacts) {
      const copy: ReadMail = await acme.mailTo(contact, 1)
      assert.equal(copy.wasEncrypted, true)
      assert.deepEqual(copy.signedBy, [listKey])
      assert.equal(copy.encryptedTo.length, 1)
      assert.match(copy.text, /canary-1a2b/)
      const patch = copy.attachments.find(file => file.fileName === 'fix.patch')
      assert.equal(patch?.content.toString(), PATCH)
      const [sent] = acme.submission.mails.filter(mail => mail.to.includes(contact.address))
      assert.ok((sent?.at ?? 0) >= sendAt.getTime(), 'a copy left before its instant')
    }
  })

  await t.test('it ends cleanly when asked to', async () => {
    assert.equal(await acme.stop(), 0)
  })

  await t.test('what must always hold holds', () =>
    checkInvariants(acme, {
      canaries: ['canary-7c1b', 'canary-9d4e', 'canary-1a2b', 'réponse-5f2a', 'Restore hook runs anything'],
    }),
  )
})

test('an acknowledgement goes in clear where no key stood outside', { skip }, async t => {
  const acme = await Installation.make(t)
  await acme.start()

  await t.test('a reporter without PGP gets the same acknowledgement', async () => {
    const quinn = await acme.person('Quinn Quick', 'quinn@plain.example')
    await acme.deliver(
      plainMail({ from: 'Quinn <quinn@plain.example>', to: SECURITY, subject: 'bug', text: 'It crashes.\n' }),
    )
    const mail = await acme.mailTo(quinn, 1)
    assert.equal(mail.wasEncrypted, false)
    assert.deepEqual(mail.signedBy, [await acme.fingerprintOf('mail')])
    assert.match(mail.text, /attach\s+your\s+(own\s+)?public\s+key/i)
  })

  await t.test('a key that came only inside the encryption is not used', async () => {
    const riya = await acme.person('Riya Reporter', 'riya@research.example')
    const report = { to: SECURITY, subject: 'x', text: 'Inside only.\n' }
    await acme.deliver(await encryptedReport(riya, [await acme.fingerprintOf('mail')], report))
    const mail = await acme.mailTo(riya, 1)
    assert.equal(mail.wasEncrypted, false)
  })

  await t.test('what must always hold holds', () => checkInvariants(acme, { canaries: ['Inside only.'] }))
})
