// `ack`, `affected` and `ready`: what an organisation that was told of a case answers, with one voice. Those who work on
// the case read it in `show` and in the roll-up, which the answer of the last one brings; no other member does.
import type { Answer } from '../../../model/answer.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok, type Result } from '../../../model/result.ts'
import { formatInstant } from '../../../model/time.ts'
import { answerPhrase, answersOf } from '../../sharing/answers.ts'
import { type Command, defineCommand, type Effect, effect, type Refusal, type World } from '../command.ts'
import { ANSWERERS, findAsMember, type MemberArguments, memberFact, takeAbout } from './as-member.ts'

const VERSION_CHARACTERS = 100
const URL_CHARACTERS = 300

type Wanted = MemberArguments & { readonly answer: Answer }

const COMMON = { roles: ANSWERERS, nature: 'reversible' } as const

const ack = defineCommand<Wanted>({
  ...COMMON,
  verb: 'ack',
  usage: 'ack C-…|N-…',
  summary: 'as a member: say that a notice arrived and that you look at it',
  parse: parsed => {
    const taken = takeAbout(parsed, { named: [], block: 'none' })
    return taken.ok ? ok({ ...taken.value, answer: { kind: 'ack' } }) : taken
  },
  decide: answered,
})

const AFFECTED = ['yes', 'no', 'unknown'] as const

const affected = defineCommand<Wanted>({
  ...COMMON,
  verb: 'affected',
  usage: 'affected C-… yes|no|unknown',
  summary: 'as a member: say whether a case affects what you ship',
  parse: parsed => {
    const taken = takeAbout(parsed, { named: [], block: 'none', after: ['yes, no or unknown'] })
    if (!taken.ok) return taken
    const as = AFFECTED.find(one => one === taken.value.positional[0]?.toLowerCase())
    return as === undefined
      ? err('the answer is yes, no or unknown')
      : ok({ ...taken.value, answer: { kind: 'affected', as } })
  },
  decide: answered,
})

const ready = defineCommand<Wanted>({
  ...COMMON,
  verb: 'ready',
  usage: 'ready C-… [version=…] [url=…]',
  summary: 'as a member: say that your own fix is ready, in which version and where it will be',
  parse: parsed => {
    const taken = takeAbout(parsed, { named: ['version', 'url'], block: 'none' })
    if (!taken.ok) return taken
    const version = wordOf(taken.value, 'version', VERSION_CHARACTERS)
    if (!version.ok) return version
    const url = wordOf(taken.value, 'url', URL_CHARACTERS)
    if (!url.ok) return url
    return ok({ ...taken.value, answer: { kind: 'ready', version: version.value, url: url.value } })
  },
  decide: answered,
})

export const MEMBER_ANSWERS: readonly Command[] = [ack, affected, ready]

function wordOf({ named }: MemberArguments, name: string, most: number) {
  const given = named.get(name)?.trim()
  if (given === '') return err(`${name}= is empty; leave it out, or say it`)
  if (given !== undefined && given.length > most) return err(`${name}= has at most ${most} characters`)
  return ok(given === undefined ? undefined : plaintext(given))
}

function answered(wanted: Wanted, world: World): Result<Effect, Refusal> {
  const found = findAsMember(wanted, world)
  if (!found.ok) return found
  const { theCase, contact } = found.value
  const { id, answers } = theCase
  const { answer } = wanted
  const before = answers.find(one => one.of === contact.distributor && one.answer.kind === answer.kind)
  const facts = { case: id, answer: answer.kind === 'affected' ? `affected ${answer.as}` : answer.kind }
  const own = answersOf(theCase, world).find(one => one.id === contact.distributor)
  // Of another notice since the same may be said again.
  if (before !== undefined && isSame(before.answer, answer) && own?.voice !== 'silent')
    return effect('noop', plaintext(`Your organisation said just that on ${formatInstant(before.at)}.`), {
      facts,
    })
  const instead =
    before === undefined || isSame(before.answer, answer) ? '' : ', in place of what it said before'
  return effect(
    'ok',
    plaintext(
      `Thank you. It is noted that your organisation ${answerPhrase(answer)}${instead}. Only those who work on ${id} read it.`,
    ),
    {
      facts,
      events: [
        {
          ...memberFact(found.value, world),
          kind: 'member-answered',
          answerer: contact.id,
          of: contact.distributor,
          answer,
        },
      ],
      others: 'told',
    },
  )
}

function isSame(one: Answer, other: Answer): boolean {
  if (one.kind === 'affected' && other.kind === 'affected') return one.as === other.as
  if (one.kind === 'ready' && other.kind === 'ready')
    return one.version?.open() === other.version?.open() && one.url?.open() === other.url?.open()
  return one.kind === 'ack' && other.kind === 'ack'
}
