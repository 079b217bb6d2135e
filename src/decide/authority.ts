// Who may do what in which case: the one place that answers it. In goes a key, out come roles. A case in which
// somebody has no role answers them exactly like one that does not exist (product.md §3).
import type { Application } from '../model/application.ts'
import type { Case } from '../model/case.ts'
import { type Contact, isMember } from '../model/contact.ts'
import type { Snapshot, Told } from '../model/decision.ts'
import type { Actor } from '../model/event.ts'
import { hasAgreed } from '../model/fix-team.ts'
import type { Engineer, Person } from '../model/person.ts'
import {
  type ApplicationId,
  type CaseId,
  type ContactId,
  type Fingerprint,
  type Instant,
  instant,
  type ProjectName,
  sameMailbox,
} from '../model/scalars.ts'
import { adminWithKey, policyOf, projectNamed, type Settings } from '../model/settings.ts'

/**
 * `lead`: of this case, who need not be an admin. `invited`: to its fix team, and not agreed yet to the terms.
 * `anyone`: without a signature, or with one that opens nothing. `applicant`: the key of an open application, or of a
 * contact who has not joined yet, or one that is to follow a contact's. `suspended`: a member who gets nothing for now.
 */
export const ROLES = [
  'anyone',
  'applicant',
  'reporter',
  'member',
  'suspended',
  'invited',
  'fix-team',
  'maintainer',
  'lead',
  'admin',
] as const
export type Role = (typeof ROLES)[number]

/** Whose signature it is, or the operator of the host, who counts as one of the admins. */
export type Who = Fingerprint | 'operator'

/** What somebody is in one case; empty: nothing, not even that it exists. `told`: members may know of it, too. */
export function rolesIn(theCase: Case, who: Who, settings: Settings, told?: Told): readonly Role[] {
  if (who === 'operator') return ['admin']
  const roles: Role[] = adminWithKey(settings, who) === undefined ? [] : ['admin']
  const person = personIn(theCase, who, settings)
  if (theCase.reporter.key?.fingerprint === who) roles.push('reporter')
  if (told?.get(theCase.id)?.includes(who) === true) roles.push('member')
  if (roles.includes('admin')) return roles
  const engineer = theCase.fixTeam.find(one => one.fingerprint === who)
  if (engineer !== undefined)
    roles.push(hasAgreed(engineer, policyOf(settings, theCase.project)) ? 'fix-team' : 'invited')
  if (theCase.sharedWith === 'maintainers' && isMaintainer(theCase.project, who, settings))
    roles.push('maintainer')
  if (roles.length > 0 && person !== undefined && theCase.lead === person.name) roles.push('lead')
  return roles
}

/** Those who have a part in anything, and in what. */
export type People = Pick<Snapshot, 'contacts' | 'settings'> & {
  readonly cases: ReadonlyMap<CaseId, Case>
  readonly applications: ReadonlyMap<ApplicationId, Application>
}

/** What somebody is at all: what `help` lists, and which verbs without a case are theirs. */
export function rolesOf(who: Who, { cases, contacts, applications, settings }: People): readonly Role[] {
  const roles = new Set<Role>(['anyone'])
  if (who === 'operator' || adminWithKey(settings, who) !== undefined) roles.add('admin')
  else if (maintainerWithKey(settings, who) !== undefined) roles.add('maintainer')
  if (who !== 'operator') {
    for (const contact of contacts) for (const role of rolesAs(contact, who)) roles.add(role)
    if (applicationOf(who, applications.values()) !== undefined) roles.add('applicant')
  }
  for (const theCase of cases.values()) for (const role of rolesIn(theCase, who, settings)) roles.add(role)
  return [...roles]
}

/** What a key is for one contact. */
function rolesAs(contact: Contact, key: Fingerprint): readonly Role[] {
  const { state, fingerprint, nextKey } = contact
  const isGone = state === 'left' || state === 'removed'
  if (nextKey?.key.fingerprint === key && !isGone) return ['applicant']
  if (fingerprint !== key || isGone || contact.revokedAt !== undefined) return []
  if (state === 'active') return ['member']
  return [state === 'suspended' ? 'suspended' : 'applicant']
}

