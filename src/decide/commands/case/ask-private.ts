// `ask-private`: a constant request to handle in private what seems to be public, or about to be.
import { plaintext } from '../../../model/plaintext.ts'
import { defineCommand, effect, refuse } from '../command.ts'
import { caseFact, findOpenCase, takeCase, toReporter } from './case-verbs.ts'

export const askPrivate = defineCommand({
  verb: 'ask-private',
  usage: 'ask-private C-…',
  summary: 'ask the reporter to keep it private until there is a fix, in constant words',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => takeCase(parsed, { named: [], block: 'none' }),
  decide: (wanted, world) => {
    const found = findOpenCase(wanted, world)
    if (!found.ok) return found
    const { id, reporter, awaits, wishes } = found.value
    if (reporter.address === undefined) return refuse('E-STATE', `${id} has no address to ask at.`)
    if (wishes.private !== undefined)
      return effect('noop', plaintext(`The reporter of ${id} has said ${wishes.private} already.`))
    if (awaits?.about === 'private')
      return effect('noop', plaintext(`The reporter of ${id} was asked and has not answered yet.`))
    return effect('ok', plaintext(`The reporter of ${id} is asked to keep it private.`), {
      facts: { case: id, awaits: 'private' },
      events: [{ ...caseFact(found.value, world), kind: 'asked', about: 'private' }],
      mails: toReporter(found.value, { kind: 'request', about: 'private' }),
    })
  },
})
