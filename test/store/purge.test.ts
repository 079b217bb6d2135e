// What is left of a purged case in the database's file, and what of the others.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import BetterSqlite3 from 'better-sqlite3'
import type { Event } from '../../src/model/event.ts'
import { PIECE_OCTETS } from '../../src/model/octets.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import { later } from '../../src/model/scalars.ts'
import { DAY } from '../../src/model/time.ts'
import { DATABASE_FILE } from '../../src/store/database.ts'
import type { Store } from '../../src/store/store.ts'
import {
  caseId,
  claim,
  decision,
  digest,
  NOW,
  newStore,
  note,
  noticeChanged,
  noticeId,
  opened,
  outgoing,
  receive,
  received,
  record,
  scheduled,
  settle,
  settlement,
} from './support.ts'

const file = (text: string) => ({
  fileName: plaintext('fix.patch'),
  mediaType: 'text/x-patch',
  sha256: digest(text),
  octets: Buffer.from(text),
})
/** Octets that lie in several pieces. */
const LARGE = 2 * PIECE_OCTETS + 1000
const operator = { kind: 'operator', name: 'operator' } as const

/** A case of everything: mails, notes, a notice with a file, mail sent and mail that waits. */
function fill(store: Store, n: number, files: readonly string[]): void {
  const id = caseId(n)
  const first = store.inbound.receive({ ...received(), raw: new Uint8Array(randomBytes(LARGE)) })
  const second = receive(store)
  if (first === 'known') assert.fail()
  settle(store, [opened(id, first)], { inbound: first })
  settle(store, [note(id, `a note on ${id}`)], {
    inbound: second,
    answer: plaintext('an answer'),
    outgoing: [
      outgoing({ kind: 'reply', text: plaintext('x') }, { case: id }),
      outgoing(
        { kind: 'reply', text: plaintext('y') },
        { case: id },
        { kind: 'clear', octets: randomBytes(LARGE) },
      ),
    ],
  })
  const sent = claim(store, NOW)
  if (sent !== 'nothing') record(store, sent.id, { kind: 'accepted', code: 250 }, NOW)
  const attached = files.map(file)
  const notice = {
    ...scheduled(noticeId(n), id, later(NOW, DAY)),
    attachments: attached.map(({ fileName, sha256, octets }) => ({ fileName, sha256, size: octets.length })),
  }
  const plan = {
    token: `token${n}`,
    issuer: 'operator',
    text: plaintext(`embargod test\nnotice ${id} <<\nwords\n.`),
    layout: 'fixed',
    attachments: attached,
    expiresAt: later(NOW, DAY),
    revisions: {},
    audience: [],
    noticeIds: [],
    confirmations: [],
  } as const
  const made = settlement([])
  settle(store, [notice, noticeChanged('notice-cancelled', noticeId(n))], {
    decision: {
      ...made.decision,
      events: [notice, noticeChanged('notice-cancelled', noticeId(n))],
      files: attached,
      plan: { kind: 'issued', plan },
    },
    outgoing: [outgoing({ kind: 'news', state: 'rejected', reason: undefined }, { case: id })],
  })
}

const purged = (n: number): Event => ({ kind: 'case-purged', case: caseId(n), at: NOW, actor: operator })

/** Every cell of people's words, by what it is of: enough of it to be found again in a file. */
function cells(directory: string): ReadonlyMap<string, Buffer> {
  const database = new BetterSqlite3(join(directory, DATABASE_FILE), { readonly: true })
  const found = new Map<string, Buffer>()
  for (const [what, sql] of Object.entries({
    mail: 'SELECT inbound AS id, octets AS cell FROM raw_mail',
    'rest of mail': `SELECT owner || '/' || piece AS id, octets AS cell FROM raw_mail_rest`,
    answer: 'SELECT id, answer AS cell FROM inbound',
    journal: `SELECT stream || '@' || revision AS id, body AS cell FROM journal`,
    case: 'SELECT id, body AS cell FROM cases',
    notice: 'SELECT id, body AS cell FROM notices',
    payload: 'SELECT id, octets AS cell FROM payloads',
    'rest of payload': `SELECT owner || '/' || piece AS id, octets AS cell FROM payloads_rest`,
    file: 'SELECT sha256 AS id, octets AS cell FROM blobs',
    plan: 'SELECT token_sha256 AS id, body AS cell FROM plans',
  }))
    for (const row of database.prepare<[], { id: string | number; cell: Buffer | null }>(sql).all())
      if (row.cell !== null && row.cell.length > 0) found.set(`${what} ${row.id}`, row.cell.subarray(0, 24))
  database.close()
  return found
}

