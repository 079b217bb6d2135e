// `accept`: the report is a vulnerability; the reporter hears of it.
import { isAccepted } from '../../model/case.ts'
import { plaintext } from '../../model/plaintext.ts'
import { whoHears } from '../consequences.ts'
import { caseFact, findOpenCase, takeCase } from './case-verbs.ts'
import { defineCommand, effect } from './command.ts'

export const accept = defineCommand({
  verb: 'accept',
  usage: 'accept C-…',
  summary: 'the report is a vulnerability; tells the reporter',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => takeCase(parsed, { named: [], block: 'none' }),
  decide: (wanted, world) => {
    const found = findOpenCase(wanted, world)
    if (!found.ok) return found
    const theCase = found.value
    const { id, state } = theCase
    if (isAccepted(theCase)) return effect('noop', plaintext(`${id} is accepted already; it is ${state}.`))
    const to = theCase.fixTeam.length > 0 ? 'fixing' : 'accepted'
    return effect('ok', plaintext(`${id} is ${to}.${whoHears(theCase, to)}`), {
      facts: { case: id, state: to },
      events: [{ ...caseFact(theCase, world), kind: 'case-accepted' }],
    })
  },
})
