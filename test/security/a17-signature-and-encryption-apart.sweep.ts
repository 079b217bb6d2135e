// Threat A17: encryption without signature, a signature outside the encryption, and what an admin signed for
// somebody else, encrypted to us by that somebody.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GnuPG } from '../support/gpg.ts'
import { gpgMimeEncrypted, gpgMimeSigned } from '../support/mail.ts'
import { crlf, entity, octetsOf, typed } from '../support/mime.ts'
import { readMail } from '../support/outgoing.ts'
import { mixed, multipartEncrypted, multipartSigned, textEntity } from '../support/pgp-mime.ts'
import { until } from '../support/workspace.ts'
import { reencrypted } from './packets.ts'
import {
  ADMINS,
  ALICE,
  ALICE_ADDRESS,
  type Attack,
  COMMAND,
  fromAlice,
  SECURITY,
  Siege,
  skip,
} from './support.ts'

const MEMBER = 'oncall@distro.example'
const WORDS = 'I would accept that one, what do you think?\n'

test('A17 a signature and an encryption count only the one inside the other', { skip }, async t => {
  const mia = await until(t, GnuPG.create('Mia Member', MEMBER))
  const siege = await Siege.make(t, async acme => {
    const imported = await acme.importMember(mia, 'Distro')
    assert.equal(imported.code, 0, imported.problem)
  })
  const { acme, canary } = siege
  const { alice } = acme
  const ourKey = await acme.publicKey('mail')
  const ours = [await acme.fingerprintOf('mail')]
  for (const key of [ourKey, await alice.exportPublic()]) await mia.importKey(key)

  const command = textEntity(`${siege.command}\n-- \n${canary}\n`)
  const unsigned = (person: GnuPG, content: string) =>
    person.encryptSign(ours, octetsOf(content), { signed: 'unsigned' })
  const enclosed = async (content: string) => multipartEncrypted(await unsigned(mia, content))

  const shared = await alice.encryptSign(
    [...ours, mia],
    octetsOf(textEntity(`embargod acme\nnote ${siege.id} <<\nonce ${canary}\n.\n`)),
  )
  await t.test('a command that is encrypted to a member too runs', async () => {
    const [settled] = await siege.settle([fromAlice(multipartEncrypted(shared))])
    assert.equal(settled?.outcome, 'command')
  })

  // What a reporter encrypted to us and a member came by.
  const intercepted = multipartEncrypted(
    await unsigned(await acme.person('Riya', 'riya@research.example'), textEntity(`Exploit: ${canary}\n`)),
  )
  /** What Alice sent to Mia: signed, and encrypted to her. */
  const toMia = async (text: string) => mia.unwrap(await alice.encryptSign([mia], typed(text)))

  const refused = (name: string, content: string, reason: string): Attack => ({
    name,
    mail: fromAlice(content, { subject: canary }),
    reason,
    courtesy: ALICE_ADDRESS,
  })
  const fromMia = (name: string, content: string, reason: string): Attack => ({
    name,
    mail: fromAlice(content, { from: mia.mailbox, subject: canary }),
    reason,
    courtesy: MEMBER,
  })
  const notRead = (name: string, content: string): Attack => ({
    name,
    mail: fromAlice(content),
    reason: 'E-SYNTAX',
    told: [ALICE_ADDRESS],
  })

  await siege.stand(t, [
    refused('encrypted, and nobody signed', await enclosed(command), 'unsigned'),
    {
      ...refused('encrypted with gpg, and nobody signed', '', 'unsigned'),
      mail: await gpgMimeEncrypted(mia, ours, { from: ALICE, to: COMMAND, text: siege.command }),
    },
    refused(
      'one message, and nobody signed',
      textEntity(await mia.encryptSign(ours, typed(siege.command), { signed: 'unsigned' })),
      'unsigned',
    ),
    refused(
      'signed by the admin outside',
      await multipartSigned(alice, await enclosed(command)),
      'signed-outside',
    ),
    refused(
      'signed by the admin outside, beside words',
      await multipartSigned(alice, mixed([textEntity(siege.command), await enclosed(command)])),
      'signed-outside',
    ),
    refused(
      'signed by the admin inside and outside',
      await multipartSigned(
        alice,
        multipartEncrypted(await alice.encryptSign(ours, octetsOf(textEntity(siege.command)))),
      ),
      'signed-outside',
    ),
    refused(
      'signed by the admin outside, one message in the text',
      await multipartSigned(alice, textEntity(await unsigned(mia, siege.command))),
      'signed-outside',
    ),
    notRead(
      'one message that is signed around one that is encrypted',
      textEntity(await alice.sign(await unsigned(mia, siege.command))),
    ),
    refused(
      'the signature beside the encryption',
      mixed([
        await enclosed(command),
        entity('application/pgp-signature', crlf(await alice.detachSign(command))),
      ]),
      'partly-signed',
    ),
    refused(
      'encrypted around a signature around an encryption',
      await enclosed(await multipartSigned(alice, await enclosed(command))),
      'container-before-text',
    ),
    fromMia(
      'signed by the member inside, around what the admin signed',
      multipartEncrypted(await mia.encryptSign(ours, octetsOf(await multipartSigned(alice, command)))),
      'container-before-text',
    ),
    fromMia(
      'signed by the member outside what was not hers',
      await multipartSigned(mia, intercepted),
      'signed-outside',
    ),
    fromMia(
      'the same below a question of hers',
      await multipartSigned(mia, mixed([textEntity('help\n'), intercepted])),
      'signed-outside',
    ),
    {
      name: 'the same attached to a command of hers',
      mail: await gpgMimeSigned(mia, {
        to: COMMAND,
        text: `embargod acme\nshow ${siege.id}\n`,
        attachments: [{ fileName: 'x.eml', content: intercepted }],
      }),
      reason: 'E-ROLE',
      told: [MEMBER, ...ADMINS],
    },
    {
      name: 'the same at the security address is a report, acknowledged as any other',
      mail: fromAlice(await multipartSigned(mia, intercepted), { from: mia.mailbox, to: SECURITY }),
      outcome: 'report',
      reason: 'new-case',
      told: [MEMBER, ...ADMINS],
    },
    notRead('words of the admin to the member', textEntity(await reencrypted(await toMia(WORDS), ourKey))),
    notRead(
      'a command of the admin to the member, for another instance',
      textEntity(await reencrypted(await toMia(siege.command.replace('acme', 'distro')), ourKey)),
    ),
    notRead(
      'a mail of the admin to the member',
      await enclosed(await multipartSigned(alice, textEntity(WORDS))),
    ),
    {
      name: 'the command that she could read and that ran, encrypted to us by the member',
      mail: fromAlice(multipartEncrypted(await reencrypted(await mia.unwrap(shared), ourKey)), {
        from: mia.mailbox,
      }),
      reason: 'E-REPLAY',
    },
  ])

  await t.test('nothing that was decrypted went to whoever signed outside', async () => {
    const mails = acme.submission.mails.filter(({ to }) => to.includes(MEMBER))
    assert.ok(mails.length > 0)
    for (const { octets } of mails) {
      const read = await readMail(octets, mia)
      assert.ok(!read.entity.includes(canary))
      assert.ok(!octets.includes(canary))
    }
    assert.equal((await siege.theCase())['notes'], 1)
  })
  await siege.end(t)
})
