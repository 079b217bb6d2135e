// What follows from changes to cases whichever verb made them, or no one: its reporter hears of another state and of
// another date of disclosure, and whoever becomes an insider reads what came before. In: the cases before and after. Out: orders.
import { dueAt } from '../model/calendar.ts'
import { type Case, type CaseState, isUnpublished, toldState } from '../model/case.ts'
import { type DisclosureDate, dateOf, holds } from '../model/disclosure-date.ts'
import type { Event } from '../model/event.ts'
import { hasAgreed } from '../model/fix-team.ts'
import type { MailOrder } from '../model/order.ts'
import type { CaseId } from '../model/scalars.ts'
import { policyOf, type Settings } from '../model/settings.ts'
import { engineerAsInsider, type Insider, insidersOf } from './authority.ts'
import { toReporter } from './commands/case/case-verbs.ts'
import { isOfCase } from './known.ts'
import { toInsider } from './orders.ts'
import { datesTold, type People, wasKept } from './sharing/dates.ts'
import { nextPromise } from './time/promises.ts'

type Cases = ReadonlyMap<CaseId, Case>

/** Earlier mails that somebody new to a case is sent; the newest. */
const MOST_PAST_MAILS = 50

export function consequencesOf(
  events: readonly Event[],
  before: Cases,
  after: Cases,
  people: People,
): readonly MailOrder[] {
  const { settings } = people
  const changed = new Set(events.filter(isOfCase).map(event => event.case))
  return [...changed].flatMap(id => {
    const [was, is] = [before.get(id), after.get(id)]
    // All that there is to tell of a new case its report and acknowledgement tell.
    if (was === undefined || is === undefined) return []
    return [
      ...newsOf(was, is, events, settings),
      ...datesTold(was, is, events, people),
      ...welcomesOf(was, is, settings),
      ...termsFor(was, is, settings),
    ]
  })
}

/** None while the case is held: at its release they hear of where it has come to. */
function newsOf(was: Case, is: Case, events: readonly Event[], settings: Settings): readonly MailOrder[] {
  if (is.held !== undefined) return []
  const state = toldState(was) === toldState(is) ? undefined : is.state
  const date = newDate(was, is)
  if (state === undefined && date === undefined) return []
  // A purge in the same mail forgets whom to tell, and must not keep them from hearing of the end.
  const told = is.content === 'purged' ? { ...is, reporter: was.reporter, messageId: was.messageId } : is
  const reason = state === undefined ? undefined : reasonOf(is, events)
  const now = events.at(-1)?.at ?? is.receivedAt
  const which = told.reporter.key === undefined ? 'at-once' : 'any'
  // What comes next is news beside another state; beside a date it would only be in its way.
  const next =
    state === undefined && which === 'any'
      ? undefined
      : nextPromise(is, policyOf(settings, is.project), now, which)
  return toReporter(told, {
    kind: 'news',
    state,
    reason,
    ...(date === undefined ? {} : { date }),
    ...(next === undefined ? {} : { next }),
  })
}

/** The date of disclosure, where it is another one, stands otherwise, or was kept from them by a hold. */
function newDate(was: Case, is: Case): DisclosureDate | undefined {
  const [before, now] = [told(was), told(is)]
  if (now === undefined || is.ended?.told === 'nobody') return undefined
  const isSame = before?.at === now.at && before.standing === now.standing
  if (isSame && !wasKept(was, is)) return undefined
  // What a hold kept from them they need not be told to forget.
  const isMoved = holds(now) && before?.at !== now.at && was.held === undefined
  return before !== undefined && isMoved ? { ...now, former: before.at } : now
}

/** An embargo that is broken ended when it was, whether or not it had a date. */
function told(theCase: Case): DisclosureDate | undefined {
  const { state, set } = theCase.embargo
  const date = dateOf(theCase)
  if (state !== 'broken' || set === undefined || !isUnpublished(theCase)) return date
  return { at: set.at, standing: state, sequence: date?.sequence ?? 0 }
}

/** The reason of a rejection, where it can be encrypted; in clear there is only news that there is some. */
function reasonOf({ id, reporter, ended }: Case, events: readonly Event[]) {
  if (reporter.key === undefined) return undefined
  const rejected = events.some(event => event.kind === 'case-rejected' && event.case === id)
  return rejected || events.some(event => event.kind === 'case-released') ? ended?.reason : undefined
}

/** Whoever is an insider since now, and whoever is asked to lead. */
function welcomesOf(was: Case, is: Case, settings: Settings): readonly MailOrder[] {
  const known = insidersOf(was, settings)
  const about = { project: is.project, case: is.id }
  return insidersOf(is, settings).flatMap(insider => {
    const isNew = !known.some(one => one.fingerprint === insider.fingerprint)
    const asked = is.leadOffered === insider.name && was.leadOffered !== insider.name
    if (!isNew && !asked) return []
    const thread = isNew ? is.thread.slice(-MOST_PAST_MAILS) : []
    const older = isNew ? is.thread.length - thread.length : 0
    const as = asked ? 'lead' : partOf(is, insider)
    const { lead: rule, calendar } = policyOf(settings, is.project)
    const askedAt = asked && rule?.volunteer !== undefined ? is.leadSearch.asked.at(-1)?.at : undefined
    const answerBy = askedAt && rule ? { answerBy: dueAt(askedAt, rule.answer, calendar) } : {}
    const welcome = { kind: 'welcome', theCase: is, as, mails: thread.length, older, ...answerBy } as const
    const mails = thread.map(({ inbound }) => ({ kind: 'past-mail', inbound, theCase: is }) as const)
    return [welcome, ...mails].map(content => toInsider(insider, about, content))
  })
}

/** Whoever is on the fix team since now reads the terms first, and all else when they have agreed. */
function termsFor(was: Case, is: Case, settings: Settings): readonly MailOrder[] {
  const policies = { was: policyOf(settings, was.project), is: policyOf(settings, is.project) }
  // The terms of another project are others.
  const asked = was.project === is.project ? was.fixTeam.filter(one => !hasAgreed(one, policies.was)) : []
  const insiders = insidersOf(is, settings)
  return is.fixTeam
    .filter(one => !hasAgreed(one, policies.is))
    .filter(
      one => !asked.some(({ fingerprint, since }) => fingerprint === one.fingerprint && since === one.since),
    )
    .map(one => {
      const isInsider = insiders.some(({ fingerprint }) => fingerprint === one.fingerprint)
      const mails = isInsider ? 0 : is.thread.length
      const welcome = { kind: 'welcome', theCase: is, as: 'invited', mails, older: 0 } as const
      return toInsider(engineerAsInsider(one), { project: is.project, case: is.id }, welcome)
    })
}

const partOf = ({ fixTeam }: Case, { fingerprint }: Insider) =>
  fixTeam.some(one => one.fingerprint === fingerprint) ? 'engineer' : 'maintainer'

/** What a verb's answer says, on a line of its own, of who hears of the state it leads to. */
export function whoHears(theCase: Case, to: CaseState): string {
  return toldState(theCase) === to ? '' : whoHearsNews(theCase)
}

/** The same of any news for the reporter. */
export function whoHearsNews({ reporter, held }: Case): string {
  if (reporter.address === undefined) return '\nNo address of the reporter is known.'
  if (held !== undefined) return '\nIt is held: the reporter hears of it when it is released.'
  if (reporter.key !== undefined) return '\nThe reporter is told.'
  return '\nThe reporter has no key and is told only that there is news; reply clear=yes can say more.'
}
