// The members are asked whether they know an applicant. Nothing that a stranger wrote reaches them without it (threats.md
// E18); once for each application, unless an admin asks again.
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok } from '../../../model/result.ts'
import { formatInstant } from '../../../model/time.ts'
import { isFounding, objectionsUntil } from '../../membership/standing.ts'
import { toMember } from '../../orders.ts'
import { defineCommand, effect, refuse } from '../command.ts'
import {
  type ApplicationArguments,
  applicationFact,
  findOpenApplication,
  nothingNew,
  takeApplication,
} from './application-verbs.ts'

export const circulate = defineCommand<ApplicationArguments>({
  verb: 'circulate',
  usage: 'circulate A-… [again=yes]',
  summary: 'ask all members whether they know an applicant',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeApplication(parsed, { named: ['again'], block: 'none' })
    if (!taken.ok) return taken
    const again = taken.value.named.get('again')
    return again === undefined || again === 'yes' ? ok(taken.value) : err('again= is yes, or left out')
  },
  decide: (wanted, world) => {
    const found = findOpenApplication(wanted.application, world)
    if (!found.ok) return found
    const { application, membership, policy } = found.value
    const { id, project, proven, circulatedAt, completeAt } = application
    if (proven === undefined)
      return refuse(
        'E-STATE',
        `The address and key of ${id} are not proven, so that anybody may have written it; circulate it when they are.`,
      )
    if (circulatedAt !== undefined && !wanted.named.has('again'))
      return nothingNew(
        `${id} was circulated on ${formatInstant(circulatedAt)}; to ask again, send: circulate ${id} again=yes`,
      )
    const members = world.contacts.filter(one => one.project === project && one.state === 'active')
    const founding = isFounding(project, membership, world)
    if (members.length === 0) {
      const way = founding ? 'found' : 'approve'
      return refuse('E-STATE', `Nobody is on the list of ${project} who could be asked; send: ${way} ${id}`)
    }
    const until =
      founding || completeAt === undefined ? undefined : objectionsUntil(application, policy, membership)
    const content = {
      kind: 'application-circulated',
      application,
      objections:
        membership.review.objection === undefined ? undefined : until === undefined ? 'open' : { until },
      vouches: membership.vouch?.covers ?? 'none',
    } as const
    const count = members.length === 1 ? 'The one contact' : `${members.length} contacts`
    return effect(
      'ok',
      plaintext(
        `${count} on the list of ${project} ${members.length === 1 ? 'was' : 'were'} asked about ${id}.`,
      ),
      {
        facts: { application: id, contacts: members.length },
        events: [applicationFact(application, world, { kind: 'application-circulated' })],
        mails: members.map(member => toMember(member, content)),
      },
    )
  },
})
