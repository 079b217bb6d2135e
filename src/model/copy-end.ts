// Why a copy of a notice did not arrive, or does not go: told from the codes that its row holds. What a server refuses
// for what a mail contains says nothing of the mailbox.
import type { CopyFault, DeliveryState } from './queues.ts'
import type { ContactId, EmailAddress } from './scalars.ts'

export const COPY_CAUSES = [
  'content',
  'size',
  'refused',
  'given-up',
  'reported',
  'challenged',
  'key',
  'terms-not-accepted',
  'contact-suspended',
  'contact-left',
  'not-meant',
  'case-held',
  'embargo-over',
  'operator',
  'other',
] as const
export type CopyCause = (typeof COPY_CAUSES)[number]

/** A copy that did not arrive, or waits for something that time alone does not bring. */
export type EndedCopy = {
  readonly contact: ContactId
  readonly to: EmailAddress
  readonly state: DeliveryState
  /** `in-doubt`: it went out once without an answer, and may have arrived. */
  readonly doubt: 'none' | 'in-doubt'
  readonly cause: CopyCause
  /** What the server said, or our own reason: `550 5.1.1`, `expired-key`; undefined: it said nothing. */
  readonly code: string | undefined
}

/** What a row of the outbox knows of how it ended. */
export type Ending = {
  readonly state: DeliveryState
  readonly why: string | undefined
  readonly lastCode: number | undefined
  readonly lastStatus: string | undefined
}

/** Whether whom a copy is for has it. */
export type Fate = 'has' | 'may-have' | 'has-not'

/**
 * The server may have taken what is under way or in doubt; of what it took a report of failure came from anybody; and of
 * some the operator says after a restore that it went out. What it refused nobody has.
 */
export function fateOf({
  state,
  doubt,
  lastCode = 0,
  why,
}: Omit<Ending, 'lastStatus'> & Pick<EndedCopy, 'doubt'>): Fate {
  if (state === 'sent') return 'has'
  const isTaken = lastCode >= 200 && lastCode < 300
  return state === 'sending' || doubt === 'in-doubt' || isTaken || why === 'restored' ? 'may-have' : 'has-not'
}

const FAULTS: readonly string[] = [
  'embargo-over',
  'case-held',
  'contact-left',
  'contact-suspended',
  'not-meant',
  'terms-not-accepted',
] satisfies readonly CopyFault[]

const isFault = (why: string): why is CopyFault => FAULTS.includes(why)

/** Faults of a key, as encrypting names them. */
const KEY =
  /^(?:expired-key|revoked-key|weak|no-encryption-key|no-certificate|unusable-key|encryption-failed|mismatch|contact-changed)$/

export function causeOf({ state, why = '', lastStatus = '', lastCode = 0 }: Ending): CopyCause {
  if (isFault(why)) return why
  if (why === 'operator') return why
  if (state === 'held') return KEY.test(why) ? 'key' : 'other'
  if (state !== 'failed') return 'other'
  if (why === 'challenged') return why
  // RFC 3463 §3.4 and §3.3: too long for the mailbox, or for the system.
  if (/^5\.(?:2\.3|3\.4)$/.test(lastStatus) || (lastStatus === '' && lastCode === 552)) return 'size'
  // §3.7 and §3.8: what the mail is made of, and what a policy makes of it.
  if (/^5\.[67]\./.test(lastStatus)) return 'content'
  if (why === 'reported') return why
  return lastCode >= 500 ? 'refused' : 'given-up'
}

/** Of codes alone, for people: nothing that a server wrote. */
export function codeOf({ state, why, lastCode, lastStatus }: Ending): string | undefined {
  if (state !== 'failed') return why
  const said = [lastCode !== undefined && lastCode >= 400 ? `${lastCode}` : undefined, lastStatus]
  return said.filter(one => one !== undefined).join(' ') || undefined
}
