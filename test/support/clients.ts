// Mails as people's mail programs make them, signed or encrypted at test time so that they stay fresh: how a
// program lays out an answer, what it puts below, and the MIME around it. Shapes were taken from mail that the
// programs sent in public, or from their source; `seen` says where.
import type { GnuPG, Recipient, SignOptions } from './gpg.ts'
import {
  boundary,
  crlf,
  encoded,
  entity,
  flowed,
  multipart,
  octetsOf,
  resolve,
  type TransferEncoding,
  typed,
} from './mime.ts'
import { autocryptValue, htmlEntity, mail, multipartEncrypted, multipartSigned } from './pgp-mime.ts'

/** The mail that is answered, as its reader sees it. */
export type Answered = {
  readonly text: string
  readonly from: string
  readonly subject: string
  readonly messageId: string
}

export type Letter = {
  readonly to: string
  readonly subject: string
  /** What its writer typed. */
  readonly words: string
  readonly answered?: Answered
  readonly protect: 'sign' | { readonly encryptTo: Recipient }
}

export type Client = {
  readonly name: string
  readonly seen: string
  /** Where the writer's own key travels, if it does. */
  readonly key: 'autocrypt' | 'attached' | 'none'
  readonly send: (writer: GnuPG, letter: Letter) => Promise<Buffer>
}

type Fields = readonly (readonly [string, string])[]

type Program = Omit<Client, 'send'> & {
  /** An answer's text: typed words, what stands below everything it sends, the quoted mail. */
  readonly layout: (words: string, answered: Answered | undefined) => string
  /** The entity of the text; `flow` runs over it first where lines are flowed. */
  readonly body: (text: string) => string
  readonly limit: () => string
  readonly signing?: SignOptions
  readonly signatureFields: Fields
  readonly header?: Fields
  /** What stands outside an encryption for the subject. */
  readonly outerSubject?: string
}

const quotedBy = (mark: string, { text }: Answered): string =>
  text
    .trimEnd()
    .split('\n')
    .map(line => (line === '' ? mark.trimEnd() : `${mark}${line}`))
    .join('\n')

const part = (type: string, encoding: TransferEncoding, text: string, label: string = encoding): string =>
  entity(type, encoded(typed(text), encoding), [['Content-Transfer-Encoding', label]])

const hex = (): string => Buffer.from(boundary()).toString('hex').padEnd(32, '0').slice(0, 32)
const paragraphs = (text: string): string =>
  `<html><body>${text
    .split('\n')
    .map(line => `<p class="MsoNormal">${line.replaceAll('<', '&lt;')}</p>`)
    .join('\n')}</body></html>`

function alternative(limit: string, plain: string, html: string): string {
  return entity(`multipart/alternative;\r\n boundary="${limit}"`, multipart(limit, [plain, htmlEntity(html)]))
}

async function keyFile(writer: GnuPG, name: string): Promise<string> {
  return entity(
    `application/pgp-keys; name="${name}"`,
    encoded(await writer.exportArmored('minimal'), 'base64'),
    [
      ['Content-Transfer-Encoding', 'base64'],
      ['Content-Disposition', `attachment; filename="${name}"`],
    ],
  )
}

function client(program: Program): Client {
  const { name, seen, key, layout, body, limit, signing = { digest: 'SHA512' } } = program
  const send = async (writer: GnuPG, letter: Letter): Promise<Buffer> => {
    const { answered, protect } = letter
    const text = body(layout(letter.words, answered))
    const file = `publickey - ${writer.address} - 0x${writer.fingerprint.slice(0, 8)}.asc`
    const outer = limit()
    const inner =
      key === 'attached'
        ? entity(
            `multipart/mixed;\r\n boundary="${outer}"`,
            multipart(outer, [text, await keyFile(writer, file)]),
          )
        : text
    const threading: Fields =
      answered === undefined
        ? []
        : [
            ['In-Reply-To', answered.messageId],
            ['References', answered.messageId],
          ]
    const autocrypt: Fields = key === 'autocrypt' ? [['Autocrypt', await autocryptValue(writer)]] : []
    const envelope = resolve(
      {
        to: letter.to,
        subject: protect === 'sign' ? letter.subject : (program.outerSubject ?? letter.subject),
        headers: [...threading, ...(program.header ?? []), ...autocrypt],
      },
      writer.mailbox,
    )
    if (protect === 'sign') {
      const parts = { signing, signatureFields: program.signatureFields, limit: limit() }
      return mail(envelope, await multipartSigned(writer, inner, parts))
    }
    const message = await writer.encryptSign([protect.encryptTo, writer], octetsOf(inner), signing)
    return mail(envelope, multipartEncrypted(message, { limit: limit() }))
  }
  return { name, seen, key, send }
}

