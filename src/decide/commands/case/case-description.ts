// A case as somebody reads it on a phone: what matters now first, one fact a line, no line for what is not known.
// Words of others stand behind `| `, as everywhere in our mail.
import { type DateTally, silentIn } from '../../../model/answer.ts'
import type { Case, ReporterWishes, Saying, Severity, Statement } from '../../../model/case.ts'
import type { NoticeCopy } from '../../../model/decision.ts'
import { doubtOf } from '../../../model/doubt.ts'
import { lackPhrase, lacksOf } from '../../../model/fix-team.ts'
import type { Notice } from '../../../model/notice.ts'
import type { Plaintext } from '../../../model/plaintext.ts'
import type { Policy } from '../../../model/policy.ts'
import type { Post } from '../../../model/post.ts'
import { unreachable } from '../../../model/result.ts'
import type { Instant } from '../../../model/scalars.ts'
import { formatInstant } from '../../../model/time.ts'
import { audienceWords } from '../../notices/audience.ts'
import { noticeStanding } from '../../notices/copy-words.ts'
import { quoted } from '../../quoted.ts'
import { answerLines, type OrganisationAnswers, silentOf } from '../../sharing/answers.ts'
import { clocksOf } from '../../time/clocks.ts'
import { clockLine, priorityOf } from '../../time/promises.ts'

/** Notes and statements shown, the newest. */
const MOST_SHOWN = 10

type Line = string | undefined

type Surroundings = {
  readonly policy: Policy
  readonly now: Instant
  readonly notices: readonly Notice[]
  readonly copies: readonly NoticeCopy[]
  /** Of those about it, the ones that an admin has to let through. */
  readonly posts: readonly Post[]
  readonly tally: DateTally
  readonly answers: readonly OrganisationAnswers[]
  /** `insider`: somebody who is no admin, and learns nothing of who the reporter is. */
  readonly reader: 'admin' | 'insider'
}

/** All that is known of a case, as lines. */
export function describe(
  theCase: Case,
  { policy, now, notices, copies, posts, tally, answers, reader: readerIs }: Surroundings,
): string {
  const priority = priorityOf(theCase, policy)
  const lines: readonly Line[] = [
    `${theCase.id} (${theCase.project}), ${theCase.state}, revision ${theCase.revision}`,
    ...quoted('title', theCase.title),
    ...trouble(theCase, policy),
    ...positions(theCase, tally),
    `lead: ${theCase.lead ?? 'nobody yet'}${theCase.leadOffered === undefined ? '' : `, ${theCase.leadOffered} is asked`}`,
    people(theCase, policy),
    priority && `priority: ${priority.priority.text}`,
    ...clocks(theCase, policy, now),
    `received: ${formatInstant(theCase.receivedAt)}, ${theCase.protection}, ${theCase.channel}`,
    ...reporter(theCase, readerIs),
    `mails: ${theCase.thread.length} in, ${theCase.replies.length} out`,
    theCase.awaits &&
      `waits since ${formatInstant(theCase.awaits.at)} for: ${waitsFor[theCase.awaits.about]}`,
    theCase.milestones.plan && `plan told: ${formatInstant(theCase.milestones.plan)}`,
    ...assessment(theCase),
    ...early(theCase),
    ...notices.map(one => noticeLine(one, copies)),
    ...posts.map(waitingPost),
    theCase.reporterDiscusses && `the reporter reads what members say of it`,
    ...answered(answers, readerIs),
    ...shared(theCase),
    ...remarks(theCase),
  ]
  return lines.filter(line => line !== undefined).join('\n')
}

/** Whether distributors hear of it early, where somebody decided. */
function early({ earlyDisclosure: decided }: Case): readonly Line[] {
  if (decided === undefined) return []
  const { as, by, at, reason } = decided
  return [`early disclosure: ${as}, by ${by}, ${formatInstant(at)}`, ...quoted('why', reason)]
}

const noticeLine = (notice: Notice, copies: readonly NoticeCopy[]): string =>
  [`${notice.id}: ${notice.stage}`, noticeStanding(notice, copies), audienceWords(notice.audience)]
    .filter(words => words !== '')
    .join(', ')

/** A post that an admin has to decide on, by number and contact alone. */
export const waitingPost = ({ id, poster, waits, receivedAt }: Post): string =>
  `${id}: waits since ${formatInstant(receivedAt)}, ${waits}, from ${poster.kind === 'member' ? poster.contact : poster.kind}; relay or withhold it`

