// A connection to a real IMAP server that breaks at any place in any way: whatever was there is stored once, octet
// for octet, and filed; a part of a mail is never taken for one (threats.md G01, G10). Some by default, all of them
// with EMBARGOD_SWEEP=1.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { DONE, loginTo, openDovecot, unlock, WAIT, watch } from '../receive/watched-mailbox.ts'
import { missingDovecot } from '../support/dovecot.ts'
import { FaultProxy, HARMS } from '../support/fault-proxy.ts'
import { SWEEP } from '../support/sweep.ts'
import { until } from '../support/workspace.ts'
import { IMAP_PLACES, type Place } from './places.ts'

const skip = missingDovecot()
const QUICK = { connect: 500, command: 500, fetch: 500, silence: 300 }
const cells = IMAP_PLACES.flatMap(place => HARMS.map(harm => ({ place, harm })))
/** Each way, at a few places, and the one at which only a look of our own ends the silence. */
const chosen = cells.filter(
  ({ place, harm }, i) =>
    SWEEP !== undefined || i % 11 === 0 || (harm === 'stall' && place.name === 'before IDLE begins'),
)

const mailNo = (n: number): Buffer =>
  Buffer.from(
    `From: a@example.org\r\nSubject: ${n}\r\n\r\n)\r\nA1 OK done\r\n* 9 EXPUNGE\r\n${'x\r\n'.repeat(n)}the end\r\n`,
  )

test('whatever becomes of a connection, each mail is stored once and filed', {
  skip,
  timeout: 300_000,
}, async t => {
  const dovecot = await openDovecot(t)
  let delivered = 0
  const deliver = (): Promise<void> => dovecot.deliver('security', mailNo(++delivered))
  const run = async ({ place, harm }: { place: Place; harm: (typeof HARMS)[number] }) => {
    const first = delivered
    await unlock(dovecot)
    const proxy = await until(t, new FaultProxy(dovecot.imapPort).listen())
    proxy.script({ ...place, harm })
    await deliver()
    await deliver()
    const server = loginTo(dovecot, { port: proxy.port })
    const { ledger, mailbox } = watch(t, server, harm === 'stall' ? { deadlines: QUICK } : {})
    mailbox.start()
    await ledger.until(() => ledger.times('settled') > 0)
    while (proxy.happened === 0) await pause(1)
    await deliver()
    // As the daemon does every minute: a server may miss what comes just before it listens. That nothing comes
    // any more is noticed without.
    if (harm !== 'stall') mailbox.poll()
    await ledger.until(() => ledger.stored.length === 3)
    await dovecot.waitForCount('security', DONE, delivered, WAIT)
    // The server copies first and removes then.
    while ((await dovecot.list('security')).length > 0) await pause(5)
    await mailbox.stop()
    await proxy.close()
    const expected = [1, 2, 3].map(n => mailNo(first + n))
    assert.deepEqual(ledger.octets, expected)
    assert.equal((await dovecot.list('security', DONE)).length, delivered)
    assert.ok(!ledger.filings.includes('refused'), 'a loss is no refusal')
    if (harm === 'slices') assert.equal(proxy.connections, 1, 'slow is not broken')
    else assert.ok(proxy.connections > 1)
  }
  for (const cell of chosen) await t.test(`${cell.harm} ${cell.place.name}`, () => run(cell))
})
