// A received mail after parsing, decrypting and verifying: what the rest of the program may know of it.
// Words of RFC 5322 (author), RFC 2045 and 3156 (entity, part) and RFC 9580 (certificate, signature).
import type { KeyFault } from './key-fault.ts'
import type { Plaintext } from './plaintext.ts'
import type { EmailAddress, Fingerprint, Instant, MessageId, Sha256 } from './scalars.ts'

/** One header field, unfolded, name as written; a field longer than the cap is cut, never dropped. */
export type HeaderField = { readonly name: string; readonly value: string }

/** The outer header, of which nothing is trusted for authority. */
export type MailHeader = {
  /** Every header field in order, for telling machines from people. */
  readonly fields: readonly HeaderField[]
  /**
   * Every mailbox of every From field, none if any is ambiguous; behind a list that has written itself there,
   * who wrote to it. A usable author is a single one.
   */
  readonly authors: readonly EmailAddress[]
  /** To and Cc, in order, those that are unambiguous addresses. */
  readonly recipients: readonly EmailAddress[]
  readonly messageId: MessageId | undefined
  /** In-Reply-To, then References, each once, at most 100. */
  readonly replyTo: readonly MessageId[]
  readonly subject: Plaintext
}

export type SignatureFault =
  | 'unknown-key'
  | 'bad'
  | 'expired-key'
  | 'revoked-key'
  | 'weak'
  | 'not-signing-key'
  | 'not-data'
  | 'several'
  | 'malformed'

export type GoodSignature = {
  /** Primary key of the certificate: the identity. */
  readonly primary: Fingerprint
  readonly created: Instant
  /** Hex of the hash value that the signature was computed over; with `primary` the one-shot identity. */
  readonly hashValue: string
}

export type SignatureVerdict =
  | { readonly kind: 'none' }
  | { readonly kind: 'good'; readonly signature: GoodSignature }
  /** `claimed`: the enrolled certificate it names, if there is one; it proves nothing. */
  | { readonly kind: 'refused'; readonly fault: SignatureFault; readonly claimed: Fingerprint | undefined }

/** A leaf of the mail as shown to people; each keeps its own protection. */
export type Part = {
  /** Lower-case `type/subtype`. */
  readonly mediaType: string
  readonly disposition: 'inline' | 'attachment'
  readonly fileName: Plaintext | undefined
  /** Decoded text of a text part; undefined for all others. */
  readonly text: Plaintext | undefined
  /** Of a text/plain part whose lines run on. */
  readonly layout?: Exclude<TextLayout, 'fixed'>
  /** Octets after the transfer encoding is undone, and their digest. */
  readonly octets: Uint8Array
  /** The digest of all of them, left out or not. */
  readonly sha256: Sha256
  /** How many octets it has, if it is beyond what is passed on (`limits.passedOn`); `octets` are then empty. */
  readonly leftOut?: number
  readonly encrypted: boolean
  readonly signature: SignatureVerdict
  readonly cleartextSignature?: CleartextSignature
}

/**
 * A signature written into a text (RFC 9580 §7), for people to know of: nobody speaks by it. `around`: whether the
 * text holds words that it does not cover.
 */
export type CleartextSignature = {
  readonly verdict: SignatureVerdict
  readonly around: 'nothing' | 'words'
}

/** A certificate that came with the mail. `outer`: it stood outside any encryption (Autocrypt, clear part). */
export type OfferedCertificate = {
  readonly place: 'autocrypt' | 'outer' | 'inside'
  /** Pruned binary certificate: primary key, one user id, the subkeys needed. */
  readonly octets: Uint8Array
  readonly fingerprint: Fingerprint
  /** Of the primary key and its subkeys, 16 lower-case hex digits each. */
  readonly keyIds: readonly string[]
  /** Whether mail can be encrypted to it now. */
  readonly encryptable: boolean
  /** When the last subkey that mail can be encrypted to ends; undefined: never. */
  readonly encryptsUntil?: Instant | undefined
  /** Why no member may use it (docs/keys.md). */
  readonly fault?: KeyFault
  /** Its owner has revoked it, which anyone may pass on and nobody else can make. */
  readonly revoked?: true
  /** The key whose good signature covers it. */
  readonly signedBy?: Fingerprint
}

export type ShapeFault =
  /** Inline cleartext signature (RFC 9580 §7). */
  | 'cleartext-signed'
  /** multipart/signed around an encryption: who signed need not know what is inside. */
  | 'signed-outside'
  | 'html-only'
  /** A message/* or other container stands before or around the text. */
  | 'container-before-text'
  | 'second-text'
  | 'no-text'
  | 'undecryptable'
  | 'smime'
  /** A signature covers only some of the mail. */
  | 'partly-signed'

/** How lines of a text/plain part run on (RFC 3676). */
export type TextLayout = 'fixed' | 'flowed' | 'flowed-delsp'

/**
 * What the mail says as a command would be read, product.md §3: the one text/plain leaf that a signature
 * covers, in one of the accepted shapes. Whether it *is* a command is decided from `text` later.
 */
export type AuthoredText =
  | {
      readonly kind: 'signed'
      readonly text: Plaintext
      readonly layout: TextLayout
      readonly signature: SignatureVerdict
      /** Named attachments inside the signed entity, for `att:`. */
      readonly attachments: readonly Part[]
      readonly encrypted: boolean
    }
  | {
      readonly kind: 'unsigned'
      readonly text: Plaintext
      readonly layout: TextLayout
      readonly encrypted: boolean
    }
  /** `text`: the first text, where one can be read, so that a refused command can be told from a report. */
  | {
      readonly kind: 'misshapen'
      readonly fault: ShapeFault
      readonly text: Plaintext | undefined
      readonly signature: SignatureVerdict
    }

export type OpenedMail = {
  readonly header: MailHeader
  /** Digest of all octets after the outer header. */
  readonly bodySha256: Sha256
  readonly encryption: 'clear' | 'encrypted' | 'partly' | 'undecryptable'
  /** Lists to whose keys all was encrypted that was decrypted; undefined: nothing was. */
  readonly lists?: readonly EmailAddress[]
  /** Subject inside the encryption or signature (RFC 9788), if it differs from the outer one. */
  readonly protectedSubject: Plaintext | undefined
  /** Authors that a decrypted payload names in its own header; nobody need have signed it. */
  readonly innerAuthors: readonly EmailAddress[]
  readonly parts: readonly Part[]
  readonly authored: AuthoredText
  readonly offered: readonly OfferedCertificate[]
  /** Why other keys that stand in it cannot even be offered; each reason once. */
  readonly refusedKeys?: readonly KeyFault[]
  /** The key whose good signature covers what the mail says, offered certificates included. */
  readonly author: GoodSignature | undefined
}
