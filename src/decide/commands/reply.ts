// `reply`: the only words of the team that reach a reporter. Encrypted where the case has a key; in clear
// only when asked for, and never for a case that came encrypted (product.md §5).
import { plaintext } from '../../model/plaintext.ts'
import { err, ok } from '../../model/result.ts'
import { caseFact, findCase, takeCase, toReporter } from './case-verbs.ts'
import { defineCommand, effect } from './command.ts'

export const reply = defineCommand({
  verb: 'reply',
  usage: 'reply C-… [clear=yes] << text',
  summary: 'write to the reporter, encrypted if their key is known',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeCase(parsed, { named: ['clear'], block: 'needed' })
    if (!taken.ok) return taken
    const clear = taken.value.named.get('clear')?.toLowerCase() ?? 'no'
    if (clear !== 'yes' && clear !== 'no') return err('clear= is yes or no')
    return ok({ ...taken.value, clear, text: taken.value.block ?? plaintext('') } as const)
  },
  decide: (wanted, world) => {
    const found = findCase(wanted, world)
    if (!found.ok) return found
    const theCase = found.value
    const { address, key } = theCase.reporter
    if (address === undefined)
      return err({ code: 'E-STATE', text: plaintext(`${theCase.id} has no address to reply to.`) })
    if (key === undefined && theCase.protection === 'encrypted')
      return err({
        code: 'E-KEY',
        text: plaintext(
          `${theCase.id} came encrypted and its reporter has no known key, so nothing goes out in clear. ` +
            'The acknowledgement asked for the key; wait for it.',
        ),
      })
    if (key === undefined && wanted.clear === 'no')
      return err({
        code: 'E-KEY',
        text: plaintext(
          `The reporter of ${theCase.id} has no known key. If the text may be read by anyone, send: ` +
            `reply ${theCase.id} clear=yes << …`,
        ),
      })
    const how = key === undefined ? 'in clear' : `encrypted to ${key.fingerprint}`
    return effect('ok', plaintext(`The reply goes to ${address}, ${how}.`), {
      facts: { case: theCase.id, to: address, protection: key === undefined ? 'clear' : 'encrypted' },
      events: [{ ...caseFact(theCase, world), kind: 'reply-sent', text: wanted.text, plan: 'no' }],
      mails: toReporter(theCase, { kind: 'reply', text: wanted.text }),
    })
  },
})
