// Threat A02: a perfect command, rightly signed by a key that nobody enrolled and whose user id is an admin's.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { armor } from '../openpgp/material.ts'
import { GnuPG } from '../support/gpg.ts'
import {
  gpgInlineEncryptedSigned,
  gpgInlineSigned,
  gpgMimeEncryptedAroundSigned,
  gpgMimeSigned,
  thunderbirdEncryptedSigned,
  thunderbirdSigned,
} from '../support/mail.ts'
import { attachmentEntity } from '../support/mime.ts'
import { mixed, multipartSigned, signedBy, textEntity } from '../support/pgp-mime.ts'
import { until } from '../support/workspace.ts'
import { claiming, grafted } from './packets.ts'
import { ALICE_ADDRESS, type Attack, COMMAND, fromAlice, SECURITY, Siege, skip } from './support.ts'

test("A02 a stranger's key with an admin's name commands nothing and is not taken up", { skip }, async t => {
  const siege = await Siege.make(t)
  const { acme, canary } = siege
  const { alice } = acme
  const eve = await until(t, GnuPG.create(alice.name, alice.address))
  await eve.importKey(await acme.publicKey('mail'))
  const ours = [await acme.fingerprintOf('mail')]
  const written = { to: COMMAND, subject: canary, text: `${siege.command}\n-- \n${canary}\n` }
  const bare = textEntity(written.text)
  const subkey = await eve.addSubkey('sign')
  const refused = (name: string, mail: Buffer, reason = 'unknown-key'): Attack => ({
    name,
    mail,
    reason,
    courtesy: ALICE_ADDRESS,
  })

  await siege.stand(t, [
    refused('signed', await gpgMimeSigned(eve, written)),
    refused('signed, the key attached and in Autocrypt', await thunderbirdSigned(eve, written), 'E-KEY'),
    refused('signed again, now that the key was seen', await gpgMimeSigned(eve, written)),
    refused('signed in one message', await gpgInlineSigned(eve, written)),
    refused('encrypted with the signature inside', await gpgInlineEncryptedSigned(eve, ours, written)),
    refused(
      'encrypted with signature and key inside',
      await thunderbirdEncryptedSigned(eve, ours, written),
      'E-KEY',
    ),
    refused('encrypted around a signed mail', await gpgMimeEncryptedAroundSigned(eve, ours, written)),
    refused(
      "signed, with the admin's own certificate attached",
      await thunderbirdSigned(eve, { ...written, keyOf: alice }),
    ),
    refused(
      "signed by a subkey that is attached as one of the admin's certificate",
      fromAlice(
        await multipartSigned(
          eve,
          mixed([
            bare,
            attachmentEntity({
              fileName: 'alice.asc',
              mediaType: 'application/pgp-keys',
              content: armor('PUBLIC KEY BLOCK', await grafted(alice, eve)),
            }),
          ]),
          { signing: { signWith: `${subkey}!` } },
        ),
      ),
    ),
    refused(
      "signed, the key id of the signature changed to the admin's",
      fromAlice(signedBy(claiming(alice, await eve.detachSign(bare)), bare)),
    ),
  ])
  // By itself, since it makes the key that of a reporter.
  await siege.stand(t, [
    {
      name: 'at the security address it is a report, which only real admins read',
      mail: await thunderbirdSigned(eve, { ...written, to: SECURITY }),
      outcome: 'report',
      reason: 'new-case',
      told: [ALICE_ADDRESS, ALICE_ADDRESS, 'bob@team.example'],
    },
  ])

  await t.test('nothing but an acknowledgement was encrypted to that key', async () => {
    const [, hers = ''] = await eve.keyFingerprints()
    const kept: Buffer[] = []
    for (const { octets, to } of acme.submission.mails)
      if (to.includes(ALICE_ADDRESS) && (await eve.recipientKeyIds(octets)).some(id => hers.endsWith(id)))
        kept.push(octets)
    assert.equal(kept.length, 1)
    assert.doesNotMatch((await eve.decrypt(kept[0] ?? '')).octets.toString('latin1'), new RegExp(canary))
  })
  await siege.end(t)
})
