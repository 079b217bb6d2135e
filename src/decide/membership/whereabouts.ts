// Where a request to join stands, in words: every step for whoever made it, and for an admin with what was said. Of the
// list it tells an applicant nothing but how many vouch.
import type { Application } from '../../model/application.ts'
import { flagWords } from '../../model/application-flag.ts'
import { missingWords } from '../../model/missing.ts'
import type { Membership, Policy } from '../../model/policy.ts'
import { policyOf } from '../../model/settings.ts'
import { formatInstant } from '../../model/time.ts'
import type { Known } from '../known.ts'
import { quoted, quotedLines } from '../quoted.ts'
import { flagsOf } from './flags.ts'
import { blockersOf, decideBy, isFounding, objectionsUntil } from './standing.ts'

export const ENDED: Readonly<Record<Exclude<Application['state'], 'open'>, string>> = {
  approved: 'was approved',
  declined: 'was declined',
  withdrawn: 'was withdrawn',
  lapsed: 'ended without an answer',
  spam: 'was closed',
}

/** For whoever made it. */
export function applicantsView(one: Application, known: Known): string {
  const policy = policyOf(known.settings, one.project)
  const about = `${one.id}, your request to join the distributors list of ${policy.displayName}`
  if (one.state !== 'open' || policy.membership === undefined)
    return `${about}, ${one.state === 'open' ? 'waits' : ENDED[one.state]}.`
  const missing = blockersOf(one, policy.membership, known)
  const whom = missing.length === 0 ? 'the team' : 'what is missing'
  return [`${about}, waits for ${whom}.`, ...stepsOf(one, known, policy, policy.membership)].join('\n')
}

/** For an admin: the same steps, address and flags, and every word that was said. */
export function adminsView(one: Application, known: Known): string {
  const policy = policyOf(known.settings, one.project)
  const { membership } = policy
  const state =
    one.state === 'open' ? 'is open' : `${ENDED[one.state]} ${formatInstant(one.end?.at ?? one.heardAt)}`
  return [
    `${one.id}, a request to join the distributors list of ${policy.displayName}, ${state}.`,
    `applicant: ${one.address}`,
    ...flagsOf(one, known).map(flag => `take care: ${flagWords(flag)}`),
    ...(membership === undefined ? [] : stepsOf(one, known, policy, membership)),
    ...one.vouches.flatMap(({ contact, distributor, at, text }) =>
      quoted(`vouched for by ${contact} of ${distributor}, ${formatInstant(at)}`, text),
    ),
    ...one.objections.flatMap(({ by, at, reason }) =>
      quoted(`objection of ${by}, ${formatInstant(at)}`, reason),
    ),
    ...quoted('reason', one.end?.reason),
    ...saidBy(one, membership),
    `mails: ${one.thread.join(', ')}`,
  ].join('\n')
}

/** For the list of all, in one line; the organisation behind a bar on the next. */
export function listLine(one: Application, known: Known): string {
  const { membership } = policyOf(known.settings, one.project)
  const missing = membership === undefined ? [] : blockersOf(one, membership, known)
  const lacks = missing.length === 0 ? 'nothing is missing' : `lacks ${missing.map(missingWords).join(', ')}`
  const state = one.state === 'open' ? lacks : ENDED[one.state]
  const line = `${one.id}  ${one.project}  ${one.address}  ${formatInstant(one.receivedAt)}  ${state}`
  const { organisation } = one.answers
  return [line, ...(organisation === undefined ? [] : quotedLines(organisation))].join('\n')
}

/** Neither vouches nor objections, while too few are on the list to be asked. */
function stepsOf(
  application: Application,
  known: Known,
  policy: Policy,
  membership: Membership,
): readonly string[] {
  const { receivedAt, key, proven, acceptance, completeAt, project } = application
  const { review, vouch, terms } = membership
  const until = completeAt && objectionsUntil(application, policy, membership)
  const due = decideBy(application, policy)
  const missing = blockersOf(application, membership, known)
  const founding = isFounding(project, membership, known)
  const answers = missing.filter(
    ({ kind }) => kind === 'organisation' || kind === 'name' || kind === 'criterion',
  )
  const lacking = missing.find(one => one.kind === 'vouches')
  const holds = acceptance?.sha256 === terms.sha256
  return [
    `arrived: ${formatInstant(receivedAt)}`,
    `answers: ${answers.length === 0 ? 'complete' : `missing: ${answers.map(missingWords).join(', ')}`}`,
    `key: ${key?.fingerprint ?? 'none yet'}`,
    `address and key: ${proven === undefined ? 'not proven yet' : `proven ${formatInstant(proven.at)}`}`,
    `terms: ${holds ? `version ${terms.version} accepted ${formatInstant(acceptance.at)}` : `version ${terms.version} not accepted yet`}`,
    ...(vouch === undefined || founding
      ? []
      : [`vouches: ${lacking === undefined ? vouch.count : lacking.given} of ${vouch.count}`]),
    ...(review.objection === undefined || founding
      ? []
      : [
          `time for objections: ${until === undefined ? 'begins when nothing is missing' : `until ${formatInstant(until)}`}`,
        ]),
    ...(due === undefined ? [] : [`the team means to decide by ${formatInstant(due)}`]),
  ]
}

function saidBy({ answers }: Application, membership: Membership | undefined): readonly string[] {
  const { organisation, name, criteria } = answers
  return [
    ...quoted('organisation', organisation),
    ...quoted('name', name),
    ...Object.entries(criteria).flatMap(([position, text]) => [
      `${Number(position) + 1}. ${membership?.criteria[Number(position)]?.text ?? ''}`,
      ...quotedLines(text),
    ]),
  ]
}
