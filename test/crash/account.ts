// What came of it all, told so that two worlds can be compared: ids and times left out, every state, event and
// mail in. Read by SQL alone, from the files that the last process left.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { DATABASE_FILE } from '../../src/store/database.ts'
import { readAudit } from '../support/audit.ts'
import type { Taken, World } from './world.ts'

type Row = Readonly<Record<string, unknown>>

/** The same for every world in which the same happened, however often it died. */
export type Account = {
  readonly inbound: readonly string[]
  /** Kinds of the events of each case, notice and contact. */
  readonly streams: readonly string[]
  readonly states: readonly string[]
  /** Each mail that was decided on: its kind and its recipient. */
  readonly mails: readonly string[]
  /** Rows that must never be too many. */
  readonly counts: readonly string[]
  readonly filed: readonly number[]
}

/** Alerts that a mail is late: where days pass at once, one in doubt is, when it goes again. */
const TOLD_LATE = `SELECT told.value FROM audit, json_each(ids, '$.outbox') told
  WHERE ids ->> 'reason' = 'delivery-late'
    AND NOT EXISTS (SELECT 1 FROM outbox WHERE told_late > 0 AND in_doubt = 0)`

const texts = (rows: readonly Row[]): string[] => rows.map(row => Object.values(row).join(' ')).sort()

export function accountOf(world: World): Account {
  return reading(world, select => ({
    inbound: texts(select('SELECT source, uid, outcome, reason FROM inbound')),
    streams: texts(
      select(
        `SELECT group_concat(kind, ' ') FROM (SELECT stream, kind FROM journal ORDER BY seq) GROUP BY stream`,
      ),
    ),
    states: texts(
      select(`SELECT 'case', state FROM cases UNION ALL SELECT 'notice', state FROM notices
              UNION ALL SELECT address, state FROM contacts
              UNION ALL SELECT 'organisation', state FROM distributors
              UNION ALL SELECT mailbox, state FROM applications
              UNION ALL SELECT 'incident', state FROM incidents
              UNION ALL SELECT fingerprint, 'admin' FROM team`),
    ),
    mails: texts(
      select(`SELECT kind, recipient FROM outbox
                WHERE state NOT IN ('held', 'cancelled') AND id NOT IN (${TOLD_LATE})
                UNION ALL SELECT kind || ' ' || recipient, state FROM outbox WHERE state IN ('held', 'cancelled')`),
    ),
    counts: texts(
      select(`SELECT 'plans', ids ->> 'plan' AS came, count(*) FROM audit WHERE came IS NOT NULL GROUP BY came
              UNION ALL SELECT 'signatures', '', count(*) FROM one_shot
              UNION ALL SELECT 'blobs', '', count(*) FROM blobs
              UNION ALL SELECT 'teams', '', count(*) FROM audit WHERE ids LIKE '%"reason":"team-%'`),
    ),
    filed: world.filed,
  }))
}

/**
 * Every mail reached the server, exactly once where its row is not in doubt. In doubt, what only informs is
 * dropped, and all else went again, the same octets to the same recipient.
 */
export function assertNothingLostOrDoubled(world: World): void {
  const rows = reading(world, select =>
    select(`SELECT o.id, o.kind, o.promise, o.recipient, o.state, o.in_doubt AS inDoubt, o.message_id AS messageId,
      o.attempts, n.send_at AS sendAt FROM outbox o LEFT JOIN notices n ON n.id = o.notice_id`),
  )
  const doubts = readAudit(join(world.directory, DATABASE_FILE)).filter(
    ({ kind }) => kind === 'delivery-in-doubt',
  )
  const taken = Map.groupBy(world.taken, messageIdOf)
  for (const row of rows) {
    const copies = taken.get(String(row['messageId'])) ?? []
    taken.delete(String(row['messageId']))
    const doubted = doubts.filter(({ ids }) => ids['outbox'] === row['id'])
    assertFate(row, copies, doubted.length)
  }
  assert.deepEqual([...taken.keys()], [], 'mail without a row')
}

/** Whoever gets notices was put on the list by the operator, or asked to join, and that was approved. */
export function assertNobodySlippedIn(world: World): void {
  const strangers = reading(world, select =>
    select(`SELECT address FROM contacts c WHERE state = 'active'
      AND NOT EXISTS (SELECT 1 FROM applications WHERE mailbox = c.address AND state = 'approved')
      AND NOT EXISTS (SELECT 1 FROM journal j JOIN inbound i ON i.id = j.inbound
        WHERE j.stream = c.id AND j.revision = 1 AND i.source = 'cli')`),
  )
  assert.deepEqual(strangers, [])
}

function assertFate(row: Row, copies: readonly Taken[], doubts: number): void {
  const { kind, promise, recipient, state, inDoubt, attempts, sendAt } = row
  const name = `${kind} to ${recipient}, ${state}, in doubt ${inDoubt}, ${copies.length} copies`
  const [first] = copies
  for (const { to, octets, at } of copies) {
    assert.equal(to, recipient, name)
    assert.ok(first !== undefined && Buffer.compare(octets, first.octets) === 0, `${name}: other octets`)
    assert.ok(sendAt === null || at >= Number(sendAt), `${name}: before its instant`)
  }
  assert.equal(inDoubt, doubts > 0 ? 1 : 0, `${name}, ${doubts} times in doubt by the audit`)
  if (state === 'held' || state === 'cancelled') {
    assert.equal(copies.length, 0, name)
    return
  }
  if (doubts > 0 && promise === 'at-most-once') {
    assert.equal(state, 'dropped', name)
    assert.ok(copies.length <= 1, name)
    return
  }
  assert.equal(state, 'sent', name)
  assert.ok(copies.length >= 1 && copies.length <= 1 + doubts, name)
  assert.equal(attempts, 1 + doubts, name)
}

function messageIdOf({ octets }: Taken): string {
  const header = Buffer.from(octets).toString('latin1').split('\r\n\r\n', 1)[0] ?? ''
  return /^Message-ID: (.*)$/im.exec(header)?.[1]?.trim() ?? 'none'
}

function reading<T>(world: World, read: (select: (sql: string) => readonly Row[]) => T): T {
  const database = new DatabaseSync(join(world.directory, DATABASE_FILE), { readOnly: true })
  try {
    return read(sql => database.prepare(sql).all())
  } finally {
    database.close()
  }
}
