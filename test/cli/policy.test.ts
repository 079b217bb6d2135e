// `policy lint` and `policy show` on the host: what they print, and their exit codes.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { EXAMPLE } from '../../src/config/render.ts'
import { writePrivate } from '../config/support.ts'
import { cli } from '../support/verbs.ts'
import { tempDir } from '../support/workspace.ts'

const least = `displayName: Acme
team: Acme Security
calendar: { zone: UTC }
embargo: { maximum: 90d }
`

/** A configuration with profiles of its own; the rest of it is not looked at. */
async function instance(t: TestContext, profile: string) {
  const directory = await tempDir(t)
  await writePrivate(join(directory, 'embargod.yaml'), 'profiles: own\n')
  await writePrivate(join(directory, 'own/acme.yaml'), profile)
  const run = (...args: readonly string[]) =>
    cli('--config', join(directory, 'embargod.yaml'), 'policy', ...args)
  return { directory, run }
}

test('a fault is told with its line and what to do, and is exit code 78', async t => {
  const { directory, run } = await instance(t, `${least}slow: { text: slowly }\n`)
  const file = join(directory, 'own/acme.yaml')
  const line = `${file}:5: slow: stops no clock; add yields: [slow] to those that it stops, or leave it out`
  assert.deepEqual(await run('lint', 'acme'), { code: 78, out: `fault: ${line}\n`, problem: '' })
  assert.deepEqual(await run('lint', file), { code: 78, out: `fault: ${line}\n`, problem: '' })
  assert.deepEqual(await run('show', 'acme'), { code: 78, out: '', problem: `${line}\n` })
  const json = await run('lint', 'acme', '--json')
  assert.deepEqual(
    JSON.parse(json.out).map(({ weight, key }: { weight: string; key: string }) => [weight, key]),
    [['fault', 'slow']],
  )
})

test('a warning is told, and is exit code 0', async t => {
  const text = `${least}fix: { backport: all-supported }\nversions: { supported: latest }\n`
  const { run } = await instance(t, text)
  const { code, out } = await run('lint', 'acme')
  assert.equal(code, 0)
  assert.match(out, /^warning: .*acme\.yaml:5: fix\.backport: disagrees with line 6, versions\.supported: /)
})

test('without a name all profiles are looked at, of the package and of the configuration', async t => {
  const { run } = await instance(t, least)
  const { code, out } = await run('lint')
  assert.equal(code, 0)
  assert.match(out, /^acme: nothing to say against it$/m)
  assert.match(out, /^volcano: nothing to say against it$/m)
  const shown = await run('show')
  assert.match(shown.out, /^Acme \(profile acme\)\. Reports are answered by: Acme Security\.$/m)
  assert.match(shown.out, /^Volcano \(profile volcano\)\./m)
})

test('it needs no configuration, and says which profiles there are', async t => {
  const none = join(await tempDir(t), 'none.yaml')
  const shown = await cli('--config', none, 'policy', 'show', 'velero')
  assert.equal(shown.code, 0)
  assert.match(shown.out, /within 3 business days from the report, "we start a conversation with you"/)
  const unknown = await cli('--config', none, 'policy', 'show', 'nix')
  assert.equal(unknown.code, 78)
  assert.match(unknown.problem, /^There is no profile nix; there are container-service-extension, /)
  assert.equal((await cli('--config', EXAMPLE, 'policy')).code, 64)
})
