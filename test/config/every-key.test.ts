// A profile is data: whichever of its keys is changed or taken away, either mails of a small story read otherwise or the
// profile is refused by that key's name. So nothing stands in a profile that nobody would ever see.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { describe, test } from 'node:test'
import { listProfiles, PACKAGED_PROFILES } from '../../src/config/profile.ts'
import type { Policy } from '../../src/model/policy.ts'
import { CHAPTERS, type Chapter } from '../support/chapters.ts'
import { MEMBER_CHAPTERS } from '../support/member-chapters.ts'
import { type Path, ProfileText, pathText, type Read } from '../support/profile-keys.ts'
import { SWEEP } from '../support/sweep.ts'
import { tempDir } from '../support/workspace.ts'

/** Other values of a key that are tried. */
const MOST_OTHERS = 1

const seed = process.env['EMBARGOD_SEED'] ?? randomBytes(4).toString('hex')
/** Every day a fifth of the keys, others in each run, in whichever profile and place of a list each stands first. */
const isDrawn = (key: string): boolean =>
  createHash('sha256').update(`${seed} ${key}`).digest().readUInt32BE() % 5 === 0
const tried = new Set<string>()

const LISTS: readonly (Path[number] | undefined)[] = ['discussion', 'membership', 'sharing']

/** What of the list is seen is seen in its own chapters. */
const chaptersFor = ([section, key]: Path) =>
  LISTS.includes(section) || (section === 'notices' && key !== undefined && key !== 'stages')
    ? MEMBER_CHAPTERS
    : CHAPTERS

/** Prints each chapter of the written policy once for each word. */
function differs(written: Policy, prints: Map<string, string>) {
  return (policy: Policy, word: string, path: Path): string | undefined => {
    for (const [name, chapter] of Object.entries(chaptersFor(path))) {
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

/** `clocks[].nags.before[]`. */
const anyPlace = (path: Path): string => pathText(path).replace(/\[[0-9]+\]/g, '[]')

/** Words of a value that the people of the story may say: itself, or of a map or list the last ones in it. */
function wordsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [String(value)]
  return ['', ...Object.values(value).flatMap(wordsIn)].slice(-MOST_WORDS)
}

const MOST_WORDS = 3

const said = (policy: Policy): string => JSON.stringify(policy)

const EXAMPLE = 'the example'

/**
 * Profiles that come along, and of the example in which every key stands those of notices and of the list, which others
 * leave out.
 */
const profiles = new Map<string, string>()
for (const [name, file] of await listProfiles(PACKAGED_PROFILES))
  profiles.set(name, await readFile(file, 'utf8'))
const document = await readFile(new URL('../../docs/profiles.md', import.meta.url), 'utf8')
profiles.set(EXAMPLE, /```yaml\n([\s\S]+?)```/.exec(document)?.[1] ?? '')

for (const [name, text] of profiles)
  describe(`every key of ${name}`, () => {
    test('is seen in a mail, or missed by name', async t => {
      t.diagnostic(`seed ${seed}`)
      const profile = new ProfileText(text, await tempDir(t))
      const read = await profile.read()
      assert.ok(read.ok)
      const written = read.value
      const differsFrom = differs(written, new Map())
      const unseen: string[] = []
      const complain = (path: Path, why: string) => unseen.push(`${pathText(path)} ${why}`)
      for (const path of profile.paths) {
        if (name === EXAMPLE && !LISTS.includes(path[0]) && path[0] !== 'notices') continue
        const value = profile.at(path)
        const words = wordsIn(value)
        const isSeen = (policy: Policy) => words.some(word => differsFrom(policy, word, path) !== undefined)
        if (SWEEP === undefined && (tried.has(anyPlace(path)) || !isDrawn(anyPlace(path)))) continue
        tried.add(anyPlace(path))
        const without = await profile.read(path, undefined)
        if (without.ok) {
          // What is said although it is the default may as well be left out.
          const isDefault = said(without.value) === said(written)
          if (!isDefault && !isSeen(without.value)) complain(path, 'taken away')
        } else if (!names(without, path)) complain(path, 'missed without its name')
        if (typeof value === 'object') continue
        const { taken, refused } = await profile.others(path, MOST_OTHERS)
        if (!refused.every(one => names(one, path))) complain(path, 'refused without its name')
        for (const other of taken) if (!isSeen(other)) complain(path, 'changed')
      }
      assert.deepEqual(unseen, [])
    })
  })
