// Letting an organisation on the list: what stands in the way, and all that comes of it. The same for an approval and
// for a founding member; who must agree beside whoever sends it is said here, too.
import type { Application } from '../../model/application.ts'
import type { Contact } from '../../model/contact.ts'
import { evolveContact } from '../../model/contact.ts'
import type { Event } from '../../model/event.ts'
import type { ContactEvent } from '../../model/member-event.ts'
import { missingWords } from '../../model/missing.ts'
import type { MailOrder } from '../../model/order.ts'
import { ok, type Result } from '../../model/result.ts'
import type { ContactId, Fingerprint } from '../../model/scalars.ts'
import { adminWithKey } from '../../model/settings.ts'
import { formatInstant } from '../../model/time.ts'
import { type Refusal, refuse, type World } from '../commands/command.ts'
import type { Found } from '../commands/membership/application-verbs.ts'
import { toApplicant } from './application-orders.ts'
import { isContact, isInvolved, isOwnOrganisation, personOf } from './kinship.ts'
import { activeOf, faultPhrases, isFounding, objectionsUntil } from './standing.ts'
import { judgedVouches, lacksOf, mayBeWaived } from './vouching.ts'

export type Choice = {
  readonly class: string | undefined
  readonly contactKind: Contact['kind'] | undefined
  /** Vouches that count although whoever gave them is no active member any more. */
  readonly waived: readonly ContactId[]
  /** `founding`: without vouches. */
  readonly how: 'application' | 'founding'
}

export type Admission = {
  readonly events: readonly Event[]
  readonly mails: readonly MailOrder[]
  /** Admins who are the applicant, or of their organisation: they neither send nor confirm it. */
  readonly barred: readonly Fingerprint[]
  /** Others who can confirm it, each person once. */
  readonly others: number
  /** What an admin should see before they confirm, a line each. */
  readonly remarks: readonly string[]
}

/** Undefined: nothing stands in the way. */
type Obstacle = Result<never, Refusal> | undefined

export function admission(found: Found, choice: Choice, world: World): Result<Admission, Refusal> {
  const { application } = found
  const barred = world.settings.admins
    .filter(admin => isInvolved(admin, application, world))
    .map(({ fingerprint }) => fingerprint)
  const obstacle =
    involvement(application, barred, world) ??
    pastObstacle(application, world) ??
    presentObstacle(application, world) ??
    lackObstacle(found, choice, world) ??
    windowObstacle(found, choice, world) ??
    roomObstacle(found, choice, world)
  if (obstacle !== undefined) return obstacle
  return ok({
    ...admitted(found, choice, world),
    barred,
    others: othersThan(barred, world),
    remarks: [...remarksOf(application, choice, world)],
  })
}

/** A person counts once, whatever keys they have (threats.md A22). */
function othersThan(barred: readonly Fingerprint[], { who, settings }: World): number {
  const kept = [...barred.map(key => personOf(key, settings)), personOf(who, settings)]
  const persons = settings.admins.map(({ fingerprint }) => personOf(fingerprint, settings))
  return new Set(persons.filter(person => !kept.includes(person))).size
}

/** Nobody lets themselves in (threats.md A23). */
function involvement(
  { id }: Application,
  barred: readonly Fingerprint[],
  { who, settings }: World,
): Obstacle {
  const persons = barred.map(key => personOf(key, settings))
  if (!persons.includes(personOf(who, settings))) return undefined
  return refuse(
    'E-ROLE',
    `${id} is your own, or of an organisation of yours; another admin must decide on it.`,
  )
}

/** Who was removed for good is never let in again, under the same name, address or key. */
function pastObstacle(application: Application, world: World): Obstacle {
  const former = formerOf(application, world).find(({ end }) => end?.how === 'permanent')
  if (former === undefined) return undefined
  return refuse(
    'E-POLICY',
    `${application.id} is of ${former.id}, which was removed for good on ${formatInstant(former.end?.at ?? former.joinedAt)}; send: decline ${application.id} <<`,
  )
}

/** Organisations that were on the list and are the applicant's. */
const formerOf = (application: Application, world: World) =>
  world.distributors.filter(
    one =>
      one.project === application.project &&
      one.state !== 'active' &&
      isOwnOrganisation(application, one, world),
  )

/** A second organisation of the same people would have their word counted twice. */
function presentObstacle(application: Application, world: World): Obstacle {
  const { id, project } = application
  const known = world.contacts.find(
    one =>
      one.project === project &&
      one.state !== 'left' &&
      one.state !== 'removed' &&
      isContact(application, one),
  )
  if (known !== undefined)
    return refuse(
      'E-STATE',
      `The address or key of ${id} is that of ${known.id} on the list already; send: decline ${id} <<`,
    )
  const named = activeOf(project, world).find(one => isOwnOrganisation(application, one, world))
  if (named === undefined) return undefined
  return refuse(
    'E-STATE',
    `${named.id} is on the list under that name; its own contact adds others by: contact add; send: decline ${id} <<`,
  )
}

