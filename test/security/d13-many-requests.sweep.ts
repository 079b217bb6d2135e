// D12, D13, E18: thousands of strangers ask to join a list, and one of them again and again. What goes to them, and to
// the team, stays within a day's limits, every request is kept and told of, and a signed command runs meanwhile.
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { missingGnuPG } from '../support/gpg.ts'
import { Line } from '../support/line.ts'
import { gpgMimeSigned, plainMail } from '../support/mail.ts'
import { readMail } from '../support/outgoing.ts'
import { upTo } from '../support/sweep.ts'
import { atTheEnd } from './shared-line.ts'
import { COMMAND } from './support.ts'

const STRANGERS = upTo(120, 2_000)
const AGAIN = upTo(20, 500)
const ANSWERED_A_DAY = 300
const ANSWERED_AN_ADDRESS = 5
const SHOWN_A_DAY = 100
const MEGABYTE = 1024 * 1024

describe('very many requests to join', { skip: missingGnuPG() }, () => {
  let line: Line
  before(async () => {
    line = await Line.make(atTheEnd)
  })

  const asks = (from: string, text = 'We want to join.\n') =>
    line.take(plainMail({ from, to: 'distributors@acme.example', subject: 'Join', text }))
  const sentTo = (fits: RegExp) => line.sent.filter(({ to }) => fits.test(to)).length
  const open = () => line.rows(`SELECT count(*) AS n FROM applications WHERE state = 'open'`)[0]?.['n']
  const shown = () =>
    line.rows(
      `SELECT count(*) AS n FROM outbox WHERE kind = 'application' AND recipient LIKE 'alice@%'`,
    )[0]?.['n']
  const pending = () => line.rows('SELECT count(*) AS n FROM changes')[0]?.['n']
  const middle = (times: readonly number[]) => times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0

  test('one who asks again and again has one request, and gets five answers a day', async () => {
    for (let n = 0; n < AGAIN; n += 1) await asks('robot@loop.example', `organisation: Robot ${n}\n`)
    assert.equal(open(), 1)
    assert.equal(sentTo(/^robot@loop\.example$/), ANSWERED_AN_ADDRESS)
  })

  test('each stranger has a request; answers, mail to the team, time and memory stay within limits', async t => {
    const times: number[] = []
    const memory: number[] = []
    for (let n = 0; n < STRANGERS; n += 1) {
      const begun = performance.now()
      await asks(`someone@vendor${n}.example`)
      times.push(performance.now() - begun)
      if (n % 100 === 0) memory.push(process.memoryUsage().rss / MEGABYTE)
    }
    assert.equal(open(), STRANGERS + 1)
    assert.ok(sentTo(/^someone@/) <= ANSWERED_A_DAY)
    assert.equal(shown(), SHOWN_A_DAY)
    const [early, late] = [middle(times.slice(0, 50)), middle(times.slice(-50))]
    t.diagnostic(
      `one takes ${early.toFixed(0)} ms, at last ${late.toFixed(0)} ms; MB: ${memory.map(Math.round)}`,
    )
    assert.ok(late < early * 3 + 20)
    assert.ok((memory.at(-1) ?? 0) < (memory[0] ?? 0) + 150)
  })

  test('a signed command runs all the same', async t => {
    const begun = performance.now()
    const text = 'embargod acme\napplications\n'
    const { reason } = await line.take(await gpgMimeSigned(line.alice, { to: COMMAND, text }))
    assert.equal(reason, 'nothing-changed')
    t.diagnostic(`${(performance.now() - begun).toFixed(0)} ms`)
    assert.match((await line.lastMailTo(line.alice)).text, /A-[0-9]{6}/)
  })

  test('what was not mailed one by one is told in lists, and none is left out', async t => {
    const told = new Set<string>()
    while (pending() !== 0) {
      const mails = sentTo(/^alice@team/)
      assert.equal(await line.tellChanges(), 'told')
      assert.equal(sentTo(/^alice@team/), mails + 1)
    }
    for (const { octets } of line.sent.filter(({ to }) => /^alice@team/.test(to))) {
      const { text } = await readMail(octets, line.alice)
      // The answer to `applications` does not count.
      if (!text.includes('Audit chain')) for (const [id] of text.matchAll(/A-[0-9]{6}/g)) told.add(id)
    }
    const missing = line.rows('SELECT id FROM applications').filter(({ id }) => !told.has(String(id)))
    assert.deepEqual(missing, [])
    t.diagnostic(`${told.size} told`)
  })
})