/** What commands begin with. */
export type Named = CaseId | ApplicationId

/** The open application in which this key was offered: one that is named, then one that it has proven, then any. */
export function applicationOf(
  key: Fingerprint,
  all: Iterable<Application>,
  named: readonly Named[] = [],
): Application | undefined {
  const offered = [...all].filter(one => one.state === 'open' && one.key?.fingerprint === key)
  const own = offered.find(({ id }) => named.includes(id))
  return own ?? offered.find(({ proven }) => proven !== undefined) ?? offered[0]
}

/** The contact whose key this is, one that is on the list before all others. */
export const contactWith = (key: Fingerprint, contacts: readonly Contact[]): Contact | undefined =>
  contacts.find(one => isMember(one) && one.revokedAt === undefined && one.fingerprint === key) ??
  contacts.find(one => rolesAs(one, key).length > 0)

/**
 * An admin, a maintainer, an engineer of a fix team, the reporter of a case that they name, a member, a reporter at
 * all, an applicant: the first that they are, by their key.
 */
export function actorIn(people: People, key: Fingerprint, named: readonly Named[] = []): Actor | undefined {
  const { cases, contacts, applications, settings } = people
  const fingerprint = key
  const admin = adminWithKey(settings, key)
  if (admin !== undefined) return { kind: 'admin', name: admin.name, fingerprint }
  const maintainer = maintainerWithKey(settings, key)
  if (maintainer !== undefined) return { kind: 'maintainer', name: maintainer.name, fingerprint }
  for (const theCase of cases.values()) {
    const engineer = theCase.fixTeam.find(one => one.fingerprint === key)
    if (engineer !== undefined) return { kind: 'engineer', name: engineer.name, fingerprint }
  }
  const reported = [...cases.values()].filter(({ reporter }) => reporter.key?.fingerprint === key)
  const reporter = { kind: 'reporter', name: 'reporter', fingerprint } as const
  if (reported.some(({ id }) => named.includes(id))) return reporter
  const contact = contactWith(key, contacts)
  if (contact !== undefined) {
    const kind = isMember(contact) && contact.fingerprint === key ? 'member' : 'applicant'
    return { kind, name: contact.id, fingerprint }
  }
  if (reported.length > 0) return reporter
  const application = applicationOf(key, applications.values(), named)
  return application && { kind: 'applicant', name: application.id, fingerprint }
}

/**
 * Where what came of somebody's commands goes: their registered address, never the one of the mail. Anyone can send
 * a report with another person's public key, and so name an address for it: what the commands name tells first,
 * then what was known first, and an engineer's is the one that the team was given.
 */
export function addressee(actor: Actor, people: People, named: readonly Named[]): Insider | undefined {
  if (!('fingerprint' in actor)) return undefined
  const { fingerprint, kind, name } = actor
  const { settings } = people
  const configured = adminWithKey(settings, fingerprint) ?? maintainerWithKey(settings, fingerprint)
  if (configured !== undefined) return { ...configured, certificate: undefined }
  if (kind === 'member' || kind === 'applicant') return memberAddressee(name, fingerprint, people)
  const isNamed = ({ id }: Case): number => (named.includes(id) ? 0 : 1)
  const cases = [...people.cases.values()].sort(
    (a, b) => isNamed(a) - isNamed(b) || a.receivedAt - b.receivedAt,
  )
  const engineer = cases.flatMap(({ fixTeam }) => fixTeam).find(one => one.fingerprint === fingerprint)
  if (engineer !== undefined) return { ...engineer, certificate: engineer.key?.certificate }
  for (const { reporter } of cases) {
    const { key, address } = reporter
    if (key?.fingerprint === fingerprint && address !== undefined)
      return { name: 'reporter', address, fingerprint, certificate: key.certificate }
  }
  return undefined
}

/** A contact at their address on the list, or an applicant at the one that they applied from. */
function memberAddressee(
  name: ContactId | ApplicationId,
  fingerprint: Fingerprint,
  { contacts, applications }: People,
): Insider | undefined {
  const contact = contacts.find(({ id }) => id === name)
  if (contact !== undefined) {
    const { address, certificate, nextKey } = contact
    const isNext = nextKey?.key.fingerprint === fingerprint
    // Who is on the list has an enrolled key; of all others only the sandbox touches theirs.
    const enrolled = isMember(contact) ? undefined : certificate
    return { name, address, fingerprint, certificate: isNext ? nextKey.key.certificate : enrolled }
  }
  const application = [...applications.values()].find(({ id }) => id === name)
  return (
    application && {
      name,
      address: application.address,
      fingerprint,
      certificate: application.key?.certificate,
    }
  )
}

