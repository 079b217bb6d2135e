// Locale, time zone and the encoding of file names have no say in any verdict (threats.md I03, I05).
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { run } from '../support/program.ts'

const VERDICTS = join(import.meta.dirname, 'verdicts.ts')

async function verdicts(env: Readonly<Record<string, string>>) {
  const ended = await run(process.execPath, [VERDICTS], { env })
  assert.equal(ended.code, 0, ended.stderr)
  return JSON.parse(ended.stdout.toString('utf8'))
}

test('verdicts are the same in every locale and time zone, and a time that is not one instant is refused', async () => {
  const [plain, ...others] = await Promise.all([
    verdicts({ TZ: 'UTC', LANG: 'C', LC_ALL: 'C' }),
    verdicts({ TZ: 'Europe/Istanbul', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' }),
    verdicts({ TZ: 'Pacific/Apia', LANG: 'lt_LT.ISO-8859-13', LC_ALL: 'lt_LT.ISO-8859-13' }),
  ])
  for (const other of others) assert.deepEqual(other, plain)
  assert.deepEqual(
    plain.instants.map((text: string) => /^\S+Z(?= )|is not an instant|lacks/.exec(text)?.[0] ?? text),
    [
      '2026-12-09T16:00Z',
      '2026-12-09T15:00Z',
      'lacks',
      'lacks',
      'is not an instant',
      'is not an instant',
      '2026-10-25T02:30Z',
      // A clock that counts no leap seconds has no other name for it.
      '2016-12-31T23:59:59Z',
      'lacks',
      'is not an instant',
    ],
  )
  assert.deepEqual(plain.alike, [true, true, false, false, false])
})
