// `reject`: the case ends with a reason. The reason goes to the reporter encrypted; in clear only the news.
import { REJECTIONS, type Rejection } from '../../../model/case.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok } from '../../../model/result.ts'
import { whoHears } from '../../consequences.ts'
import { defineCommand, effect } from '../command.ts'
import { caseFact, findUnpublishedCase, takeCase, withoutNotices } from './case-verbs.ts'

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
    const found = findUnpublishedCase(wanted, world)
    if (!found.ok) return found
    const free = withoutNotices(found.value, world)
    if (!free.ok) return free
    const theCase = found.value
    // Spam is not argued with: an answer would tell a spammer that somebody reads.
    const told = wanted.as === 'spam' ? '\nNobody is told.' : whoHears(theCase, wanted.as)
    return effect('ok', plaintext(`${theCase.id} is closed as ${wanted.as}.${told}`), {
      facts: { case: theCase.id, state: wanted.as },
      events: [{ ...caseFact(theCase, world), kind: 'case-rejected', as: wanted.as, reason: wanted.reason }],
    })
  },
})
