// Verbs that say what a case is about: title, tags, versions, mitigations, upstream. Each replaces what was
// known before; nobody outside the team is told.
import { type Case, isUnpublished } from '../../model/case.ts'
import type { CaseEvent } from '../../model/case-event.ts'
import { evolveCase } from '../../model/case-evolution.ts'
import { plaintext } from '../../model/plaintext.ts'
import type { Policy } from '../../model/policy.ts'
import { err, ok } from '../../model/result.ts'
import type { Instant } from '../../model/scalars.ts'
import { policyOf } from '../../model/settings.ts'
import { formatInstant } from '../../model/time.ts'
import { clocksOf, latestDisclosure } from '../clocks.ts'
import { caseFact, findOpenCase, takeCase } from './case-verbs.ts'
import { sameTexts, takeWords, texts } from './case-words.ts'
import { type Command, defineCommand, effect, refuse, type World } from './command.ts'
import { futureInstant } from './dates.ts'

const TITLE_CHARACTERS = 200
const NAME_CHARACTERS = 100
/** Versions of one list, and the characters of each. */
const VERSIONS = 50
const VERSION_CHARACTERS = 100
/** Upstream projects of one case. */
const UPSTREAMS = 20
const TAGS = 20
/** The vocabulary is closed in its shape alone; which tags mean something the policy says. */
const tagShape = /^[a-z][a-z0-9-]{0,39}$/

type Fact = CaseEvent extends infer One
  ? One extends CaseEvent
    ? Omit<One, 'at' | 'actor' | 'case'>
    : never
  : never

/** A fact recorded, and told as one sentence. */
const recorded = (theCase: Case, world: World, fact: Fact, sentence: string) =>
  effect('ok', plaintext(sentence), {
    facts: { case: theCase.id },
    events: [{ ...caseFact(theCase, world), ...fact }],
  })

const unchanged = (theCase: Case) => effect('noop', plaintext(`${theCase.id} says just that already.`))

export const title = defineCommand({
  verb: 'title',
  usage: 'title C-… the new title',
  summary: 'name a case; the title is for the team alone',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeWords(parsed, { named: [], block: 'none' })
    if (!taken.ok) return taken
    const text = taken.value.words.join(' ').trim()
    if (text === '') return err('the title is missing')
    if (text.length > TITLE_CHARACTERS) return err(`a title has at most ${TITLE_CHARACTERS} characters`)
    return ok({ ...taken.value, text })
  },
  decide: (wanted, world) => {
    const found = findOpenCase(wanted, world)
    if (!found.ok) return found
    if (found.value.title.open() === wanted.text) return unchanged(found.value)
    const fact = { kind: 'title-set', title: plaintext(wanted.text) } as const
    return recorded(found.value, world, fact, `${found.value.id} has its new title.`)
  },
})

export const tag = defineCommand({
  verb: 'tag',
  usage: 'tag C-… word … [-word …]',
  summary: 'add tags, and take away those with a - before them',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeWords(parsed, { named: [], block: 'none' })
    if (!taken.ok) return taken
    const words = taken.value.words.map(word => word.toLowerCase())
    if (words.length === 0) return err('the tags are missing')
    const wrong = words.find(word => !tagShape.test(word.replace(/^-/, '')))
    if (wrong !== undefined) return err(`"${wrong}" is no tag: a letter, then letters, digits and -`)
    const off = words.filter(word => word.startsWith('-')).map(word => word.slice(1))
    const on = words.filter(word => !word.startsWith('-'))
    const both = on.find(word => off.includes(word))
    if (both !== undefined) return err(`${both} is both added and taken away`)
    return ok({ ...taken.value, on, off })
  },
  decide: (wanted, world) => {
    const found = findOpenCase(wanted, world)
    if (!found.ok) return found
    const { id, tags: before } = found.value
    const kept = before.filter(one => !wanted.off.includes(one))
    const tags = [...new Set([...kept, ...wanted.on])]
    if (tags.length > TAGS)
      return refuse('E-STATE', `A case has at most ${TAGS} tags; take some away: tag ${id} -${before[0]}`)
    if (tags.join() === before.join()) return unchanged(found.value)
    const sentence = `${id} has ${tags.length === 0 ? 'no tags now' : `the tags ${tags.join(', ')}`}.`
    return recorded(found.value, world, { kind: 'tags-set', tags }, sentence)
  },
})

