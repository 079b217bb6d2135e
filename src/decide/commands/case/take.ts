// `take`: the sender becomes the lead of a case; a new one is triaged by it.
import { plaintext } from '../../../model/plaintext.ts'
import { whoHears } from '../../consequences.ts'
import { defineCommand, effect } from '../command.ts'
import { findOpenCase, leads, takeCase } from './case-verbs.ts'

export const take = defineCommand({
  verb: 'take',
  usage: 'take C-…',
  summary: 'become the lead of a case',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => takeCase(parsed, { named: [], block: 'none' }),
  decide: (wanted, world) => {
    const found = findOpenCase(wanted, world)
    if (!found.ok) return found
    const theCase = found.value
    const lead = world.actor.name
    if (theCase.lead === lead) return effect('noop', plaintext(`You lead ${theCase.id} already.`))
    const before = theCase.lead === undefined ? '' : ` It was led by ${theCase.lead}.`
    const told = theCase.state === 'new' ? whoHears(theCase, 'triaged') : ''
    return effect('ok', plaintext(`${lead} leads ${theCase.id} now.${before}${told}`), {
      facts: { case: theCase.id, lead },
      events: leads(theCase, lead, world),
    })
  },
})
