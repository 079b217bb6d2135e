// The mail program of the demo's people: writes their mails in clear, signed or encrypted, and reads what
// embargod sent them with their own key alone. It knows nothing of cases, commands or the daemon.
import { randomBytes } from 'node:crypto'
import { type Draft, encryptedMail, payloadOf, signedMail } from '../compose/compose.ts'
import { autocryptField, dateField, mailbox } from '../compose/header.ts'
import { entityOctets, entityOf, type Leaf } from '../compose/mime.ts'
import type { Part } from '../model/mail.ts'
import { type EmailAddress, type Fingerprint, parseEmailAddress, parseMessageId } from '../model/scalars.ts'
import { packetBlocks } from '../openpgp/armor.ts'
import { autocryptKeydata, type Certificate, encryptionSubkeyAt } from '../openpgp/certificates.ts'
import { encryptTo } from '../openpgp/encrypt.ts'
import { recipientOf, splitPackets } from '../openpgp/packets.ts'
import {
  generateSecretKey,
  loadSecretKey,
  micalg,
  type NewKey,
  type SecretKey,
  sessionKeys,
  signDetached,
  signPackets,
} from '../openpgp/secret-keys.ts'
import { openMail } from '../receive/open.ts'
import { openPgpFor } from '../sandbox/open-pgp.ts'
import { wallClock } from './feed.ts'

export type Letter = {
  readonly to: EmailAddress
  readonly subject: string
  readonly text: string
  readonly files?: readonly { readonly fileName: string; readonly text: string }[]
}

export type ReadMail = {
  readonly from: string
  /** The one inside, where there is one. */
  readonly subject: string
  readonly text: string
  readonly files: readonly { readonly fileName: string; readonly text: string }[]
  readonly encryption: 'clear' | 'encrypted' | 'partly' | 'undecryptable'
  /** The key ids that its PKESK packets name. */
  readonly encryptedTo: readonly string[]
  /** Whose good signature covers every part of it. */
  readonly signedBy: Fingerprint | undefined
}

export class Person {
  readonly name: string
  readonly address: EmailAddress
  readonly #key: SecretKey
  readonly #armored: string
  /** Armored, as handed to others. */
  readonly certificate: string

  private constructor(name: string, address: EmailAddress, key: SecretKey, made: NewKey) {
    this.name = name
    this.address = address
    this.#key = key
    this.#armored = made.armored
    this.certificate = made.certificate
  }

  /** With a new key, kept in memory until it is asked for. */
  static async make(name: string, at: string): Promise<Person> {
    const address = addressOf(at)
    const made = await generateSecretKey({ userName: name, address, passphrase: undefined, now: wallClock() })
    const key = await loadSecretKey(Buffer.from(made.armored), undefined)
    if (!key.ok) throw new Error(`a new key is ${key.error}`)
    return new Person(name, address, key.value, made)
  }

  /** Armored and without a passphrase, for another mail program. */
  secretKey(): string {
    return this.#armored
  }

