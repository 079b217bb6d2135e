// What a reader of our mail can tap next: the one table of it, by the state of the case and by who reads. In go
// a decision and what was known before it; out comes the same with offers in its mails. A verb is offered to
// nobody who may not send it, for its roles are asked of the registry, and no irreversible one ever is.
import { type Case, type CaseState, claimsPublicNow, isOpen, OPEN_STATES } from '../model/case.ts'
import type { Decision, Snapshot } from '../model/decision.ts'
import { hasAgreed, lacksOf } from '../model/fix-team.ts'
import type { DueItem, MailOrder, Suggestion, Transcript } from '../model/order.ts'
import { type CaseId, type Instant, parseCaseId, sameMailbox, UNROUTED } from '../model/scalars.ts'
import { policyOf, type Settings } from '../model/settings.ts'
import { DAY, formatInstant } from '../model/time.ts'
import { insidersOf, rolesIn } from './authority.ts'
import { sharingWith } from './commands/case/share.ts'
import { commandNamed } from './commands/registry.ts'
import { decidingOn, offersEnding, type Reader } from './due-offers.ts'
import { caseAfter } from './known.ts'
import { joiningOffers } from './membership/offers.ts'
import { embargoOf } from './time/clocks.ts'
import { isOver, membersDate, proposedDate, proposedExtension, reportersDate } from './time/embargo.ts'

/** Links of one mail: a phone shows few, and the first ones are the likely ones. */
export const MOST_OFFERED = 8

/**
 * `asked`: a mail that wants something of its reader; `called`: that they join in, and nothing else. `done`: what
 * came of their own commands. `told`: of what is past, or done by somebody else.
 */
export type Occasion = 'asked' | 'called' | 'done' | 'told'

type Offer = {
  readonly label: string
  /** In its order in `help`; a verb that is not in the registry is never offered. */
  readonly verb: string
  /** Of the case, or `open` for all in which work is done. */
  readonly states: readonly CaseState[] | 'open' | 'all'
  /** More that must hold. */
  readonly when?: (theCase: Case, reader: Reader, settings: Settings) => boolean
  /**
   * What follows the case on its line; what ends in `=` or `…` is a gap, refused until it is filled in; undefined: no
   * offer.
   */
  readonly rest?:
    | string
    | ((reader: Reader, theCase: Case, settings: Settings, now: Instant) => string | undefined)
  /** `gap`: a text block, empty, which is refused until it is filled in. */
  readonly block?: 'gap'
  /** In which mails it is likely enough; `asked` and `done` unless said. */
  readonly on?: readonly Occasion[]
}

const withKey = ({ reporter }: Case): boolean => reporter.address !== undefined && reporter.key !== undefined
const inClearOnly = ({ reporter, protection }: Case): boolean =>
  reporter.address !== undefined && reporter.key === undefined && protection === 'clear'

/** The acknowledgement of a new report has just asked for it. */
const lacksKey = ({ reporter, protection, thread }: Case): boolean =>
  reporter.address !== undefined &&
  reporter.key === undefined &&
  protection === 'encrypted' &&
  thread.length > 1

const dated = (name: string, at: Instant | undefined): string | undefined =>
  at && `${name}=${formatInstant(at)}`

/** How long before it ends a longer embargo is offered. */
const NEARLY_OVER = 7 * DAY

function extension(_: Reader, theCase: Case, settings: Settings, now: Instant): string | undefined {
  const policy = policyOf(settings, theCase.project)
  const due = embargoOf(theCase, policy)?.dueAt
  if (due === undefined || due - now > NEARLY_OVER) return undefined
  const until = dated('until', proposedExtension(theCase, settings, now))
  const [only, other] = policy.embargo.reasons
  // Of several nobody but a person chooses one; without any, the answer offers each.
  const reason = other === undefined ? only : undefined
  return until && [until, reason && `reason=${reason.name}`].filter(word => word !== undefined).join(' ')
}

/** Whether somebody else is asked once this one says no. */
const isInTurn = ({ project }: Case, settings: Settings): boolean =>
  policyOf(settings, project).lead?.volunteer !== undefined

/** Projects that an unrouted case may be given to by one tap; with more of them it is typed. */
const MOST_ROUTES = 4

/** A case that belongs to no project yet: until somebody says to which, its people do not hear of it. */
const routes = ({ projects }: Settings): readonly Offer[] =>
  projects.slice(0, MOST_ROUTES).map(({ name, policy }) => ({
    label: `It belongs to ${policy.displayName}`,
    verb: 'route',
    states: 'open',
    when: ({ project }) => project === UNROUTED,
    rest: name,
  }))

const UNPUBLISHED = OPEN_STATES.filter(state => state !== 'published')

