// `slow` and `extend`: the fix may take longer, or the embargo does, each with a reason. Recorded, told to the
// team; whom else it is discussed with is up to people.
import { isUnpublished } from '../../model/case.ts'
import { plaintext } from '../../model/plaintext.ts'
import { err, ok } from '../../model/result.ts'
import { formatInstant } from '../../model/time.ts'
import { caseFact, findOpenCase, takeCase } from './case-verbs.ts'
import { defineCommand, effect, refuse } from './command.ts'
import { futureInstant } from './dates.ts'

export const slow = defineCommand({
  verb: 'slow',
  usage: 'slow C-… << reason',
  summary: 'record that the fix may take longer, and why',
  roles: ['fix-team', 'lead', 'admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeCase(parsed, { named: [], block: 'needed' })
    return taken.ok ? ok({ ...taken.value, reason: taken.value.block ?? plaintext('') }) : taken
  },
  decide: (wanted, world) => {
    const found = findOpenCase(wanted, world)
    if (!found.ok) return found
    const { id, slowed } = found.value
    if (!isUnpublished(found.value))
      return refuse('E-STATE', `${id} is published; there is nothing to slow down.`)
    if (slowed?.reason.open() === wanted.reason.open())
      return effect('noop', plaintext(`${id} is slowed down for that reason already.`))
    return effect('ok', plaintext(`${id} is slowed down. The reason is kept; nobody outside is told.`), {
      facts: { case: id },
      events: [{ ...caseFact(found.value, world), kind: 'case-slowed', reason: wanted.reason }],
    })
  },
})

export const extend = defineCommand({
  verb: 'extend',
  usage: 'extend C-… until=2026-12-09T16:00Z << reason',
  summary: 'let the embargo last longer, with a reason',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeCase(parsed, { named: ['until'], block: 'needed' })
    if (!taken.ok) return taken
    const until = taken.value.named.get('until')
    if (until === undefined) return err('until= is missing')
    return ok({ ...taken.value, until, reason: taken.value.block ?? plaintext('') })
  },
  decide: (wanted, world) => {
    const found = findOpenCase(wanted, world)
    if (!found.ok) return found
    const { id, extended } = found.value
    if (!isUnpublished(found.value)) return refuse('E-STATE', `${id} is published; its embargo is over.`)
    const until = futureInstant('until', wanted.until, world.now)
    if (!until.ok) return until
    if (extended?.until === until.value && extended.reason.open() === wanted.reason.open())
      return effect('noop', plaintext(`${id} is extended so already.`))
    const was = extended === undefined ? '' : ` It was until ${formatInstant(extended.until)}.`
    return effect(
      'ok',
      plaintext(`The embargo of ${id} may last until ${formatInstant(until.value)}.${was}`),
      {
        facts: { case: id, until: formatInstant(until.value) },
        events: [
          {
            ...caseFact(found.value, world),
            kind: 'case-extended',
            until: until.value,
            reason: wanted.reason,
          },
        ],
      },
    )
  },
})
