// Who is asked to lead, in which order, over all cases; and what ends the asking.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide } from '../../../src/decide/decide.ts'
import { timePassed, wakeAt } from '../../../src/decide/time/timed.ts'
import { type Absences, evolveAbsences, NOBODY_AWAY } from '../../../src/model/absence.ts'
import type { Case } from '../../../src/model/case.ts'
import { evolveCase } from '../../../src/model/case-evolution.ts'
import type { Decision } from '../../../src/model/decision.ts'
import type { Policy } from '../../../src/model/policy.ts'
import { type CaseId, type Instant, later } from '../../../src/model/scalars.ts'
import { DAY, HOUR } from '../../../src/model/time.ts'
import { BARE_CASE } from '../../support/bare-case.ts'
import { BARE_POLICY } from '../../support/bare-policy.ts'
import {
  ALICE,
  aCase,
  address,
  BOB,
  caseId,
  fingerprint,
  fresh,
  mail,
  NOW,
  settings,
  signedText,
  snapshot,
} from '../given.ts'

const CAROL = { name: 'carol', address: address('carol@team.example'), fingerprint: fingerprint('C') }
const policy: Policy = {
  ...BARE_POLICY,
  lead: { volunteer: { count: 12, unit: 'hour' }, answer: { count: 1, unit: 'day' } },
  embargo: { ...BARE_POLICY.embargo, maximum: { count: 300, unit: 'day' } },
}
const ours = settings({
  admins: [ALICE, BOB, CAROL],
  defaultPolicy: policy,
  projects: settings().projects.map(one => ({ ...one, policy })),
})

type Asked = readonly [at: number, about: CaseId, kind: string, to: readonly string[]]

/** An instance of three admins and nothing but cases and time. */
class World {
  readonly cases = new Map<CaseId, Case>()
  readonly log: Asked[] = []
  absences: Absences = NOBODY_AWAY
  #signed = 0

  opened(number: string, at: number): CaseId {
    const id = caseId(number)
    const leadSearch = { ...BARE_CASE.leadSearch, since: later(NOW, at) }
    this.cases.set(id, aCase({ id, receivedAt: later(NOW, at), leadSearch }))
    return id
  }

  case(id: CaseId): Case {
    const found = this.cases.get(id)
    assert.ok(found)
    return found
  }

  /** Wakes when it is said, at no other time. */
  until(end: number): void {
    for (let steps = 0; ; steps += 1) {
      assert.ok(steps < 100, 'woken without end')
      const wakes = [...this.cases.values()].flatMap(one => {
        const at = wakeAt(one, ours)
        return at === undefined ? [] : [{ at, id: one.id }]
      })
      const [next] = wakes.sort((a, b) => a.at - b.at)
      if (next === undefined || next.at > NOW + end) return
      this.#passes(next.id, next.at)
    }
  }

  /** As after a downtime: all that is due is carried out then. */
  lateAt(id: CaseId, at: number): void {
    this.#passes(id, later(NOW, at))
  }

  sends(by: typeof ALICE, line: string, at: number): Decision {
    const now = later(NOW, at)
    const authored = signedText(`embargod acme\n${line}\n`, by.fingerprint, later(now, this.#signed++))
    const seen = { now, settings: ours, cases: this.cases, absences: this.absences }
    const decision = decide(mail({ authored, receivedAt: now }), snapshot(seen), fresh)
    this.#happened(decision)
    return decision
  }

  #passes(id: CaseId, now: Instant): void {
    const seen = { now, settings: ours, cases: this.cases, absences: this.absences }
    const decision = timePassed(this.case(id), snapshot(seen))
    assert.ok(decision !== undefined, 'woken for nothing')
    const [first] = decision.mails
    assert.ok(first)
    const to = decision.mails.map(order => order.to.split('@')[0] ?? '')
    this.log.push([now - NOW, id, first.content.kind, to])
    for (const { offers = [] } of decision.mails) assert.ok(offers.length > 0)
    this.#happened(decision)
  }

  #happened({ events }: Decision): void {
    for (const event of events)
      if ('absences' in event) this.absences = evolveAbsences(this.absences, event)
      else if ('case' in event && !('notice' in event))
        this.cases.set(event.case, evolveCase(this.cases.get(event.case), event))
  }
}

const all = ['alice', 'bob', 'carol']

test('nobody volunteers: each admin is asked once, then all of them are told', () => {
  const world = new World()
  const id = world.opened('100001', 0)
  world.until(200 * DAY)
  assert.deepEqual(world.log, [
    [12 * HOUR, id, 'welcome', ['alice']],
    [36 * HOUR, id, 'welcome', ['bob']],
    [60 * HOUR, id, 'welcome', ['carol']],
    [84 * HOUR, id, 'reminder', all],
  ])
  assert.equal(world.case(id).state, 'new')
  assert.equal(world.case(id).leadOffered, undefined)
})

test('whoever is asked has accept-lead at hand, and ends the asking by it', () => {
  const world = new World()
  const id = world.opened('100001', 0)
  world.until(13 * HOUR)
  const seen = { now: later(NOW, 13 * HOUR), settings: ours, cases: world.cases, absences: world.absences }
  assert.equal(timePassed(world.case(id), snapshot(seen)), undefined)
  world.sends(ALICE, `accept-lead ${id}`, 14 * HOUR)
  world.until(100 * DAY)
  assert.equal(world.case(id).lead, 'alice')
  assert.equal(world.log.length, 1)
})

