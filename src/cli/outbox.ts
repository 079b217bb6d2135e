// `outbox list`: what waits, was sent, failed, or is held; ids and codes only.
import { formatInstant } from '../model/time.ts'
import { reading } from './reading.ts'
import { EXIT, misused, readArgs, type Verb } from './verb.ts'

export const outbox: Verb = {
  name: 'outbox',
  usage: 'list [--json]',
  summary: 'mail that waits, was sent, failed or is held',
  run: async (args, io) => {
    const parsed = readArgs(args, { json: { type: 'boolean' } })
    if (!parsed.ok) return misused(outbox, parsed.error, io)
    const { positionals, values } = parsed.value
    if (positionals.length !== 1 || positionals[0] !== 'list')
      return misused(outbox, 'list is all it can do', io)
    return reading(io, ({ store }) => {
      const rows = store.outbox.list({ limit: 1_000 }).map(row => ({
        id: row.id,
        state: row.state,
        kind: row.kind,
        about: row.notice ?? row.case ?? '-',
        contact: row.contact ?? '-',
        attempts: row.attempts,
        inDoubt: row.inDoubt,
        code: row.lastCode ?? '-',
        why: row.why ?? '-',
        due: formatInstant(row.nextAttemptAt),
      }))
      if (values.json === true) io.out(JSON.stringify(rows, null, 2))
      else for (const row of rows) io.out(Object.values(row).join('  '))
      return EXIT.done
    })
  },
}
