// `cancel`: stops a notice at once. A brake: no confirmation, no age limit; copies not yet sent stay here.
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok } from '../../../model/result.ts'
import { parseNoticeId } from '../../../model/scalars.ts'
import { defineCommand, effect, refuse, takeArguments } from '../command.ts'

export const cancel = defineCommand({
  verb: 'cancel',
  usage: 'cancel N-…',
  summary: 'stop a notice; copies not yet sent are never sent',
  roles: ['admin'],
  nature: 'brake',
  parse: parsed => {
    const taken = takeArguments(parsed, {
      positional: ['the notice (N-…)'],
      named: [],
      block: 'none',
      attachments: 'none',
    })
    if (!taken.ok) return taken
    const id = parseNoticeId(taken.value.positional[0] ?? '')
    return id === undefined ? err(`"${taken.value.positional[0]}" is not a notice like N-309123`) : ok(id)
  },
  decide: (id, world) => {
    const found = world.notices.get(id)
    if (found === undefined) return refuse('E-UNKNOWN', `There is no notice ${id}; check the number.`)
    if (found.state === 'cancelled') return effect('noop', plaintext(`${id} is cancelled already.`))
    const late =
      found.state === 'released' ? ' Its instant had come: outbox list tells who already has it.' : ''
    return effect('ok', plaintext(`${id} is cancelled; no further copy is sent.${late}`), {
      facts: { notice: id, state: 'cancelled' },
      events: [{ kind: 'notice-cancelled', at: world.now, actor: world.actor, notice: id }],
    })
  },
})
