// An organisation or a contact on a distributors list as an admin reads it: who vouched, what was accepted when, which
// key since when. One fact a line, no line for what is not known, words of others behind `| `.
import type { Acceptance, Application } from '../../model/application.ts'
import type { Contact } from '../../model/contact.ts'
import type { Distributor } from '../../model/distributor.ts'
import type { Plaintext } from '../../model/plaintext.ts'
import type { Policy } from '../../model/policy.ts'
import type { Instant } from '../../model/scalars.ts'
import { formatInstant } from '../../model/time.ts'
import { quoted } from '../quoted.ts'

type Line = string | undefined

export type MemberRecord = {
  readonly distributor: Distributor
  /** All that it has or had. */
  readonly contacts: readonly Contact[]
  /** With which it came; undefined: without one, or it is not at hand. */
  readonly application: Application | undefined
  readonly policy: Policy
}

/** `content`: with what people wrote, and their names and addresses; `facts`: without. */
export type Shown = 'content' | 'facts'

/** All that is known of an organisation and, below, of each of its contacts. */
export function describeDistributor(record: MemberRecord, shown: Shown): string {
  const { distributor, contacts, application, policy } = record
  const { id, project, state, revision, joinedAt, vouchedBy, approvedBy, vouches, strikes, end } = distributor
  const most = policy.membership?.leak.strikes
  const { quote } = wordsIn(shown)
  const lines: readonly Line[] = [
    `${id} (${project}), ${state}, revision ${revision}`,
    ...quote('organisation', distributor.name),
    distributor.class && `class: ${distributor.class}`,
    `on the list since ${formatInstant(joinedAt)}${joinedBy(distributor)}`,
    vouchedBy.length === 0 ? undefined : `vouched for by: ${vouchedBy.join(', ')}`,
    approvedBy.length === 0 ? undefined : `let in by: ${approvedBy.join(', ')}`,
    ...vouches.map(({ of, contact, at }) => `vouched for ${of}: ${formatInstant(at)}, by ${contact}`),
    ...strikes.flatMap(({ incident, at, reason }, i) => [
      `strike ${i + 1}${most === undefined ? '' : ` of ${most}`}: ${formatInstant(at)}${incident === undefined ? '' : `, after ${incident}`}`,
      ...quote('why', reason),
    ]),
    end &&
      `${end.how === 'permanent' ? 'removed for good' : end.how}: ${formatInstant(end.at)}, by ${end.by}`,
    ...quote('why', end?.reason),
    ...(application === undefined ? [] : answers(application, policy, shown)),
    ...contacts.flatMap(contact => ['', describeContact(contact, policy, shown)]),
  ]
  return lines.filter(line => line !== undefined).join('\n')
}

/** All that is known of one contact. */
export function describeContact(contact: Contact, policy: Policy, shown: Shown): string {
  const { id, distributor, project, state, revision, manages, asked, attested, suspended } = contact
  const { quote, sealed } = wordsIn(shown)
  const role = contact.kind === 'role' ? 'several people read it' : "a person's own"
  const lines: readonly Line[] = [
    `${id} of ${distributor} (${project}), ${state}, revision ${revision}`,
    ...quote('name', contact.name),
    `address: ${sealed(contact.address)}, ${role}${manages === 'all' ? ', manages the other contacts' : ''}`,
    contact.since && `on the list since ${formatInstant(contact.since)}`,
    contact.activeAt && `gets notices from ${formatInstant(contact.activeAt)}`,
    ...keys(contact),
    acceptanceLine(contact.acceptance, policy),
    asked && `asked to accept the terms ${asked.sha256}: by ${formatInstant(asked.by)}`,
    attested &&
      `says that ${attested.people} ${attested.people === 1 ? 'person reads' : 'people read'} it: ${formatInstant(attested.at)}, mail ${attested.inbound}`,
    suspended &&
      `SUSPENDED since ${formatInstant(suspended.at)}, by ${suspended.by}, for: ${SUSPENDED_FOR[suspended.why]}${until(suspended.until)}`,
  ]
  return lines.filter(line => line !== undefined).join('\n')
}

const SUSPENDED_FOR = {
  admin: 'an admin said so',
  acceptance: 'the terms are not accepted',
  attestation: 'nobody said who reads the address',
}

const until = (at: Instant | undefined): string => (at === undefined ? '' : `, until ${formatInstant(at)}`)

const joinedBy = ({ joined }: Distributor): string => {
  if (joined.how === 'import') return ', put there by the operator'
  return joined.how === 'founding'
    ? `, by ${joined.from}, while there were too few to vouch`
    : `, by ${joined.from}`
}

/** The present key first, then those before it. */
const keys = ({ fingerprint, keySince, revokedAt, formerKeys, nextKey }: Contact): readonly Line[] => [
  `key: ${fingerprint}, since ${formatInstant(keySince)}`,
  revokedAt && `REVOKED by its owner: ${formatInstant(revokedAt)}`,
  nextKey &&
    `to be followed by: ${nextKey.key.fingerprint}, ${nextKey.effectiveAt === undefined ? 'not proven yet' : `from ${formatInstant(nextKey.effectiveAt)}`}, ${nextKey.by}`,
  ...formerKeys.map(
    former =>
      `former key: ${former.fingerprint}, ${formatInstant(former.since)} to ${formatInstant(former.until)}`,
  ),
]

/** What was accepted, and whether the terms are others now. */
export function acceptanceLine(acceptance: Acceptance | undefined, { membership }: Policy): string {
  if (acceptance === undefined) return 'accepted nothing yet'
  const { version, sha256, at, how, inbound } = acceptance
  const mail = inbound === undefined ? '' : `, mail ${inbound}`
  const isPresent = membership === undefined || membership.terms.sha256 === sha256
  const now = isPresent ? '' : ` (the terms are version ${membership.terms.version} now)`
  return `accepted version ${version}, SHA-256 ${sha256}: ${formatInstant(at)}, ${how}${mail}${now}`
}

function answers({ id, answers: given }: Application, { membership }: Policy, shown: Shown): readonly Line[] {
  if (shown === 'facts') return []
  const { quote } = wordsIn(shown)
  return (membership?.criteria ?? []).flatMap(({ text }, position) =>
    quote(`${id}, ${position + 1}. ${text}`, given.criteria[position]),
  )
}

/** How words of people are shown, or not. */
function wordsIn(shown: Shown) {
  return {
    quote: (label: string, text: Plaintext | undefined): readonly string[] =>
      shown === 'content' ? quoted(label, text) : [],
    sealed: (text: string): string => (shown === 'content' ? text : '(with --reveal)'),
  }
}