/** The likely first. */
export const OFFERS: readonly Offer[] = [
  {
    label: 'Accept the lead',
    verb: 'accept-lead',
    states: 'open',
    when: ({ leadOffered }, { name }) => leadOffered === name,
    on: ['asked', 'called', 'done'],
  },
  {
    label: 'Leave it to the next in turn',
    verb: 'assign',
    states: 'open',
    when: (theCase, { name }, settings) => theCase.leadOffered === name && isInTurn(theCase, settings),
    rest: ({ name }) => `off=${name}`,
    on: ['called'],
  },
  {
    label: 'Agree to the terms',
    verb: 'accept-terms',
    states: 'open',
    when: ({ fixTeam, project }, { who }, settings) =>
      fixTeam.some(one => one.fingerprint === who && !hasAgreed(one, policyOf(settings, project))),
    on: ['asked', 'called', 'done'],
  },
  {
    label: 'Say that it is public, and where behind url=',
    verb: 'public',
    states: 'open',
    when: claimsPublicNow,
    rest: 'url=',
  },
  {
    label: 'It asks to join the list: open a request',
    verb: 'reclassify',
    states: ['new'],
    when: ({ extract, project }, _, settings) =>
      extract?.asksToJoin === 'yes' && policyOf(settings, project).membership?.requests === 'security',
    rest: 'as=application',
  },
  ...decidingOn({ whenInDoubt: undefined }).map(
    (way): Offer => ({ ...way, states: UNPUBLISHED, when: ({ embargo }) => embargo.doubted !== undefined }),
  ),
  { label: 'Take the lead', verb: 'take', states: 'open', when: ({ lead }) => lead === undefined },
  { label: 'Accept it as a vulnerability', verb: 'accept', states: ['new', 'triaged'] },
  {
    label: 'Reject it, with the reason in the gap',
    verb: 'reject',
    states: ['new', 'triaged'],
    block: 'gap',
  },
  { label: 'Answer the reporter, encrypted', verb: 'reply', states: 'all', when: withKey, block: 'gap' },
  {
    label: 'Answer the reporter, in words that anyone may read',
    verb: 'reply',
    states: 'all',
    when: inClearOnly,
    rest: 'clear=yes',
    block: 'gap',
  },
  { label: 'Ask the reporter for their key', verb: 'ask-key', states: 'open', when: lacksKey },
  {
    label: 'Disclose it when the reporter proposes, with why in the gap',
    verb: 'plan',
    states: 'open',
    rest: (_, theCase, settings, now) => dated('disclose', reportersDate(theCase, settings, now)),
    block: 'gap',
    on: ['asked', 'done', 'told'],
  },
  {
    label: 'Disclose it when a member proposes, with why in the gap',
    verb: 'plan',
    states: 'open',
    rest: (_, theCase, settings, now) => dated('disclose', membersDate(theCase, settings, now)),
    block: 'gap',
    on: ['asked', 'done', 'told'],
  },
  {
    label: 'Set when it is to be public, with why in the gap',
    verb: 'plan',
    states: ['accepted', 'fixing', 'fix-ready'],
    when: theCase => theCase.embargo.disclose === undefined && !isOver(theCase),
    rest: (_, theCase, settings, now) =>
      dated('disclose', proposedDate(theCase, policyOf(settings, theCase.project), now)),
    block: 'gap',
  },
  {
    label: 'Let the embargo last longer, with why in the gap',
    verb: 'extend',
    states: ['new', 'triaged', 'accepted', 'fixing', 'fix-ready'],
    rest: extension,
    block: 'gap',
    on: ['asked'],
  },
  {
    label: 'Say that access to the code was given',
    verb: 'access',
    states: 'open',
    rest: (_, theCase, settings) => {
      const next = lacksOf(theCase, policyOf(settings, theCase.project)).find(one =>
        one.lacks.includes('access'),
      )
      return next && `${next.name} granted`
    },
    on: ['done', 'told'],
  },
  {
    label: 'Share it with the maintainers',
    verb: 'share',
    states: ['accepted', 'fixing'],
    when: (theCase, _, settings) => sharingWith(theCase, settings).kind === 'with',
    rest: 'with=maintainers',
  },
  { label: 'Close it as spam, telling nobody', verb: 'spam', states: ['new'], on: ['asked'] },
  { label: 'Note something for the others', verb: 'note', states: 'open', block: 'gap', on: ['asked'] },
  { label: 'See all that is known', verb: 'show', states: 'all', on: ['asked', 'called', 'told'] },
]

