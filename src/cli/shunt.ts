// `shunt list` and `shunt show`: mail that could not be handled, its octets only with --reveal. `retry` handles
// one once more, `drop` takes it off the list.
import { inboundId, instant } from '../model/scalars.ts'
import { formatInstant } from '../model/time.ts'
import { reading } from './reading.ts'
import { ask } from './request.ts'
import { asJson, EXIT, type Io, misused, readArgs, rowNumber, type Verb } from './verb.ts'

export const shunt: Verb = {
  name: 'shunt',
  usage: 'list [--json] | show ID [--reveal] | retry ID | drop ID',
  summary: 'mail that could not be handled; print its octets, handle it once more, or take it off the list',
  run: async (args, io) => {
    const parsed = readArgs(args, { json: { type: 'boolean' }, reveal: { type: 'boolean' } })
    if (!parsed.ok) return misused(shunt, parsed.error, io)
    const { positionals, values } = parsed.value
    const [what, id, ...rest] = positionals
    if (what === 'list' && id === undefined)
      return reading(io, ({ store }) => {
        const rows = store.inbound.list({ outcome: 'shunt', limit: 1_000 })
        if (values.json === true) io.out(asJson(rows))
        else
          for (const row of rows)
            io.out(
              `${row.id}  ${row.reason}  ${formatInstant(row.receivedAt)}  ${row.size} octets  ${row.sha256}`,
            )
        return EXIT.done
      })
    const row = rowNumber(id ?? '')
    if (row === undefined || rest.length > 0 || (what !== 'show' && what !== 'retry' && what !== 'drop'))
      return misused(shunt, 'list, or show, retry or drop and an id of that list', io)
    if (what !== 'show') return ask({ kind: 'shunt', action: what, id: row }, io)
    return showOne(row, values.reveal === true ? 'octets' : 'facts', io)
  },
}

function showOne(row: number, what: 'octets' | 'facts', io: Io): Promise<number> {
  return reading(io, async ({ store, keyring }) => {
    const found = store.inbound.row(inboundId(row))
    const raw = store.inbound.raw(inboundId(row))
    if (found?.outcome !== 'shunt' || raw === undefined) {
      io.problem(`No shunted mail has the id ${row}.`)
      return EXIT.failed
    }
    if (what === 'facts') {
      io.out(asJson(found))
      return EXIT.done
    }
    const now = instant(Temporal.Now.instant().epochMilliseconds)
    io.out(Buffer.from(await keyring.decryptFromStorage(raw, now)).toString('latin1'))
    return EXIT.done
  })
}
