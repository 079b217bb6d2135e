// Word that somebody does not keep an embargo: whose word counts, and of which case; one alarm with both commands to every
// admin, once; and who is reminded until the team has decided.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { decide } from '../../../src/decide/decide.ts'
import { timePassed, wakeAt } from '../../../src/decide/time/timed.ts'
import type { Case } from '../../../src/model/case.ts'
import type { CaseEvent } from '../../../src/model/case-event.ts'
import { evolveCase } from '../../../src/model/case-evolution.ts'
import type { Decision, NoticeCopy, Snapshot } from '../../../src/model/decision.ts'
import { evolveIncident, type Incident } from '../../../src/model/incident.ts'
import type { AuthoredText } from '../../../src/model/mail.ts'
import type { IncidentEvent } from '../../../src/model/member-event.ts'
import type { MailOrder } from '../../../src/model/order.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import { type Instant, instant, later, parseIncidentId } from '../../../src/model/scalars.ts'
import { DAY, HOUR } from '../../../src/model/time.ts'
import {
  ALICE,
  aNotice,
  BOB,
  caseId,
  fingerprint,
  fresh,
  mail,
  NOW,
  signedText,
  snapshot,
  sure,
  unsignedText,
} from '../given.ts'
import { keyed } from '../sent.ts'
import {
  after,
  by,
  byAdmin,
  CASE,
  type Given,
  given,
  LIST,
  mailsOf,
  PEOPLE,
  resultOf,
  under,
} from './sharing-world.ts'

const L = sure(parseIncidentId('L-500000'))
const TEAM = [ALICE.address, BOB.address]
const BREAK = `embargod acme\nbreak ${CASE} <<\n\n.\n`
const CONTINUE = `embargod acme\ncontinue ${CASE} <<\n\n.\n`
const AGREED: Partial<Case> = {
  state: 'fixing',
  embargo: { state: 'active', disclose: later(NOW, 5 * DAY), set: { at: NOW, why: undefined } },
}

const told = (authored: AuthoredText, situation: Given = {}): Decision =>
  decide(mail({ authored }), given({ theCase: AGREED, ...situation }), fresh)

/** Case events as they are kept. */
const doubts = ({ events }: Decision) => events.filter(({ kind }) => kind === 'embargo-doubted')
const incidentIn = ({ events }: Decision): Incident => {
  const [event] = events.filter(one => 'incident' in one)
  return evolveIncident(undefined, event as IncidentEvent)
}
const bodies = ({ offers = [] }: MailOrder) => offers.map(({ body }) => body)

suite('whose word puts an embargo in doubt', () => {
  const leak = `leak ${CASE}\n\nIt is on a pastebin.\n`
  const command = `embargod acme\nleak ${CASE} <<\nIt is on a pastebin.\n.\n`
  const riya: Given = { theCase: { ...AGREED, ...keyed } }
  for (const [who, authored, situation, expected] of [
    ['a member', signedText(leak, PEOPLE.one.fingerprint), {}, 1],
    ['a member, by a command', signedText(command, PEOPLE.one.fingerprint), {}, 1],
    ['a member whom nobody told of the case', signedText(leak, PEOPLE.late.fingerprint), {}, 1],
    ['a suspended member', signedText(leak, PEOPLE.cut.fingerprint), {}, 1],
    ['an admin', signedText(leak, BOB.fingerprint), {}, 1],
    ['its reporter, by their key', signedText(leak, fingerprint('7')), riya, 1],
    ['somebody unsigned', unsignedText(leak), {}, 0],
    ['a key that nobody knows', signedText(leak, fingerprint('9')), {}, 0],
    ['a member, of another case', signedText('leak C-999999\n\nOut.\n', PEOPLE.one.fingerprint), {}, 0],
    ['a member, of no case', signedText('leak\n\nOut.\n', PEOPLE.one.fingerprint), {}, 0],
  ] as const)
    test(`${who}: ${expected === 1 ? 'it does' : 'an incident, and no more'}`, () => {
      const decision = told(authored, situation)
      assert.ok(decision.events.some(({ kind }) => kind === 'incident-opened'))
      assert.equal(doubts(decision).length, expected)
      assert.equal(mailsOf(decision, 'leak').length, TEAM.length)
      for (const order of mailsOf(decision, 'leak'))
        assert.deepEqual(bodies(order).slice(0, -1), expected === 1 ? [BREAK, CONTINUE] : [])
    })
})

