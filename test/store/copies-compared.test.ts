// What is compared when the turn of a copy comes: what does not hold any more stops that copy, with its reason, and no
// other (threats.md C10, E08, E12, K02). What may pass holds it, and it is made anew once it has.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { copyRules } from '../../src/instance/copy-rules.ts'
import type { Acceptance } from '../../src/model/application.ts'
import type { Event } from '../../src/model/event.ts'
import { EVERYBODY } from '../../src/model/notice.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import type { Policy } from '../../src/model/policy.ts'
import { later } from '../../src/model/scalars.ts'
import { DAY, HOUR } from '../../src/model/time.ts'
import { BARE_MEMBERSHIP } from '../support/bare-membership.ts'
import { tempDir } from '../support/workspace.ts'
import {
  caseId,
  claim,
  contactId,
  copyFor,
  fingerprint,
  imported,
  NOW,
  noticeChanged,
  noticeId,
  opened,
  operator,
  query,
  receive,
  record,
  rejected,
  rules,
  scheduled,
  settings,
  settle,
  storeIn,
} from './support.ts'

const CASE = caseId(1)
const N1 = noticeId(1)
const ONE = contactId(1)
const TWO = contactId(2)
const fact = { at: NOW, actor: operator }
const key = { fingerprint: fingerprint(9), certificate: new Uint8Array([9]), keyIds: [] }

const terms = BARE_MEMBERSHIP.terms
const accepted = (sha256 = terms.sha256): Acceptance => ({
  version: '1',
  sha256,
  at: NOW,
  how: 'explicit',
  inbound: undefined,
})
const OTHER_TERMS = accepted(fingerprint(7).toLowerCase().padEnd(64, '0') as Acceptance['sha256'])

const under = (changes: Partial<Policy>) => {
  const [project] = settings.projects
  assert.ok(project)
  const policy = { ...project.policy, ...changes }
  return copyRules({
    settings: { ...settings, projects: [{ ...project, policy }] },
    templates: { texts: new Map(), own: [] },
  })
}
const MEMBERS = under({ membership: BARE_MEMBERSHIP })

async function released(
  t: Parameters<typeof tempDir>[0],
  [one, two]: readonly (Acceptance | undefined)[] = [accepted(), accepted()],
) {
  const store = await storeIn(await tempDir(t), 'write', MEMBERS)
  t.after(() => store.close())
  settle(store, [
    opened(CASE, receive(store)),
    imported(1, { acceptance: one }),
    imported(2, { acceptance: two }),
  ])
  settle(store, [scheduled(N1, CASE, NOW)])
  const notice = () => {
    const found = store.readSnapshot(query({ notices: [N1] })).notices.get(N1)
    assert.ok(found)
    return found
  }
  const make = (now = NOW) => {
    const mails = store.copies.lacking(notice(), now).map(contact => copyFor(notice(), contact))
    store.outbox.addNoticeCopies(notice(), mails, store.copies.basisOf(notice()), now)
  }
  make()
  settle(store, [noticeChanged('notice-released', N1)])
  /** Takes all that goes, and the server accepts it. */
  const sendAll = (now = NOW) => {
    const gone: string[] = []
    for (let taken = claim(store, now); taken !== 'nothing'; taken = claim(store, now)) {
      gone.push(taken.contact ?? '')
      record(store, taken.id, { kind: 'accepted', code: 250 }, now)
    }
    return gone.sort()
  }
  const states = () =>
    store.outbox
      .list({ notice: N1 })
      .map(({ contact, copy, state, why = '' }) => `${contact} ${copy} ${state} ${why}`.trim())
      .sort()
  return { store, notice, make, sendAll, states }
}

