import { gpgClearsigned, plainMail } from '../support/mail.ts'
import { entity, octetsOf } from '../support/mime.ts'
import { htmlEntity, mixed, multipartSigned, textEntity } from '../support/pgp-mime.ts'
import { ENCRYPTED } from './encrypted-shapes.ts'
import { base64, from, type ReportShape, TO, type Writer } from './shape-writing.ts'

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
    state: 'signed in the text',
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

export const REPORTS: readonly ReportShape[] = [...ENCRYPTED, ...inClear]
