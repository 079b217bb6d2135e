// The shapes in which reports come, each as a program of its time makes it: gpg does the OpenPGP, the rest is
// written after mails of the program that is named. Each says what the admins must be told of it.
import { dearmor } from '../openpgp/material.ts'
import type { GnuPG } from '../support/gpg.ts'
import { encryptedReport, gpgClearsigned, gpgMimeEncrypted, plainMail } from '../support/mail.ts'
import { attachmentEntity, crlf, encoded, entity, multipart, octetsOf, resolve } from '../support/mime.ts'
import {
  alternative,
  htmlEntity,
  mail,
  mixed,
  multipartEncrypted,
  multipartSigned,
  textEntity,
} from '../support/pgp-mime.ts'

export const TO = 'security@acme.example'

export type Writer = {
  readonly reporter: GnuPG
  /** Whose key we do not have and who does not have ours. */
  readonly stranger: GnuPG
  /** Fingerprint of the key to encrypt to. */
  readonly ourKey: string
  readonly ourCertificate: Buffer
}

export type ReportShape = {
  readonly name: string
  /** `words` are to be read by the admins, in the mail to them or in a file of it. */
  readonly write: (words: string, writer: Writer) => Promise<Buffer> | Buffer
  /** What the mail as a whole is called; the case is `clear` only for `none`. */
  readonly protection: 'none' | 'encrypted' | 'partly' | 'undecryptable'
  /** The line above the words, or the name of the file they are in; none if nobody can read them. */
  readonly state?: 'encrypted, signed' | 'encrypted' | 'clear, signed' | 'clear' | `file ${string}`
  readonly outcome?: 'report' | 'report-noack'
}

const from = (person: GnuPG, content: string, more: readonly (readonly [string, string])[] = []): Buffer =>
  mail(resolve({ to: TO, subject: 'Report', headers: more }, person.mailbox), content)

const base64 = (contentType: string, octets: Uint8Array | string, fileName?: string): string =>
  entity(contentType, encoded(octets, 'base64'), [
    ['Content-Transfer-Encoding', 'base64'],
    ...(fileName === undefined
      ? []
      : [['Content-Disposition', `attachment; filename="${fileName}"`] as const]),
  ])

const inMime = (words: string): Buffer => octetsOf(textEntity(words))
const armoredTo = (
  { reporter, ourKey }: Writer,
  octets: Uint8Array | string,
  ...options: readonly string[]
) => reporter.encryptSign([ourKey, reporter], octets, { gpgOptions: options })
const unsignedTo = ({ reporter, ourKey }: Writer, octets: Uint8Array | string) =>
  reporter.encryptSign([ourKey], octets, { signed: 'unsigned' })
const version = entity('application/pgp-encrypted; name="PGPMIME version identification"', 'Version: 1\r\n', [
  ['Content-Description', 'PGP/MIME version identification'],
])
const encryptedAsc = (message: string): string =>
  entity('application/octet-stream; name="encrypted.asc"', crlf(message), [
    ['Content-Disposition', 'attachment; filename="encrypted.asc"'],
    ['Content-Description', 'OpenPGP encrypted message'],
  ])
const container = (type: string, parts: readonly string[]): string =>
  entity(`${type}; boundary="=_b"`, multipart('=_b', parts))

