// What is due in a case, or was: told to those who can act. Instants and codes of ours only, nothing that anybody
// wrote; what can be done stands below as links.
import { type Case, isAccepted } from '../model/case.ts'
import { lackPhrase, lacksOf } from '../model/fix-team.ts'
import type { Content, DueItem, Suggestion } from '../model/order.ts'
import type { Milestone, Policy } from '../model/policy.ts'
import { unreachable } from '../model/result.ts'
import type { Instant } from '../model/scalars.ts'
import type { Settings } from '../model/settings.ts'
import { DAY, HOUR, MINUTE } from '../model/time.ts'
import { MARKER, suggestionBlock } from './links.ts'
import { when } from './phrases.ts'
import { bullets, fill, paragraphs } from './text.ts'

type Reminder = Extract<Content, { kind: 'reminder' }>

/** What the team has to do, and the verb that says it is done. */
const tasks: Readonly<Record<Exclude<Milestone, `notice:${string}`>, string>> = {
  received: 'nothing',
  lead: 'somebody leads it (take)',
  conversation: 'first words to the reporter (reply)',
  plan: 'a plan for the reporter (reply plan=yes)',
  decided: 'a decision: a vulnerability, or not (accept, reject)',
  accepted: 'a decision to accept it (accept)',
  severity: 'a final severity (severity)',
  'fix-team': 'a fix team that can work (assign)',
  'fix-ready': 'a tested fix (fix-ready)',
  mitigation: 'what users can do until they have the fix (mitigate)',
  communication: 'a plan of who is told what and when (comms)',
  cve: 'a CVE id, or the request for one (cve)',
  public: 'knowledge of it in public (public)',
  published: 'its publication (publish)',
}

const taskOf = (milestone: Milestone): string => {
  const stage = /^notice:(.+)$/.exec(milestone)?.[1]
  return stage === undefined ? tasks[milestone as keyof typeof tasks] : `notice ${stage} sent (notice)`
}

/** `C-… is due: …` while it can still be met, and how late it is after. */
export function reminderSubject({ theCase, at, items }: Reminder): string {
  // Who wakes for an instant wakes a little after it.
  const late = items.filter(({ due }) => at - due >= MINUTE).length
  if (late > 0) return `${theCase.id}: overdue`
  if (items.some(({ kind }) => kind === 'lead')) return `${theCase.id}: nobody leads it`
  return items.some(({ due }) => due <= at) ? `${theCase.id}: due now` : `${theCase.id}: due soon`
}

export function reminderText(
  { theCase, at, items, priority }: Reminder,
  offers: readonly Suggestion[],
  policy: Policy,
  settings: Settings,
  zone: string,
  discussion: string | undefined,
): string {
  const { id, state, lead, held } = theCase
  return paragraphs(
    MARKER,
    bullets(items.map(item => itemSentence(item, theCase, policy, at, zone))),
    fill(
      `It is about ${id} of ${policy.displayName}. State: ${state}; lead: ${lead ?? 'nobody yet'}.` +
        (priority === undefined ? '' : ` It comes first: ${priority}.`) +
        (held === undefined ? '' : ' It is on hold, which stops no clock.'),
    ),
    suggestionBlock(offers, settings, 'What you can do now.'),
    discussion,
  )
}

function itemSentence(item: DueItem, theCase: Case, policy: Policy, at: Instant, zone: string): string {
  const due = `${when(item.due, zone)} (${distance(item.due - at)})`
  switch (item.kind) {
    case 'clock': {
      const { clock, waitsFor } = item
      const kind = clock.kind === 'promise' ? 'Promised' : 'Aimed at, not promised,'
      const waiting = waitsFor.length === 0 ? '' : ` It waits for: ${waitsFor.map(taskOf).join(', or ')}.`
      const lacks = clock.until === 'fix-team' ? lacksOf(theCase, policy).map(lackPhrase) : []
      const missing = lacks.length === 0 ? '' : ` Still: ${lacks.join('; ')}.`
      return `${kind} for ${due}: ${taskOf(clock.until)}.${waiting}${missing}`
    }
    case 'embargo':
      return embargoSentence(item, theCase, policy, at, due)
    case 'lead': {
      const asked = item.asked.join(', ')
      const who =
        asked === ''
          ? 'Everybody who could be asked is away.'
          : `Asked in turn were: ${asked}; nobody accepted.`
      return `Nobody leads it. ${who} Whoever can, please take it.`
    }
    default:
      return unreachable(item)
  }
}

function embargoSentence(
  { due, maximum, state }: Extract<DueItem, { kind: 'embargo' }>,
  theCase: Case,
  policy: Policy,
  at: Instant,
  shown: string,
): string {
  if (state === 'lifted')
    return `The embargo is over since ${shown}: the policy ends it then. Publish it now.`
  if (theCase.public?.at === due)
    return `It is public already, since ${shown}. Publish what users need, or set the nearest date you can keep: plan.`
  const isAgreed = state === 'active' || state === 'proposed'
  const be = at - due >= MINUTE ? 'was' : 'is'
  const first = isAgreed
    ? `It ${be} to be public on ${shown}, as ${state === 'active' ? 'agreed' : 'proposed'}.`
    : `It ${be} to be public by ${shown}: the policy allows no longer embargo.`
  if (due > at && maximum !== undefined && due < maximum) return first
  const task = isAccepted(theCase) ? 'Publish it' : 'Accept it or reject it'
  const isMovable = !takesNone(policy) || maximum === undefined || at < maximum
  const act = due > at ? '' : ` ${task}${isMovable ? ', or set another date: plan, extend' : ''}.`
  return `${first}${act}${maximum === undefined ? '' : ` ${laterDates(policy)}`}`
}

/** Whether no date beyond the maximum is ever taken. */
const takesNone = ({ embargo: { overrun, quorumBeyond } }: Policy): boolean =>
  overrun === 'publish' || (overrun === 'block' && quorumBeyond === 0)

/** What the policy says to a date beyond its maximum. */
function laterDates(policy: Policy): string {
  const { overrun, quorumBeyond, reasons } = policy.embargo
  if (overrun === 'publish') return 'When the longest is over the policy ends it by itself.'
  if (takesNone(policy)) return 'Beyond the longest no date is taken.'
  const because =
    reasons.length === 0
      ? 'a reason'
      : `one of these reasons: ${reasons.map(({ name, text }) => `${name} (${text})`).join(', ')}`
  const confirmed =
    quorumBeyond === 0 ? '' : `, and ${quorumBeyond} other${quorumBeyond === 1 ? '' : 's'} to confirm it`
  return `A date beyond the longest needs ${because}${confirmed}.`
}

/** `in 3 days`, `now`, `2 hours ago`; the largest unit that fits, rounded down. */
function distance(milliseconds: number): string {
  const size = Math.abs(milliseconds)
  if (size < MINUTE) return 'now'
  const [unit, name] = size >= DAY ? [DAY, 'day'] : size >= HOUR ? [HOUR, 'hour'] : [MINUTE, 'minute']
  const count = Math.floor(size / unit)
  const words = `${count} ${name}${count === 1 ? '' : 's'}`
  return milliseconds > 0 ? `in ${words}` : `${words} ago`
}