const signatureAsc: Fields = [
  ['Content-Type', 'application/pgp-signature; name="signature.asc"'],
  ['Content-Description', 'This is a digitally signed message part.'],
  ['Content-Transfer-Encoding', '7Bit'],
]

const DISCLAIMER =
  'Acme Widgets GmbH, Sitz der Gesellschaft: Göttingen\n' +
  'NOTICE: This e-mail may contain confidential and/or privileged information. If you are not the intended recipient ' +
  'please notify the sender immediately and destroy this e-mail.'

/** Outlook's header of the mail that is answered, which nothing marks as quoted. */
const outlookHeader = (
  names: readonly [string, string, string, string],
  sent: string,
  mailed: Answered,
): string =>
  `${names[0]}: ${mailed.from}\n${names[1]}: ${sent}\n${names[2]}: Alice Admin\n${names[3]}: ${mailed.subject}\n\n${mailed.text}`

const GPGOL = 'structure and boundary of GpgOL: src/mimemaker.cpp in gpg/gpgol'
const gpgol = {
  key: 'attached',
  limit: () => `=-=${boundary()}=-=`,
  signing: { digest: 'SHA256' },
  signatureFields: [
    ['Content-Type', 'application/pgp-signature;\r\n\tname="openpgp-digital-signature.asc"'],
    ['Content-Description', 'OpenPGP digital signature'],
    ['Content-Disposition', 'attachment;\r\n\tfilename="openpgp-digital-signature.asc"'],
  ],
} as const satisfies Partial<Program>

