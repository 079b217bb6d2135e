// `withdraw`: whoever asked to join takes the request back.
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok } from '../../../model/result.ts'
import { parseApplicationId } from '../../../model/scalars.ts'
import { ENDED } from '../../membership/whereabouts.ts'
import { defineCommand, effect, refuse, takeArguments } from '../command.ts'
import { applicationFact, noApplication } from './application-verbs.ts'

export const withdraw = defineCommand({
  verb: 'withdraw',
  usage: 'withdraw A-…',
  summary: 'as the applicant: take your request to join back',
  roles: ['applicant'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeArguments(parsed, {
      positional: ['the request (A-…)'],
      named: [],
      block: 'none',
      attachments: 'none',
    })
    if (!taken.ok) return taken
    const id = parseApplicationId(taken.value.positional[0] ?? '')
    return id === undefined ? err(`"${taken.value.positional[0]}" is not a request like A-771234`) : ok(id)
  },
  decide: (id, world) => {
    const found = world.applications.get(id)
    if (found === undefined || found.key?.fingerprint !== world.who) return noApplication(id)
    if (found.state === 'withdrawn') return effect('noop', plaintext(`${id} was withdrawn already.`))
    if (found.state !== 'open')
      return refuse('E-STATE', `${id} ${ENDED[found.state]}; nothing is left to withdraw.`)
    return effect('ok', plaintext(`${id} is withdrawn. To ask again, send a mail that begins with: apply`), {
      facts: { application: id },
      events: [
        applicationFact(found, world, { kind: 'application-ended', as: 'withdrawn', reason: undefined }),
      ],
    })
  },
})
