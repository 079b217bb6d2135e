// `slow`: the fix may take longer, with a reason. Recorded, told to the team; whom else it is discussed with is up to
// people.
import { isUnpublished } from '../../model/case.ts'
import { plaintext } from '../../model/plaintext.ts'
import { ok } from '../../model/result.ts'
import { caseFact, findOpenCase, takeCase } from './case-verbs.ts'
import { defineCommand, effect, refuse } from './command.ts'

export const slow = defineCommand({
  verb: 'slow',
  usage: 'slow C-… << reason',
  summary: 'record that the fix may take longer, and why',
  roles: ['fix-team', 'lead', 'admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeCase(parsed, { named: [], block: 'needed' })
    return taken.ok ? ok({ ...taken.value, reason: taken.value.block ?? plaintext('') }) : taken
  },
  decide: (wanted, world) => {
    const found = findOpenCase(wanted, world)
    if (!found.ok) return found
    const { id, slowed } = found.value
    if (!isUnpublished(found.value))
      return refuse('E-STATE', `${id} is published; there is nothing to slow down.`)
    if (slowed?.reason.open() === wanted.reason.open())
      return effect('noop', plaintext(`${id} is slowed down for that reason already.`))
    return effect('ok', plaintext(`${id} is slowed down. The reason is kept; nobody outside is told.`), {
      facts: { case: id },
      events: [{ ...caseFact(found.value, world), kind: 'case-slowed', reason: wanted.reason }],
    })
  },
})
