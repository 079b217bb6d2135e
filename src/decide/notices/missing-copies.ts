// Who was to have a notice that went out and has not: its copy is held, was refused or came back. The team is reminded
// until they have it, are left out or the embargo is over, the more often the nearer its date. Pure; whoever asks does
// so about once a minute.
import { type Case, isUnpublished } from '../../model/case.ts'
import type { Decision, NoticeCopy, Snapshot } from '../../model/decision.ts'
import { SCHEDULER } from '../../model/event.ts'
import { isMeant } from '../../model/notice.ts'
import { type CaseId, type Instant, instant } from '../../model/scalars.ts'
import { policyOf } from '../../model/settings.ts'
import { DAY, HOUR } from '../../model/time.ts'
import { toAdmins } from '../orders.ts'
import { silent } from '../outcomes.ts'
import { endOfEmbargo, isOver } from '../time/embargo.ts'
import { contactWords } from './preflight-words.ts'

/** What the case remembers by it. */
const ABOUT = 'copies'

type World = Pick<Snapshot, 'now' | 'settings' | 'cases' | 'notices' | 'contacts' | 'distributors' | 'copies'>

/** The reminder that is due now; undefined: none is. */
export function remindOfCopies(id: CaseId, world: World): Decision | undefined {
  const { now, settings } = world
  const theCase = world.cases.get(id)
  if (theCase === undefined || !isUnpublished(theCase) || isOver(theCase) || theCase.held !== undefined)
    return undefined
  const missing = missingCopies(theCase, world)
  const [first] = missing
  if (first === undefined) return undefined
  const disclose = endOfEmbargo(theCase, policyOf(settings, theCase.project))
  const released = Math.min(...missing.map(({ releasedAt }) => releasedAt))
  const told = theCase.reminded[ABOUT]?.upTo
  if (now < (told ?? released) + pauseUntil(disclose, now)) return undefined
  const alert = {
    kind: 'copies-missing',
    case: id,
    disclose,
    copies: missing.map(({ notice, contact, state, who }) => ({ notice, contact, who, state })),
  } as const
  const due = disclose ?? instant(released)
  return {
    ...silent('command', 'copies-missing'),
    actor: SCHEDULER,
    events: [{ kind: 'reminded', at: now, actor: SCHEDULER, case: id, about: ABOUT, due, upTo: now }],
    mails: toAdmins(settings.admins, { project: theCase.project, case: id }, { kind: 'alert', alert }),
  }
}

/** Milliseconds between two reminders: a day, then four hours in the last day, then one in the last three hours. */
function pauseUntil(disclose: Instant | undefined, now: Instant): number {
  const left = disclose === undefined ? Infinity : disclose - now
  if (left > DAY) return DAY
  return left > 0 && left <= 3 * HOUR ? HOUR : 4 * HOUR
}

type Missing = NoticeCopy & {
  readonly state: 'held' | 'failed'
  readonly releasedAt: Instant
  readonly who: string
}

/** Of contacts who are on the list and meant, those of whom no copy is out or on its way. */
function missingCopies(
  theCase: Case,
  { notices, contacts, distributors, copies }: Omit<World, 'now' | 'settings' | 'cases'>,
): readonly Missing[] {
  const missing = new Map<string, Missing>()
  const had = new Set<string>()
  for (const copy of copies) {
    const { state, doubt } = copy
    const notice = notices.get(copy.notice)
    const contact = contacts.find(({ id }) => id === copy.contact)
    if (copy.case !== theCase.id || notice?.releasedAt === undefined || notice.state === 'cancelled') continue
    const of = distributors.find(({ id }) => id === contact?.distributor)
    if (contact?.state !== 'active' || !isMeant(notice.audience, contact, of)) continue
    const key = `${copy.notice} ${copy.contact}`
    if (doubt === 'in-doubt' || (state !== 'held' && state !== 'failed')) had.add(key)
    else missing.set(key, { ...copy, state, releasedAt: notice.releasedAt, who: contactWords(contact) })
  }
  return [...missing].flatMap(([key, copy]) => (had.has(key) ? [] : [copy]))
}
