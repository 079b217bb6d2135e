// Whom a limit keeps waiting, what is told of it, and how a debt is paid.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { payOwed } from '../../src/decide/acknowledging.ts'
import { decide } from '../../src/decide/decide.ts'
import type { Snapshot } from '../../src/model/decision.ts'
import type { MailOrder } from '../../src/model/order.ts'
import {
  ALICE,
  BOB,
  caseId,
  fresh,
  type Given,
  mail,
  NOW,
  settings,
  snapshot,
  unsignedText,
} from './given.ts'

const RIYA = 'riya@research.example'
const FULL = { address: 5, domain: 5, all: 5 }

const decided = (world: Partial<Snapshot>, given: Partial<Given> = {}) =>
  decide(
    mail({ authored: unsignedText('A hole.\n'), addressed: { kind: 'security' }, from: RIYA, ...given }),
    snapshot(world),
    fresh,
  )
const kinds = ({ mails }: { readonly mails: readonly MailOrder[] }) =>
  mails.map(({ to, content }) => `${content.kind} ${to}`)

test('over a limit the acknowledgement is owed as it would have gone, and admins are told once', () => {
  const now = decided({ acknowledged: FULL })
  const [due] = decided({}).mails
  assert.deepEqual(now.owed, { kind: 'owed', order: due, limit: 'address' })
  assert.deepEqual([now.outcome, now.reason], ['report', 'new-case-capped'])
  const reports = [`report ${ALICE.address}`, `report ${BOB.address}`]
  assert.deepEqual(kinds(now), [`alert ${ALICE.address}`, `alert ${BOB.address}`, ...reports])
  assert.deepEqual(kinds(decided({ acknowledged: FULL, owed: ['address'] })), reports)
  assert.equal(kinds(decided({ acknowledged: FULL, owed: ['all', 'domain'] })).length, 4)
})

for (const [name, from, counts, limit] of [
  ['four to the address', RIYA, { address: 4, domain: 49, all: 299 }, undefined],
  ['five to the address', RIYA, { address: 5, domain: 5, all: 5 }, 'address'],
  ['fifty to the domain', RIYA, { address: 0, domain: 50, all: 50 }, 'domain'],
  ['fifty to a provider of mailboxes', 'r@post.example', { address: 0, domain: 50, all: 50 }, undefined],
  ['300 in all, also to a provider', 'r@post.example', { address: 0, domain: 0, all: 300 }, 'all'],
] as const)
  test(`after ${name} ${limit === undefined ? 'it goes' : `the limit is ${limit}`}`, () => {
    const { owed, mails } = decided({ acknowledged: counts }, { from })
    assert.equal(owed === undefined, limit === undefined)
    const alerts = mails.flatMap(({ content }) => (content.kind === 'alert' ? [content.alert] : []))
    const alert = { kind: 'acknowledgements-postponed', limit, case: fresh.case }
    assert.deepEqual(alerts, limit === undefined ? [] : [alert, alert])
  })

const dueOf = (number: string): MailOrder => {
  const [order] = decided({}).mails
  assert.ok(order)
  return { ...order, case: caseId(number), encryptTo: { kind: 'offered', certificate: Buffer.of(1) } }
}
const one = { mailbox: RIYA, orders: [dueOf('000001')], cases: 1 }
const several = { mailbox: RIYA, orders: ['000001', '000002', '000003'].map(dueOf), cases: 5 }

test('one that is owed goes as it was ordered', () =>
  assert.deepEqual(payOwed(one, snapshot())?.mails, one.orders))

test('several are paid by one mail in clear that lists them and tells how many more there are', () => {
  const paid = payOwed(several, snapshot())
  assert.deepEqual(paid?.owed, { kind: 'paid', mailbox: RIYA, cases: 5 })
  const [order, second] = paid?.mails ?? []
  assert.equal(second, undefined)
  const cases = ['000001', '000002', '000003'].map(caseId)
  assert.deepEqual(order?.content, { kind: 'acknowledgement-list', cases, others: 2 })
  assert.deepEqual([order.to, order.case, order.encryptTo], [RIYA, cases[0], { kind: 'nobody' }])
})

for (const [name, world] of [
  ['a limit holds', { acknowledged: FULL }],
  ['a restore is not settled', { mode: 'safe' as const }],
] as const)
  test(`nothing is paid while ${name}`, () => assert.equal(payOwed(several, snapshot(world)), undefined))

const ADVISORY = {
  arrival: { advisory: 'GHSA-2222-3333-4444' },
  machine: 'automatic' as const,
  from: 'notifications@github.com',
}

test('a notification of an advisory opens a case that answers nobody by mail', () => {
  const { outcome, reason, events, mails, owed } = decided({}, ADVISORY)
  assert.deepEqual([outcome, reason, owed], ['report-noack', 'new-case-advisory', undefined])
  const [opened] = events
  assert.ok(opened?.kind === 'case-opened')
  const { channel, advisory, reporter } = opened
  assert.deepEqual([channel, advisory], ['ghsa', 'GHSA-2222-3333-4444'])
  assert.deepEqual(reporter, { address: undefined, key: undefined })
  assert.ok(mails.every(({ content }) => content.kind === 'report'))
})

test('a further notification joins that case, as words of nobody in particular', () => {
  const { outcome, events } = decided({ advisoryCase: caseId('482107') }, ADVISORY)
  assert.equal(outcome, 'follow-up')
  const [event] = events
  assert.ok(event?.kind === 'case-followed-up')
  assert.deepEqual([event.case, event.from], [caseId('482107'), 'other'])
})

test('a list in front of us is the channel of what comes through it', () => {
  const [opened] = decided({}, { arrival: { channel: 'list' } }).events
  assert.ok(opened?.kind === 'case-opened')
  assert.equal(opened.channel, 'list')
})

test('unrouted mail is acknowledged as any, and its clocks run from its arrival', () => {
  const [project] = settings().projects
  assert.ok(project)
  const projects = [project, { ...project, name: 'gadget' as typeof project.name }]
  const { mails, events } = decided({ settings: settings({ projects }) })
  const [order] = mails
  assert.deepEqual(
    [order?.project, order?.content],
    ['unrouted', { kind: 'acknowledgement', receivedAt: NOW }],
  )
  assert.ok(events[0]?.kind === 'case-opened' && events[0].receivedAt === NOW)
})
