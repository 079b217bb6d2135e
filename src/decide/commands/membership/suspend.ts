// `suspend` and `resume`: an organisation or one contact gets nothing for a time. Suspending is a brake: it asks nobody,
// and says how many are left.
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok, type Result } from '../../../model/result.ts'
import { formatInstant } from '../../../model/time.ts'
import { findTarget, parseTarget, refuseOwn, type Target, withColleagues } from '../../membership/contacts.ts'
import { leftOn } from '../../membership/ending.ts'
import { defineCommand, type Expected, effect, refuse, type Taken, takeArguments } from '../command.ts'
import { futureInstant } from '../dates.ts'
import type { ParsedCommand } from '../grammar.ts'

export const suspend = defineCommand({
  verb: 'suspend',
  usage: 'suspend D-…|M-… [until=2026-12-09T16:00Z] << reason',
  summary: 'send an organisation or one contact nothing for now',
  roles: ['admin'],
  nature: 'brake',
  parse: parsed => takeTarget(parsed, { named: ['until'], block: 'needed' }),
  decide: ({ target, named, block }, world) => {
    const found = findTarget(target, world)
    if (!found.ok) return found
    const text = named.get('until')
    const until = text === undefined ? ok(undefined) : futureInstant('until', text, world.now)
    if (!until.ok) return until
    const { contacts } = found.value
    // Longer or shorter, and why, is said anew; else who is suspended for another reason could end that themselves.
    const some = contacts.filter(
      ({ state, suspended }) =>
        state === 'active' ||
        (suspended !== undefined && (suspended.why !== 'admin' || suspended.until !== until.value)),
    )
    const waiting = contacts.find(({ state }) => state === 'invited' || state === 'cooling')
    if (some.length === 0 && waiting !== undefined)
      return refuse('E-STATE', `${waiting.id} is not on the list yet; to stop it send: veto ${waiting.id}`)
    if (some.length === 0) return effect('noop', plaintext(`${target.id} gets nothing already.`))
    const end = until.value === undefined ? 'until you send: resume' : 'until'
    const then = until.value === undefined ? `${end} ${target.id}` : `${end} ${formatInstant(until.value)}`
    const lines = `${some.map(({ id }) => id).join(', ')} ${gets(some)} nothing ${then}\n${leftOn(some, world)}`
    return effect('ok', plaintext(lines), {
      facts: { suspended: some.length },
      events: some.map(({ id }) => {
        const fact = { at: world.now, actor: world.actor, contact: id }
        return {
          ...fact,
          kind: 'contact-suspended',
          why: 'admin',
          until: until.value,
          reason: block,
        } as const
      }),
    })
  },
})

export const resume = defineCommand({
  verb: 'resume',
  usage: 'resume D-…|M-…',
  summary: 'send an organisation or one contact notices again',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => takeTarget(parsed, { named: [], block: 'none' }),
  decide: ({ target }, world) => {
    const found = findTarget(target, world)
    if (!found.ok) return found
    const suspended = found.value.contacts.filter(({ state }) => state === 'suspended')
    const some = suspended.filter(one => one.suspended?.why !== 'acceptance')
    const own = refuseOwn(withColleagues(some, world), world)
    if (!own.ok) return own
    const [owing] = suspended
    if (some.length === 0 && owing !== undefined)
      return refuse(
        'E-STATE',
        `${owing.id} has not accepted the embargo policy as it is; that they accept it ends it.`,
      )
    if (some.length === 0) return effect('noop', plaintext(`${target.id} is not suspended.`))
    return effect('ok', plaintext(`${some.map(({ id }) => id).join(', ')} ${gets(some)} notices again.`), {
      facts: { resumed: some.length },
      events: some.map(
        ({ id }) => ({ at: world.now, actor: world.actor, contact: id, kind: 'contact-resumed' }) as const,
      ),
    })
  },
})

const gets = (some: readonly unknown[]): string => (some.length === 1 ? 'gets' : 'get')

/** An organisation or a contact, then what else the verb takes. */
export function takeTarget(
  parsed: ParsedCommand,
  { named, block }: Pick<Expected, 'named' | 'block'>,
): Result<Taken & { readonly target: Target }, string> {
  const expected = { positional: ['D-… or M-…'], named, block, attachments: 'none' } as const
  const taken = takeArguments(parsed, expected)
  if (!taken.ok) return taken
  const target = parseTarget(taken.value.positional[0] ?? '')
  return target === undefined
    ? err('an organisation is D-, a contact M-, and six digits')
    : ok({ ...taken.value, target })
}
