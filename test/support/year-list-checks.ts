// What must hold of early disclosure however a year went, worked out from what people did and from who was on the list
// when each mail went: nothing here is shared with the rules that it judges but the types.
import assert from 'node:assert/strict'
import type { Contact } from '../../src/model/contact.ts'
import type { Event } from '../../src/model/event.ts'
import type { Audience } from '../../src/model/notice.ts'
import type { Content } from '../../src/model/order.ts'
import type { Policy } from '../../src/model/policy.ts'
import { ALICE, BOB } from '../decide/given.ts'
import { CAROL, DAVE, type LivedMail } from './life.ts'
import type { Year } from './year.ts'
import type { Deed } from './year-list.ts'

const TEAM = [ALICE, BOB, CAROL, DAVE]
/** What a reporter without a key may read of their own case. */
const IN_CLEAR: readonly Content['kind'][] = [
  'acknowledgement',
  'acknowledgement-list',
  'reply',
  'news',
  'users-notice',
]
/** What answers a member's own mail, whatever it names. */
const ANSWERS: readonly Content['kind'][] = ['transcript', 'post-answer', 'refusal', 'help']

/** Of the notices and their cases, what people decided so far. */
type Decided = {
  readonly sendAt: Map<string, number>
  readonly audience: Map<string, Audience>
  readonly cancelled: Set<string>
  readonly over: Set<string>
  readonly held: Set<string>
}

export function checkList(policy: Policy, { life, deeds }: Year): void {
  const decided: Decided = {
    sendAt: new Map(),
    audience: new Map(),
    cancelled: new Set(),
    over: new Set(),
    held: new Set(),
  }
  const copies = new Map<string, string[]>()
  const told = new Map<string, Set<string>>()
  const posted = new Set<string>()
  let known = 0
  for (const mail of life.mails) {
    for (; known < mail.done; known += 1) learn(decided, life.done[known] as Event)
    const { order, at, contacts } = mail
    const says = `${new Date(at).toISOString()} ${order.content.kind} of ${order.case} to ${order.to}`
    const reader = contacts.find(one => one.address === order.to)
    isForItsReader(mail, reader, says)
    if (order.content.kind === 'notice') {
      const { id } = order.content.notice
      mayGo(mail, reader, decided, says)
      const had = copies.get(id) ?? []
      assert.ok(!had.includes(order.to), `twice: ${says}`)
      copies.set(id, [...had, order.to])
      if (had.length === 0) isWhole(id, mail, life.mails, decided)
      const told_ = told.get(String(order.case)) ?? new Set()
      told.set(String(order.case), told_.add(order.to))
    } else if (reader !== undefined && order.case !== undefined && !ANSWERS.includes(order.content.kind))
      assert.ok(told.get(order.case)?.has(order.to), `of a case that they were not told of: ${says}`)
    if (order.content.kind !== 'post') continue
    const key = `${order.content.post} ${order.to}`
    assert.ok(!posted.has(key), `twice: ${says}`)
    posted.add(key)
    if (reader !== undefined) assert.equal(reader.state, 'active', says)
  }
  for (const deed of deeds) isAnsweredOnce(deed, life.known.contacts)
  wentSomewhere(policy, { life, deeds }, copies.size)
}

/** What people did, one thing after the other. */
function learn({ sendAt, audience, cancelled, over, held }: Decided, event: Event): void {
  switch (event.kind) {
    case 'notice-scheduled':
      audience.set(event.notice, event.audience)
      sendAt.set(event.notice, event.sendAt)
      break
    case 'notice-rescheduled':
      sendAt.set(event.notice, event.sendAt)
      break
    case 'notice-cancelled':
      cancelled.add(event.notice)
      break
    case 'embargo-broken':
    case 'case-rejected':
    case 'case-closed':
      over.add(event.case)
      break
    case 'case-held':
      held.add(event.case)
      break
    case 'case-released':
      held.delete(event.case)
      break
    default:
      break
  }
}

