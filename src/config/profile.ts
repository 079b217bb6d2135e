// Policy profiles: in goes a YAML file, out comes a Policy. No project is named here; a further policy runs
// by adding a profile.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import type { Policy, Span } from '../model/policy.ts'
import { ok, type Result } from '../model/result.ts'
import { httpsLink, line, listOf, oneOf, parsed, section, zone } from './fields.ts'
import { type ConfigProblem, readSource, readValue } from './source.ts'

/** The profiles that come with the package. */
export const PACKAGED_PROFILES = fileURLToPath(new URL('../../config/profiles', import.meta.url))

const units = { m: 'minute', h: 'hour', d: 'day', bd: 'business-day' } as const

/** `30m`, `72h`, `14d` or `3bd`. */
export function parseSpan(text: string): Span | undefined {
  const [, count, unit] = /^([1-9][0-9]{0,3})(m|h|d|bd)$/.exec(text) ?? []
  return count !== undefined && (unit === 'm' || unit === 'h' || unit === 'd' || unit === 'bd')
    ? { count: Number(count), unit: units[unit] }
    : undefined
}

const span = parsed('a time such as 30m, 72h, 14d or 3bd (business days)', parseSpan)

const isoDate = parsed('a date such as 2026-12-25', text => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined
  try {
    return Temporal.PlainDate.from(text).toString()
  } catch {
    return undefined
  }
})

const weekendAllowed = 'must be a list of at most six different ISO weekdays, 1 (Monday) to 7 (Sunday)'
const weekend = z
  .array(z.int(weekendAllowed).min(1, weekendAllowed).max(7, weekendAllowed), weekendAllowed)
  .refine(days => days.length <= 6 && new Set(days).size === days.length, weekendAllowed)

const slug = parsed('a name of lower-case letters, digits and -', text =>
  /^[a-z][a-z0-9-]{0,39}$/.test(text) ? text : undefined,
)

/** A list of named things in which no name stands twice. */
const namedList = <S extends z.core.$ZodShape & { readonly name: typeof slug }>(shape: S, what: string) =>
  listOf(section(shape), what).superRefine((items, context) => {
    const names = items.map(item => (item as { readonly name: string }).name)
    names.forEach((name, i) => {
      if (names.indexOf(name) < i)
        context.addIssue({ code: 'custom', path: [i, 'name'], message: `must be another name than ${name}` })
    })
  })

/** `as the policy says it`, or with words that tell whether a report has it. */
const wantedContent = z.union(
  [
    line('a sentence').transform(text => ({ text, signs: [] })),
    section({
      text: line('a sentence'),
      signs: listOf(line('a word or phrase', 60), 'words or phrases').prefault([]),
    }),
  ],
  'must be a sentence, or a map with the keys text, signs',
)

const profileShape = section({
  displayName: line('the name as people write it', 60),
  team: line('who answers reports', 80),
  calendar: section({
    zone,
    weekend: weekend.prefault([6, 7]),
    holidays: listOf(isoDate, 'dates').prefault([]),
  }),
  intake: section({
    proposedContent: listOf(wantedContent, 'sentences').prefault([]),
    outOfScope: listOf(line('a sentence'), 'sentences').prefault([]),
  }).prefault({}),
  links: section({
    tracker: httpsLink.optional(),
    advisories: httpsLink.optional(),
    policy: httpsLink.optional(),
  }).prefault({}),
  clocks: namedList(
    {
      name: slug,
      kind: oneOf(['promise', 'aim']),
      within: span,
      text: line('what happens then, as the reporter reads it: "we …"'),
    },
    'clocks',
  ).prefault([]),
  embargo: section({ maximum: span }),
  notices: section({
    stages: namedList({ name: slug, text: line('what the notice is for') }, 'stages').prefault([]),
  }).prefault({}),
})

/** Reads one profile; `name` is what the policy is called from then on. */
export async function readProfile(
  file: string,
  name: string,
): Promise<Result<Policy, readonly ConfigProblem[]>> {
  const source = await readSource(file)
  if (!source.ok) return source
  const read = readValue(source.value, [], source.value.value, profileShape)
  if (!read.ok) return read
  const { links, ...said } = read.value
  return ok({
    name,
    ...said,
    links: { tracker: links.tracker, advisories: links.advisories, policy: links.policy },
  })
}

/** The profiles in a directory, by name. @throws what readdir throws. */
export async function listProfiles(directory: string): Promise<ReadonlyMap<string, string>> {
  const files = (await readdir(directory)).filter(file => file.endsWith('.yaml')).sort()
  return new Map(files.map(file => [file.slice(0, -'.yaml'.length), join(directory, file)]))
}
