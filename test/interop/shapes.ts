// The shapes in which people's mail programs write a command mail: each takes the commands and what mail of
// ours it may answer, and gives the octets that arrive. All are honest, and all are to be accepted.
import type { GnuPG } from '../support/gpg.ts'
import {
  gpgInlineEncryptedSigned,
  gpgInlineSigned,
  gpgMimeEncryptedAroundSigned,
  gpgMimeEncryptedSigned,
  gpgMimeSigned,
  muttSigned,
  thunderbirdEncryptedSigned,
  thunderbirdSigned,
} from '../support/mail.ts'
import { encoded, entity, octetsOf, resolve, typed } from '../support/mime.ts'
import type { ReadMail } from '../support/outgoing.ts'
import { mail, multipartEncrypted, multipartSigned } from '../support/pgp-mime.ts'

const COMMAND = 'security+cmd@acme.example'
/** Attached by every shape whose name says so. */
export const PATCH = { fileName: 'fix.patch', content: '--- a/restore.go\n+++ b/restore.go\n' }
const HTML = '<p>embargod acme<br>reject everything</p>'

export type Writer = {
  readonly admin: GnuPG
  /** Fingerprint of the key to encrypt to. */
  readonly ourKey: string
  /** A mail of ours that a reply answers and quotes. */
  readonly answered: ReadMail
}

export type Shape = {
  readonly name: string
  readonly write: (commands: string, writer: Writer) => Promise<Buffer>
}

const quoted = ({ text }: ReadMail): string => text.trimEnd().replace(/^/gm, '> ').replace(/^> $/gm, '>')

/** What a reply is addressed and titled like. */
function replying({ answered }: Writer) {
  const [, id = ''] = answered.outerHeaders.find(([name]) => name === 'message-id') ?? []
  return {
    to: COMMAND,
    subject: `Re: ${answered.innerSubject}`,
    headers: [
      ['In-Reply-To', id],
      ['References', id],
    ] as const,
  }
}

/** An entity of one text, signed and sent the way a program does it that is described by its fields. */
async function signedText(
  admin: GnuPG,
  contentType: string,
  [encoding, label]: readonly ['7bit' | 'quoted-printable' | 'base64', string],
  commands: string,
  signatureFields: readonly (readonly [string, string])[],
): Promise<Buffer> {
  const inner = entity(contentType, encoded(typed(commands), encoding), [
    ['Content-Transfer-Encoding', label],
  ])
  const signed = await multipartSigned(admin, inner, { signing: { digest: 'SHA512' }, signatureFields })
  return mail(resolve({ to: COMMAND }, admin.mailbox), signed)
}

const programs: readonly Shape[] = [
  {
    name: 'Thunderbird, signed: base64, key attached',
    write: (text, { admin }) => thunderbirdSigned(admin, { to: COMMAND, text }),
  },
  {
    name: 'Thunderbird, signed: quoted-printable, no key',
    write: (text, { admin }) =>
      thunderbirdSigned(admin, {
        to: COMMAND,
        text,
        transferEncoding: 'quoted-printable',
        key: 'absent',
        autocrypt: 'absent',
      }),
  },
  {
    name: 'Thunderbird, signed: written as HTML, with a patch',
    write: (text, { admin }) =>
      thunderbirdSigned(admin, { to: COMMAND, text, html: HTML, attachments: [PATCH] }),
  },
  {
    name: 'Thunderbird, encrypted and signed',
    write: (text, { admin, ourKey }) => thunderbirdEncryptedSigned(admin, [ourKey], { to: COMMAND, text }),
  },
  {
    name: 'Thunderbird, encrypted and signed: written as HTML, with a patch',
    write: (text, { admin, ourKey }) =>
      thunderbirdEncryptedSigned(admin, [ourKey], { to: COMMAND, text, html: HTML, attachments: [PATCH] }),
  },
  { name: 'Mutt, signed', write: (text, { admin }) => muttSigned(admin, { to: COMMAND, text }) },
  {
    name: 'Mutt, signed, with a patch',
    write: (text, { admin }) => muttSigned(admin, { to: COMMAND, text, attachments: [PATCH] }),
  },
  {
    name: 'gpg, PGP/MIME signed',
    write: (text, { admin }) => gpgMimeSigned(admin, { to: COMMAND, text }),
  },
  {
    name: 'gpg, PGP/MIME signed, to the security address',
    write: (text, { admin }) => gpgMimeSigned(admin, { to: 'security@acme.example', text }),
  },
  {
    name: 'gpg, PGP/MIME signed as text with SHA-512',
    write: (text, { admin }) =>
      gpgMimeSigned(admin, { to: COMMAND, text, signing: { textMode: 'text', digest: 'SHA512' } }),
  },
  {
    name: 'gpg, PGP/MIME encrypted and signed',
    write: (text, { admin, ourKey }) => gpgMimeEncryptedSigned(admin, [ourKey], { to: COMMAND, text }),
  },
  {
    name: 'gpg, PGP/MIME encrypted around signed, with a patch',
    write: (text, { admin, ourKey }) =>
      gpgMimeEncryptedAroundSigned(admin, [ourKey], { to: COMMAND, text, attachments: [PATCH] }),
  },
  {
    name: 'gpg, PGP/MIME encrypted and signed, key ids hidden',
    write: (text, { admin, ourKey }) =>
      gpgMimeEncryptedSigned(admin, [ourKey, admin], {
        to: COMMAND,
        text,
        signing: { gpgOptions: ['--throw-keyids'] },
      }),
  },
  {
    name: 'gpg, inline encrypted and signed',
    write: (text, { admin, ourKey }) => gpgInlineEncryptedSigned(admin, [ourKey], { to: COMMAND, text }),
  },
  {
    name: 'gpg, inline signed, not encrypted',
    write: (text, { admin }) => gpgInlineSigned(admin, { to: COMMAND, text }),
  },
  {
    name: 'Apple Mail with GPGMail, signed',
    write: (text, { admin }) =>
      signedText(admin, 'text/plain;\r\n\tcharset=utf-8', ['quoted-printable', 'quoted-printable'], text, [
        ['Content-Transfer-Encoding', '7bit'],
        ['Content-Disposition', 'attachment;\r\n\tfilename=signature.asc'],
        ['Content-Type', 'application/pgp-signature;\r\n\tname=signature.asc'],
        ['Content-Description', 'Message signed with OpenPGP'],
      ]),
  },
  {
    name: 'KMail, signed: field values in other capitals',
    write: (text, { admin }) =>
      signedText(admin, 'Text/Plain; Charset="UTF-8"', ['base64', 'Base64'], text, [
        ['Content-Type', 'application/pgp-signature; name="signature.asc"'],
        ['Content-Description', 'This is a digitally signed message part.'],
        ['Content-Transfer-Encoding', '7Bit'],
      ]),
  },
  {
    name: 'K-9 Mail, encrypted and signed: a mixed of one text',
    write: async (text, { admin, ourKey }) => {
      const inner = entity('text/plain;\r\n charset=utf-8', encoded(typed(text), 'quoted-printable'), [
        ['Content-Transfer-Encoding', 'quoted-printable'],
      ])
      const mixed = `Content-Type: multipart/mixed; boundary="----K9"\r\n\r\n------K9\r\n${inner}\r\n------K9--\r\n`
      const message = await admin.encryptSign([ourKey, admin], octetsOf(mixed))
      return mail(resolve({ to: COMMAND }, admin.mailbox), multipartEncrypted(message))
    },
  },
]

