// A contact of an organisation on a distributors list: the one address and the pinned key that notices go to, and how
// far they are trusted. State is what its events give.
import type { Acceptance } from './application.ts'
import type { ContactEvent } from './member-event.ts'
import type { CaseKey } from './person.ts'
import type { Plaintext } from './plaintext.ts'
import type { Reminded } from './reminder.ts'
import { unreachable } from './result.ts'
import type {
  ContactId,
  DistributorId,
  EmailAddress,
  Fingerprint,
  InboundId,
  Instant,
  ProjectName,
  Sha256,
} from './scalars.ts'

/**
 * `invited`: named by the organisation, and has not proven key and address. `cooling`: has, and the others can still
 * say no. Only who is `active` gets notices.
 */
export type ContactState = 'invited' | 'cooling' | 'active' | 'suspended' | 'left' | 'removed'

/** Why somebody gets nothing for now. */
export type SuspendedFor = 'admin' | 'acceptance' | 'attestation'

/** A key that is to follow the pinned one. Copies use the old one until `effectiveAt`. */
export type NextKey = {
  readonly key: CaseKey
  /** `change`: signed by the old one. `rekey`: an admin verified it in another way. */
  readonly by: 'change' | 'rekey'
  readonly askedAt: Instant
  /** What the new key must sign. */
  readonly token: string
  readonly provenAt: Instant | undefined
  readonly effectiveAt: Instant | undefined
}

export type Contact = {
  readonly id: ContactId
  readonly project: ProjectName
  readonly distributor: DistributorId
  readonly revision: number
  /** Counts what copies depend on: address, key, and whether notices go there. A copy of another version is not sent. */
  readonly version: number
  readonly organisation: Plaintext
  readonly name: Plaintext
  readonly address: EmailAddress
  /** `role`: several people read it. */
  readonly kind: 'role' | 'person'
  /** Whether they name and take away the other contacts. */
  readonly manages: 'all' | 'nothing'
  readonly fingerprint: Fingerprint
  readonly certificate: Uint8Array
  /** Of the pinned key: primary key and subkeys that sign, as a signature names them. */
  readonly keyIds: readonly string[]
  /** When the last subkey that copies can be encrypted to ends; undefined: never, or not known. */
  readonly encryptsUntil: Instant | undefined
  /** When the owner of the pinned key revoked it: copies are held from then on. */
  readonly revokedAt: Instant | undefined
  readonly formerKeys: readonly {
    readonly fingerprint: Fingerprint
    readonly since: Instant
    readonly until: Instant
  }[]
  /** Since when the pinned key is. */
  readonly keySince: Instant
  readonly nextKey: NextKey | undefined
  readonly state: ContactState
  /** No signature made before counts; undefined while they are no member. */
  readonly since: Instant | undefined
  /** Of who is invited: what their key must sign. */
  readonly challenge: { readonly token: string; readonly at: Instant } | undefined
  /** Of who is cooling: when they become a member. */
  readonly activeAt: Instant | undefined
  /** The admin who let in a further contact of an organisation, where the policy wants that. */
  readonly approved: { readonly at: Instant; readonly by: string } | undefined
  readonly acceptance: Acceptance | undefined
  /** Asked to accept another text, and by when. */
  readonly asked: { readonly sha256: Sha256; readonly at: Instant; readonly by: Instant } | undefined
  /** What they last said of who reads behind the address. */
  readonly attested:
    | { readonly at: Instant; readonly people: number; readonly inbound: InboundId }
    | undefined
  readonly suspended:
    | {
        readonly why: SuspendedFor
        readonly at: Instant
        readonly by: string
        readonly until: Instant | undefined
        readonly reason: Plaintext | undefined
      }
    | undefined
  readonly reminded: Readonly<Record<string, Reminded>>
}

/** Folds one event into its contact. @throws on a journal that does not begin with its naming. */
export function evolveContact(before: Contact | undefined, event: ContactEvent): Contact {
  if (event.kind === 'contact-named') {
    if (before !== undefined) throw new Error('contact named twice')
    return named(event)
  }
  if (before === undefined) throw new Error('event of a contact that was never named')
  const next = evolved({ ...before, revision: before.revision + 1 }, event)
  return isSameForCopies(before, next) ? next : { ...next, version: before.version + 1 }
}

