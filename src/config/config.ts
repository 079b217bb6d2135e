// The configuration: in goes the path of embargod.yaml, out comes a typed, frozen Config or every problem
// with its place. All or nothing: no part of a faulty configuration is used. It changes no file.
import { dirname, resolve } from 'node:path'
import { err, ok, type Result } from '../model/result.ts'
import type { EmailAddress, Fingerprint, ProjectName } from '../model/scalars.ts'
import type { Settings } from '../model/settings.ts'
import {
  checkDistinct,
  checkMaintainers,
  checkOwnAddresses,
  checkProjectNames,
  checkTeam,
  profileOf,
  readAddresses,
  readCertificates,
  readPolicies,
  readProjects,
  readTeam,
} from './people.ts'
import { isComplete, readSections, type Sections } from './schema.ts'
import { type Imap, type Judge, type KeyFile, readImap, readKeyFile, readSmtp, type Smtp } from './servers.ts'
import { type ConfigProblem, type Path, readSource } from './source.ts'
import { type LoadedTemplates, loadTemplates, type TemplateService } from './templates.ts'

export type Config = {
  readonly settings: Settings
  /** Absolute. */
  readonly dataDirectory: string
  /** IANA name, for wording. */
  readonly zone: string
  readonly imap: Imap
  readonly smtp: Smtp
  readonly keys: {
    readonly mail: KeyFile
    readonly storage: KeyFile
    /** One for every project that has a distributors address. */
    readonly lists: ReadonlyMap<ProjectName, KeyFile>
  }
  /** One for every admin; octets as in the file, binary or armored. */
  readonly certificates: ReadonlyMap<Fingerprint, Uint8Array>
  readonly templates: LoadedTemplates
  readonly delivery: {
    /** Names of header fields that say whom a mail was delivered to and are believed, topmost first. */
    readonly headers: readonly string[]
    /** Whether the server is known to record the envelope sender, so that its absence tells something. */
    readonly returnPathRecorded: 'yes' | 'no'
  }
  readonly intake: {
    /** Mailing lists in front of us: what they forward is people's mail. */
    readonly lists: readonly EmailAddress[]
    readonly spamHeader: { readonly name: string; readonly value: string } | undefined
  }
}

export type ConfigServices = {
  /** The fingerprint of the one certificate in a file, binary or armored; the error is one sentence. */
  readonly fingerprintOf: (certificate: Uint8Array) => Promise<Result<Fingerprint, string>>
  readonly templates: TemplateService
}

/** Reads a configuration and every file it names; the error lists all problems, in the order of the file. */
export async function loadConfig(
  file: string,
  services: ConfigServices,
): Promise<Result<Config, readonly ConfigProblem[]>> {
  const source = await readSource(file)
  if (!source.ok) return source
  const { sections, problems: shapeProblems } = readSections(source.value)
  const problems = [...shapeProblems]
  const judge = {
    directory: resolve(dirname(file)),
    report: (path: Path, text: string) => void problems.push(source.value.problemAt(path, text)),
    pass: (others: readonly ConfigProblem[]) => void problems.push(...others),
  }

  const { addresses: addressSection, admins, projects, imap: imapSection, smtp: smtpSection } = sections
  const addresses = addressSection && readAddresses(addressSection, judge)
  if (addresses && projects) checkDistinct(addresses, projects, judge)
  if (admins) checkTeam(admins, sections.quorum, judge)
  if (projects) checkProjectNames(projects, judge)
  if (admins && projects) checkMaintainers(admins, projects, judge)
  const imap = imapSection && (await readImap(imapSection, judge))
  const smtp = smtpSection && (await readSmtp(smtpSection, judge))
  const keys = await readKeys(sections, judge)
  const certificates =
    admins && (await readCertificates(admins, projects ?? [], services.fingerprintOf, judge))
  const policies = await readPolicies(namedProfiles(sections), sections.profiles, judge)
  const templates = await loadTemplates(sections.templates, services.templates, judge)
  const defaultPolicy = sections.defaultProfile && policies.get(sections.defaultProfile)

  if (isComplete(sections) && addresses && defaultPolicy) {
    const { instance, quorum, limits, delivery, intake, zone } = sections
    const settings: Settings = {
      instance,
      defaultPolicy,
      addresses,
      admins: readTeam(sections.admins),
      projects: readProjects(sections.projects, policies),
      quorum,
      limits,
      mailProviders: intake.mailProviders,
      mailsPerMinute: sections.smtp.maxPerMinute,
    }
    const mailFrom = sections.smtp.mailFrom ?? addresses.security
    checkOwnAddresses(settings, [...intake.lists, mailFrom], judge)
    if (problems.length === 0 && imap && smtp && keys && certificates)
      return ok(
        freeze({
          settings,
          dataDirectory: resolve(judge.directory, sections.dataDirectory),
          zone,
          imap,
          smtp: { ...smtp, mailFrom },
          keys,
          certificates,
          templates,
          delivery,
          intake: { lists: intake.lists, spamHeader: intake.spamHeader },
        }),
      )
  }
  return err(inOrder(problems, file))
}

const namedProfiles = ({ defaultProfile, projects = [] }: Partial<Sections>) => [
  ...(defaultProfile === undefined ? [] : [{ path: ['defaultProfile'], profile: defaultProfile }]),
  ...projects.map((project, i) => ({
    path: ['projects', i, project.profile === undefined ? 'name' : 'profile'],
    profile: profileOf(project),
  })),
]

/** One key, one purpose: no two of them lie in the same file. */
async function readKeys(
  { keys, projects = [] }: Partial<Sections>,
  judge: Judge,
): Promise<Config['keys'] | undefined> {
  const files = new Map<string, string>()
  const read = async (path: Path, name: string, section: Sections['keys']['mail']): Promise<KeyFile> => {
    const key = await readKeyFile(path, section, judge)
    const other = files.get(key.file)
    if (other !== undefined) judge.report([...path, 'file'], `must be another file than that of ${other}`)
    files.set(key.file, name)
    return key
  }
  const mail = keys && (await read(['keys', 'mail'], 'keys.mail', keys.mail))
  const storage = keys && (await read(['keys', 'storage'], 'keys.storage', keys.storage))
  const lists = new Map<ProjectName, KeyFile>()
  for (const [i, { name, distributors, listKey }] of projects.entries()) {
    const path = ['projects', i, 'listKey']
    if (listKey) lists.set(name, await read(path, `projects[${i}].listKey`, listKey))
    if (listKey && distributors === undefined)
      judge.report(['projects', i, 'distributors'], 'is missing: listKey is the key of that address')
    if (!listKey && distributors !== undefined)
      judge.report(path, 'is missing: a distributors address needs a key of its own')
  }
  return mail && storage && { mail, storage, lists }
}

/** By line within the configuration, what stands in profiles after it. */
const inOrder = (problems: readonly ConfigProblem[], file: string): readonly ConfigProblem[] =>
  problems.toSorted(
    (a, b) => Number(a.file !== file) - Number(b.file !== file) || (a.line ?? 0) - (b.line ?? 0),
  )

/** Freezes plain data throughout; octets cannot be frozen, and a map is read-only by its type. */
function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  for (const inner of value instanceof Map ? value.values() : Object.values(value)) freeze(inner)
  return Object.freeze(value)
}
