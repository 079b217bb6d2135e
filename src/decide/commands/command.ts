// The shape of a command: one file a verb, one line in the registry. Permission, usage errors, `help`, the
// command line and the docs all derive from these fields.
import type { Case } from '../../model/case.ts'
import type { FreshIds, OpenedOperands, OperandFile, Snapshot, Told } from '../../model/decision.ts'
import { type Actor, type Event, streamOf } from '../../model/event.ts'
import type { ErrorCode, MailOrder, SimulatedMail, Suggestion } from '../../model/order.ts'
import { type Plaintext, plaintext } from '../../model/plaintext.ts'
import { err, ok, type Result } from '../../model/result.ts'
import type { CaseId, EmailAddress, Fingerprint, InboundId } from '../../model/scalars.ts'
import type { Role, Who } from '../authority.ts'
import { fold, type Known, ownState } from '../known.ts'
import type { Foresee } from '../time/foreseen.ts'
import type { Argument, ParsedCommand } from './grammar.ts'

/** What a verb may look at: the snapshot, with the effects of the commands before it in the same mail. */
export type World = Known & {
  readonly actor: Actor
  readonly who: Who
  /** The cases at hand that this person may know of, and no others. */
  readonly cases: ReadonlyMap<CaseId, Case>
  /** Who may send the verb at hand. */
  readonly permitted: readonly Role[]
  /** Whose case it is to know, of the members. */
  readonly told: Told
  /** Since when each admin's signatures count. */
  readonly entitled: Snapshot['entitled']
  /** Short names of those who confirm it, where it waited. */
  readonly agreed: readonly string[]
  /** Files attached inside the signed entity. */
  readonly files: readonly OperandFile[]
  readonly fresh: FreshIds
  /** Own words in the mail that are no command: comments, and what stands below the commands and is not quoted. */
  readonly besides: 'words' | 'nothing'
  /** Whether they have sent so many wrong tokens in 24 h that even a right one is refused. */
  readonly tokens: 'heard' | 'refused'
  readonly operands: OpenedOperands
  /** Fingerprints of our own mail and list keys. */
  readonly ownKeys: readonly Fingerprint[]
  /** An unused id for a case that a command opens. */
  readonly freshCase: CaseId
  /** The inbound row that the command came in. */
  readonly inbound: InboundId
  /** Handed in: the rules of time offer commands, and so know the verbs. */
  readonly foresee: Foresee
}

export type Refusal = {
  readonly code: ErrorCode
  readonly text: Plaintext
  /** What to send instead, ready. */
  readonly suggestions?: readonly Suggestion[]
  /** Counts towards the wrong tokens that a person may send in a day. */
  readonly counted?: 'wrong-token'
}

/** A refusal in one sentence that says what to send instead. */
export const refusal = (code: ErrorCode, text: string, suggestions: readonly Suggestion[] = []): Refusal => ({
  code,
  text: plaintext(text),
  suggestions,
})

/** The same as what comes of a command. */
export const refuse = (...given: Parameters<typeof refusal>): Result<never, Refusal> => err(refusal(...given))

export type Effect = {
  readonly status: 'ok' | 'noop'
  /** What happened, for the transcript. */
  readonly text: Plaintext
  readonly facts: Readonly<Record<string, string | number>>
  readonly events: readonly Event[]
  /** Beyond news of another state and the welcome of newcomers, which follow by themselves. */
  readonly mails: readonly MailOrder[]
  readonly suggestions: readonly Suggestion[]
  /** Files that the events refer to. */
  readonly files: readonly OperandFile[]
  /** `told`: its own mails tell the other admins what it changes. */
  readonly others: 'told' | 'to-be-told'
  /** Of an irreversible verb: who will receive something because of it. */
  readonly audience: readonly EmailAddress[]
  /** Others who must confirm it; with any it waits, though its verb be reversible. */
  readonly confirmers: number
  /** Those of the team whom it is about: their confirmation does not count. */
  readonly barred?: readonly Fingerprint[]
  /** Of a verb that is reversible but for this use of it. */
  readonly nature?: 'irreversible'
  /** What would be mailed, to be shown with the answer. */
  readonly simulated?: readonly SimulatedMail[]
}

