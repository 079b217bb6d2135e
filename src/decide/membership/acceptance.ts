// Acceptance of the embargo policy: whose is of another text than the one that holds, and whom a signed acceptance is
// for. A version and a SHA-256 name the text; nothing else that is said with them counts.
import type { Acceptance, Application } from '../../model/application.ts'
import { type Contact, isMember } from '../../model/contact.ts'
import type { ContactEvent } from '../../model/member-event.ts'
import type { Policy, Terms } from '../../model/policy.ts'
import type { Fingerprint, InboundId, Instant } from '../../model/scalars.ts'
import type { World } from '../commands/command.ts'
import { membershipOf } from './proof.ts'

/** Whether a member has accepted other terms than those that hold, or none. */
export const needsReaccept = (contact: Contact, { membership }: Policy): boolean =>
  isMember(contact) && membership !== undefined && contact.acceptance?.sha256 !== membership.terms.sha256

export type Accepting = Application | Contact

/** Whoever this key speaks for and who may accept: open applications, and contacts who have not left. */
export const acceptingWith = (key: Fingerprint, { applications, contacts }: World): readonly Accepting[] => [
  ...[...applications.values()].filter(one => one.state === 'open' && one.key?.fingerprint === key),
  ...contacts.filter(one => one.fingerprint === key && one.state !== 'left' && one.state !== 'removed'),
]

/** The terms that hold where they are, or ask to be. */
export const termsFor = (one: Accepting, { settings }: Pick<World, 'settings'>): Terms | undefined =>
  membershipOf(one, settings)?.terms

export const acceptanceOf = (
  { version, sha256 }: Terms,
  at: Instant,
  how: Acceptance['how'],
  inbound: InboundId,
): Acceptance => ({ version, sha256, at, how, inbound })

/** A contact's acceptance, which ends a suspension that waited for it and no other. */
export function acceptedBy(
  contact: Contact,
  acceptance: Acceptance,
  { now, actor }: Pick<World, 'now' | 'actor'>,
): readonly ContactEvent[] {
  const fact = { at: now, actor, contact: contact.id }
  const resumes = contact.state === 'suspended' && contact.suspended?.why === 'acceptance'
  return [
    { ...fact, kind: 'contact-accepted-terms', acceptance },
    ...(resumes ? [{ ...fact, kind: 'contact-resumed' } as const] : []),
  ]
}
