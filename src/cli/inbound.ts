// `inbound list`: every mail that came and the one class it ended in; ids, digests and codes only.
import { formatInstant } from '../model/time.ts'
import { reading } from './reading.ts'
import { EXIT, misused, readArgs, type Verb } from './verb.ts'

/** The newest that are listed. */
const MOST_LISTED = 10_000

export const inbound: Verb = {
  name: 'inbound',
  usage: 'list [--json]',
  summary: 'mail that came and what became of it',
  run: async (args, io) => {
    const parsed = readArgs(args, { json: { type: 'boolean' } })
    if (!parsed.ok) return misused(inbound, parsed.error, io)
    const { positionals, values } = parsed.value
    if (positionals.length !== 1 || positionals[0] !== 'list')
      return misused(inbound, 'list is all it can do', io)
    return reading(io, ({ store }) => {
      const rows = store.inbound.list({ limit: MOST_LISTED }).map(row => ({
        id: row.id,
        source: row.source,
        received: formatInstant(row.receivedAt),
        outcome: row.outcome ?? 'waiting',
        reason: row.reason ?? '-',
        duplicateOf: row.duplicateOf ?? '-',
        size: row.size,
        sha256: row.sha256,
        mailbox: row.mailbox,
        uidValidity: row.uidValidity,
        uid: row.uid,
      }))
      if (values.json === true) io.out(JSON.stringify(rows, null, 2))
      else for (const row of rows) io.out(Object.values(row).join('  '))
      return EXIT.done
    })
  },
}
