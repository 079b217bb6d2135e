// `list`: cases, those with priority first and then what is due first, without changing anything: only those in
// which its sender has a part. Ids, states, leads and instants; no titles, since an answer is read on many screens and `show` gives the rest.
import { CASE_WAY, type Case, type CaseState, isOpen, REJECTIONS } from '../../../model/case.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok, type Result } from '../../../model/result.ts'
import { policyOf } from '../../../model/settings.ts'
import { formatInstant } from '../../../model/time.ts'
import { rolesIn } from '../../authority.ts'
import { dueOrOver, nextDue, priorityOf } from '../../time/promises.ts'
import { waitingPost } from '../case/case-description.ts'
import { defineCommand, effect, type World } from '../command.ts'
import type { ParsedCommand } from '../grammar.ts'

/** Lines of one answer. */
const MOST_LISTED = 200

const STATES: readonly CaseState[] = [...CASE_WAY, ...REJECTIONS]

type Wanted = {
  readonly project: string | undefined
  /** Undefined: the open ones. */
  readonly state: CaseState | undefined
  readonly lead: string | undefined
  readonly mine: 'mine' | 'all'
}

export const list = defineCommand<Wanted>({
  verb: 'list',
  usage: 'list [project=…] [state=…] [lead=NAME|none] [mine]',
  summary: 'the open cases, or those in one state; first those with priority, then what is due first',
  roles: ['admin', 'maintainer', 'fix-team', 'lead'],
  nature: 'reversible',
  parse: parseList,
  decide: (wanted, world) => {
    const found = [...world.cases.values()]
      .filter(one => isWanted(one, wanted, world))
      .map(theCase => placed(theCase, world))
      .sort((a, b) => a.rank - b.rank || a.due - b.due || b.theCase.receivedAt - a.theCase.receivedAt)
    const lines = found.slice(0, MOST_LISTED).map(lineOf)
    if (found.length > MOST_LISTED) lines.push(`${found.length - MOST_LISTED} more are left out.`)
    lines.push(...waitingPosts(wanted, world))
    const none = wanted.state === undefined ? 'No case is open.' : `No case is ${wanted.state}.`
    return effect('ok', plaintext(lines.length === 0 ? none : lines.join('\n')), {
      facts: { cases: found.length },
    })
  },
})

function parseList(parsed: ParsedCommand): Result<Wanted, string> {
  if (parsed.block !== undefined) return err('it takes no text block')
  let wanted: Wanted = { project: undefined, state: undefined, lead: undefined, mine: 'all' }
  for (const argument of parsed.arguments) {
    if (argument.kind === 'word' && argument.text.toLowerCase() === 'mine')
      wanted = { ...wanted, mine: 'mine' }
    else if (argument.kind !== 'named') return err('it takes project=, state=, lead= and mine')
    else {
      const value = argument.value.toLowerCase()
      const state = STATES.find(one => one === value)
      if (argument.name === 'project') wanted = { ...wanted, project: value }
      else if (argument.name === 'lead') wanted = { ...wanted, lead: value }
      else if (argument.name !== 'state') return err(`it takes no ${argument.name}=`)
      else if (state === undefined) return err(`state= is one of ${STATES.join(', ')}`)
      else wanted = { ...wanted, state }
    }
  }
  return ok(wanted)
}

/** The state that a `list` asks for; undefined: the open ones, or it asks for none that there is. */
export const stateListed = (parsed: ParsedCommand): CaseState | undefined => {
  const wanted = parseList(parsed)
  return wanted.ok ? wanted.value.state : undefined
}

/** Who reported one case and works on another, or is asked to, learns nothing of the first by its line here. */
const mayRead = (one: Case, { who, settings, permitted }: World): boolean =>
  rolesIn(one, who, settings).some(role => permitted.includes(role))

function isWanted(one: Case, { project, state, lead, mine }: Wanted, world: World): boolean {
  const { actor } = world
  const leads = one.lead?.toLowerCase() ?? 'none'
  const isMine =
    one.lead === actor.name ||
    one.leadOffered === actor.name ||
    ('fingerprint' in actor && one.fixTeam.some(engineer => engineer.fingerprint === actor.fingerprint))
  return (
    mayRead(one, world) &&
    (state === undefined ? isOpen(one) : one.state === state) &&
    (project === undefined || one.project === project) &&
    (lead === undefined || lead === leads) &&
    (mine === 'all' || isMine)
  )
}

/** To an admin who asks for all that is open: posts that wait for them. */
function waitingPosts({ project, state, lead, mine }: Wanted, { actor, posts }: World): readonly string[] {
  const isAdmin = actor.kind === 'admin' || actor.kind === 'operator'
  if (!isAdmin || state !== undefined || lead !== undefined || mine === 'mine') return []
  return [...posts.values()]
    .filter(one => one.state === 'waiting' && (project === undefined || one.project === project))
    .toSorted((a, b) => a.receivedAt - b.receivedAt)
    .slice(0, MOST_LISTED)
    .map(one => `${waitingPost(one)}  ${one.project}, for ${one.case ?? 'the whole list'}`)
}

type Placed = {
  readonly theCase: Case
  readonly rank: number
  readonly priority: string | undefined
  /** Infinity where nothing is. */
  readonly due: number
  readonly words: string | undefined
}

function placed(theCase: Case, { settings, now }: World): Placed {
  const policy = policyOf(settings, theCase.project)
  const first = priorityOf(theCase, policy)
  const next = nextDue(theCase, policy)
  return {
    theCase,
    rank: first?.rank ?? policy.priorities.length,
    priority: first?.priority.name,
    due: next?.due ?? Number.POSITIVE_INFINITY,
    words: next && `${next.name} ${dueOrOver(next.due, now)}`,
  }
}

function lineOf({ theCase: one, priority, words }: Placed): string {
  const offered = one.leadOffered === undefined ? '' : ` (${one.leadOffered} asked)`
  const marks = [
    words,
    priority && `priority ${priority}`,
    one.slowed === undefined ? undefined : 'slowed down',
    one.held === undefined ? undefined : 'held',
    one.public === undefined ? undefined : 'public',
    one.awaits === undefined ? undefined : 'waits for the reporter',
  ].filter(mark => mark !== undefined)
  const last = marks.length === 0 ? '' : `  ${marks.join(', ')}`
  return `${one.id}  ${one.project}  ${one.state}  ${formatInstant(one.receivedAt)}  lead ${one.lead ?? 'nobody'}${offered}${last}`
}
