// A store with a notice whose copies are made, and what the tests of the outbox do with it.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import BetterSqlite3 from 'better-sqlite3'
import { type Instant, later } from '../../src/model/scalars.ts'
import { MINUTE } from '../../src/model/time.ts'
import { DATABASE_FILE } from '../../src/store/database.ts'
import type { Claimed } from '../../src/store/outbox.ts'
import type { Store } from '../../src/store/store.ts'
import {
  caseId,
  claim,
  copyFor,
  imported,
  NOW,
  newStore,
  noticeId,
  opened,
  query,
  receive,
  scheduled,
  settle,
} from './support.ts'

export const sendAt = later(NOW, 10 * MINUTE)
export const n1 = noticeId(1)

export const noticeOf = (store: Store) => {
  const notice = store.readSnapshot(query({ notices: [n1] })).notices.get(n1)
  assert.ok(notice)
  return notice
}

/** A scheduled notice with copies prepared for two contacts. */
export async function withCopies(t: TestContext) {
  const { store, directory } = await newStore(t)
  const inbound = receive(store)
  settle(store, [opened(caseId(1), inbound), imported(1), imported(2)], { inbound })
  settle(store, [scheduled(n1, caseId(1), sendAt)])
  const notice = noticeOf(store)
  const copies = store.copies.lacking(notice, NOW).map(contact => copyFor(notice, contact))
  store.outbox.addNoticeCopies(notice, copies, store.copies.basisOf(notice), NOW)
  return { store, directory, notice }
}

export function claimed(store: Store, now: Instant): Claimed {
  const one = claim(store, now)
  assert.ok(one !== 'nothing')
  return one
}

export const auditKinds = (store: Store) => [...store.audit.rowsAfter(0)].map(row => row.kind)

/** Changes rows behind the store's back, as damage or a hand at the file would. */
export function behindItsBack(directory: string, sql: string): void {
  const other = new BetterSqlite3(join(directory, DATABASE_FILE))
  other.exec(sql)
  other.close()
}