export const affects = defineCommand({
  verb: 'affects',
  usage: 'affects C-… version …',
  summary: 'which versions are hit; replaces the list',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeWords(parsed, { named: [], block: 'none' })
    if (!taken.ok) return taken
    if (taken.value.words.length === 0) return err('the versions are missing')
    const versions = texts(taken.value.words, VERSIONS, VERSION_CHARACTERS)
    return versions.ok ? ok({ ...taken.value, versions: versions.value }) : versions
  },
  decide: (wanted, world) => {
    const found = findOpenCase(wanted, world)
    if (!found.ok) return found
    const { versions } = wanted
    if (sameTexts(found.value.affects, versions)) return unchanged(found.value)
    const sentence = `${found.value.id} affects ${listed(versions.map(one => one.open()))}.`
    return recorded(found.value, world, { kind: 'affects-set', versions }, sentence)
  },
})

export const fixed = defineCommand({
  verb: 'fixed',
  usage: 'fixed C-… [version …] [wontfix=version,…]',
  summary: 'which versions hold the fix, and which will get none; replaces both lists',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeWords(parsed, { named: ['wontfix'], block: 'none' })
    if (!taken.ok) return taken
    const never = taken.value.named.get('wontfix')?.split(',') ?? []
    if (taken.value.words.length + never.length === 0) return err('the versions are missing')
    const versions = texts(taken.value.words, VERSIONS, VERSION_CHARACTERS)
    if (!versions.ok) return versions
    const wontfix = texts(never, VERSIONS, VERSION_CHARACTERS)
    if (!wontfix.ok) return wontfix
    const both = wontfix.value.find(one => versions.value.some(other => other.open() === one.open()))
    if (both !== undefined) return err(`${both.open()} is both fixed and not`)
    return ok({ ...taken.value, versions: versions.value, wontfix: wontfix.value })
  },
  decide: (wanted, world) => {
    const found = findOpenCase(wanted, world)
    if (!found.ok) return found
    const { versions, wontfix } = wanted
    const { id, fixed: before, wontfix: neverBefore } = found.value
    if (sameTexts(before, versions) && sameTexts(neverBefore, wontfix)) return unchanged(found.value)
    const never = wontfix.length === 0 ? '' : `; no fix for ${listed(wontfix.map(one => one.open()))}`
    const sentence = `${id} is fixed in ${listed(versions.map(one => one.open()))}${never}.`
    return recorded(found.value, world, { kind: 'fixed-set', versions, wontfix }, sentence)
  },
})

const listed = (words: readonly string[]): string => (words.length === 0 ? 'no version' : words.join(', '))

/** A verb that keeps one text with a case, in place of the one before. */
const keepsText = (
  words: Pick<Command, 'verb' | 'usage' | 'summary'>,
  kind: 'mitigations-set' | 'communication-set',
  what: string,
  before: (theCase: Case) => Case['mitigations'],
): Command =>
  defineCommand({
    ...words,
    roles: ['admin'],
    nature: 'reversible',
    parse: parsed => {
      const taken = takeCase(parsed, { named: [], block: 'needed' })
      return taken.ok ? ok({ ...taken.value, text: taken.value.block ?? plaintext('') }) : taken
    },
    decide: (wanted, world) => {
      const found = findOpenCase(wanted, world)
      if (!found.ok) return found
      const old = before(found.value)
      if (old?.open() === wanted.text.open()) return unchanged(found.value)
      const { id } = found.value
      const sentence = `${what} of ${id} is kept${old === undefined ? '' : ', in place of the one before'}.`
      const fact =
        kind === 'mitigations-set'
          ? { kind, text: wanted.text, mitigation: undefined }
          : { kind, text: wanted.text }
      return recorded(found.value, world, fact, sentence)
    },
  })

