// Threat A06: an admin truly signed the mail, and the command stands in it where nobody looks for one.
import { test } from 'node:test'
import {
  gpgInlineEncryptedSigned,
  gpgMimeEncryptedAroundSigned,
  gpgMimeSigned,
  muttSigned,
  thunderbirdEncryptedSigned,
  thunderbirdSigned,
} from '../support/mail.ts'
import { attachmentEntity, boundary, crlf, entity, multipart } from '../support/mime.ts'
import { alternative, htmlEntity, mixed, multipartSigned, textEntity } from '../support/pgp-mime.ts'
import { ALICE_ADDRESS, type Attack, COMMAND, fromAlice, Siege, skip } from './support.ts'

const WORDS = 'I looked into it and will write tomorrow.\n'
const words = textEntity(WORDS)

const ofType = (type: string, ...parts: readonly string[]): string => {
  const limit = boundary()
  return entity(`${type}; boundary="${limit}"`, multipart(limit, parts))
}

test('A06 a command counts only in the one text that a signed mail has', { skip }, async t => {
  const siege = await Siege.make(t)
  const { acme, canary, id } = siege
  const { alice } = acme
  const ours = [await acme.fingerprintOf('mail')]
  const { command } = siege
  const there = textEntity(`${command}\n-- \n${canary}\n`)
  const file = attachmentEntity({ fileName: 'command.txt', mediaType: 'text/plain', content: command })
  const attached = `Content-Disposition: attachment\r\n${there}`
  const html = htmlEntity(`<pre>${command}</pre>`)
  const message = entity('message/rfc822', `Subject: ${canary}\r\n${there}`)

  const signed = async (content: string, subject = canary): Promise<Buffer> =>
    fromAlice(await multipartSigned(alice, content), { subject })
  /** Read as command mail, which it is not; its signer is told. */
  const notRead = async (name: string, content: string): Promise<Attack> => ({
    name,
    mail: await signed(content),
    reason: 'E-SYNTAX',
    told: [ALICE_ADDRESS],
  })
  const misshapen = async (name: string, content: string, reason: string): Promise<Attack> => ({
    name,
    mail: await signed(content),
    reason,
    courtesy: ALICE_ADDRESS,
  })
  const honest = (name: string, mail: Buffer): Attack => ({
    name: `${name}: accepted`,
    mail,
    outcome: 'command',
    reason: 'nothing-changed',
    told: [ALICE_ADDRESS],
  })
  const asking = () => ({ to: COMMAND, text: `embargod acme\nshow ${id}\n# ${canary} ${boundary()}\n` })
  const withParts = (parts: readonly string[], before: string, behind: string): string => {
    const limit = boundary()
    return entity(`multipart/mixed; boundary="${limit}"`, `${multipart(limit, parts, before)}${behind}`)
  }

  await siege.stand(t, [
    await notRead('a named attachment', mixed([words, file])),
    await notRead('a named attachment, one container deeper', mixed([words, mixed([file])])),
    await notRead('a named attachment alone beside an empty text', mixed([textEntity('\n'), file])),
    await misshapen('a text that is an attachment without a name', mixed([words, attached]), 'second-text'),
    await misshapen('the only text, but an attachment', attached, 'no-text'),
    await notRead('the HTML form of another text', alternative([words, html])),
    await misshapen('HTML only', html, 'html-only'),
    await misshapen('HTML beside the text', mixed([words, html]), 'second-text'),
    await misshapen('a second text', mixed([words, there]), 'second-text'),
    await misshapen('the first of two texts', mixed([there, words]), 'second-text'),
    await misshapen('a second text below an empty one', mixed([textEntity('\n'), there]), 'second-text'),
    await misshapen('a second text, one container deeper', mixed([words, mixed([there])]), 'second-text'),
    await misshapen('the second form of an alternative', alternative([words, there]), 'second-text'),
    await misshapen('the first form of an alternative of texts', alternative([there, words]), 'second-text'),
    await misshapen(
      'a text in the second form of an alternative',
      alternative([words, mixed([html, there])]),
      'second-text',
    ),
    await misshapen('a mail inside', message, 'container-before-text'),
    await misshapen('a mail inside, before the text', mixed([message, words]), 'container-before-text'),
    await misshapen('a mail inside, behind the text', mixed([words, message]), 'container-before-text'),
    await notRead(
      'a mail attached under a name',
      mixed([words, attachmentEntity({ fileName: 'a.eml', mediaType: 'message/rfc822', content: there })]),
    ),
    await misshapen('a related', ofType('multipart/related', there, words), 'container-before-text'),
    await misshapen('a digest', ofType('multipart/digest', message), 'container-before-text'),
    await misshapen('a parallel', ofType('multipart/parallel', there), 'container-before-text'),
    await misshapen('a signed mail inside', await multipartSigned(alice, there), 'container-before-text'),
    await misshapen('enriched text', textEntity(command, 'text/enriched'), 'no-text'),
    await misshapen('text of no kind', textEntity(command, 'application/octet-stream'), 'no-text'),
    await notRead(
      'UTF-7',
      textEntity(command.replace('embargod', '+AGU-mbargod'), 'text/plain; charset=utf-7'),
    ),
    await notRead('the preamble of the signed text', withParts([words], crlf(command), '')),
    await notRead('the epilogue of the signed text', withParts([words], '', crlf(command))),
    await notRead('a header field of the signed text', `X-Command: ${id}\r\nSubject: ${canary}\r\n${words}`),
    {
      ...(await notRead('the preamble around the signature', words)),
      mail: fromAlice(
        await multipartSigned(alice, textEntity(`${WORDS}Yours,\n`), { preamble: crlf(command) }),
      ),
    },
    {
      ...(await notRead('the epilogue around the signature', words)),
      mail: fromAlice(`${await multipartSigned(alice, textEntity(`${WORDS}Bye.\n`))}${crlf(command)}`),
    },
    {
      ...(await notRead('the Subject', words)),
      mail: await gpgMimeSigned(alice, {
        to: COMMAND,
        subject: `embargod acme accept ${id}`,
        text: `${WORDS}${canary}\n`,
      }),
    },
    {
      ...(await notRead('the Subject inside', words)),
      mail: await thunderbirdEncryptedSigned(alice, ours, {
        to: COMMAND,
        subject: `embargod acme accept ${id}`,
        text: `${WORDS}${canary}\n`,
      }),
    },
    honest('Thunderbird, key attached', await thunderbirdSigned(alice, asking())),
    honest('Thunderbird, with HTML', await thunderbirdSigned(alice, { ...asking(), html: '<p>x</p>' })),
    honest(
      'Thunderbird, encrypted, with HTML and a file',
      await thunderbirdEncryptedSigned(alice, ours, {
        ...asking(),
        html: '<p>x</p>',
        attachments: [{ fileName: `${canary}.patch`, content: 'x\n' }],
      }),
    ),
    honest('Mutt', await muttSigned(alice, asking())),
    honest(
      'gpg, encrypted around the signed mail',
      await gpgMimeEncryptedAroundSigned(alice, ours, asking()),
    ),
    honest('gpg, one message', await gpgInlineEncryptedSigned(alice, ours, asking())),
  ])
  await siege.end(t)
})
