// A profile is data: whichever of its keys is changed or taken away, either mails of a small story read otherwise or the
// profile is refused by that key's name. So nothing stands in a profile that nobody would ever see.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, test } from 'node:test'
import { listProfiles, PACKAGED_PROFILES } from '../../src/config/profile.ts'
import type { Policy } from '../../src/model/policy.ts'
import { CHAPTERS, type Chapter } from '../support/chapters.ts'
import { type Path, ProfileText, pathText, type Read } from '../support/profile-keys.ts'
import { tempDir } from '../support/workspace.ts'

/** Other values of a key that are tried. */
const MOST_OTHERS = 2

/** Keys that nobody sees yet, and the step of the work that will show them. */
const NOT_YET: Readonly<Record<string, string>> = {}

/** Prints each chapter of the written policy once for each word. */
function differs(written: Policy, prints: Map<string, string>) {
  return (policy: Policy, word: string): string | undefined => {
    for (const [name, chapter] of Object.entries(CHAPTERS)) {
      const about = `${name}: ${word}`
      const as = (told: Policy, run: Chapter) => run({ policy: told, written, word })
      const before = prints.get(about) ?? as(written, chapter)
      prints.set(about, before)
      if (as(policy, chapter) !== before) return name
    }
    return undefined
  }
}

/** Whether a refusal names the key: as the place of the fault, or as what another key says or lacks. */
function names(read: Read, path: Path): boolean {
  if (read.ok) return false
  const text = pathText(path)
  const word = String(path.findLast(key => typeof key === 'string')).replace(/s$/, '')
  return read.error.some(
    ({ key = '', text: why }) =>
      (key !== '' && (text.startsWith(key) || key.startsWith(text))) || why.includes(word),
  )
}

const said = (policy: Policy): string => JSON.stringify(policy)

for (const [name, file] of await listProfiles(PACKAGED_PROFILES))
  describe(`every key of ${name}`, () => {
    test('is seen in a mail, or missed by name', async t => {
      const profile = new ProfileText(await readFile(file, 'utf8'), await tempDir(t))
      const read = await profile.read()
      assert.ok(read.ok)
      const written = read.value
      const differsFrom = differs(written, new Map())
      const unseen: string[] = []
      for (const path of profile.paths) {
        const value = profile.at(path)
        const word = ['string', 'number'].includes(typeof value) ? String(value) : ''
        const key = pathText(path)
        const without = await profile.read(path, undefined)
        if (without.ok) {
          // What is said although it is the default may as well be left out.
          const same = said(without.value) === said(written)
          if (!same && differsFrom(without.value, word) === undefined) unseen.push(`${key} taken away`)
        } else if (!names(without, path)) unseen.push(`${key} missed without its name`)
        if (word === '') continue
        const { taken, refused } = await profile.others(path, MOST_OTHERS)
        if (!refused.every(one => names(one, path))) unseen.push(`${key} refused without its name`)
        for (const other of taken) if (differsFrom(other, word) === undefined) unseen.push(`${key} changed`)
      }
      assert.deepEqual(unseen, Object.keys(NOT_YET))
    })
  })
