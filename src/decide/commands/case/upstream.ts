// `upstream`: a project upstream that is hit, and when it discloses. One of the same name replaces what was known.
import { type Case, isUnpublished } from '../../../model/case.ts'
import { evolveCase } from '../../../model/case-evolution.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok } from '../../../model/result.ts'
import type { Instant } from '../../../model/scalars.ts'
import { formatInstant } from '../../../model/time.ts'
import { defineCommand, refuse } from '../command.ts'
import { futureInstant } from '../dates.ts'
import { caseFact, findOpenCase, recorded, takeCase, unchanged } from './case-verbs.ts'

const NAME_CHARACTERS = 100
/** Upstream projects of one case. */
const UPSTREAMS = 20

export const upstream = defineCommand({
  verb: 'upstream',
  usage: 'upstream C-… name=… [date=2026-12-09T16:00Z]',
  summary: 'a project upstream that is hit, and when it discloses',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeCase(parsed, { named: ['name', 'date'], block: 'none' })
    if (!taken.ok) return taken
    const name = taken.value.named.get('name')?.trim() ?? ''
    if (name === '') return err('name= is missing')
    if (name.length > NAME_CHARACTERS) return err(`name= has at most ${NAME_CHARACTERS} characters`)
    return ok({ ...taken.value, name })
  },
  decide: (wanted, world) => {
    const found = findOpenCase(wanted, world)
    if (!found.ok) return found
    const { id, upstream: known } = found.value
    const date = wanted.named.get('date')
    let instant: Instant | undefined
    if (date !== undefined) {
      const parsed = futureInstant('date', date, world.now)
      if (!parsed.ok) return parsed
      instant = parsed.value
    }
    const before = known.find(one => one.name.open() === wanted.name)
    if (before !== undefined && before.instant === instant) return unchanged(found.value)
    if (before === undefined && known.length === UPSTREAMS)
      return refuse(
        'E-STATE',
        `A case names at most ${UPSTREAMS} projects upstream; keep the rest in a note.`,
      )
    const when = instant === undefined ? 'its date is open' : `it discloses at ${formatInstant(instant)}`
    const fact = { kind: 'upstream-set', upstream: { name: plaintext(wanted.name), instant } } as const
    const after = evolveCase(found.value, { ...caseFact(found.value, world), ...fact })
    const waits = isUnpublished(after) ? earlier(after) : ''
    return recorded(found.value, world, fact, `Upstream of ${id}: ${wanted.name}; ${when}.${waits}`)
  },
})

/** That a date which people set does not wait for theirs; empty where none is, or it does. */
function earlier({ upstream: known, embargo: { disclose } }: Case): string {
  const theirs = Math.max(0, ...known.flatMap(one => one.instant ?? []))
  return disclose === undefined || theirs <= disclose
    ? ''
    : ` Our date is earlier, ${formatInstant(disclose)}; to wait for theirs, set another: plan or extend.`
}
