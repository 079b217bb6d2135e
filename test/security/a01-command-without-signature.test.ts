// Threat A01: a perfect command in the name of an admin, unsigned, with every sign of good faith that a mail
// can carry without a key.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plainMail } from '../support/mail.ts'
import { fieldOf } from '../support/outgoing.ts'
import { autocryptValue, multipartSigned, textEntity } from '../support/pgp-mime.ts'
import { ALICE, ALICE_ADDRESS, type Attack, COMMAND, fromAlice, SECURITY, Siege, skip } from './support.ts'

const SPOOFED = 'mallory@evil.example'

const passed =
  'mx.acme.example; dkim=pass header.d=team.example; spf=pass smtp.mailfrom=alice@team.example; dmarc=pass'
const dkim =
  'v=1; a=rsa-sha256; d=team.example; s=mail; h=from:to:subject; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA'

test("A01 an unsigned command in an admin's name changes nothing", { skip }, async t => {
  const siege = await Siege.make(t)
  const { acme, canary, command } = siege
  const subject = `Re: ${canary}`
  const text = `${command}\n-- \n${canary}\n`
  const unsigned = (...headers: readonly (readonly [string, string])[]) =>
    plainMail({ from: ALICE, to: COMMAND, subject, text, headers })
  const refused = (name: string, mail: Buffer): Attack => ({
    name,
    mail,
    reason: 'unsigned',
    courtesy: ALICE_ADDRESS,
  })

  await siege.stand(t, [
    refused('plain', unsigned()),
    refused('with a Reply-To of the attacker', unsigned(['Reply-To', SPOOFED])),
    refused('with Authentication-Results that say all passed', unsigned(['Authentication-Results', passed])),
    refused('with a DKIM-Signature', unsigned(['DKIM-Signature', dkim], ['Authentication-Results', passed])),
    refused(
      'with an ARC seal that vouches for it',
      unsigned(['ARC-Authentication-Results', `i=1; ${passed}`], ['ARC-Seal', 'i=1; cv=none; b=AAAA']),
    ),
    refused('with Sender and Return-Path of the admin', unsigned(['Sender', ALICE], ['Return-Path', ALICE])),
    refused(
      'with headers that claim a verified signature',
      unsigned(['X-PGP-Verified', `good ${acme.alice.fingerprint}`], ['X-Embargod-Actor', 'alice']),
    ),
    refused(
      "with the admin's own key in Autocrypt",
      unsigned(['Autocrypt', await autocryptValue(acme.alice)]),
    ),
    refused(
      'with receipts asked for',
      unsigned(['Disposition-Notification-To', SPOOFED], ['Errors-To', SPOOFED]),
    ),
    refused(
      'with an HTML form of itself',
      plainMail({ from: ALICE, to: COMMAND, subject, text, html: `<pre>${text}</pre>` }),
    ),
    refused(
      'as a confirmation',
      plainMail({ from: ALICE, to: COMMAND, subject, text: 'confirm acme abcdefghijklmnop\n' }),
    ),
    {
      ...refused(
        'in a multipart/signed whose signature part is empty',
        fromAlice(
          (await multipartSigned(acme.alice, textEntity(text))).replace(
            /-----BEGIN PGP SIGNATURE-----[\s\S]*-----END PGP SIGNATURE-----\r\n/,
            '',
          ),
          { subject },
        ),
      ),
      reason: 'malformed',
    },
    {
      name: 'at the security address it is a report like any other',
      mail: plainMail({ from: ALICE, to: SECURITY, subject, text, headers: [['Reply-To', SPOOFED]] }),
      outcome: 'report',
      reason: 'new-case',
      told: [ALICE_ADDRESS, ALICE_ADDRESS, 'bob@team.example'],
    },
  ])

  await t.test('the one answer is constant, in clear, to the address that From names', async () => {
    const answers = acme.submission.mails.filter(({ to }) => to.includes(ALICE_ADDRESS))
    const inbox = await acme.inboxOf(acme.alice)
    const clear = inbox.filter(mail => !mail.wasEncrypted)
    assert.equal(answers.length, inbox.length)
    assert.deepEqual(
      clear.map(mail => mail.text.includes('Your mail changed nothing')),
      [true, false],
    )
    for (const mail of clear) {
      assert.doesNotMatch(mail.text, new RegExp(canary))
      assert.equal(fieldOf(mail.outerHeaders, 'auto-submitted'), 'auto-replied')
    }
    for (const { octets } of acme.submission.mails)
      assert.ok(!octets.toString('latin1').includes(SPOOFED), 'the attacker was written to')
  })
  await siege.end(t)
})
