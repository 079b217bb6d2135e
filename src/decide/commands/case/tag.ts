// `tag`: words by which a case is sorted; which of them mean something the policy says. Nobody outside the team is told.
import { err, ok } from '../../../model/result.ts'
import { defineCommand, refuse } from '../command.ts'
import { findOpenCase, recorded, unchanged } from './case-verbs.ts'
import { takeWords } from './case-words.ts'

const TAGS = 20
/** The vocabulary is closed in its shape alone. */
const tagShape = /^[a-z][a-z0-9-]{0,39}$/

export const tag = defineCommand({
  verb: 'tag',
  usage: 'tag C-… word … [-word …]',
  summary: 'add tags, and take away those with a - before them',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeWords(parsed, { named: [], block: 'none' })
    if (!taken.ok) return taken
    const words = taken.value.words.map(word => word.toLowerCase())
    if (words.length === 0) return err('the tags are missing')
    const wrong = words.find(word => !tagShape.test(word.replace(/^-/, '')))
    if (wrong !== undefined) return err(`"${wrong}" is no tag: a letter, then letters, digits and -`)
    const off = words.filter(word => word.startsWith('-')).map(word => word.slice(1))
    const on = words.filter(word => !word.startsWith('-'))
    const both = on.find(word => off.includes(word))
    if (both !== undefined) return err(`${both} is both added and taken away`)
    return ok({ ...taken.value, on, off })
  },
  decide: (wanted, world) => {
    const found = findOpenCase(wanted, world)
    if (!found.ok) return found
    const { id, tags: before } = found.value
    const kept = before.filter(one => !wanted.off.includes(one))
    const tags = [...new Set([...kept, ...wanted.on])]
    if (tags.length > TAGS)
      return refuse('E-STATE', `A case has at most ${TAGS} tags; take some away: tag ${id} -${before[0]}`)
    if (tags.join() === before.join()) return unchanged(found.value)
    const noun = tags.length === 1 ? 'tag' : 'tags'
    const sentence = `${id} has ${tags.length === 0 ? 'no tags now' : `the ${noun} ${tags.join(', ')}`}.`
    return recorded(found.value, world, { kind: 'tags-set', tags }, sentence)
  },
})
