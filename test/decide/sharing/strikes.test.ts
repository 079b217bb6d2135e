// Strikes: who hears of one, how they count, and what is offered when there are as many as the policy says.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Decision, Snapshot } from '../../../src/model/decision.ts'
import { type Distributor, evolveDistributor } from '../../../src/model/distributor.ts'
import type { DistributorEvent } from '../../../src/model/member-event.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import { parseIncidentId } from '../../../src/model/scalars.ts'
import { NOW, settings, sure } from '../given.ts'
import { addressOf, by, byAdmin, LIST, mailsOf, PEOPLE, resultOf, under } from './sharing-world.ts'

const organisation: Distributor = {
  id: PEOPLE.two.distributor,
  project: sure(settings().projects[0]).name,
  revision: 1,
  name: plaintext('two'),
  class: undefined,
  state: 'active',
  joinedAt: NOW,
  joined: { how: 'import' },
  vouchedBy: [],
  approvedBy: [],
  vouches: [],
  strikes: [],
  end: undefined,
}
const LINE = `strike ${organisation.id} <<\nYou mailed the patch to a public list.\n.`

const world = (changes: Partial<Distributor> = {}): { readonly world: Partial<Snapshot> } => ({
  world: {
    distributors: [{ ...organisation, ...changes }],
    incidents: new Map([[sure(parseIncidentId('L-500000')), undefined as never]]),
  },
})
const struck = (decision: Decision, before: Distributor = organisation): Distributor =>
  decision.events.reduce<Distributor>(
    (one, event) => evolveDistributor(one, event as DistributorEvent),
    before,
  )

test('every contact of the organisation hears the reason, the count and what follows, and nobody else', () => {
  const decision = byAdmin(LINE, { settings: under(LIST), ...world() })
  const mails = mailsOf(decision, 'strike')
  assert.deepEqual(
    mails.map(({ to, from }) => [to, from]),
    [
      [addressOf('two'), 'list'],
      [addressOf('sister'), 'list'],
    ],
  )
  const [first] = mails
  assert.ok(first?.content.kind === 'strike')
  const { count, limit, removal, reason } = first.content
  assert.deepEqual([count, limit, removal], [1, 2, 'permanent'])
  assert.equal(reason.open(), 'You mailed the patch to a public list.')
  assert.equal(struck(decision).strikes.length, 1)
  assert.match(resultOf(decision)[1], /has strike 1 of 2, and is told\. After 2 the policy removes it\./)
})

test('with as many as the policy says its removal is offered, and does not happen by itself', () => {
  const once = struck(byAdmin(LINE, { settings: under(LIST), ...world() }))
  const decision = byAdmin(LINE, { settings: under(LIST), ...world({ strikes: once.strikes }) })
  assert.match(
    resultOf(decision)[1],
    /strike 2 of 2, .* Nothing happens by itself: send remove D-000002 permanent=yes << why/,
  )
  assert.equal(struck(decision, once).state, 'active')
  const leak = { strikes: 2, removal: 'removed', retrospective: 'none' } as const
  const kinder = byAdmin(LINE, { settings: under(LIST, { leak }), ...world({ strikes: once.strikes }) })
  assert.match(resultOf(kinder)[1], /send remove D-000002 << why/)
})

test('once for an incident, never of who left, and only by an admin', () => {
  const line = LINE.replace(' <<', ' incident=L-500000 <<')
  const once = struck(byAdmin(line, world()))
  assert.equal(resultOf(byAdmin(line, world({ strikes: once.strikes })))[0], 'E-STATE')
  assert.equal(resultOf(byAdmin(LINE, world({ state: 'left' })))[0], 'E-STATE')
  assert.equal(resultOf(byAdmin(LINE.replace('D-000002', 'D-999999'), world()))[0], 'E-UNKNOWN')
  assert.equal(resultOf(by('one', LINE, world()))[0], 'E-ROLE')
})
