// The verbs by which a reporter says what they wish: agree, object, propose, credit, consent, private. In goes
// one parsed line, out comes what it says; signed by the key of the case it counts at once, else it is a
// statement (../../statements.ts). They always name their case: a thread is not signed. What concerns the date,
// members who were told of the case say, too (../disclosure/position.ts).
import type { Position } from '../../../model/answer.ts'
import type { Saying } from '../../../model/case.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok, type Result } from '../../../model/result.ts'
import { counts, isWished, sayingPhrase } from '../../../model/saying.ts'
import type { Instant } from '../../../model/scalars.ts'
import { type CaseId, parseCaseId } from '../../../model/scalars.ts'
import { insidersOf } from '../../authority.ts'
import { toInsider } from '../../orders.ts'
import {
  type Command,
  type Expected,
  effect,
  type Refusal,
  refuse,
  type Taken,
  takeArguments,
  type World,
} from '../command.ts'
import { futureInstant } from '../dates.ts'
import { memberPosition } from '../disclosure/position.ts'
import type { ParsedCommand } from '../grammar.ts'
import { findCase } from './case-verbs.ts'

const NAME_CHARACTERS = 100
const REASON_CHARACTERS = 10_000

type Verb = Pick<Command, 'verb' | 'usage' | 'summary'> & {
  readonly expected: Pick<Expected, 'positional' | 'named'>
  readonly block: 'optional' | 'none'
  readonly saying: (taken: Taken, now: Instant) => Result<Saying, Refusal | string>
}

const yesOrNo =
  (kind: 'consent' | 'private') =>
  (taken: Taken): Result<Saying, string> => {
    const answer = taken.positional[0]?.toLowerCase()
    return answer === 'yes' || answer === 'no' ? ok({ kind, answer }) : err('the answer is yes or no')
  }

const SAYINGS: readonly Verb[] = [
  {
    verb: 'agree',
    usage: 'agree C-…',
    summary: 'as the reporter, or a member who was told: agree to the date of disclosure',
    expected: { positional: [], named: [] },
    block: 'none',
    saying: () => ok({ kind: 'agree' }),
  },
  {
    verb: 'object',
    usage: 'object C-… [<< reason]',
    summary: 'as the reporter, or a member who was told: object to the date of disclosure',
    expected: { positional: [], named: [] },
    block: 'optional',
    saying: ({ block }) =>
      block !== undefined && block.length > REASON_CHARACTERS
        ? err(`a reason has at most ${REASON_CHARACTERS} characters`)
        : ok({ kind: 'object', reason: block }),
  },
  {
    verb: 'propose',
    usage: 'propose C-… date=2026-12-09T16:00Z',
    summary: 'as the reporter, or a member who was told: propose a date of disclosure',
    expected: { positional: [], named: ['date'] },
    block: 'none',
    saying: ({ named }, now) => {
      const date = named.get('date')
      if (date === undefined) return err('date= is missing')
      const instant = futureInstant('date', date, now)
      return instant.ok ? ok({ kind: 'propose', instant: instant.value }) : instant
    },
  },
  {
    verb: 'credit',
    usage: 'credit C-… name="…"|none',
    summary: 'as the reporter: how to thank you in public, or not to',
    expected: { positional: [], named: ['name'] },
    block: 'none',
    saying: ({ named }) => {
      const name = named.get('name')?.trim() ?? ''
      if (name === '') return err('name="…" or none is missing')
      if (name.length > NAME_CHARACTERS) return err(`a name has at most ${NAME_CHARACTERS} characters`)
      return ok({ kind: 'credit', name: plaintext(name) })
    },
  },
  {
    verb: 'consent',
    usage: 'consent C-… yes|no',
    summary: 'as the reporter: consent to the publication as proposed',
    expected: { positional: ['yes or no'], named: [] },
    block: 'none',
    saying: yesOrNo('consent'),
  },
  {
    verb: 'private',
    usage: 'private C-… yes|no',
    summary: 'as the reporter: agree to have it handled in private',
    expected: { positional: ['yes or no'], named: [] },
    block: 'none',
    saying: yesOrNo('private'),
  },
]

