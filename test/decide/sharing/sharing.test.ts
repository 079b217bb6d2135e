// Telling others of a case: who may ask, who is asked, what grants it and what ends it, and what other members learn.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { timePassed, wakeAt } from '../../../src/decide/time/timed.ts'
import type { Case } from '../../../src/model/case.ts'
import type { Contact } from '../../../src/model/contact.ts'
import type { Decision } from '../../../src/model/decision.ts'
import type { Content } from '../../../src/model/order.ts'
import { later, parseProjectName } from '../../../src/model/scalars.ts'
import { DAY, HOUR } from '../../../src/model/time.ts'
import { ALICE, BOB, contact, NOW, sure } from '../given.ts'
import {
  ASK,
  addressOf,
  after,
  by,
  byAdmin,
  CASE,
  type Given,
  given,
  LIST,
  mailsOf,
  type Name,
  PEOPLE,
  resultOf,
  signedBy,
  TEAM,
  under,
} from './sharing-world.ts'

const GRANT = `grant-share ${CASE} to=M-000001`
const DENY = `deny-share ${CASE} to=M-000001 <<\nNot before we have rebuilt.\n.`

/** The case after `one` asked and these answers came, in turn; the last decision. */
function asked(
  answers: readonly (readonly [Name | 'admin', string])[],
  situation: Given = {},
): { readonly last: Decision; readonly theCase: Case } {
  const decisions = [by('one', ASK, situation)]
  for (const [who, line] of answers) {
    const now = { ...situation, theCase: after(decisions) }
    decisions.push(who === 'admin' ? byAdmin(line, now) : by(who, line, now))
  }
  const last = decisions.at(-1)
  assert.ok(last)
  return { last, theCase: after(decisions) }
}

const recipients = (decision: Decision, kind: Content['kind']) => mailsOf(decision, kind).map(({ to }) => to)
const outcomes = (theCase: Case) => theCase.sharing.map(({ asker, decided }) => [asker, decided?.as])

suite('where the team decides', () => {
  const team = { settings: under(TEAM) }

  test('admins are asked, and no member', () => {
    const decision = by('one', ASK, team)
    assert.deepEqual(recipients(decision, 'share-request'), [ALICE.address, BOB.address])
    assert.equal(decision.outcome, 'command')
  })

  test('an admin grants it, and who asked reads what binds them', () => {
    const { last, theCase } = asked([['admin', GRANT]], team)
    assert.deepEqual(outcomes(theCase), [['M-000001', 'granted']])
    assert.deepEqual(recipients(last, 'share-outcome'), [addressOf('one')])
  })

  test('an admin denies it with a reason', () => {
    const { last, theCase } = asked([['admin', DENY]], team)
    assert.deepEqual(outcomes(theCase), [['M-000001', 'denied']])
    const [order] = mailsOf(last, 'share-outcome')
    assert.ok(order?.content.kind === 'share-outcome')
    assert.equal(order.content.by, 'team')
  })

  for (const who of ['one', 'two'] as const)
    test(`${who} decides nothing`, () => {
      const { last, theCase } = asked([[who, GRANT]], team)
      assert.equal(resultOf(last)[0], 'E-POLICY')
      assert.deepEqual(outcomes(theCase), [['M-000001', undefined]])
    })
})

suite('who is on another list, too, speaks on each as its contact there', () => {
  const gadget = sure(parseProjectName('gadget'))
  const elsewhere = (key: Name, changes: Partial<Contact> = {}) => ({
    ...contact('elsewhere', '9'),
    project: gadget,
    fingerprint: PEOPLE[key].fingerprint,
    ...changes,
  })
  const contacts = (first: Contact, changes: Partial<Record<Name, Partial<Contact>>> = {}) => [
    first,
    ...Object.entries(PEOPLE).map(([name, one]) => ({ ...one, ...changes[name as Name] })),
  ]

  test('their own organisation counts as theirs, whichever list is looked at first', () => {
    const decision = by('two', ASK, { world: { contacts: contacts(elsewhere('two')) } })
    const [event] = decision.events
    assert.ok(event?.kind === 'share-asked')
    assert.deepEqual([event.asker, event.of], [PEOPLE.two.id, PEOPLE.two.distributor])
    assert.ok(!recipients(decision, 'share-request').includes(addressOf('sister')))
  })

  for (const state of ['suspended', 'removed', 'left'] as const)
    test(`who is ${state} here asks, answers and contributes nothing, though active there`, () => {
      const world = { contacts: contacts(elsewhere('four'), { four: { state } }) }
      const theCase = after([by('one', ASK)])
      for (const line of [ASK, GRANT, DENY, `contribute ${CASE} task=test <<\nBuilt.\n.`])
        assert.deepEqual(by('four', line, { theCase, world }).events, [], line)
    })
})

