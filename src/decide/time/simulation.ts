// Time in memory: cases, notices, applications and members live on as the daemon would let them if nobody acted, by the
// same rules and at the same instants. In go what is known now, out come the mails; nothing is stored or sent.
import type { Contact } from '../../model/contact.ts'
import type { NoticeCopy } from '../../model/decision.ts'
import type { Event } from '../../model/event.ts'
import type { Notice } from '../../model/notice.ts'
import type { SimulatedMail } from '../../model/order.ts'
import {
  type CaseId,
  type Instant,
  parseApplicationId,
  parseCaseId,
  parseIncidentId,
  parseNoticeId,
  parsePostId,
} from '../../model/scalars.ts'
import type { Settings } from '../../model/settings.ts'
import { fold, type Known, type OwnState, ownState } from '../known.ts'
import { reachOf } from '../notices/audience.ts'
import { copyFor, releaseNotice } from '../notices/release.ts'
import type { Foresee } from './foreseen.ts'
import { type Ageing, type AgeingId, ageingIn, timePassed } from './timed.ts'
import { Timeline } from './timeline.ts'

/** One such world, which steps from one instant at which something happens to the next. */
export class Simulation {
  readonly #timeline: Timeline
  readonly #settings: Settings
  readonly #serverTakes: Known['serverTakes']
  #told: Known['told']
  #state: OwnState
  #copies: Known['copies']
  #now: Instant

  constructor(start: Known) {
    this.#settings = start.settings
    this.#serverTakes = start.serverTakes
    this.#told = start.told
    this.#state = ownState(start)
    this.#copies = start.copies
    this.#now = start.now
    const { cases, notices, applications, contacts, incidents, posts } = start
    const maps = [cases, notices, applications, incidents, posts].flatMap((all): readonly Ageing[] => [
      ...all.values(),
    ])
    const ageing = [...maps, ...contacts]
    this.#timeline = new Timeline(ageing, id => this.#find(id), start.settings)
  }

  /** All as it stands now, until the next step. */
  get known(): Known {
    return {
      ...this.#state,
      told: this.#told,
      copies: this.#copies,
      now: this.#now,
      settings: this.#settings,
      serverTakes: this.#serverTakes,
    }
  }

  /** When something happens next by itself; what is late happens now. */
  next(): Instant | undefined {
    const notice = this.#nextNotice()
    const instants = [notice?.sendAt, this.#timeline.next()?.at].filter(at => at !== undefined)
    return instants.length === 0 ? undefined : (Math.max(this.#now, Math.min(...instants)) as Instant)
  }

  /** Lets that happen; the answer is what is mailed. @throws if a rule has nothing to do when it said so: a fault. */
  step(): readonly SimulatedMail[] {
    const at = this.next()
    if (at === undefined) return []
    this.#now = at
    const notice = this.#nextNotice()
    return notice !== undefined && notice.sendAt <= at ? this.#release(notice) : this.#pass(at)
  }

  /** What somebody did at `at`, before which all else that was due has happened. */
  happened(events: readonly Event[], at: Instant): void {
    this.#state = fold(this.#state, events)
    this.#now = at
    for (const id of ageingIn(events)) this.#timeline.look(id)
  }

  #find(id: AgeingId): Ageing | undefined {
    const { cases, notices, applications, contacts, incidents, posts } = this.#state
    const notice = parseNoticeId(id)
    if (notice !== undefined) return notices.get(notice)
    const post = parsePostId(id)
    if (post !== undefined) return posts.get(post)
    const theCase = parseCaseId(id)
    const application = parseApplicationId(id)
    const incident = parseIncidentId(id)
    if (theCase !== undefined) return cases.get(theCase)
    if (incident !== undefined) return incidents.get(incident)
    return application === undefined ? contacts.find(one => one.id === id) : applications.get(application)
  }

  #pass(now: Instant): readonly SimulatedMail[] {
    const wake = this.#timeline.next()
    const one = wake && this.#find(wake.of)
    const decision = one && timePassed(one, this.known)
    if (decision === undefined) throw new Error('woken for nothing')
    this.happened(decision.events, now)
    return decision.mails.map(order => ({ at: now, order }))
  }

  #release(notice: Notice): readonly SimulatedMail[] {
    const { now, contacts, settings } = this.known
    const around = { clock: 'trusted', mailbox: 'settled', waitingSince: now } as const
    const decision = releaseNotice(notice, this.known, around)
    if (decision === undefined) throw new Error('a notice that is due waits for nothing')
    // It may be of a case that has ended, and is not among those looked at.
    const { cases, distributors } = this.#state
    this.happened(
      decision.events.filter(event => 'notice' in event || !('case' in event) || cases.has(event.case)),
      now,
    )
    const goes = this.#state.notices.get(notice.id)?.state === 'released'
    const { readers } = reachOf(notice.project, notice.audience, { contacts, distributors })
    const meant = goes && notice.to === 'distributors' ? readers : []
    const told = [...(this.#told.get(notice.case) ?? []), ...meant.map(one => one.fingerprint)]
    this.#told = new Map(this.#told).set(notice.case, told)
    this.#copies = [...this.#copies, ...meant.map(contact => sentCopy(notice, contact, now))]
    const copies = meant.map(contact => copyFor(notice, contact, cases.get(notice.case), settings))
    return [...copies, ...decision.mails].map(order => ({ at: now, order }))
  }

  #nextNotice(): Notice | undefined {
    let first: Notice | undefined
    for (const notice of this.#state.notices.values())
      if (notice.state === 'scheduled' && (first === undefined || notice.sendAt < first.sendAt))
        first = notice
    return first
  }
}

/** As the outbox will hold it, for nothing fails. */
const sentCopy = (
  { id, case: theCase }: Notice,
  { id: contact, address }: Contact,
  at: Instant,
): NoticeCopy => ({
  case: theCase,
  notice: id,
  contact,
  to: address,
  state: 'sent',
  doubt: 'none',
  copy: 1,
  why: undefined,
  lastCode: undefined,
  lastStatus: undefined,
  at,
  subkey: undefined,
})

/**
 * Every mail that goes out until then, `until` included, if nobody acts; of all cases that are known, or of one.
 * After so many instants at which something happens it stops.
 */
export const foresee: Foresee = (known, until, most, only) => {
  const isMeant = (id: CaseId) => only === undefined || id === only
  const simulation = new Simulation({
    ...known,
    cases: new Map([...known.cases].filter(([id]) => isMeant(id))),
    notices: new Map([...known.notices].filter(([, notice]) => isMeant(notice.case))),
    applications: only === undefined ? known.applications : new Map(),
    incidents: only === undefined ? known.incidents : new Map(),
  })
  const mails: SimulatedMail[] = []
  let last = known.now
  for (let count = 0; count < most; count += 1) {
    const at = simulation.next()
    if (at === undefined || at > until) return { mails, until, reached: 'end' }
    // Members live on, for notices go to those who are on the list by then, and only what is of the case is told.
    mails.push(...simulation.step().filter(({ order }) => only === undefined || order.case === only))
    last = at
  }
  return { mails, until: last, reached: 'too-much' }
}
