// Small phrases that several texts share: instants, keys, clocks. Everything comes from policy data.
import { dueAt } from '../model/calendar.ts'
import type { Doubt } from '../model/doubt.ts'
import type { SignatureFault, SignatureVerdict } from '../model/mail.ts'
import type { Clock, Policy } from '../model/policy.ts'
import { unreachable } from '../model/result.ts'
import { type Fingerprint, type Instant, instant } from '../model/scalars.ts'
import type { MemberName } from '../model/sharing.ts'
import { formatReadable, MINUTE } from '../model/time.ts'
import { oneLine } from './text.ts'
import type { Block } from './variables.ts'

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
export function grouped(fingerprint: Fingerprint): Block {
  const groups = fingerprint.match(/.{4}/g) ?? []
  return { verbatim: `    ${groups.slice(0, 5).join(' ')}\n    ${groups.slice(5).join(' ')}` }
}

const NAME_COLUMNS = 100

/** A member as far as the reader may know them. */
export const nameView = ({ contact, organisation }: MemberName) => ({
  contact,
  organisation: organisation && oneLine(organisation.open(), NAME_COLUMNS),
})

/** One clock in a sentence of a template, which tells an aim from a promise. */
export const clockView = (clock: Clock, due: Instant, zone: string) => ({
  promise: clock.kind === 'promise',
  due: when(due, zone),
  what: clock.text.trim().replace(/\.$/, ''),
})

/** The latest publication that the policy allows, if that is known when a report arrives. */
export function latestAtOnce({ embargo, calendar }: Policy, receivedAt: Instant): Instant | undefined {
  const { start, maximum } = embargo
  return start === 'received' && maximum !== undefined ? dueAt(receivedAt, maximum, calendar) : undefined
}

/** Clocks whose due time is known when a report arrives, and that its reporter is told of. */
export const toldAtOnce = ({ clocks }: Policy): readonly Clock[] =>
  clocks.filter(({ start, when, told }) => start === 'received' && when === undefined && told === 'reporter')

/** Those of them that still lie ahead: of a report that was opened late, some do not. */
export const toldView = (policy: Policy, receivedAt: Instant, now: Instant, zone: string) =>
  toldAtOnce(policy)
    .map(clock => ({ clock, due: dueAt(receivedAt, clock.within, policy.calendar) }))
    .filter(({ due }) => due > now)
    .map(({ clock, due }) => clockView(clock, due, zone))

/** Until when a doubt is to be decided, and what the policy does with it. */
export const doubtView = ({ due, whenInDoubt }: Doubt, zone: string) => ({
  due: when(due, zone),
  publish: whenInDoubt === 'publish',
  continue: whenInDoubt === 'continue',
})

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
