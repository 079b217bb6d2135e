// Bits that flip and logs that are cut (threats.md L03): noticed at the start or where it is read; what was
// committed is there or missed, never quietly less, never begun anew. A sweep tries a thousand places.
import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { alterationIn } from '../../src/instance/at-rest.ts'
import { DATABASE_FILE, MARK_FILE } from '../../src/store/database.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { Dice } from '../forgery/dice.ts'
import { upTo } from '../support/sweep.ts'
import { type TestEnd, tempDir } from '../support/workspace.ts'
import { caseId, note, opened, receive, reply, rules, settle, storeIn, unwrap, wrap } from './support.ts'

type Outcome = 'refused' | 'noticed' | 'whole'

const FILES = [DATABASE_FILE, `${DATABASE_FILE}-wal`, MARK_FILE]
const NOTES = 50

/** A folder as `kill -9` leaves it, or one that was closed in order, and what is to be read in it. */
async function usedFolder(t: TestEnd, end: 'killed' | 'closed') {
  const living = await tempDir(t)
  const store = await storeIn(living)
  const inbound = receive(store)
  settle(store, [opened(caseId(1), inbound)], { inbound, outgoing: [reply()] })
  for (let i = 0; i < NOTES; i += 1) settle(store, [note(caseId(1), `note ${i} ${'x'.repeat(500)}`)])
  const expected = notesIn(store)
  if (end === 'closed') store.close()
  const sound = new Map<string, Buffer>()
  for (const file of FILES)
    if (existsSync(join(living, file))) sound.set(file, readFileSync(join(living, file)))
  if (end === 'killed') store.close()
  const directory = await tempDir(t)
  /** Opens the folder with one file changed and says what came of it. */
  const outcomeOf = async (file: string, change: (octets: Buffer) => Buffer): Promise<Outcome> => {
    for (const name of [...FILES, `${DATABASE_FILE}-shm`]) rmSync(join(directory, name), { force: true })
    for (const [name, octets] of sound)
      writeFileSync(join(directory, name), name === file ? change(Buffer.from(octets)) : octets, {
        mode: 0o600,
      })
    const result = await openStore({ directory, mode: 'write', rules, wrap, unwrap })
    if (!result.ok) return 'refused'
    try {
      if (alterationIn(result.value) !== undefined) return 'noticed'
      assert.equal(notesIn(result.value), expected)
      return 'whole'
    } catch (error) {
      assert.ok(error instanceof Error && /BrokenSeal|Sqlite/.test(error.name), String(error))
      return 'noticed'
    } finally {
      result.value.close()
    }
  }
  return { outcomeOf, sizeOf: (file: string) => sound.get(file)?.length ?? 0 }
}

const notesIn = (store: Store): string | undefined =>
  store
    .allCases({ limit: 9 })[0]
    ?.notes.map(one => one.text.open())
    .join()

const flipped = (at: number, bit: number) => (octets: Buffer) => {
  octets[at] = (octets[at] ?? 0) ^ (1 << bit)
  return octets
}

for (const [end, file, everyday] of [
  ['closed', DATABASE_FILE, 100],
  ['killed', `${DATABASE_FILE}-wal`, 20],
  ['killed', MARK_FILE, 10],
] as const)
  test(`a flipped bit in ${file} is noticed or does no harm (${end})`, async t => {
    const { outcomeOf, sizeOf } = await usedFolder(t, end)
    const seed = randomInt(1_000_000)
    const dice = new Dice(seed)
    const outcomes = { refused: 0, noticed: 0, whole: 0 }
    for (let i = 0; i < upTo(everyday, 1_000); i += 1) {
      const [at, bit] = [dice.below(sizeOf(file)), dice.below(8)]
      try {
        outcomes[await outcomeOf(file, flipped(at, bit))] += 1
      } catch (error) {
        throw new Error(`bit ${bit} of octet ${at}, seed ${seed}`, { cause: error })
      }
    }
    t.diagnostic(JSON.stringify(outcomes))
    assert.ok(outcomes.refused + outcomes.noticed > 0)
  })

test('a bit that flips in the words of the schema is refused', async t => {
  const { outcomeOf } = await usedFolder(t, 'closed')
  for (const [words, changed] of [
    ['id TEXT NOT NULL PRIMARY KEY', 'iD TEXT NOT NULL PRIMARY KEY'],
    ['id TEXT NOT NULL PRIMARY KEY', 'ie TEXT NOT NULL PRIMARY KEY'],
    ['state TEXT NOT NULL', 'state TEXT NOT LULL'],
    [`WHERE state = 'ready' AND`, `WHERE state = 'readx' AND`],
  ] as const)
    assert.equal(
      await outcomeOf(DATABASE_FILE, octets => {
        const at = octets.indexOf(words)
        assert.ok(at > 0, words)
        octets.write(changed, at)
        return octets
      }),
      'refused',
      changed,
    )
})

test('a log that is cut anywhere is refused, and never makes for a store that lacks what was committed', async t => {
  const { outcomeOf, sizeOf } = await usedFolder(t, 'killed')
  const wal = `${DATABASE_FILE}-wal`
  const size = sizeOf(wal)
  const cuts = upTo(10, 500)
  assert.ok(size > 100_000)
  for (let i = 0; i < cuts; i += 1) {
    const at = Math.floor((i / cuts) * size)
    assert.equal(await outcomeOf(wal, octets => octets.subarray(0, at)), 'refused', `cut at ${at}`)
  }
  assert.equal(await outcomeOf(wal, octets => octets), 'whole', 'without its -shm')
})
