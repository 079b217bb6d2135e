// What only a process of its own shows: the launcher, standard output and error, exit codes, file modes.
import assert from 'node:assert/strict'
import { stat } from 'node:fs/promises'
import { test } from 'node:test'
import { missingGnuPG } from '../support/gpg.ts'
import { Desk, embargod, embargodProcess, person } from './command-line.ts'

test('the process says and exits what the verb does', async () => {
  for (const args of [['help'], ['no-such-verb'], ['--config', '/nowhere/x.yaml', 'check']]) {
    const [process, verb] = [await embargodProcess(...args), await embargod(...args)]
    assert.deepEqual(process, verb)
  }
})

test('an instance made by the process is private to its owner', { skip: missingGnuPG() }, async t => {
  const desk = await Desk.open(t)
  const alice = await person(t, 'alice')
  await desk.write('alice.asc', await alice.exportArmored())
  const made = await embargodProcess(
    '--config',
    desk.configFile,
    'init',
    ...desk.options(...desk.admin('alice', 'alice.asc')),
  )
  assert.equal(made.code, 0, made.problems)
  assert.equal((await stat(desk.path('acme/data'))).mode & 0o777, 0o700)
  assert.equal((await stat(desk.path('acme/keys/mail.asc'))).mode & 0o777, 0o600)
})
