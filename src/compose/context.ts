// What wording a mail needs besides its order: settings, keys, addresses, templates, and the time. Handed in, so that
// composing reads no clock and draws nothing.
import type { ChainHead } from '../model/chain.ts'
import type {
  ApplicationId,
  CaseId,
  EmailAddress,
  Fingerprint,
  Instant,
  MessageId,
  Sha256,
} from '../model/scalars.ts'
import type { Settings } from '../model/settings.ts'
import type { Verb } from './short.ts'
import type { Templates } from './template.ts'

/** Instants are those of the mail: `now` stands in its Date. */
export type ComposeContext = {
  readonly settings: Settings
  /** The words of every mail, read once at the start. */
  readonly templates: Templates
  /** Zone in which admins read instants; UTC always stands beside it. */
  readonly zone: string
  readonly now: Instant
  /** Drawn by the caller, random; ours alone. */
  readonly messageId: MessageId
  /** Gives a new random token of 16 to 60 letters and digits at each call. */
  readonly boundaries: () => string
  /** The address that leads an answer back to its case. */
  readonly replyAddress: (thread: CaseId | ApplicationId) => EmailAddress
  /** The key of a sending address; `autocrypt`: its minimal certificate in base64. */
  readonly key: (from: EmailAddress) => {
    readonly fingerprint: Fingerprint
    readonly armored: string
    readonly autocrypt: string
  }
  /** Octets of a notice's attachment. */
  readonly file: (sha256: Sha256) => Uint8Array
  /** Last row of the audit chain: who keeps a transcript can later tell whether the chain was rewritten. */
  readonly chainHead: ChainHead
  /** What `help` lists to admins. */
  readonly verbs: readonly Verb[]
}