suite('A23: an admin whose organisation asks', () => {
  const team = { settings: under(TEAM) }
  for (const [way, changes] of [
    ['by their own contact', { one: { address: ALICE.address } }],
    ['by their key', { one: { fingerprint: ALICE.fingerprint } }],
    ['by a colleague', { sister: { distributor: PEOPLE.one.distributor, address: ALICE.address } }],
  ] as const)
    test(`${way} does not grant it`, () => {
      const contacts = Object.entries(PEOPLE).map(([name, one]) => ({
        ...one,
        ...(changes as Partial<Record<string, Partial<Contact>>>)[name],
      }))
      const theCase = after([by('one', ASK, team)])
      const given = { ...team, theCase, world: { contacts } }
      const decision = byAdmin(GRANT, given)
      assert.deepEqual([resultOf(decision)[0], decision.events], ['E-ROLE', []])
      assert.equal(signedBy(BOB.fingerprint, GRANT, given).events.length, 1)
    })
})

suite('where the list decides', () => {
  test('every other organisation that was told is asked, and the team hears of it', () => {
    const decision = by('one', ASK)
    assert.deepEqual(recipients(decision, 'share-request'), [
      ALICE.address,
      BOB.address,
      addressOf('two'),
      addressOf('sister'),
      addressOf('four'),
    ])
    for (const { offers = [], to } of mailsOf(decision, 'share-request'))
      assert.equal(offers.length, to === ALICE.address || to === BOB.address ? 1 : 2)
  })

  test('as many organisations as the policy says grant it, and not one sooner', () => {
    assert.deepEqual(outcomes(asked([['two', GRANT]]).theCase), [['M-000001', undefined]])
    const both = asked([
      ['two', GRANT],
      ['four', GRANT],
    ])
    assert.deepEqual(outcomes(both.theCase), [['M-000001', 'granted']])
    assert.deepEqual(recipients(both.last, 'share-outcome'), [addressOf('one')])
  })

  test('two contacts of one organisation are one word', () => {
    const { last, theCase } = asked([
      ['two', GRANT],
      ['sister', GRANT],
    ])
    assert.equal(resultOf(last)[0], 'noop')
    assert.deepEqual(outcomes(theCase), [['M-000001', undefined]])
  })

  test('never more must agree than there are others', () => {
    const few = { told: ['one', 'two'] as const }
    assert.deepEqual(outcomes(asked([['two', GRANT]], few).theCase), [['M-000001', 'granted']])
  })

  test('where there are no others nobody can agree, and so it cannot be asked', () => {
    const [code, text] = resultOf(by('one', ASK, { told: ['one'] }))
    assert.equal(code, 'E-STATE')
    assert.match(text, /write to the team/)
  })

  test('the word of who is on the list no more does not count', () => {
    const first = after([by('one', ASK), by('two', GRANT, { theCase: after([by('one', ASK)]) })])
    const contacts = Object.values(PEOPLE).map(one =>
      one.id === 'M-000002' ? { ...one, state: 'removed' as const } : one,
    )
    const decision = by('four', GRANT, { theCase: first, world: { contacts } })
    // Of the two others that there are now one has agreed.
    assert.deepEqual(outcomes(after([decision], first)), [['M-000001', undefined]])
  })

  for (const [who, code] of [
    ['one', 'E-POLICY'],
    ['admin', 'E-POLICY'],
    ['late', 'E-UNKNOWN'],
    ['cut', 'E-ROLE'],
  ] as const)
    test(`${who} cannot grant it: ${code}`, () => {
      const { last, theCase } = asked([[who, GRANT]])
      assert.equal(resultOf(last)[0], code)
      assert.deepEqual(outcomes(theCase), [['M-000001', undefined]])
    })

  for (const who of ['admin', 'two', 'one'] as const)
    test(`one no of ${who} ends it, whoever agreed before`, () => {
      const { theCase } = asked([
        ['two', GRANT],
        [who, DENY],
      ])
      assert.deepEqual(outcomes(theCase), [['M-000001', 'denied']])
    })

  test('what is decided is not decided again', () => {
    const { last } = asked([
      ['two', DENY],
      ['four', GRANT],
    ])
    assert.equal(resultOf(last)[0], 'E-UNKNOWN')
  })

  test('asking again voids the answers to the first request', () => {
    const { theCase } = asked([['two', GRANT]])
    const now = later(NOW, HOUR)
    const again = after([by('one', ASK, { theCase, now })], theCase)
    assert.deepEqual(again.sharing[0]?.agreed, [])
    const granted = after([by('four', GRANT, { theCase: again, now })], again)
    assert.deepEqual(outcomes(granted), [['M-000001', undefined]])
  })

  test('not within an hour: each request may be a mail to everybody', () => {
    const { last } = asked([['one', ASK]])
    assert.match(resultOf(last)[1], /wait for the answer, or ask again after 2026-11-21T13:00Z/)
  })

  test('what was granted stays known when something else is asked', () => {
    const { theCase } = asked([
      ['two', GRANT],
      ['four', GRANT],
      ['one', ASK],
    ])
    assert.deepEqual(outcomes(theCase), [
      ['M-000001', 'granted'],
      ['M-000001', undefined],
    ])
  })
})

