// `inbound list`: every mail that came and the one class it ended in; ids, digests and codes only. `verify` tells
// whose stored octets are lost, and `refetch` fetches those from the mailbox again.
import { type InboundId, inboundId, instant } from '../model/scalars.ts'
import { formatInstant } from '../model/time.ts'
import { type Lost, lostOctets } from './lost-octets.ts'
import { type Opened, reading } from './reading.ts'
import { refetchLost } from './refetching.ts'
import { showParts } from './show-parts.ts'
import { EXIT, type Io, misused, readArgs, rowNumber, type Verb } from './verb.ts'

/** The newest that are listed. */
const MOST_LISTED = 10_000

export const inbound: Verb = {
  name: 'inbound',
  usage: 'list [--json] | show ID [--reveal [--part NAME]] | verify [--json] | refetch',
  summary:
    'mail that came and what became of it; one of its parts, content only with --reveal; whose stored octets are lost; fetch those again',
  run: async (args, io) => {
    const parsed = readArgs(args, {
      json: { type: 'boolean' },
      reveal: { type: 'boolean' },
      part: { type: 'string' },
    })
    if (!parsed.ok) return misused(inbound, parsed.error, io)
    const { positionals, values } = parsed.value
    const [what, ...rest] = positionals
    const form = values.json === true ? 'json' : 'lines'
    if (what === 'show') {
      const row = rowNumber(rest[0] ?? '')
      if (row === undefined || rest.length > 1) return misused(inbound, 'show, and an id of the list', io)
      if (values.reveal === true) return showParts(inboundId(row), values.part, io)
      if (values.part !== undefined)
        return misused(inbound, 'what is in a mail is shown with --reveal only', io)
      return reading(io, opened => show(opened, inboundId(row), io))
    }
    if (values.reveal !== undefined || values.part !== undefined)
      return misused(inbound, '--reveal and --part go with show', io)
    if (rest.length > 0) return misused(inbound, 'it takes no more than one word', io)
    if (what === 'list') return reading(io, opened => list(opened, form, io))
    if (what === 'verify') return reading(io, opened => verify(opened, form, io))
    if (what === 'refetch' && form === 'lines') return refetchLost(io)
    return misused(inbound, 'list, show, verify or refetch', io)
  },
}

function show({ store }: Opened, id: InboundId, io: Io): number {
  const row = store.inbound.row(id)
  if (row === undefined) {
    io.problem(`No mail has the id ${id}.`)
    return EXIT.failed
  }
  io.out(JSON.stringify(row, null, 2))
  return EXIT.done
}

type Form = 'json' | 'lines'

function list({ store }: Opened, form: Form, io: Io): number {
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
  if (form === 'json') io.out(JSON.stringify(rows, null, 2))
  else for (const row of rows) io.out(Object.values(row).join('  '))
  return EXIT.done
}

async function verify(opened: Opened, form: Form, io: Io): Promise<number> {
  const lost = await lostOctets(opened, instant(Temporal.Now.instant().epochMilliseconds))
  const facts = lost.map(factsOf)
  if (form === 'json') io.out(JSON.stringify(facts, null, 2))
  else for (const fact of facts) io.out(Object.values(fact).join('  '))
  if (lost.length === 0) {
    if (form === 'lines') io.out('The octets of every mail are there and open.')
    return EXIT.done
  }
  io.problem('Fetch them again with: embargod inbound refetch')
  return EXIT.failed
}

const factsOf = ({ row, how, cases }: Lost) => ({
  id: row.id,
  octets: how,
  received: formatInstant(row.receivedAt),
  cases: cases.length === 0 ? '-' : cases.join(','),
  size: row.size,
  sha256: row.sha256,
})
