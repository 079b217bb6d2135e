// `ask-key`: a constant request for the reporter's public key, which may go in clear whatever the case is about.
import { plaintext } from '../../../model/plaintext.ts'
import { defineCommand, effect, refuse } from '../command.ts'
import { caseFact, findCase, takeCase, toReporter } from './case-verbs.ts'

export const askKey = defineCommand({
  verb: 'ask-key',
  usage: 'ask-key C-…',
  summary: 'ask the reporter for their public key',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => takeCase(parsed, { named: [], block: 'none' }),
  decide: (wanted, world) => {
    const found = findCase(wanted, world)
    if (!found.ok) return found
    const { id, reporter } = found.value
    if (reporter.key !== undefined)
      return effect('noop', plaintext(`${id} has a key already: ${reporter.key.fingerprint}.`))
    if (reporter.address === undefined)
      return refuse('E-STATE', `${id} has no address to ask at. If you know one: reporter ${id} address=…`)
    return effect('ok', plaintext(`The reporter of ${id} is asked for their key, in constant words.`), {
      facts: { case: id, to: reporter.address },
      events: [{ ...caseFact(found.value, world), kind: 'asked', about: 'key' }],
      mails: toReporter(found.value, { kind: 'request', about: 'key' }),
    })
  },
})
