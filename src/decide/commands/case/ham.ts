// `ham`: what was closed as spam is none; it goes on where it was.
import { plaintext } from '../../../model/plaintext.ts'
import { defineCommand, effect, refuse } from '../command.ts'
import { caseFact, findCase, takeCase } from './case-verbs.ts'

export const ham = defineCommand({
  verb: 'ham',
  usage: 'ham C-…',
  summary: 'take back that a case is spam; it goes on where it was',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => takeCase(parsed, { named: [], block: 'none' }),
  decide: (wanted, world) => {
    const found = findCase(wanted, world)
    if (!found.ok) return found
    const { id, state, ended } = found.value
    if (ended === undefined) return effect('noop', plaintext(`${id} is ${state}.`))
    if (state !== 'spam')
      return refuse(
        'E-STATE',
        `${id} is ${state}, not spam; to open it again, send: reclassify ${id} as=report`,
      )
    return effect('ok', plaintext(`${id} is ${ended.from} again.`), {
      facts: { case: id, state: ended.from },
      events: [{ ...caseFact(found.value, world), kind: 'case-reopened', to: ended.from }],
    })
  },
})
