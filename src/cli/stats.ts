// `stats`: the figures over all cases, on the host. Counts and spans only; with --public what may be published.
import { statisticsOf } from '../decide/time/statistics.ts'
import { statisticsText } from '../decide/time/statistics-text.ts'
import { instant } from '../model/scalars.ts'
import { reading } from './reading.ts'
import { EXIT, misused, readArgs, type Verb } from './verb.ts'

export const stats: Verb = {
  name: 'stats',
  usage: '[--public] [--json]',
  summary:
    'how long things took and what was overdue, by month; with --public what may be published, by year',
  run: async (args, io) => {
    const parsed = readArgs(args, { public: { type: 'boolean' }, json: { type: 'boolean' } })
    if (!parsed.ok) return misused(stats, parsed.error, io)
    const { positionals, values } = parsed.value
    if (positionals.length > 0) return misused(stats, 'it takes no arguments', io)
    if (values.public === true && values.json === true)
      return misused(
        stats,
        '--json holds exact figures, which may not be published: leave out one of the two',
        io,
      )
    return reading(io, ({ store, config }) => {
      const scope = values.public === true ? 'publishable' : 'all'
      const now = instant(Temporal.Now.instant().epochMilliseconds)
      const figures = statisticsOf(store.eachCase('all'), config.settings, now, scope)
      io.out(values.json === true ? JSON.stringify(figures, null, 2) : statisticsText(figures, scope))
      return EXIT.done
    })
  },
}
