// `access`: the lead has let an engineer of the fix team at the code, or has taken that back.
import { lackPhrase, lacksOf } from '../../../model/fix-team.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok } from '../../../model/result.ts'
import { policyOf } from '../../../model/settings.ts'
import { defineCommand, effect, refuse, worldAfter } from '../command.ts'
import { caseFact, findOpenCase, takeCase } from './case-verbs.ts'

export const access = defineCommand({
  verb: 'access',
  usage: 'access C-… NAME granted|withdrawn',
  summary: 'say that an engineer of the fix team can get at the code in which it is fixed',
  roles: ['lead', 'admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeCase(parsed, { named: [], block: 'none', after: ['the name', 'granted or withdrawn'] })
    if (!taken.ok) return taken
    const [, name = '', word = ''] = taken.value.positional.map(one => one.toLowerCase())
    if (word !== 'granted' && word !== 'withdrawn') return err(`"${word}" is neither granted nor withdrawn`)
    return ok({ ...taken.value, name, access: word } as const)
  },
  decide: (wanted, world) => {
    const found = findOpenCase(wanted, world)
    if (!found.ok) return found
    const theCase = found.value
    const { id, fixTeam, project } = theCase
    const engineer = fixTeam.find(one => one.name.toLowerCase() === wanted.name)
    if (engineer === undefined) {
      const names = fixTeam.map(one => one.name).join(', ') || 'nobody yet'
      return refuse(
        'E-UNKNOWN',
        `The fix team of ${id} is ${names}; first send: assign ${id} fix=${wanted.name}`,
      )
    }
    const { name } = engineer
    const has = engineer.access !== undefined
    if (has === (wanted.access === 'granted'))
      return effect('noop', plaintext(`${name} ${has ? 'has access already' : 'has no access anyway'}.`))
    const event = { ...caseFact(theCase, world), kind: 'access-set', name, access: wanted.access } as const
    const after = worldAfter(world, [event]).cases.get(id) ?? theCase
    const lacks = lacksOf(after, policyOf(world.settings, project)).map(lackPhrase)
    const rest = lacks.length === 0 ? 'The fix team is complete.' : `Still: ${lacks.join('; ')}.`
    const what = wanted.access === 'granted' ? 'has access to the code' : 'has no access to the code any more'
    return effect('ok', plaintext(`${name} ${what} in ${id}. ${rest}`), {
      facts: { case: id, engineer: name, access: wanted.access },
      events: [event],
    })
  },
})
