// What people do in a year about early disclosure: notices at every stage, what stops and moves them, dates and what
// members say of them, posts, leaks and how embargoes end. How likely each is, and when; what comes of it others decide.
import { nearestSlots } from '../../src/decide/time/slots.ts'
import type { Decision } from '../../src/model/decision.ts'
import type { Policy, Stage } from '../../src/model/policy.ts'
import { type CaseId, type Fingerprint, type Instant, instant, later } from '../../src/model/scalars.ts'
import { DAY, formatInstant, HOUR, MINUTE } from '../../src/model/time.ts'
import { ALICE, BOB, fingerprint } from '../decide/given.ts'
import { CAROL, type Life, noticeLine } from './life.ts'

/** An input, by whom, and what was decided. */
export type Deed = {
  readonly by: Fingerprint
  readonly as: 'command' | 'post' | 'leak'
  readonly decision: Decision
}

/** Somebody does something about a case; empty: there is nothing to do it about. */
export type Doing = (life: Life, id: CaseId, at: Instant, draw: () => number) => readonly Deed[]

/** How likely it is, and from when to when, in days after the case was reported. */
export type Habit = readonly [likely: number, from: number, to: number, doing: Doing]

const MEMBERS = ['1', '2', '3', '4'].map(fingerprint)
const text = (line: string, words = 'As agreed.'): string => `${line} <<\n${words}\n.`

const pick = <T>(from: readonly T[], draw: () => number): T => {
  const found = from[Math.floor(draw() * from.length)]
  if (found === undefined) throw new Error('nothing to draw from')
  return found
}

const command = (life: Life, at: Instant, by: Fingerprint, line: string): readonly Deed[] => [
  { by, as: 'command', decision: life.command(at, line, by) },
]

const says =
  (line: (id: CaseId, draw: () => number) => string, who: readonly Fingerprint[]): Doing =>
  (life, id, at, draw) =>
    command(life, at, pick(who, draw), line(id, draw))

/** A good instant so far ahead, at minutes at which no date lies. */
const slot = (policy: Policy, at: Instant, draw: () => number, days: number, minute: number): string => {
  const wished = at + Math.round((0.1 + draw() * days) * DAY)
  const whole = instant(wished - (wished % HOUR) + minute * MINUTE)
  const near = nearestSlots(whole, policy, { after: at, until: undefined })
  return formatInstant(near[0] ?? later(whole, 2 * DAY))
}

const AUDIENCES = ['', '', ' exclude=M-000001', ' include=M-000002,M-000003', ' exclude=D-000004']

const announces =
  (policy: Policy, stage: Stage): Doing =>
  (life, id, at, draw) => {
    const send = draw() < 0.1 ? 'now' : slot(policy, at, draw, 12, 7)
    const audience = stage.to === 'users' ? '' : pick(AUDIENCES, draw)
    const line = noticeLine(id, stage, `${send}${audience} anyway=yes`, 'When I knock, the gate opens.')
    return command(life, at, BOB.fingerprint, line)
  }

const ofNotice =
  (line: (notice: string, draw: () => number, at: Instant) => string, by: readonly Fingerprint[]): Doing =>
  (life, id, at, draw) => {
    const notices = [...life.known.notices.values()].filter(one => one.case === id)
    return notices.length === 0
      ? []
      : command(life, at, pick(by, draw), line(pick(notices, draw).id, draw, at))
  }

const posts: Doing = (life, id, at, draw) => {
  const by = pick([...MEMBERS, ALICE.fingerprint, CAROL.fingerprint], draw)
  const about = draw() < 0.9 ? id : 'the list'
  return [{ by, as: 'post', decision: life.posts(at, about, `It holds for us, too: ${id}.`, by) }]
}

const decidesPost: Doing = (life, id, at, draw) => {
  const waiting = [...life.known.posts.values()].filter(one => one.case === id && one.state === 'waiting')
  if (waiting.length === 0) return []
  const { id: post } = pick(waiting, draw)
  return command(life, at, ALICE.fingerprint, draw() < 0.7 ? `relay ${post}` : text(`withhold ${post}`))
}

/** A contact gets nothing for a while; what is told to them later is what they missed. */
const pauses: Doing = (life, _id, at, draw) => {
  const { id: contact, state } = pick(life.known.contacts, draw)
  const line = state === 'suspended' ? `resume ${contact}` : text(`suspend ${contact}`)
  return command(life, at, ALICE.fingerprint, line)
}

/** All that is done about early disclosure under a policy. */
export function listHabits(policy: Policy): readonly Habit[] {
  const team = [ALICE.fingerprint, BOB.fingerprint]
  const date = (at: Instant, draw: () => number, days: number) => slot(policy, at, draw, days, 0)
  const reason = (draw: () => number) => {
    const { reasons } = policy.embargo
    return reasons.length === 0 ? '' : ` reason=${pick(reasons, draw).name}`
  }
  const dated =
    (
      line: (id: CaseId, date: string, draw: () => number) => string,
      who: readonly Fingerprint[],
      days: number,
    ): Doing =>
    (life, id, at, draw) =>
      command(life, at, pick(who, draw), line(id, date(at, draw, days), draw))
  const answers: readonly Habit[] = MEMBERS.flatMap((member): readonly Habit[] => [
    [0.5, 5, 25, ofNotice(notice => `ack ${notice}`, [member])],
    [0.4, 5, 25, says((id, draw) => `affected ${id} ${pick(['yes', 'no', 'unknown'], draw)}`, [member])],
    [0.3, 8, 30, says(id => `ready ${id} version=1.2`, [member])],
    [0.4, 5, 25, says(id => `agree ${id}`, [member])],
    [0.15, 5, 25, says(id => text(`object ${id}`), [member])],
    [0.15, 5, 25, dated((id, day) => `propose ${id} date=${day}`, [member], 14)],
  ])
  return [
    ...policy.notices.stages.flatMap((stage): readonly Habit[] => [
      [0.8, 3, 14, announces(policy, stage)],
      [0.4, 8, 24, announces(policy, stage)],
    ]),
    [0.25, 4, 25, ofNotice(notice => `cancel ${notice}`, team)],
    [
      0.3,
      4,
      25,
      ofNotice((notice, draw, at) => `reschedule ${notice} send=${slot(policy, at, draw, 8, 7)}`, team),
    ],
    [0.6, 2, 10, dated((id, day) => text(`plan ${id} disclose=${day}`), team, 18)],
    [0.3, 8, 20, dated((id, day) => text(`plan ${id} disclose=${day}`), team, 18)],
    [0.2, 12, 24, dated((id, day, draw) => text(`extend ${id} until=${day}${reason(draw)}`), team, 20)],
    ...answers,
    [0.5, 5, 28, posts],
    [0.5, 5, 28, posts],
    [0.7, 12, 30, decidesPost],
    [0.15, 6, 25, says(id => text(`leak ${id}`, 'I told my aunt.'), MEMBERS)],
    [0.15, 12, 28, says(id => text(`continue ${id}`), team)],
    [0.12, 10, 28, says(id => text(`break ${id}`), team)],
    [0.25, 4, 16, says(id => text(`hold ${id}`), team)],
    [0.15, 8, 28, says(id => text(`release ${id}`), team)],
    [0.15, 0, 20, pauses],
    [0.2, 5, 30, pauses],
  ]
}
