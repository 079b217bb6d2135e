// What the verbs about one request to join share: finding it, what its policy says, and the facts they record. Never a
// verb of its own.
import type { Application } from '../../../model/application.ts'
import type { ApplicationEvent } from '../../../model/member-event.ts'
import { plaintext } from '../../../model/plaintext.ts'
import type { Membership, Policy } from '../../../model/policy.ts'
import { err, ok, type Result } from '../../../model/result.ts'
import { type ApplicationId, parseApplicationId } from '../../../model/scalars.ts'
import { policyOf } from '../../../model/settings.ts'
import { rolesOf } from '../../authority.ts'
import {
  type Expected,
  effect,
  type Refusal,
  refuse,
  type Taken,
  takeArguments,
  type World,
} from '../command.ts'
import type { ParsedCommand } from '../grammar.ts'

export type ApplicationArguments = Taken & { readonly application: ApplicationId }

/** Arguments of a verb whose only positional one is an application: `decline A-771234 <<`. */
export function takeApplication(
  parsed: ParsedCommand,
  expected: Pick<Expected, 'named' | 'block'>,
): Result<ApplicationArguments, string> {
  const positional = ['the application (A-…)']
  const taken = takeArguments(parsed, { ...expected, positional, attachments: 'none' })
  if (!taken.ok) return taken
  const [word = ''] = taken.value.positional
  const application = parseApplicationId(word)
  return application === undefined
    ? err(`"${word}" is not an application like A-771234`)
    : ok({ ...taken.value, application })
}

/** The same for one that is somebody else's and one that does not exist. */
export const noApplication = (id: ApplicationId): Result<never, Refusal> =>
  refuse('E-UNKNOWN', `There is no application ${id}; check the number.`)

export type Found = {
  readonly application: Application
  readonly membership: Membership
  readonly policy: Policy
}

/** An application for the team, in whatever state. */
export function findApplication(
  id: ApplicationId,
  { applications, settings }: World,
): Result<Found, Refusal> {
  const application = applications.get(id)
  if (application === undefined) return noApplication(id)
  const policy = policyOf(settings, application.project)
  if (policy.membership === undefined)
    return refuse('E-POLICY', `The policy of ${application.project} lets nobody join; send: decline ${id} <<`)
  return ok({ application, policy, membership: policy.membership })
}

/** As `findApplication`, and it waits for a decision. */
export function findOpenApplication(id: ApplicationId, world: World): Result<Found, Refusal> {
  const found = findApplication(id, world)
  if (!found.ok || found.value.application.state === 'open') return found
  return refuse(
    'E-STATE',
    `${id} ended as ${found.value.application.state}; who wants to join again applies again.`,
  )
}

export const isOfTeam = (world: World): boolean => rolesOf(world.who, world).includes('admin')

type FactOf<E> = E extends ApplicationEvent ? Omit<E, 'at' | 'actor' | 'application'> : never

/** A fact about an application, by whoever sent the command. */
export const applicationFact = (
  { id }: Application,
  { now, actor }: Pick<World, 'now' | 'actor'>,
  fact: FactOf<ApplicationEvent>,
): ApplicationEvent => ({ ...fact, at: now, actor, application: id }) as ApplicationEvent

export const nothingNew = (text: string) => effect('noop', plaintext(text))
