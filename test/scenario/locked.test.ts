// A passphrase that is missing (threats.md K07): mail is stored and filed, nothing is sent, everybody who asks
// hears why, and the passphrase, or a restart with it, ends it. A wrong one stops the start.
import assert from 'node:assert/strict'
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { missingDovecot } from '../support/dovecot.ts'
import { missingGnuPG } from '../support/gpg.ts'
import { Installation } from '../support/installation.ts'
import { plainMail } from '../support/mail.ts'
import { run } from '../support/program.ts'

const skip = missingDovecot() || missingGnuPG()
const LAUNCH = fileURLToPath(new URL('../../src/launch.js', import.meta.url))
const DONE = ['embargod', 'done']

const letterFrom = (from: string) =>
  plainMail({ from, to: 'security@acme.example', subject: 's', text: `A bug, says ${from}.\n` })

test('mail that came while locked is stored and filed, and acknowledged after the unlock', {
  skip,
}, async t => {
  const acme = await Installation.make(t)
  const { dovecot, submission } = acme
  const file = join(acme.folder, 'keys', 'passphrase')
  const passphrase = (await readFile(file, 'utf8')).trim()
  const unlock = (given: string) =>
    run(process.execPath, [LAUNCH, '--config', acme.config, 'unlock'], { stdin: given })
  await writeFile(file, '')

  await acme.start()
  await acme.deliver(letterFrom('quinn@x.example'))
  await dovecot.waitForCount('security', DONE, 1, 10_000)
  assert.ok(acme.log.some(line => line.includes('"event":"locked"')))
  const socket = await stat(join(acme.folder, 'data', 'unlock.sock'))
  assert.equal(socket.mode & 0o777, 0o600)

  const check = await acme.cli('check', '--no-mail')
  assert.match(check.out, /^warn {2}key {7}\S+\/keys\/storage\.asc: its passphrase is absent or empty$/m)
  assert.match(check.out, /^warn {2}key {7}the daemon that runs is locked$/m)
  assert.equal(check.code, 0)
  const list = await acme.cli('inbound', 'list')
  assert.deepEqual([list.code, list.out], [77, ''])
  assert.match(list.problem, /passphrase is absent or empty/)

  assert.equal((await unlock('not this one\n')).code, 65)
  assert.deepEqual(submission.attempts, [])
  const unlocked = await unlock(`${passphrase}\n`)
  assert.equal(unlocked.code, 0, unlocked.stderr)
  await submission.waitFor(() => submission.mails.some(mail => mail.to.includes('quinn@x.example')), 10_000)
  assert.ok(![...acme.log, unlocked.stdout, unlocked.stderr].join('\n').includes(passphrase))
  assert.equal((await unlock(passphrase)).code, 1)
  assert.equal(await acme.stop(), 0)
})

test('one pass without the passphrase only stores; a start with it ends that, and a wrong one does not start', {
  skip,
}, async t => {
  const acme = await Installation.make(t)
  const { dovecot, submission } = acme
  const file = join(acme.folder, 'keys', 'passphrase')
  const passphrase = await readFile(file, 'utf8')
  await rm(file)
  await acme.deliver(letterFrom('riya@x.example'))
  const stored = await acme.cli('once')
  assert.equal(stored.code, 77)
  assert.match(stored.problem, /Locked: mail is stored and nothing is sent/)
  assert.equal((await dovecot.list('security', DONE)).length, 1)

  await writeFile(file, 'not this one\n', { mode: 0o600 })
  const wrong = await acme.cli('once')
  assert.equal(wrong.code, 78)
  assert.match(wrong.problem, /keys\/storage\.asc: its passphrase is wrong/)
  assert.deepEqual(submission.attempts, [])

  await writeFile(file, passphrase)
  assert.equal((await acme.cli('once')).code, 0)
  assert.deepEqual(submission.mails.flatMap(({ to }) => to).toSorted(), [
    'alice@team.example',
    'bob@team.example',
    'riya@x.example',
  ])
})