const waitsFor = {
  info: 'an answer',
  private: 'yes or no to keeping it private',
  key: 'a public key',
} as const

function trouble(theCase: Case, policy: Policy): readonly Line[] {
  const { held, public: known, ended, mergedInto, slowed, content } = theCase
  const exit = ended?.reason?.open().trim() === '' ? undefined : ended?.reason
  return [
    content === 'purged' ? 'purged: what people wrote is gone' : undefined,
    mergedInto && `merged into: ${mergedInto}`,
    ended && `ended: ${formatInstant(ended.at)}, was ${ended.from}`,
    ...quoted('why', exit),
    held && `HELD since ${formatInstant(held.at)}`,
    ...quoted('why', held?.reason),
    known && `PUBLIC since ${formatInstant(known.at)}: ${known.url.open()}`,
    slowed && `slowed since ${formatInstant(slowed.at)}`,
    ...quoted('why', slowed?.reason),
    ...embargoLines(theCase, policy),
  ]
}

function embargoLines(theCase: Case, policy: Policy): readonly Line[] {
  const { embargo, extended } = theCase
  const { state, disclose, set } = embargo
  const doubt = doubtOf(theCase, policy)
  const date = disclose && formatInstant(disclose)
  const broken = `EMBARGO BROKEN${set === undefined ? '' : ` since ${formatInstant(set.at)}`}`
  return [
    state === 'broken'
      ? `${broken}${date === undefined ? '' : `, was to be public: ${date}`}`
      : date && `to be public: ${date}, ${state}`,
    ...quoted('why', set?.why),
    doubt &&
      `EMBARGO IN DOUBT since ${formatInstant(doubt.since)}, ${doubt.because ?? 'it is public'}; break or continue by ${formatInstant(doubt.due)}`,
    extended &&
      `extended until ${formatInstant(extended.until)}${extended.because === undefined ? '' : `, because: ${extended.because}`}`,
    ...(extended?.reason.open() === set?.why?.open() ? [] : quoted('why', extended?.reason)),
  ]
}

/** In numbers: who says what stands with all that each organisation said. */
function positions({ embargo: { agreed } }: Case, tally: DateTally): readonly Line[] {
  const { of, agree, object, propose } = tally
  const silent = silentIn(tally)
  return [
    agreed && `date agreed by the list: ${agreed.agreed} of ${agreed.of}, ${formatInstant(agreed.at)}`,
    silent === of
      ? undefined
      : `of the date, organisations: ${agree.length} agree, ${object.length} object, ${propose.length} propose another, ${silent} silent`,
  ]
}

const clocks = (theCase: Case, policy: Policy, now: Instant): readonly Line[] =>
  clocksOf(theCase, policy).map(running => `clock ${clockLine(running, theCase, policy, now)}`)

function people(theCase: Case, policy: Policy): Line {
  const { fixTeam, sharedWith } = theCase
  const names = fixTeam.map(one => one.name)
  const circle = sharedWith === 'maintainers' ? ['shared with the maintainers'] : []
  const team = names.length === 0 ? [] : [`fix team: ${names.join(', ')}`]
  const lacks = lacksOf(theCase, policy).map(lackPhrase)
  return team.length + circle.length === 0 ? undefined : [...team, ...lacks, ...circle].join('; ')
}

function reporter(theCase: Case, reader: 'admin' | 'insider'): readonly Line[] {
  const { address, key } = theCase.reporter
  const who = `${address ?? 'no usable address'}, key ${key?.fingerprint ?? 'unknown'}`
  return [
    reader === 'admin' ? `reporter: ${who}` : undefined,
    ...(theCase.revokedKeys ?? []).map(one => `revoked by its owner: key ${one}`),
    ...wishes(theCase.wishes),
  ]
}

function wishes({ credit, consent, private: secret, position }: ReporterWishes): readonly Line[] {
  return [
    credit === 'none' ? 'wants no credit' : undefined,
    ...(credit === 'none' ? [] : quoted('credit', credit)),
    consent && `consents to publication: ${consent}`,
    secret && `keeps it private: ${secret}`,
    ...(position === undefined ? [] : said(position)),
  ]
}

function said(saying: Saying): readonly Line[] {
  switch (saying.kind) {
    case 'agree':
      return ['agrees to the date']
    case 'object':
      return ['objects to the date', ...quoted('why', saying.reason)]
    case 'propose':
      return [`proposes the date ${formatInstant(saying.instant)}`]
    case 'consent':
    case 'private':
      return [`${saying.kind}: ${saying.answer}`]
    case 'credit':
      return saying.name === 'none' ? ['wants no credit'] : quoted('credit', saying.name)
    default:
      return unreachable(saying)
  }
}

