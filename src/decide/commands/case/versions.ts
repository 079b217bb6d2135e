// `affects` and `fixed`: which versions are hit, hold the fix, or will get none. Each replaces what was known before;
// nobody outside the team is told.
import { err, ok } from '../../../model/result.ts'
import { policyOf } from '../../../model/settings.ts'
import { fixWords, supportWords } from '../../policy-words.ts'
import { defineCommand } from '../command.ts'
import { findOpenCase, recorded, unchanged } from './case-verbs.ts'
import { sameTexts, takeWords, texts } from './case-words.ts'

/** Versions of one list, and the characters of each. */
const VERSIONS = 50
const VERSION_CHARACTERS = 100

export const affects = defineCommand({
  verb: 'affects',
  usage: 'affects C-… version …',
  summary: 'which versions are hit; replaces the list',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeWords(parsed, { named: [], block: 'none' })
    if (!taken.ok) return taken
    if (taken.value.words.length === 0) return err('the versions are missing')
    const versions = texts(taken.value.words, VERSIONS, VERSION_CHARACTERS)
    return versions.ok ? ok({ ...taken.value, versions: versions.value }) : versions
  },
  decide: (wanted, world) => {
    const found = findOpenCase(wanted, world)
    if (!found.ok) return found
    const { versions } = wanted
    if (sameTexts(found.value.affects, versions)) return unchanged(found.value)
    const said = supportWords(policyOf(world.settings, found.value.project))
    const sentence = `${found.value.id} affects ${listed(versions.map(one => one.open()))}.${ourPolicy(said)}`
    return recorded(found.value, world, { kind: 'affects-set', versions }, sentence)
  },
})

export const fixed = defineCommand({
  verb: 'fixed',
  usage: 'fixed C-… [version …] [wontfix=version,…]',
  summary: 'which versions hold the fix, and which will get none; replaces both lists',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeWords(parsed, { named: ['wontfix'], block: 'none' })
    if (!taken.ok) return taken
    const never = taken.value.named.get('wontfix')?.split(',') ?? []
    if (taken.value.words.length + never.length === 0) return err('the versions are missing')
    const versions = texts(taken.value.words, VERSIONS, VERSION_CHARACTERS)
    if (!versions.ok) return versions
    const wontfix = texts(never, VERSIONS, VERSION_CHARACTERS)
    if (!wontfix.ok) return wontfix
    const both = wontfix.value.find(one => versions.value.some(other => other.open() === one.open()))
    if (both !== undefined) return err(`${both.open()} is both fixed and not`)
    return ok({ ...taken.value, versions: versions.value, wontfix: wontfix.value })
  },
  decide: (wanted, world) => {
    const found = findOpenCase(wanted, world)
    if (!found.ok) return found
    const { versions, wontfix } = wanted
    const { id, fixed: before, wontfix: neverBefore } = found.value
    if (sameTexts(before, versions) && sameTexts(neverBefore, wontfix)) return unchanged(found.value)
    const never = wontfix.length === 0 ? '' : `; no fix for ${listed(wontfix.map(one => one.open()))}`
    const said = fixWords(policyOf(world.settings, found.value.project))
    const sentence = `${id} is fixed in ${listed(versions.map(one => one.open()))}${never}.${ourPolicy(said)}`
    return recorded(found.value, world, { kind: 'fixed-set', versions, wontfix }, sentence)
  },
})

/** What the policy says about it, so that nobody has to look it up. */
const ourPolicy = (words: readonly string[]): string =>
  words.length === 0 ? '' : ` Our policy: ${words.join(' ')}`

const listed = (words: readonly string[]): string => (words.length === 0 ? 'no version' : words.join(', '))
