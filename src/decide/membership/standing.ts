// How a request to join stands: what it lacks, which vouches count and why others do not, by when it is to be decided,
// and how. In go an application and what is known, out comes what mails and verbs tell of it.
import type { Application } from '../../model/application.ts'
import { dueAt } from '../../model/calendar.ts'
import type { ApplicationStanding } from '../../model/joining-mail.ts'
import type { Missing } from '../../model/missing.ts'
import { plaintext } from '../../model/plaintext.ts'
import type { Membership, Policy } from '../../model/policy.ts'
import { type Instant, instant, type ProjectName } from '../../model/scalars.ts'
import { policyOf } from '../../model/settings.ts'
import type { Known } from '../known.ts'
import { flagsOf } from './flags.ts'
import { judgedVouches, lacksOf, type VouchFault } from './vouching.ts'

type People = Pick<Known, 'contacts' | 'distributors' | 'settings'>

/** Why somebody's word does not count, as the rest of a sentence. */
export const faultPhrases: Readonly<Record<VouchFault, string>> = {
  'own-organisation': 'is of the applicant’s own organisation',
  ring: 'came on the list by the applicant’s own word',
  suspended: 'is suspended',
  left: 'has left the list',
  removed: 'was removed from the list',
  'key-revoked': 'revoked their key',
  'other-key': 'vouched for another key',
}

/** Undefined where the policy lets nobody join. */
export function standingOf(application: Application, people: People): ApplicationStanding | undefined {
  const policy = policyOf(people.settings, application.project)
  const { membership } = policy
  if (membership === undefined) return undefined
  const founding = isFounding(application.project, membership, people)
  return {
    application,
    flags: flagsOf(application, people),
    lacks: blockersOf(application, membership, people),
    vouches: judgedVouches(application, people).map(({ vouch, fault }) => ({
      vouch,
      organisation:
        people.distributors.find(({ id }) => id === vouch.distributor)?.name ?? plaintext(vouch.distributor),
      fault: fault && faultPhrases[fault],
    })),
    due: decideBy(application, policy),
    objectionsUntil: founding
      ? undefined
      : application.completeAt && objectionsUntil(application, policy, membership),
    way: founding ? 'found' : 'approve',
    choices: choicesOf(membership),
  }
}

const choicesOf = ({ classes, contacts }: Membership): string =>
  [
    classes.length === 0
      ? undefined
      : `one of ${classes.map(({ name, text }) => `class=${name} (${text})`).join(' or ')}`,
    contacts.kind === 'any' ? 'contact=person, where one person alone reads that address' : undefined,
  ]
    .filter(choice => choice !== undefined)
    .join('; ')

/** Organisations on a list today. */
export const activeOf = (project: ProjectName, { distributors }: Pick<Known, 'distributors'>) =>
  distributors.filter(one => one.project === project && one.state === 'active')

/** Whether there are so few members that the team may let others in without their word. */
export function isFounding(
  project: ProjectName,
  { vouch }: Membership,
  people: Pick<Known, 'distributors'>,
): boolean {
  return vouch?.bootstrap !== undefined && activeOf(project, people).length < vouch.bootstrap.below
}

/** What stands in the way of a decision; vouches do not while there are too few members to give any. */
export const blockersOf = (
  application: Application,
  membership: Membership,
  people: People,
): readonly Missing[] => {
  const founding = isFounding(application.project, membership, people)
  return lacksOf(application, membership, people).filter(({ kind }) => kind !== 'vouches' || !founding)
}

/** By when the team means to decide; undefined: the policy does not say. */
export const decideBy = (
  { receivedAt }: Application,
  { membership, calendar }: Policy,
): Instant | undefined => {
  const within = membership?.review.within
  return within && dueAt(receivedAt, within, calendar)
}

/** Admins hear of the last thing that was missing by the mail that nothing is, and need no second one. */
export const toldByCompletion = (
  application: Application,
  membership: Membership | undefined,
  people: People,
): 'told' | 'to-be-told' =>
  application.completeAt === undefined &&
  membership !== undefined &&
  blockersOf(application, membership, people).length === 0
    ? 'told'
    : 'to-be-told'

/**
 * When the time for objections ends. It runs from when nothing was missing; of what an admin lets pass all the same,
 * from the last thing that came. Undefined: the policy has none.
 */
export function objectionsUntil(
  { completeAt, proven, acceptance, vouches, receivedAt }: Application,
  { calendar }: Policy,
  { review }: Membership,
): Instant | undefined {
  if (review.objection === undefined) return undefined
  const came = [receivedAt, proven?.at, acceptance?.at, ...vouches.map(({ at }) => at)]
  const from = completeAt ?? instant(Math.max(...came.filter(at => at !== undefined)))
  return dueAt(from, review.objection, calendar)
}
