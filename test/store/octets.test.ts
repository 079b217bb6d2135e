// Octets of received mail that are gone: whose they are, and that they are put back with the audit row that says
// so, or not at all.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { PIECE_OCTETS } from '../../src/model/octets.ts'
import { caseId, decision, newStore, opened, receive, received, settle, settlement } from './support.ts'

test('mail that lacks a piece is found, a header alone is not missing anything', async t => {
  const { store, directory } = await newStore(t)
  const [torn, whole, header] = [3 * PIECE_OCTETS, 2 * PIECE_OCTETS, 50].map(length => {
    const mail = { ...received(), raw: new Uint8Array(randomBytes(length)) }
    const id = store.inbound.receive({ ...mail, size: length === 50 ? 30_000_000 : length - 40 })
    return id === 'known' ? assert.fail() : id
  })
  assert.ok(torn && whole && header)
  for (const inbound of [torn, whole]) settle(store, [opened(caseId(inbound), inbound)], { inbound })
  settle(store, [], { inbound: header, decision: decision([], { outcome: 'shunt', reason: 'oversize' }) })
  assert.deepEqual([store.octets.missing(), store.octets.present(9)], [[], [header, whole, torn]])
  const other = new DatabaseSync(join(directory, 'embargod.db'))
  other.exec(`DELETE FROM raw_mail_rest WHERE owner = ${torn} AND piece = 2`)
  other.close()
  assert.deepEqual([store.octets.missing(), store.octets.present(9)], [[torn], [header, whole]])
})

test('mail without octets is found with its case, and has them again with an audit row', async t => {
  const { store, directory } = await newStore(t)
  const [first, second] = [receive(store, 'first'), receive(store, 'second')]
  settle(store, [opened(caseId(1), first)], { inbound: first })
  assert.deepEqual([store.octets.missing(), store.octets.present(9)], [[], [second, first]])

  const other = new DatabaseSync(join(directory, 'embargod.db'))
  other.exec('DELETE FROM raw_mail')
  other.close()
  assert.deepEqual([store.octets.missing(), store.octets.present(9)], [[first, second], []])
  assert.deepEqual([...store.octets.casesOf([first, second])], [[first, [caseId(1)]]])
  assert.deepEqual([store.inbound.next()?.id, store.inbound.next()?.stored], [second, undefined])

  const request = store.inbound.receive({
    source: 'cli',
    sha256: store.inbound.row(first)?.sha256 ?? assert.fail(),
    size: 5,
    raw: Buffer.from('brings'),
    receivedAt: store.inbound.row(first)?.receivedAt ?? assert.fail(),
  })
  assert.ok(request !== 'known')
  const mails = [{ id: first, raw: new Uint8Array(randomBytes(2 * PIECE_OCTETS + 1)) }]
  const queue = { kind: 'put-back', mails, request } as const
  store.settle(settlement([], { inbound: request, decision: decision([], { outcome: 'command', queue }) }))
  assert.deepEqual([store.octets.missing(), store.octets.present(9)], [[second], [first]])
  assert.deepEqual(new Uint8Array(store.inbound.raw(first) ?? []), mails[0]?.raw)
  assert.equal(store.inbound.raw(request), undefined)
  const { queue: audited, rows } = JSON.parse([...store.audit.rowsAfter(0)].at(-1)?.ids ?? '')
  assert.deepEqual([audited, rows], ['put-back', [String(first)]])
})
