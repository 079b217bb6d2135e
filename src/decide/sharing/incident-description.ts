// A leak as an admin reads it on a phone: what was told, then of the case that leaked everybody who had it and since
// when, then the draft of the retrospective where the policy has one. Words of others stand behind `| `.
import type { Case } from '../../model/case.ts'
import type { Contact } from '../../model/contact.ts'
import type { NoticeCopy, Snapshot } from '../../model/decision.ts'
import type { Incident } from '../../model/incident.ts'
import type { Fingerprint, Instant } from '../../model/scalars.ts'
import { policyOf, projectNamed } from '../../model/settings.ts'
import { formatInstant } from '../../model/time.ts'
import { insidersOf } from '../authority.ts'
import { quotedLines } from '../quoted.ts'

/** Copies shown, the first ones. */
const MOST_COPIES = 1_000

type Lines = readonly string[]

type Known = Pick<Snapshot, 'cases' | 'contacts' | 'copies' | 'entitled' | 'notices' | 'settings'>

export function describeIncident(incident: Incident, world: Known): string {
  const { id, project, state, receivedAt, about, told } = incident
  const theCase = about && world.cases.get(about)
  return [
    `${id} (${project}), ${state}, told ${formatInstant(receivedAt)} by ${teller(incident, world)}`,
    ...told.flatMap(({ at, by, inbound, text }) => [
      `${formatInstant(at)}, ${by === 'outsider' ? 'unsigned' : by}, inbound ${inbound}:`,
      ...quotedLines(text),
    ]),
    ...(about === undefined
      ? [`No case is named yet: incident ${id} about=C-…`]
      : theCase === undefined
        ? [`It names ${about}, which does not exist: incident ${id} about=C-…`]
        : [...whoHad(theCase, world), ...retrospective(incident, theCase, world)]),
  ].join('\n')
}

function teller({ from }: Incident, { contacts }: Known): string {
  if ('address' in from) return from.address ?? 'somebody without an address'
  const contact = contacts.find(({ id }) => id === from.contact)
  return contact === undefined ? from.contact : named(contact)
}

const named = ({ id, organisation }: Contact): string => `${id}, ${organisation.open()}`

/** Everybody who had something of a case, and since when; of each copy for a member how far it came. */
export function whoHad(theCase: Case, world: Known): Lines {
  const { id, receivedAt, reporter, sharing, contributions } = theCase
  const copies = world.copies.filter(one => one.case === id)
  const granted = sharing.filter(({ decided }) => decided?.as === 'granted')
  return [
    '',
    `Who had ${id}:`,
    `- its reporter, ${reporter.address ?? 'no address known'}, before ${formatInstant(receivedAt)}`,
    ...insiders(theCase, world),
    '',
    copies.length === 0 ? 'No notice of it was made for any member.' : 'Members, by notice:',
    ...copies.slice(0, MOST_COPIES).flatMap(copy => ofCopy(copy, world)),
    ...(copies.length > MOST_COPIES ? [`${copies.length - MOST_COPIES} more are left out`] : []),
    ...(granted.length === 0 ? [] : ['', 'Shared further, by leave:']),
    ...granted.flatMap(one => [
      `- by ${one.asker}, ${formatInstant(one.decided?.at ?? one.at)}, with:`,
      ...quotedLines(one.with),
    ]),
    ...(contributions.length === 0 ? [] : ['', 'Members who worked with it:']),
    ...contributions.map(({ contributor, task, at }) => `- ${contributor}, ${task}, ${formatInstant(at)}`),
  ]
}

function insiders(theCase: Case, { settings, entitled }: Known): Lines {
  const { receivedAt, fixTeam, project } = theCase
  return insidersOf(theCase, settings).map(({ name, fingerprint }) => {
    const since = (at: Instant) => formatInstant(Math.max(at, receivedAt) as Instant)
    if (settings.admins.some(one => one.fingerprint === fingerprint))
      return `- ${name}, admin, since ${since(entitled.get(fingerprint) ?? receivedAt)}`
    const engineer = fixTeam.find(one => one.fingerprint === fingerprint)
    if (engineer !== undefined) return `- ${name}, fix team, since ${since(engineer.since)}`
    const maintains = projectNamed(settings, project)?.maintainers.some(
      one => one.fingerprint === fingerprint,
    )
    return `- ${name}, ${maintains === true ? 'maintainer, since it was shared with them' : 'insider'}`
  })
}

function ofCopy({ notice, contact, to, state, doubt, at, subkey }: NoticeCopy, { contacts }: Known): Lines {
  const known = contacts.find(({ id }) => id === contact)
  const how = doubt === 'in-doubt' && state !== 'sent' ? `${state}, and may have arrived` : state
  return [
    `- ${known === undefined ? contact : named(known)}`,
    `  ${notice} to ${to}: ${how}${at === undefined ? ', never handed over' : ` ${formatInstant(at)}`}`,
    ...(known === undefined ? [] : [`  key ${keyAt(known, at)}`]),
    ...(subkey === undefined ? [] : [`  subkey ${subkey}`]),
  ]
}

/** The key that was theirs then; of what was never handed over the one that is theirs now. */
const keyAt = ({ fingerprint, formerKeys }: Contact, at: Instant | undefined): Fingerprint =>
  (at && formerKeys.find(({ since, until }) => since <= at && at < until)?.fingerprint) ?? fingerprint

/** To be copied: what is known with its instants, and what the team has to find out. */
function retrospective(incident: Incident, theCase: Case, world: Known): Lines {
  const { leak } = policyOf(world.settings, theCase.project).membership ?? {}
  if (leak?.retrospective !== 'held') return []
  const { id, receivedAt, sharing, embargo } = theCase
  const wentOut = [...world.notices.values()].filter(one => one.case === id && one.releasedAt !== undefined)
  const facts: readonly (readonly [Instant, string])[] = [
    [receivedAt, `${id} was reported`],
    ...wentOut.map(
      one => [one.releasedAt ?? one.sendAt, `${one.id} (${one.stage}) went to members`] as const,
    ),
    ...sharing.flatMap(({ asker, decided }) =>
      decided?.as === 'granted' ? [[decided.at, `${asker} was allowed to share it`] as const] : [],
    ),
    [incident.receivedAt, `${incident.id} was told`],
    ...(embargo.state === 'broken' && embargo.set !== undefined
      ? [[embargo.set.at, 'the embargo was broken'] as const]
      : []),
  ]
  return [
    '',
    'Draft of the retrospective, to copy:',
    `Retrospective of ${incident.id}`,
    'What happened, as far as we know:',
    ...facts.toSorted(([a], [b]) => a - b).map(([at, what]) => `- ${formatInstant(at)} ${what}`),
    'To be answered:',
    '- What got out exactly, to whom, and when?',
    '- How: by whom, over which channel, and what let it happen?',
    '- Whom could it harm since, and what did we do about that?',
    '- What changes, with us and with the member, so that it does not happen again?',
  ]
}