export type Command = {
  readonly verb: string
  /** As a person types it: `reject C-… [as=…] << reason`. */
  readonly usage: string
  readonly summary: string
  readonly roles: readonly Role[]
  /** `irreversible` waits for a confirmation; a `brake` needs neither that nor freshness. */
  readonly nature: 'reversible' | 'irreversible' | 'brake'
  /** `never`: it is refused beside what waits for a confirmation. */
  readonly waits?: 'never'
  /** What the files are that it names by `att:`, if the child has to open them. */
  readonly opens?: 'mail' | 'certificate'
  /** Parses and decides; `err` when the arguments do not fit (E-SYNTAX) or the world forbids it. */
  readonly plan: (parsed: ParsedCommand, world: World) => Result<Effect, Refusal>
}

type Definition<A> = Omit<Command, 'plan'> & {
  readonly parse: (parsed: ParsedCommand) => Result<A, string>
  readonly decide: (wanted: A, world: World) => Result<Effect, Refusal>
}

/** Joins a verb's typed halves; a parse error becomes E-SYNTAX with the usage. */
export function defineCommand<A>({ parse, decide, ...rest }: Definition<A>): Command {
  return {
    ...rest,
    plan: (parsed, world) => {
      const wanted = parse(parsed)
      if (!wanted.ok) return refuse('E-SYNTAX', `${wanted.error}; send: ${rest.usage}`)
      return decide(wanted.value, world)
    },
  }
}

/** An effect from its parts; what is left out is empty. */
export function effect(
  status: Effect['status'],
  text: Plaintext,
  rest: Partial<Effect> = {},
): Result<Effect, Refusal> {
  return ok({
    facts: {},
    events: [],
    mails: [],
    suggestions: [],
    files: [],
    others: 'to-be-told',
    audience: [],
    confirmers: 0,
    ...rest,
    status,
    text,
  })
}

/** The world after these events, for the commands that follow in the same mail. */
export function worldAfter(world: World, events: readonly Event[]): World {
  const used = new Set(
    events.flatMap(event => ('token' in event ? [event.token, streamOf(event)] : [streamOf(event)])),
  )
  const unused = <T extends string>(ids: readonly T[]): readonly T[] => ids.filter(id => !used.has(id))
  const { notices, contacts, applications, distributors, incidents, challenges } = world.fresh
  return {
    ...world,
    ...fold(ownState(world), events),
    fresh: {
      notices: unused(notices),
      contacts: unused(contacts),
      applications: unused(applications),
      distributors: unused(distributors),
      incidents: unused(incidents),
      challenges: unused(challenges),
    },
  }
}

/** What a parser of arguments takes: positional ones in order, named ones by name, and whether a block follows. */
export type Expected = {
  readonly positional: readonly string[]
  readonly named: readonly string[]
  readonly block: 'needed' | 'optional' | 'none'
  readonly attachments: 'allowed' | 'none'
}

export type Taken = {
  readonly positional: readonly string[]
  readonly named: ReadonlyMap<string, string>
  readonly attachments: readonly string[]
  readonly block: Plaintext | undefined
}

/** Sorts the arguments of a command; the error is half a sentence that the usage completes. */
export function takeArguments(parsed: ParsedCommand, expected: Expected): Result<Taken, string> {
  const positional: string[] = []
  const named = new Map<string, string>()
  const attachments: string[] = []
  for (const argument of parsed.arguments) {
    const problem = takeOne(argument, expected, positional, named, attachments)
    if (problem !== undefined) return err(problem)
  }
  const missing = expected.positional[positional.length]
  if (missing !== undefined) return err(`${missing} is missing`)
  if (expected.block === 'needed' && (parsed.block === undefined || parsed.block.open().trim() === ''))
    return err(
      'the text is missing: end the line with <<, write the text below, close with a line of one dot',
    )
  if (expected.block === 'none' && parsed.block !== undefined) return err('it takes no text block')
  return ok({ positional, named, attachments, block: parsed.block })
}

function takeOne(
  argument: Argument,
  expected: Expected,
  positional: string[],
  named: Map<string, string>,
  attachments: string[],
): string | undefined {
  switch (argument.kind) {
    case 'named':
      if (!expected.named.includes(argument.name)) return `it takes no ${argument.name}=`
      if (named.has(argument.name)) return `${argument.name}= stands twice`
      named.set(argument.name, argument.value)
      return undefined
    case 'attachment':
      if (expected.attachments === 'none') return 'it takes no attachment'
      attachments.push(argument.fileName)
      return undefined
    default:
      if (positional.length === expected.positional.length)
        return `"${argument.text}" is one argument too many`
      positional.push(argument.text)
      return undefined
  }
}