test('nothing that people wrote about a purged case is left in the files of the database', async t => {
  const { store, directory } = await newStore(t)
  fill(store, 1, ['only here', 'here and there'])
  const mine = cells(directory)
  fill(store, 2, ['here and there'])
  const others = [...cells(directory)].filter(([name]) => !mine.has(name))
  assert.ok(mine.size >= 17, [...mine.keys()].join())
  for (const rest of ['rest of mail', 'rest of payload'])
    assert.ok(
      [...mine.keys()].some(name => name.startsWith(rest)),
      rest,
    )
  settle(store, [purged(1)])
  const octets = Buffer.concat(
    ['', '-wal'].map(end => readFileSync(join(directory, `${DATABASE_FILE}${end}`))),
  )
  const left = [...mine].filter(([, cell]) => octets.includes(cell)).map(([name]) => name)
  assert.deepEqual(left, [`file ${digest('here and there')}`])
  for (const [name, cell] of others) assert.ok(octets.includes(cell), `${name} of the other case is gone`)

  assert.deepEqual(store.audit.verify().ok, true)
  assert.deepEqual(store.journal.misfolded(), [])
  const kept = store.findCase(caseId(1))
  assert.deepEqual(
    [kept?.content, kept?.title.open(), kept?.reporter.address, kept?.notes],
    ['purged', '', undefined, []],
  )
  assert.equal(store.pendingPlan('token1'), undefined)
  assert.ok(store.pendingPlan('token2'))
  assert.deepEqual(store.octets.missing(), [], 'what was purged is not lost')
})

test('what was purged is not put back, and its mail does not go', async t => {
  const { store, directory } = await newStore(t)
  const large = new Uint8Array(randomBytes(LARGE))
  fill(store, 1, [])
  const [first] = store.inbound
    .list({ limit: 10 })
    .map(row => row.id)
    .toReversed()
  assert.ok(first)
  settle(store, [purged(1)])
  const request = receive(store)
  const queue = { kind: 'put-back', mails: [{ id: first, raw: large }], request } as const
  settle(store, [], { inbound: request, decision: decision([], { outcome: 'command', queue }) })
  assert.equal(store.inbound.raw(first), undefined)
  const again = store.inbound.receive({ ...received(), raw: large })
  if (again === 'known') assert.fail()
  settle(store, [], {
    inbound: again,
    duplicateOf: first,
    decision: decision([], { outcome: 'duplicate', reason: 'seen-before' }),
  })
  assert.equal(store.inbound.raw(again), undefined, 'read from the mailbox once more')
  assert.deepEqual(
    [...cells(directory).keys()].filter(name => name.startsWith('rest of mail')),
    [],
  )
  assert.equal(claim(store, later(NOW, 2 * DAY)), 'nothing')
})

test('bodies that somebody emptied without a purge are found', async t => {
  const { store, directory } = await newStore(t)
  fill(store, 1, [])
  const other = new BetterSqlite3(join(directory, DATABASE_FILE))
  other.exec(
    `UPDATE journal SET purged_digest = zeroblob(32), body = x'' WHERE stream = 'C-000001' AND revision = 2`,
  )
  assert.throws(() => other.exec(`UPDATE journal SET body = x'00' WHERE revision = 1`), /append-only/)
  assert.throws(
    () =>
      other.exec(
        `UPDATE journal SET kind = 'x', purged_digest = zeroblob(32), body = x'' WHERE revision = 1`,
      ),
    /append-only/,
  )
  other.close()
  assert.deepEqual(store.journal.misfolded(), [caseId(1)])
  assert.equal(store.audit.verify().ok, false)
})
