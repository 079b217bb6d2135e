// `accept`: the report is a vulnerability; the reporter hears of it.
import type { Reporter } from '../../model/case.ts'
import { plaintext } from '../../model/plaintext.ts'
import { caseFact, findOpenCase, takeCase, toReporter } from './case-verbs.ts'
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
    if (theCase.state === 'accepted') return effect('noop', plaintext(`${theCase.id} is accepted already.`))
    return effect('ok', plaintext(`${theCase.id} is accepted. ${whatWasTold(theCase.reporter)}`), {
      facts: { case: theCase.id, state: 'accepted' },
      events: [{ ...caseFact(theCase, world), kind: 'case-accepted' }],
      mails: toReporter(theCase, { kind: 'news', state: 'accepted', reason: undefined }),
    })
  },
})

function whatWasTold({ address, key }: Reporter): string {
  if (address === undefined) return 'No address of the reporter is known.'
  if (key !== undefined) return 'The reporter is told.'
  return 'The reporter has no key and is told only that there is news; reply clear=yes can say more.'
}
