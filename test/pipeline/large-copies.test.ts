// Copies of a small and of a large notice that go at one instant, from the contacts' side: whose they are, what they say
// (threats.md C12), what each shows outside (C04, C05), and what the large ones share.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { silent } from '../../src/decide/outcomes.ts'
import type { Event } from '../../src/model/event.ts'
import { later, parseCaseId } from '../../src/model/scalars.ts'
import { HOUR } from '../../src/model/time.ts'
import { SHARED_FROM } from '../../src/pipeline/copy-sealing.ts'
import { certificateOf } from '../openpgp/material.ts'
import { imported, noticeId, scheduled, settle } from '../store/support.ts'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import { Line } from '../support/line.ts'
import { readMail } from '../support/outgoing.ts'
import { until } from '../support/workspace.ts'

const LONG = 'Please fix.\n'.repeat(Math.ceil(SHARED_FROM / 12))

test('each gets what is meant for all under one key of theirs, and nothing outside tells two small ones are of one notice', {
  skip: missingGnuPG(),
}, async t => {
  const line = await Line.make(t)
  const about = parseCaseId(await line.report())
  assert.ok(about)
  const { store, clock, config, pipeline } = line.instance
  const [first] = store.contacts(config.settings)
  assert.ok(first)
  const { project } = first
  const bySchedule = (events: readonly Event[]) =>
    settle(store, events, {
      decision: { ...silent('command', 'set-up'), actor: { kind: 'scheduler', name: 'scheduler' }, events },
    })
  const people = new Map([[first.address as string, line.mallory]])
  for (const n of [1, 2]) {
    const { address } = imported(n) as { readonly address: string }
    const person = await until(t, GnuPG.create(`Contact ${n}`, address))
    await person.importKey(await line.publicKey('list-velero'))
    const { fingerprint, octets } = await certificateOf(person)
    bySchedule([
      imported(n, {
        project,
        key: { fingerprint, certificate: octets, keyIds: [] },
        acceptance: first.acceptance,
      }),
    ])
    people.set(address, person)
  }
  const [small, large] = [noticeId(1), noticeId(2)]
  const sendAt = later(clock.now(), HOUR)
  for (const [id, text] of [
    [small, 'Fix it.'],
    [large, LONG],
  ] as const)
    bySchedule([{ ...scheduled(id, about, sendAt, text), project, stage: 'early-disclosure' } as const])
  for (const notice of store.scheduledNotices())
    assert.equal(
      await pipeline.prepareCopies(notice, later(clock.now(), HOUR), new AbortController().signal),
      'made',
    )
  const contents = new Map<string, string>()
  for (const { kind, ids } of store.audit.rowsAfter(0)) {
    if (kind !== 'copies-made') continue
    const { notice, contacts, content } = JSON.parse(ids)
    for (const contact of contacts) contents.set(`${notice} ${contact}`, content)
  }
  for (const id of [small, large])
    bySchedule([
      {
        kind: 'notice-released',
        at: clock.now(),
        actor: { kind: 'scheduler', name: 'scheduler' },
        notice: id,
      },
    ])

  const seen = new Set<string>()
  const payloads = new Map<string, Set<string>>()
  const claimed = store.outbox.exchange([], 100, sendAt).filter(({ notice }) => notice !== undefined)
  assert.equal(claimed.length, 6)
  for (const { to, notice, contact, octets } of claimed) {
    const whole = Buffer.concat([...octets.pieces()])
    const person = people.get(to)
    assert.ok(person)
    const read = await readMail(whole, person)
    const said = createHash('sha256').update(read.entity).digest('hex')
    assert.equal(said, contents.get(`${notice} ${contact}`))
    assert.deepEqual(read.signedBy, [await line.fingerprintOf('list-velero')])
    assert.equal(read.encryptedTo.length, 1)
    assert.equal(read.text.includes('Fix it.'), notice === small)
    assert.ok(!read.innerHeaders.some(([name, value]) => name === 'to' || value.includes(to)))
    const text = whole.toString('latin1')
    const shown = ['message-id', 'content-type'].map(name => read.outerHeaders.find(([n]) => n === name)?.[1])
    const returned = claimed.find(one => one.to === to && one.notice === notice)?.from
    for (const one of [...shown, returned]) {
      assert.ok(one !== undefined && !seen.has(one), 'something is of two mails')
      seen.add(one)
    }
    for (const [address] of people) assert.equal(text.includes(address), address === to)
    const of = payloads.get(String(notice)) ?? new Set()
    payloads.set(String(notice), of.add(text.split('\r\n').slice(-40, -10).join()))
  }
  assert.deepEqual([payloads.get(small)?.size, payloads.get(large)?.size], [3, 1])
  const [{ shared } = {}] = line.rows('SELECT count(DISTINCT shared) AS shared FROM outbox')
  assert.equal(shared, 1)
})