export const CLIENTS: readonly Client[] = [
  client({
    name: 'Thunderbird 153, written below the quoted mail',
    seen: 'sent by Thunderbird 153.7 ESR itself, from links and mails of ours (21 Nov 2026)',
    key: 'autocrypt',
    layout: (words, answered) =>
      answered === undefined
        ? words
        : `On 11/21/26 12:53, wrote:\n${quotedBy('> ', answered)}\n\n${words.replaceAll('\n', '\n\n')}\n`,
    body: text =>
      entity(
        'multipart/mixed; boundary="------------s0z08gvIb4CNzje8kLH3O9gG";\r\n protected-headers="v1"; hp="cipher"\r\nSubject: Re: inside',
        multipart('------------s0z08gvIb4CNzje8kLH3O9gG', [
          part('text/plain; charset=UTF-8; format=flowed', 'base64', flowed(text)),
        ]),
      ),
    limit: () => `------------${boundary()}`,
    signing: { digest: 'SHA256' },
    signatureFields: [
      ['Content-Type', 'application/pgp-signature; name="OpenPGP_signature.asc"'],
      ['Content-Description', 'OpenPGP digital signature'],
      ['Content-Disposition', 'attachment; filename="OpenPGP_signature.asc"'],
    ],
    header: [
      ['User-Agent', 'Mozilla Thunderbird'],
      ['Content-Language', 'en-US'],
    ],
    outerSubject: '...',
  }),
  client({
    name: 'K-9 Mail (Thunderbird for Android), above',
    seen: 'mails with User-Agent "K-9 Mail for Android" in the archives of lore.kernel.org; PgpMessageBuilder.java in thunderbird/thunderbird-android',
    key: 'autocrypt',
    layout: (words, answered) =>
      `${words}\n-- \nSent from my Android device with K-9 Mail. Please excuse my brevity.\n` +
      (answered === undefined
        ? ''
        : `\n\nOn November 21, 2026 10:17:51 AM GMT+01:00, ${answered.from} wrote:\n${quotedBy('>', answered)}\n`),
    // It writes every dot as =2E, the one that closes a block too.
    body: text =>
      part('text/plain;\r\n charset=utf-8; protected-headers="v1"', 'quoted-printable', text).replace(
        /(?<=\r\n\r\n[\s\S]*)\./g,
        '=2E',
      ),
    limit: () =>
      `----${boundary()
        .toUpperCase()
        .replace(/[^A-Z0-9]/g, 'X')}`,
    signatureFields: [
      ['Content-Type', 'application/pgp-signature;\r\n name="signature.asc"'],
      ['Content-Disposition', 'attachment;\r\n filename="signature.asc"'],
    ],
    header: [['User-Agent', 'K-9 Mail for Android']],
    outerSubject: '...',
  }),
  client({
    name: 'Apple Mail with GPG Suite, plain text, above',
    seen: 'mails of linux-ext4 and oss-security with "Comment: GPGTools" (lore.kernel.org, openwall.com)',
    key: 'attached',
    layout: (words, answered) =>
      answered === undefined
        ? `${words}\n\n\n\n\n`
        : `${words}\n\n\n> On 21 Nov 2026, at 10:17, ${answered.from} wrote:\n> \n${quotedBy('> ', answered)}\n\n`,
    body: text => {
      const content = encoded(typed(text), 'quoted-printable')
      return `Content-Transfer-Encoding: quoted-printable\r\nContent-Type: text/plain;\r\n\tcharset=utf-8\r\n\r\n${content}`
    },
    limit: () => `Apple-Mail=_${hex().toUpperCase()}`,
    signatureFields: [
      ['Content-Transfer-Encoding', '7bit'],
      ['Content-Disposition', 'attachment;\r\n\tfilename=signature.asc'],
      ['Content-Type', 'application/pgp-signature;\r\n\tname=signature.asc'],
      ['Content-Description', 'Message signed with OpenPGP'],
    ],
    header: [['X-Mailer', 'Apple Mail (2.3608.120.23.2.4)']],
  }),
  client({
    name: 'Apple Mail with GPG Suite, with an HTML alternative, above',
    seen: 'as before, the alternative as in mails of git@vger.kernel.org',
    key: 'attached',
    layout: (words, answered) =>
      answered === undefined
        ? words
        : `${words}\n\n> On 21 Nov 2026, at 10:17, ${answered.from} wrote:\n>\u00a0\n${quotedBy('> ', answered)}\n`,
    body: text =>
      alternative(
        `Apple-Mail=_${hex().toUpperCase()}`,
        part('text/plain;\r\n\tcharset=utf-8', 'quoted-printable', text),
        paragraphs(text),
      ),
    limit: () => `Apple-Mail=_${hex().toUpperCase()}`,
    signatureFields: [['Content-Type', 'application/pgp-signature;\r\n\tname=signature.asc']],
    header: [['X-Mailer', 'Apple Mail (2.3776.700.51)']],
  }),
  client({
    ...gpgol,
    name: 'Outlook with Gpg4win, HTML, in English, with a disclaimer',
    seen: GPGOL,
    layout: (words, answered) => {
      const above = `${words}\n\n${DISCLAIMER}\n`
      const names = ['From', 'Sent', 'To', 'Subject'] as const
      return answered === undefined
        ? above
        : `${above}\n-----Original Message-----\n${outlookHeader(names, 'Saturday, 21 November 2026 10:17', answered)}`
    },
    body: text =>
      alternative(
        `=-=${boundary()}=-=`,
        part('text/plain; charset="utf-8"', 'quoted-printable', text),
        paragraphs(text),
      ),
  }),
  client({
    ...gpgol,
    name: 'Outlook with Gpg4win, HTML, in German, the answered mail marked by a line alone',
    seen: GPGOL,
    layout: (words, answered) => {
      const above = `${words}\n\nMit freundlichen Grüßen\nAlice\n\n${DISCLAIMER}\n`
      const names = ['Von', 'Gesendet', 'An', 'Betreff'] as const
      return answered === undefined
        ? above
        : `${above}\n________________________________\n${outlookHeader(names, 'Samstag, 21. November 2026 10:17', answered)}`
    },
    body: text =>
      alternative(
        `=-=${boundary()}=-=`,
        part('text/plain; charset="utf-8"', 'base64', text),
        paragraphs(text),
      ),
  }),
  client({
    name: 'Proton Mail, PGP/MIME with the key attached, above',
    seen: 'mails with "publickey - … .asc" of linux-rockchip, xen-devel and oss-security (lore.kernel.org, openwall.com)',
    key: 'attached',
    layout: (words, answered) =>
      `${words}\n\nSent with Proton Mail secure email.\n` +
      (answered === undefined
        ? ''
        : `\nOn Saturday, November 21st, 2026 at 10:17 AM, ${answered.from} wrote:\n\n${quotedBy('> ', answered)}\n`),
    body: text => {
      const limit = `---------------------${hex()}`
      const related = `---------------------${hex()}`
      const html = entity(
        `multipart/related;boundary=${related}`,
        multipart(related, [htmlEntity(paragraphs(text))]),
      )
      const plain = part('text/plain;charset=utf-8', 'quoted-printable', text)
      return entity(`multipart/alternative;boundary=${limit}`, multipart(limit, [plain, html]))
    },
    limit: () => `---------------------${hex()}`,
    signatureFields: [
      ['Content-Type', 'application/pgp-signature; name="signature.asc"'],
      ['Content-Description', 'OpenPGP digital signature'],
      ['Content-Disposition', 'attachment; filename="signature.asc"'],
    ],
  }),
  client({
    name: 'Evolution, below',
    seen: 'mails with User-Agent "Evolution" in the archives of lore.kernel.org',
    key: 'autocrypt',
    layout: (words, answered) =>
      answered === undefined
        ? words
        : `On Sat, 2026-11-21 at 10:17 +0000, ${answered.from} wrote:\n${quotedBy('> ', answered)}\n\n${words}\n`,
    body: text => part('text/plain; charset="UTF-8"', 'quoted-printable', text),
    limit: () => `=-${boundary().slice(0, 14)}`,
    signatureFields: signatureAsc,
    header: [['User-Agent', 'Evolution 3.56.2']],
  }),
  client({
    name: 'KMail, in German, above',
    seen: 'mails with "nextPart" and "7Bit" of netdev and linux-parisc (lore.kernel.org)',
    key: 'autocrypt',
    layout: (words, answered) =>
      answered === undefined
        ? words
        : `${words}\n\nAm Samstag, 21. November 2026, 10:17:58 CET schrieb ${answered.from}:\n${quotedBy('> ', answered)}\n\n-- \nAlice\n`,
    // It writes the first dash of a signature's mark as =2D.
    body: text =>
      part('text/plain; charset="utf-8"; protected-headers="v1"', 'quoted-printable', text).replace(
        /\r\n--(?==20\r\n)/g,
        '\r\n=2D-',
      ),
    limit: () => `nextPart${Number.parseInt(hex().slice(0, 6), 16)}.${boundary().slice(0, 10)}`,
    signatureFields: signatureAsc,
  }),
  client({
    name: 'Claws Mail, below, its attribution on two lines',
    seen: 'mails with "Sig_/" of linux-next (lore.kernel.org)',
    key: 'none',
    layout: (words, answered) =>
      answered === undefined
        ? words
        : `On Sat, 21 Nov 2026 10:17:00 +0000\n${answered.from} wrote:\n\n${quotedBy('> ', answered)}\n\n${words}\n\n\n-- \nAlice`,
    body: text => part('text/plain; charset=UTF-8', 'quoted-printable', text),
    limit: () => `Sig_/${boundary()}`,
    signing: { digest: 'SHA256' },
    signatureFields: [
      ['Content-Type', 'application/pgp-signature'],
      ['Content-Description', 'OpenPGP digital signature'],
    ],
    header: [['X-Mailer', 'Claws Mail 4.3.1 (GTK 3.24.49; x86_64-pc-linux-gnu)']],
  }),
  client({
    name: 'Delta Chat, a chat message that quotes',
    seen: 'render_message in src/mimefactory.rs of chatmail/core',
    key: 'autocrypt',
    layout: (words, answered) =>
      `${answered === undefined ? '' : `${quotedBy('> ', answered)}\n\n`}${words}\n\n-- \nSent with my Delta Chat Messenger: https://delta.chat\n`,
    body: text =>
      entity(
        'text/plain; charset="utf-8"; format=flowed; delsp=no; protected-headers="v1"',
        encoded(flowed(text), 'quoted-printable'),
        [
          ['Chat-Version', '1.0'],
          ['Content-Transfer-Encoding', 'quoted-printable'],
        ],
      ),
    limit: boundary,
    signatureFields: [['Content-Type', 'application/pgp-signature']],
    outerSubject: '[...]',
  }),
]

