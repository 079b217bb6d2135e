// What can be tapped next in a case: the one table of it, by the state of the case and by who reads, apart from what
// ends that which is due (due-offers.ts).
import { type Case, type CaseState, claimsPublicNow, OPEN_STATES } from '../model/case.ts'
import { hasAgreed, lacksOf } from '../model/fix-team.ts'
import { type Instant, UNROUTED } from '../model/scalars.ts'
import { policyOf, type Settings } from '../model/settings.ts'
import { DAY, formatInstant } from '../model/time.ts'
import { sharingWith } from './commands/case/share.ts'
import { decidingOn, type Reader } from './due-offers.ts'
import { embargoOf } from './time/clocks.ts'
import { isOver, membersDate, proposedDate, proposedExtension, reportersDate } from './time/embargo.ts'

/**
 * `asked`: a mail that wants something of its reader; `called`: that they join in, and nothing else. `done`: what
 * came of their own commands. `told`: of what is past, or done by somebody else.
 */
export type Occasion = 'asked' | 'called' | 'done' | 'told'

/** A command that a mail may carry as a link. */
export type Offer = {
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
export const routes = ({ projects }: Settings): readonly Offer[] =>
  projects.slice(0, MOST_ROUTES).map(({ name, policy }) => ({
    label: `It belongs to ${policy.displayName}`,
    verb: 'route',
    states: 'open',
    when: ({ project }) => project === UNROUTED,
    rest: name,
  }))

const UNPUBLISHED = OPEN_STATES.filter(state => state !== 'published')

/** What may fit any case, the likely first. */
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
