// The addresses, the team and the projects: what must agree between sections of the configuration. In go
// sections, out come the words of Settings; what is wrong goes to `report`.
import { resolve } from 'node:path'
import type { Person } from '../model/person.ts'
import type { Policy } from '../model/policy.ts'
import { ok, type Result } from '../model/result.ts'
import { type EmailAddress, type Fingerprint, parseEmailAddress, sameMailbox } from '../model/scalars.ts'
import { type Addresses, isOwnAddress, type Project, type Settings } from '../model/settings.ts'
import { readSmallFile } from './file.ts'
import { fileFault } from './permissions.ts'
import { listProfiles, PACKAGED_PROFILES, readProfile } from './profile.ts'
import type { Sections } from './schema.ts'
import type { Judge } from './servers.ts'
import type { ConfigProblem, Path } from './source.ts'

/** Undefined only if a problem was reported. */
export function readAddresses(section: Sections['addresses'], judge: Judge): Addresses | undefined {
  const { security, separator } = section
  if (section.command !== undefined) return { security, separator, command: section.command }
  const command = usualCommandAddress(security, separator)
  if (command.ok) return { security, separator, command: command.value }
  judge.report(['addresses', 'security'], `must leave room for ${separator}cmd in its local part`)
  return undefined
}

/** Where commands go unless the configuration names an address for them. */
export function usualCommandAddress(
  security: EmailAddress,
  separator: Addresses['separator'],
): Result<EmailAddress, string> {
  if (separator === 'none') return ok(security)
  const at = security.lastIndexOf('@')
  return parseEmailAddress(`${security.slice(0, at)}${separator}cmd${security.slice(at)}`)
}

/** One address, one meaning; only `command` may be `security`, and only where no separator tells them apart. */
export function checkDistinct(addresses: Addresses, projects: Sections['projects'], judge: Judge): void {
  const { security, command, separator } = addresses
  const taken: { readonly name: string; readonly address: EmailAddress }[] = [
    { name: 'addresses.security', address: security },
  ]
  const take = (path: Path, name: string, address: EmailAddress) => {
    const other = taken.find(one => sameMailbox(one.address, address))
    if (other) judge.report(path, `must be another address than ${other.name}`)
    else taken.push({ name, address })
  }
  if (!(separator === 'none' && sameMailbox(command, security)))
    take(['addresses', 'command'], 'addresses.command', command)
  projects.forEach(({ distributors }, i) => {
    if (distributors) take(['projects', i, 'distributors'], `projects[${i}].distributors`, distributors)
  })
}

type FingerprintOf = (certificate: Uint8Array) => Promise<Result<Fingerprint, string>>

type Placed = { readonly path: Path; readonly person: Sections['admins'][number] }

/** Admins and maintainers, each with their place. */
const everybody = (admins: Sections['admins'], projects: Sections['projects']): readonly Placed[] => [
  ...admins.map((person, i) => ({ path: ['admins', i], person })),
  ...projects.flatMap(({ maintainers }, i) =>
    maintainers.map((person, j) => ({ path: ['projects', i, 'maintainers', j], person })),
  ),
]

/** Reads everybody's certificate and compares its fingerprint with the stated one (product.md §3). */
export async function readCertificates(
  admins: Sections['admins'],
  projects: Sections['projects'],
  fingerprintOf: FingerprintOf,
  judge: Judge,
): Promise<ReadonlyMap<Fingerprint, Uint8Array>> {
  const certificates = new Map<Fingerprint, Uint8Array>()
  for (const { path, person } of everybody(admins, projects)) {
    const { key, fingerprint } = person
    const file = resolve(judge.directory, key)
    const octets = await readSmallFile(file, 0)
    if (!octets.ok) {
      judge.report([...path, 'key'], octets.error.text)
      continue
    }
    const found = await fingerprintOf(octets.value)
    if (!found.ok) judge.report([...path, 'key'], `${file}: ${found.error}`)
    else if (found.value !== fingerprint)
      judge.report([...path, 'fingerprint'], `must be that of ${file}, which is ${found.value}`)
    else certificates.set(fingerprint, octets.value)
  }
  return certificates
}

/** Names, addresses and keys stand for one person each, and a quorum can be reached without its asker. */
export function checkTeam(admins: Sections['admins'], quorum: number | undefined, judge: Judge): void {
  for (const key of ['name', 'address', 'fingerprint'] as const) {
    const values = admins.map(admin => admin[key].toLowerCase())
    checkUnique('admins', key, values, judge)
  }
  if (quorum !== undefined && quorum > admins.length - 1)
    judge.report(['quorum'], `must be a whole number from 0 to ${admins.length - 1}, the other admins`)
}