test('taking it at any time ends the asking', () => {
  for (const at of [1, 20, 100]) {
    const world = new World()
    const id = world.opened('100001', 0)
    world.until(at * HOUR)
    const before = world.log.length
    world.sends(CAROL, `take ${id}`, at * HOUR)
    world.until(100 * DAY)
    assert.deepEqual([world.case(id).lead, world.log.length], ['carol', before])
  }
})

test('turns go round over all cases, and leading counts as one', () => {
  const world = new World()
  const ids = ['100001', '100002', '100003', '100004'].map(number => world.opened(number, 0))
  const [first, second, third, fourth] = ids
  assert.ok(first && second && third && fourth)
  world.sends(ALICE, `take ${first}`, HOUR)
  world.until(12 * HOUR)
  assert.deepEqual(
    world.log.map(([, id, , to]) => [id, ...to]),
    [
      [second, 'bob'],
      [third, 'carol'],
      [fourth, 'alice'],
    ],
  )
})

test('whoever is away is left out, and whoever goes away leaves it to the next', () => {
  const world = new World()
  const id = world.opened('100001', 0)
  world.sends(ALICE, 'away until=14d', HOUR)
  world.until(12 * HOUR)
  assert.deepEqual(world.log.at(-1), [12 * HOUR, id, 'welcome', ['bob']])
  const gone = world.sends(BOB, 'away until=14d', 13 * HOUR)
  assert.ok(gone.mails.some(({ content }) => content.kind === 'transcript'))
  assert.equal(world.case(id).leadOffered, undefined)
  world.lateAt(id, 13 * HOUR)
  assert.deepEqual(world.log.at(-1), [13 * HOUR, id, 'welcome', ['carol']])
  world.until(50 * DAY)
  assert.deepEqual(world.log.at(-1), [37 * HOUR, id, 'reminder', all])
})

test('whoever declines leaves it to the next at once', () => {
  const world = new World()
  const id = world.opened('100001', 0)
  world.until(12 * HOUR)
  world.sends(ALICE, `assign ${id} off=alice`, 13 * HOUR)
  world.lateAt(id, 13 * HOUR)
  assert.deepEqual(world.log.at(-1), [13 * HOUR, id, 'welcome', ['bob']])
})

test('an answer that is late counts as long as nobody else leads', () => {
  const world = new World()
  const id = world.opened('100001', 0)
  world.until(36 * HOUR)
  world.sends(ALICE, `accept-lead ${id}`, 40 * HOUR)
  assert.equal(world.case(id).lead, 'alice')
  const late = world.sends(BOB, `accept-lead ${id}`, 41 * HOUR)
  assert.deepEqual([late.outcome, world.case(id).lead], ['refused', 'alice'])
})

test('after a week without the daemon one is asked, and has all the time to answer', () => {
  const world = new World()
  const id = world.opened('100001', 0)
  world.lateAt(id, 7 * DAY)
  assert.deepEqual(world.log, [[7 * DAY, id, 'welcome', ['alice']]])
  assert.equal(wakeAt(world.case(id), ours), later(NOW, 8 * DAY))
})

test('whom an admin asks has as long to answer; a lead who leaves is followed by a volunteer or a turn', () => {
  const world = new World()
  const id = world.opened('100001', 0)
  world.sends(ALICE, `assign ${id} lead=carol`, HOUR)
  world.until(26 * HOUR)
  assert.deepEqual(world.log, [[25 * HOUR, id, 'welcome', ['alice']]])
  world.sends(ALICE, `take ${id}`, 26 * HOUR)
  world.sends(ALICE, `assign ${id} off=alice`, 30 * HOUR)
  world.until(100 * HOUR)
  assert.deepEqual(world.log[1], [42 * HOUR, id, 'welcome', ['bob']])
})

test('nobody is asked about a case that is over, or where the policy does not say so', () => {
  const open = aCase({ leadSearch: { ...BARE_CASE.leadSearch, since: NOW } })
  assert.equal(wakeAt(open, ours), later(NOW, 12 * HOUR))
  for (const state of ['rejected', 'spam', 'published', 'closed'] as const)
    assert.equal(wakeAt({ ...open, state }, ours), undefined)
  for (const lead of [undefined, { volunteer: undefined, answer: { count: 1, unit: 'day' } as const }]) {
    const other = { ...policy, lead }
    const projects = settings().projects.map(one => ({ ...one, policy: other }))
    assert.equal(wakeAt(open, settings({ projects })), undefined)
  }
})

test('whoever left the team leads no more, and the next are asked as if they had said so', () => {
  const led = (lead: string) => aCase({ lead, leadSearch: { ...BARE_CASE.leadSearch, since: NOW } })
  for (const lead of ['alice', 'operator']) assert.equal(wakeAt(led(lead), ours), undefined)
  const now = later(NOW, DAY)
  const left = led('dave')
  assert.equal(wakeAt(left, ours), NOW)
  const decision = timePassed(left, snapshot({ now, settings: ours, cases: new Map([[left.id, left]]) }))
  assert.deepEqual(decision?.mails, [])
  const after = (decision?.events ?? []).reduce<Case>((one, event) => {
    assert.ok('case' in event && !('notice' in event))
    return evolveCase(one, event)
  }, left)
  assert.equal(after.lead, undefined)
  assert.equal(wakeAt(after, ours), later(now, 12 * HOUR))
})
