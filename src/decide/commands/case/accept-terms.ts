// `accept-terms`: an engineer of the fix team agrees to what the policy asks of them; the thread follows then.
import { hasAgreed } from '../../../model/fix-team.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { policyOf } from '../../../model/settings.ts'
import { defineCommand, effect, refuse } from '../command.ts'
import { caseFact, findOpenCase, takeCase } from './case-verbs.ts'

export const acceptTerms = defineCommand({
  verb: 'accept-terms',
  usage: 'accept-terms C-…',
  summary: 'agree to the terms for the fix team of a case; the thread so far follows',
  roles: ['invited', 'fix-team', 'maintainer', 'lead', 'admin'],
  nature: 'reversible',
  parse: parsed => takeCase(parsed, { named: [], block: 'none' }),
  decide: (wanted, world) => {
    const found = findOpenCase(wanted, world)
    if (!found.ok) return found
    const { id, fixTeam, project } = found.value
    const policy = policyOf(world.settings, project)
    const engineer = fixTeam.find(
      one => 'fingerprint' in world.actor && one.fingerprint === world.actor.fingerprint,
    )
    if (engineer === undefined)
      return refuse(
        'E-STATE',
        `You are not on the fix team of ${id}; an admin can send: assign ${id} fix=NAME`,
      )
    const { terms } = policy.fixTeam
    if (hasAgreed(engineer, policy) || terms === undefined)
      return effect('noop', plaintext(`There is nothing in ${id} that you still have to agree to.`))
    const { name } = engineer
    return effect('ok', plaintext(`${name} agrees to the terms for the fix team of ${id}.`), {
      facts: { case: id, engineer: name },
      events: [{ ...caseFact(found.value, world), kind: 'terms-accepted', name, terms: plaintext(terms) }],
    })
  },
})
