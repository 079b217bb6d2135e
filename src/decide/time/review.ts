// What time brings about for a request to join: the team is reminded of the day by which it is to be decided on, whoever
// made it hears then where it stands, and once a week the admins get one list of all that wait.
import type { Application } from '../../model/application.ts'
import { dueAt } from '../../model/calendar.ts'
import { SCHEDULER } from '../../model/event.ts'
import type { ApplicationEvent } from '../../model/member-event.ts'
import type { MailOrder } from '../../model/order.ts'
import type { Calendar, Policy, Span } from '../../model/policy.ts'
import { dueReminder, nextReminder, type Target } from '../../model/reminder.ts'
import { type Instant, instant } from '../../model/scalars.ts'
import { policyOf, type Settings } from '../../model/settings.ts'
import type { Known } from '../known.ts'
import { reviewMails, toApplicant } from '../membership/application-orders.ts'
import { blockersOf, decideBy, standingOf } from '../membership/standing.ts'
import { NOTHING, toAdmins } from '../orders.ts'
import type { TimedRule } from './rule.ts'

const DAILY: Span = { count: 1, unit: 'business-day' }
/** Of the day on which the weekly list comes, in the zone of the policy. */
const MORNING = { hour: 9 }
const WEEKLY = 'weekly'
/** Of one list. */
const MOST_LISTED = 200

const openWith = ({ state, project }: Application, settings: Settings): Policy | undefined => {
  const policy = policyOf(settings, project)
  return state === 'open' && policy.membership !== undefined ? policy : undefined
}

type Targets = { readonly team: Target; readonly applicant: Target; readonly within: Span }

function targetsOf(one: Application, policy: Policy): Targets | undefined {
  const within = policy.membership?.review.within
  const due = decideBy(one, policy)
  if (within === undefined || due === undefined) return undefined
  const { receivedAt: from } = one
  return {
    team: { about: 'review', due, from, before: [DAILY], every: DAILY },
    // Whoever was told to wait hears again when that time is over, too.
    applicant: { about: 'standing', due, from, before: [], every: within },
    within,
  }
}

export const reviewClock: TimedRule<Application> = {
  nextAt: (one, settings) => {
    const policy = openWith(one, settings)
    const targets = policy && targetsOf(one, policy)
    if (policy === undefined || targets === undefined) return undefined
    const next = [targets.team, targets.applicant].map(target =>
      nextReminder(target, one.reminded[target.about], policy.calendar),
    )
    return instant(Math.min(...next))
  },
  carryOut: (one, known) => {
    const policy = openWith(one, known.settings)
    const targets = policy && targetsOf(one, policy)
    if (policy?.membership === undefined || targets === undefined) return { events: [], mails: [] }
    const { now } = known
    const events: ApplicationEvent[] = []
    const mails: MailOrder[] = []
    const passed = (target: Target): Instant | undefined => {
      const { about, due } = target
      const upTo = dueReminder(target, one.reminded[about], now, policy.calendar)
      if (upTo !== undefined)
        events.push({
          kind: 'application-reminded',
          at: now,
          actor: SCHEDULER,
          application: one.id,
          about,
          due,
          upTo,
        })
      return upTo
    }
    const told = passed(targets.team)
    if (told !== undefined) {
      const { due } = targets.team
      const occasion = told < due ? 'due-soon' : told === due ? 'due' : 'overdue'
      mails.push(...reviewMails(one, occasion, known))
    }
    const isFirst = one.reminded[targets.applicant.about] === undefined
    // Nobody has shown that the address is theirs: it is not written to without end.
    if (passed(targets.applicant) !== undefined && (isFirst || one.proven !== undefined))
      mails.push(
        toApplicant(one, {
          kind: 'application-standing',
          application: one,
          lacks: blockersOf(one, policy.membership, known),
          next: dueAt(now, targets.within, policy.calendar),
        }),
      )
    return { events, mails }
  },
}

/** The next time that the weekly list comes after an instant. */
export function nextWeekly(after: Instant, weekday: number, { zone }: Calendar): Instant {
  const local = Temporal.Instant.fromEpochMilliseconds(after).toZonedDateTimeISO(zone)
  const days = (weekday - local.dayOfWeek + 7) % 7
  const morning = (ahead: number) =>
    instant(
      local.toPlainDate().add({ days: ahead }).toZonedDateTime({ timeZone: zone, plainTime: MORNING })
        .epochMilliseconds,
    )
  return morning(days) > after ? morning(days) : morning(days + 7)
}

function listedAt(one: Application, settings: Settings): Instant | undefined {
  const policy = openWith(one, settings)
  const weekday = policy?.membership?.review.weekly
  if (policy === undefined || weekday === undefined) return undefined
  return nextWeekly(one.reminded[WEEKLY]?.upTo ?? one.receivedAt, weekday, policy.calendar)
}

const listedNow = ({ id: application }: Application, now: Instant): ApplicationEvent => ({
  kind: 'application-reminded',
  at: now,
  actor: SCHEDULER,
  application,
  about: WEEKLY,
  due: now,
  upTo: now,
})

/** One mail to each admin with all that wait, whichever of them it was woken for. */
export const weeklyList: TimedRule<Application> = {
  nextAt: listedAt,
  carryOut: (one, known) => {
    const { now, settings, applications } = known
    const others = [...applications.values()].filter(({ id }) => id !== one.id)
    const listed = [one, ...others]
      .map(application => ({ application, at: listedAt(application, settings) }))
      .filter(({ at }) => at !== undefined)
      .toSorted((a, b) => a.application.receivedAt - b.application.receivedAt)
    // One that the list has no room for: whichever of the older ones is woken brings the list.
    if (listed.findIndex(({ application }) => application.id === one.id) >= MOST_LISTED)
      return { events: [listedNow(one, now)], mails: [] }
    const pending = listed
      .slice(0, MOST_LISTED)
      .map(({ application }) => standingOf(application, known))
      .filter(standing => standing !== undefined)
    return {
      events: listed
        .filter(({ at }) => at !== undefined && at <= now)
        .map(({ application }) => listedNow(application, now)),
      mails: toAdmins(settings.admins, NOTHING, {
        kind: 'applications-pending',
        occasion: 'weekly',
        pending,
        others: listed.length > pending.length ? 'more' : 'none',
      }),
    }
  },
}

/** What came from these, in one mail to each admin, where they get no mail for each. */
export const manyApplications = (
  applications: readonly Application[],
  known: Pick<Known, 'contacts' | 'distributors' | 'settings'>,
): readonly MailOrder[] =>
  toAdmins(known.settings.admins, NOTHING, {
    kind: 'applications-pending',
    occasion: 'many',
    pending: applications
      .toSorted((a, b) => a.receivedAt - b.receivedAt)
      .map(one => standingOf(one, known))
      .filter(standing => standing !== undefined),
    others: 'none',
  })