export const mitigate = keepsText(
  {
    verb: 'mitigate',
    usage: 'mitigate C-… << text',
    summary: 'what users can do until they have the fix; replaces the text',
  },
  'mitigations-set',
  'The text on mitigations',
  theCase => theCase.mitigations,
)

export const comms = keepsText(
  {
    verb: 'comms',
    usage: 'comms C-… << text',
    summary: 'the plan of who is told what and when; replaces the text',
  },
  'communication-set',
  'The communication plan',
  theCase => theCase.communication,
)

export const upstream = defineCommand({
  verb: 'upstream',
  usage: 'upstream C-… name=… [date=2026-12-09T16:00Z]',
  summary: 'a project upstream that is hit, and when it discloses',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeCase(parsed, { named: ['name', 'date'], block: 'none' })
    if (!taken.ok) return taken
    const name = taken.value.named.get('name')?.trim() ?? ''
    if (name === '') return err('name= is missing')
    if (name.length > NAME_CHARACTERS) return err(`name= has at most ${NAME_CHARACTERS} characters`)
    return ok({ ...taken.value, name })
  },
  decide: (wanted, world) => {
    const found = findOpenCase(wanted, world)
    if (!found.ok) return found
    const { id, upstream: known } = found.value
    const date = wanted.named.get('date')
    let instant: Instant | undefined
    if (date !== undefined) {
      const parsed = futureInstant('date', date, world.now)
      if (!parsed.ok) return parsed
      instant = parsed.value
    }
    const before = known.find(one => one.name.open() === wanted.name)
    if (before !== undefined && before.instant === instant) return unchanged(found.value)
    if (before === undefined && known.length === UPSTREAMS)
      return refuse(
        'E-STATE',
        `A case names at most ${UPSTREAMS} projects upstream; keep the rest in a note.`,
      )
    const when = instant === undefined ? 'its date is open' : `it discloses at ${formatInstant(instant)}`
    const fact = { kind: 'upstream-set', upstream: { name: plaintext(wanted.name), instant } } as const
    const moved = movedBy({ ...caseFact(found.value, world), ...fact }, found.value, world)
    return recorded(found.value, world, fact, `Upstream of ${id}: ${wanted.name}; ${when}.${moved}`)
  },
})

/** What another upstream date does to ours, for the team; empty where it does nothing. */
function movedBy(event: CaseEvent, before: Case, { settings }: World): string {
  const policy = policyOf(settings, before.project)
  const after = evolveCase(before, event)
  const [was, is] = [datesOf(before, policy), datesOf(after, policy)]
  const moved = [...is].filter(([name, at]) => was.get(name) !== at)
  const dates = moved.map(([name, at]) => `${name} to ${formatInstant(at)}`)
  const { disclose } = after.embargo
  const theirs = Math.max(0, ...after.upstream.flatMap(one => one.instant ?? []))
  const early =
    disclose !== undefined && isUnpublished(after) && theirs > disclose
      ? ` Our date is earlier, ${formatInstant(disclose)}; to wait for theirs, set another: plan or extend.`
      : ''
  return `${dates.length === 0 ? '' : ` Because of that these move: ${dates.join(', ')}.`}${early}`
}

/** By what they are the dates of: clocks that run, and the latest end of the embargo. */
function datesOf(theCase: Case, policy: Policy): ReadonlyMap<string, Instant> {
  const clocks = clocksOf(theCase, policy).flatMap(running =>
    running.state === 'running' ? [[running.clock.name, running.dueAt] as const] : [],
  )
  const latest = isUnpublished(theCase) ? latestDisclosure(theCase, policy) : undefined
  return new Map([...clocks, ...(latest === undefined ? [] : [['the latest disclosure', latest] as const])])
}