function lackObstacle({ application, membership }: Found, { waived, how }: Choice, world: World): Obstacle {
  const { id } = application
  const judged = judgedVouches(application, world)
  const idle = waived.find(
    contact => !judged.some(({ vouch, fault }) => vouch.contact === contact && mayBeWaived(fault)),
  )
  if (idle !== undefined)
    return refuse(
      'E-STATE',
      `${idle} has no vouch for ${id} that became void; leave out without-vouch=${idle}`,
    )
  const lacks = lacksOf(application, membership, world, waived).filter(
    ({ kind }) => kind !== 'vouches' || how === 'application',
  )
  if (lacks.length === 0) return undefined
  const lost = judged.filter(({ fault }) => mayBeWaived(fault))
  const ways = lost.map(
    ({ vouch, fault }) =>
      `${vouch.contact} vouched and ${fault && faultPhrases[fault]}; to let that count all the same, with one other of the team: approve ${id} without-vouch=${vouch.contact}`,
  )
  if (lacks.every(({ kind }) => kind === 'vouches') && isFounding(application.project, membership, world))
    return refuse('E-STATE', `Too few are on the list to vouch for anybody; send: found ${id}`)
  const sentence = `${id} still lacks ${lacks.map(missingWords).join(', ')}; the applicant sees it by: status ${id}`
  return refuse('E-STATE', [sentence, ...ways].join('\n'))
}

/** Founding waits for nobody: too few are on the list to be asked. */
function windowObstacle(
  { application, policy, membership }: Found,
  { how }: Choice,
  { now }: World,
): Obstacle {
  if (how === 'founding') return undefined
  const until = objectionsUntil(application, policy, membership)
  if (until === undefined || now >= until) return undefined
  return refuse(
    'E-POLICY',
    `Objections to ${application.id} may come until ${formatInstant(until)}; send it then.`,
  )
}

function roomObstacle({ application, membership }: Found, choice: Choice, world: World): Obstacle {
  const { classes, contacts, most } = membership
  const names = classes.map(({ name }) => name)
  if (choice.class === undefined && names.length > 0)
    return refuse('E-SYNTAX', `class= is missing; it is one of ${names.join(', ')}`)
  if (choice.class !== undefined && !names.includes(choice.class))
    return refuse(
      'E-POLICY',
      names.length === 0
        ? 'The policy has no classes; leave out class='
        : `There is no class ${choice.class}; it is one of ${names.join(', ')}`,
    )
  if (choice.contactKind !== undefined && contacts.kind !== 'any' && choice.contactKind !== contacts.kind)
    return refuse('E-POLICY', `By the policy a contact is a ${contacts.kind}; leave out contact=`)
  if (most !== undefined && activeOf(application.project, world).length >= most)
    return refuse('E-POLICY', `The list is full: the policy has room for ${most}; one has to leave first.`)
  return undefined
}

function* remarksOf(application: Application, { waived }: Choice, world: World): Generator<string, void> {
  for (const contact of waived) {
    const fault = judgedVouches(application, world).find(({ vouch }) => vouch.contact === contact)?.fault
    yield `The vouch of ${contact} counts, although ${contact} ${fault && faultPhrases[fault]}.`
  }
  for (const { by, at } of application.objections) yield `${by} objected on ${formatInstant(at)}.`
  for (const { id, end } of formerOf(application, world))
    if (end !== undefined)
      yield `It was on the list as ${id}, and ${end.how === 'left' ? 'left' : 'was removed'} on ${formatInstant(end.at)}.`
}

function admitted(
  { application, membership }: Found,
  choice: Choice,
  world: World,
): Pick<Admission, 'events' | 'mails'> {
  const { id, project, address, answers, key, acceptance } = application
  const [distributor] = world.fresh.distributors
  const [contact] = world.fresh.contacts
  if (distributor === undefined || contact === undefined) throw new Error('no unused ids')
  const { organisation, name } = answers
  if (organisation === undefined || name === undefined || key === undefined)
    throw new Error('an application that lacks nothing has all of these')
  const fact = { at: world.now, actor: world.actor }
  const counted = judgedVouches(application, world).filter(
    ({ vouch, fault }) => fault === undefined || choice.waived.includes(vouch.contact),
  )
  const kind = choice.contactKind ?? (membership.contacts.kind === 'person' ? 'person' : 'role')
  const named: Extract<ContactEvent, { kind: 'contact-named' }> = {
    ...fact,
    kind: 'contact-named',
    contact,
    project,
    of: distributor,
    organisation,
    name,
    address,
    contactKind: kind,
    manages: 'all',
    key,
    as: 'active',
    token: undefined,
    acceptance,
  }
  const notices = membership.lateJoiners === 'embargoed' ? 'follow' : 'none'
  return {
    events: [
      { ...fact, kind: 'application-ended', application: id, as: 'approved', reason: undefined },
      {
        ...fact,
        kind: 'distributor-joined',
        distributor,
        project,
        name: organisation,
        class: choice.class,
        joined: { how: choice.how, from: id },
        vouchedBy: [...new Set(counted.map(({ vouch }) => vouch.distributor))],
        approvedBy: [...new Set([nameOf(world), ...world.agreed])],
      },
      named,
    ],
    mails: [
      toApplicant(application, {
        kind: 'member-welcome',
        contact: evolveContact(undefined, named),
        notices,
      }),
    ],
  }
}

/** The short name of whoever lets them in, as the team knows them. */
const nameOf = ({ who, actor, settings }: World): string =>
  (who === 'operator' ? undefined : adminWithKey(settings, who)?.name) ?? actor.name