for (const [name, events, why] of [
  [
    'was suspended',
    [{ ...fact, contact: ONE, kind: 'contact-suspended', why: 'admin', until: undefined, reason: undefined }],
    'held contact-suspended',
  ],
  ['left', [{ ...fact, contact: ONE, kind: 'contact-ended', as: 'left' }], 'cancelled contact-left'],
  [
    'was removed',
    [{ ...fact, contact: ONE, kind: 'contact-ended', as: 'removed' }],
    'cancelled contact-left',
  ],
  ['has another key', [{ ...fact, contact: ONE, kind: 'key-changed', key }], 'held contact-changed'],
  [
    'revoked their key',
    [{ ...fact, contact: ONE, kind: 'contact-key-revoked', certificate: new Uint8Array([8]) }],
    'held contact-changed',
  ],
  [
    'is not meant any more',
    [{ ...fact, notice: N1, kind: 'notice-audience-set', audience: { ...EVERYBODY, exclude: [ONE] } }],
    'held not-meant',
  ],
] satisfies readonly (readonly [string, readonly Event[], string])[])
  test(`during the fan-out the copy of who ${name} stops, and is told of; the other goes`, async t => {
    const { store, sendAll, states } = await released(t)
    settle(store, events)
    assert.deepEqual(sendAll(), [TWO])
    assert.deepEqual(states(), [`${ONE} 1 ${why}`, `${TWO} 1 sent`])
    assert.deepEqual(
      store.outbox.untold().map(({ contact }) => contact),
      [ONE],
    )
  })

test('who left and came back under another number gets no copy that was on its way (E08)', async t => {
  const { store, notice, sendAll } = await released(t)
  const { address } = imported(1)
  settle(store, [
    { ...fact, contact: ONE, kind: 'contact-ended', as: 'left' },
    imported(3, { address, acceptance: accepted() }),
  ])
  assert.deepEqual(sendAll(), [TWO])
  assert.deepEqual(store.copies.lacking(notice(), NOW), [])
  assert.deepEqual(store.copies.owed(NOW), [])
})

test('a held case holds every copy, and lets each go once it is released', async t => {
  const { store, make, sendAll, states } = await released(t)
  settle(store, [{ ...fact, case: CASE, kind: 'case-held', reason: plaintext('Wait.') }])
  assert.deepEqual(sendAll(), [])
  assert.deepEqual(states(), [`${ONE} 1 held case-held`, `${TWO} 1 held case-held`])
  assert.deepEqual(store.copies.owed(NOW), [])
  settle(store, [{ ...fact, case: CASE, kind: 'case-released', reason: plaintext('Go.') }])
  assert.deepEqual(
    store.copies.owed(NOW).map(({ id }) => id),
    [N1],
  )
  make()
  assert.deepEqual(sendAll(), [ONE, TWO])
})

test('after the embargo nothing goes; what waits is dropped once, and never owed again', async t => {
  const { store, sendAll, states } = await released(t)
  settle(store, [rejected(CASE)])
  assert.deepEqual(sendAll(), [])
  assert.deepEqual(store.outbox.untold(), [], 'told of together, not each by itself')
  assert.deepEqual(
    store.copies.past(NOW).map(({ id }) => id),
    [N1],
  )
  settle(store, [], { tells: { kind: 'copies-over', notice: N1 } })
  assert.deepEqual(states(), [`${ONE} 1 dropped embargo-over`, `${TWO} 1 dropped embargo-over`])
  assert.deepEqual([store.copies.past(NOW), store.copies.owed(NOW)], [[], []])
  assert.equal([...store.audit.rowsAfter(0)].filter(({ kind }) => kind === 'delivery-dropped').length, 2)
})

test('a date that changes during the fan-out makes what has not gone anew; what is in doubt goes as it was', async t => {
  const { store, make, sendAll } = await released(t)
  const first = claim(store, NOW)
  assert.ok(first !== 'nothing')
  record(store, first.id, { kind: 'in-doubt', at: NOW }, NOW)
  const disclose = later(NOW, 14 * DAY)
  settle(store, [{ ...fact, case: CASE, kind: 'disclosure-planned', disclose, reason: plaintext('Then.') }])
  assert.deepEqual(sendAll(), [first.contact ?? ''], 'the same again')
  assert.deepEqual(store.outbox.untold(), [], 'made anew by itself, and so no news')
  make()
  assert.equal(sendAll().length, 1)
  assert.deepEqual(
    store.outbox.list({ notice: N1 }).map(({ state }) => state),
    ['sent', 'sent'],
  )
})

