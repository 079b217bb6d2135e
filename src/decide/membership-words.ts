// Who may join a project's distributors list and how, what members owe, and who lets them share: the part of a policy
// in plain words. In go the keys of a profile, out comes text for people; each key that is there has its sentence.
import type { Criterion, Membership, Policy } from '../model/policy.ts'
import { everyWords, type Line, listed, section, spanWords, weekday } from './policy-phrases.ts'

/** Empty where nobody can join. */
export function membershipWords({ membership }: Policy): readonly Line[] {
  if (membership === undefined) return []
  return [
    ...joining(membership),
    ...deciding(membership),
    ...contacts(membership),
    ...duties(membership),
    ...leaks(membership),
  ]
}

/** In the policy's own words; empty where nobody can join. */
export function termsWords({ membership }: Policy): readonly Line[] {
  if (membership === undefined) return []
  const { version, text, sha256 } = membership.terms
  return [`What members accept, version ${version} (SHA-256 ${sha256}):`, ...text.trimEnd().split('\n')]
}

/** Empty where nothing may be shared further. */
export function sharingWords({ sharing }: Policy): readonly Line[] {
  if (sharing === undefined) return []
  const { approvedBy, count, within } = sharing
  const who =
    approvedBy === 'team' ? 'the team agrees' : `${organisations(count)} on the list ${agree(count)}`
  return [`Members may share what they were told once ${who}; that is decided within ${spanWords(within)}.`]
}

const organisations = (count: number): string => (count === 1 ? '1 organisation' : `${count} organisations`)
const agree = (count: number): string => (count === 1 ? 'agrees' : 'agree')
const times = (count: number): string => (count === 1 ? 'once' : `${count} times`)
const others = (count: number): string =>
  count === 0
    ? 'whoever sends it confirms it'
    : count === 1
      ? '1 other admin confirms it'
      : `${count} other admins confirm it`

const FULFILLED: Readonly<Record<Criterion['by'], string>> = {
  answer: '',
  acceptance: ' (by accepting the terms)',
  vouch: " (by a member's word for them)",
}

function joining({ requests, criteria, acceptance, vouch }: Membership): readonly Line[] {
  const accepting = {
    implied: 'Asking to join is accepting the terms; the proof of the key signs it, too.',
    explicit: 'The terms are accepted in a signed mail of their own.',
  }
  return [
    `Requests to join come in at the ${requests} address.`,
    ...section(
      'To join',
      criteria.map(({ text, by }) => `${text}${FULFILLED[by]}`),
    ),
    accepting[acceptance],
    ...(vouch === undefined ? ['Nobody has to vouch for whoever joins.'] : vouching(vouch)),
  ]
}

function vouching({
  count,
  covers,
  perYear,
  after,
  bootstrap,
}: NonNullable<Membership['vouch']>): readonly Line[] {
  const whom = {
    person: 'the person who asks; who names a further contact of theirs vouches for that person, too',
    organisation: 'the organisation; it names its further contacts without',
  }
  return [
    `${organisations(count)} on the list must vouch for ${whom[covers]}.`,
    perYear === undefined ? undefined : `An organisation may vouch ${times(perYear)} a year.`,
    after && `It must have been on the list for ${spanWords(after)}.`,
    bootstrap &&
      `While fewer than ${organisations(bootstrap.below)} ${bootstrap.below === 1 ? 'is' : 'are'} on the list, an admin may let in whoever asks without that and without waiting for objections, and ${others(bootstrap.quorum)}.`,
  ]
}

function deciding({ review, most, classes }: Membership): readonly Line[] {
  const { within, weekly, lapse, objection, quorum, again } = review
  return [
    within && `An application is decided within ${spanWords(within)} from its first mail.`,
    weekly === undefined
      ? undefined
      : `Each ${weekday(weekly)} the admins get a list of all that is pending.`,
    objection &&
      `There are ${spanWords(objection)} to object, from when nothing is missing; then it can be approved.`,
    `When an application is approved, ${others(quorum)}.`,
    `An application that lacks something and is silent for ${spanWords(lapse)} ends.`,
    again === undefined
      ? 'Who was declined may ask again at once.'
      : `Who was declined may ask again after ${spanWords(again)}.`,
    most === undefined
      ? undefined
      : `At most ${organisations(most)} ${most === 1 ? 'is' : 'are'} on the list.`,
    ...section(
      'Classes of organisations',
      classes.map(({ name, text }) => `${name}: ${text}`),
    ),
  ]
}

function contacts({
  contacts: { kind, most, approval, coolingOff },
  attestation,
}: Membership): readonly Line[] {
  const kinds = {
    role: 'an address that several people read',
    person: "a person's own address",
    any: "a person's own address, or one that several people read",
  }
  return [
    `A contact has ${kinds[kind]}; an organisation has at most ${most}.`,
    approval === 'team'
      ? 'An admin approves each further contact.'
      : 'An organisation names its further contacts itself.',
    `A new key or contact gets nothing for ${spanWords(coolingOff)} after its proof.`,
    attestation &&
      `Contacts whose address several people read say how many they are, ${everyWords(attestation.every)}, and have ${spanWords(attestation.within)} for it; ${silence[attestation.silent]}.`,
  ]
}

const silence = {
  suspend: 'who is silent is suspended',
  keep: 'who is silent stays, and the admins hear of it',
}

function duties(membership: Membership): readonly Line[] {
  const { reacceptance, keyWarnings, lateJoiners, roster, contributing } = membership
  const late = {
    nothing: 'nothing of notices that went out before',
    embargoed: 'the notices that are still under embargo',
  }
  const seen = {
    hidden: 'not see who else is on the list',
    organisations: 'see which organisations are on it',
  }
  const told = { list: 'the list', team: 'the team' }
  return [
    `Changed terms are accepted again within ${spanWords(reacceptance.within)}; ${silence[reacceptance.silent]}.`,
    keyWarnings.length === 0
      ? 'Nobody is warned of keys that end.'
      : `Before a key ends, its owner and the admins are warned: ${listed(keyWarnings.map(spanWords), 'and')} ahead.`,
    `Who joins late gets ${late[lateJoiners]}.`,
    `Members do ${seen[roster]}.`,
    ...(contributing === undefined
      ? []
      : section(
          `In return members do one of these, and ${told[contributing.told]} hears of it`,
          contributing.tasks.map(({ name, text }) => `${name}: ${text}`),
        )),
  ]
}

const leaks = ({ leak: { strikes, removal, retrospective }, breakEmbargo }: Membership): readonly Line[] => [
  `After ${strikes === 1 ? '1 strike' : `${strikes} strikes`} for a leak an organisation is to be removed${removal === 'permanent' ? ', and never comes back' : ''}.`,
  retrospective === 'held'
    ? 'The team looks back at each leak together.'
    : 'The policy asks for no retrospective.',
  `If somebody breaks an embargo, the team decides within ${spanWords(breakEmbargo.within)} whether it goes on; when in doubt it ${breakEmbargo.doubt === 'publish' ? 'is broken, and the case published' : 'goes on'}.`,
]
