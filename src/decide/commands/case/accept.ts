// `accept`: the report is a vulnerability; the reporter hears of it, and where the policy says so the maintainers
// become insiders of it.
import { isAccepted } from '../../../model/case.ts'
import { evolveCase } from '../../../model/case-evolution.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { policyOf } from '../../../model/settings.ts'
import { whoHears } from '../../consequences.ts'
import { metSentence } from '../../time/promises.ts'
import { defineCommand, effect } from '../command.ts'
import { caseFact, findOpenCase, takeCase } from './case-verbs.ts'
import { sharingWith } from './share.ts'

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
    const fact = caseFact(theCase, world)
    const accepted = { ...fact, kind: 'case-accepted' } as const
    const policy = policyOf(world.settings, theCase.project)
    const met = metSentence(theCase, evolveCase(theCase, accepted), policy, world.now)
    const sharing = policy.intake.share === 'on-accept' ? sharingWith(theCase, world.settings) : undefined
    const shared = sharing?.kind === 'with' ? ` It is shared with ${sharing.names.join(', ')}.` : ''
    return effect('ok', plaintext(`${id} is ${to}.${shared}${whoHears(theCase, to)}${met}`), {
      facts: { case: id, state: to },
      events: [accepted, ...(sharing?.kind === 'with' ? [{ ...fact, kind: 'case-shared' } as const] : [])],
    })
  },
})
