// The shapes in which encrypted reports come, each as a program of its time makes it: gpg does the OpenPGP, the rest
// is written after mails of the program that is named.
import { dearmor } from '../openpgp/material.ts'
import { encryptedReport, gpgMimeEncrypted } from '../support/mail.ts'
import { attachmentEntity, crlf, encoded, entity, multipart, octetsOf } from '../support/mime.ts'
import {
  alternative,
  htmlEntity,
  mixed,
  multipartEncrypted,
  multipartSigned,
  textEntity,
} from '../support/pgp-mime.ts'
import {
  armoredTo,
  base64,
  container,
  encryptedAsc,
  from,
  inMime,
  type ReportShape,
  TO,
  unsignedTo,
  version,
} from './shape-writing.ts'

/** Encrypted in whole or in part, or so that we cannot read it. */
export const ENCRYPTED: readonly ReportShape[] = [
  {
    name: 'PGP/MIME, encrypted and signed inside, the key within (Thunderbird)',
    write: (text, { reporter, ourKey }) => encryptedReport(reporter, [ourKey], { to: TO, text }),
    protection: 'encrypted',
    state: 'encrypted, signed',
  },
  {
    name: 'PGP/MIME, encrypted only',
    write: (text, { reporter, ourKey }) => gpgMimeEncrypted(reporter, [ourKey], { to: TO, text }),
    protection: 'encrypted',
    state: 'encrypted',
  },
  {
    name: 'PGP/MIME, a signed entity inside the encryption (RFC 3156 §6.1), key attached',
    write: async (text, writer) => {
      const key = base64('application/pgp-keys', await writer.reporter.exportPublic('minimal'), 'key.asc')
      const signed = await multipartSigned(writer.reporter, mixed([textEntity(text), key]))
      return from(writer.reporter, multipartEncrypted(await unsignedTo(writer, octetsOf(signed))))
    },
    protection: 'encrypted',
    state: 'encrypted, signed',
  },
  {
    name: 'PGP/MIME for hidden recipients (--throw-keyids)',
    write: async (text, writer) =>
      from(writer.reporter, multipartEncrypted(await armoredTo(writer, inMime(text), '--throw-keyids'))),
    protection: 'encrypted',
    state: 'encrypted',
  },
  {
    name: 'PGP/MIME for several keys, ours the last',
    write: async (text, { reporter, stranger, ourKey }) => {
      const message = await reporter.encryptSign([stranger, reporter, ourKey], inMime(text), {
        signed: 'unsigned',
      })
      return from(reporter, multipartEncrypted(message))
    },
    protection: 'encrypted',
    state: 'encrypted',
  },
  {
    name: 'PGP/MIME for another key than ours',
    write: async (text, { stranger }) => {
      const message = await stranger.encryptSign([stranger], inMime(text))
      return from(stranger, multipartEncrypted(message))
    },
    protection: 'undecryptable',
  },
  {
    name: 'PGP/MIME with a protected Subject after RFC 9788',
    write: async (text, writer) => {
      const inner = `Content-Type: text/plain; charset=utf-8; hp="cipher"\r\nSubject: ${text}\r\nHP-Outer: Subject: [...]\r\n\r\nSee the subject.\r\n`
      return from(writer.reporter, multipartEncrypted(await armoredTo(writer, octetsOf(inner))))
    },
    protection: 'encrypted',
    state: 'encrypted',
  },
  {
    name: 'PGP/MIME with a legacy display part (Enigmail, protected-headers v1)',
    write: async (text, writer) => {
      const display = entity('text/rfc822-headers; protected-headers="v1"', `Subject: ${text}\r\n`, [
        ['Content-Disposition', 'inline'],
      ])
      const parts = multipart('L', [display, textEntity('See the subject.\n')])
      const inner = `Content-Type: multipart/mixed; boundary="L";\r\n protected-headers="v1"\r\nSubject: ${text}\r\n\r\n${parts}`
      return from(writer.reporter, multipartEncrypted(await armoredTo(writer, octetsOf(inner))))
    },
    protection: 'encrypted',
    state: 'encrypted',
  },
  {
    name: 'PGP/MIME that Exchange has made multipart/mixed, with a blank text before it',
    write: async (text, writer) => {
      const message = await unsignedTo(writer, inMime(text))
      return from(
        writer.reporter,
        container('multipart/mixed', [textEntity('\n'), version, encryptedAsc(message)]),
        [['X-MS-Has-Attach', 'yes']],
      )
    },
    protection: 'encrypted',
    state: 'encrypted',
  },
  {
    name: 'PGP/MIME that Exchange has made multipart/mixed, its types gone',
    write: async (text, writer) => {
      const message = await unsignedTo(writer, inMime(text))
      const first = base64('application/octet-stream; name="ATT00001.bin"', 'Version: 1\r\n', 'ATT00001.bin')
      return from(
        writer.reporter,
        container('multipart/mixed', [first, base64('application/octet-stream', message, 'encrypted.asc')]),
      )
    },
    protection: 'partly',
    state: 'encrypted',
  },
  {
    name: 'PGP/MIME to which a list has put a footer (Mailman)',
    write: async (text, writer) => {
      const encrypted = multipartEncrypted(await armoredTo(writer, inMime(text)))
      return from(writer.reporter, container('multipart/mixed', [encrypted, textEntity('___\nfooter\n')]))
    },
    protection: 'partly',
    state: 'encrypted',
  },
  {
    name: 'PGP/MIME inside a mail that was forwarded as an attachment',
    write: async (text, writer) => {
      const inner = await gpgMimeEncrypted(writer.reporter, [writer.ourKey], { to: TO, text })
      const forwarded = entity('message/rfc822; name="report.eml"', inner.toString('latin1'), [
        ['Content-Disposition', 'attachment; filename="report.eml"'],
      ])
      return from(writer.stranger, mixed([textEntity('Found in my own inbox.\n'), forwarded]))
    },
    protection: 'partly',
    state: 'encrypted',
  },
  {
    name: 'inline PGP, encrypted and signed',
    write: async (text, writer) => from(writer.reporter, textEntity(await armoredTo(writer, text))),
    protection: 'encrypted',
    state: 'encrypted',
  },
  {
    name: 'inline PGP with words around it',
    write: async (text, writer) =>
      from(writer.reporter, textEntity(`Hello,\n\n${await armoredTo(writer, text)}\n-- \nR.\n`)),
    protection: 'partly',
    state: 'encrypted',
  },
  {
    name: 'inline PGP that a program has broken into quoted-printable',
    write: async (text, writer) => {
      const block = await armoredTo(writer, text)
      const content = encoded(block.replace(/^(.{40})$/gm, '$1 '), 'quoted-printable')
      return from(
        writer.reporter,
        entity('text/plain; charset=iso-8859-1', content, [
          ['Content-Transfer-Encoding', 'quoted-printable'],
        ]),
      )
    },
    protection: 'encrypted',
    state: 'encrypted',
  },
  {
    name: 'inline PGP in plain text and in HTML (Mailvelope in a webmail)',
    write: async (text, writer) => {
      const block = await armoredTo(writer, text)
      const html = `<div dir="ltr">${block.trim().replaceAll('\n', '<br>\n')}</div>`
      return from(writer.reporter, alternative([textEntity(block), htmlEntity(html)]))
    },
    protection: 'encrypted',
    state: 'encrypted',
  },
  {
    name: 'inline PGP in HTML only (Outlook on the web)',
    write: async (text, writer) => {
      const block = (await armoredTo(writer, text)).trim().split('\n')
      const html = `<html><body><div style="font-family:Calibri">${block.map(row => `<div>${row.replaceAll('=', '&#61;') || '&nbsp;'}</div>`).join('\r\n')}</div></body></html>`
      return from(writer.reporter, htmlEntity(html))
    },
    protection: 'encrypted',
    state: 'encrypted',
  },
  {
    name: 'application/pgp, as Mutt wrote it before PGP/MIME',
    write: async (text, writer) =>
      from(
        writer.reporter,
        entity('application/pgp; format=text; x-action=encrypt', crlf(await armoredTo(writer, text))),
      ),
    protection: 'encrypted',
    state: 'encrypted',
  },
  ...(['asc', 'gpg', 'pgp'] as const).map(
    (ending): ReportShape => ({
      name: `an encrypted attachment .${ending} beside words in clear`,
      write: async (text, writer) => {
        const message = await unsignedTo(writer, text)
        const octets = ending === 'asc' ? Buffer.from(message) : dearmor(message)
        const content = base64(
          `application/octet-stream; name="poc.txt.${ending}"`,
          octets,
          `poc.txt.${ending}`,
        )
        return from(writer.reporter, mixed([textEntity('Please see the file.\n'), content]))
      },
      protection: 'partly',
      state: 'file poc.txt',
    }),
  ),
  {
    name: 'inline PGP with its attachments encrypted one by one (Enigmail, PGP Desktop)',
    write: async (text, writer) => {
      const file = await unsignedTo(writer, 'a file\n')
      const attached = attachmentEntity({
        fileName: 'a.txt.pgp',
        mediaType: 'application/octet-stream',
        content: file,
      })
      return from(writer.reporter, mixed([textEntity(await armoredTo(writer, text)), attached]))
    },
    protection: 'encrypted',
    state: 'encrypted',
  },
  {
    name: 'S/MIME, encrypted',
    write: (text, { reporter }) =>
      from(
        reporter,
        base64(
          'application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"',
          `\x30\x80${text}`,
          'smime.p7m',
        ),
      ),
    protection: 'undecryptable',
  },
]
