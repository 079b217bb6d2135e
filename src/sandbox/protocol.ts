// What parent and child say to each other over IPC (structured clone, so octets travel as they are).
// Plaintext crosses as a tagged plain object: the channel is a private pipe, and a class instance would
// arrive stripped.
import { Plaintext, plaintext } from '../model/plaintext.ts'
import type { EmailAddress, Fingerprint, Instant } from '../model/scalars.ts'
import type { AutomaticSettings } from '../receive/automatic.ts'

/** Messages of one job whose session keys may be asked for, some of them twice. */
export const MOST_SESSION_KEYS_ASKED = 32
/** Keys of one job whose certificates may be asked for. */
export const MOST_CERTIFICATES_ASKED = 32

export type Enrolled = { readonly fingerprint: Fingerprint; readonly octets: Uint8Array }

export type Job =
  | { readonly kind: 'enrol'; readonly certificates: readonly Enrolled[] }
  /** Opens the mail whose pieces were sent before. */
  | {
      readonly kind: 'open'
      readonly automatic: AutomaticSettings
      /** Octets of its parts that are answered in all. */
      readonly passedOn: number
      readonly now: Instant
    }
  /** Takes what was signed out of the mail whose pieces were sent before; `now`: when the signature is to hold. */
  | { readonly kind: 'signed'; readonly certificate: Uint8Array; readonly now: Instant }
  /** Encrypts signed OpenPGP packets to a certificate that nobody enrolled (a reporter's). */
  | {
      readonly kind: 'encrypt'
      readonly packets: Uint8Array
      readonly certificate: Uint8Array
      readonly now: Instant
    }
  | { readonly kind: 'inspect'; readonly certificate: Uint8Array; readonly now: Instant }

export type SessionKey = {
  readonly algorithm: string
  readonly key: Uint8Array
  /** The list whose key carries it; undefined: another key does. */
  readonly list?: EmailAddress
}

export type ToChild =
  /** The mail that the next job opens: whatever came before is forgotten, since its end was not authentic. */
  | { readonly kind: 'mail-begins' }
  | { readonly kind: 'mail-piece'; readonly octets: Uint8Array }
  | { readonly kind: 'job'; readonly id: number; readonly job: Job }
  | { readonly kind: 'session-keys'; readonly question: number; readonly keys: readonly SessionKey[] }
  | { readonly kind: 'certificates'; readonly question: number; readonly certificates: readonly Uint8Array[] }

export type FromChild =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly id: number; readonly answer: unknown }
  /** `code` is one of ours or the name of an error class; never a library's message. */
  | { readonly kind: 'failed'; readonly id: number; readonly code: string }
  /** The child asks the parent, who alone holds secret keys, what session keys these PKESK packets carry. */
  | { readonly kind: 'which-session-keys'; readonly question: number; readonly packets: Uint8Array }
  /** Whom a signature by the key with this id may be by, beyond those who are enrolled. */
  | { readonly kind: 'which-certificates'; readonly question: number; readonly keyId: string }

type Wrapped = { readonly embargoed: string }

/** Makes a value fit for IPC: Plaintext becomes a tagged object, all else stays. */
export function wrap(value: unknown): unknown {
  if (value instanceof Plaintext) return { embargoed: value.open() } satisfies Wrapped
  if (Array.isArray(value)) return value.map(wrap)
  if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, wrap(inner)]))
}

/** The inverse of `wrap`. */
export function unwrap(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrap)
  if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return value
  if ('embargoed' in value && typeof value.embargoed === 'string') return plaintext(value.embargoed)
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unwrap(inner)]))
}