/** What this reader may send about a case now, the likely first; before all what ends that which is `due`. */
export function offersFor(
  theCase: Case,
  reader: Reader,
  settings: Settings,
  occasion: Occasion,
  now: Instant,
  due: readonly DueItem[] = [],
): readonly Suggestion[] {
  const roles = rolesIn(theCase, reader.who, settings)
  const ending = due.flatMap(item =>
    offersEnding(item, theCase, reader, settings).map(
      (offer): Offer => ({ ...offer, states: STATES_OF.get(offer.verb) ?? 'open', on: [occasion] }),
    ),
  )
  const offered = [...ending, ...routes(settings), ...OFFERS].filter(
    ({ verb, states, when, on = ['asked', 'done'] }) => {
      const command = commandNamed(verb)
      if (command === undefined || command.nature === 'irreversible') return false
      if (!command.roles.some(role => roles.includes(role))) return false
      if (!on.includes(occasion)) return false
      if (states === 'open' ? !isOpen(theCase) : states !== 'all' && !states.includes(theCase.state))
        return false
      return when?.(theCase, reader, settings) ?? true
    },
  )
  const suggested = offered.flatMap(({ label, verb, rest, block }) => {
    const more = typeof rest === 'function' ? rest(reader, theCase, settings, now) : rest
    if (typeof rest === 'function' && more === undefined) return []
    const line = [verb, theCase.id, more, block && '<<'].filter(word => word !== undefined).join(' ')
    const gap = block === undefined ? '' : '\n.\n'
    return { label, body: `embargod ${settings.instance}\n${line}\n${gap}` }
  })
  const isFirst = ({ body }: Suggestion, at: number) => suggested.findIndex(one => one.body === body) === at
  return suggested.filter(isFirst).slice(0, MOST_OFFERED)
}

/** In which states of a case a verb is offered that is due, where that is not all in which work is done. */
const STATES_OF: ReadonlyMap<string, Offer['states']> = new Map<string, Offer['states']>([
  ['accept', ['new', 'triaged']],
  ['reject', ['new', 'triaged']],
  ['fix-ready', ['accepted', 'fixing']],
  ['reply', 'all'],
])

/** The decision with offers in every mail of it about one case, as its events leave that case. */
export function withOffers(
  decision: Decision,
  { cases, settings, now }: Pick<Snapshot, 'cases' | 'settings' | 'now'>,
): Decision {
  const offering = (order: MailOrder): MailOrder => {
    const joining = joiningOffers(order.content, settings, now)
    if (joining !== undefined) return { ...order, offers: joining }
    const about = subjectOf(order)
    const theCase = about?.id && caseAfter(cases.get(about.id), about.id, decision.events)
    const reader = theCase && readerOf(order, theCase, settings)
    if (about === undefined || theCase === undefined || reader === undefined) return order
    return { ...order, offers: offersFor(theCase, reader, settings, about.occasion, now, about.due) }
  }
  return { ...decision, mails: decision.mails.map(offering) }
}

type About = {
  readonly id: CaseId | undefined
  readonly occasion: Occasion
  readonly due?: readonly DueItem[]
}

/** Which case a mail is about, if it is one that carries offers. */
function subjectOf({ content, case: id }: MailOrder): About | undefined {
  switch (content.kind) {
    case 'report':
      return {
        id: content.theCase?.id,
        occasion: content.what === 'earlier' || content.member !== undefined ? 'told' : 'asked',
      }
    case 'past-mail':
      return { id: content.theCase.id, occasion: 'told' }
    case 'welcome': {
      const { theCase, as } = content
      return { id: theCase.id, occasion: as === 'lead' || as === 'invited' ? 'called' : 'asked' }
    }
    case 'reminder':
      return { id: content.theCase.id, occasion: 'asked', due: content.items }
    case 'change':
    case 'date-tally':
    case 'roll-up':
      return { id, occasion: 'told' }
    case 'disclosure-date':
      return content.reader === 'member' ? undefined : { id, occasion: 'told' }
    case 'transcript':
      return { id: soleCaseOf(content), occasion: 'done' }
    default:
      return undefined
  }
}

/** The one case that commands were about; none where a confirmation above all is not to be drowned in offers. */
function soleCaseOf({ results, suggestions, dryRun }: Transcript): CaseId | undefined {
  if (suggestions.length > 0 || dryRun === 'dry-run') return undefined
  if (results.some(({ status }) => status === 'wait' || status === 'error')) return undefined
  const named = new Set(results.flatMap(({ facts }) => facts['case'] ?? []))
  const [only, second] = named
  return typeof only === 'string' && second === undefined ? parseCaseId(only) : undefined
}

/** Who reads a mail, by where it goes: an insider of the case, who is to become one, or its reporter where they have a key. */
function readerOf({ to }: MailOrder, theCase: Case, settings: Settings): Reader | undefined {
  const insider = insidersOf(theCase, settings).find(one => sameMailbox(one.address, to))
  if (insider !== undefined) return { who: insider.fingerprint, name: insider.name }
  const engineer = theCase.fixTeam.find(one => sameMailbox(one.address, to))
  if (engineer !== undefined) return { who: engineer.fingerprint, name: engineer.name }
  const { address, key } = theCase.reporter
  if (key === undefined || address === undefined || !sameMailbox(address, to)) return undefined
  return { who: key.fingerprint, name: 'reporter' }
}
