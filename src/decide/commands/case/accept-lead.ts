// `accept-lead`: whoever was asked to lead a case says yes.
import { plaintext } from '../../../model/plaintext.ts'
import { whoHears } from '../../consequences.ts'
import { defineCommand, effect, refuse } from '../command.ts'
import { findOpenCase, leads, takeCase } from './case-verbs.ts'

export const acceptLead = defineCommand({
  verb: 'accept-lead',
  usage: 'accept-lead C-…',
  summary: 'lead a case that you were asked to lead',
  roles: ['admin', 'maintainer', 'fix-team'],
  nature: 'reversible',
  parse: parsed => takeCase(parsed, { named: [], block: 'none' }),
  decide: (wanted, world) => {
    const found = findOpenCase(wanted, world)
    if (!found.ok) return found
    const theCase = found.value
    const { id, lead, leadOffered, leadSearch } = theCase
    const { name } = world.actor
    if (lead === name) return effect('noop', plaintext(`You lead ${id} already.`))
    const isAdmin = world.settings.admins.some(one => one.name === name)
    const wasAsked = isAdmin && leadSearch.asked.some(one => one.name === name)
    if (lead !== undefined && wasAsked && leadOffered !== name)
      return refuse(
        'E-STATE',
        `${lead} leads ${id} by now; to change that, an admin sends: assign ${id} lead=${name}`,
      )
    // Whoever is late may still have it as long as nobody else does.
    if (leadOffered !== name && !wasAsked)
      return refuse(
        'E-STATE',
        `You were not asked to lead ${id}; ask an admin for: assign ${id} lead=${name}`,
      )
    const told = theCase.state === 'new' ? whoHears(theCase, 'triaged') : ''
    return effect('ok', plaintext(`${name} leads ${id} now.${told}`), {
      facts: { case: id, lead: name },
      events: leads(theCase, name, world),
    })
  },
})
