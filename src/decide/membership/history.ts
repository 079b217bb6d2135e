// What happened to an organisation, its contacts and its application, as sentences in order of time: what `member show`
// lists and what evidence consists of. In go events, out come facts; words and names of people apart from ours.
import type { Acceptance } from '../../model/application.ts'
import type { Actor } from '../../model/event.ts'
import type {
  ApplicationEvent,
  ContactEvent,
  DistributorEvent,
  IncidentEvent,
} from '../../model/member-event.ts'
import type { CaseKey } from '../../model/person.ts'
import { type Plaintext, plaintext } from '../../model/plaintext.ts'
import type { Fingerprint, Instant } from '../../model/scalars.ts'
import { formatInstant } from '../../model/time.ts'

export type MemberEvent = ApplicationEvent | DistributorEvent | ContactEvent | IncidentEvent

export type MemberFact = {
  readonly at: Instant
  /** Who brought it about: `admin alice`, `member M-…`. */
  readonly who: string
  /** What it happened to, and what it was; none of anybody's words. */
  readonly what: string
  /** What they wrote, or whom it names. */
  readonly words: Plaintext | undefined
}

/** One fact; undefined for what nobody did and nobody asks for later, as reminders. */
export function factOf(event: MemberEvent): MemberFact | undefined {
  if (event.kind === 'application-reminded' || event.kind === 'contact-reminded') return undefined
  const { what, words } = described(event)
  const about = event.kind.replaceAll('-', ' ')
  const of = subjectOf(event)
  return {
    at: event.at,
    who: whoIs(event.actor),
    what: `${of}: ${about}${what === '' ? '' : `, ${what}`}`,
    words,
  }
}

/** The keys that an event tells of: of whom a signature may be from then on. */
export function keysIn(event: MemberEvent): readonly Pick<CaseKey, 'fingerprint' | 'certificate'>[] {
  switch (event.kind) {
    case 'application-opened':
      return event.key === undefined ? [] : [event.key]
    case 'application-key-set':
    case 'contact-named':
    case 'key-changed':
      return [event.key]
    case 'key-asked':
      return [event.next.key]
    default:
      return []
  }
}

const subjectOf = (event: MemberEvent): string => {
  if ('contact' in event) return event.contact
  if ('application' in event) return event.application
  return 'incident' in event ? event.incident : event.distributor
}

function whoIs(actor: Actor): string {
  if (actor.kind === 'scheduler') return 'time alone'
  if (actor.kind === 'operator' || actor.kind === 'outsider') return `the ${actor.kind}`
  return `${actor.kind} ${actor.name}`
}

/** By whose key it was done; undefined: by none. */
export const signerOf = ({ actor }: MemberEvent): Fingerprint | undefined =>
  actor.kind === 'member' || actor.kind === 'applicant' ? actor.fingerprint : undefined

type Described = { readonly what: string; readonly words: Plaintext | undefined }

const said = (what: string, words?: Plaintext): Described => ({ what, words })

/** What the kind of an event does not say by itself; without it the kind says all. */
function described(event: MemberEvent): Described {
  switch (event.kind) {
    case 'application-opened':
      return said(keyWords(event.key), plaintext(event.address))
    case 'application-key-set':
    case 'key-changed':
      return said(keyWords(event.key))
    case 'application-accepted-terms':
    case 'contact-accepted-terms':
      return said(acceptanceWords(event.acceptance))
    case 'application-vouched': {
      const { contact, distributor, fingerprint, text } = event.vouch
      return said(`by ${contact} of ${distributor}, for key ${fingerprint}`, text)
    }
    case 'vouch-voided':
      return said(`of ${event.voucher}`, plaintext(event.why))
    case 'application-objected':
      return said(`by ${event.objection.by}`, event.objection.reason)
    case 'application-ended':
      return said(event.as, event.reason)
    case 'distributor-joined':
      return said(joinedWords(event), event.name)
    case 'distributor-vouched':
      return said(`for ${event.of}, by ${event.voucher}`)
    case 'distributor-classed':
      return said(event.class ?? 'none')
    case 'distributor-struck':
      return said(event.because === undefined ? '' : `after ${event.because}`, event.reason)
    case 'distributor-ended':
      return said(event.how, event.reason)
    case 'contact-named': {
      const { organisation, name, address, key, as, acceptance, of } = event
      const accepted = acceptance === undefined ? '' : `, ${acceptanceWords(acceptance)}`
      const who = plaintext(`${name.open()} <${address}>, ${organisation.open()}`)
      return said(`of ${of}, ${as}, ${keyWords(key)}${accepted}`, who)
    }
    case 'contact-proven':
      return said(`gets notices from ${formatInstant(event.activeAt)}`)
    case 'contact-attested':
      return said(`${event.people} ${event.people === 1 ? 'person reads' : 'people read'} it`)
    case 'contact-suspended':
      return said(
        `${event.why}${event.until === undefined ? '' : `, until ${formatInstant(event.until)}`}`,
        event.reason,
      )
    case 'contact-ended':
      return said(event.as, event.reason)
    case 'acceptance-asked':
      return said(`of the text ${event.sha256}, by ${formatInstant(event.by)}`)
    case 'key-asked':
      return said(`${event.next.by}, ${keyWords(event.next.key)}`, event.verified)
    case 'key-proven':
      return said(`in force from ${formatInstant(event.effectiveAt)}`)
    case 'incident-opened':
    case 'incident-told':
      return said('', event.text)
    default:
      return said('')
  }
}

const keyWords = (key: Pick<CaseKey, 'fingerprint'> | undefined): string =>
  key === undefined ? 'without a key' : `key ${key.fingerprint}`

const acceptanceWords = ({ version, sha256, how }: Acceptance): string =>
  `terms version ${version}, SHA-256 ${sha256}, ${how}`

function joinedWords(event: Extract<DistributorEvent, { kind: 'distributor-joined' }>): string {
  const { joined, vouchedBy, approvedBy } = event
  return [
    'from' in joined ? `${joined.how} ${joined.from}` : joined.how,
    ...(vouchedBy.length === 0 ? [] : [`vouched for by ${vouchedBy.join(', ')}`]),
    ...(approvedBy.length === 0 ? [] : [`let in by ${approvedBy.join(', ')}`]),
  ].join(', ')
}
