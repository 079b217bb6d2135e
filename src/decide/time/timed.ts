// What happens because time passes: each rule in the tables is asked when it has something to do, and does it then.
// Pure, so that the daemon, `once` and `simulate` live through the same times.
import type { Application } from '../../model/application.ts'
import type { Case } from '../../model/case.ts'
import type { Contact } from '../../model/contact.ts'
import type { Decision } from '../../model/decision.ts'
import { type Event, SCHEDULER } from '../../model/event.ts'
import type { Incident } from '../../model/incident.ts'
import type { Notice } from '../../model/notice.ts'
import type { MailOrder } from '../../model/order.ts'
import type { Post } from '../../model/post.ts'
import type {
  ApplicationId,
  CaseId,
  ContactId,
  IncidentId,
  Instant,
  NoticeId,
  PostId,
} from '../../model/scalars.ts'
import type { Settings } from '../../model/settings.ts'
import { fold, isOfCase, type Known, ownState } from '../known.ts'
import { withCompletions } from '../membership/completion.ts'
import { memberNews } from '../membership/news.ts'
import { withOffers } from '../offers.ts'
import { silent } from '../outcomes.ts'
import { datesForReturning } from '../sharing/dates.ts'
import { answersWanted } from './answers.ts'
import { attestation } from './attestation.ts'
import { checks } from './checks.ts'
import { activation, keyChange, suspensionEnd } from './contact-waits.ts'
import { incidentReminders } from './incidents.ts'
import { keyEnd } from './key-end.ts'
import { lapse } from './lapse.ts'
import { overrun } from './overrun.ts'
import { postReminders } from './post-waits.ts'
import { reacceptance } from './reacceptance.ts'
import { reminders } from './reminders.ts'
import { reviewClock, weeklyList } from './review.ts'
import { rotation } from './rotation.ts'
import type { TimedRule } from './rule.ts'
import { shareRequests } from './share-requests.ts'

/** What time passes for. */
export type Ageing = Case | Application | Contact | Incident | Notice | Post
export type AgeingId = CaseId | ApplicationId | ContactId | IncidentId | NoticeId | PostId

// In the order in which they are carried out: each finds its subject as those before it left it.
const CASE_RULES: readonly TimedRule<Case>[] = [overrun, reminders, rotation, shareRequests, answersWanted]
const APPLICATION_RULES: readonly TimedRule<Application>[] = [lapse, reviewClock, weeklyList]
const CONTACT_RULES: readonly TimedRule<Contact>[] = [
  keyChange,
  activation,
  suspensionEnd,
  keyEnd,
  attestation,
  reacceptance,
]
const INCIDENT_RULES: readonly TimedRule<Incident>[] = [incidentReminders]
const NOTICE_RULES: readonly TimedRule<Notice>[] = [checks]
const POST_RULES: readonly TimedRule<Post>[] = [postReminders]

/** When a rule next has something to do here; undefined: never, unless somebody acts. */
export const wakeAt = (one: Ageing, settings: Settings): Instant | undefined =>
  'reporter' in one
    ? firstOf(CASE_RULES, one, settings)
    : 'distributor' in one
      ? firstOf(CONTACT_RULES, one, settings)
      : 'told' in one
        ? firstOf(INCIDENT_RULES, one, settings)
        : 'sendAt' in one
          ? firstOf(NOTICE_RULES, one, settings)
          : 'poster' in one
            ? firstOf(POST_RULES, one, settings)
            : firstOf(APPLICATION_RULES, one, settings)

/** What time brings about here by now; undefined: nothing yet. */
export function timePassed(one: Ageing, known: Known): Decision | undefined {
  const passed =
    'reporter' in one
      ? pass(CASE_RULES, one, known, ({ cases }) => cases.get(one.id))
      : 'distributor' in one
        ? pass(CONTACT_RULES, one, known, ({ contacts }) => contacts.find(({ id }) => id === one.id))
        : 'told' in one
          ? pass(INCIDENT_RULES, one, known, ({ incidents }) => incidents.get(one.id))
          : 'sendAt' in one
            ? pass(NOTICE_RULES, one, known, ({ notices }) => notices.get(one.id))
            : 'poster' in one
              ? pass(POST_RULES, one, known, ({ posts }) => posts.get(one.id))
              : pass(APPLICATION_RULES, one, known, ({ applications }) => applications.get(one.id))
  if (passed.events.length === 0) return undefined
  const after = { ...known, ...fold(ownState(known), passed.events) }
  const news = memberNews(passed.events, known.contacts, after.contacts, known.settings)
  const mails = [...passed.mails, ...datesForReturning(passed.events, known.contacts, after), ...news]
  const decision = { ...silent('command', 'time-passed'), actor: SCHEDULER, ...passed, mails }
  return withOffers(withCompletions(decision, known), known)
}

/** What has to be looked at again after these events. */
export const ageingIn = (events: readonly Event[]): ReadonlySet<AgeingId> =>
  new Set(
    events.flatMap((event): readonly AgeingId[] => {
      if ('contact' in event) return [event.contact]
      if ('application' in event) return [event.application]
      if ('incident' in event) return [event.incident]
      if ('notice' in event) return [event.notice]
      if ('post' in event) return [event.post]
      return isOfCase(event) ? [event.case] : []
    }),
  )

function firstOf<T>(rules: readonly TimedRule<T>[], one: T, settings: Settings): Instant | undefined {
  let first: Instant | undefined
  for (const rule of rules) {
    const at = rule.nextAt(one, settings)
    if (at !== undefined && (first === undefined || at < first)) first = at
  }
  return first
}

function pass<T>(
  rules: readonly TimedRule<T>[],
  one: T,
  known: Known,
  find: (known: Known) => T | undefined,
): { readonly events: readonly Event[]; readonly mails: readonly MailOrder[] } {
  const events: Event[] = []
  const mails: MailOrder[] = []
  let current = one
  let world = known
  for (const rule of rules) {
    const at = rule.nextAt(current, known.settings)
    if (at === undefined || at > known.now) continue
    const done = rule.carryOut(current, world)
    events.push(...done.events)
    mails.push(...done.mails)
    world = { ...world, ...fold(ownState(world), done.events) }
    current = find(world) ?? current
  }
  return { events, mails }
}