suite('who may ask', () => {
  for (const [who, code] of [
    ['late', 'E-UNKNOWN'],
    ['cut', 'E-ROLE'],
  ] as const)
    test(`${who} may not: ${code}, as of a case that does not exist`, () => {
      const [real, none] = [by(who, ASK), by(who, ASK.replace(CASE, 'C-999999'))].map(resultOf)
      assert.equal(real?.[0], code)
      assert.equal(real?.[1].replace(CASE, ''), none?.[1].replace('C-999999', ''))
    })

  test('nobody, where the policy knows no sharing', () => {
    assert.equal(resultOf(by('one', ASK, { settings: under(undefined) }))[0], 'E-POLICY')
  })

  test('nobody, of a case that is public', () => {
    assert.equal(resultOf(by('one', ASK, { theCase: { state: 'published' } }))[0], 'E-STATE')
  })
})

suite('what a member who was told sees of the case', () => {
  for (const line of [`show ${CASE}`, `note ${CASE} <<\nx\n.`, `accept ${CASE}`, `status ${CASE}`, 'list'])
    test(`not what ${line.split(' ')[0]} tells`, () => {
      const decision = by('one', line)
      assert.equal(resultOf(decision)[0], 'E-ROLE')
      assert.deepEqual(decision.events, [])
    })

  test('somebody who was not told gets the answer of a case that does not exist', () => {
    for (const verb of [
      'contribute C task=test <<\nx\n.',
      'grant-share C to=M-000001',
      'deny-share C to=M-000001 <<\nx\n.',
    ]) {
      const [real, none] = [CASE, 'C-999999'].map(id => resultOf(by('late', verb.replace(' C ', ` ${id} `))))
      assert.equal(real?.[0], 'E-UNKNOWN')
      assert.equal(real?.[1].replace(CASE, ''), none?.[1].replace('C-999999', ''))
    }
  })
})

suite('time', () => {
  const open = after([by('one', ASK)])

  test('those who have not answered are reminded a day before the end, once', () => {
    const at = later(NOW, DAY)
    assert.equal(wakeAt(open, under(LIST)), at)
    const agreed = after([by('two', GRANT, { theCase: open })], open)
    const decision = timePassed(agreed, given({ theCase: agreed, now: at }))
    assert.ok(decision)
    // The organisation of `two` and `sister` has agreed.
    assert.deepEqual(recipients(decision, 'share-request'), [addressOf('four')])
    const reminded = after([decision], agreed)
    assert.equal(wakeAt(reminded, under(LIST)), later(NOW, 2 * DAY))
  })

  test('what nobody decides lapses: it is not granted, and who asked hears it', () => {
    const now = later(NOW, 2 * DAY)
    const decision = timePassed(open, given({ theCase: open, now }))
    assert.ok(decision)
    assert.deepEqual(outcomes(after([decision], open)), [['M-000001', 'lapsed']])
    assert.deepEqual(recipients(decision, 'share-outcome'), [addressOf('one')])
  })

  test('an answer that comes too late grants nothing', () => {
    const now = later(NOW, 2 * DAY)
    const decision = by('two', GRANT, { theCase: open, now, told: ['one', 'two'] })
    assert.equal(resultOf(decision)[0], 'E-STATE')
    assert.deepEqual(decision.events, [])
  })
})

