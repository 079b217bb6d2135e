// D05 to D07: machines that answer our answers, a flood in a victim's name, and two instances that write to each
// other. Each loop dies by itself, nobody gets more than six mails a day, and no report is lost.
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { simpleParser } from 'mailparser'
import { loadPlaces } from '../../src/instance/at-rest.ts'
import { missingGnuPG } from '../support/gpg.ts'
import { Line } from '../support/line.ts'
import { gpgMimeSigned, plainMail } from '../support/mail.ts'
import { upTo } from '../support/sweep.ts'
import { atTheEnd } from './shared-line.ts'
import { ADMINS, COMMAND, SECURITY } from './support.ts'

const MOST_A_DAY = 6
/** Spoofed mails of D06. */
const FLOOD = upTo(14, 3_000)
const LISTED = 1_000

describe('D: loops and backscatter', { skip: missingGnuPG() }, () => {
  let line: Line
  before(async () => {
    line = await Line.make(atTheEnd)
  })

  const report = (from: string, subject = 'x') => plainMail({ from, to: SECURITY, subject, text: 'Bug.\n' })
  const sentTo = (fits: RegExp) => line.sent.filter(({ to }) => fits.test(to))
  const cases = () => line.instance.store.allCases({ limit: 100_000 }).length

  test('D05 an autoresponder without marks, under another name each time, gets five answers a day', async () => {
    const robot = /^robot\+[0-9]+@loop\.example$/
    let names = 0
    const answer = () => {
      names += 1
      return line.take(report(`robot+${names}@loop.example`, `Away ${names}`))
    }
    /** Answers until there is nothing to answer any more. */
    const loop = async (answered: number): Promise<number> => {
      for (let seen = answered; seen < sentTo(robot).length; seen += 1) await answer()
      return sentTo(robot).length
    }
    await answer()
    const first = await loop(0)
    assert.equal(first, 5)
    assert.equal(cases(), names)
    for (let day = 1, before = first; day <= 3; day += 1) {
      await line.aDayLater()
      const after = await loop(before)
      assert.ok(after > before, 'what was owed was paid')
      assert.ok(after - before < MOST_A_DAY, `${after - before} mails on day ${day}`)
      before = after
    }
    assert.equal(cases(), names)
  })

  test(`D06 ${FLOOD} mails in a victim’s name are all kept, and the victim gets five, then one for the rest`, async () => {
    const victim = /^victim@/
    const before = { cases: cases(), alerts: await postponedAlerts() }
    const opened: string[] = []
    for (let i = 0; i < FLOOD; i += 1) {
      const known = i < MOST_A_DAY + 4 ? cases() : 0
      const taken = await line.take(report('victim@victim.example', `Flood ${i}`))
      assert.equal(taken.outcome, 'report')
      if (known > 0) opened.push(newest())
    }
    assert.equal(cases(), before.cases + FLOOD)
    assert.equal(sentTo(victim).length, 5)
    assert.equal((await postponedAlerts()) - before.alerts, ADMINS.length, 'told once each')

    const spam = opened.slice(5, 9)
    const text = `embargod acme\n${spam.map(id => `reject ${id} as=spam <<\nno\n.`).join('\n')}\n`
    assert.equal((await line.take(await gpgMimeSigned(line.alice, { to: COMMAND, text }))).outcome, 'command')
    await line.aDayLater()
    const [list, more] = sentTo(victim).slice(5)
    assert.equal(more, undefined)
    const { text: words = '', subject } = await simpleParser(list?.octets ?? '')
    assert.equal(subject, 'Your other reports have arrived')
    const owed = FLOOD - 5 - spam.length
    const listed = new Set(words.match(/C-[0-9]{6}/g))
    assert.equal(listed.size, Math.min(owed, LISTED))
    assert.equal(/and ([0-9]+) more/.exec(words)?.[1], owed > LISTED ? String(owed - LISTED) : undefined)
    for (const id of spam) assert.ok(!listed.has(id), 'spam is not acknowledged')
    await line.aDayLater()
    assert.equal(sentTo(victim).length, MOST_A_DAY, 'paid once')
  })

  test('D07 two instances end after one exchange, whichever is written to in the other’s name', async () => {
    const other = await Line.make(atTheEnd, 'beta.example')
    const theirs = 'security@beta.example'
    assert.equal((await line.take(report(theirs))).outcome, 'report')
    const [answer, second] = line.sent.filter(({ to }) => to === theirs)
    assert.ok(answer !== undefined && second === undefined)
    const taken = await other.take(answer.octets)
    assert.equal(taken.outcome, 'report-noack')
    assert.deepEqual([...new Set(other.sent.map(({ to }) => to))].sort(), [...ADMINS].sort())
    for (const { octets } of other.sent.filter(({ to }) => to === other.alice.address))
      assert.notEqual((await line.take(octets)).outcome, 'report')
    assert.equal(line.sent.filter(({ to }) => to === theirs).length, 1)
  })

  test('D07 an absent admin’s answer to our mail is not passed on to that admin', async () => {
    const count = () => line.sent.filter(({ to }) => to === line.alice.address).length
    const before = count()
    const headers = [['Auto-Submitted', 'auto-replied']] as const
    const absent = plainMail({
      from: line.alice.mailbox,
      to: SECURITY,
      subject: 'Away',
      text: 'x\n',
      headers,
    })
    assert.equal((await line.take(absent)).outcome, 'report-noack')
    assert.equal(count(), before)
  })

  for (const mine of ['security@acme.example', 'Security+x@acme.example', 'DISTRIBUTORS@acme.example'])
    test(`D07 ${mine} as an admin's address is refused at the start`, async () => {
      const text = await readFile(join(line.folder, 'embargod.yaml'), 'utf8')
      const file = join(line.folder, 'own-address.yaml')
      await writeFile(file, text.replace('address: alice@team.example', `address: ${mine}`), { mode: 0o600 })
      const loaded = await loadPlaces(file)
      assert.ok(!loaded.ok)
      assert.match(loaded.error.lines.join('\n'), /admins\[0\]\.address/)
    })

  const newest = (): string => String(line.instance.store.allCases({ limit: 1 })[0]?.id)

  async function postponedAlerts(): Promise<number> {
    return Number(line.rows(`SELECT count(*) AS n FROM outbox WHERE kind = 'alert'`)[0]?.['n'])
  }
})
