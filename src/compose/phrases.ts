// Small phrases that several texts share: instants, keys, clocks. Everything comes from policy data.
import { dueAt } from '../model/calendar.ts'
import type { SignatureFault, SignatureVerdict } from '../model/mail.ts'
import type { Clock, Policy } from '../model/policy.ts'
import { unreachable } from '../model/result.ts'
import { type Fingerprint, type Instant, instant } from '../model/scalars.ts'
import { formatReadable, MINUTE } from '../model/time.ts'

/** An instant in a zone and in UTC, its minute begun: what we name is never later than what we keep. */
export function when(at: Instant, zone: string): string {
  const minute = instant(Math.floor(at / MINUTE) * MINUTE)
  const utc = formatReadable(minute, 'UTC')
  const local = formatReadable(minute, zone)
  if (zone === 'UTC') return utc
  const [day, time] = utc.split(', ')
  return local.startsWith(`${day}, `) ? `${local} (${time})` : `${local} (${utc})`
}

/** Two indented lines of five groups, read aloud and compared more easily. */
export function grouped(fingerprint: Fingerprint): string {
  const groups = fingerprint.match(/.{4}/g) ?? []
  return `    ${groups.slice(0, 5).join(' ')}\n    ${groups.slice(5).join(' ')}`
}

/** One clock as a sentence, for a report that has just arrived. */
export const clockSentence = (clock: Clock, policy: Policy, receivedAt: Instant, zone: string): string =>
  dueSentence(clock, dueAt(receivedAt, clock.within, policy.calendar), zone)

/** One clock as a sentence; an aim says that it is one. */
export function dueSentence(clock: Clock, dueAtInstant: Instant, zone: string): string {
  const due = when(dueAtInstant, zone)
  const text = clock.text.trim().replace(/\.$/, '')
  return clock.kind === 'promise' ? `By ${due}, ${text}.` : `Our aim, not a promise: by ${due}, ${text}.`
}

/** Clocks whose due time is known when a report arrives, and that its reporter is told of. */
export const toldAtOnce = ({ clocks }: Policy): readonly Clock[] =>
  clocks.filter(({ start, when, told }) => start === 'received' && when === undefined && told === 'reporter')

const faults: Readonly<Record<SignatureFault, string>> = {
  'unknown-key': 'made by a key we do not know',
  bad: 'does not match the words',
  'expired-key': 'made by an expired key',
  'revoked-key': 'made by a revoked key',
  weak: 'too weak',
  'not-signing-key': 'made by a key that may not sign',
  'not-data': 'not one over a text',
  several: 'one of several, which we do not take',
  malformed: 'damaged',
}

/** What is known of a signature, as the rest of a sentence. */
export function signaturePhrase(verdict: SignatureVerdict): string {
  switch (verdict.kind) {
    case 'none':
      return 'not signed'
    case 'good':
      return `signed by key ${verdict.signature.primary}`
    case 'refused':
      return `signature not accepted: ${faults[verdict.fault]}`
    default:
      return unreachable(verdict)
  }
}