/** Whoever stands in two lists stands in each under the same name, address and key. */
export function checkMaintainers(
  admins: Sections['admins'],
  projects: Sections['projects'],
  judge: Judge,
): void {
  const seen: Sections['admins'][number][] = [...admins]
  for (const { path, person } of everybody([], projects)) {
    const shares = (key: 'name' | 'address' | 'fingerprint') => (other: Sections['admins'][number]) =>
      other[key].toLowerCase() === person[key].toLowerCase()
    for (const key of ['name', 'address', 'fingerprint'] as const) {
      const other = seen.find(shares(key))
      const isSame =
        other !== undefined &&
        shares('name')(other) &&
        shares('address')(other) &&
        shares('fingerprint')(other)
      if (other !== undefined && !isSame)
        judge.report([...path, key], `is that of another person, ${other.name}`)
    }
    seen.push(person)
  }
}

export function checkProjectNames(projects: Sections['projects'], judge: Judge): void {
  const names = projects.map(project => project.name)
  checkUnique('projects', 'name', names, judge)
}

function checkUnique(list: string, key: string, values: readonly string[], judge: Judge): void {
  values.forEach((value, i) => {
    const first = values.indexOf(value)
    if (first < i) judge.report([list, i, key], `must be another than that of ${list}[${first}]`)
  })
}

/**
 * Nobody of the team is reached through us: mail to them would come back (threats.md D07). Many servers
 * deliver `+` variants whatever separator we use, so these count as ours always.
 */
export function checkOwnAddresses(settings: Settings, others: readonly EmailAddress[], judge: Judge): void {
  const plus: Settings = { ...settings, addresses: { ...settings.addresses, separator: '+' } }
  const isOurs = (address: EmailAddress) =>
    isOwnAddress(settings, address) ||
    isOwnAddress(plus, address) ||
    others.some(other => sameMailbox(other, address))
  const check = ({ address }: Person, path: Path) => {
    if (isOurs(address))
      judge.report([...path, 'address'], `must be a person's own: mail to ${address} comes back to us`)
  }
  for (const [i, person] of settings.admins.entries()) check(person, ['admins', i])
  for (const [i, { maintainers }] of settings.projects.entries())
    for (const [j, person] of maintainers.entries()) check(person, ['projects', i, 'maintainers', j])
  for (const [i, { users = [] }] of settings.projects.entries())
    for (const [j, address] of users.entries())
      if (isOurs(address))
        judge.report(
          ['projects', i, 'users', j],
          `must be where users read: mail to ${address} comes back to us`,
        )
}

/**
 * Reads the profiles that are named, each once: the operator's own directory first, then the package's.
 * An own directory that cannot be read is a problem, never a reason to take the package's profile.
 */
export async function readPolicies(
  named: readonly { readonly path: Path; readonly profile: string }[],
  ownDirectory: string | undefined,
  judge: Judge & { readonly pass: (problems: readonly ConfigProblem[]) => void },
): Promise<ReadonlyMap<string, Policy>> {
  const policies = new Map<string, Policy>()
  const files = new Map(await listProfiles(PACKAGED_PROFILES))
  if (ownDirectory !== undefined) {
    const directory = resolve(judge.directory, ownDirectory)
    try {
      for (const [name, file] of await listProfiles(directory)) files.set(name, file)
    } catch (error) {
      judge.report(['profiles'], `${directory} ${fileFault(error)}`)
      return policies
    }
  }
  const known = [...files.keys()].sort().join(', ')
  const tried = new Set<string>()
  for (const { path, profile } of named) {
    const file = files.get(profile)
    if (file === undefined) judge.report(path, `must name a profile that exists: ${known}`)
    if (file === undefined || tried.has(profile)) continue
    tried.add(profile)
    const policy = await readProfile(file, profile)
    if (policy.ok) policies.set(profile, policy.value)
    else judge.pass(policy.error)
  }
  return policies
}

export const readTeam = (people: Sections['admins']): readonly Person[] =>
  people.map(({ name, address, fingerprint }) => ({ name, address, fingerprint }))

/** The profile of a project that names none has the project's name. */
export const profileOf = (project: Sections['projects'][number]): string => project.profile ?? project.name

/** Those projects whose policy could be read. */
export const readProjects = (
  projects: Sections['projects'],
  policies: ReadonlyMap<string, Policy>,
): readonly Project[] =>
  projects.flatMap(project => {
    const policy = policies.get(profileOf(project))
    const { name, distributors, users } = project
    return policy ? [{ name, policy, distributors, users, maintainers: readTeam(project.maintainers) }] : []
  })
