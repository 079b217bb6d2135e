// Proof of address and key: a token goes to the address, encrypted to the key that was offered, and comes back signed by
// that key. The mail brings the whole answer, and the terms that it accepts. Who named the key plays no part here.
import type { Application } from '../../model/application.ts'
import type { Contact } from '../../model/contact.ts'
import { SCHEDULER } from '../../model/event.ts'
import type { ApplicationEvent } from '../../model/member-event.ts'
import type { Content, MailOrder, Suggestion } from '../../model/order.ts'
import type { CaseKey } from '../../model/person.ts'
import type { Membership, Terms } from '../../model/policy.ts'
import { type ApplicationId, type ContactId, type Instant, later } from '../../model/scalars.ts'
import { policyOf, type Settings } from '../../model/settings.ts'
import { DAY, HOUR } from '../../model/time.ts'
import type { World } from '../commands/command.ts'

/** How long a token may be sent back. */
const TOKEN_AGE = 7 * DAY

export type Challenge = { readonly token: string; readonly at: Instant }

/** What is proven: who asks to join, a contact that the organisation named, another key of a contact. */
export type Proving = Extract<Content, { kind: 'challenge' }>['proving']

/** The last instant at which the token counts. */
export const endOf = ({ at }: Challenge): Instant => later(at, TOKEN_AGE)

/** `version=… sha256=…` as it is signed, on two lines, so that no mail program breaks it elsewhere. */
const termsArguments = ({ version, sha256 }: Terms): string =>
  `version=${/\s/.test(version) ? `"${version}"` : version} \\\nsha256=${sha256}`

/** The membership section of the project's policy; undefined: it has no list that one can join. */
export const membershipOf = (
  one: Pick<Application | Contact, 'project'>,
  settings: Settings,
): Membership | undefined => policyOf(settings, one.project).membership

/** The whole answer, ready to sign: with it goes the acceptance that the policy asks for, and of a contact before it. */
export function provingAnswer(
  id: ApplicationId | ContactId,
  token: string,
  accepts: Membership | undefined,
  { instance }: Settings,
): Suggestion {
  const proof = `prove ${id} ${token}`
  const lines =
    accepts === undefined
      ? [proof]
      : accepts.acceptance === 'implied'
        ? [`${proof} ${termsArguments(accepts.terms)}`]
        : [`accept-policy ${id} ${termsArguments(accepts.terms)}`, proof]
  const label = accepts === undefined ? 'Prove the key' : 'Prove it, and accept the embargo policy'
  return { label, body: [`embargod ${instance}`, ...lines, ''].join('\n') }
}

/** The line that accepts these terms, ready to sign. */
export const acceptingAnswer = (
  id: ApplicationId | ContactId,
  terms: Terms,
  { instance }: Settings,
): Suggestion => ({
  label: `Accept version ${terms.version}`,
  body: `embargod ${instance}\naccept-policy ${id} ${termsArguments(terms)}\n`,
})

/** To whoever applied. */
export const challengeApplicant = (
  { id, project, address }: Application,
  key: CaseKey,
  challenge: Challenge,
  settings: Settings,
): MailOrder => ({
  ...toKey(
    address,
    key,
    { proving: 'application', id, project },
    challenge,
    membershipOf({ project }, settings),
  ),
  application: id,
  offers: [provingAnswer(id, challenge.token, membershipOf({ project }, settings), settings)],
})

/** Between two tokens that somebody asks for. */
const PAUSE = 6 * HOUR

/**
 * Another token for an applicant who has offered a key and not proven it, on their wish (`status`); nothing while the
 * last one is fresh, for anyone may have named their address.
 */
export function challengeAnew(
  application: Application,
  { now, settings, fresh }: Pick<World, 'now' | 'settings' | 'fresh'>,
): { readonly events: readonly ApplicationEvent[]; readonly mails: readonly MailOrder[] } {
  const { id, state, key, proven, challenge } = application
  const [token] = fresh.challenges
  const isFresh = challenge !== undefined && now < later(challenge.at, PAUSE)
  if (state !== 'open' || key === undefined || proven !== undefined || token === undefined || isFresh)
    return { events: [], mails: [] }
  return {
    events: [{ kind: 'challenge-sent', at: now, actor: SCHEDULER, application: id, token }],
    mails: [challengeApplicant(application, key, { token, at: now }, settings)],
  }
}

/** To a contact whom the organisation named; they accept the terms, too, where they have not yet. */
export function challengeContact(contact: Contact, challenge: Challenge, settings: Settings): MailOrder {
  const { id, project, address, acceptance } = contact
  const membership = membershipOf(contact, settings)
  const accepts = acceptance?.sha256 === membership?.terms.sha256 ? undefined : membership
  return {
    ...toKey(address, contact, { proving: 'contact', id, project }, challenge, accepts),
    offers: [provingAnswer(id, challenge.token, accepts, settings)],
  }
}

/** To a contact on the list, under the key that is to follow theirs. */
export const challengeNextKey = (
  { id, project, address }: Contact,
  key: CaseKey,
  challenge: Challenge,
  settings: Settings,
): MailOrder => ({
  ...toKey(address, key, { proving: 'key', id, project }, challenge, undefined),
  offers: [provingAnswer(id, challenge.token, undefined, settings)],
})

type Whose = { readonly proving: Proving; readonly id: ApplicationId | ContactId } & Pick<Contact, 'project'>

const toKey = (
  to: Contact['address'],
  { fingerprint, certificate }: Pick<CaseKey, 'fingerprint' | 'certificate'>,
  { proving, id, project }: Whose,
  challenge: Challenge,
  accepts: Membership | undefined,
): MailOrder => ({
  to,
  encryptTo: { kind: 'offered', certificate },
  project,
  case: undefined,
  notice: undefined,
  contact: undefined,
  inReplyTo: undefined,
  content: {
    kind: 'challenge',
    proving,
    id,
    fingerprint,
    until: endOf(challenge),
    accepts: accepts && { terms: accepts.terms, how: accepts.acceptance },
  },
})
