// Policy profiles: in goes a YAML file, out comes a Policy. No project is named here; a further policy runs
// by adding a profile.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Policy } from '../model/policy.ts'
import { err, ok, type Result } from '../model/result.ts'
import { lint } from './lint.ts'
import { profileShape } from './profile-shape.ts'
import { type ConfigProblem, readSource, readValue } from './source.ts'

/** The profiles that come with the package. */
export const PACKAGED_PROFILES = fileURLToPath(new URL('../../config/profiles', import.meta.url))

export type Profile = {
  readonly policy: Policy
  /** What its author should look at: keys that disagree, dates that are past. */
  readonly warnings: readonly ConfigProblem[]
}

/** Reads one profile; `name` is what the policy is called from then on. */
export async function readProfile(
  file: string,
  name: string,
): Promise<Result<Policy, readonly ConfigProblem[]>> {
  const read = await lintProfile(file, name)
  return read.ok ? ok(read.value.policy) : read
}

/** The same with its warnings. `today`: an ISO date; undefined: that of the host, in the policy's zone. */
export async function lintProfile(
  file: string,
  name: string,
  today?: string,
): Promise<Result<Profile, readonly ConfigProblem[]>> {
  const source = await readSource(file)
  if (!source.ok) return source
  const read = readValue(source.value, [], source.value.value, profileShape)
  if (!read.ok) return read
  const policy = { name, ...read.value }
  const { faults, warnings } = lint(
    source.value,
    policy,
    today ?? Temporal.Now.plainDateISO(policy.calendar.zone).toString(),
  )
  return faults.length > 0 ? err(faults) : ok({ policy, warnings })
}

/** The profiles in a directory, by name. @throws what readdir throws. */
export async function listProfiles(directory: string): Promise<ReadonlyMap<string, string>> {
  const files = (await readdir(directory)).filter(file => file.endsWith('.yaml')).sort()
  return new Map(files.map(file => [file.slice(0, -'.yaml'.length), join(directory, file)]))
}
