// Who hears of the date of a case besides its reporter: those who work on it, and the members who were told of it. Each
// change reaches everybody who knew the date before; whoever gets nothing meanwhile hears of it once, as it is then.
import { type Case, isUnpublished } from '../../model/case.ts'
import type { Contact } from '../../model/contact.ts'
import type { Told } from '../../model/decision.ts'
import { type DisclosureDate, dateOf, holds, isSameDate } from '../../model/disclosure-date.ts'
import type { Event } from '../../model/event.ts'
import type { DateContent, MailOrder, Suggestion } from '../../model/order.ts'
import type { CaseId, Instant } from '../../model/scalars.ts'
import type { Settings } from '../../model/settings.ts'
import { insidersOf } from '../authority.ts'
import { toInsider, toReader } from '../orders.ts'
import { toldContacts } from './sharing.ts'

export type People = {
  readonly settings: Settings
  readonly contacts: readonly Contact[]
  readonly told: Told
}

/** Whether a hold that is over kept from the reporter and the members what became of the date. */
export const wasKept = (was: Case, is: Case): boolean =>
  was.held !== undefined && is.held === undefined && changedSince(is, was.held.at)

const changedSince = ({ embargo, ended }: Case, at: Instant): boolean =>
  Math.max(embargo.set?.at ?? 0, ended?.at ?? 0) >= at

/** Mail about what became of the date; of what a command set or broke, the command tells the insiders itself. */
export function datesTold(
  was: Case,
  is: Case,
  events: readonly Event[],
  people: People,
): readonly MailOrder[] {
  const date = changed(was, is)
  const isBroken = is.embargo.state === 'broken' && isUnpublished(is)
  if (isBroken || (date === undefined && !wasKept(was, is))) return []
  const isTold = events.some(event => isDating(event) && event.case === is.id)
  const insiders = date === undefined || isTold ? [] : toInsiders(is, { date }, people)
  // That the policy lifted it admins read by the reminder of that moment.
  const isAdmin = ({ to }: MailOrder) => people.settings.admins.some(({ address }) => address === to)
  const others = date?.standing === 'lifted' ? insiders.filter(one => !isAdmin(one)) : insiders
  return [...others, ...toMembers(was, is, people)]
}

const isDating = (event: Event) => event.kind === 'disclosure-planned' || event.kind === 'case-extended'

/** What whoever works on the case reads of a date that one of them set. */
export function datedMails(
  was: Case,
  is: Case,
  set: DateNews['set'] & {},
  people: People,
): readonly MailOrder[] {
  const date = changed(was, is)
  const { agreed } = is.embargo
  return date === undefined
    ? []
    : toInsiders(is, { date, set, ...(agreed === undefined ? {} : { agreed }) }, people)
}

/** The date as it is, if it is not what it was. */
function changed(was: Case, is: Case): DisclosureDate | undefined {
  const [before, now] = [dateOf(was), dateOf(is)]
  if (now === undefined || isSameDate(before, now)) return undefined
  return before !== undefined && holds(now) && before.at !== now.at ? { ...now, former: before.at } : now
}

type DateNews = Extract<DateContent, { kind: 'disclosure-date' }>

const toInsiders = (
  theCase: Case,
  news: Omit<DateNews, 'kind' | 'reader'>,
  { settings }: People,
): readonly MailOrder[] =>
  insidersOf(theCase, settings).map(one =>
    toInsider(
      one,
      { project: theCase.project, case: theCase.id },
      { kind: 'disclosure-date', reader: 'insider', ...news },
    ),
  )

/** A case that is held is kept from them; and what a hold kept from them they need not be told to forget. */
function toMembers(was: Case, is: Case, people: People): readonly MailOrder[] {
  const date = was.held === undefined ? changed(was, is) : dateOf(is)
  if (date === undefined || is.held !== undefined) return []
  // Who reported it hears of it as its reporter.
  return toldContacts(is, people)
    .filter(({ fingerprint }) => fingerprint !== is.reporter.key?.fingerprint)
    .map(one => memberMail(one, is, date, people.settings))
}

/** What a verb's answer says, on a line of its own, of the members who hear of a date that it sets. */
export function whichMembersHear(theCase: Case, people: Pick<People, 'contacts' | 'told'>): string {
  const told = toldContacts(theCase, people)
  const organisations = new Set(told.map(one => one.distributor)).size
  if (organisations === 0) return ''
  const who = organisations === 1 ? '1 organisation' : `${organisations} organisations`
  const when = theCase.held === undefined ? 'told' : 'told when it is released'
  return `\nOf the list, ${who} that ${organisations === 1 ? 'knows' : 'know'} of the case ${organisations === 1 ? 'is' : 'are'} ${when}.`
}

/** To who gets mail again, of each case that they were told of: its date as it is now, or that it holds no more since. */
export function datesForReturning(
  events: readonly Event[],
  before: readonly Contact[],
  {
    cases,
    contacts,
    told,
    settings,
  }: { readonly cases: ReadonlyMap<CaseId, Case>; readonly contacts: readonly Contact[] } & People,
): readonly MailOrder[] {
  const resumed = events.flatMap(event => (event.kind === 'contact-resumed' ? [event.contact] : []))
  return contacts
    .filter(({ id }) => resumed.includes(id))
    .flatMap(contact =>
      [...cases.values()]
        .filter(one => toldContacts(one, { contacts: [contact], told }).length > 0)
        .flatMap(theCase => {
          const date = dateOf(theCase)
          const since = before.find(({ id }) => id === contact.id)?.suspended?.at
          if (date === undefined || since === undefined || theCase.held !== undefined) return []
          return holds(date) || changedSince(theCase, since)
            ? [memberMail(contact, theCase, date, settings)]
            : []
        }),
    )
}

const memberMail = (
  contact: Contact,
  theCase: Case,
  date: DisclosureDate,
  settings: Settings,
): MailOrder => ({
  ...toReader(contact, theCase.id, { kind: 'disclosure-date', date, reader: 'member' }),
  offers: holds(date) ? positionOffers(theCase, settings) : [],
})

/** What a member can say of a date with one tap. */
export function positionOffers({ id, embargo }: Case, { instance }: Settings): readonly Suggestion[] {
  const offer = (label: string, line: string): Suggestion => ({
    label,
    body: `embargod ${instance}\n${line}\n`,
  })
  const other = offer('Propose another, behind date=', `propose ${id} date=`)
  return embargo.disclose === undefined
    ? [other]
    : [offer('Agree', `agree ${id}`), offer('Object, with why in the gap', `object ${id} <<\n\n.`), other]
}
