// `title`: what the team calls a case. It replaces the reporter's words, and nobody outside the team is told.
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok } from '../../../model/result.ts'
import { defineCommand } from '../command.ts'
import { findOpenCase, recorded, unchanged } from './case-verbs.ts'
import { takeWords } from './case-words.ts'

const TITLE_CHARACTERS = 200

export const title = defineCommand({
  verb: 'title',
  usage: 'title C-… the new title',
  summary: 'name a case; the title is for the team alone',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeWords(parsed, { named: [], block: 'none' })
    if (!taken.ok) return taken
    const text = taken.value.words.join(' ').trim()
    if (text === '') return err('the title is missing')
    if (text.length > TITLE_CHARACTERS) return err(`a title has at most ${TITLE_CHARACTERS} characters`)
    return ok({ ...taken.value, text })
  },
  decide: (wanted, world) => {
    const found = findOpenCase(wanted, world)
    if (!found.ok) return found
    if (found.value.title.open() === wanted.text) return unchanged(found.value)
    const fact = { kind: 'title-set', title: plaintext(wanted.text) } as const
    return recorded(found.value, world, fact, `${found.value.id} has its new title.`)
  },
})
