// A case of which organisations have a notice since four days, and a policy that gives them three to answer: what the
// tests of answers start from.
import { fold, ownState } from '../../../src/decide/known.ts'
import { timePassed, wakeAt } from '../../../src/decide/time/timed.ts'
import type { Case } from '../../../src/model/case.ts'
import type { Decision, NoticeCopy, Snapshot } from '../../../src/model/decision.ts'
import type { Notice } from '../../../src/model/notice.ts'
import type { Notices } from '../../../src/model/policy.ts'
import { type Instant, later } from '../../../src/model/scalars.ts'
import type { Settings } from '../../../src/model/settings.ts'
import { DAY, HOUR } from '../../../src/model/time.ts'
import { aNotice, caseId, NOW, noticeId, sure } from '../given.ts'
import { addressOf, type Given, given, LIST, type Name, PEOPLE, under } from './sharing-world.ts'

export const SENT = later(NOW, -4 * DAY)
export const WITHIN = later(SENT, 3 * DAY)
export const NOTICE = aNotice({ state: 'released', sendAt: SENT, releasedAt: SENT })

const days = (count: number) => ({ count, unit: 'day' }) as const
export const ANSWERS: NonNullable<Notices['answers']> = { within: days(3), every: days(1), most: 3 }

export function asking(answers: Notices['answers'] = ANSWERS, settings: Settings = under(LIST)): Settings {
  const projects = settings.projects.map(one => ({
    ...one,
    policy: { ...one.policy, notices: { ...one.policy.notices, answers } },
  }))
  return { ...settings, projects }
}

/** Of one notice to these, as far as it came. */
export const copies = (
  to: Readonly<Partial<Record<Name, NoticeCopy['state'] | 'in-doubt'>>>,
  notice: Notice = NOTICE,
): readonly NoticeCopy[] =>
  (Object.entries(to) as [Name, NoticeCopy['state'] | 'in-doubt'][]).map(([name, state]) => ({
    case: notice.case,
    notice: notice.id,
    contact: PEOPLE[name].id,
    to: addressOf(name),
    state: state === 'in-doubt' ? 'ready' : state,
    doubt: state === 'in-doubt' ? 'in-doubt' : 'none',
    at: state === 'held' ? undefined : notice.releasedAt,
    subkey: undefined,
  }))

export const ALL_SENT = copies({ one: 'sent', two: 'sent', sister: 'sent', four: 'sent', cut: 'sent' })

/** The case at which all have the notice; whatever else is given comes on top. */
export function disclosed({ theCase, world, settings = asking(), ...rest }: Given = {}): Given {
  return {
    ...rest,
    settings,
    theCase: { toldAt: SENT, ...theCase },
    world: { notices: new Map([[NOTICE.id, NOTICE]]), copies: ALL_SENT, ...world },
  }
}

export const theCaseIn = ({ cases }: Pick<Snapshot, 'cases'>): Case => sure(cases.get(caseId('482107')))

/** What is known after a decision, at that instant. */
export const since = (known: Snapshot, decision: Decision, now: Instant = known.now): Snapshot => ({
  ...known,
  ...fold(ownState(known), decision.events),
  now,
})

export const wake = (known: Snapshot): Instant | undefined => wakeAt(theCaseIn(known), known.settings)

/** What time brings about in the case by then. */
export function passed(situation: Given, now: Instant): { decision: Decision | undefined; known: Snapshot } {
  const known = given({ ...situation, now })
  const decision = timePassed(theCaseIn(known), known)
  return { decision, known: decision === undefined ? known : since(known, decision) }
}

export const newer = (releasedAt: Instant): Notice =>
  aNotice({ id: noticeId('300002'), state: 'released', sendAt: releasedAt, releasedAt })

export { DAY, HOUR }
