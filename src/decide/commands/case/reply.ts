// `reply`: the only words of the team that reach a reporter. Encrypted where the case has a key; in clear
// only when asked for, and never for a case that came encrypted (product.md §5).
import type { Case } from '../../../model/case.ts'
import { evolveCase } from '../../../model/case-evolution.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok, type Result } from '../../../model/result.ts'
import { type EmailAddress, parseEmailAddress, sameMailbox } from '../../../model/scalars.ts'
import { policyOf } from '../../../model/settings.ts'
import { metSentence } from '../../time/promises.ts'
import { defineCommand, effect, type Refusal, refuse, type Taken } from '../command.ts'
import { caseFact, findCase, takeCase, toReporter } from './case-verbs.ts'

export const reply = defineCommand({
  verb: 'reply',
  usage: 'reply C-… [plan=yes] [clear=yes] [to=ADDRESS] << text',
  summary: 'write to the reporter, encrypted if their key is known; plan=yes: it tells them our plan',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeCase(parsed, { named: ['plan', 'clear', 'to'], block: 'needed' })
    if (!taken.ok) return taken
    const plan = yesOrNo('plan', taken.value)
    if (!plan.ok) return plan
    const clear = yesOrNo('clear', taken.value)
    if (!clear.ok) return clear
    const to = taken.value.named.get('to')
    const address = to === undefined ? ok(undefined) : parseEmailAddress(to)
    if (!address.ok) return err(`to= ${address.error}`)
    const text = taken.value.block ?? plaintext('')
    return ok({ ...taken.value, plan: plan.value, clear: clear.value, to: address.value, text })
  },
  decide: (wanted, world) => {
    const found = findCase(wanted, world)
    if (!found.ok) return found
    const theCase = found.value
    const { id, reporter, protection } = theCase
    const { key } = reporter
    if (theCase.held !== undefined)
      return refuse('E-STATE', `${id} is on hold, and nothing goes to its reporter; first: release ${id}`)
    const recipient = recipientOf(theCase, wanted.to)
    if (!recipient.ok) return recipient
    const to = recipient.value
    if (key === undefined && protection === 'encrypted')
      return refuse(
        'E-KEY',
        `${id} came encrypted and its reporter has no known key, so nothing goes out in clear. ` +
          `Ask for the key: ask-key ${id}`,
      )
    if (key === undefined && wanted.clear === 'no')
      return refuse(
        'E-KEY',
        `The reporter of ${id} has no known key. Ask for one: ask-key ${id}; or, if the text may be read by ` +
          `anyone, send: reply ${id} clear=yes << …`,
      )
    const how = key === undefined ? 'in clear' : `encrypted to ${key.fingerprint}`
    const told = wanted.plan === 'yes' ? ' It counts as the plan.' : ''
    const { text, plan } = wanted
    const event = { ...caseFact(theCase, world), kind: 'reply-sent', text, plan } as const
    const met = metSentence(
      theCase,
      evolveCase(theCase, event),
      policyOf(world.settings, theCase.project),
      world.now,
    )
    return effect('ok', plaintext(`The reply in ${id} goes to ${to}, ${how}.${told}${met}`), {
      facts: { case: id, to, protection: key === undefined ? 'clear' : 'encrypted', plan: wanted.plan },
      events: [event],
      mails: toReporter(addressedTo(theCase, to), { kind: 'reply', text: wanted.text }),
    })
  },
})

function yesOrNo(name: string, { named }: Taken): Result<'yes' | 'no', string> {
  const word = named.get(name)?.toLowerCase() ?? 'no'
  return word === 'yes' || word === 'no' ? ok(word) : err(`${name}= is yes or no`)
}

/** Where the first mail names two authors, whoever sent it may only have passed it on (threats.md B01). */
function recipientOf(theCase: Case, to: EmailAddress | undefined): Result<EmailAddress, Refusal> {
  const { id, reporter, otherAuthors } = theCase
  const possible = [reporter.address, ...otherAuthors].filter(one => one !== undefined)
  const settle = `reporter ${id} address=…`
  if (to !== undefined) {
    const meant = possible.find(one => sameMailbox(one, to))
    if (meant !== undefined) return ok(meant)
    return refuse(
      'E-UNKNOWN',
      `${to} wrote nothing in ${id}. If it is the reporter's address, first: ${settle}`,
    )
  }
  if (otherAuthors.length > 0)
    return refuse(
      'E-STATE',
      `The first mail of ${id} came from ${reporter.address ?? 'no single address'}, and inside it says ` +
        `${otherAuthors.join(', ')}. Say whom you mean, with to=${possible.join(' or to=')}, or for good: ${settle}`,
    )
  if (reporter.address === undefined)
    return refuse('E-STATE', `${id} has no address to reply to. If you know one: ${settle}`)
  return ok(reporter.address)
}

/** The mail that the reply refers to was the sender's; nobody else is told its Message-ID. */
const addressedTo = (theCase: Case, to: EmailAddress): Case => ({
  ...theCase,
  reporter: { ...theCase.reporter, address: to },
  messageId: to === theCase.reporter.address ? theCase.messageId : undefined,
})
