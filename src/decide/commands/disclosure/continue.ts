// `continue`: word came that somebody does not keep an embargo, and it goes on all the same. Another leak puts it in doubt
// again.
import { plaintext } from '../../../model/plaintext.ts'
import { policyOf } from '../../../model/settings.ts'
import { formatInstant, formatLength } from '../../../model/time.ts'
import { embargoOf } from '../../time/clocks.ts'
import { caseFact, findUnpublishedCase, takeCaseAndReason } from '../case/case-verbs.ts'
import { toAllOthers } from '../case/pace.ts'
import { defineCommand, effect } from '../command.ts'

export const continueEmbargo = defineCommand({
  verb: 'continue',
  usage: 'continue C-… << why',
  summary: 'let an embargo go on of which word came that somebody does not keep it; the reason is noted',
  roles: ['admin'],
  nature: 'reversible',
  parse: takeCaseAndReason,
  decide: (wanted, world) => {
    const found = findUnpublishedCase(wanted, world)
    if (!found.ok) return found
    const theCase = found.value
    const { id, project, embargo } = theCase
    if (embargo.doubted === undefined)
      return effect('noop', plaintext(`Nobody doubts the embargo of ${id}; it is ${embargo.state}.`))
    const { at, because } = embargo.doubted
    const ends = embargoOf(theCase, policyOf(world.settings, project))?.dueAt
    const ending =
      ends === undefined ? 'No date is set.' : `It ends ${formatInstant(ends)}, unless another leak is told.`
    const goesOn = `The embargo of ${id} goes on, decided ${formatLength(world.now - at)} after word came; why: show ${id}`
    const lines = [
      goesOn,
      ending,
      because && `${because} stays as it is; when all is found out, send: incident ${because} close=yes`,
    ].filter(line => line !== undefined)
    return effect('ok', plaintext(lines.join('\n')), {
      facts: { case: id },
      events: [{ ...caseFact(theCase, world), kind: 'embargo-continued', reason: wanted.reason }],
      // At once, unlike other changes: each of them was asked, and can break it.
      others: 'told',
      mails: toAllOthers(theCase, world, [plaintext(goesOn), plaintext(ending)]),
    })
  },
})
