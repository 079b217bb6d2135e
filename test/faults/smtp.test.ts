// A connection to a real SMTP server that breaks at any place in any way: what was not handed over whole is tried
// again, what was and got no answer is in doubt, and the server never has more of a mail than that says
// (threats.md H01, H03, H06). Some by default, all of them with EMBARGOD_SWEEP=1.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Submission } from '../../src/deliver/smtp.ts'
import { deadlines, mailOf } from '../deliver/sending.ts'
import { FaultProxy, HARMS, type Harm } from '../support/fault-proxy.ts'
import { startSubmission } from '../support/submission.ts'
import { SWEEP } from '../support/sweep.ts'
import { wholeOf } from '../support/whole.ts'
import { until } from '../support/workspace.ts'
import { type Place, SMTP_PLACES } from './places.ts'

const QUICK = deadlines({ connect: 400, envelope: 400, data: 400, final: 400 })
const cells = SMTP_PLACES.flatMap(place => HARMS.map(harm => ({ place, harm })))
const chosen = SWEEP !== undefined ? cells : cells.filter((_, i) => i % 4 === 0)

/** Dots, empty lines and bare ends of DATA that a careless client would send on as they are (threats.md H13). */
const BODY = `.\r\n..\r\n.hidden\r\n\r\nMAIL FROM:<eve@evil.example>\r\nQUIT\r\n${'line of text\r\n'.repeat(40)}`

test('whatever becomes of a connection, a mail arrives once or is known to be in doubt', {
  timeout: 300_000,
}, async t => {
  const server = await until(t, startSubmission())
  const run = async ({ place, harm }: { place: Place; harm: Harm }) => {
    const proxy = await until(t, new FaultProxy(server.port).listen())
    proxy.script({ ...place, harm })
    const submission = new Submission({
      server: { host: '127.0.0.1', port: proxy.port, tls: 'none' },
      connections: 1,
      ...(harm === 'stall' ? { deadlines: QUICK } : {}),
    })
    const before = server.mails.length
    const mail = mailOf(`Subject: ${place.name}, ${harm}\r\n\r\n${BODY}`)
    const outcome = await submission.send(mail)
    assert.equal(proxy.happened, 1)
    const arrived = server.mails.length - before
    // What the network took the client can only believe to have arrived.
    const doubtful = /last reply|final dot|header|body/.test(place.name)
    if (harm === 'slices') assert.deepEqual([outcome.kind, arrived], ['accepted', 1])
    else assert.equal(outcome.kind, doubtful ? 'in-doubt' : 'temporary')
    if (outcome.kind === 'temporary') assert.equal(arrived, 0)
    if (outcome.kind === 'in-doubt') assert.equal(arrived, place.name.includes('reply') ? 1 : 0)
    assert.deepEqual(await submission.send(mail), { kind: 'accepted', code: 250 })
    for (const { octets } of server.mails.slice(before)) assert.deepEqual(octets, wholeOf(mail.octets))
    await submission.close()
    await proxy.close()
  }
  for (const cell of chosen) await t.test(`${cell.harm} ${cell.place.name}`, () => run(cell))
})