const isSameForCopies = (a: Contact, b: Contact): boolean =>
  a.address === b.address &&
  a.fingerprint === b.fingerprint &&
  Buffer.compare(a.certificate, b.certificate) === 0 &&
  a.revokedAt === b.revokedAt &&
  (a.state === 'active') === (b.state === 'active')

function named(event: Extract<ContactEvent, { kind: 'contact-named' }>): Contact {
  const { at, as, key } = event
  return {
    id: event.contact,
    project: event.project,
    distributor: event.of,
    revision: 1,
    version: 1,
    organisation: event.organisation,
    name: event.name,
    address: event.address,
    kind: event.contactKind,
    manages: event.manages,
    fingerprint: key.fingerprint,
    certificate: key.certificate,
    keyIds: key.keyIds,
    encryptsUntil: key.encryptsUntil,
    revokedAt: undefined,
    formerKeys: [],
    keySince: at,
    nextKey: undefined,
    state: as,
    since: as === 'active' ? at : undefined,
    challenge: event.token === undefined ? undefined : { token: event.token, at },
    activeAt: undefined,
    approved: undefined,
    acceptance: event.acceptance,
    asked: undefined,
    attested: undefined,
    suspended: undefined,
    reminded: {},
  }
}

function evolved(one: Contact, event: Exclude<ContactEvent, { kind: 'contact-named' }>): Contact {
  const { at } = event
  switch (event.kind) {
    case 'contact-proven':
      return { ...one, challenge: undefined, state: 'cooling', activeAt: event.activeAt }
    case 'contact-approved':
      return { ...one, approved: { at, by: event.actor.name } }
    case 'contact-manages':
      return { ...one, manages: event.manages }
    case 'contact-activated':
      return { ...one, state: 'active', since: at, activeAt: undefined }
    case 'contact-accepted-terms':
      return { ...one, acceptance: event.acceptance, asked: undefined }
    case 'acceptance-asked':
      return { ...one, asked: { sha256: event.sha256, at, by: event.by } }
    case 'contact-attested':
      return { ...one, attested: { at, people: event.people, inbound: event.inbound } }
    case 'contact-suspended': {
      const { why, until, actor, reason } = event
      return { ...one, state: 'suspended', suspended: { why, at, by: actor.name, until, reason } }
    }
    case 'contact-resumed':
      return { ...one, state: 'active', suspended: undefined }
    case 'contact-ended':
      return { ...one, state: event.as, challenge: undefined, nextKey: undefined, suspended: undefined }
    case 'key-asked':
      return { ...one, nextKey: { ...event.next, token: event.token } }
    case 'key-proven':
      return one.nextKey === undefined
        ? one
        : { ...one, nextKey: { ...one.nextKey, provenAt: at, effectiveAt: event.effectiveAt } }
    case 'key-dropped':
      return { ...one, nextKey: undefined }
    case 'key-changed': {
      const { key } = event
      const former = { fingerprint: one.fingerprint, since: one.keySince, until: at }
      return {
        ...one,
        fingerprint: key.fingerprint,
        certificate: key.certificate,
        keyIds: key.keyIds,
        encryptsUntil: key.encryptsUntil,
        keySince: at,
        revokedAt: undefined,
        formerKeys: [...one.formerKeys, former],
        nextKey: undefined,
        // What the old key signed counts no more.
        since: one.since === undefined ? undefined : at,
      }
    }
    case 'key-merged':
      return {
        ...one,
        certificate: event.certificate,
        keyIds: event.keyIds,
        encryptsUntil: event.encryptsUntil,
      }
    case 'contact-key-revoked':
      return { ...one, revokedAt: at, certificate: event.certificate }
    case 'contact-reminded':
      return { ...one, reminded: { ...one.reminded, [event.about]: { due: event.due, upTo: event.upTo } } }
    default:
      return unreachable(event)
  }
}

/** Whether they are on the list, be it suspended. */
export const isMember = ({ state }: Contact): boolean => state === 'active' || state === 'suspended'