suite('of which case', () => {
  const broken = { state: 'broken', disclose: undefined, set: { at: NOW, why: plaintext('x') } } as const
  const lifted = { state: 'lifted', disclose: NOW } as const
  const doubted = { ...AGREED.embargo, doubted: { at: NOW, because: undefined } } as Case['embargo']
  for (const [what, theCase, expected] of [
    ['with a date', AGREED, 1],
    ['without a date', { state: 'new' }, 1],
    ['that is held', { ...AGREED, held: { at: NOW, reason: plaintext('x'), told: 'fixing' } }, 1],
    ['that is published', { ...AGREED, state: 'published' }, 0],
    ['that was rejected', { ...AGREED, state: 'rejected' }, 0],
    ['that is broken', { ...AGREED, embargo: broken }, 0],
    ['that is lifted', { ...AGREED, embargo: lifted }, 0],
    ['on which the team has not decided yet', { ...AGREED, embargo: doubted }, 0],
  ] satisfies readonly (readonly [string, Partial<Case>, number])[])
    test(`a case ${what}: ${expected}`, () => {
      const decision = by('one', `leak ${CASE} <<\nIt is out.\n.`, { theCase })
      assert.equal(doubts(decision).length, expected)
      assert.equal(mailsOf(decision, 'leak').length, TEAM.length)
    })

  const wentOut = { received: NOW, 'notice:early': NOW }
  for (const [what, theCase, expected] of [
    ['with a date', AGREED, 1],
    ['of which a notice went out', { state: 'fixing', milestones: wentOut }, 1],
    ['of which nobody was told anything', { state: 'new' }, 0],
  ] satisfies readonly (readonly [string, Partial<Case>, number])[])
    test(`public, a case ${what}: ${expected}`, () => {
      const decision = byAdmin(`public ${CASE} url=https://example.org/x`, { theCase })
      assert.equal(doubts(decision).length, expected)
      const alarms = mailsOf(decision, 'alert')
      assert.deepEqual(
        alarms.map(({ to }) => to),
        TEAM,
      )
      for (const order of alarms) assert.deepEqual(bodies(order), expected === 1 ? [BREAK, CONTINUE] : [])
      assert.deepEqual(mailsOf(decision, 'reminder'), [])
    })
})

suite('an incident that an admin links to a case', () => {
  const stranger = (text: string) => told(unsignedText(text))
  const linked = (first: Decision, line: string, theCase: Partial<Case> = AGREED) =>
    byAdmin(line, { theCase, world: { incidents: new Map([[L, incidentIn(first)]]) } })

  for (const [what, text] of [
    ['that names none', 'leak\n\nIt is out.\n'],
    ['that names that case already', `leak ${CASE}\n\nIt is out.\n`],
  ] as const)
    test(`${what} puts its embargo in doubt, and every admin hears what to decide`, () => {
      const decision = linked(stranger(text), `incident ${L} about=${CASE}`)
      assert.deepEqual(
        doubts(decision).map(event => 'because' in event && event.because),
        [L],
      )
      const alarms = mailsOf(decision, 'reminder')
      assert.deepEqual(
        alarms.map(({ to }) => to),
        TEAM,
      )
      for (const order of alarms) assert.deepEqual(bodies(order).slice(0, 2), [BREAK, CONTINUE])
    })

  test('twice does nothing twice', () => {
    const first = stranger('leak\n\nIt is out.\n')
    const second = linked(first, `incident ${L} about=${CASE}`)
    const incident = second.events
      .filter(event => 'incident' in event)
      .reduce<Incident>((one, event) => evolveIncident(one, event as IncidentEvent), incidentIn(first))
    const theCase = after([second], AGREED)
    const third = byAdmin(`incident ${L} about=${CASE}`, {
      theCase,
      world: { incidents: new Map([[L, incident]]) },
    })
    assert.deepEqual(third.events, [])
  })

  test('and broken in the same mail it is broken, and in no doubt', () => {
    const line = `incident ${L} about=${CASE}\nbreak ${CASE} <<\nIt is out.\n.`
    const decision = linked(stranger('leak\n\nIt is out.\n'), line)
    assert.deepEqual(doubts(decision), [])
    assert.equal(after([decision], AGREED).embargo.state, 'broken')
    assert.deepEqual(mailsOf(decision, 'reminder'), [])
  })
})

