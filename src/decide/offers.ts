// What a reader of our mail can tap next, out of what a case offers (case-offers.ts) and what is due. In go
// a decision and what was known before it; out comes the same with offers in its mails. A verb is offered to
// nobody who may not send it, for its roles are asked of the registry, and no irreversible one ever is.
import { type Case, isOpen } from '../model/case.ts'
import type { Decision, Snapshot } from '../model/decision.ts'
import type { DueItem, MailOrder, Suggestion, Transcript } from '../model/order.ts'
import { type CaseId, type Instant, parseCaseId, sameMailbox } from '../model/scalars.ts'
import type { Settings } from '../model/settings.ts'
import { insidersOf, rolesIn } from './authority.ts'
import { type Occasion, OFFERS, type Offer, routes } from './case-offers.ts'
import { commandNamed } from './commands/registry.ts'
import { offersEnding, type Reader } from './due-offers.ts'
import { caseAfter } from './known.ts'
import { joiningOffers } from './membership/offers.ts'

/** Links of one mail: a phone shows few, and the first ones are the likely ones. */
export const MOST_OFFERED = 8

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
