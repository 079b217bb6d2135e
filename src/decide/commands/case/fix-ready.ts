// `fix-ready`: the fix is made, tested and looked at by a second person; the reporter hears of it.
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok } from '../../../model/result.ts'
import { whoHears } from '../../consequences.ts'
import { defineCommand, effect, refuse } from '../command.ts'
import { caseFact, findOpenCase, takeCase } from './case-verbs.ts'

const CHARACTERS = 500

export const fixReady = defineCommand({
  verb: 'fix-ready',
  usage: 'fix-ready C-… tested="how" lgtm="who looked at it"',
  summary: 'the fix is ready; tells the reporter',
  roles: ['fix-team', 'lead', 'admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeCase(parsed, { named: ['tested', 'lgtm'], block: 'none' })
    if (!taken.ok) return taken
    const [tested = '', lgtm = ''] = ['tested', 'lgtm'].map(name => taken.value.named.get(name)?.trim())
    if (tested === '') return err('tested= is missing')
    if (lgtm === '') return err('lgtm= is missing')
    if (tested.length > CHARACTERS || lgtm.length > CHARACTERS)
      return err(`tested= and lgtm= have at most ${CHARACTERS} characters; write more in a note`)
    return ok({ ...taken.value, tested, lgtm })
  },
  decide: (wanted, world) => {
    const found = findOpenCase(wanted, world)
    if (!found.ok) return found
    const theCase = found.value
    const { id, state, fixReady: before } = theCase
    if (state === 'new' || state === 'triaged')
      return refuse('E-STATE', `${id} is ${state}; an admin accepts it first: accept ${id}`)
    if (state === 'published') return refuse('E-STATE', `${id} is published; its fix is out.`)
    if (before?.tested.open() === wanted.tested && before.lgtm.open() === wanted.lgtm)
      return effect('noop', plaintext(`${id} is fix-ready already.`))
    return effect('ok', plaintext(`${id} is fix-ready.${whoHears(theCase, 'fix-ready')}`), {
      facts: { case: id, state: 'fix-ready' },
      events: [
        {
          ...caseFact(theCase, world),
          kind: 'fix-ready',
          tested: plaintext(wanted.tested),
          lgtm: plaintext(wanted.lgtm),
        },
      ],
    })
  },
})
