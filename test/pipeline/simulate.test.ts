// What would go out, asked by signed mail and on the host: the same mails, of which the database knows nothing after.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { missingGnuPG } from '../support/gpg.ts'
import { Line } from '../support/line.ts'
import { gpgMimeSigned, plainMail } from '../support/mail.ts'
import { cli } from '../support/verbs.ts'

const YEAR = 365 * 86_400_000

test('an admin reads ahead what would be mailed, and so does the operator beside the daemon', {
  skip: missingGnuPG(),
}, async t => {
  const line = await Line.make(t)
  const [first, second] = [await line.report(), await line.report()]
  await line.take(
    plainMail({
      from: 'somebody@else.example',
      to: 'security@acme.example',
      subject: 'leak',
      text: 'leak\nI told my aunt.\n',
    }),
  )
  const before = line.state([first, second])
  const until = `until=${new Date(Date.now() + YEAR / 12).toISOString().slice(0, 16)}Z`
  const asked = await gpgMimeSigned(line.alice, {
    to: 'security+cmd@acme.example',
    text: `embargod acme\nsimulate ${until} case=${first}\nsimulate ${until}\n`,
  })
  assert.equal((await line.take(asked)).outcome, 'command')
  const { text } = await line.lastMailTo(line.alice)
  const [alone = '', all = ''] = text.split(/^ok: simulate/m).slice(1)
  assert.match(alone, new RegExp(`^Subject: ${first}: due soon$`, 'm'))
  assert.doesNotMatch(alone, new RegExp(second))
  for (const id of [first, second])
    for (const when of ['due soon', 'due now', 'overdue']) assert.ok(all.includes(`Subject: ${id}: ${when}`))
  assert.doesNotMatch(text, /^embargod/m)
  const incidents = /^ *\S+Z {2}alert incidents-open {2}to /m
  assert.match(all, incidents)
  assert.doesNotMatch(alone, incidents)

  const run = (...args: readonly string[]) =>
    cli('--config', join(line.folder, 'embargod.yaml'), 'simulate', ...args)
  assert.match((await run(until)).out, incidents)
  const facts = await run(until, `case=${first}`, '--json')
  const told = await run(until, `case=${first}`, '--json', '--reveal')
  const mails = (out: string) => JSON.parse(out).mails as readonly Record<string, string>[]
  assert.ok(mails(facts.out).every(mail => !('text' in mail) && !('subject' in mail)))
  const counted = Number(/, (\d+) mails go out/.exec(alone)?.[1])
  assert.equal(mails(told.out).length, counted)
  assert.match(mails(told.out)[0]?.['text'] ?? '', /first words to the\s+reporter/)
  assert.equal((await run(until, 'case=C-999999')).code, 1)
  assert.equal((await run('until=tomorrow')).code, 64)
  assert.equal(line.state([first, second]), before)
})

test('a profile is read as its reporters and admins will, without an instance', async () => {
  const { code, out } = await cli('simulate', '--policy', 'velero', 'from=2026-11-27T17:00Z')
  assert.equal(code, 0)
  assert.match(out, /^\* By Wed 2 Dec 2026, 17:00 UTC, we start a conversation with you\.$/m)
  assert.match(out, /^=== Fri 18 Dec 2026, 17:00 UTC$/m)
  assert.doesNotMatch(out, /mailto:|sign it:/)
  assert.equal((await cli('simulate', '--policy', 'nobodys')).code, 78)
})
