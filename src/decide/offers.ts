// What a reader of our mail can tap next: the one table of it, by the state of the case and by who reads. In go
// a decision and what was known before it; out comes the same with offers in its mails. A verb is offered to
// nobody who may not send it, for its roles are asked of the registry, and no irreversible one ever is.
import { type Case, type CaseState, claimsPublicNow, isOpen } from '../model/case.ts'
import type { Decision, Snapshot } from '../model/decision.ts'
import type { MailOrder, Suggestion, Transcript } from '../model/order.ts'
import { type CaseId, parseCaseId, sameMailbox, UNROUTED } from '../model/scalars.ts'
import type { Settings } from '../model/settings.ts'
import { insidersOf, rolesIn, type Who } from './authority.ts'
import { commandNamed } from './commands/registry.ts'
import { caseAfter } from './known.ts'

/** Links of one mail: a phone shows few, and the first ones are the likely ones. */
export const MOST_OFFERED = 8

/**
 * `asked`: a mail that wants something of its reader. `done`: what came of their own commands. `told`: of what
 * is past, or done by somebody else.
 */
export type Occasion = 'asked' | 'done' | 'told'

type Reader = { readonly who: Who; readonly name: string }

type Offer = {
  readonly label: string
  /** In its order in `help`; a verb that is not in the registry is never offered. */
  readonly verb: string
  /** Of the case, or `open` for all in which work is done. */
  readonly states: readonly CaseState[] | 'open' | 'all'
  /** More that must hold. */
  readonly when?: (theCase: Case, reader: Reader) => boolean
  /** What follows the case on its line; what ends in `=` is a gap, refused until it is filled in. */
  readonly rest?: string
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

/** The likely first. */
export const OFFERS: readonly Offer[] = [
  {
    label: 'Accept the lead',
    verb: 'accept-lead',
    states: 'open',
    when: ({ leadOffered }, { name }) => leadOffered === name,
  },
  {
    label: 'Say that it is public, and where behind url=',
    verb: 'public',
    states: 'open',
    when: claimsPublicNow,
    rest: 'url=',
  },
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
    label: 'Share it with the maintainers',
    verb: 'share',
    states: ['accepted', 'fixing'],
    when: ({ sharedWith }) => sharedWith === 'team',
    rest: 'with=maintainers',
  },
  { label: 'Close it as spam, telling nobody', verb: 'spam', states: ['new'], on: ['asked'] },
  { label: 'Note something for the others', verb: 'note', states: 'open', block: 'gap', on: ['asked'] },
  { label: 'See all that is known', verb: 'show', states: 'all', on: ['asked', 'told'] },
]

/** What this reader may send about a case now, the likely first. */
export function offersFor(
  theCase: Case,
  reader: Reader,
  settings: Settings,
  occasion: Occasion,
): readonly Suggestion[] {
  const roles = rolesIn(theCase, reader.who, settings)
  const offered = [...routes(settings), ...OFFERS].filter(
    ({ verb, states, when, on = ['asked', 'done'] }) => {
      const command = commandNamed(verb)
      if (command === undefined || command.nature === 'irreversible') return false
      if (!command.roles.some(role => roles.includes(role))) return false
      if (!on.includes(occasion)) return false
      if (states === 'open' ? !isOpen(theCase) : states !== 'all' && !states.includes(theCase.state))
        return false
      return when?.(theCase, reader) ?? true
    },
  )
  return offered.slice(0, MOST_OFFERED).map(({ label, verb, rest, block }) => {
    const line = [verb, theCase.id, rest, block && '<<'].filter(word => word !== undefined).join(' ')
    const gap = block === undefined ? '' : '\n.\n'
    return { label, body: `embargod ${settings.instance}\n${line}\n${gap}` }
  })
}

/** The decision with offers in every mail of it about one case, as its events leave that case. */
export function withOffers(
  decision: Decision,
  { cases, settings }: Pick<Snapshot, 'cases' | 'settings'>,
): Decision {
  const offering = (order: MailOrder): MailOrder => {
    const about = subjectOf(order)
    const theCase = about?.id && caseAfter(cases.get(about.id), about.id, decision.events)
    const reader = theCase && readerOf(order, theCase, settings)
    if (about === undefined || theCase === undefined || reader === undefined) return order
    return { ...order, offers: offersFor(theCase, reader, settings, about.occasion) }
  }
  return { ...decision, mails: decision.mails.map(offering) }
}

type About = { readonly id: CaseId | undefined; readonly occasion: Occasion }

/** Which case a mail is about, if it is one that carries offers. */
function subjectOf({ content, case: id }: MailOrder): About | undefined {
  switch (content.kind) {
    case 'report':
      return { id: content.theCase?.id, occasion: content.what === 'earlier' ? 'told' : 'asked' }
    case 'past-mail':
      return { id: content.theCase.id, occasion: 'told' }
    case 'welcome':
    case 'reminder':
      return { id: content.theCase.id, occasion: 'asked' }
    case 'change':
      return { id, occasion: 'told' }
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

/** Who reads a mail, by where it goes: an insider of the case, or its reporter where they have a key. */
function readerOf({ to }: MailOrder, theCase: Case, settings: Settings): Reader | undefined {
  const insider = insidersOf(theCase, settings).find(one => sameMailbox(one.address, to))
  if (insider !== undefined) return { who: insider.fingerprint, name: insider.name }
  const { address, key } = theCase.reporter
  if (key === undefined || address === undefined || !sameMailbox(address, to)) return undefined
  return { who: key.fingerprint, name: 'reporter' }
}