test('the alarm says who had what, what the policy does when in doubt, and until when to decide', () => {
  const copy: NoticeCopy = {
    case: caseId('482107'),
    notice: aNotice().id,
    contact: PEOPLE.two.id,
    to: PEOPLE.two.address,
    state: 'sent',
    doubt: 'none',
    at: NOW,
    subkey: undefined,
    copy: 1,
    why: undefined,
    lastCode: undefined,
    lastStatus: undefined,
  }
  for (const doubt of ['publish', 'continue'] as const) {
    const rules = under(LIST, { breakEmbargo: { within: { count: 6, unit: 'hour' }, doubt } })
    const situation = { settings: rules, theCase: AGREED, world: { copies: [copy] } }
    const [order] = mailsOf(by('one', `leak ${CASE} <<\nIt is out.\n.`, situation), 'leak')
    assert.equal(order?.content.kind, 'leak')
    assert.equal(order.content.doubt?.whenInDoubt, doubt)
    assert.equal(order.content.doubt.due, later(NOW, 6 * HOUR))
    assert.match(order.content.who?.open() ?? '', /^- M-000002, two\n {2}N-300001 to \S+: sent 2026/m)
    assert.deepEqual(bodies(order).slice(0, 2), doubt === 'publish' ? [BREAK, CONTINUE] : [CONTINUE, BREAK])
  }
})

test('the alarm offers to stop what would go out while the team decides', () => {
  const scheduled = aNotice({ state: 'scheduled', sendAt: later(NOW, HOUR) })
  const world = { notices: new Map([[scheduled.id, scheduled]]) }
  const [order] = mailsOf(by('one', `leak ${CASE} <<\nIt is out.\n.`, { theCase: AGREED, world }), 'leak')
  assert.ok(order)
  assert.equal(bodies(order)[2], `embargod acme\ncancel ${scheduled.id}\n`)
})

test('of what nobody signed an admin is offered to link it to the case that it names', () => {
  const incident = incidentIn(told(unsignedText(`leak ${CASE}\n\nOut.\n`)))
  const line = `embargod acme\nincident ${L} about=${CASE}\n`
  for (const [linked, expected] of [
    ['as-told', true],
    ['by-team', false],
  ] as const) {
    const world = { incidents: new Map([[L, { ...incident, linked }]]) }
    const [order] = mailsOf(byAdmin(`incident ${L}`, { theCase: AGREED, world }), 'transcript')
    assert.equal(order?.content.kind, 'transcript')
    assert.equal(
      order.content.suggestions.some(({ body }) => body === line),
      expected,
    )
  }
})

suite('continue', () => {
  const doubting = after([by('one', `leak ${CASE} <<\nIt is out.\n.`, { theCase: AGREED })], AGREED)
  const late = later(NOW, 37 * 60_000)

  test('ends the doubt, keeps why, and says how long it took', () => {
    // Told at once, though other changes wait to be told together.
    const world = { changesKeptUntil: later(late, 60_000) }
    const decision = byAdmin(`continue ${CASE} <<\nA false alarm.\n.`, {
      theCase: doubting,
      now: late,
      world,
    })
    const [status, text] = resultOf(decision)
    assert.equal(status, 'ok')
    assert.match(text, /^The embargo of C-482107 goes on, decided 37 minutes after word came/)
    const theCase = after([decision], doubting)
    assert.equal(theCase.embargo.doubted, undefined)
    assert.equal(theCase.embargo.state, 'active')
    assert.equal(theCase.embargo.disclose, AGREED.embargo?.disclose)
    assert.match(theCase.notes.at(-1)?.text.open() ?? '', /A false alarm\./)
    assert.deepEqual(
      mailsOf(decision, 'change').map(({ to }) => to),
      [BOB.address],
    )
    assert.equal(
      wakeAt({ ...theCase, embargo: { state: 'none', disclose: undefined } }, under(LIST)),
      undefined,
    )
  })

  test('another leak puts it in doubt again', () => {
    const theCase = after([byAdmin(`continue ${CASE} <<\nNo.\n.`, { theCase: doubting })], doubting)
    assert.equal(doubts(by('two', `leak ${CASE} <<\nStill out.\n.`, { theCase })).length, 1)
  })

  for (const [what, line, status] of [
    ['without a doubt changes nothing', `continue ${CASE} <<\nNo.\n.`, 'noop'],
    ['without a reason is refused', `continue ${CASE}`, 'E-SYNTAX'],
  ] as const)
    test(what, () => assert.equal(resultOf(byAdmin(line, { theCase: AGREED }))[0], status))
})