/** Encrypted to the key that its reader has, and to nobody only where the reader may have none. */
function isForItsReader({ order }: LivedMail, reader: Contact | undefined, says: string): void {
  const person = TEAM.find(one => one.address === order.to) ?? reader
  if (person === undefined) {
    assert.equal(order.encryptTo.kind, 'nobody', says)
    assert.ok(IN_CLEAR.includes(order.content.kind), `in clear: ${says}`)
  } else if (order.encryptTo.kind === 'offered')
    assert.equal(order.encryptTo.certificate, reader?.certificate, says)
  else assert.deepEqual(order.encryptTo, { kind: 'enrolled', fingerprint: person.fingerprint }, says)
}

/** To an active contact for whom it is meant, not before its instant, and while there is something to keep. */
function mayGo({ order, at }: LivedMail, reader: Contact | undefined, decided: Decided, says: string): void {
  assert.equal(order.content.kind, 'notice')
  const { id } = order.content.notice
  assert.ok(reader?.state === 'active' && reader.id === order.contact, `not entitled: ${says}`)
  assert.ok(isFor(decided.audience.get(id), reader), `not meant: ${says}`)
  assert.ok(at >= (decided.sendAt.get(id) ?? Number.POSITIVE_INFINITY), `early: ${says}`)
  assert.ok(!decided.cancelled.has(id), `cancelled: ${says}`)
  assert.ok(!decided.over.has(String(order.case)), `after the end: ${says}`)
  assert.ok(!decided.held.has(String(order.case)), `held: ${says}`)
}

/** Everybody for whom it is meant has it at that instant. */
function isWhole(
  id: string,
  { at, contacts }: LivedMail,
  mails: readonly LivedMail[],
  decided: Decided,
): void {
  const meant = contacts.filter(one => one.state === 'active' && isFor(decided.audience.get(id), one))
  const got = mails.filter(
    one => one.at === at && one.order.content.kind === 'notice' && one.order.notice === id,
  )
  assert.deepEqual(got.map(({ order }) => order.contact).toSorted(), meant.map(one => one.id).toSorted(), id)
}

function isFor(audience: Audience | undefined, { id, distributor }: Contact): boolean {
  if (audience === undefined) return false
  const has = (list: readonly string[]) => list.includes(id) || list.includes(distributor)
  return !has(audience.exclude) && (audience.include.length === 0 || has(audience.include))
}

/** A command by one transcript; a post goes out, waits or comes back, and never two of these. */
function isAnsweredOnce({ as, by, decision }: Deed, contacts: readonly Contact[]): void {
  const { mails, reason } = decision
  const to = [...TEAM, ...contacts].find(one => one.fingerprint === by)?.address
  const own = (kind: Content['kind']) =>
    mails.filter(one => one.content.kind === kind && one.to === to).length
  if (as === 'command') {
    assert.equal(own('transcript'), 1, reason)
    return
  }
  const events = decision.events.filter(one => one.kind === 'post-received')
  const waits = events.filter(one => one.waits !== undefined).length
  const back = mails.filter(one => one.content.kind === 'report').length > 0 ? 1 : 0
  assert.equal(events.length + back, 1, reason)
  assert.equal(own('post'), 0, `to its own writer: ${reason}`)
  // A maintainer whom the team let into no case has no part in the list, and is answered as a stranger is.
  const isTold = waits + back > 0 && !(reason === 'post-to-admins' && by === CAROL.fingerprint)
  assert.equal(own('post-answer'), isTold ? 1 : 0, reason)
}

/** A year in which nothing is announced, stopped or answered would show little. */
function wentSomewhere({ name, notices, discussion }: Policy, { life }: Year, gone: number): void {
  const happened = new Set(life.done.map(({ kind }) => kind))
  if (!notices.stages.some(({ to }) => to === 'distributors')) return
  assert.ok(gone > 0, `${name}: no notice went out`)
  assert.ok(happened.has('member-answered'), `${name}: no answer`)
  if (discussion !== undefined) assert.ok(happened.has('post-received'), `${name}: no post`)
}
