// What was told of a leak, by whoever told it: an incident, and the alarm to every admin. Nothing here is ever refused,
// and nothing tells whoever writes whether a case or an incident of some number exists.
import { type Contact, isMember } from '../../model/contact.ts'
import type { Snapshot } from '../../model/decision.ts'
import type { Actor } from '../../model/event.ts'
import { evolveIncident, type Incident } from '../../model/incident.ts'
import type { IncidentEvent } from '../../model/member-event.ts'
import type { MailOrder, Suggestion } from '../../model/order.ts'
import { type Plaintext, plaintext } from '../../model/plaintext.ts'
import {
  type InboundId,
  type IncidentId,
  type Instant,
  type ProjectName,
  parseCaseId,
  parseIncidentId,
  sameMailbox,
} from '../../model/scalars.ts'
import type { Settings } from '../../model/settings.ts'
import type { PassedOn } from '../../model/sharing.ts'
import { toAdmins } from '../orders.ts'
import { projectOf } from '../report.ts'
import { nameFor } from './sharing.ts'

/** Characters kept of one mail's words; the mail itself is stored whole. */
const MAX_WORDS = 20_000

export type Tale = {
  readonly at: Instant
  readonly actor: Actor
  readonly inbound: InboundId
  readonly words: Plaintext
  /** What stands behind `leak`: a case, an incident, a project, or nothing that there is. */
  readonly of: string | undefined
  /** Who told it: a member, or an address that proves nothing. */
  readonly from: Incident['from']
  /** The incident that an answer of theirs stands in the thread of. */
  readonly joins?: IncidentId
  /** Of whose address it came to. */
  readonly addressed: ProjectName | undefined
  /** The mail, where it is more than a command. */
  readonly mail: PassedOn | undefined
}

export type Recorded = {
  readonly incident: IncidentId
  readonly project: ProjectName
  readonly what: 'new' | 'more'
  readonly events: readonly IncidentEvent[]
  readonly alarms: readonly MailOrder[]
}

/** The one command that shows an admin all there is to know. */
export const incidentOffer = (id: IncidentId, { instance }: Settings): Suggestion => ({
  label: 'See who had what, and when',
  body: `embargod ${instance}\nincident ${id}\n`,
})

/** Undefined where a mail has used up all the ids that were drawn for it. */
export function recordLeak(
  tale: Tale,
  { settings, contacts, incidents }: Pick<Snapshot, 'settings' | 'contacts' | 'incidents'>,
  [unused]: readonly IncidentId[],
): Recorded | undefined {
  const { at, actor, inbound, of, from, joins, mail } = tale
  const text = plaintext(tale.words.open().slice(0, MAX_WORDS))
  const named = joins ?? (of === undefined ? undefined : parseIncidentId(of))
  const known = named && incidents.get(named)
  const contact = 'contact' in from ? contacts.find(({ id }) => id === from.contact) : undefined
  const joined = known !== undefined && isTheirs(known, tale, contact, contacts) ? known : undefined
  const incident = joined?.id ?? unused
  if (incident === undefined) return undefined
  const fact = { at, actor, incident }
  const event: IncidentEvent =
    joined === undefined
      ? {
          ...fact,
          kind: 'incident-opened',
          project: projectTold(tale, contact, settings),
          from,
          about: of === undefined ? undefined : parseCaseId(of),
          inbound,
          text,
        }
      : { ...fact, kind: 'incident-told', inbound, text }
  const after = evolveIncident(joined, event)
  const what = joined === undefined ? 'new' : 'more'
  const alarms = toAdmins(
    settings.admins,
    { project: after.project, case: undefined },
    {
      kind: 'leak',
      incident: after,
      occasion: what,
      member: contact && nameFor(contact, 'admin', settings),
      passedOn: mail,
    },
  ).map(order => ({ ...order, offers: [incidentOffer(incident, settings)] }))
  return { incident, project: after.project, what, events: [event], alarms }
}

/** Admins add to any, others to what they told themselves; whose organisation told it counts as one. */
function isTheirs(
  incident: Incident,
  { actor, from, joins }: Tale,
  contact: Contact | undefined,
  contacts: readonly Contact[],
): boolean {
  if (joins === incident.id || actor.kind === 'admin' || actor.kind === 'operator') return true
  const teller = incident.from
  if ('contact' in teller) {
    const told = contacts.find(({ id }) => id === teller.contact)
    return contact !== undefined && told?.distributor === contact.distributor
  }
  return (
    'address' in from &&
    from.address !== undefined &&
    teller.address !== undefined &&
    sameMailbox(from.address, teller.address)
  )
}

/** Never by the case that they name: what they are answered must not depend on whether it exists. */
function projectTold({ of, addressed }: Tale, contact: Contact | undefined, settings: Settings): ProjectName {
  const named = of === undefined ? undefined : projectCalled(of, settings)
  return named ?? contact?.project ?? addressed ?? projectOf(settings)
}

const projectCalled = (word: string, { projects }: Settings): ProjectName | undefined =>
  projects.find(({ name }) => name === word.toLowerCase())?.name

/** Whether a word behind `leak` names what a leak can be of; any other makes it prose. */
export const namesLeak = (of: string | undefined, settings: Settings): boolean =>
  of === undefined ||
  parseCaseId(of) !== undefined ||
  parseIncidentId(of) !== undefined ||
  projectCalled(of, settings) !== undefined

/** The member whose words they are by their key. */
export const memberOf = (actor: Actor, contacts: readonly Contact[]): Contact | undefined =>
  'fingerprint' in actor
    ? contacts.find(one => isMember(one) && one.fingerprint === actor.fingerprint)
    : undefined
