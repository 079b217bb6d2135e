// Where secrets come from, what is refused, and that they never print.
import assert from 'node:assert/strict'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import { credentialPlace, readSecret, Secret, secretFile } from '../../src/config/secret.ts'
import { tempDir } from '../support/workspace.ts'
import { complete, load, problemsOf, writeInstance, writePrivate } from './support.ts'

test('a secret prints as [secret] wherever it lands', () => {
  const secret = new Secret('swordfish')
  assert.equal(secret.open(), 'swordfish')
  assert.equal(`${secret}`, '[secret]')
  assert.equal(JSON.stringify({ secret }), '{"secret":"[secret]"}')
  assert.equal(inspect({ secret }, { showHidden: true }), '{ secret: [secret] }')
})

describe('a secret file', () => {
  const contents: readonly (readonly [string, string | undefined])[] = [
    ['swordfish', 'swordfish'],
    ['swordfish\n', 'swordfish'],
    ['swordfish\r\n', 'swordfish'],
    [' sword fish ', ' sword fish '],
    ['pässwörd\n', 'pässwörd'],
    ['', undefined],
    ['\n', undefined],
  ]
  for (const [text, secret] of contents)
    test(`of ${JSON.stringify(text)} holds ${JSON.stringify(secret) ?? 'none'}`, async context => {
      const file = join(await tempDir(context), 'secret')
      await writePrivate(file, text)
      const read = await readSecret(secretFile(file))
      assert.equal(read.ok && read.value?.open(), secret)
    })

  test('of more than one line is refused', async context => {
    const file = join(await tempDir(context), 'secret')
    await writePrivate(file, 'one\ntwo\n')
    assert.deepEqual(await readSecret(secretFile(file)), {
      ok: false,
      error: `${file} holds more than one line of text`,
    })
  })

  test('that is not UTF-8 is refused without showing it', async context => {
    const file = join(await tempDir(context), 'secret')
    await writeFile(file, Uint8Array.of(0x73, 0xff, 0x74), { mode: 0o600 })
    assert.deepEqual(await readSecret(secretFile(file)), { ok: false, error: `${file} is not UTF-8 text` })
  })

  for (const mode of [0o640, 0o604, 0o620, 0o601])
    test(`of mode ${mode.toString(8)} is refused with the chmod to run`, async context => {
      const file = join(await tempDir(context), "the boss's secret")
      await writePrivate(file, 'swordfish')
      await chmod(file, mode)
      assert.deepEqual(await readSecret(secretFile(file)), {
        ok: false,
        error: `${file} is open to other users (mode 0${mode.toString(8)}): run chmod 600 '${file.replace("'", `'\\''`)}'`,
      })
    })
})

describe('a systemd credential', () => {
  const before = process.env['CREDENTIALS_DIRECTORY']
  const withCredentials = (directory: string | undefined) => {
    if (directory === undefined) delete process.env['CREDENTIALS_DIRECTORY']
    else process.env['CREDENTIALS_DIRECTORY'] = directory
  }
  const config = complete.replace('passwordFile: imap.password', 'credential: imap')

  test('is read from the service’s directory, even where an ACL shows as group', async context => {
    context.after(() => withCredentials(before))
    const instance = await writeInstance(context, config)
    const directory = join(instance, 'credentials')
    await mkdir(directory)
    withCredentials(directory)
    assert.deepEqual(await problemsOf(instance), [
      'embargod.yaml:9: imap.credential: credentials/imap is absent or empty',
    ])
    await writePrivate(join(directory, 'imap'), 'from systemd')
    await chmod(join(directory, 'imap'), 0o440)
    const read = await load(instance)
    assert.equal(read.ok && read.value.imap.password.open(), 'from systemd')
    await chmod(join(directory, 'imap'), 0o444)
    assert.deepEqual(await problemsOf(instance), [
      'embargod.yaml:9: imap.credential: credentials/imap is open to other users (mode 0444): run chmod 600 credentials/imap',
    ])
  })

  test('is absent outside of such a service', async context => {
    context.after(() => withCredentials(before))
    withCredentials(undefined)
    assert.equal(credentialPlace('imap'), undefined)
    assert.deepEqual(await problemsOf(await writeInstance(context, config)), [
      'embargod.yaml:9: imap.credential: $CREDENTIALS_DIRECTORY/imap is absent or empty',
    ])
  })

  test('names no other directory', async context => {
    const problems = await problemsOf(await writeInstance(context, config.replace('l: imap', 'l: ../imap')))
    assert.deepEqual(problems, [
      'embargod.yaml:9: imap.credential: must be the name of a systemd credential, letters, digits, . _ and -',
    ])
  })
})
