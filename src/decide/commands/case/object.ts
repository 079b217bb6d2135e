// Somebody objects: a reporter to the date of disclosure of their case, or a member to that of a case that they were told
// of; an admin or a member who was asked to a request to join. What the line names tells which.
import type { Application } from '../../../model/application.ts'
import type { ApplicationEvent } from '../../../model/member-event.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok } from '../../../model/result.ts'
import { type ContactId, parseApplicationId } from '../../../model/scalars.ts'
import { adminWithKey, policyOf } from '../../../model/settings.ts'
import { formatInstant } from '../../../model/time.ts'
import { rolesOf } from '../../authority.ts'
import { fold, ownState } from '../../known.ts'
import { reviewMails } from '../../membership/application-orders.ts'
import { objectionsUntil } from '../../membership/standing.ts'
import { type Command, defineCommand, effect, refuse, type World } from '../command.ts'
import {
  type ApplicationArguments,
  applicationFact,
  isOfTeam,
  noApplication,
  takeApplication,
} from '../membership/application-verbs.ts'
import { memberOf } from '../membership/vouch.ts'

const REASON_CHARACTERS = 10_000

const ONE = {
  verb: 'object',
  usage: 'object C-… [<< reason], or object A-… << reason',
  summary:
    'object to the date of disclosure as the reporter, or a member who was told; or to a request to join',
  roles: ['reporter', 'member', 'admin'],
  nature: 'reversible',
} as const

const toJoining = defineCommand<ApplicationArguments>({
  ...ONE,
  parse: parsed => {
    const taken = takeApplication(parsed, { named: [], block: 'needed' })
    if (!taken.ok) return taken
    return (taken.value.block?.length ?? 0) > REASON_CHARACTERS
      ? err(`a reason has at most ${REASON_CHARACTERS} characters`)
      : ok(taken.value)
  },
  decide: (wanted, world) => {
    const application = world.applications.get(wanted.application)
    const objector = application && objectorIn(application, world)
    if (application === undefined || objector === undefined) return noApplication(wanted.application)
    const { id, project, state, completeAt, vouches } = application
    if (state !== 'open')
      return refuse('E-STATE', `${id} is decided or withdrawn; nothing more is needed of you.`)
    const policy = policyOf(world.settings, project)
    const { membership } = policy
    if (membership?.review.objection === undefined)
      return refuse('E-POLICY', `The policy of ${project} has no time for objections; write to the team.`)
    const until = completeAt && objectionsUntil(application, policy, membership)
    if (until !== undefined && world.now >= until)
      return refuse(
        'E-STATE',
        `Objections to ${id} could come until ${formatInstant(until)}; write to ${world.settings.addresses.security}.`,
      )
    const { by, actor } = objector
    const reason = plaintext(wanted.block?.open().trim() ?? '')
    const fact = { now: world.now, actor }
    const events: readonly ApplicationEvent[] = [
      applicationFact(application, fact, {
        kind: 'application-objected',
        objection: { by, at: world.now, reason },
      }),
      // Nobody gives their word for whom they would not have.
      ...vouches
        .filter(({ contact }) => contact === by)
        .map(({ contact: voucher }) =>
          applicationFact(application, fact, { kind: 'vouch-voided', voucher, why: 'objected' }),
        ),
    ]
    const after = fold(ownState(world), events).applications.get(id) ?? application
    const others = world.settings.admins.filter(({ fingerprint }) => fingerprint !== world.who)
    return effect('ok', plaintext(`${by} objects to ${id}.\nThe team reads why, and decides.`), {
      facts: { application: id },
      events,
      mails: reviewMails(after, 'objected', world, others),
      others: 'told',
    })
  },
})

type Objector = { readonly by: string | ContactId; readonly actor: World['actor'] }

/** An admin, or a member who was asked; to all others there is no such application. */
function objectorIn(application: Application, world: World): Objector | undefined {
  const { who, actor, settings } = world
  if (isOfTeam(world))
    return { by: who === 'operator' ? actor.name : (adminWithKey(settings, who)?.name ?? actor.name), actor }
  if (application.circulatedAt === undefined) return undefined
  const contact = memberOf(application, world)?.contact
  return (
    contact && {
      by: contact.id,
      actor: { kind: 'member', name: contact.id, fingerprint: contact.fingerprint },
    }
  )
}

/** With what reporters say of their cases, which `toDate` takes. */
export const objecting = (toDate: Command): Command => ({
  ...ONE,
  plan: (parsed, world) => {
    const [first] = parsed.arguments
    const named = first !== undefined && 'text' in first ? parseApplicationId(first.text) : undefined
    if (named !== undefined) return toJoining.plan(parsed, world)
    const theirs = rolesOf(world.who, world)
    if (!toDate.roles.some(role => theirs.includes(role)))
      return refuse('E-ROLE', `Your key may not object to a date; send help for what it may.`)
    return toDate.plan(parsed, { ...world, permitted: toDate.roles })
  },
})
