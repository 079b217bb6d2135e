// `strike`: an organisation on the list broke the embargo. It hears of it, and of what follows; with so many strikes as
// the policy says the team is offered to remove it, and nothing happens by itself.
import { isMember } from '../../../model/contact.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok } from '../../../model/result.ts'
import { parseDistributorId, parseIncidentId } from '../../../model/scalars.ts'
import { policyOf } from '../../../model/settings.ts'
import { toMember } from '../../orders.ts'
import { defineCommand, effect, refuse, takeArguments } from '../command.ts'

const REASON_CHARACTERS = 10_000

export const strike = defineCommand({
  verb: 'strike',
  usage: 'strike D-… [incident=L-…] << reason',
  summary: 'record that an organisation broke the embargo, and tell it',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeArguments(parsed, {
      positional: ['the organisation (D-…)'],
      named: ['incident'],
      block: 'needed',
      attachments: 'none',
    })
    if (!taken.ok) return taken
    const { positional, named, block: reason = plaintext('') } = taken.value
    const distributor = parseDistributorId(positional[0] ?? '')
    const word = named.get('incident')
    const because = word === undefined ? undefined : parseIncidentId(word)
    if (distributor === undefined) return err(`"${positional[0]}" is not an organisation like D-771234`)
    if (word !== undefined && because === undefined) return err('incident= is an incident like L-771234')
    if (reason.length > REASON_CHARACTERS) return err(`a reason has at most ${REASON_CHARACTERS} characters`)
    return ok({ distributor, because, reason })
  },
  decide: ({ distributor, because, reason }, world) => {
    const { distributors, contacts, incidents, settings } = world
    const found = distributors.find(one => one.id === distributor)
    if (found === undefined)
      return refuse('E-UNKNOWN', `There is no organisation ${distributor}; check the number.`)
    const { id, project, state, strikes } = found
    if (state !== 'active') return refuse('E-STATE', `${id} is ${state} and on the list no more.`)
    if (because !== undefined && !incidents.has(because))
      return refuse('E-UNKNOWN', `There is no incident ${because}; check the number.`)
    if (because !== undefined && strikes.some(one => one.incident === because))
      return refuse('E-STATE', `${id} was struck for ${because} already; once for an incident is enough.`)
    const leak = policyOf(settings, project).membership?.leak
    if (leak === undefined)
      return refuse('E-POLICY', `${project} has no rules for members; there are no strikes.`)
    const count = strikes.length + 1
    const told = contacts.filter(one => one.distributor === id && isMember(one))
    const content = {
      kind: 'strike',
      reason,
      incident: because,
      count,
      limit: leak.strikes,
      removal: leak.removal,
    } as const
    const remove = `remove ${id}${leak.removal === 'permanent' ? ' permanent=yes' : ''} << why`
    const next =
      count < leak.strikes
        ? `After ${leak.strikes} the policy removes it.`
        : `The policy removes it now. Nothing happens by itself: send ${remove}`
    return effect('ok', plaintext(`${id} has strike ${count} of ${leak.strikes}, and is told. ${next}`), {
      facts: { distributor: id, strikes: count, limit: leak.strikes },
      events: [
        { kind: 'distributor-struck', at: world.now, actor: world.actor, distributor: id, because, reason },
      ],
      mails: told.map(one => toMember(one, content)),
    })
  },
})
