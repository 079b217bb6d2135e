// `incident`: all that is known of a leak, and of the case that leaked who had what and when, in one answer; with a
// note, the case it is about, or its end, where they are given.
import { isUnpublished } from '../../../model/case.ts'
import type { Incident } from '../../../model/incident.ts'
import type { Suggestion } from '../../../model/order.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok } from '../../../model/result.ts'
import { parseCaseId, parseIncidentId } from '../../../model/scalars.ts'
import { describeIncident } from '../../sharing/incident-description.ts'
import { isOver } from '../../time/embargo.ts'
import { defineCommand, effect, refuse, takeArguments, type World, worldAfter } from '../command.ts'

const NOTE_CHARACTERS = 20_000

export const incident = defineCommand({
  verb: 'incident',
  usage: 'incident L-… [about=C-…] [close=yes] [<< note]',
  summary: 'a leak: what was told of it, and who had what of its case, since when',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeArguments(parsed, {
      positional: ['the incident (L-…)'],
      named: ['about', 'close'],
      block: parsed.block === undefined ? 'none' : 'needed',
      attachments: 'none',
    })
    if (!taken.ok) return taken
    const { positional, named, block: note } = taken.value
    const id = parseIncidentId(positional[0] ?? '')
    const [word, close] = [named.get('about'), named.get('close')?.toLowerCase()]
    const about = word === undefined ? undefined : parseCaseId(word)
    if (id === undefined) return err(`"${positional[0]}" is not an incident like L-771234`)
    if (word !== undefined && about === undefined) return err('about= is a case like C-482107')
    if (close !== undefined && close !== 'yes') return err('close= is yes, or left out')
    if ((note?.length ?? 0) > NOTE_CHARACTERS) return err(`a note has at most ${NOTE_CHARACTERS} characters`)
    return ok({ id, about, close, note })
  },
  decide: ({ id, about, close, note }, world) => {
    const found = world.incidents.get(id)
    if (found === undefined) return refuse('E-UNKNOWN', `There is no incident ${id}; check the number.`)
    if (about !== undefined && !world.cases.has(about))
      return refuse('E-UNKNOWN', `There is no case ${about}; check the number.`)
    const fact = { at: world.now, actor: world.actor, incident: id }
    const events = [
      about === undefined || (about === found.about && found.linked === 'by-team')
        ? undefined
        : ({ ...fact, kind: 'incident-linked', about } as const),
      note && ({ ...fact, kind: 'incident-told', inbound: world.inbound, text: note } as const),
      close === undefined || (found.state === 'closed' && note === undefined)
        ? undefined
        : ({ ...fact, kind: 'incident-closed' } as const),
    ].filter(event => event !== undefined)
    const after = worldAfter(world, events).incidents.get(id) ?? found
    return effect('ok', plaintext(describeIncident(after, world)), {
      facts: { incident: id, state: after.state, ...(after.about && { about: after.about }) },
      events,
      suggestions: after.state === 'closed' ? [] : nextFor(after, world),
    })
  },
})

function nextFor({ id, about, linked }: Incident, { cases, settings }: World): readonly Suggestion[] {
  const offer = (label: string, rest: string): Suggestion => ({
    label,
    body: `embargod ${settings.instance}\nincident ${id} ${rest}\n`,
  })
  const theCase = about && cases.get(about)
  const isKnown = theCase !== undefined
  const isDecided =
    linked === 'by-team' || (theCase !== undefined && (isOver(theCase) || !isUnpublished(theCase)))
  return [
    ...(isKnown && !isDecided && theCase.embargo.doubted === undefined
      ? [offer(`It is of ${about}: ask whether its embargo goes on`, `about=${about}`)]
      : []),
    ...(isKnown ? [] : [offer('Say which case leaked, behind about=', 'about=')]),
    offer('Note what you found', '<<\n\n.'),
    offer('Close it, with what came of it in the gap', 'close=yes <<\n\n.'),
  ]
}
