// Whom a notice reaches: the rule of its audience asked of the list as it is now, and who is left out and why. The rule
// is kept, never the people.
import type { Contact } from '../../model/contact.ts'
import type { Distributor } from '../../model/distributor.ts'
import { type Audience, EVERYBODY, isMeant } from '../../model/notice.ts'
import { err, ok, type Result } from '../../model/result.ts'
import {
  type ContactId,
  type DistributorId,
  type ProjectName,
  parseContactId,
  parseDistributorId,
} from '../../model/scalars.ts'
import { policyOf, type Settings } from '../../model/settings.ts'
import { someOf } from '../policy-phrases.ts'

type Members = { readonly contacts: readonly Contact[]; readonly distributors: readonly Distributor[] }

export type Reach = {
  /** They get a copy, as the list is now. */
  readonly readers: readonly Contact[]
  /** On the list of the project or about to be, and without a copy. */
  readonly leftOut: readonly { readonly contact: Contact; readonly why: LeftOut }[]
}

type LeftOut = 'not meant' | 'suspended' | 'not on the list yet'

const WHY: Partial<Record<Contact['state'], LeftOut>> = {
  suspended: 'suspended',
  cooling: 'not on the list yet',
  invited: 'not on the list yet',
}

/** What an audience means today; who has left is not even left out. */
export function reachOf(
  project: ProjectName,
  audience: Audience,
  { contacts, distributors }: Members,
): Reach {
  const classOf = new Map(distributors.map(one => [one.id, one]))
  const reach = { readers: [] as Contact[], leftOut: [] as Reach['leftOut'][number][] }
  for (const contact of contacts) {
    if (contact.project !== project || contact.state === 'left' || contact.state === 'removed') continue
    const isOne = isMeant(audience, contact, classOf.get(contact.distributor))
    const why = isOne ? WHY[contact.state] : 'not meant'
    if (why === undefined) reach.readers.push(contact)
    else reach.leftOut.push({ contact, why })
  }
  return reach
}

/** Ids that one line names. */
const MOST_NAMED = 20

/** Who gets nothing and why, as numbers with ids; empty: everybody does. */
export function leftOutLines({ leftOut }: Reach): readonly string[] {
  const reasons = [...new Set(leftOut.map(one => one.why))]
  return reasons.map(why => {
    const ids = leftOut.filter(one => one.why === why).map(({ contact }) => contact.id)
    return `Left out, ${why}: ${ids.length} (${someOf(ids, MOST_NAMED)}).`
  })
}

/** The arguments that say for whom a notice is meant. */
export const AUDIENCE_ARGUMENTS = ['class', 'include', 'exclude'] as const

/** A rule from `class=`, `include=` and `exclude=`; the error is a sentence that names what there is not. */
export function audienceFrom(
  named: ReadonlyMap<string, string>,
  project: ProjectName,
  members: Members,
  settings: Settings,
): Result<Audience, string> {
  const classes = wordsOf(named.get('class')).map(word => word.toLowerCase())
  const known = policyOf(settings, project).membership?.classes.map(one => one.name) ?? []
  const strange = classes.find(one => !known.includes(one))
  if (strange !== undefined)
    return err(
      `There is no class ${strange}; ${known.length === 0 ? 'the policy names none' : `the policy has ${known.join(', ')}`}.`,
    )
  const include = idsOf(named.get('include'), project, members)
  if (!include.ok) return include
  const exclude = idsOf(named.get('exclude'), project, members)
  if (!exclude.ok) return exclude
  const both = include.value.find(id => exclude.value.includes(id))
  if (both !== undefined) return err(`${both} stands in include= and in exclude=; leave it in one of them.`)
  return ok({ ...EVERYBODY, classes, include: include.value, exclude: exclude.value })
}

function idsOf(
  text: string | undefined,
  project: ProjectName,
  { contacts, distributors }: Members,
): Result<readonly (DistributorId | ContactId)[], string> {
  const found: (DistributorId | ContactId)[] = []
  for (const word of wordsOf(text)) {
    const distributor = parseDistributorId(word)
    const contact = parseContactId(word)
    const isKnown =
      distributors.some(one => one.id === distributor && one.project === project) ||
      contacts.some(one => one.project === project && (one.id === contact || one.distributor === distributor))
    const id = distributor ?? contact
    if (id === undefined || !isKnown)
      return err(`On the list of ${project} there is no ${word}; look with: roster`)
    found.push(id)
  }
  return ok(found)
}

const wordsOf = (text: string | undefined): readonly string[] =>
  (text ?? '').split(',').flatMap(word => (word.trim() === '' ? [] : [word.trim()]))

/** The arguments that would give this rule; empty for everybody. */
export const audienceWords = ({ classes, include, exclude }: Audience): string =>
  [
    classes.length === 0 ? undefined : `class=${classes.join(',')}`,
    include.length === 0 ? undefined : `include=${include.join(',')}`,
    exclude.length === 0 ? undefined : `exclude=${exclude.join(',')}`,
  ]
    .filter(word => word !== undefined)
    .join(' ')
