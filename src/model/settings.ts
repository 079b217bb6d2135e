// What the configuration says that decisions and wording need: people, addresses, projects, limits.
// Hosts, ports, files and secrets stay in src/config.
import type { Person } from './person.ts'
import type { Policy } from './policy.ts'
import {
  type EmailAddress,
  type Fingerprint,
  type InstanceName,
  type ProjectName,
  sameMailbox,
} from './scalars.ts'

/** An admin. Configuration, never changed by mail (product.md §3). */
export type Admin = Person

export type Project = {
  readonly name: ProjectName
  readonly policy: Policy
  /** Undefined: the project has no distributors list. */
  readonly distributors: EmailAddress | undefined
  /** Where word for all users goes, such as an announcement list; undefined: nowhere by itself. */
  readonly users?: readonly EmailAddress[]
  /** People with commit and release rights, who see a case once it is shared with them. Configuration, too. */
  readonly maintainers: readonly Person[]
}

export type Addresses = {
  readonly security: EmailAddress
  readonly command: EmailAddress
  /** What stands between the local part of `security` and a token; `none`: tokens live in Message-IDs. */
  readonly separator: '+' | '-' | 'none'
}

export type Limits = {
  /** Octets; larger mail is shunted with its header and hash and stays in the mailbox. */
  readonly maxMail: number
  /** Octets of one mail's parts that are passed on in all; of larger ones only name, size and digest. */
  readonly passedOn: number
  /** Milliseconds a signed command stays fresh, counted to its first fetch. */
  readonly commandMaxAge: number
  /** Milliseconds a confirmation token is valid. */
  readonly confirmationMaxAge: number
  /** Milliseconds a notice may be late and still go without asking. */
  readonly maxLate: number
  /** Milliseconds before a copy in doubt is sent again. */
  readonly inDoubtWait: number
  readonly acknowledgementsPerAddressAndDay: number
  readonly acknowledgementsPerDomainAndDay: number
  readonly acknowledgementsPerDay: number
}

export type Settings = {
  readonly instance: InstanceName
  /** Profile for what is not yet routed, and the sender's name of mail from the whole instance. */
  readonly defaultPolicy: Policy
  readonly addresses: Addresses
  readonly admins: readonly Admin[]
  readonly projects: readonly Project[]
  /** Other persons who must confirm an irreversible command; 0: the issuer confirms alone. */
  readonly quorum: number
  readonly limits: Limits
  /** Mails that the submission server may be handed in a minute; undefined: as many as it takes. */
  readonly mailsPerMinute?: number
  /** Domains in which strangers to each other have their mail: the limit for one domain is not for them. */
  readonly mailProviders: readonly string[]
}

/** Whether there is a distributors list that one can join: the policy says how, and the list has an address. */
export const canBeJoined = ({ policy, distributors }: Project): boolean =>
  policy.membership !== undefined && distributors !== undefined

export const projectNamed = (settings: Settings, name: ProjectName): Project | undefined =>
  settings.projects.find(project => project.name === name)

export const adminWithKey = (settings: Settings, key: Fingerprint): Admin | undefined =>
  settings.admins.find(admin => admin.fingerprint === key)

/** The policy of a case's project; the default one for a case that is not routed yet. */
export const policyOf = (settings: Settings, name: ProjectName): Policy =>
  projectNamed(settings, name)?.policy ?? settings.defaultPolicy

/** Others who must confirm a date beyond the longest embargo, of those there are. */
export const confirmersBeyond = ({ embargo }: Policy, { admins }: Settings): number =>
  Math.min(embargo.quorumBeyond, admins.length - 1)

/** Whether no date beyond the longest embargo is taken, whoever confirms it. */
export const takesNoneBeyond = (policy: Policy, settings: Settings): boolean =>
  policy.embargo.overrun === 'publish' ||
  (policy.embargo.overrun === 'block' && confirmersBeyond(policy, settings) === 0)

/** Whether mail to `address` comes back to us: it must never be anyone's contact (threats.md D07). */
export function isOwnAddress(settings: Settings, address: EmailAddress): boolean {
  const own = [settings.addresses.security, settings.addresses.command]
  for (const project of settings.projects)
    if (project.distributors !== undefined) own.push(project.distributors)
  if (own.some(mine => sameMailbox(mine, address))) return true
  const { separator } = settings.addresses
  if (separator === 'none') return false
  const [local, domain] = splitAddress(address)
  return own.some(mine => {
    const [ownLocal, ownDomain] = splitAddress(mine)
    return domain === ownDomain && local.startsWith(`${ownLocal}${separator}`)
  })
}

function splitAddress(address: EmailAddress): readonly [string, string] {
  const at = address.lastIndexOf('@')
  return [address.slice(0, at).toLowerCase(), address.slice(at + 1)]
}

/** A host that is this machine: the only one that is spoken to without TLS (product.md §11). */
export const isLoopback = (host: string): boolean =>
  host === '::1' || host.toLowerCase() === 'localhost' || /^127(?:\.(?:0|[1-9][0-9]{0,2})){3}$/.test(host)