/** What members say, too. */
const ABOUT_DATE: readonly string[] = ['agree', 'object', 'propose'] satisfies readonly Position['kind'][]

export const SAYING_VERBS: readonly string[] = SAYINGS.map(({ verb }) => verb)

export type Said = {
  /** The case that the line names. */
  readonly case: CaseId | undefined
  readonly saying: Saying
}

/** What a line with one of these verbs says; the case may be left out, for whoever knows it otherwise. */
export function readSaying(parsed: ParsedCommand, now: Instant): Result<Said, Refusal> {
  const known = SAYINGS.find(({ verb }) => verb === parsed.verb)
  if (known === undefined) throw new Error(`${parsed.verb} is nothing that a reporter says`)
  const [first, ...rest] = parsed.arguments
  const named = first !== undefined && 'text' in first ? parseCaseId(first.text) : undefined
  const left = named === undefined ? parsed.arguments : rest
  const saying = sayingOf(known, { ...parsed, arguments: left }, now)
  if (saying.ok) return ok({ case: named, saying: saying.value })
  return typeof saying.error === 'string'
    ? refuse('E-SYNTAX', `${saying.error}; send: ${known.usage}`)
    : err(saying.error)
}

function sayingOf(known: Verb, parsed: ParsedCommand, now: Instant): Result<Saying, Refusal | string> {
  const [first, second] = parsed.arguments
  if (known.verb === 'credit' && first?.kind === 'word' && first.text.toLowerCase() === 'none')
    return second === undefined && parsed.block === undefined
      ? ok({ kind: 'credit', name: 'none' })
      : err('nothing follows none')
  const block = known.block === 'optional' && parsed.block !== undefined ? 'needed' : 'none'
  const taken = takeArguments(parsed, { ...known.expected, block, attachments: 'none' })
  return taken.ok ? known.saying(taken.value, now) : taken
}

const commandFor = ({ verb, usage, summary }: Verb): Command => ({
  verb,
  usage,
  summary,
  roles: ABOUT_DATE.includes(verb) ? ['reporter', 'member'] : ['reporter'],
  nature: 'reversible',
  plan: (parsed, world) => {
    const said = readSaying(parsed, world.now)
    if (!said.ok) return said
    if (said.value.case === undefined) return refuse('E-SYNTAX', `the case (C-…) is missing; send: ${usage}`)
    const found = findCase({ case: said.value.case, ...NOTHING_ELSE }, world)
    if (!found.ok) return found
    const theCase = found.value
    const { saying } = said.value
    const isReporter = world.who === 'operator' || theCase.reporter.key?.fingerprint === world.who
    if (!isReporter && isAboutDate(saying)) return memberPosition(theCase, saying, world)
    if (!counts(saying, theCase))
      return refuse(
        'E-STATE',
        `${theCase.id} is ${theCase.state}, so that this changes nothing; write to its thread.`,
      )
    const sentence = `The reporter of ${theCase.id} ${sayingPhrase(saying)}.`
    if (isWished(saying, theCase.wishes))
      return effect('noop', plaintext(`${sentence}\nThat is known already.`))
    return effect('ok', plaintext(`${sentence}\nThe team is told.`), {
      facts: { case: theCase.id },
      events: [{ at: world.now, actor: asReporter(world), case: theCase.id, kind: 'reporter-said', saying }],
      // The admins hear of every change of a case, whoever makes it.
      mails: insidersOf(theCase, world.settings)
        .filter(one => !world.settings.admins.some(admin => admin.fingerprint === one.fingerprint))
        .map(one =>
          toInsider(
            one,
            { project: theCase.project, case: theCase.id },
            { kind: 'change', by: 'reporter', lines: [plaintext(sentence)] },
          ),
        ),
    })
  },
})

const isAboutDate = (saying: Saying): saying is Position => ABOUT_DATE.includes(saying.kind)

const NOTHING_ELSE = { positional: [], named: new Map(), attachments: [], block: undefined } as const

/** In this case they are its reporter, whatever they are in others. */
const asReporter = ({ who, actor }: World): World['actor'] =>
  who === 'operator' ? actor : { kind: 'reporter', name: 'reporter', fingerprint: who }

export const REPORTER_SAYS: readonly Command[] = SAYINGS.map(commandFor)
