// `close`: the end of a case that is published, or of one that is nobody else's business. It says what has to be
// done first.
import type { Case } from '../../../model/case.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok, type Result } from '../../../model/result.ts'
import { whoHears } from '../../consequences.ts'
import { defineCommand, effect, type Refusal, refuse, type World } from '../command.ts'
import { caseFact, findCase, findUnpublishedCase, noticesOf, takeCase, withoutNotices } from './case-verbs.ts'

export const close = defineCommand({
  verb: 'close',
  usage: 'close C-… [as=internal]',
  summary: 'end a published case; as=internal one that concerns nobody outside',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeCase(parsed, { named: ['as'], block: 'none' })
    if (!taken.ok) return taken
    const as = taken.value.named.get('as')?.toLowerCase() ?? 'closed'
    return as === 'closed' || as === 'internal' ? ok({ ...taken.value, as } as const) : err('as= is internal')
  },
  decide: (wanted, world) => {
    const known = findCase(wanted, world)
    if (!known.ok) return known
    const { id, state } = known.value
    const { as } = wanted
    if (state === as) return effect('noop', plaintext(`${id} is ${as} already.`))
    const ready = as === 'internal' ? mayEndInside(wanted, world) : mayClose(known.value)
    if (!ready.ok) return ready
    const free = withoutNotices(ready.value, world)
    if (!free.ok) return free
    const fact = caseFact(ready.value, world)
    return effect('ok', plaintext(`${id} is ${as}.${whoHears(ready.value, as)}`), {
      facts: { case: id, state: as },
      events: [
        as === 'internal'
          ? { ...fact, kind: 'case-rejected', as, reason: plaintext('') }
          : { ...fact, kind: 'case-closed' },
      ],
    })
  },
})

function mayClose(theCase: Case): Result<Case, Refusal> {
  const { id, state, held } = theCase
  if (state !== 'published')
    return refuse(
      'E-STATE',
      `${id} is ${state}, not published; end it otherwise with reject, merge, spam or: close ${id} as=internal`,
    )
  if (held !== undefined) return refuse('E-STATE', `${id} is held; first send: release ${id} << why`)
  return ok(theCase)
}

/** What others know of already is no internal matter. */
function mayEndInside(wanted: Parameters<typeof findCase>[0], world: World): Result<Case, Refusal> {
  const found = findUnpublishedCase(wanted, world)
  if (!found.ok) return found
  const { id } = found.value
  if (found.value.public !== undefined)
    return refuse('E-STATE', `${id} is public, and so no internal matter; publish it, then: close ${id}`)
  const [notice] = noticesOf(found.value, world, 'released')
  if (notice !== undefined)
    return refuse('E-STATE', `Distributors had ${notice} about ${id}; publish it, then: close ${id}`)
  return found
}
