// Threat A05: a mail that an admin truly signed, about something else, and an unsigned command laid before,
// behind and around it in every way that MIME offers.
import { test } from 'node:test'
import { GnuPG } from '../support/gpg.ts'
import { boundary, crlf, entity, multipart, octetsOf } from '../support/mime.ts'
import {
  alternative,
  htmlEntity,
  mixed,
  multipartEncrypted,
  multipartSigned,
  signedBy,
  textEntity,
} from '../support/pgp-mime.ts'
import { until } from '../support/workspace.ts'
import { ADMINS, ALICE_ADDRESS, type Attack, fromAlice, Siege, skip } from './support.ts'

const WORDS = 'Thanks for the draft. I read it on the train and agree with all of it.\n'

const ofType = (type: string, parts: readonly string[], parameters = ''): string => {
  const limit = boundary()
  return entity(`${type};${parameters} boundary="${limit}"`, multipart(limit, parts))
}
const related = (...parts: readonly string[]) => ofType('multipart/related', parts)
const forwarded = (mail: string) => entity('message/rfc822', mail)

test("A05 an admin's signature on another text carries no command", { skip }, async t => {
  const siege = await Siege.make(t)
  const { acme, canary } = siege
  const { alice } = acme
  const ours = [await acme.fingerprintOf('mail')]
  const mallory = await until(t, GnuPG.create('Mallory', 'mallory@evil.example'))
  await mallory.importKey(await acme.publicKey('mail'))

  const inner = textEntity(WORDS)
  const signature = await alice.detachSign(inner)
  const signed = signedBy(signature, inner)
  const signaturePart = entity('application/pgp-signature', crlf(signature))
  const command = textEntity(`${siege.command}\n-- \n${canary}\n`)
  const commandText = siege.command
  const inMessage = await alice.sign(crlf(WORDS))
  const encryptedWords = multipartEncrypted(await alice.encryptSign(ours, octetsOf(inner)))
  const enclosed = async (content: string) =>
    multipartEncrypted(await mallory.encryptSign(ours, octetsOf(content), { signed: 'unsigned' }))

  const refused = (name: string, content: string, reason = 'partly-signed'): Attack => ({
    name,
    mail: fromAlice(content, { subject: canary }),
    reason,
    courtesy: ALICE_ADDRESS,
  })

  await siege.stand(t, [
    refused('before it in a mixed', mixed([command, signed])),
    refused('behind it in a mixed', mixed([signed, command])),
    refused('around it in a mixed', mixed([command, signed, command])),
    refused('before it in an alternative', alternative([command, signed])),
    refused('behind it in an alternative', alternative([signed, command])),
    refused('before it in a related', related(command, signed)),
    refused('behind it in a related', related(signed, command)),
    refused(
      'in a related whose root it names',
      ofType('multipart/related', [signed, command], ' start="<c>";'),
    ),
    refused('before it, one container deeper', mixed([mixed([command, signed])])),
    refused(
      'before it, each in a container of its own',
      mixed([mixed([command, command]), mixed([signed, inner])]),
    ),
    refused('in HTML before it', mixed([alternative([command, htmlEntity('<p>x</p>')]), signed])),
    refused(
      'before the signed text in the multipart/signed',
      ofType('multipart/signed', [command, inner, signaturePart]),
    ),
    refused(
      'behind the signed text in the multipart/signed',
      ofType('multipart/signed', [inner, command, signaturePart]),
    ),
    refused(
      'behind the signature in the multipart/signed',
      ofType('multipart/signed', [inner, signaturePart, command]),
    ),
    // The owner of the key hears, once a day, that something was sent under it.
    { ...refused('in place of the signed text', signedBy(signature, command), 'bad'), told: [ALICE_ADDRESS] },
    refused(
      'in a mixed with the signed text under its signature',
      signedBy(signature, mixed([command, inner])),
      'second-text',
    ),
    refused('between two signatures', ofType('multipart/signed', [command, signaturePart, signaturePart])),
    refused('beside a bare signature', mixed([command, signaturePart]), 'unsigned'),
    refused(
      'signed together with it by the attacker',
      await multipartSigned(mallory, mixed([command, signed])),
      'container-before-text',
    ),
    refused(
      'signed by the attacker, in it a mail signed by the admin',
      await multipartSigned(mallory, signed),
      'container-before-text',
    ),
    refused('before the mail, forwarded', mixed([command, forwarded(signed)]), 'unsigned'),
    {
      ...refused(
        'in a forwarded mail around it, which nobody reads as a command',
        forwarded(mixed([command, signed])),
      ),
      outcome: 'report',
      reason: 'new-case',
      courtesy: undefined,
      told: [ALICE_ADDRESS, ...ADMINS],
    },
    refused(
      'in front of a header of the signed mail',
      mixed([entity('text/rfc822-headers', crlf(commandText)), signed]),
    ),
    refused('in the text before a signed message', textEntity(`${commandText}\n${inMessage}`)),
    refused('in the text behind a signed message', textEntity(`${inMessage}\n${commandText}`)),
    refused('before a part that is a signed message', mixed([command, textEntity(inMessage)])),
    refused('before a part that was encrypted and signed', mixed([command, encryptedWords])),
    refused('behind a part that was encrypted and signed', mixed([encryptedWords, command])),
    refused('before it, all of it encrypted', await enclosed(mixed([command, signed]))),
    refused('behind it, all of it encrypted', await enclosed(mixed([signed, command]))),
    refused('in place of the signed text, encrypted', await enclosed(signedBy(signature, command)), 'bad'),
  ])
  await siege.end(t)
})
