// Whom a notice would reach at its instant, and whom not and why: by keys, the list and acceptance as they are foreseen
// for then; how large a copy is; and when the last one leaves. One judgement for `preflight`, for the plan of a notice
// and for the looks before its instant. Nothing changes here, and nobody is spared or warned.
import type { Contact } from '../../model/contact.ts'
import type { Distributor } from '../../model/distributor.ts'
import { type Audience, isMeant } from '../../model/notice.ts'
import { base64Length } from '../../model/octets.ts'
import { lastLeaves } from '../../model/pace.ts'
import type { Plaintext } from '../../model/plaintext.ts'
import type { Instant, ProjectName } from '../../model/scalars.ts'
import { policyOf, type Settings } from '../../model/settings.ts'
import type { Known } from '../known.ts'
import { needsReaccept } from '../membership/acceptance.ts'
import { activation, keyChange, suspensionEnd } from '../time/contact-waits.ts'

/** What is looked at of a notice, one that is scheduled or one that might be. */
export type Flight = {
  readonly project: ProjectName
  readonly audience: Audience
  readonly sendAt: Instant
  /** Undefined: its text is not known yet. */
  readonly content:
    | { readonly text: Plaintext; readonly attachments: readonly { readonly size: number }[] }
    | undefined
}

/** `ends`: nothing can be encrypted to the key from `at` on, which is not after the instant. */
export type Blindness = { readonly kind: 'revoked' } | { readonly kind: 'ends'; readonly at: Instant }

/**
 * Why somebody who is meant gets no copy at the instant, whatever their key. `unaccepted`: they have accepted no terms;
 * `terms`: they are to accept others by `at`.
 */
export type Absence =
  | { readonly kind: 'invited' | 'cooling' | 'suspended' | 'unaccepted' }
  | { readonly kind: 'terms'; readonly at: Instant }

export type Preflight = {
  readonly sendAt: Instant
  /** They get a copy that they can read. */
  readonly reached: readonly Contact[]
  /** On the list, and their copy would be held. */
  readonly blind: readonly { readonly contact: Contact; readonly why: Blindness }[]
  readonly absent: readonly { readonly contact: Contact; readonly why: Absence }[]
  /** Of those reached, who has accepted other terms than those that hold. */
  readonly outdated: readonly Contact[]
  /** Octets of one copy, as many as it can have; undefined: its text is not known yet. */
  readonly size: number | undefined
  /** When the last copy has left, if the server takes them as fast as it may be given them. */
  readonly last: Instant
}

export function preflight(
  { project, audience, sendAt, content }: Flight,
  {
    contacts,
    distributors,
    settings,
  }: Pick<Known, 'contacts' | 'settings'> & { readonly distributors: readonly Distributor[] },
): Preflight {
  const policy = policyOf(settings, project)
  const organisations = new Map(distributors.map(one => [one.id, one]))
  const reached: Contact[] = []
  const blind: Preflight['blind'][number][] = []
  const absent: Preflight['absent'][number][] = []
  for (const contact of contacts) {
    const { distributor, state } = contact
    if (contact.project !== project || state === 'left' || state === 'removed') continue
    if (!isMeant(audience, contact, organisations.get(distributor))) continue
    const absence = absenceAt(contact, sendAt, settings)
    const blindness = blindnessAt(contact, sendAt, settings)
    if (absence !== undefined) absent.push({ contact, why: absence })
    else if (blindness !== undefined) blind.push({ contact, why: blindness })
    else reached.push(contact)
  }
  return {
    sendAt,
    reached,
    blind,
    absent,
    outdated: reached.filter(one => needsReaccept(one, policy)),
    size: content && sizeOf(content),
    last: lastLeaves(reached.length, settings.mailsPerMinute, sendAt),
  }
}

/** By what time alone brings about until then; undefined: they are on the list. */
function absenceAt(contact: Contact, sendAt: Instant, settings: Settings): Absence | undefined {
  const comes = (at: Instant | undefined) => at !== undefined && at <= sendAt
  switch (contact.state) {
    case 'suspended':
      return comes(suspensionEnd.nextAt(contact, settings)) ? undefined : { kind: 'suspended' }
    case 'cooling':
      return comes(activation.nextAt(contact, settings)) ? undefined : { kind: 'cooling' }
    case 'active': {
      const isBound = needsReaccept(contact, policyOf(settings, contact.project))
      if (isBound && contact.acceptance === undefined) return { kind: 'unaccepted' }
      const at = suspendedForTermsAt(contact, settings)
      return at !== undefined && at <= sendAt ? { kind: 'terms', at } : undefined
    }
    default:
      return { kind: 'invited' }
  }
}

/** When the policy suspends who has not accepted its terms by then; undefined: it does not. */
function suspendedForTermsAt(contact: Contact, settings: Settings): Instant | undefined {
  const policy = policyOf(settings, contact.project)
  const { asked } = contact
  const isAsked = asked !== undefined && asked.sha256 === policy.membership?.terms.sha256
  const suspends = policy.membership?.reacceptance.silent === 'suspend' && needsReaccept(contact, policy)
  return isAsked && suspends ? asked.by : undefined
}

/** Whether nothing can be encrypted to their key at that instant, be it one that follows the pinned one before. */
function blindnessAt(contact: Contact, at: Instant, settings: Settings): Blindness | undefined {
  const { nextKey, revokedAt, encryptsUntil } = contact
  const followsAt = keyChange.nextAt(contact, settings)
  const follows = followsAt !== undefined && followsAt <= at
  const end = follows ? nextKey?.key.encryptsUntil : encryptsUntil
  if (!follows && revokedAt !== undefined) return { kind: 'revoked' }
  return end !== undefined && end <= at ? { kind: 'ends', at: end } : undefined
}

/** What the template and the header add to a copy, and the signature: more than they have. */
const AROUND = 24 * 1024
/** Of each file: its header, and its line in the text and in the JSON. */
const AROUND_FILE = 1024

/** Files and text in base64 inside, and the ciphertext once more: an upper bound, near to what a copy has. */
function sizeOf({ text, attachments }: NonNullable<Flight['content']>): number {
  const parts = [Buffer.byteLength(text.open()), ...attachments.map(({ size }) => size + AROUND_FILE)]
  const plain = parts.reduce((sum, length) => sum + base64Length({ length }, 76), AROUND)
  return base64Length({ length: plain }, 64)
}
