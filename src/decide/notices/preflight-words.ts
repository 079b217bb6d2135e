// What a preflight found, in sentences for the team: what stands in the way first. Contacts by number and address, as
// the team writes to them.
import type { Contact } from '../../model/contact.ts'
import { unreachable } from '../../model/result.ts'
import { policyOf, type Settings } from '../../model/settings.ts'
import { formatInstant } from '../../model/time.ts'
import type { Known } from '../known.ts'
import type { Absence, Blindness, Flight, Preflight } from './preflight.ts'

type World = Pick<Known, 'settings' | 'serverTakes'>

/** Contacts that one list names. */
const MOST_NAMED = 100
/** Octets that any server takes. */
const SMALL = 1_000_000
/** Nobody waits for what is done within a second. */
const AT_ONCE = 1_000

export const contactWords = ({ id, address }: Contact): string => `${id}, ${address}`

/** Why nothing can be encrypted to somebody at the instant, after their name. */
export function blindWords(why: Blindness): string {
  return why.kind === 'revoked' ? 'its key is revoked' : `its key ends at ${formatInstant(why.at)}`
}

/** Why somebody gets no copy although they are meant, after their name. */
export function absentWords(why: Absence): string {
  switch (why.kind) {
    case 'suspended':
      return 'suspended'
    case 'cooling':
      return 'new, and still to be let in'
    case 'unaccepted':
      return 'has accepted no embargo policy'
    case 'invited':
      return 'invited, and not joined yet'
    case 'terms':
      return `to be suspended at ${formatInstant(why.at)}, for it has not accepted the embargo policy`
    default:
      return unreachable(why)
  }
}

/** Why the notice is refused as it is, with what to send instead; undefined: it is not. */
export function preflightFault(
  found: Preflight,
  { project }: Pick<Flight, 'project'>,
  { settings, serverTakes }: World,
): { readonly code: 'E-KEY' | 'E-POLICY'; readonly sentence: string } | undefined {
  const { blind } = found
  const large = sizeFault(found, { serverTakes })
  if (large !== undefined)
    return { code: 'E-POLICY', sentence: `${large} Leave files out, or write where members fetch them.` }
  if (blind.length === 0 || policyOf(settings, project).notices.blind === 'warn') return undefined
  const names = blind.map(({ contact, why }) => `${contactWords(contact)}: ${blindWords(why)}`)
  const ids = blind.map(({ contact }) => contact.id).join(',')
  return {
    code: 'E-KEY',
    sentence: [
      'To these no copy can be encrypted at that instant:',
      ...bulleted(names),
      `Send it again when they have another key, or leave them out with exclude=${ids}`,
    ].join('\n'),
  }
}

/** What the plan of a notice says besides whom it goes to: whoever could not read it, and when the last copy leaves. */
export const planLines = (found: Preflight, world: World): readonly string[] => [
  ...unreachedLines(found),
  ...[sizeLine(found, world), paceLine(found, world.settings)].filter(line => line !== undefined),
]

/** Those who are on the list and would not get it, or should not yet. */
function unreachedLines({ blind, absent, outdated }: Preflight): readonly string[] {
  return [
    ...someListed(
      'On the list, and without a copy at that instant:',
      absent.filter(isOnList).map(absentName),
    ),
    ...someListed(
      'Blind: to these nothing can be encrypted at that instant, and their copies are held, never sent in clear:',
      blind.map(({ contact, why }) => `${contactWords(contact)}: ${blindWords(why)}`),
    ),
    ...someListed(
      'These get it, and have accepted an older text of the embargo policy alone:',
      outdated.map(contactWords),
    ),
  ]
}

/** Those who are meant and not on the list at the instant. */
export const absentLines = ({ absent }: Preflight): readonly string[] =>
  someListed(
    'Meant, and not on the list at that instant:',
    absent.filter(one => !isOnList(one)).map(absentName),
  )

type Absent = Preflight['absent'][number]
/** On the list now, and yet without a copy: it is not the list that keeps them from it. */
export const isOnList = ({ contact }: Absent): boolean => contact.state === 'active'
const absentName = ({ contact, why }: Absent): string => `${contactWords(contact)}: ${absentWords(why)}`

export const reachedLines = ({ reached }: Preflight): readonly string[] =>
  someListed('These can be reached:', reached.map(contactWords))

/** That the submission server would refuse a copy (threats.md H09); undefined: it takes it, or that is not known. */
export function sizeFault(
  { size }: Preflight,
  { serverTakes }: Pick<World, 'serverTakes'>,
): string | undefined {
  if (size === undefined || serverTakes === undefined || serverTakes === 'any') return undefined
  return size > serverTakes
    ? `A copy has up to ${sizeWords(size)}, and the submission server takes ${sizeWords(serverTakes)}.`
    : undefined
}

function sizeLine(found: Preflight, { serverTakes }: Pick<World, 'serverTakes'>): string | undefined {
  const fault = sizeFault(found, { serverTakes })
  if (fault !== undefined) return fault
  if (found.size === undefined || found.size < SMALL) return undefined
  const takes =
    serverTakes === undefined
      ? 'what the submission server takes is not known yet'
      : serverTakes === 'any'
        ? 'the submission server names no limit'
        : `the submission server takes ${sizeWords(serverTakes)}`
  return `A copy has up to ${sizeWords(found.size)}; ${takes}.`
}

/** When the last copy has left; undefined where that is at once. */
function paceLine({ last, sendAt }: Preflight, { mailsPerMinute }: Settings): string | undefined {
  if (mailsPerMinute === undefined || last - sendAt < AT_ONCE) return undefined
  return `At ${mailsPerMinute} mails a minute (smtp.maxPerMinute) the last copy leaves at ${formatInstant(last)}; none leaves early.`
}

/** A heading and one line each, as many as one list names; empty for nobody. */
export const someListed = (label: string, names: readonly string[]): readonly string[] => {
  const more = names.length - MOST_NAMED
  return names.length === 0
    ? []
    : [label, ...bulleted(names.slice(0, MOST_NAMED)), ...(more > 0 ? [`  and ${more} more`] : [])]
}

const bulleted = (lines: readonly string[]): readonly string[] => lines.map(line => `  ${line}`)

/** Of 1000: what servers announce is told as their operators write it. */
function sizeWords(octets: number): string {
  return octets < 1_000_000 ? `${Math.ceil(octets / 1_000)} kB` : `${(octets / 1_000_000).toFixed(1)} MB`
}
