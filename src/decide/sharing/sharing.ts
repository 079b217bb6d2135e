// Who knows of a case, who is asked whether more may, and the mails about that: what the verbs of sharing and the rule
// of time that ends a request have in common.
import type { Case } from '../../model/case.ts'
import { type Contact, isMember } from '../../model/contact.ts'
import type { Told } from '../../model/decision.ts'
import type { MailOrder, Suggestion } from '../../model/order.ts'
import type { Plaintext } from '../../model/plaintext.ts'
import type { DistributorId } from '../../model/scalars.ts'
import { policyOf, type Settings } from '../../model/settings.ts'
import type { MemberName, ShareRequest, SharingOutcome } from '../../model/sharing.ts'
import type { Who } from '../authority.ts'
import { toAdmin, toMember, toReader } from '../orders.ts'

type People = { readonly contacts: readonly Contact[]; readonly settings: Settings }

/** Contacts who are on the list and were sent a notice of the case. */
export const toldContacts = (
  { id, project }: Case,
  { contacts, told }: { readonly contacts: readonly Contact[]; readonly told: Told },
): readonly Contact[] =>
  contacts.filter(
    one =>
      one.state === 'active' && one.project === project && told.get(id)?.includes(one.fingerprint) === true,
  )

/** As whom a key speaks in a case: on the list of its project, and told of it. */
export const toldAs = (
  theCase: Case,
  who: Who,
  world: { readonly contacts: readonly Contact[]; readonly told: Told },
): Contact | undefined =>
  toldContacts(theCase, world).find(one => one.fingerprint === who && one.revokedAt === undefined)

const organisations = (contacts: readonly Contact[]): ReadonlySet<DistributorId> =>
  new Set(contacts.map(one => one.distributor))

/** Of other organisations than the one that asks. */
export const othersThan = (of: DistributorId, contacts: readonly Contact[]): readonly Contact[] =>
  contacts.filter(one => one.distributor !== of)

/** Organisations that must agree, of those that can; 0: there is none. */
export const neededFrom = (others: readonly Contact[], count: number): number =>
  Math.min(count, organisations(others).size)

/** Organisations that agreed and still count: by a contact who is on the list now, and knows of the case. */
export const agreedOf = ({ agreed, of }: ShareRequest, told: readonly Contact[]): number =>
  organisations(othersThan(of, told).filter(one => agreed.some(({ voter }) => voter === one.id))).size

/** A member as the reader may know them (threats.md C16). */
export const nameFor = (
  { id, organisation, project }: Contact,
  reader: 'admin' | 'member',
  settings: Settings,
): MemberName => ({
  contact: id,
  organisation:
    reader === 'admin' || policyOf(settings, project).membership?.roster === 'organisations'
      ? organisation
      : undefined,
})

/** One mail to each admin, and to each of these members where the list decides. */
export function requestMails(
  theCase: Case,
  request: ShareRequest,
  readers: { readonly team: 'admins' | 'nobody'; readonly members: readonly Contact[] },
  needed: number,
  occasion: 'asked' | 'reminded',
  { contacts, settings }: People,
): readonly MailOrder[] {
  const asker = contacts.find(({ id }) => id === request.asker)
  if (asker === undefined) return []
  const { id, project } = theCase
  const decides = policyOf(settings, project).sharing?.approvedBy ?? 'team'
  const about = { project, case: id }
  const content = (reader: 'admin' | 'member') =>
    ({
      kind: 'share-request',
      request,
      asker: nameFor(asker, reader, settings),
      decides,
      reader,
      needed,
      occasion,
    }) as const
  const offer = (label: string, line: string): Suggestion => ({
    label,
    body: `embargod ${settings.instance}\n${line}\n`,
  })
  const grant = offer('Yes, they may be told', `grant-share ${id} to=${request.asker}`)
  const deny = offer('No, with why in the gap', `deny-share ${id} to=${request.asker} <<\n\n.`)
  const teams = decides === 'list' ? [deny] : [grant, deny]
  const admins = readers.team === 'nobody' ? [] : settings.admins
  return [
    ...admins.map(admin => ({ ...toAdmin(admin, about, content('admin')), offers: teams })),
    ...readers.members.map(one => ({
      ...toReader(one, id, content('member')),
      offers: [grant, deny],
    })),
  ]
}

/** To who asked, while they are a member. */
export function outcomeMails(
  { id }: Case,
  request: ShareRequest,
  outcome: {
    readonly as: SharingOutcome
    readonly by: 'team' | 'list'
    readonly reason: Plaintext | undefined
  },
  contacts: readonly Contact[],
): readonly MailOrder[] {
  const asker = contacts.find(one => one.id === request.asker)
  if (asker === undefined || !isMember(asker)) return []
  return [{ ...toMember(asker, { kind: 'share-outcome', request, ...outcome }), case: id }]
}
