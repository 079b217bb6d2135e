// `policy lint` and `policy show`: what is wrong with a profile, line by line, and what it says in plain words. Of a
// file, of a profile by its name, or of all there are; it needs no key, no server and no data directory.
import { basename, dirname, resolve } from 'node:path'
import { errorCode } from '../config/permissions.ts'
import { lintProfile, listProfiles, PACKAGED_PROFILES, type Profile } from '../config/profile.ts'
import { type ConfigProblem, formatProblem, readSource } from '../config/source.ts'
import { policyInWords } from '../decide/policy-words.ts'
import { err, ok, type Result } from '../model/result.ts'
import { asJson, EXIT, type Io, misused, printable, readArgs, type Verb } from './verb.ts'

export const policy: Verb = {
  name: 'policy',
  usage: 'lint|show [NAME | FILE.yaml …] [--json]',
  summary:
    'what is wrong with policy profiles, or what they say in plain words; all of them unless named. lint: 0 also with warnings, 78 with a fault, which would stop the start',
  run: async (args, io) => {
    const parsed = readArgs(args, { json: { type: 'boolean' } })
    if (!parsed.ok) return misused(policy, parsed.error, io)
    const [what, ...names] = parsed.value.positionals
    if (what !== 'lint' && what !== 'show') return misused(policy, 'it is lint or show', io)
    const files = await filesOf(names, io.configFile)
    if (!files.ok) {
      io.problem(files.error)
      return EXIT.config
    }
    const read = await Promise.all(
      [...files.value].map(async ([name, file]) => ({ name, file, read: await lintProfile(file, name) })),
    )
    const form = parsed.value.values.json === true ? 'json' : 'text'
    return what === 'lint' ? lint(read, form, io) : show(read, form, io)
  },
}

type Read = {
  readonly name: string
  readonly file: string
  readonly read: Result<Profile, readonly ConfigProblem[]>
}

function lint(profiles: readonly Read[], form: 'json' | 'text', io: Io): number {
  const found = profiles.flatMap(({ read }) => {
    const problems = read.ok ? read.value.warnings : read.error
    const weight = read.ok ? ('warning' as const) : ('fault' as const)
    return problems.map(problem => ({ weight, problem }))
  })
  if (form === 'json') io.out(asJson(found.map(({ weight, problem }) => ({ weight, ...problem }))))
  else {
    for (const { weight, problem } of found) io.out(printable(`${weight}: ${formatProblem(problem)}`))
    for (const { name, read } of profiles)
      if (read.ok && read.value.warnings.length === 0) io.out(`${name}: nothing to say against it`)
  }
  return found.some(({ weight }) => weight === 'fault') ? EXIT.config : EXIT.done
}

function show(profiles: readonly Read[], form: 'json' | 'text', io: Io): number {
  const policies = profiles.flatMap(({ read }) => (read.ok ? [read.value.policy] : []))
  for (const { read } of profiles)
    if (!read.ok) for (const problem of read.error) io.problem(printable(formatProblem(problem)))
  if (form === 'json') io.out(asJson(policies))
  else if (policies.length > 0) io.out(printable(policies.map(policyInWords).join('\n\n')))
  return policies.length < profiles.length ? EXIT.config : EXIT.done
}

/** By name, those of the configuration before those of the package; what ends in .yaml is a file. */
async function filesOf(
  names: readonly string[],
  configFile: string,
): Promise<Result<ReadonlyMap<string, string>, string>> {
  const known = new Map(await listProfiles(PACKAGED_PROFILES))
  const own = await ownDirectory(configFile)
  if (own !== undefined)
    try {
      for (const [name, file] of await listProfiles(own)) known.set(name, file)
    } catch (error) {
      return err(`The profiles of ${configFile} cannot be read: ${own} (${errorCode(error)})`)
    }
  if (names.length === 0) return ok(known)
  const files = new Map<string, string>()
  for (const name of names) {
    const isFile = name.endsWith('.yaml')
    const file = isFile ? resolve(name) : known.get(name)
    if (file === undefined)
      return err(`There is no profile ${name}; there are ${[...known.keys()].sort().join(', ')}`)
    files.set(isFile ? basename(name, '.yaml') : name, file)
  }
  return ok(files)
}

/** Where the configuration says that profiles lie; undefined if it says nothing, or is not there. */
async function ownDirectory(configFile: string): Promise<string | undefined> {
  const source = await readSource(configFile)
  const value = source.ok ? source.value.value : undefined
  const named =
    typeof value === 'object' && value !== null && 'profiles' in value ? value.profiles : undefined
  return typeof named === 'string' ? resolve(dirname(configFile), named) : undefined
}
