// The keys of embargod.yaml, what each may be and its default. It sees one section at a time; what takes
// two of them, or a file, to judge stands in src/config/config.ts and its neighbours.
import type * as z from 'zod'
import { parseEmailAddress, parseInstanceName, parseProjectName } from '../model/scalars.ts'
import {
  address,
  duration,
  fingerprint,
  host,
  line,
  listOf,
  megabytes,
  oneOf,
  parsed,
  section,
  unknownKeys,
  wholeNumber,
  zone,
} from './fields.ts'
import { type ConfigProblem, readValue, type Source } from './source.ts'

const SHORT_NAME =
  'a name of lower-case letters, digits and -, beginning with a letter, at most 40 characters'
const TLS_REMARK = ' (none only for loopback)'
/** What `tls` must be, also said where none is given for a host that is not loopback. */
export const TLS_ALLOWED = `must be implicit, starttls or none${TLS_REMARK}`

/** Providers of mailboxes to the public, by the domains that most of their users have. */
const MAIL_PROVIDERS = [
  ...['gmail.com', 'googlemail.com', 'outlook.com', 'hotmail.com', 'live.com', 'yahoo.com', 'icloud.com'],
  ...['me.com', 'aol.com', 'proton.me', 'protonmail.com', 'tutanota.com', 'fastmail.com', 'gmx.com'],
  ...['gmx.de', 'gmx.net', 'web.de', 'mail.ru', 'yandex.ru', 'qq.com', '163.com', 'naver.com'],
]

/** Through the one parser of addresses, so that it is spelled as the domains of reporters are. */
const domain = parsed('a domain such as example.org', text => {
  const address = parseEmailAddress(`x@${text}`)
  return address.ok ? address.value.slice('x@'.length) : undefined
})

const path = line('the path of a file')
const credential = parsed('the name of a systemd credential, letters, digits, . _ and -', text =>
  /^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/.test(text) ? text : undefined,
).optional()
/** RFC 5322 §3.6.8. */
const headerName = parsed('the name of a header field, such as Delivered-To', text =>
  /^[!-9;-~]{1,76}$/.test(text) ? text : undefined,
)
const profileName = parsed(SHORT_NAME, parseProjectName)

const server = {
  host,
  port: wholeNumber(1, 65_535).optional(),
  tls: oneOf(['implicit', 'starttls', 'none'], TLS_REMARK).prefault('implicit'),
  certificateAuthority: path.optional(),
  passwordFile: path.optional(),
  credential,
}
/** An admin or a maintainer: who steers, and with which key, is configuration. */
const person = section({
  name: parsed('a short name of letters, digits, . _ and -, at most 40 characters', text =>
    /^[A-Za-z][A-Za-z0-9._-]{0,39}$/.test(text) ? text : undefined,
  ),
  address,
  fingerprint,
  key: path,
})
const keyFile = section({ file: path, passphraseFile: path.optional(), credential })

const shapes = {
  instance: parsed(SHORT_NAME, parseInstanceName),
  dataDirectory: line('the path of a directory'),
  zone: zone.prefault('UTC'),
  addresses: section({
    security: address,
    separator: oneOf(['+', '-', 'none']).prefault('+'),
    command: address.optional(),
  }),
  imap: section({
    ...server,
    user: line('a user name'),
    mailbox: line('the name of a mailbox').prefault('INBOX'),
    done: listOf(line('the name of a mailbox'), 'names, outermost mailbox first', 1).prefault([
      'embargod',
      'done',
    ]),
    // No longer than the mailbox stays silent before it is looked at anyway.
    poll: duration('5s', '2m').prefault('60s'),
  }),
  smtp: section({
    ...server,
    user: line('a user name').optional(),
    connections: wholeNumber(1, 20).prefault(3),
    maxPerMinute: wholeNumber(1, 100_000).prefault(100_000),
    mailFrom: address.optional(),
  }),
  keys: section({ mail: keyFile, storage: keyFile }),
  admins: listOf(person, 'admins', 1),
  quorum: wholeNumber(0, 200).prefault(0),
  profiles: line('the path of a directory').optional(),
  templates: line('the path of a directory').optional(),
  defaultProfile: profileName,
  projects: listOf(
    section({
      name: parsed(`${SHORT_NAME}, and not unrouted`, parseProjectName),
      profile: profileName.optional(),
      distributors: address.optional(),
      listKey: keyFile.optional(),
      users: listOf(address, 'addresses').prefault([]),
      maintainers: listOf(person, 'maintainers').prefault([]),
    }),
    'projects',
    1,
  ),
  delivery: section({
    headers: listOf(headerName, 'names of header fields').prefault([]),
    returnPathRecorded: oneOf(['yes', 'no']).prefault('no'),
  }).prefault({}),
  intake: section({
    lists: listOf(address, 'addresses').prefault([]),
    mailProviders: listOf(domain, 'domains').prefault(MAIL_PROVIDERS),
    spamHeader: section({
      name: headerName,
      value: line('the value that marks spam (in quotes if YAML would take it for something else)'),
    }).optional(),
  }).prefault({}),
  limits: section({
    maxMail: megabytes(1, 100).prefault('25 MB'),
    passedOn: megabytes(1, 100).prefault('10 MB'),
    commandMaxAge: duration('1h', '7d').prefault('24h'),
    confirmationMaxAge: duration('1h', '30d').prefault('72h'),
    maxLate: duration('1m', '24h').prefault('1h'),
    inDoubtWait: duration('1m', '24h').prefault('10m'),
    acknowledgementsPerAddressAndDay: wholeNumber(1, 1_000).prefault(5),
    acknowledgementsPerDomainAndDay: wholeNumber(1, 10_000).prefault(50),
    acknowledgementsPerDay: wholeNumber(1, 100_000).prefault(300),
  }).prefault({}),
}

/** Where the configuration says nothing. */
export const defaultLimits = (): Sections['limits'] => shapes.limits.parse({})

export type Sections = { readonly [K in keyof typeof shapes]: z.output<(typeof shapes)[K]> }
export type ServerSection = Sections['smtp'] | Sections['imap']
export type KeySection = Sections['keys']['mail']

/** Whether every section could be read. */
export const isComplete = (sections: Partial<Sections>): sections is Sections =>
  Object.keys(shapes).every(name => Object.hasOwn(sections, name))

/** Every section that could be read, and all that is wrong with the others. */
export function readSections(source: Source): {
  readonly sections: Partial<Sections>
  readonly problems: readonly ConfigProblem[]
} {
  const names = Object.keys(shapes)
  if (typeof source.value !== 'object' || source.value === null || Array.isArray(source.value))
    return {
      sections: {},
      problems: [source.problemAt([], `must be a map with the keys ${names.join(', ')}`)],
    }
  const values = new Map<string, unknown>(Object.entries(source.value))
  const problems = [...values.keys()]
    .filter(key => !Object.hasOwn(shapes, key))
    .map(key => source.problemAt([key], unknownKeys([key], names)))
  const read: [string, unknown][] = []
  for (const [name, shape] of Object.entries(shapes)) {
    const section = readValue<unknown>(source, [name], values.get(name), shape)
    if (section.ok) read.push([name, section.value])
    else problems.push(...section.error)
  }
  return { sections: Object.fromEntries(read) as Partial<Sections>, problems }
}
