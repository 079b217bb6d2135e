// What follows for applications and contacts whichever decision changed them: whoever has offered a key that can be used
// and has not proven it is sent a token. In: a decision, and what was known before it. Out: the same, with that added.
import type { Application } from '../../model/application.ts'
import type { Contact } from '../../model/contact.ts'
import type { Decision, Fresh, Snapshot } from '../../model/decision.ts'
import { type Event, SCHEDULER } from '../../model/event.ts'
import type { MailOrder } from '../../model/order.ts'
import { type Instant, sameMailbox } from '../../model/scalars.ts'
import { limitReached } from '../acknowledging.ts'
import { fold, ownState } from '../known.ts'
import { challengeApplicant, challengeContact, challengeNextKey, endOf } from './proof.ts'

type Known = Pick<
  Snapshot,
  | 'now'
  | 'settings'
  | 'cases'
  | 'notices'
  | 'contacts'
  | 'distributors'
  | 'posts'
  | 'applications'
  | 'incidents'
  | 'absences'
  | 'challenged'
>

/** `author`: of the mail that was decided on. */
export function withProofs(
  decision: Decision,
  snapshot: Known,
  fresh: Pick<Fresh, 'challenges'>,
  author?: Application['address'],
): Decision {
  const { events, mails } = proofsAfter(decision.events, snapshot, fresh, author)
  if (mails.length === 0) return decision
  return { ...decision, events: [...decision.events, ...events], mails: [...decision.mails, ...mails] }
}

function proofsAfter(
  before: readonly Event[],
  snapshot: Known,
  { challenges }: Pick<Fresh, 'challenges'>,
  author: Application['address'] | undefined,
): { readonly events: readonly Event[]; readonly mails: readonly MailOrder[] } {
  if (!before.some(event => 'application' in event || 'contact' in event)) return { events: [], mails: [] }
  const { now, settings } = snapshot
  const after = fold(ownState(snapshot), before)
  const used = new Set(before.flatMap(event => ('token' in event ? [event.token] : [])))
  const unused = challenges.filter(token => !used.has(token))
  const events: Event[] = []
  const mails: MailOrder[] = []
  const touched = new Set(before.flatMap(event => ('application' in event ? [event.application] : [])))
  for (const one of touched) {
    const application = after.applications.get(one)
    const token = unused[mails.length]
    if (application === undefined || token === undefined) continue
    const { key, address } = application
    if (key === undefined || !lacksChallenge(application, now)) continue
    if (isEnough(address, author, snapshot)) continue
    events.push({ kind: 'challenge-sent', at: now, actor: SCHEDULER, application: one, token })
    mails.push(challengeApplicant(application, key, { token, at: now }, settings))
  }
  for (const event of before) mails.push(...challengesOf(event, after.contacts, snapshot))
  return { events, mails }
}

/** Whether a key was offered that is not proven, and no token that still counts is out for it. */
const lacksChallenge = ({ state, key, proven, challenge }: Application, now: Instant): boolean =>
  state === 'open' &&
  key !== undefined &&
  proven === undefined &&
  (challenge === undefined || now >= endOf(challenge))

/** Of contacts the token stands in the event itself. */
function challengesOf(
  event: Event,
  contacts: readonly Contact[],
  { settings }: Pick<Known, 'settings'>,
): readonly MailOrder[] {
  if (!('contact' in event)) return []
  const contact = contacts.find(({ id }) => id === event.contact)
  if (contact === undefined) return []
  if (event.kind === 'contact-named' && contact.state === 'invited' && contact.challenge !== undefined)
    return [challengeContact(contact, contact.challenge, settings)]
  const { nextKey } = contact
  if (event.kind !== 'key-asked' || nextKey === undefined || nextKey.provenAt !== undefined) return []
  const challenge = { token: nextKey.token, at: nextKey.askedAt }
  return [challengeNextKey(contact, nextKey.key, challenge, settings)]
}

/**
 * The limits of acknowledgements hold for tokens, too: anyone can apply in another's name. How much an address had is
 * known of the author's alone; for any other the limit for all holds.
 */
function isEnough(
  to: Application['address'],
  author: Application['address'] | undefined,
  { challenged, settings }: Pick<Known, 'challenged' | 'settings'>,
): boolean {
  const isAuthors = author !== undefined && sameMailbox(author, to)
  const counted = isAuthors ? challenged : { address: 0, domain: 0, all: challenged.all }
  return limitReached(to, counted, settings) !== undefined
}
