// `prove`: the token that was mailed comes back, signed by the key that it was encrypted to. That proves address and key
// at once; where asking to join is accepting the embargo policy, its version and SHA-256 are signed with it.
import { type Acceptance, type Application, evolveApplication } from '../../../model/application.ts'
import type { Contact, NextKey } from '../../../model/contact.ts'
import type { Event } from '../../../model/event.ts'
import { keyFaultText } from '../../../model/key-fault.ts'
import type { ApplicationEvent } from '../../../model/member-event.ts'
import { missingWords } from '../../../model/missing.ts'
import { plaintext } from '../../../model/plaintext.ts'
import type { Membership } from '../../../model/policy.ts'
import { err, ok, type Result } from '../../../model/result.ts'
import {
  type ApplicationId,
  type ContactId,
  type Instant,
  parseApplicationId,
  parseContactId,
} from '../../../model/scalars.ts'
import type { Settings } from '../../../model/settings.ts'
import { formatInstant } from '../../../model/time.ts'
import { acceptanceOf, acceptedBy } from '../../membership/acceptance.ts'
import { cooledOffAt, isBarred } from '../../membership/contacts.ts'
import { takenFrom } from '../../membership/keys.ts'
import { type Challenge, challengeAnew, endOf, membershipOf, provingAnswer } from '../../membership/proof.ts'
import { blockersOf, toldByCompletion } from '../../membership/standing.ts'
import {
  defineCommand,
  type Effect,
  effect,
  type Refusal,
  refuse,
  takeArguments,
  type World,
} from '../command.ts'
import { refuseText, unconditional } from './accept-policy.ts'

type Wanted = {
  readonly id: ApplicationId | ContactId
  readonly token: string
  readonly version: string | undefined
  readonly sha256: string | undefined
}

export const prove = defineCommand<Wanted>({
  verb: 'prove',
  usage: 'prove A-… TOKEN [version=… sha256=…]',
  summary: 'show that an address and a key are yours, with the token that was mailed there (or M-… for A-…)',
  roles: ['applicant'],
  nature: 'reversible',
  parse: parsed => {
    const expected = { named: ['version', 'sha256'], block: 'none', attachments: 'none' } as const
    const taken = takeArguments(parsed, { ...expected, positional: ['A-…', 'TOKEN'] })
    if (!taken.ok) return taken
    const { positional, named } = taken.value
    const [first = '', token = ''] = positional
    const id = parseApplicationId(first) ?? parseContactId(first)
    if (id === undefined) return err(`"${first}" is neither A-… nor M-…`)
    const [version, sha256] = [named.get('version'), named.get('sha256')?.toLowerCase()]
    return ok({ id, token: token.toLowerCase(), version, sha256 })
  },
  decide: (wanted, world) => {
    const proving = provingOf(wanted, world)
    if (proving === undefined) return NOTHING_PROVEN
    if (proving === 'proven')
      return effect('noop', plaintext(`Address and key are proven for ${wanted.id} already.`))
    if (proving.challenge.token !== wanted.token || world.tokens === 'refused') return NOTHING_PROVEN
    if (world.now >= endOf(proving.challenge)) return expired(proving, world)
    const { key, project } = proving
    if (takenFrom(key, project, world.contacts, proving.except) !== undefined)
      return refuse('E-KEY', keyFaultText('taken'))
    if (proving.what === 'contact' && isBarred(proving.of, world))
      return refuse('E-STATE', `${wanted.id} cannot come on the list as it is; ask the team.`)
    const { lacks } = proving
    if (lacks !== undefined)
      return refuse('E-POLICY', 'Accept the embargo policy with it: send both lines.', [
        provingAnswer(wanted.id, wanted.token, lacks, world.settings),
      ])
    const accepted = acceptedWith(wanted, proving.accepts, world)
    return accepted.ok ? proven(proving, accepted.value, world) : accepted
  },
})

/** One sentence whatever is wrong, so that nothing can be learned by guessing. */
const NOTHING_PROVEN: Result<never, Refusal> = err({
  code: 'E-UNKNOWN',
  text: plaintext(
    'This proves nothing: the number or the token is mistyped, used or expired, or the token went to another key or address. Copy the line from the newest of our mails.',
  ),
  counted: 'wrong-token',
})

/** Told to whoever had the token alone; an applicant gets another one at once. */
function expired({ of, what }: Proving, world: World): Result<Effect, Refusal> {
  if (!('distributor' in of)) {
    const anew = challengeAnew(of, world)
    const text = `The token for ${of.id} has expired; a new one is on its way.`
    return effect('noop', plaintext(text), { ...anew, others: 'told' })
  }
  const again = what === 'key' ? 'send the key once more: key add' : 'ask whoever named you to do so again'
  return refuse('E-STALE', `The token for ${of.id} has expired; ${again}.`)
}

type Proving = (
  | { readonly of: Application; readonly what: 'application' }
  | { readonly of: Contact; readonly what: 'contact' | 'key' }
) & {
  readonly key: NextKey['key']
  readonly project: Contact['project']
  readonly challenge: Challenge
  readonly except: ContactId | undefined
  /** The terms that are accepted by the proof itself; undefined: none. */
  readonly accepts: Membership | undefined
  /** The terms that must be accepted before; undefined: none. */
  readonly lacks: Membership | undefined
}

