// A stranger's way in: which mail is a request to join a list, and what a further mail of theirs changes. What an
// applicant hears is the same whether or not their address is on a list already (threats.md C15, E13, E18).

import type { Limit } from '../../model/alert.ts'
import { type Application, type ApplicationState, evolveApplication } from '../../model/application.ts'
import type { Change } from '../../model/changes.ts'
import type { Decision, Fresh, Input, Snapshot } from '../../model/decision.ts'
import { OUTSIDER } from '../../model/event.ts'
import type { KeyFault } from '../../model/key-fault.ts'
import type { ApplicationEvent } from '../../model/member-event.ts'
import { type Missing, missingOf } from '../../model/missing.ts'
import type { Content } from '../../model/order.ts'
import type { EmailAddress, ProjectName } from '../../model/scalars.ts'
import { policyOf } from '../../model/settings.ts'
import { limitReached } from '../acknowledging.ts'
import { toAdmins } from '../orders.ts'
import { silent } from '../outcomes.ts'
import { authorOf, insideOf, isPeoples, readersOf } from '../report.ts'
import { declinedAgain, declinedBefore } from './again.ts'
import { answersIn, answersTogether, hintsIn, NO_ANSWERS, ownWords, sameAnswers } from './answers.ts'
import { isFrom, keyIn, newKey, writerOf } from './applicant.ts'
import { keyOfAnswer, toApplicant } from './application-orders.ts'
import { flagsOf } from './flags.ts'
import { projectWanted, unclear } from './wanted.ts'

type MailInput = Extract<Input, { kind: 'mail' }>

/** Mails that an admin gets about requests to join; what comes beyond is told in lists. */
const SHOWN_A_DAY = 100

/** After which a further mail begins anew; what was decided stays so. */
const BEGINS_ANEW: readonly ApplicationState[] = ['lapsed', 'withdrawn']

/** Takes requests to join and mail in their threads; leaves all else to the next rule. */
export function applying(input: MailInput, snapshot: Snapshot, fresh: Fresh): Decision | undefined {
  const { sorted, mail } = input
  const { addressed } = sorted
  const { settings } = snapshot
  if (addressed.kind === 'distributors' && isPeoples(mail, addressed.project, snapshot)) return undefined
  const thread = threadOf(input, snapshot)
  const author = authorOf(mail, settings)
  if (thread !== undefined) {
    const isAnew = BEGINS_ANEW.includes(thread.state) && isFrom(author, thread) && sorted.machine === 'human'
    return isAnew && author !== undefined
      ? asked(input, thread.project, author, snapshot, fresh)
      : inThread(input, thread, 'thread', snapshot)
  }
  if (sorted.machine !== 'human' || author === undefined) return undefined
  const wanted = projectWanted(input, settings)
  if (wanted === undefined) return undefined
  return 'project' in wanted
    ? asked(input, wanted.project, author, snapshot, fresh)
    : unclear(input, author, wanted, snapshot)
}

/** The application in whose thread a mail stands. */
function threadOf({ sorted }: MailInput, { applications, threadApplication, threadCase }: Snapshot) {
  const { addressed } = sorted
  if (addressed.kind === 'application') return applications.get(addressed.application)
  if (addressed.kind === 'case' || threadCase !== undefined || threadApplication === undefined)
    return undefined
  return applications.get(threadApplication)
}

/** One that is open for this project and mailbox gets the mail; else it opens one. */
function asked(
  input: MailInput,
  project: ProjectName,
  author: EmailAddress,
  snapshot: Snapshot,
  fresh: Fresh,
): Decision {
  const known = [...snapshot.applications.values()].find(
    one => one.state === 'open' && one.project === project && isFrom(author, one),
  )
  if (known !== undefined) return inThread(input, known, 'anew', snapshot)
  const declined = declinedBefore(project, author, input.mail.author?.primary, snapshot)
  if (declined !== undefined) return tooSoon(input, declined, snapshot)
  const [application] = fresh.applications
  if (application === undefined) throw new Error('no id is left for an application')
  const key = keyIn(input.mail, snapshot)
  const opened: ApplicationEvent = {
    kind: 'application-opened',
    at: input.receivedAt,
    actor: OUTSIDER,
    application,
    project,
    receivedAt: input.receivedAt,
    inbound: input.inbound,
    address: author,
    answers: saidIn(input, project, snapshot),
    key: key.ok ? key.value : undefined,
  }
  const answer = key.ok ? ANSWERED : answerAbout(key.error)
  return settled(input, evolveApplication(undefined, opened), [opened], 'new', answer, snapshot)
}

/** Opens nothing; they hear once more why, and when they may ask. */
function tooSoon(input: MailInput, declined: Application, snapshot: Snapshot): Decision {
  const { settings, acknowledged } = snapshot
  const decision = settled(input, declined, [], 'ended', 'unanswered', snapshot)
  const limit = limitReached(declined.address, acknowledged, settings)
  const told = limit === undefined ? declinedAgain(declined, settings) : []
  return { ...decision, reason: 'application-too-soon', mails: [...told, ...decision.mails] }
}

/** Whether the applicant hears of it, and what is wrong with the key that they offered. */
type Answering =
  | { readonly fault: KeyFault | undefined; readonly said: 'something' | 'nothing' }
  | 'unanswered'

const ANSWERED: Answering = { fault: undefined, said: 'something' }
/** Mails of a thread up to which one that answers nothing is answered: enough for people, and an end for machines. */
const MOST_UNREAD = 5