suite('until the team has decided', () => {
  const rules = under(LIST, { breakEmbargo: { within: { count: 24, unit: 'hour' }, doubt: 'publish' } })
  const quiet = { state: 'fixing', lead: 'bob' } as const
  const doubting = after([by('one', `leak ${CASE} <<\nIt is out.\n.`, { theCase: quiet })], quiet)

  /** When somebody is reminded, until then; down before `from`. */
  function reminded(theCase: Case, until: Instant, from = 0) {
    const found: { at: Instant; mails: readonly MailOrder[] }[] = []
    let current = theCase
    for (let wakes = 0; wakes < 200; wakes += 1) {
      const due = wakeAt(current, rules)
      if (due === undefined || due > until) return { found, theCase: current }
      const now = instant(Math.max(due, from))
      const world: Partial<Snapshot> = { now, settings: rules, cases: new Map([[current.id, current]]) }
      const decision = timePassed(current, snapshot(world))
      assert.ok(decision)
      current = (decision.events as readonly CaseEvent[]).reduce<Case>(evolveCase, current)
      found.push({ at: now, mails: decision.mails })
    }
    throw new Error('reminded without end')
  }
  const hoursOf = ({ found }: ReturnType<typeof reminded>) => found.map(({ at }) => (at - NOW) / HOUR)

  test('every admin is reminded at half the time, when it is over, hourly, each four hours, and daily', () => {
    const all = reminded(doubting, later(NOW, 4 * DAY))
    assert.deepEqual(hoursOf(all), [12, 24, 25, 26, 27, 28, 32, 36, 40, 44, 48, 72, 96])
    for (const { mails } of all.found) {
      assert.deepEqual(
        mails.map(({ to }) => to),
        TEAM,
      )
      for (const order of mails) assert.deepEqual(bodies(order).slice(0, 2), [BREAK, CONTINUE])
    }
  })

  test('of a held case as well, which stops no decision', () => {
    const held = { ...doubting, held: { at: NOW, reason: plaintext('x'), told: 'fixing' as const } }
    assert.deepEqual(hoursOf(reminded(held, later(NOW, 26 * HOUR))), [12, 24, 25, 26])
  })

  test('its case says so, and the list what is due', () => {
    const situation = { theCase: doubting, settings: rules }
    assert.match(
      resultOf(byAdmin(`show ${CASE}`, situation))[1],
      /^EMBARGO IN DOUBT since 2026-11-21T12:00Z, L-500000; break or continue by 2026-11-22T12:00Z$/m,
    )
    assert.match(resultOf(byAdmin('list', situation))[1], /break or continue due 2026-11-22T12:00Z/)
  })

  test('what was missed is told once', () =>
    assert.deepEqual(hoursOf(reminded(doubting, later(NOW, 30 * HOUR), later(NOW, 30 * HOUR))), [30]))

  for (const [how, line] of [
    ['broken', `break ${CASE} <<\nIt is out.\n.`],
    ['continued', `continue ${CASE} <<\nIt is not.\n.`],
  ] as const)
    test(`once it is ${how}, of the doubt nobody`, () => {
      const theCase = after([byAdmin(line, { theCase: doubting })], doubting)
      const items = reminded(theCase, later(NOW, 2 * DAY)).found.flatMap(({ mails }) =>
        mails.flatMap(({ content }) => (content.kind === 'reminder' ? content.items : [])),
      )
      assert.ok(items.every(({ kind }) => kind === 'embargo'))
    })

  test('nothing publishes or lifts it by itself', () =>
    assert.equal(reminded(doubting, later(NOW, 30 * DAY)).theCase.embargo.state, 'none'))
})
