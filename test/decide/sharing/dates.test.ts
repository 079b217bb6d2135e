// Who hears of the date of a case besides its reporter: every change reaches everybody who knew the date before, and
// nobody else; whoever gets nothing meanwhile hears of it once, as it is then.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { decide } from '../../../src/decide/decide.ts'
import { foresee } from '../../../src/decide/time/simulation.ts'
import { timePassed } from '../../../src/decide/time/timed.ts'
import type { Case } from '../../../src/model/case.ts'
import { evolveCase } from '../../../src/model/case-evolution.ts'
import type { Decision } from '../../../src/model/decision.ts'
import { dateOf } from '../../../src/model/disclosure-date.ts'
import { OPERATOR } from '../../../src/model/event.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import { type Instant, inboundId, instant, later } from '../../../src/model/scalars.ts'
import { DAY, HOUR } from '../../../src/model/time.ts'
import { ALICE, aCase, aNotice, BOB, fresh, mail, NOW, signedText } from '../given.ts'
import { key } from '../sent.ts'
import {
  addressOf,
  after,
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

const at = (text: string): Instant => instant(Temporal.Instant.from(text).epochMilliseconds)
const DATE = at('2026-12-09T16:00Z')
const dated: Partial<Case> = {
  state: 'accepted',
  embargo: { state: 'active', disclose: DATE, set: { at: later(NOW, -DAY), why: plaintext('x') } },
  dateChanges: 1,
}
const MOVE = `plan ${CASE} disclose=2026-12-10T16:00Z <<\nM-000001 is not ready.\n.`
const TEAM = [ALICE.address, BOB.address]
const MEMBERS = ['one', 'two', 'sister', 'four'] as const
const held = { held: { at: NOW, reason: plaintext('x'), told: 'accepted' } } as const

type News = readonly [to: string, reader: string, standing: string, at: Instant, former: Instant | undefined]

const newsIn = (decision: Pick<Decision, 'mails'>): readonly News[] =>
  mailsOf(decision as Decision, 'disclosure-date').flatMap(({ to, content }) =>
    content.kind === 'disclosure-date'
      ? [[to, content.reader, content.date.standing, content.date.at, content.date.former] as const]
      : [],
  )
const insiders = (standing: string, date: Instant, former?: Instant): readonly News[] =>
  TEAM.map(to => [to, 'insider', standing, date, former])
const members = (standing: string, date: Instant, former?: Instant): readonly News[] =>
  MEMBERS.map(name => [addressOf(name), 'member', standing, date, former])

suite('a change of the date reaches who knew the one before', () => {
  const LATER = at('2026-12-10T16:00Z')
  for (const [name, line, theCase, expected] of [
    [
      'the first one',
      MOVE,
      { ...dated, embargo: aCase().embargo, dateChanges: 0 },
      [...insiders('active', LATER), ...members('active', LATER)],
    ],
    ['another one', MOVE, dated, [...insiders('active', LATER, DATE), ...members('active', LATER, DATE)]],
    [
      'a longer embargo',
      `extend ${CASE} until=2026-12-10T16:00Z <<\nNot yet.\n.`,
      dated,
      [...insiders('active', LATER, DATE), ...members('active', LATER, DATE)],
    ],
    [
      'of a held case those who work on it alone',
      MOVE,
      { ...dated, ...held },
      insiders('active', LATER, DATE),
    ],
    [
      'that the case is rejected',
      `reject ${CASE} <<\nNo.\n.`,
      dated,
      [...insiders('dropped', DATE), ...members('dropped', DATE)],
    ],
    ['that it is held, nobody', `hold ${CASE} <<\nWait.\n.`, dated, []],
    [
      'that it is released, nobody, if nothing came of its date',
      `release ${CASE} <<\nGo.\n.`,
      { ...dated, ...held },
      [],
    ],
    [
      'at its release the members, of what a hold kept from them, once and as it is',
      `release ${CASE} <<\nGo.\n.`,
      { ...dated, held: { ...held.held, at: later(NOW, -2 * DAY) } },
      members('active', DATE),
    ],
    [
      'that a proposed date holds now, nobody: it is the same',
      `accept ${CASE}`,
      { ...dated, state: 'triaged', embargo: { state: 'proposed', disclose: DATE } },
      [],
    ],
  ] as const)
    test(name, () => {
      const decision = byAdmin(line, { theCase: theCase as Partial<Case> })
      assert.deepEqual(newsIn(decision), expected, resultOf(decision)[1])
    })

  test('the same date again tells nobody', () =>
    assert.deepEqual(
      newsIn(byAdmin(`plan ${CASE} disclose=2026-12-09T16:00Z <<\nx\n.`, { theCase: dated })),
      [],
    ))

  test('who was told of nothing, is suspended or reported it themselves gets none', () => {
    const reporter = { address: addressOf('one'), key: key('1') }
    const to = newsIn(byAdmin(MOVE, { theCase: { ...dated, reporter }, told: ['one', 'two', 'cut'] }))
    assert.deepEqual(
      to.map(([address]) => address),
      [...TEAM, addressOf('two')],
    )
  })

  test('a member’s is from the list, under their own key, and says nothing of why or of others', () => {
    const mails = mailsOf(byAdmin(MOVE, { theCase: dated }), 'disclosure-date')
    const [one] = mails.filter(({ to }) => to === addressOf('one'))
    assert.deepEqual(
      [one?.from, one?.encryptTo, one?.case],
      ['list', { kind: 'enrolled', fingerprint: PEOPLE.one.fingerprint }, CASE],
    )
    assert.doesNotMatch(JSON.stringify({ content: one?.content, offers: one?.offers }), /M-0|not ready/)
    assert.deepEqual(
      one?.offers?.map(({ body }) => body),
      [`agree ${CASE}`, `object ${CASE} <<\n\n.`, `propose ${CASE} date=`].map(
        line => `embargod acme\n${line}\n`,
      ),
    )
  })

  test('those who work on it read whose command it was instead of a line of what changed', () => {
    const decision = byAdmin(MOVE, { theCase: { ...dated, public: { at: NOW, url: plaintext('x') } } })
    assert.deepEqual(mailsOf(decision, 'change'), [])
    const [first] = mailsOf(decision, 'disclosure-date')
    assert.equal(first?.content.kind, 'disclosure-date')
    assert.deepEqual(
      [first.content.set?.by, first.content.set?.notes.open()],
      ['alice', 'It is public already: the sooner, the better.'],
    )
  })

  test('and whoever sets it is told how many hear of it', () => {
    const words = (theCase: Partial<Case>, told?: Given['told']) =>
      resultOf(byAdmin(MOVE, { theCase, ...(told && { told }) }))[1]
    assert.match(words(dated), /\nOf the list, 3 organisations that know of the case are told\.$/)
    assert.match(
      words({ ...dated, ...held }, ['one']),
      /\nOf the list, 1 organisation that knows of the case is told when it is released\.$/,
    )
    assert.doesNotMatch(words(dated, []), /Of the list/)
  })

  test('that the policy lifted the embargo: the members, and of those who work on it whoever gets no reminder', () => {
    const known = given({ theCase: { ...dated, milestones: { received: NOW } }, now: later(NOW, 30 * DAY) })
    const settings = {
      ...known.settings,
      projects: known.settings.projects.map(one => ({
        ...one,
        policy: { ...one.policy, embargo: { ...one.policy.embargo, overrun: 'publish' as const } },
      })),
    }
    const theCase = [...known.cases.values()][0] ?? assert.fail()
    const decision = timePassed(theCase, { ...known, settings }) ?? assert.fail()
    const lifted = at('2026-12-12T12:00Z')
    assert.deepEqual(newsIn(decision), members('lifted', lifted))
    assert.equal(mailsOf(decision, 'reminder').length, 2)
  })
})

test('what is foreseen names the members whom a notice will have told', () => {
  const rules = under(LIST)
  const settings = {
    ...rules,
    projects: rules.projects.map(one => ({
      ...one,
      policy: { ...one.policy, embargo: { ...one.policy.embargo, overrun: 'publish' as const } },
    })),
  }
  const notice = aNotice({ sendAt: later(NOW, HOUR) })
  const theCase = { ...dated, milestones: { received: NOW } }
  const world = { notices: new Map([[notice.id, notice]]) }
  const { mails } = foresee(given({ theCase, settings, told: [], world }), at('2026-12-13T12:00Z'), 1_000)
  const foreseen = { mails: mails.map(({ order }) => order) }
  assert.deepEqual(
    newsIn(foreseen).map(([to]) => to),
    [...MEMBERS, 'late' as const].map(addressOf),
  )
})

suite('a contact who gets mail again hears of the date as it is then', () => {
  const by = (line: string, theCase: Partial<Case>, suspendedAt = NOW) => {
    const suspended = {
      why: 'admin',
      at: suspendedAt,
      by: 'alice',
      until: undefined,
      reason: undefined,
    } as const
    const contacts = Object.values(PEOPLE).map(one =>
      one.id === PEOPLE.cut.id ? { ...one, suspended } : one,
    )
    const now = later(NOW, HOUR)
    return decide(
      mail({ authored: signedText(`embargod acme\n${line}\n`, ALICE.fingerprint, now), receivedAt: now }),
      given({ theCase, now, world: { contacts } }),
      fresh,
    )
  }
  const RESUME = `resume ${PEOPLE.cut.id}`
  for (const [name, theCase, expected] of [
    ['once', dated, [['active', DATE]]],
    ['not of a case without one', { state: 'accepted' }, []],
    ['not of one that is held', { ...dated, ...held }, []],
    ['not of one that is published', { ...dated, state: 'published' }, []],
    [
      'that it was lifted meanwhile',
      { ...dated, embargo: { state: 'lifted', disclose: DATE, set: { at: NOW, why: undefined } } },
      [['lifted', DATE]],
    ],
    [
      'not of what was lifted before',
      { ...dated, embargo: { state: 'lifted', disclose: DATE, set: { at: later(NOW, -1), why: undefined } } },
      [],
    ],
    [
      'that it ended meanwhile',
      {
        ...dated,
        state: 'rejected',
        ended: { at: NOW, from: 'accepted', reason: undefined, told: 'reporter' },
      },
      [['dropped', DATE]],
    ],
  ] as const)
    test(name, () => {
      const news = newsIn(by(RESUME, theCase as Partial<Case>))
      assert.deepEqual(
        news.map(([to, , standing, date]) => [to, standing, date]),
        expected.map(one => [addressOf('cut'), ...one]),
      )
    })

  test('also when a suspension ends by itself', () => {
    const until = later(NOW, HOUR)
    const suspended = { why: 'admin', at: NOW, by: 'alice', until, reason: undefined } as const
    const one = { ...PEOPLE.cut, suspended }
    const contacts = Object.values(PEOPLE).map(other => (other.id === one.id ? one : other))
    const decision = timePassed(one, given({ theCase: dated, now: until, world: { contacts } }))
    assert.ok(decision)
    assert.deepEqual(newsIn(decision), [[one.address, 'member', 'active', DATE, undefined]])
  })

  test('if they had been told of it', () => {
    const contacts = Object.values(PEOPLE).map(one => ({
      ...one,
      state: 'suspended' as const,
      suspended: { why: 'admin', at: NOW, by: 'alice', until: undefined, reason: undefined } as const,
    }))
    const decision = byAdmin(`resume ${PEOPLE.late.id}`, { theCase: dated, world: { contacts } })
    assert.deepEqual(
      decision.events.map(({ kind }) => kind),
      ['contact-resumed'],
    )
    assert.deepEqual(newsIn(decision), [])
  })
})

suite('each change has a number of its own, which rises', () => {
  const folded = (lines: readonly string[]) => {
    const decisions: Decision[] = []
    const numbers: (number | undefined)[] = []
    for (const line of lines) {
      decisions.push(byAdmin(line, { theCase: after(decisions, { state: 'accepted' }) }))
      numbers.push(dateOf(after(decisions, { state: 'accepted' }))?.sequence)
    }
    return numbers
  }
  test('from 0, with the date, its end, and its return', () => {
    assert.deepEqual(
      folded([
        `plan ${CASE} disclose=2026-12-09T16:00Z <<\nx\n.`,
        `note ${CASE} <<\nx\n.`,
        MOVE,
        `reject ${CASE} <<\nx\n.`,
      ]),
      [0, 0, 1, 2],
    )
  })

  test('a purge keeps it', () => {
    const thread = [{ inbound: inboundId(1), at: NOW, from: 'reporter' }] as const
    const theCase = aCase({ ...dated, state: 'rejected', dateChanges: 2, thread })
    const purged = { kind: 'case-purged', at: NOW, actor: OPERATOR, case: theCase.id } as const
    assert.equal(evolveCase(theCase, purged).dateChanges, 2)
  })

  test('a case that is taken up again has its date again, and says so', () => {
    const theCase = aCase({ ...dated, state: 'spam', dateChanges: 2 })
    const reopened = {
      kind: 'case-reopened',
      to: 'accepted',
      at: NOW,
      actor: OPERATOR,
      case: theCase.id,
    } as const
    assert.deepEqual(dateOf(evolveCase(theCase, reopened)), { at: DATE, standing: 'active', sequence: 2 })
  })
})