test('an admin reads in the case who asked for what, who agreed, and who did what', () => {
  const { theCase } = asked([
    ['two', GRANT],
    ['four', `contribute ${CASE} task=test <<\nAll pass.\n.`],
  ])
  const [, text] = resultOf(byAdmin(`show ${CASE}`, { theCase }))
  assert.match(
    text,
    /^M-000001 asks to share it, open until 2026-11-23T12:00Z, 1 agree, with:\n\| Buildfarm Ltd\nwhy:\n\| They/m,
  )
  assert.match(text, /^test by M-000004, 2026-11-21T12:00Z:\n\| All pass\.$/m)
})

test('what members ask for voids no plan of an admin’s that waits for its confirmation', () => {
  const open = after([by('one', ASK)])
  assert.equal(open.revision - open.unattended, 1)
})

suite('members and who they are (threats.md C16)', () => {
  const names = (decision: Decision) =>
    mailsOf(decision, 'share-request').map(({ to, content }) => {
      assert.ok(content.kind === 'share-request')
      return [to, content.asker.organisation?.open()]
    })

  test('the team reads whose organisation it is, other members only the number where the roster is hidden', () => {
    assert.deepEqual(names(by('one', ASK)), [
      [ALICE.address, 'one'],
      [BOB.address, 'one'],
      [addressOf('two'), undefined],
      [addressOf('sister'), undefined],
      [addressOf('four'), undefined],
    ])
  })

  test('and the organisation where members may know it', () => {
    const shown = names(by('one', ASK, { settings: under(LIST, { roster: 'organisations' }) }))
    assert.deepEqual(shown.at(-1), [addressOf('four'), 'one'])
  })

  test('what somebody did for the case is told to the list the same way, and to nobody who was not told', () => {
    const decision = by('two', `contribute ${CASE} task=test <<\nAll pass.\n.`)
    const readers = mailsOf(decision, 'contribution').filter(({ from }) => from === 'list')
    assert.ok(readers.every(one => one.contact !== undefined && one.contactVersion !== undefined))
    const told = mailsOf(decision, 'contribution').map(({ to, content }) => {
      assert.ok(content.kind === 'contribution')
      return [to, content.contributor.organisation?.open()]
    })
    assert.deepEqual(told, [
      [ALICE.address, 'two'],
      [BOB.address, 'two'],
      [addressOf('one'), undefined],
      [addressOf('sister'), undefined],
      [addressOf('four'), undefined],
    ])
    assert.deepEqual(
      after([decision]).contributions.map(({ contributor, task }) => [contributor, task]),
      [['M-000002', 'test']],
    )
  })
})

suite('contributions', () => {
  const line = `contribute ${CASE} task=test <<\nAll pass.\n.`
  test('only the team hears of them where the policy wants that', () => {
    const contributing = { tasks: [{ name: 'test', text: 'Test' }], told: 'team' as const }
    const decision = by('one', line, { settings: under(LIST, { contributing }) })
    assert.deepEqual(recipients(decision, 'contribution'), [ALICE.address, BOB.address])
  })
  test('so many a day, since each may be a mail to everybody', () => {
    const ten = after(Array.from({ length: 10 }, () => by('one', line)))
    assert.equal(resultOf(by('one', line, { theCase: ten }))[0], 'E-STATE')
    assert.equal(resultOf(by('one', line, { theCase: ten, now: later(NOW, DAY) }))[0], 'ok')
  })
  test('a task that the policy does not know, and a policy that knows none', () => {
    assert.match(resultOf(by('one', line.replace('=test', '=sing')))[1], /task= is one of test/)
    const none = { settings: under(LIST, { contributing: undefined }) }
    assert.equal(resultOf(by('one', line, none))[0], 'E-POLICY')
  })
})
