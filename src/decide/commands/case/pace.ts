// `slow`: the fix may take longer, with a reason. It is discussed by those who work on the case, and told to nobody
// else.
import { type Case, isUnpublished } from '../../../model/case.ts'
import { evolveCase } from '../../../model/case-evolution.ts'
import type { MailOrder } from '../../../model/order.ts'
import { type Plaintext, plaintext } from '../../../model/plaintext.ts'
import type { Policy } from '../../../model/policy.ts'
import { err, ok, type Result } from '../../../model/result.ts'
import { policyOf } from '../../../model/settings.ts'
import { insidersOf } from '../../authority.ts'
import { toInsider } from '../../orders.ts'
import { changedClocks } from '../../time/promises.ts'
import { defineCommand, type Effect, effect, type Refusal, refuse, type World } from '../command.ts'
import { caseFact, findOpenCase, takeCase } from './case-verbs.ts'

export const slow = defineCommand({
  verb: 'slow',
  usage: 'slow C-… << reason, or: slow C-… off',
  summary: 'let the fix take longer, where the policy allows it; all who work on it read the reason at once',
  roles: ['fix-team', 'lead', 'admin'],
  nature: 'reversible',
  parse: parsed => {
    const isEnd = parsed.block === undefined && parsed.arguments.length > 1
    const after = isEnd ? ['off'] : []
    const taken = takeCase(parsed, { named: [], block: isEnd ? 'none' : 'needed', after })
    if (!taken.ok) return taken
    if (isEnd && taken.value.positional[1]?.toLowerCase() !== 'off')
      return err('after the case it takes only off')
    return ok({ ...taken.value, reason: taken.value.block })
  },
  decide: (wanted, world) => {
    const found = findOpenCase(wanted, world)
    if (!found.ok) return found
    const theCase = found.value
    const { id, slowed } = theCase
    const { reason } = wanted
    if (reason === undefined)
      return slowed === undefined
        ? effect('noop', plaintext(`${id} is not slowed down.`))
        : atAnotherPace(theCase, world, { kind: 'slow-ended' }, `${id} is slowed down no more.`)
    if (!isUnpublished(theCase))
      return refuse('E-STATE', `${id} is published; there is nothing to slow down.`)
    const forbidden = whyNotSlow(theCase, policyOf(world.settings, theCase.project))
    if (forbidden !== undefined) return refuse('E-POLICY', forbidden)
    if (slowed?.reason.open() === reason.open())
      return effect('noop', plaintext(`${id} is slowed down for that reason already.`))
    return atAnotherPace(theCase, world, { kind: 'case-slowed', reason }, `The fix of ${id} is slowed down.`)
  },
})

/** Why the policy does not let a fix take longer, and what to do instead; undefined: it does. */
export function whyNotSlow({ id, severity }: Case, { displayName, slow: rule }: Policy): string | undefined {
  if (rule === undefined)
    return `The policy of ${displayName} lets no fix be slowed down. To disclose later, an admin sends: extend ${id} until=…`
  const { below } = rule
  if (below === undefined) return undefined
  const bound = below.toFixed(1)
  if (severity === undefined)
    return `The policy of ${displayName} lets a fix be slowed down below CVSS ${bound} only; first: severity ${id} cvss=…`
  if (severity.score < below) return undefined
  return (
    `${id} is rated ${severity.score.toFixed(1)}, and the policy of ${displayName} lets a fix be slowed down below ` +
    `${bound} only. To disclose later, an admin sends: extend ${id} until=…`
  )
}

type Pace = { readonly kind: 'slow-ended' } | { readonly kind: 'case-slowed'; readonly reason: Plaintext }

/** Everybody who works on it hears of it at once, with the address at which they discuss it. */
function atAnotherPace(theCase: Case, world: World, pace: Pace, sentence: string): Result<Effect, Refusal> {
  const event = { ...caseFact(theCase, world), ...pace }
  const after = evolveCase(theCase, event)
  const policy = policyOf(world.settings, theCase.project)
  const clocks = changedClocks(theCase, after, policy)
  const lines = [
    sentence,
    clocks.length === 0 ? 'No clock changes by it.' : `Clocks: ${clocks.join('; ')}.`,
    ...(pace.kind === 'case-slowed' && policy.slow !== undefined ? [`The policy: ${policy.slow.text}`] : []),
  ]
  const reason = pace.kind === 'case-slowed' ? [pace.reason] : []
  return effect(
    'ok',
    plaintext(
      `${lines.join('\n')}\nAll who work on it are told${pace.kind === 'case-slowed' ? ', with your reason' : ''}.`,
    ),
    {
      facts: { case: theCase.id },
      events: [event],
      mails: toAllOthers(theCase, world, [plaintext(lines.join(' ')), ...reason]),
      others: 'told',
    },
  )
}

/** These lines for everybody who works on it but whoever sent the command. */
export function toAllOthers(
  theCase: Case,
  { actor, who, settings }: World,
  lines: readonly Plaintext[],
): readonly MailOrder[] {
  const about = { project: theCase.project, case: theCase.id }
  return insidersOf(theCase, settings)
    .filter(one => one.fingerprint !== who)
    .map(one => toInsider(one, about, { kind: 'change', by: actor.name, lines }))
}
