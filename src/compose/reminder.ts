// What is due in a case, or was: told to those who can act. Instants and codes of ours only, nothing that anybody
// wrote; what can be done stands below as links.
import { type Case, isAccepted } from '../model/case.ts'
import { lackPhrase, lacksOf } from '../model/fix-team.ts'
import type { Content, DueItem, Suggestion } from '../model/order.ts'
import type { Milestone, Policy } from '../model/policy.ts'
import { unreachable } from '../model/result.ts'
import type { Instant } from '../model/scalars.ts'
import { confirmersBeyond, type Settings, takesNoneBeyond } from '../model/settings.ts'
import { DAY, HOUR, MINUTE } from '../model/time.ts'
import { suggestionBlock } from './links.ts'
import { doubtView, when } from './phrases.ts'
import { type Rendered, render, type Templates } from './template.ts'
import type { Block } from './variables.ts'

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
  published: 'its publication',
}

const taskOf = (milestone: Milestone): string => {
  const stage = /^notice:(.+)$/.exec(milestone)?.[1]
  return stage === undefined ? tasks[milestone as keyof typeof tasks] : `notice ${stage} sent (notice)`
}

export function reminder(
  templates: Templates,
  { theCase, at, items, priority }: Extract<Content, { kind: 'reminder' }>,
  offers: readonly Suggestion[],
  policy: Policy,
  settings: Settings,
  zone: string,
  discussion: Block | undefined,
): Rendered {
  const { id, state, lead, held } = theCase
  const urgency = urgencyOf(items, at)
  return render(templates, 'reminder', {
    case: id,
    project: policy.displayName,
    [urgency]: true,
    items: items.map(item => itemView(item, theCase, policy, settings, at, zone)),
    state,
    leader: lead,
    priority,
    held: held !== undefined,
    offers: suggestionBlock(offers, settings),
    command: settings.addresses.command,
    discussion,
  })
}

function urgencyOf(
  items: readonly DueItem[],
  at: Instant,
): 'overdue' | 'undecided' | 'unled' | 'due-now' | 'due-soon' {
  // Who wakes for an instant wakes a little after it.
  if (items.some(({ due }) => at - due >= MINUTE)) return 'overdue'
  if (items.some(({ kind }) => kind === 'decision')) return 'undecided'
  if (items.some(({ kind }) => kind === 'lead')) return 'unled'
  return items.some(({ due }) => due <= at) ? 'due-now' : 'due-soon'
}

function itemView(
  item: DueItem,
  theCase: Case,
  policy: Policy,
  settings: Settings,
  at: Instant,
  zone: string,
) {
  const time = { due: when(item.due, zone), distance: distance(item.due - at) }
  switch (item.kind) {
    case 'clock': {
      const { clock, waitsFor } = item
      const lacks = clock.until === 'fix-team' ? lacksOf(theCase, policy).map(lackPhrase) : []
      return {
        clock: {
          ...time,
          promise: clock.kind === 'promise',
          task: taskOf(clock.until),
          lacks: lacks.join('; '),
          'waits-for': waitsFor.map(taskOf).join(', or '),
        },
      }
    }
    case 'embargo':
      return { embargo: { ...time, ...embargoView(item, theCase, policy, settings, at) } }
    case 'decision': {
      const { since, because } = item.doubt
      const past = at - item.due >= MINUTE
      const view = { ...doubtView(item.doubt, zone), past, incident: because, since: when(since, zone) }
      return { decision: { ...time, ...view } }
    }
    case 'lead':
      return { lead: { asked: item.asked.join(', ') } }
    default:
      return unreachable(item)
  }
}

function embargoView(
  { due, maximum, state }: Extract<DueItem, { kind: 'embargo' }>,
  theCase: Case,
  policy: Policy,
  settings: Settings,
  at: Instant,
) {
  if (state === 'lifted') return { lifted: true }
  if (state === 'broken') return { broken: true }
  if (theCase.public?.at === due) return { 'is-public': true }
  const isMovable = !takesNoneBeyond(policy, settings) || maximum === undefined || at < maximum
  const isLimit = maximum !== undefined && (due >= maximum || due <= at)
  return {
    agreed: state === 'active',
    proposed: state === 'proposed',
    past: at - due >= MINUTE,
    act: due > at ? undefined : { accepted: isAccepted(theCase), movable: isMovable },
    limit: isLimit ? limitView(policy, settings) : undefined,
  }
}

/** What the policy says to a date beyond its maximum. */
function limitView(policy: Policy, settings: Settings) {
  const { overrun, reasons } = policy.embargo
  const others = confirmersBeyond(policy, settings)
  if (overrun === 'publish') return { ends: true }
  if (takesNoneBeyond(policy, settings)) return { never: true }
  return {
    needs: {
      reasons: reasons.map(({ name, text }) => `${name} (${text})`).join(', '),
      one: others === 1,
      admins: others > 1 ? `${others}` : undefined,
    },
  }
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
