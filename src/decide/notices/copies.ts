// Copies of a notice: whether one may go to a contact as things stand, and what it is made of. Asked when copies are made,
// and again of each in the transaction that hands it over (threats.md C10).
import type { Case } from '../../model/case.ts'
import type { Contact } from '../../model/contact.ts'
import type { Distributor } from '../../model/distributor.ts'
import { isMeant, type Notice } from '../../model/notice.ts'
import type { Policy } from '../../model/policy.ts'
import type { CopyFault } from '../../model/queues.ts'
import type { Instant } from '../../model/scalars.ts'
import { needsReaccept } from '../membership/acceptance.ts'
import { latestDisclosure } from '../time/clocks.ts'
import { isEmbargoed } from '../time/embargo.ts'

/** What holds for every copy of a case's notices alike. */
export const caseFault = (
  theCase: Case | undefined,
): Extract<CopyFault, 'embargo-over' | 'case-held'> | undefined => {
  if (theCase === undefined || !isEmbargoed(theCase)) return 'embargo-over'
  return theCase.held === undefined ? undefined : 'case-held'
}

/** Undefined: it may go. */
export function copyFault(
  { to, audience }: Pick<Notice, 'audience' | 'to'>,
  theCase: Case | undefined,
  contact: Contact | undefined,
  of: Pick<Distributor, 'class'> | undefined,
  policy: Policy,
  now: Instant,
): CopyFault | undefined {
  const ofCase = caseFault(theCase)
  if (ofCase !== undefined) return ofCase
  if (contact === undefined || contact.state === 'left' || contact.state === 'removed') return 'contact-left'
  if (contact.state !== 'active') return 'contact-suspended'
  // Of what goes to users nobody gets a copy.
  if (to !== 'distributors' || !isMeant(audience, contact, of)) return 'not-meant'
  return mayRead(contact, policy, now) ? undefined : 'terms-not-accepted'
}

/**
 * Who accepted an older text gets copies until the date by which they were asked to accept the new one; what follows
 * then is the policy's word. Who accepted none gets nothing (threats.md C10, E12).
 */
function mayRead(contact: Contact, policy: Policy, now: Instant): boolean {
  const { membership } = policy
  if (membership === undefined || !needsReaccept(contact, policy)) return true
  if (contact.acceptance === undefined) return false
  const { asked } = contact
  const isLate = asked?.sha256 === membership.terms.sha256 && now >= asked.by
  return !isLate || membership.reacceptance.silent !== 'suspend'
}

/** What copies are worded with, besides their notice's own text and the policy: another makes another copy. */
export function copyBasis(
  { sendAt, may }: Notice,
  theCase: Case | undefined,
  policy: Policy,
): readonly unknown[] {
  if (theCase === undefined) return [sendAt]
  const { disclose, agreed } = theCase.embargo
  return [sendAt, may, disclose, latestDisclosure(theCase, policy), agreed?.agreed, agreed?.of]
}
