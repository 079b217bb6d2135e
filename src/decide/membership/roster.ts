// The roster of a distributors list at a chosen level of detail, as lines. In go organisations and their contacts, out
// comes text: ids and our own words a line, names of people and organisations behind `| `.
import { type Contact, isMember } from '../../model/contact.ts'
import type { Distributor } from '../../model/distributor.ts'
import type { Policy } from '../../model/policy.ts'
import { type Instant, later } from '../../model/scalars.ts'
import { DAY, formatInstant } from '../../model/time.ts'
import { quotedLines } from '../quoted.ts'
import { acceptanceLine } from './description.ts'

/**
 * `count`: numbers alone. `organisations`: which there are. `contacts`: and whom copies go to. `full`: and what they
 * accepted and said of themselves.
 */
export const ROSTER_LEVELS = ['count', 'organisations', 'contacts', 'full'] as const
export type RosterLevel = (typeof ROSTER_LEVELS)[number]

/** So long before its end a key is said to end soon. */
const SOON = 60 * DAY
/** Organisations of one answer. */
const MOST_LISTED = 1_000

export type Roster = {
  readonly distributors: readonly Distributor[]
  readonly contacts: readonly Contact[]
  readonly policy: Policy
  readonly now: Instant
}

/** One project's list. */
export function rosterText(roster: Roster, level: RosterLevel): string {
  const here = roster.distributors.filter(({ state }) => state === 'active')
  if (level === 'count') return [numbers(roster, here), ...classes(roster, here)].join('\n')
  const shown = here.slice(0, MOST_LISTED)
  const left = here.length - shown.length
  return [
    numbers(roster, here),
    ...shown.flatMap(one => ['', ...organisation(one, roster, level)]),
    ...(left > 0 ? ['', `${left} more are left out.`] : []),
  ].join('\n')
}

/** What members may see of one another: the names of organisations, in their alphabetical order. */
export const namesText = (distributors: readonly Distributor[]): string =>
  distributors
    .filter(({ state }) => state === 'active')
    .map(({ name }) => quotedLines(name).join('\n'))
    .toSorted()
    .join('\n')

function numbers({ distributors, contacts }: Roster, here: readonly Distributor[]): string {
  const states = counted(
    contacts.filter(one => here.some(({ id }) => id === one.distributor)).map(({ state }) => state),
  )
  const gone = counted(distributors.filter(({ state }) => state !== 'active').map(({ state }) => state))
  return [
    here.length === 1 ? '1 organisation' : `${here.length} organisations`,
    `contacts: ${states === '' ? 'none' : states}`,
    ...(gone === '' ? [] : [`gone: ${gone}`]),
  ].join('; ')
}

const classes = ({ policy }: Roster, here: readonly Distributor[]): readonly string[] =>
  policy.membership === undefined || policy.membership.classes.length === 0
    ? []
    : [`by class: ${counted(here.map(one => one.class ?? 'none'))}`]

/** `active 3, suspended 1`, in the order in which they first stand. */
const counted = (words: readonly string[]): string =>
  [...new Set(words)].map(word => `${word} ${words.filter(one => one === word).length}`).join(', ')

function organisation(one: Distributor, roster: Roster, level: RosterLevel): readonly string[] {
  const contacts = roster.contacts.filter(
    ({ distributor, state }) => distributor === one.id && state !== 'left' && state !== 'removed',
  )
  const most = roster.policy.membership?.leak.strikes
  const facts = [
    one.id,
    ...(one.class === undefined ? [] : [one.class]),
    `since ${formatInstant(one.joinedAt).slice(0, 10)}`,
    contacts.length === 1 ? '1 contact' : `${contacts.length} contacts`,
    ...(one.strikes.length === 0
      ? []
      : [`strikes ${one.strikes.length}${most === undefined ? '' : ` of ${most}`}`]),
    ...(level === 'organisations' ? [...new Set(contacts.flatMap(contact => flags(contact, roster)))] : []),
  ]
  const below =
    level === 'organisations' ? [] : contacts.flatMap(contact => contactLines(contact, roster, level))
  return [facts.join(', '), ...quotedLines(one.name), ...below]
}

function contactLines(contact: Contact, roster: Roster, level: RosterLevel): readonly string[] {
  const { id, address, kind, state, manages, attested, encryptsUntil } = contact
  const facts = [
    `${id} ${address}`,
    state,
    ...(kind === 'role' ? ['role'] : []),
    ...(manages === 'all' ? ['manages'] : []),
    encryptsUntil === undefined ? 'key without end' : `key ends ${formatInstant(encryptsUntil).slice(0, 10)}`,
    ...flags(contact, roster),
  ]
  const full = [
    acceptanceLine(contact.acceptance, roster.policy),
    attested === undefined
      ? 'never said who reads it'
      : `${attested.people} read it, said ${formatInstant(attested.at).slice(0, 10)}`,
  ]
  return [
    `  ${facts.join(', ')}`,
    ...quotedLines(contact.name).map(line => `  ${line}`),
    ...(level === 'full' ? full.map(line => `    ${line}`) : []),
  ]
}

/** What somebody should look at. */
function flags(contact: Contact, { policy, now }: Roster): readonly string[] {
  const { acceptance, encryptsUntil, revokedAt, activeAt, suspended } = contact
  const isOther = policy.membership !== undefined && acceptance?.sha256 !== policy.membership.terms.sha256
  return [
    ...(isMember(contact) && isOther ? ['NEEDS-REACCEPT'] : []),
    ...(revokedAt === undefined ? [] : ['KEY REVOKED']),
    ...(encryptsUntil === undefined || encryptsUntil > later(now, SOON)
      ? []
      : [encryptsUntil <= now ? 'KEY ENDED' : 'KEY ENDS SOON']),
    ...(activeAt === undefined ? [] : [`cooling until ${formatInstant(activeAt)}`]),
    ...(suspended === undefined
      ? []
      : [suspended.until === undefined ? 'SUSPENDED' : `SUSPENDED until ${formatInstant(suspended.until)}`]),
  ]
}
