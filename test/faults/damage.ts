// A data directory that is damaged, emptied, cut, edited or of a newer program, seen by the whole program
// (threats.md L03, L04, J09): it is said in one line, nothing is sent, and not one octet is written.
import assert from 'node:assert/strict'
import { chmodSync, cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { TestContext } from 'node:test'
import type { Installation } from '../support/installation.ts'

export type Damage = {
  readonly how: string
  readonly said: RegExp
  readonly does: (database: string) => void
}

const edit = (path: string, sql: string): void => {
  const database = new DatabaseSync(path)
  database.exec(sql)
  database.close()
}

/** One of each kind, seen by the program as a whole. */
export const DAMAGES: readonly Damage[] = [
  { how: 'emptied', said: /is empty although/, does: path => truncateSync(path, 0) },
  {
    how: 'begun anew',
    said: /lacks what/,
    does: path => {
      rmSync(path)
      edit(path, 'CREATE TABLE t (a)')
      chmodSync(path, 0o600)
    },
  },
  {
    how: 'with pages overwritten',
    said: /damaged/,
    does: path => writeFileSync(path, Buffer.from(readFileSync(path)).fill(0xa5, 8_192, 24_576)),
  },
  {
    how: 'with an audit row changed',
    said: /audit chain is broken at row 2:/,
    does: path => edit(path, "DROP TRIGGER audit_never_updated; UPDATE audit SET ids = '{}' WHERE seq = 2"),
  },
  { how: 'of a newer program', said: /newer program/, does: path => edit(path, 'PRAGMA user_version = 99') },
]

/** Variants of these; test/store has still more. */
export const MORE_DAMAGES: readonly Damage[] = [
  { how: 'gone', said: /is missing although/, does: path => rmSync(path) },
  {
    how: 'cut in half',
    said: /damaged|cannot be opened/,
    does: path => truncateSync(path, readFileSync(path).length / 2),
  },
  {
    how: 'with another header',
    said: /cannot be opened/,
    does: path => writeFileSync(path, Buffer.from(readFileSync(path)).fill('x', 0, 16)),
  },
  {
    how: 'with an audit row removed',
    said: /audit chain is broken at row 2:/,
    does: path =>
      edit(
        path,
        'PRAGMA foreign_keys = OFF; DROP TRIGGER audit_never_deleted; DELETE FROM audit WHERE seq = 2',
      ),
  },
]

/** Begins with a daemon that has ended; the data directory is as before in the end. */
export async function refuseDamages(
  t: TestContext,
  acme: Installation,
  damages: readonly Damage[],
): Promise<void> {
  const data = join(acme.folder, 'data')
  const [sound, database] = [join(acme.folder, 'sound'), join(data, 'embargod.db')]
  const restore = (from: string, to: string) => {
    rmSync(to, { recursive: true, force: true })
    cpSync(from, to, { recursive: true })
  }
  restore(data, sound)
  const sent = acme.submission.attempts.length
  for (const { how, said, does } of damages)
    await t.test(`a database ${how} is refused`, async () => {
      restore(sound, data)
      does(database)
      const before = contentOf(database)
      const refused = await acme.cli('run')
      assert.equal(refused.code, 78, refused.problem)
      assert.match(refused.problem, said)
      assert.equal(refused.problem.trim().split('\n').length, 1)
      assert.ok(contentOf(database).equals(before), 'something was written')
      assert.equal(acme.submission.attempts.length, sent)
    })
  restore(sound, data)
  rmSync(sound, { recursive: true })
}

function contentOf(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch {
    return Buffer.from('absent')
  }
}
