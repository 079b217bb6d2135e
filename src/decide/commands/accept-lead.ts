// `accept-lead`: whoever was asked to lead a case says yes.
import { plaintext } from '../../model/plaintext.ts'
import { caseFact, findOpenCase, takeCase } from './case-verbs.ts'
import { defineCommand, effect, refuse } from './command.ts'

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
    const { id, lead, leadOffered } = found.value
    const { name } = world.actor
    if (lead === name) return effect('noop', plaintext(`You lead ${id} already.`))
    if (leadOffered !== name)
      return refuse(
        'E-STATE',
        `You were not asked to lead ${id}; ask an admin for: assign ${id} lead=${name}`,
      )
    return effect('ok', plaintext(`${name} leads ${id} now.`), {
      facts: { case: id, lead: name },
      events: [{ ...caseFact(found.value, world), kind: 'case-taken', lead: name }],
    })
  },
})
