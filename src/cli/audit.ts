// `audit verify` recomputes the chain of audit rows, and with --head looks for one that was told earlier, in a
// transcript say; `audit export` prints the rows, one JSON object a line. Ids, codes and digests only.
import { parseSha256 } from '../model/scalars.ts'
import { formatInstant } from '../model/time.ts'
import { reading } from './reading.ts'
import { EXIT, type Io, misused, readArgs, type Verb } from './verb.ts'

export const audit: Verb = {
  name: 'audit',
  usage: 'verify [--head HASH] [--json] | export',
  summary: 'whether the audit chain is whole, and still the one of an earlier head; its rows as JSON lines',
  run: async (args, io) => {
    const parsed = readArgs(args, { head: { type: 'string' }, json: { type: 'boolean' } })
    if (!parsed.ok) return misused(audit, parsed.error, io)
    const { positionals, values } = parsed.value
    const [what, ...rest] = positionals
    if (what === 'export' && rest.length === 0 && values.head === undefined) return exportRows(io)
    if (what !== 'verify' || rest.length > 0) return misused(audit, 'verify or export', io)
    const head = values.head === undefined ? undefined : parseSha256(values.head.toLowerCase())
    if (values.head !== undefined && head === undefined)
      return misused(audit, '--head is the 64 hexadecimal digits that a transcript shows', io)
    return reading(io, ({ store }) => {
      const verdict = store.audit.verify()
      const fault = !verdict.ok
        ? `The audit chain is broken at row ${verdict.seq}: that row was changed, or what it accounts for.`
        : head !== undefined && !store.audit.contains(head)
          ? 'The audit chain fits together but does not hold that head: it was rewritten, or is an older copy.'
          : undefined
      if (values.json === true) io.out(JSON.stringify({ ...verdict, ok: fault === undefined }, null, 2))
      if (fault !== undefined) {
        io.problem(fault)
        return EXIT.failed
      }
      if (values.json !== true && verdict.ok)
        io.out(`The audit chain is whole: ${verdict.rows} rows, head ${verdict.head.hash}`)
      return EXIT.done
    })
  },
}

const exportRows = (io: Io): Promise<number> =>
  reading(io, ({ store }) => {
    for (const { at, ids, ...row } of store.audit.rowsAfter(0))
      io.out(JSON.stringify({ ...row, at: formatInstant(at), ids: JSON.parse(ids) }))
    return EXIT.done
  })