  /** The key id that mail to this person alone is encrypted to. */
  async subkey(): Promise<string> {
    const found = await encryptionSubkeyAt(this.#key.certificate, wallClock())
    if (!found.ok) throw new Error(`a new key is ${found.error}`)
    return found.value.subkey
  }

  /** Without OpenPGP. */
  writeClear(letter: Letter): Uint8Array {
    const draft = this.#draft(letter)
    const { fields, body } = entityOf(draft.leaves, draft.innerBoundary)
    const header = [...draft.protectedFields, { name: 'MIME-Version', value: '1.0' }]
    return entityOctets({ fields: [...header, ...fields], body })
  }

  /** A multipart/signed (RFC 3156 §5). */
  async writeSigned(letter: Letter): Promise<Uint8Array> {
    const draft = this.#draft(letter)
    const payload = payloadOf(draft, 'clear')
    return signedMail(draft, payload, await signDetached(payload, this.#key, wallClock()), micalg)
  }

  /** A multipart/encrypted with the signature inside (RFC 3156 §6.2), the own key in the Autocrypt field. */
  async writeEncrypted(letter: Letter, to: Certificate): Promise<Uint8Array> {
    const draft = this.#draft(letter)
    const now = wallClock()
    const packets = await signPackets(payloadOf(draft, 'encrypted'), this.#key, now)
    const encrypted = await encryptTo(packets, to, now)
    if (!encrypted.ok) throw new Error(`a mail could not be encrypted: ${encrypted.error}`)
    return encryptedMail(draft, encrypted.value.armored)
  }

  /** Reads a mail with this person's key; `senders` are the certificates this person trusts. */
  async read(octets: Uint8Array, senders: readonly Certificate[]): Promise<ReadMail> {
    const now = wallClock()
    const opened = await openMail(
      octets,
      openPgpFor(packets => sessionKeys(packets, [this.#key], now)),
      senders.map(certificate => ({ certificate, fingerprint: certificate.fingerprint })),
      { ownAddresses: [], lists: [], spamHeader: undefined, returnPathRecorded: 'no' },
      now,
    )
    if (!opened.ok) throw new Error(`a mail to ${this.name} cannot be read: ${opened.error}`)
    const { header, protectedSubject, parts, encryption } = opened.value.mail
    const isText = (part: Part) => part.mediaType === 'text/plain' && part.disposition === 'inline'
    const textOf = (part: Part) => part.text?.open() ?? Buffer.from(part.octets).toString('utf8')
    return {
      from: header.fields.find(({ name }) => name.toLowerCase() === 'from')?.value ?? '',
      subject: (protectedSubject ?? header.subject).open(),
      text: parts.filter(isText).map(textOf).join('\n').replaceAll('\r\n', '\n'),
      files: parts
        .filter(part => !isText(part))
        .map(part => ({ fileName: part.fileName?.open() ?? 'unnamed', text: textOf(part) })),
      encryption,
      encryptedTo: pkeskRecipients(octets),
      signedBy: signerOf(parts),
    }
  }

  #draft({ to, subject, text, files = [] }: Letter): Draft {
    const token = () => randomBytes(15).toString('hex')
    const messageId = parseMessageId(`<${token()}${this.address.slice(this.address.lastIndexOf('@'))}>`)
    if (messageId === undefined) throw new Error('an address without a domain')
    const keyData = autocryptKeydata(this.#key.certificate)
    return {
      from: this.address,
      to,
      messageId,
      protectedFields: [
        { name: 'From', value: mailbox(this.name, this.address) },
        { name: 'To', value: to },
        { name: 'Subject', value: subject },
        { name: 'Date', value: dateField(wallClock()) },
        { name: 'Message-ID', value: messageId },
      ],
      outerFields: [{ name: 'Autocrypt', value: autocryptField(this.address, keyData) }],
      outerSubject: '...',
      leaves: [
        { kind: 'text', text },
        ...files.map(
          (file): Leaf => ({
            kind: 'file',
            mediaType: 'text/x-patch',
            fileName: file.fileName,
            octets: Buffer.from(file.text),
          }),
        ),
      ],
      innerBoundary: `=_${token()}`,
      outerBoundary: `=_${token()}`,
      secrecy: 'may-go-in-clear',
    }
  }
}

/** What a `mailto:` link opens (RFC 6068): one tap, and the mail stands there ready to be signed. */
export function tap(link: string): Letter {
  const url = new URL(link)
  return {
    to: addressOf(decodeURIComponent(url.pathname)),
    subject: url.searchParams.get('subject') ?? '',
    text: (url.searchParams.get('body') ?? '').replaceAll('\r\n', '\n'),
  }
}

/** The `mailto:` links of a mail, each alone on its line. */
export const linksIn = (text: string): readonly string[] =>
  [...text.matchAll(/^<(mailto:[^>\s]+)>$/gm)].map(([, link = '']) => link)

/** @throws on what is no plain address. */
export function addressOf(text: string): EmailAddress {
  const parsed = parseEmailAddress(text)
  if (!parsed.ok) throw new Error(`${text} ${parsed.error}`)
  return parsed.value
}

/** The packets before the encrypted data, in every OpenPGP message of the mail; none in a clear one. */
function pkeskRecipients(octets: Uint8Array): readonly string[] {
  return packetBlocks(octets, 'MESSAGE').flatMap(block => {
    const packets = splitPackets(block, 100)
    if (!packets.ok) throw new Error('a mail is no sequence of packets')
    return packets.value.slice(0, -1).map(packet => recipientOf(packet) ?? 'somebody')
  })
}

function signerOf(parts: readonly Part[]): Fingerprint | undefined {
  const signers = new Set(
    parts.map(({ signature }) => (signature.kind === 'good' ? signature.signature.primary : undefined)),
  )
  const [signer] = signers
  return signers.size === 1 ? signer : undefined
}
