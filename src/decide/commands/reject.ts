// `reject`: the case ends with a reason. The reason goes to the reporter encrypted; in clear only the news.
import { REJECTIONS, type Rejection } from '../../model/case.ts'
import { type Plaintext, plaintext } from '../../model/plaintext.ts'
import { err, ok } from '../../model/result.ts'
import { caseFact, findOpenCase, takeCase, toReporter } from './case-verbs.ts'
import { defineCommand, effect } from './command.ts'

const parseRejection = (text: string): Rejection | undefined =>
  REJECTIONS.find(one => one === text.toLowerCase())

export const reject = defineCommand({
  verb: 'reject',
  usage: `reject C-… [as=${REJECTIONS.join('|')}] << reason`,
  summary: 'end a case with a reason for the reporter',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeCase(parsed, { named: ['as'], block: 'needed' })
    if (!taken.ok) return taken
    const as = parseRejection(taken.value.named.get('as') ?? 'rejected')
    if (as === undefined) return err(`as= is one of ${REJECTIONS.join(', ')}`)
    return ok({ ...taken.value, as, reason: taken.value.block ?? plaintext('') })
  },
  decide: (wanted, world) => {
    const found = findOpenCase(wanted, world)
    if (!found.ok) return found
    const theCase = found.value
    // Spam is not argued with: an answer would tell a spammer that somebody reads.
    const told = wanted.as === 'spam' || theCase.reporter.address === undefined ? 'nobody' : 'reporter'
    const reason = theCase.reporter.key === undefined ? undefined : wanted.reason
    const mails = told === 'nobody' ? [] : toReporter(theCase, { kind: 'news', state: wanted.as, reason })
    return effect('ok', plaintext(`${theCase.id} is closed as ${wanted.as}. ${whatWasTold(told, reason)}`), {
      facts: { case: theCase.id, state: wanted.as },
      events: [{ ...caseFact(theCase, world), kind: 'case-rejected', as: wanted.as, reason: wanted.reason }],
      mails,
    })
  },
})

function whatWasTold(told: 'nobody' | 'reporter', reason: Plaintext | undefined): string {
  if (told === 'nobody') return 'Nobody is told.'
  if (reason !== undefined) return 'The reporter is told the reason.'
  return 'The reporter has no key and is told only that there is news; reply clear=yes can say more.'
}