const replies: readonly Shape[] = [
  {
    name: 'a reply above the quoted mail (Thunderbird)',
    write: (text, writer) =>
      thunderbirdSigned(writer.admin, {
        ...replying(writer),
        text: `${text}\nOn 11/21/26 10:17, Velero Security wrote:\n${quoted(writer.answered)}\n`,
      }),
  },
  {
    name: 'a reply above the quoted mail, its attribution in German and on two lines, encrypted',
    write: (text, writer) =>
      thunderbirdEncryptedSigned(writer.admin, [writer.ourKey], {
        ...replying(writer),
        text: `${text}\nAm Sa., 21. Nov. 2026 um 10:17 Uhr schrieb Velero Security\n<security@acme.example>:\n\n${quoted(writer.answered)}\n`,
      }),
  },
  {
    name: 'a reply below the quoted mail (Mutt)',
    write: (text, writer) =>
      muttSigned(writer.admin, {
        ...replying(writer),
        text: `On Sat, Nov 21, 2026 at 10:17:00AM +0000, Velero Security wrote:\n${quoted(writer.answered)}\n\n${text}`,
      }),
  },
  {
    name: 'a reply above the whole mail, not quoted by any mark (Outlook)',
    write: (text, writer) =>
      gpgMimeSigned(writer.admin, {
        ...replying(writer),
        text: `${text}\n-----Original Message-----\nFrom: Velero Security <security@acme.example>\nSent: Saturday, 21 November 2026 10:17\nTo: Alice Admin\nSubject: ${writer.answered.innerSubject}\n\n${writer.answered.text}`,
      }),
  },
  {
    name: 'a reply above a header in French and the whole mail (Outlook)',
    write: (text, writer) =>
      gpgMimeEncryptedSigned(writer.admin, [writer.ourKey], {
        ...replying(writer),
        text: `${text}\nDe : Velero Security <security@acme.example>\nEnvoyé : samedi 21 novembre 2026 10:17\nÀ : Alice Admin\nObjet : ${writer.answered.innerSubject}\n\n${writer.answered.text}`,
      }),
  },
  {
    name: 'a reply above our own marker',
    write: (text, writer) =>
      gpgInlineEncryptedSigned(writer.admin, [writer.ourKey], {
        ...replying(writer),
        text: `${text}\n${writer.answered.text}`,
      }),
  },
]

const thumbs: readonly Shape[] = [
  {
    name: 'a phone: capitals, no-break spaces, a dash and a signature below',
    write: (text, { admin }) =>
      gpgMimeSigned(admin, {
        to: COMMAND,
        text: `\n${text
          .replace('embargod', 'Embargod')
          .replace('note C-', 'Note\u00a0c\u2013')}\n-- \nSent from my phone\n`,
      }),
  },
  {
    name: 'a remark above the command and a word that ends the reading',
    write: (text, { admin }) =>
      thunderbirdSigned(admin, {
        to: COMMAND,
        text: `${text.replace('\n', '\n# as agreed on the phone\n\n')}\nThanks,\nAlice\n\nnote everything else\n`,
      }),
  },
]

export const SHAPES: readonly Shape[] = [...programs, ...replies, ...thumbs]
