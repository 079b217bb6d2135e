// `away`: somebody of the team will not be there; alone it says who is not. What they lead stays theirs; where they
// were asked whether they would, they need not answer any more.
import { awayUntil } from '../../../model/absence.ts'
import { isOpen } from '../../../model/case.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok, type Result } from '../../../model/result.ts'
import { type Instant, later } from '../../../model/scalars.ts'
import { DAY, formatInstant, parseDuration, parseInstant } from '../../../model/time.ts'
import { caseFact } from '../case/case-verbs.ts'
import { defineCommand, effect, type Refusal, refuse, takeArguments, type World } from '../command.ts'

/** Somebody away for longer is no more of the team. */
const LONGEST = 400 * DAY

export const away = defineCommand({
  verb: 'away',
  usage: 'away [until=2026-12-09T16:00Z|14d|now]',
  summary: 'say how long you are away, now ends it; alone it lists who is',
  roles: ['admin', 'maintainer'],
  nature: 'reversible',
  parse: parsed => {
    const expected = { positional: [], named: ['until'], block: 'none', attachments: 'none' } as const
    const taken = takeArguments(parsed, expected)
    return taken.ok ? ok(taken.value.named.get('until')) : taken
  },
  decide: (until, world) => {
    const { name } = world.actor
    if (until === undefined) return effect('noop', plaintext(whoIsAway(world)))
    if (world.who === 'operator')
      return refuse('E-ROLE', 'The operator is nobody of the team; whoever is away says so by signed mail.')
    const wanted = parseUntil(until, world.now)
    if (!wanted.ok) return wanted
    const known = awayUntil(world.absences, name, world.now)
    const event = { at: world.now, actor: world.actor, absences: 'absences', kind: 'away-set', name } as const
    if (wanted.value === known)
      return effect('noop', plaintext(known === undefined ? 'You are not away.' : 'That is known already.'))
    if (wanted.value === undefined)
      return effect('ok', plaintext(`${name} is back.`), { events: [{ ...event, until: undefined }] })
    const instant = formatInstant(wanted.value)
    const open = [...world.cases.values()].filter(isOpen)
    const asked = open.filter(one => one.leadOffered === name)
    const led = open.filter(one => one.lead === name).map(({ id }) => id)
    const lines = [
      `${name} is away until ${instant}.`,
      ...asked.map(({ id }) => `${id} is not yours to lead any more.`),
      ...(led.length === 0
        ? []
        : [`You lead ${led.join(', ')} still; to hand over, send: assign C-… lead=NAME`]),
    ]
    return effect('ok', plaintext(lines.join('\n')), {
      facts: { until: instant },
      events: [
        { ...event, until: wanted.value },
        ...asked.map(one => ({ ...caseFact(one, world), kind: 'lead-left', name }) as const),
      ],
    })
  },
})

function whoIsAway({ absences, now }: World): string {
  const lines = absences.away
    .filter(one => one.until > now)
    .map(one => `${one.name} until ${formatInstant(one.until)}`)
  return lines.length === 0 ? 'Nobody is away.' : lines.join('\n')
}

/** Undefined: back now. */
function parseUntil(text: string, now: Instant): Result<Instant | undefined, Refusal> {
  if (text.toLowerCase() === 'now') return ok(undefined)
  const duration = parseDuration(text.toLowerCase())
  const parsed = duration === undefined ? parseInstant(text) : ok(later(now, duration))
  if (!parsed.ok)
    return err({ code: 'E-DATE', text: plaintext(`until=${parsed.error}; or a span like until=14d`) })
  if (parsed.value <= now)
    return refuse('E-DATE', `${text} is past; to say that you are back, send: away until=now`)
  if (parsed.value > now + LONGEST)
    return refuse('E-DATE', `${text} is more than a year away; check the year.`)
  return parsed
}
