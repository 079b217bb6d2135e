// `reclassify`: what a mail was taken for when it opened a case, put right by a person.
import { isUnpublished } from '../../model/case.ts'
import { plaintext } from '../../model/plaintext.ts'
import { err, ok } from '../../model/result.ts'
import { whoHears } from '../consequences.ts'
import { caseFact, findCase, findUnpublishedCase, takeCase, withoutNotices } from './case-verbs.ts'
import { defineCommand, effect, refuse } from './command.ts'

const KINDS = ['report', 'not-security', 'application', 'automatic'] as const

/** What the answer calls them. */
const names = {
  report: 'a report',
  'not-security': 'a bug without harm to security',
  application: 'an application for membership',
  automatic: 'mail of a machine',
} as const

export const reclassify = defineCommand({
  verb: 'reclassify',
  usage: `reclassify C-… as=${KINDS.join('|')}`,
  summary: 'say what the mail is; report opens a case again, the last two tell nobody',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeCase(parsed, { named: ['as'], block: 'none' })
    if (!taken.ok) return taken
    const as = KINDS.find(one => one === taken.value.named.get('as')?.toLowerCase())
    return as === undefined ? err(`as= is one of ${KINDS.join(', ')}`) : ok({ ...taken.value, as })
  },
  decide: (wanted, world) => {
    const known = findCase(wanted, world)
    if (!known.ok) return known
    const { id, ended, state, content } = known.value
    const fact = caseFact(known.value, world)
    const { as } = wanted
    const facts = { case: id, as }
    const isSo =
      as === 'report' ? ended === undefined && isUnpublished(known.value) : isEndedAs(as, known.value)
    if (isSo) return effect('noop', plaintext(`${id} counts as ${names[as]} already.`))
    if (as === 'report') {
      if (ended === undefined || content === 'purged')
        return refuse(
          'E-STATE',
          `${id} is ${state} and stays so; open a new one with: open from=… att:mail.eml`,
        )
      return effect('ok', plaintext(`${id} is ${ended.from} again.${whoHears(known.value, ended.from)}`), {
        facts: { ...facts, state: ended.from },
        events: [{ ...fact, kind: 'case-reopened', to: ended.from }],
      })
    }
    const found = findUnpublishedCase(wanted, world)
    if (!found.ok) return found
    const free = withoutNotices(found.value, world)
    if (!free.ok) return free
    if (as === 'not-security')
      return effect('ok', plaintext(`${id} counts as ${names[as]}.${whoHears(found.value, as)}`), {
        facts: { ...facts, state: as },
        events: [{ ...fact, kind: 'case-rejected', as, reason: plaintext('') }],
      })
    return effect('ok', plaintext(`${id} counts as ${names[as]}.\nNobody is told.`), {
      facts: { ...facts, state: 'internal' },
      events: [{ ...fact, kind: 'case-reclassified', as }],
    })
  },
})

const isEndedAs = (
  as: Exclude<(typeof KINDS)[number], 'report'>,
  { state, ended }: Parameters<typeof isUnpublished>[0],
): boolean => state === as || (ended?.told === 'nobody' && ended.reason?.open() === as)