const FLOWCRYPT =
  'Version: FlowCrypt Email Encryption 8.5.14\nComment: Seamlessly send and receive encrypted email\n'

/** FlowCrypt, which writes OpenPGP into the text: an encrypted message, or a text signed in clear. */
export async function flowCrypt(writer: GnuPG, letter: Letter): Promise<Buffer> {
  const { answered, protect } = letter
  const quotedMail =
    answered === undefined
      ? ''
      : `\n\nOn 2026-11-21 at 10:17, ${answered.from} wrote:\n${quotedBy('> ', answered)}\n`
  const text = typed(`${letter.words}${quotedMail}`)
  const armored =
    protect === 'sign'
      ? await writer.clearsign(text)
      : await writer.encryptSign([protect.encryptTo, writer], text)
  const labelled = armored.replace(/(?<=-----BEGIN PGP (?:MESSAGE|SIGNATURE)-----\r?\n)/, FLOWCRYPT)
  const headers: Fields = answered === undefined ? [] : [['In-Reply-To', answered.messageId]]
  const envelope = resolve({ to: letter.to, subject: letter.subject, headers }, writer.mailbox)
  return mail(
    envelope,
    entity('text/plain; charset=utf-8', crlf(labelled), [['Content-Transfer-Encoding', '7bit']]),
  )
}