function assessment(theCase: Case): readonly Line[] {
  const { severity, severityProposed, tags, cve, affects, fixed, wontfix, upstream, fixReady } = theCase
  return [
    severity && `severity: ${scored(severity)}`,
    severityProposed && `severity proposed: ${scored(severityProposed)}`,
    tags.length === 0 ? undefined : `tags: ${tags.join(', ')}`,
    theCase.advisory && `advisory: ${theCase.advisory}`,
    cve.kind === 'none'
      ? undefined
      : cve.kind === 'assigned'
        ? cve.id
        : `CVE requested ${formatInstant(cve.at)}`,
    affects.length === 0 ? undefined : `affects: ${joined(affects)}`,
    fixed.length === 0 ? undefined : `fixed in: ${joined(fixed)}`,
    wontfix.length === 0 ? undefined : `no fix for: ${joined(wontfix)}`,
    fixReady && `fix ready: ${formatInstant(fixReady.at)}`,
    ...quoted('tested', fixReady?.tested),
    ...quoted('lgtm', fixReady?.lgtm),
    ...quoted(
      theCase.mitigation === undefined ? 'mitigations' : 'mitigations, straightforward',
      theCase.mitigations,
    ),
    ...quoted('communication', theCase.communication),
    ...upstream.flatMap(({ name, instant }) => [
      ...quoted(instant === undefined ? 'upstream' : `upstream, ${formatInstant(instant)}`, name),
    ]),
  ]
}

const scored = ({ version, vector, score }: Severity): string =>
  `${score.toFixed(1)} (CVSS ${version}) ${vector}`

const joined = (versions: readonly Plaintext[]): string => versions.map(one => one.open()).join(', ')

function remarks({ statements, notes }: Case): readonly Line[] {
  const open = statements.filter(one => one.adoptedBy === undefined)
  return [
    ...open.slice(-MOST_SHOWN).flatMap(statement),
    open.length > MOST_SHOWN ? `${open.length - MOST_SHOWN} older statements are left out` : undefined,
    notes.length > MOST_SHOWN ? `${notes.length - MOST_SHOWN} older notes are left out` : undefined,
    ...notes
      .slice(-MOST_SHOWN)
      .flatMap(note => quoted(`note by ${note.by}, ${formatInstant(note.at)}`, note.text)),
  ]
}

/** What those who were told said, a line an organisation. */
function answered(all: readonly OrganisationAnswers[], reader: 'admin' | 'insider'): readonly Line[] {
  if (all.length === 0) return []
  return [`organisations told: ${all.length}, silent: ${silentOf(all).length}`, ...answerLines(all, reader)]
}

/** By the numbers of contacts alone: who they are, only the list need know. */
function shared({ sharing, contributions, feedback }: Case): readonly Line[] {
  return [
    ...sharing.slice(-MOST_SHOWN).flatMap(({ asker, due, agreed, decided, why, ...request }) => {
      const open = `open until ${formatInstant(due)}${agreed.length === 0 ? '' : `, ${agreed.length} agree`}`
      const state = decided === undefined ? open : `${decided.as} ${formatInstant(decided.at)}, ${decided.by}`
      return [...quoted(`${asker} asks to share it, ${state}, with`, request.with), ...quoted('why', why)]
    }),
    contributions.length > MOST_SHOWN
      ? `${contributions.length - MOST_SHOWN} older contributions are left out`
      : undefined,
    ...contributions
      .slice(-MOST_SHOWN)
      .flatMap(one => quoted(`${one.task} by ${one.contributor}, ${formatInstant(one.at)}`, one.text)),
    feedback.length > MOST_SHOWN ? `${feedback.length - MOST_SHOWN} older feedbacks are left out` : undefined,
    ...feedback.slice(-MOST_SHOWN).flatMap(({ contributor, at, text }) => {
      const label = `feedback by ${contributor}, ${formatInstant(at)}`
      return text === undefined ? [`${label}, by mail in the thread`] : quoted(label, text)
    }),
  ]
}

const statement = ({ id, at, by, saying }: Statement): readonly Line[] => [
  `${id}, ${by === 'key' ? 'signed, but not as a command' : 'unverified'}, ${formatInstant(at)}:`,
  ...said(saying),
]
