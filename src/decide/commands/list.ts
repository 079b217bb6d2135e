// `list`: the open cases, the newest first, without changing anything. Ids, states and leads; no titles, since
// an answer is read on many screens and `show` gives the rest.
import { isOpen } from '../../model/case.ts'
import { plaintext } from '../../model/plaintext.ts'
import { formatInstant } from '../../model/time.ts'
import { defineCommand, effect, takeArguments } from './command.ts'

/** Lines of one answer. */
const MOST_LISTED = 200

export const list = defineCommand({
  verb: 'list',
  usage: 'list',
  summary: 'the open cases, the newest first',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => takeArguments(parsed, { positional: [], named: [], block: 'none', attachments: 'none' }),
  decide: (_wanted, { cases }) => {
    const open = [...cases.values()].filter(isOpen).sort((a, b) => b.receivedAt - a.receivedAt)
    const lines = open
      .slice(0, MOST_LISTED)
      .map(
        one =>
          `${one.id}  ${one.project}  ${one.state}  ${formatInstant(one.receivedAt)}  lead ${one.lead ?? 'nobody'}`,
      )
    if (open.length > MOST_LISTED) lines.push('The older ones are left out.')
    return effect('ok', plaintext(lines.length === 0 ? 'No case is open.' : lines.join('\n')), {
      facts: { open: open.length },
    })
  },
})