/**
 * Since when somebody's signatures count; undefined: they never did (threats.md A14). An engineer's in all the
 * cases that they name, or anywhere where they name none of theirs.
 */
export function entitledSince(
  actor: Actor,
  { cases, contacts, entitled }: Pick<Snapshot, 'cases' | 'contacts' | 'entitled'>,
  named: readonly Named[] = [],
): Instant | undefined {
  if (!('fingerprint' in actor)) return undefined
  const { kind, fingerprint } = actor
  if (kind === 'admin' || kind === 'maintainer') return entitled.get(fingerprint)
  if (kind === 'member') return contacts.find(({ id }) => id === actor.name)?.since
  // What they sign names a case that they were told of, or a token that was mailed to them.
  if (kind === 'reporter' || kind === 'applicant') return instant(0)
  const joinedIn = (some: Iterable<Case>) =>
    [...some]
      .flatMap(({ fixTeam }) => fixTeam)
      .filter(one => one.fingerprint === fingerprint)
      .map(({ since }) => since)
  const here = joinedIn([...cases.values()].filter(({ id }) => named.includes(id)))
  if (here.length > 0) return instant(Math.max(...here))
  const anywhere = joinedIn(cases.values())
  return anywhere.length === 0 ? undefined : instant(Math.min(...anywhere))
}

/** Who has the last word on the severity: the lead where the policy says so, if somebody leads; else any admin. */
export function decidesSeverity(theCase: Case, who: Who, name: string, settings: Settings): boolean {
  const { decidedBy } = policyOf(settings, theCase.project).severity
  if (decidedBy === 'lead' && theCase.lead !== undefined) return theCase.lead === name
  return rolesIn(theCase, who, settings).includes('admin')
}

const maintainerWithKey = (settings: Settings, key: Fingerprint): Person | undefined =>
  settings.projects.flatMap(project => project.maintainers).find(one => one.fingerprint === key)

const isMaintainer = (project: ProjectName, key: Fingerprint, settings: Settings): boolean =>
  projectNamed(settings, project)?.maintainers.some(one => one.fingerprint === key) ?? false

/** Whether somebody reads the case as one of those who work on it. */
export const isInsider = (theCase: Case, key: Fingerprint, settings: Settings): boolean =>
  personIn(theCase, key, settings) !== undefined

/** An insider of the case by their key. */
const personIn = (theCase: Case, key: Fingerprint, settings: Settings): Person | undefined =>
  insidersOf(theCase, settings).find(one => one.fingerprint === key)

/**
 * Who reads a case: the admins, the maintainers once it is shared with them, those of its fix team who agreed to
 * the terms; each person once, the first of their keys in this order. Never the reporter.
 */
export function insidersOf(theCase: Case, settings: Settings): readonly Insider[] {
  const all: Insider[] = settings.admins.map(person => ({ ...person, certificate: undefined }))
  const maintainers = projectNamed(settings, theCase.project)?.maintainers ?? []
  if (theCase.sharedWith === 'maintainers')
    all.push(...maintainers.map(person => ({ ...person, certificate: undefined })))
  const policy = policyOf(settings, theCase.project)
  all.push(...theCase.fixTeam.filter(one => hasAgreed(one, policy)).map(engineerAsInsider))
  return all.filter(
    (one, index) =>
      all.findIndex(
        other => other.fingerprint === one.fingerprint || sameMailbox(other.address, one.address),
      ) === index,
  )
}

/** An engineer as whom mail goes to. */
export const engineerAsInsider = ({ name, address, fingerprint, key }: Engineer): Insider => ({
  name,
  address,
  fingerprint,
  certificate: key?.certificate,
})

/** `certificate` undefined: it is enrolled, by the configuration. */
export type Insider = Person & { readonly certificate: Uint8Array | undefined }
