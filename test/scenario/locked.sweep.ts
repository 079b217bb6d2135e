// A passphrase that is missing (threats.md K07): mail is stored and filed, nothing is sent, everybody who asks
// hears why, and the passphrase, or a restart with it, ends it. A wrong one stops the start.
import assert from 'node:assert/strict'
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { decryptKey, encryptKey, readPrivateKey } from 'openpgp'
import { missingDovecot } from '../support/dovecot.ts'
import { missingGnuPG } from '../support/gpg.ts'
import { Installation } from '../support/installation.ts'
import { plainMail } from '../support/mail.ts'
import { checkInvariants } from '../support/oracle.ts'
import { run } from '../support/program.ts'

const skip = missingDovecot() || missingGnuPG()
const LAUNCH = fileURLToPath(new URL('../../src/launch.js', import.meta.url))
const DONE = ['embargod', 'done']

const letterFrom = (from: string) =>
  plainMail({ from, to: 'security@acme.example', subject: 's', text: `A bug, says ${from}.\n` })

test('mail that came while locked is stored, filed, and acknowledged after the unlock', { skip }, async t => {
  const acme = await Installation.make(t)
  const { dovecot, submission } = acme
  const file = join(acme.folder, 'keys', 'passphrase')
  const mailKey = join(acme.folder, 'keys', 'mail.asc')
  const [written, mailKeyWritten] = [await readFile(file, 'utf8'), await readFile(mailKey, 'utf8')]
  const passphrase = written.trim()
  const other = 'another passphrase'
  await writeFile(mailKey, await underPassphrase(mailKeyWritten, passphrase, other))
  await writeFile(file, '')
  const given = join(acme.folder, 'given')
  const unlock = async (one: string) => {
    await writeFile(given, one, { mode: 0o600 })
    return acme.cli('unlock', '--passphrase-file', given)
  }

  await acme.start()
  await acme.deliver(letterFrom('quinn@x.example'))
  await dovecot.waitForCount('security', DONE, 1)
  assert.ok(acme.log.some(line => line.includes('"event":"locked"')))
  assert.equal((await stat(join(acme.folder, 'data', 'unlock.sock'))).mode & 0o777, 0o600)

  const check = await acme.cli('check', '--no-mail')
  assert.match(check.out, /^warn {2}key {7}\S+\/keys\/storage\.asc: its passphrase is absent or empty$/m)
  assert.match(check.out, /^warn {2}key {7}the daemon that runs is locked: .* embargod unlock$/m)
  assert.equal(check.code, 0)
  const list = await acme.cli('inbound', 'list')
  assert.deepEqual([list.code, list.out], [77, ''])
  assert.match(list.problem, /passphrase is absent or empty/)

  assert.equal((await unlock('not this one\n')).code, 65)
  assert.equal((await unlock(other)).code, 77)
  assert.deepEqual(submission.attempts, [])
  const args = [LAUNCH, '--config', acme.config, 'unlock']
  const unlocked = await run(process.execPath, args, { stdin: `${passphrase}\n` })
  assert.equal(unlocked.code, 0, unlocked.stderr)
  await submission.waitFor(mail => mail.to.includes('quinn@x.example'))
  const said = [...acme.log, unlocked.stdout, unlocked.stderr].join('\n')
  assert.ok(!said.includes(passphrase) && !said.includes(other))
  assert.equal((await unlock(passphrase)).code, 1)
  assert.equal(await acme.stop(), 0)

  await t.test('one pass only stores; with the passphrase in place it goes on', async () => {
    await writeFile(mailKey, mailKeyWritten)
    await rm(file)
    await acme.deliver(letterFrom('riya@x.example'))
    const sent = submission.attempts.length
    const stored = await acme.cli('once')
    assert.equal(stored.code, 77)
    assert.match(stored.problem, /Locked: mail is stored and nothing is sent/)
    assert.equal((await dovecot.list('security', DONE)).length, 2)

    await writeFile(file, 'not this one\n', { mode: 0o600 })
    const wrong = await acme.cli('once')
    assert.equal(wrong.code, 78)
    assert.match(wrong.problem, /keys\/storage\.asc: its passphrase is wrong/)
    assert.equal(submission.attempts.length, sent)

    await writeFile(file, written)
    assert.equal((await acme.cli('once')).code, 0)
    assert.deepEqual(
      submission.mails
        .slice(sent)
        .flatMap(({ to }) => to)
        .toSorted(),
      ['alice@team.example', 'bob@team.example', 'riya@x.example'],
    )
  })

  await checkInvariants(acme, { canaries: ['A bug, says'] })
})

async function underPassphrase(armoredKey: string, from: string, to: string): Promise<string> {
  const locked = await readPrivateKey({ armoredKey })
  const privateKey = await decryptKey({ privateKey: locked, passphrase: from })
  return (await encryptKey({ privateKey, passphrase: to })).armor()
}
