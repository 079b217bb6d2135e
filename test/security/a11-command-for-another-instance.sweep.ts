// Threat A11: commands that an admin truly signed for another instance, the staging one for example, of which
// the same person is an admin, delivered here.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gpgMimeSigned, thunderbirdEncryptedSigned } from '../support/mail.ts'
import { ALICE_ADDRESS, type Attack, COMMAND, SECURITY, Siege, skip } from './support.ts'

test('A11 what was signed for another instance does nothing here', { skip }, async t => {
  const siege = await Siege.make(t)
  const { acme, canary, id } = siege
  const { alice } = acme
  const ours = [await acme.fingerprintOf('mail')]
  const opened = (first: string): string => `${first}\n# ${canary}\naccept ${id}\n`

  const texts: Readonly<Record<string, string>> = {
    'another name': opened('embargod other'),
    'our name with more behind it': opened('embargod acme-staging'),
    'our name with a digit behind it': opened('embargod acme2'),
    'the beginning of our name': opened('embargod acm'),
    'our name and another': opened('embargod acme other'),
    'another name and ours': opened('embargod other acme'),
    'our name with a full stop': opened('embargod acme.'),
    'our name in Cyrillic letters': opened('embargod асme'),
    'our name with a character nobody sees': opened('embargod ac\u200bme'),
    'our name behind a hidden line end': opened('embargod other\u2028embargod acme'),
    'no name': opened('embargod'),
    'no opening line': `accept ${id}\n# ${canary}\n`,
    'another name, tried only': opened('embargod other dry-run'),
    'another name, then ours': opened('embargod other\nembargod acme'),
    'another name above a blank line and ours': opened('embargod other\n\nembargod acme'),
    'a confirmation for another name': 'confirm other abcdefghijklmnop\n',
    'a confirmation without a name': 'confirm abcdefghijklmnop\n',
    'a comment in place of the opening line': opened('# embargod acme'),
  }
  const refused = async ([name, text]: readonly [string, string]): Promise<Attack> => ({
    name,
    mail: await gpgMimeSigned(alice, { to: COMMAND, text }),
    reason: 'E-SYNTAX',
    told: [ALICE_ADDRESS],
  })

  await siege.stand(t, [
    ...(await Promise.all(Object.entries(texts).map(refused))),
    {
      name: 'another name, encrypted to us',
      mail: await thunderbirdEncryptedSigned(alice, ours, {
        to: COMMAND,
        text: opened('embargod elsewhere'),
      }),
      reason: 'E-SYNTAX',
      told: [ALICE_ADDRESS],
    },
    {
      name: 'another name, at the security address',
      mail: await gpgMimeSigned(alice, { to: SECURITY, text: opened('embargod abroad') }),
      reason: 'E-SYNTAX',
      told: [ALICE_ADDRESS],
    },
    {
      name: 'our own name in capitals, as a phone writes it: accepted',
      mail: await gpgMimeSigned(alice, { to: COMMAND, text: `Embargod ACME\nshow ${id}\n` }),
      outcome: 'command',
      reason: 'nothing-changed',
      told: [ALICE_ADDRESS],
    },
  ])

  await t.test('the signer was told, under encryption, which instance this is', async () => {
    const texts = (await acme.inboxOf(alice))
      .filter(({ wasEncrypted, text }) => wasEncrypted && text.includes('E-SYNTAX'))
      .map(({ text }) => text.replace(/\s+/g, ' '))
    for (const name of ['other', 'acme-staging', 'acme2', 'acm', 'elsewhere', 'abroad'])
      assert.ok(
        texts.some(text => text.includes(`embargod ${name} This is the instance acme;`)),
        name,
      )
  })
  await siege.end(t)
})