/** That no key came the answer says anyway. */
const answerAbout = (fault: KeyFault): Answering =>
  fault === 'none' || fault === 'ours' ? ANSWERED : { fault, said: 'something' }

/** What the mail says of the criteria; nothing where somebody else may have written it (threats.md B01). */
function saidIn({ mail }: MailInput, project: ProjectName, snapshot: Snapshot) {
  const words = insideOf(mail, snapshot) === 'own' ? ownWords(mail) : undefined
  return words === undefined ? NO_ANSWERS : answersIn(words, criteriaOf(project, snapshot))
}

const criteriaOf = (project: ProjectName, { settings }: Snapshot) =>
  policyOf(settings, project).membership?.criteria ?? []

/** A mail about an application that exists. `anew`: a request that joins it. */
function inThread(
  input: MailInput,
  application: Application,
  how: 'thread' | 'anew',
  snapshot: Snapshot,
): Decision {
  if (application.state !== 'open') return settled(input, application, [], 'ended', 'unanswered', snapshot)
  const writer = writerOf(input, application, snapshot)
  if (writer === 'replayed') return silent('refused', 'E-REPLAY')
  if (writer === 'other') return settled(input, application, [], 'other', 'unanswered', snapshot)
  const answers = answersTogether(application.answers, saidIn(input, application.project, snapshot))
  const isNew = !sameAnswers(answers, application.answers)
  const offered = keyIn(input.mail, snapshot)
  const key = offered.ok ? newKey(offered.value, input.mail, application, writer) : undefined
  const fault = offered.ok || application.key !== undefined ? ANSWERED : answerAbout(offered.error)
  const fact = { at: input.receivedAt, actor: writer, application: application.id } as const
  const events: readonly ApplicationEvent[] = [
    {
      ...fact,
      kind: 'application-followed-up',
      inbound: input.inbound,
      answers: isNew ? answers : undefined,
    },
    ...(key === undefined ? [] : [{ ...fact, kind: 'application-key-set', key } as const]),
  ]
  const after = events.reduce<Application>(evolveApplication, application)
  const isHeard = how === 'anew' || isNew || key !== undefined || fault !== ANSWERED
  const answering = isHeard ? fault : guided(after, snapshot)
  const decision = settled(input, after, events, 'follow-up', answering, snapshot)
  const { author } = input.mail
  if (writer.kind !== 'applicant' || author === undefined) return decision
  return { ...decision, actor: writer, oneShot: { primary: author.primary, hashValue: author.hashValue } }
}

/** Whoever still has something to fill in, and did not see how, is told once more. */
function guided(application: Application, { settings }: Snapshot): Answering {
  const { membership } = policyOf(settings, application.project)
  const lacks = membership === undefined ? [] : missingOf(application, membership)
  return application.thread.length <= MOST_UNREAD && lacks.some(({ kind }) => THEIRS.includes(kind))
    ? { fault: undefined, said: 'nothing' }
    : 'unanswered'
}

/** What an answer of theirs can fill in. */
const THEIRS: readonly Missing['kind'][] = ['organisation', 'name', 'criterion', 'key']

type What = Extract<Content, { kind: 'application' }>['what']

/** Shown to every admin, and answered where the day's limits allow. */
function settled(
  input: MailInput,
  application: Application,
  events: readonly ApplicationEvent[],
  what: What,
  answering: Answering,
  snapshot: Snapshot,
): Decision {
  const { mail, inbound, sorted } = input
  const { settings } = snapshot
  const limit: Limit | undefined =
    answering !== 'unanswered'
      ? limitReached(application.address, snapshot.acknowledged, settings)
      : undefined
  const isMachines = sorted.machine !== 'human'
  const answer = toApplicant(
    application,
    {
      kind: 'application-answer',
      occasion: occasionOf(what, answering),
      application,
      ...(answering === 'unanswered' || answering.fault === undefined ? {} : { fault: answering.fault }),
    },
    keyOfAnswer(application, mail, snapshot),
    mail.header.messageId,
  )
  const words = ownWords(mail)
  const shown = {
    kind: 'application',
    what,
    application,
    mail,
    inbound,
    inside: insideOf(mail, snapshot),
    unanswered: isMachines ? 'machine' : limit === undefined ? undefined : 'capped',
    flags: flagsOf(application, snapshot),
    hints: words === undefined ? [] : hintsIn(words, criteriaOf(application.project, snapshot)),
  } as const
  const isMany = snapshot.applicationsShown >= SHOWN_A_DAY
  return {
    ...silent(isMachines ? 'report-noack' : 'application', `application-${isMachines ? 'machine' : what}`),
    events,
    mails: [
      ...(answering !== 'unanswered' && limit === undefined ? [answer] : []),
      ...(isMany
        ? []
        : toAdmins(readersOf(input, settings), { project: application.project, case: undefined }, shown)),
    ],
    ...(isMany ? { change: keptToTell(application) } : {}),
  }
}

/** So that a flood of strangers does not become one of ours: told in one list with what else came. */
const keptToTell = ({ id, project }: Application): Change => ({
  person: 'applicants',
  by: 'applicants',
  project,
  case: undefined,
  application: id,
  lines: [],
  told: 'later',
})

const occasionOf = (what: What, answering: Answering) =>
  what === 'new'
    ? 'opened'
    : answering !== 'unanswered' && answering.said === 'nothing'
      ? 'unread'
      : 'changed'