const encryptions: readonly ReportShape[] = [
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

const inClear: readonly ReportShape[] = [
  {
    name: 'PGP/MIME signed, the key attached',
    write: async (text, { reporter }) => {
      const key = base64('application/pgp-keys', await reporter.exportPublic('minimal'), 'key.asc')
      return from(reporter, await multipartSigned(reporter, mixed([textEntity(text), key])))
    },
    protection: 'none',
    state: 'clear, signed',
  },
  {
    name: 'inline cleartext signature',
    write: (text, { reporter }) => gpgClearsigned(reporter, { to: TO, text }),
    protection: 'none',
    state: 'clear',
  },
  {
    name: 'HTML only',
    write: (text, { reporter }) =>
      from(reporter, htmlEntity(`<html><body><p>Hello,</p><p>${text}</p></body></html>`)),
    protection: 'none',
    state: 'clear',
  },
  {
    name: 'a forward of a forward, as attachments, HTML within',
    write: (text, { reporter, stranger }) => {
      const innermost = from(stranger, htmlEntity(`<p>${text}</p>`)).toString('latin1')
      const middle = from(
        stranger,
        mixed([htmlEntity('<p>see below</p>'), entity('message/rfc822', innermost)]),
      )
      return from(reporter, mixed([textEntity('fyi\n'), entity('message/rfc822', middle.toString('latin1'))]))
    },
    protection: 'none',
    state: 'clear',
  },
  {
    name: 'winmail.dat beside its text (Outlook)',
    write: (text, { reporter }) => {
      const tnef = Buffer.concat([Buffer.from('789f3e22', 'hex'), Buffer.from([1, 0]), Buffer.alloc(40, 7)])
      return from(
        reporter,
        mixed([textEntity(text), base64('application/ms-tnef; name="winmail.dat"', tnef, 'winmail.dat')]),
      )
    },
    protection: 'none',
    state: 'clear',
  },
  {
    name: 'no Subject, no Date, no Message-ID',
    write: (text, { reporter }) => octetsOf(`From: ${reporter.mailbox}\r\nTo: ${TO}\r\n\r\n${text}\r\n`),
    protection: 'none',
    state: 'clear',
  },
  {
    name: '8-bit header fields in Latin-1',
    write: (text, { reporter }) =>
      octetsOf(`From: J\xf6rg <${reporter.address}>\r\nTo: ${TO}\r\nSubject: L\xfccke\r\n\r\n${text}\r\n`),
    protection: 'none',
    state: 'clear',
  },
  {
    name: 'header fields in UTF-8 (RFC 6532)',
    write: (text, { reporter }) =>
      Buffer.from(`From: Jörg <${reporter.address}>\r\nTo: ${TO}\r\nSubject: Lücke\r\n\r\n${text}\r\n`),
    protection: 'none',
    state: 'clear',
  },
  {
    name: 'lines that end with CR alone',
    write: (text, { reporter }) => octetsOf(`From: ${reporter.mailbox}\rTo: ${TO}\rSubject: x\r\r${text}\r`),
    protection: 'none',
    state: 'clear',
  },
  {
    name: 'lines that end with LF alone, a multipart',
    write: (text, { reporter }) =>
      Buffer.from(
        plainMail({ from: reporter.mailbox, to: TO, text }).toString('latin1').replaceAll('\r\n', '\n'),
        'latin1',
      ),
    protection: 'none',
    state: 'clear',
  },
  {
    name: 'no address that could be answered',
    write: text => octetsOf(`From: undisclosed\r\nTo: ${TO}\r\nSubject: x\r\n\r\n${text}\r\n`),
    protection: 'none',
    state: 'clear',
    outcome: 'report-noack',
  },
]

/** Greek, Cyrillic, Japanese, Chinese, Korean, … each in what is still sent in its country. */
const charsets: readonly (readonly [label: string, octets: string, words: string])[] = [
  ['windows-1252', '4cfc636b653a208032', 'Lücke: €2'],
  ['iso-8859-15', '4cfc636b653a20a432', 'Lücke: €2'],
  ['iso-8859-2', 'c8c120bfb3', 'ČÁ żł'],
  ['windows-1251', 'e4fbf0e0', 'дыра'],
  ['koi8-r', 'c4d9d2c1', 'дыра'],
  ['iso-8859-7', 'f4f1fdf0e1', 'τρύπα'],
  ['windows-1255', 'e7e5f8', 'חור'],
  ['windows-1256', 'cbdbd1c9', 'ثغرة'],
  ['shift_jis', '90c68ee390ab', '脆弱性'],
  ['iso-2022-jp', '1b244240483c65402d1b2842', '脆弱性'],
  ['euc-jp', 'c0c8bce5c0ad', '脆弱性'],
  ['gb2312', 'c2a9b6b4', '漏洞'],
  ['gb18030', 'c2a9b6b4', '漏洞'],
  ['big5', 'ba7cac7d', '漏洞'],
  ['euc-kr', 'c3ebbee0c1a1', '취약점'],
  ['ks_c_5601-1987', 'c3ebbee0c1a1', '취약점'],
  ['tis-620', 'aacdc7e2cbc7e8', 'ชอวโหว่'],
  ['utf-16le', '4c00fc00', 'Lü'],
  ['utf-8', '4cc3bc', 'Lü'],
  ['unknown-8bit', '4cfc', 'Lü'],
]

/** One mail a charset: `words` are what the octets mean. */
export const CHARSETS = charsets.map(([label, octets, words]) => ({
  label,
  words,
  mail: (writer: Writer): Buffer =>
    from(writer.reporter, base64(`text/plain; charset=${label}`, Buffer.from(octets, 'hex'))),
}))

export const REPORTS: readonly ReportShape[] = [...encryptions, ...inClear]
