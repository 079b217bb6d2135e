// `break`: somebody did not keep an embargo, and it is over now. One person is enough, and nothing waits: what was to go to
// members stops, whoever knew the date hears that it is void, and the team has its list of what to do.
import type { Case } from '../../../model/case.ts'
import { dateOf } from '../../../model/disclosure-date.ts'
import type { Event } from '../../../model/event.ts'
import { plaintext } from '../../../model/plaintext.ts'
import type { IncidentId, Instant, NoticeId } from '../../../model/scalars.ts'
import { policyOf } from '../../../model/settings.ts'
import { formatInstant, formatLength, MINUTE } from '../../../model/time.ts'
import { addressee } from '../../authority.ts'
import { whoHearsNews } from '../../consequences.ts'
import { caseAfter } from '../../known.ts'
import { toAdmins } from '../../orders.ts'
import { whoHad } from '../../sharing/incident-description.ts'
import { incidentOffer } from '../../sharing/leaks.ts'
import { toldContacts } from '../../sharing/sharing.ts'
import { isOver } from '../../time/embargo.ts'
import { caseFact, findUnpublishedCase, takeCaseAndReason } from '../case/case-verbs.ts'
import { defineCommand, effect, type World } from '../command.ts'
import { suggestion } from '../suggestion.ts'

export const breakEmbargo = defineCommand({
  verb: 'break',
  usage: 'break C-… << why',
  summary: 'end an embargo that somebody did not keep: it is due now, and whoever knew the date hears so',
  roles: ['admin'],
  nature: 'reversible',
  // Beside what has to be confirmed it would wait with that.
  waits: 'never',
  parse: takeCaseAndReason,
  decide: (wanted, world) => {
    const found = findUnpublishedCase(wanted, world)
    if (!found.ok) return found
    const theCase = found.value
    const { id, project, embargo } = theCase
    const { now, settings, actor } = world
    if (isOver(theCase)) {
      const since = embargo.set === undefined ? '' : ` since ${formatInstant(embargo.set.at)}`
      return effect('noop', plaintext(`The embargo of ${id} is over already${since}; publish it.`))
    }
    const retrospective = policyOf(settings, project).membership?.leak.retrospective ?? 'none'
    const stopping = stopped(theCase, world)
    const looked = incidentOf(theCase, retrospective, wanted.reason, world)
    const [word, first] = [wordCameAt(theCase, world), firstNoticeAt(theCase, world)]
    const sinceWord = word && now - word
    const sinceNotice = first && now - first
    const members = theCase.held === undefined ? toldContacts(theCase, world).length : 'waits'
    const after = [
      sinceWord === undefined ? undefined : `${formatLength(sinceWord)} after word came`,
      sinceNotice === undefined ? undefined : `${formatLength(sinceNotice)} after the first notice`,
    ].filter(one => one !== undefined)
    const lines = [
      `The embargo of ${id} is over${after.length === 0 ? '' : `, ${after.join(' and ')}`}. Publish it as soon as you can.`,
      stopping.notices.length === 0
        ? undefined
        : `Stopped: ${stopping.notices.join(', ')}; ${copiesWords(stopping.copies)} here.`,
      members === 'waits' ? 'It is held: members hear of it when it is released.' : membersWords(members),
      looked.id && `Find out what got out, and note it: ${looked.id}.`,
    ].filter(line => line !== undefined)
    const broken = {
      ...caseFact(theCase, world),
      kind: 'embargo-broken',
      reason: wanted.reason,
      since: word,
    } as const
    const date = dateOf(caseAfter(theCase, id, [broken]) ?? theCase)
    const content = {
      kind: 'embargo-broken',
      by: actor.name,
      reason: wanted.reason,
      sinceWord,
      sinceNotice,
      stopped: stopping,
      members,
      incident: looked.id,
      retrospective,
      who: plaintext(whoHad(theCase, world).join('\n').trim()),
      ...(date === undefined ? {} : { date }),
    } as const
    const see = suggestion(settings, 'See all that is known of the case', `show ${id}`)
    const offers = looked.id === undefined ? [see] : [incidentOffer(looked.id, settings), see]
    return effect('ok', plaintext(`${lines.join('\n')}${whoHearsNews(theCase)}`), {
      facts: {
        case: id,
        stopped: stopping.notices.length,
        ...(sinceWord === undefined ? {} : { minutes: Math.floor(sinceWord / MINUTE) }),
        ...(looked.id === undefined ? {} : { incident: looked.id }),
      },
      events: [
        broken,
        ...stopping.notices.map((notice): Event => ({ at: now, actor, kind: 'notice-cancelled', notice })),
        ...looked.opening,
      ],
      mails: toAdmins(settings.admins, { project, case: id }, content).map(order => ({ ...order, offers })),
      others: 'told',
    })
  },
})

const copiesWords = (count: number): string => (count === 1 ? '1 copy stays' : `${count} copies stay`)
const membersWords = (count: number): string =>
  count === 0
    ? 'No member was told of it.'
    : `${count} ${count === 1 ? 'contact' : 'contacts'} who had a notice of it ${count === 1 ? 'is' : 'are'} told.`

/** Notices that are still to go, or of which copies are. */
function stopped(
  { id }: Case,
  { notices, copies }: World,
): {
  readonly notices: readonly NoticeId[]
  readonly copies: number
} {
  const here = copies.filter(one => one.case === id && (one.state === 'ready' || one.state === 'held'))
  const stopping = [...notices.values()].filter(
    one =>
      one.case === id &&
      (one.state === 'scheduled' ||
        one.state === 'held' ||
        (one.state === 'released' && here.some(({ notice }) => notice === one.id))),
  )
  return { notices: stopping.map(one => one.id), copies: here.length }
}

const openAbout = ({ id }: Case, { incidents }: World) =>
  [...incidents.values()].filter(one => one.about === id && one.state === 'open')

/** Undefined: nobody told us. */
function wordCameAt(theCase: Case, world: World): Instant | undefined {
  const told = openAbout(theCase, world).map(({ receivedAt }) => receivedAt)
  const { doubted } = theCase.embargo
  const all = doubted === undefined ? told : [...told, doubted.at]
  return all.length === 0 ? undefined : (Math.min(...all) as Instant)
}

/** Undefined: none went out. */
function firstNoticeAt({ id }: Case, { notices }: World): Instant | undefined {
  const went = [...notices.values()].flatMap(one => (one.case === id ? (one.releasedAt ?? []) : []))
  return went.length === 0 ? undefined : (Math.min(...went) as Instant)
}

/** The incident in which the team looks back: the one that is open, or a new one where the policy wants that. */
function incidentOf(
  theCase: Case,
  retrospective: 'held' | 'none',
  reason: ReturnType<typeof plaintext>,
  world: World,
): { readonly id: IncidentId | undefined; readonly opening: readonly Event[] } {
  const [open] = openAbout(theCase, world)
  const [unused] = world.fresh.incidents
  if (open !== undefined) return { id: open.id, opening: [] }
  if (retrospective === 'none' || unused === undefined) return { id: undefined, opening: [] }
  const opening: Event = {
    at: world.now,
    actor: world.actor,
    kind: 'incident-opened',
    incident: unused,
    project: theCase.project,
    from: { address: addressee(world.actor, world, [])?.address },
    about: theCase.id,
    inbound: world.inbound,
    text: reason,
  }
  return { id: unused, opening: [opening] }
}
