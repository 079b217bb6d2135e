// Threat A07: an admin truly signed a mail of discussion, in which a command is quoted in any of the ways in
// which mail programs quote. Nothing quoted runs; what was passed over is told.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gpgMimeSigned, thunderbirdEncryptedSigned, thunderbirdSigned } from '../support/mail.ts'
import { ADMINS, ALICE_ADDRESS, type Attack, COMMAND, SECURITY, Siege, skip } from './support.ts'

const MARKER = '--- embargod: write above this line ---'

const quote = (text: string): string => text.replace(/^/gm, '> ').replace(/> $/, '')
const attribution = 'On Sat, 21 Nov 2026 at 09:10, Bob Admin <bob@team.example> wrote:'
const outlookHeader =
  'From: Bob Admin\nSent: Saturday, 21 November 2026 09:10\nTo: Alice Admin\nSubject: Re: x\n'

test("A07 nothing that is quoted runs, even under an admin's signature", { skip }, async t => {
  const siege = await Siege.make(t)
  const { acme, canary, id } = siege
  const { alice } = acme
  const ours = [await acme.fingerprintOf('mail')]

  /** The ways in which a mail holds an older one, below whatever stands above. */
  const quoted: Readonly<Record<string, (text: string) => string>> = {
    'behind >': quote,
    'behind > below an attribution': text => `${attribution}\n${quote(text)}`,
    'behind > below an attribution and a blank line': text => `${attribution}\n\n${quote(text)}`,
    'behind > below an attribution of two lines': text =>
      `${attribution.replace(', Bob', ',\nBob')}\n${quote(text)}`,
    'below -----Original Message-----': text => `-----Original Message-----\n${outlookHeader}\n${text}`,
    'below -----Ursprüngliche Nachricht-----': text => `-----Ursprüngliche Nachricht-----\n\n${text}`,
    'below our marker': text => `${MARKER}\n\n${text}`,
    'below our marker, as a phone indents it': text => `  ${MARKER}\n\n${text}`,
    'as Outlook does, with nothing but a header': text => `${outlookHeader}\n${text}`,
    'below a rule, as Outlook on the web does': text => `${'_'.repeat(32)}\n${outlookHeader}\n${text}`,
    'below the sign of a signature': text => `-- \n${text}`,
    'below a stop word': text => `thanks!\n\n${text}`,
  }

  const discussion = await Promise.all(
    Object.entries(quoted).map(
      async ([name, wrap], i): Promise<Attack> => ({
        name: `${name}, in a mail of words`,
        mail: await gpgMimeSigned(alice, {
          to: COMMAND,
          text: `I would not do that yet, ${canary} ${i}.\n\n${wrap(siege.command)}`,
        }),
        reason: 'E-SYNTAX',
        told: [ALICE_ADDRESS],
      }),
    ),
  )
  const alone = await Promise.all(
    Object.entries(quoted)
      // A signature has no text above it, and a stop word ends what was never begun.
      .filter(([name]) => !/signature|stop word/.test(name))
      .map(
        async ([name, wrap]): Promise<Attack> => ({
          name: `${name}, alone in the mail`,
          mail: await gpgMimeSigned(alice, { to: COMMAND, text: wrap(siege.command) }),
          reason: 'E-SYNTAX',
          told: [ALICE_ADDRESS],
        }),
      ),
  )
  const below = await Promise.all(
    Object.entries(quoted).map(
      async ([name, wrap], i): Promise<Attack> => ({
        name: `${name}, below a command of her own`,
        mail: await gpgMimeSigned(alice, {
          to: COMMAND,
          text: `embargod acme\nshow ${id}\n# ${canary} ${i}\n\n${wrap(siege.command)}`,
        }),
        outcome: 'command',
        reason: 'nothing-changed',
        told: [ALICE_ADDRESS],
      }),
    ),
  )

  await siege.stand(t, [
    ...discussion,
    ...alone,
    ...below,
    {
      name: 'behind >, above a command of her own',
      mail: await gpgMimeSigned(alice, {
        to: COMMAND,
        text: `${attribution}\n${quote(siege.command)}\nembargod acme\nhelp\n`,
      }),
      outcome: 'command',
      reason: 'nothing-changed',
      told: [ALICE_ADDRESS],
    },
    {
      name: 'a confirmation behind >',
      mail: await gpgMimeSigned(alice, {
        to: COMMAND,
        text: `Shall I?\n\n> confirm acme abcdefghijklmnop\n`,
      }),
      reason: 'E-SYNTAX',
      told: [ALICE_ADDRESS],
    },
    {
      name: 'a confirmation that does not stand alone',
      mail: await gpgMimeSigned(alice, {
        to: COMMAND,
        text: `confirm acme abcdefghijklmnop\naccept ${id}\n`,
      }),
      reason: 'E-SYNTAX',
      told: [ALICE_ADDRESS],
    },
    {
      name: 'a command below words of her own that are no quotation',
      mail: await gpgMimeSigned(alice, { to: COMMAND, text: `Hello,\nplease do:\n\n${siege.command}` }),
      reason: 'E-SYNTAX',
      told: [ALICE_ADDRESS],
    },
    {
      name: 'in format=flowed',
      mail: await thunderbirdSigned(alice, {
        to: COMMAND,
        text: `I would not.\n\n${attribution}\n${quote(siege.command)}`,
      }),
      reason: 'E-SYNTAX',
      told: [ALICE_ADDRESS],
    },
    {
      name: 'in format=flowed and HTML, encrypted',
      mail: await thunderbirdEncryptedSigned(alice, ours, {
        to: COMMAND,
        text: `I would not do so.\n\n${attribution}\n${quote(siege.command)}`,
        html: `<p>I would not do so.</p><blockquote>${siege.command}</blockquote>`,
      }),
      reason: 'E-SYNTAX',
      told: [ALICE_ADDRESS],
    },
    {
      name: 'at the security address it is a letter',
      mail: await thunderbirdEncryptedSigned(alice, ours, {
        to: SECURITY,
        text: `I would rather not.\n\n${attribution}\n${quote(siege.command)}`,
      }),
      outcome: 'report',
      reason: 'new-case',
      told: [ALICE_ADDRESS, ...ADMINS],
    },
  ])

  await t.test('each command of her own was answered with what was not read', async () => {
    const texts = (await acme.inboxOf(alice)).map(({ text }) => text.replace(/\s+/g, ' '))
    const transcripts = texts.filter(text => text.includes(`ok: show ${id}`))
    assert.equal(transcripts.length, below.length)
    for (const text of transcripts)
      assert.match(text, /(?:One line|\d+ lines) below the end of your commands w(?:as|ere) not read/)
    for (const text of texts) assert.doesNotMatch(text, /ok: accept/)
  })
  await siege.end(t)
})
