// `merge`: a report of what another case is about already. Mail to the merged case joins the other from then
// on; its reporter hears that it is a duplicate, and nothing of the other case.
import { isOpen } from '../../../model/case.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok } from '../../../model/result.ts'
import { parseCaseId, UNROUTED } from '../../../model/scalars.ts'
import { whoHears } from '../../consequences.ts'
import { defineCommand, effect, refuse } from '../command.ts'
import { caseFact, findCase, findUnpublishedCase, takeCase, withoutNotices } from './case-verbs.ts'

export const merge = defineCommand({
  verb: 'merge',
  usage: 'merge C-… into=C-…',
  summary: 'close a case as a duplicate of another, which gets its mail from then on',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeCase(parsed, { named: ['into'], block: 'none' })
    if (!taken.ok) return taken
    const into = parseCaseId(taken.value.named.get('into') ?? '')
    if (into === undefined) return err('into= is a case like C-482107')
    return ok({ ...taken.value, into })
  },
  decide: (wanted, world) => {
    const known = findCase(wanted, world)
    if (!known.ok) return known
    if (known.value.mergedInto === wanted.into)
      return effect('noop', plaintext(`${wanted.case} is merged into ${wanted.into} already.`))
    const found = findUnpublishedCase(wanted, world)
    if (!found.ok) return found
    const other = findCase({ ...wanted, case: wanted.into, named: new Map() }, world)
    if (!other.ok) return other
    const theCase = found.value
    const target = other.value
    if (!isOpen(target))
      return refuse('E-STATE', `${target.id} ended as ${target.state}; merge into a case that is open.`)
    if (target.id === theCase.id) return refuse('E-STATE', `A case is not merged into itself; name another.`)
    if (target.project !== theCase.project && theCase.project !== UNROUTED)
      return refuse(
        'E-STATE',
        `They belong to two projects; first send: route ${theCase.id} ${target.project}`,
      )
    const free = withoutNotices(theCase, world)
    if (!free.ok) return free
    return effect(
      'ok',
      plaintext(`${theCase.id} is merged into ${target.id}.${whoHears(theCase, 'duplicate')}`),
      {
        facts: { case: theCase.id, state: 'duplicate', into: target.id },
        events: [{ ...caseFact(theCase, world), kind: 'case-merged', into: target.id }],
      },
    )
  },
})
