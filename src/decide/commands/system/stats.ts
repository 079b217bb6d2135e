// `stats`: how long things took and which promises were kept, by month; `stats public` leaves out all that is not
// public yet, and all that would tell of single cases.
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok } from '../../../model/result.ts'
import { statisticsOf } from '../../time/statistics.ts'
import { statisticsText } from '../../time/statistics-text.ts'
import { defineCommand, effect } from '../command.ts'

export const stats = defineCommand({
  verb: 'stats',
  usage: 'stats [public]',
  summary: 'how long things took and what was overdue, by month; public: what may be published, by year',
  roles: ['admin'],
  nature: 'reversible',
  parse: ({ arguments: given, block }) => {
    const [first, ...rest] = given
    const word = first?.kind === 'word' ? first.text.toLowerCase() : undefined
    if (block !== undefined || rest.length > 0 || (first !== undefined && word !== 'public'))
      return err('it takes nothing but public')
    return ok<'all' | 'publishable'>(first === undefined ? 'all' : 'publishable')
  },
  decide: (scope, { cases, settings, now }) => {
    const text = statisticsText(statisticsOf(cases.values(), settings, now, scope), scope)
    const last = '\nOf at most the newest 1000 cases; embargod stats on the host counts all.'
    // What is passed on must not hold in its other part what the text keeps quiet about.
    return effect('ok', plaintext(`${text}${last}`), scope === 'all' ? { facts: { cases: cases.size } } : {})
  },
})