/** What is to be proven by who signed; undefined: nothing by them. */
function provingOf({ id }: Wanted, world: World): Proving | 'proven' | undefined {
  const { who, applications, contacts, settings } = world
  const contact = contacts.find(one => one.id === id)
  if (contact !== undefined) return provingContact(contact, world)
  const application = [...applications.values()].find(one => one.id === id)
  if (application?.state !== 'open' || application.key?.fingerprint !== who) return undefined
  const { key, challenge, proven, project } = application
  if (proven !== undefined) return 'proven'
  if (challenge === undefined) return undefined
  const accepts = implied(membershipOf(application, settings))
  return {
    of: application,
    what: 'application',
    key,
    project,
    challenge,
    except: undefined,
    accepts,
    lacks: undefined,
  }
}

function provingContact(contact: Contact, { who, settings }: World): Proving | 'proven' | undefined {
  const { id, state, project, fingerprint, challenge, nextKey, acceptance } = contact
  const common = { of: contact, project, except: id }
  const isGone = state === 'left' || state === 'removed'
  if (nextKey?.key.fingerprint === who && !isGone) {
    const { key, token, askedAt: at, provenAt } = nextKey
    if (provenAt !== undefined) return 'proven'
    return { ...common, what: 'key', key, challenge: { token, at }, accepts: undefined, lacks: undefined }
  }
  if (fingerprint !== who || isGone) return undefined
  if (state !== 'invited') return 'proven'
  if (challenge === undefined) return undefined
  const membership = membershipOf(contact, settings)
  const lacking = acceptance?.sha256 === membership?.terms.sha256 ? undefined : membership
  return {
    ...common,
    what: 'contact',
    key: contact,
    challenge,
    accepts: implied(lacking),
    // Nobody looks at a contact again before notices go there, as the team does at an application.
    lacks: lacking?.acceptance === 'explicit' ? lacking : undefined,
  }
}

const implied = (membership: Membership | undefined): Membership | undefined =>
  membership?.acceptance === 'implied' ? membership : undefined

/** The membership whose terms go with the proof; undefined: none do. */
function acceptedWith(
  { id, token, version, sha256 }: Wanted,
  accepts: Membership | undefined,
  world: World,
): Result<Membership | undefined, Refusal> {
  if (accepts === undefined) {
    if (version === undefined && sha256 === undefined) return ok(undefined)
    return refuse('E-SYNTAX', `Nothing is accepted with it here; send: prove ${id} ${token}`)
  }
  const { terms } = accepts
  if (terms.version !== version || terms.sha256 !== sha256)
    return refuseText([terms], [provingAnswer(id, token, accepts, world.settings)])
  const conditional = unconditional(world, [provingAnswer(id, token, accepts, world.settings)])
  return conditional.ok ? ok(accepts) : conditional
}

function proven(
  { of, what, key }: Proving,
  accepts: Membership | undefined,
  world: World,
): Result<Effect, Refusal> {
  const { now, actor, inbound, settings } = world
  const acceptance = accepts && acceptanceOf(accepts.terms, now, 'implied', inbound)
  if (!('distributor' in of)) return provenApplication(of, key, acceptance, world)
  const until = countsFrom(of, what, now, settings)
  const fact = { at: now, actor, contact: of.id, inbound }
  const events: Event[] = [
    what === 'key'
      ? { ...fact, kind: 'key-proven', effectiveAt: until }
      : { ...fact, kind: 'contact-proven', activeAt: until },
    ...(acceptance === undefined ? [] : acceptedBy(of, acceptance, world)),
  ]
  const lines = [...provenText(of, key, acceptance), countsText(what, until, now)]
  return effect('ok', plaintext(lines.join('\n')), {
    facts: { of: of.id, key: key.fingerprint },
    events,
    others: 'told',
  })
}

/** A key that two of the team have verified counts at once; all else when others had time to stop it. */
const countsFrom = (of: Contact, what: Proving['what'], now: Instant, settings: Settings): Instant =>
  what === 'key' && of.nextKey?.by === 'rekey' ? now : cooledOffAt(of, now, settings)

function provenApplication(
  of: Application,
  key: NextKey['key'],
  acceptance: Acceptance | undefined,
  world: World,
): Result<Effect, Refusal> {
  const fact = { at: world.now, actor: world.actor, application: of.id }
  const events: readonly ApplicationEvent[] = [
    { ...fact, kind: 'application-proven', inbound: world.inbound },
    ...(acceptance === undefined
      ? []
      : [{ ...fact, kind: 'application-accepted-terms', acceptance } as const]),
  ]
  const after = events.reduce<Application>(evolveApplication, of)
  const membership = membershipOf(of, world.settings)
  const lacks = membership === undefined ? [] : blockersOf(after, membership, world)
  const lines = [
    ...provenText(of, key, acceptance),
    lacks.length === 0
      ? 'Nothing is missing: the team decides, and writes to you.'
      : `Still missing: ${lacks.map(missingWords).join(', ')}.`,
  ]
  return effect('ok', plaintext(lines.join('\n')), {
    facts: { of: of.id, key: key.fingerprint },
    events,
    others: toldByCompletion(after, membership, world),
  })
}

const provenText = (
  { id }: Proving['of'],
  { fingerprint }: NextKey['key'],
  acceptance: Acceptance | undefined,
): readonly string[] => [
  `${id}: address and key are proven, ${fingerprint}.`,
  ...(acceptance === undefined
    ? []
    : [`Version ${acceptance.version} of the embargo policy is accepted with it.`]),
]

function countsText(what: Proving['what'], until: Instant, now: Instant): string {
  return until === now
    ? 'It counts now.'
    : `${what === 'key' ? KEY_FROM : CONTACT_FROM} ${formatInstant(until)}.`
}

const CONTACT_FROM = 'Notices go there from'
const KEY_FROM = 'Until then the old key is used; the new one from'
