// `outbox list`: what waits, was sent, failed, or is held; ids and codes only. `retry`, `drop` and `hold` act on
// one mail.
import { formatInstant } from '../model/time.ts'
import { reading } from './reading.ts'
import { ask } from './request.ts'
import { asJson, EXIT, misused, readArgs, rowNumber, type Verb } from './verb.ts'

export const outbox: Verb = {
  name: 'outbox',
  usage: 'list [--json] | retry ID | drop ID | hold ID',
  summary: 'mail that waits, was sent, failed or is held; try one again, stop it for good, or hold it',
  run: async (args, io) => {
    const parsed = readArgs(args, { json: { type: 'boolean' } })
    if (!parsed.ok) return misused(outbox, parsed.error, io)
    const { positionals, values } = parsed.value
    const [what, id = '', ...rest] = positionals
    const row = rowNumber(id)
    if ((what === 'retry' || what === 'drop' || what === 'hold') && row !== undefined && rest.length === 0)
      return ask({ kind: 'outbox', action: what, id: row }, io)
    if (what !== 'list' || positionals.length > 1)
      return misused(outbox, 'list, or retry, drop or hold and an id of that list', io)
    return reading(io, ({ store }) => {
      const rows = store.outbox.list({ limit: 1_000 }).map(row => ({
        id: row.id,
        state: row.state,
        kind: row.kind,
        about: row.notice ?? row.case ?? '-',
        contact: row.contact ?? '-',
        copy: row.copy,
        attempts: row.attempts,
        inDoubt: row.inDoubt,
        code: row.lastCode ?? '-',
        status: row.lastStatus ?? '-',
        why: row.why ?? '-',
        due: formatInstant(row.nextAttemptAt),
      }))
      if (values.json === true) io.out(asJson(rows))
      else for (const row of rows) io.out(Object.values(row).join('  '))
      return EXIT.done
    })
  },
}