test('another instant makes every copy anew', async t => {
  const store = await storeIn(await tempDir(t), 'write', rules)
  t.after(() => store.close())
  settle(store, [opened(CASE, receive(store)), imported(1)])
  settle(store, [scheduled(N1, CASE, later(NOW, HOUR))])
  const notice = () => store.readSnapshot(query({ notices: [N1] })).notices.get(N1) ?? assert.fail()
  const make = () => {
    const mails = store.copies.lacking(notice(), NOW).map(contact => copyFor(notice(), contact))
    store.outbox.addNoticeCopies(notice(), mails, store.copies.basisOf(notice()), NOW)
  }
  make()
  assert.deepEqual(store.copies.lacking(notice(), NOW), [])
  for (const sendAt of [later(NOW, 2 * HOUR), later(NOW, 1)]) {
    settle(store, [{ ...fact, notice: N1, kind: 'notice-rescheduled', sendAt }])
    assert.equal(store.copies.lacking(notice(), NOW).length, 1)
    make()
    const [copy, ...others] = store.outbox.list({ notice: N1 })
    assert.deepEqual([copy?.nextAttemptAt, others], [sendAt, []])
  }
  settle(store, [noticeChanged('notice-released', N1)])
  assert.equal(claim(store, NOW), 'nothing', 'never early')
  assert.notEqual(claim(store, later(NOW, 1)), 'nothing')
})

test('who has accepted no terms gets a copy that is held, and told of; it goes when they have', async t => {
  const { store, make, sendAll, states } = await released(t, [undefined, accepted()])
  const never = { ...fact, contact: ONE, kind: 'contact-accepted-terms', acceptance: accepted() } as const
  assert.deepEqual(states(), [`${ONE} 1 held terms-not-accepted`, `${TWO} 1 ready`])
  assert.deepEqual(sendAll(), [TWO])
  settle(store, [never])
  make()
  assert.deepEqual(sendAll(), [ONE])
})

for (const [name, askedBy, goes] of [
  ['was not asked yet', undefined, 'goes'],
  ['has time to accept them', later(NOW, DAY), 'goes'],
  ['let the date pass', NOW, 'stops'],
] as const)
  test(`of who accepted an older text and ${name} the copy ${goes} (E12)`, async t => {
    const { store, sendAll } = await released(t, [OTHER_TERMS, accepted()])
    if (askedBy !== undefined)
      settle(store, [{ ...fact, contact: ONE, kind: 'acceptance-asked', sha256: terms.sha256, by: askedBy }])
    assert.deepEqual(sendAll(), goes === 'goes' ? [ONE, TWO] : [TWO])
  })

test('a further copy is a row of its own, made once', async t => {
  const { store, notice, make, sendAll, states } = await released(t)
  const first = claim(store, NOW)
  assert.ok(first !== 'nothing' && first.contact !== undefined)
  const failed = first.contact
  record(store, first.id, { kind: 'failed', code: 550, status: '5.7.1', stage: 'final' }, NOW)
  sendAll()
  assert.deepEqual(store.copies.owed(NOW), [])
  settle(store, [{ ...fact, notice: N1, kind: 'notice-resent', copies: [{ contact: failed, copy: 2 }] }])
  assert.deepEqual(
    store.copies.owed(NOW).map(({ id }) => id),
    [N1],
  )
  make()
  make()
  assert.deepEqual(sendAll(), [failed])
  assert.deepEqual([store.copies.owed(NOW), store.copies.lacking(notice(), NOW)], [[], []])
  assert.deepEqual(
    states().filter(line => line.startsWith(failed)),
    [`${failed} 1 failed`, `${failed} 2 sent`],
  )
  const told = store.readSnapshot(query({ notices: [N1] })).copies.filter(({ contact }) => contact === failed)
  assert.deepEqual(
    told.map(({ copy, state, lastCode, lastStatus }) => [copy, state, lastCode, lastStatus]),
    [
      [1, 'failed', 550, '5.7.1'],
      [2, 'sent', 250, undefined],
    ],
  )
})
