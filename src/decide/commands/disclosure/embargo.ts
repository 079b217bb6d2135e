// `plan` and `extend`: when a case is to be public, and that its embargo lasts longer than that. The policy says
// which dates are taken; what is refused comes back with good ones, ready to send.
import { type Case, isAccepted } from '../../../model/case.ts'
import type { Suggestion } from '../../../model/order.ts'
import { type Plaintext, plaintext } from '../../../model/plaintext.ts'
import type { Policy } from '../../../model/policy.ts'
import { err, ok, type Result } from '../../../model/result.ts'
import { type Instant, instant } from '../../../model/scalars.ts'
import { policyOf } from '../../../model/settings.ts'
import { formatInstant, formatReadable } from '../../../model/time.ts'
import { whoHearsNews } from '../../consequences.ts'
import { caseAfter } from '../../known.ts'
import { quoted } from '../../quoted.ts'
import { datedMails, whichMembersHear } from '../../sharing/dates.ts'
import { agreementOn } from '../../sharing/tally.ts'
import { embargoOf } from '../../time/clocks.ts'
import { type DateVerdict, dateLines, isOver, judgeDate } from '../../time/embargo.ts'
import { caseFact, findUnpublishedCase, noticesOf, takeCase } from '../case/case-verbs.ts'
import { defineCommand, type Effect, effect, type Refusal, refuse, type World } from '../command.ts'
import { futureInstant } from '../dates.ts'
import { suggestion } from '../suggestion.ts'

/** Dates and reasons that are offered ready to send. */
const MOST_OFFERED = 4

export const plan = defineCommand({
  verb: 'plan',
  usage: 'plan C-… disclose=2026-12-09T16:00Z << why',
  summary: 'set when a case is to be public, or another date; tells all who know of it',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeCase(parsed, { named: ['disclose'], block: 'needed' })
    if (!taken.ok) return taken
    const date = taken.value.named.get('disclose')
    if (date === undefined) return err('disclose= is missing')
    return ok({ ...taken.value, date, why: taken.value.block ?? plaintext('') })
  },
  decide: (wanted, world) => {
    const found = findUnpublishedCase(wanted, world)
    if (!found.ok) return found
    const theCase = found.value
    const at = futureInstant('disclose', wanted.date, world.now)
    if (!at.ok) return at
    if (theCase.embargo.disclose === at.value && !isOver(theCase))
      return effect('noop', plaintext(`${theCase.id} is to be public at ${formatInstant(at.value)} already.`))
    return dated(theCase, at.value, wanted.why, world, {
      verb: 'plan',
      line: date => `plan ${theCase.id} disclose=${formatInstant(date)}`,
      event: { kind: 'disclosure-planned', disclose: at.value, reason: wanted.why },
    })
  },
})

export const extend = defineCommand({
  verb: 'extend',
  usage: 'extend C-… until=2026-12-09T16:00Z [reason=NAME] << why',
  summary:
    "let the embargo last longer, for one of the policy's reasons if it names any; tells all who know of it",
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeCase(parsed, { named: ['until', 'reason'], block: 'needed' })
    if (!taken.ok) return taken
    const date = taken.value.named.get('until')
    if (date === undefined) return err('until= is missing')
    const because = taken.value.named.get('reason')?.toLowerCase()
    return ok({ ...taken.value, date, because, why: taken.value.block ?? plaintext('') })
  },
  decide: (wanted, world) => {
    const found = findUnpublishedCase(wanted, world)
    if (!found.ok) return found
    const theCase = found.value
    const { id, embargo } = theCase
    const { because, why } = wanted
    const until = futureInstant('until', wanted.date, world.now)
    if (!until.ok) return until
    const policy = policyOf(world.settings, theCase.project)
    const ends = embargoOf(theCase, policy)?.dueAt
    const shown = formatInstant(until.value)
    if (embargo.disclose === until.value && theCase.extended?.until === until.value)
      return effect('noop', plaintext(`The embargo of ${id} lasts until ${shown} already.`))
    if (ends === undefined)
      return refuse('E-STATE', `${id} has no date yet; send instead: plan ${id} disclose=${shown} << why`)
    if (until.value <= ends && !isOver(theCase))
      return refuse(
        'E-DATE',
        `The embargo of ${id} lasts until ${formatInstant(ends)} as it is; for an earlier date send: plan ${id} disclose=${shown} << why`,
      )
    const { reasons } = policy.embargo
    const line = (date: Instant): string =>
      extendLine(theCase, date, reasons.length === 0 ? undefined : because)
    const reason = checkReason(because, policy)
    // Of a date that is not taken they hear first: what is offered for the reason must be one that is.
    if (reason !== undefined && judgeDate(until.value, 'extend', theCase, world).kind === 'taken') {
      const ways =
        reasons.length === 0
          ? [{ label: 'Without reason=', command: line(until.value) }]
          : extensionsFor(theCase, until.value, policy)
      return refuse('E-POLICY', reason, offersOf(ways, why, world))
    }
    const event = { kind: 'case-extended', until: until.value, reason: why } as const
    return dated(theCase, until.value, why, world, {
      verb: 'extend',
      line,
      event: because === undefined ? event : { ...event, because },
    })
  },
})

/** What is wrong with a reason; undefined: nothing. */
function checkReason(because: string | undefined, { embargo: { reasons } }: Policy): string | undefined {
  if (reasons.length === 0)
    return because === undefined ? undefined : 'The policy names no reasons; leave reason= out.'
  if (reasons.some(({ name }) => name === because)) return undefined
  const known = reasons.map(({ name, text }) => `${name} (${text})`).join(', ')
  return `reason= must be one of the policy's: ${known}.`
}

type Dating = {
  readonly verb: 'plan' | 'extend'
  /** The same command with another date. */
  readonly line: (date: Instant) => string
  readonly event:
    | { readonly kind: 'disclosure-planned'; readonly disclose: Instant; readonly reason: Plaintext }
    | {
        readonly kind: 'case-extended'
        readonly until: Instant
        readonly reason: Plaintext
        readonly because?: string
      }
}

/** Another date for a case, if it may have one, and the policy takes this one. */
function dated(
  theCase: Case,
  at: Instant,
  why: Plaintext,
  world: World,
  { verb, line, event }: Dating,
): Result<Effect, Refusal> {
  const { id, embargo } = theCase
  if (isOver(theCase))
    return refuse(
      'E-STATE',
      `The embargo of ${id} is ${embargo.state}; publish it, and set no date any more.`,
    )
  const verdict = judgeDate(at, verb, theCase, world)
  if (verdict.kind === 'refused') return refusedDate(verdict, theCase, why, world, { verb, line, event })
  const late = noticesOf(theCase, world, 'scheduled').find(
    notice => (world.notices.get(notice)?.sendAt ?? 0) >= at,
  )
  if (late !== undefined)
    return refuse('E-STATE', `${late} about ${id} is to go at that time or later; first send: cancel ${late}`)
  const dating = { ...caseFact(theCase, world), ...event }
  const moved = caseAfter(theCase, id, [dating])
  const agreement = moved === undefined ? [] : agreementOn(moved, world, world.now)
  const after = caseAfter(moved, id, agreement) ?? theCase
  const proposal = isAccepted(theCase) ? undefined : 'That is a proposal until the case is accepted.'
  const notes = sentences([
    verdict.warning,
    upstreamWarning(theCase, at),
    theCase.public === undefined ? undefined : 'It is public already: the sooner, the better.',
  ])
  const first = sentences([
    `${id} is to be public at ${formatInstant(at)}.`,
    embargo.disclose === undefined ? undefined : `It was to be at ${formatInstant(embargo.disclose)}.`,
    proposal,
    notes,
  ])
  const mails = datedMails(theCase, after, { by: world.actor.name, notes: plaintext(notes) }, world)
  // Whoever is to confirm it has to know why.
  const reason = verdict.confirmers === 0 ? [] : quoted('Why', why)
  const heard = `${whoHearsNews(theCase)}${whichMembersHear(theCase, world)}`
  const text = [`${first}${heard}`, ...reason].join('\n')
  return effect('ok', plaintext(text), {
    facts: { case: id, disclose: formatInstant(at) },
    events: [dating, ...agreement],
    confirmers: verdict.confirmers,
    mails,
    others: mails.length === 0 ? 'to-be-told' : 'told',
  })
}

const sentences = (parts: readonly (string | undefined)[]): string =>
  parts.filter(part => part !== undefined && part !== '').join(' ')

/** The refusal, and every way to have a date that is taken, ready to send. */
function refusedDate(
  { code, sentence, instead, remedy }: Extract<DateVerdict, { kind: 'refused' }>,
  theCase: Case,
  why: Plaintext,
  world: World,
  { verb, line }: Dating,
): Result<never, Refusal> {
  const policy = policyOf(world.settings, theCase.project)
  if (instead.length === 0) return refuse(code, `${sentence} No good instant lies ahead.`)
  const ways =
    remedy === 'another-date'
      ? instead.map(date => ({
          label: `On ${formatReadable(date, policy.calendar.zone)}`,
          command: line(date),
        }))
      : instead.flatMap(date => extensionsFor(theCase, date, policy))
  const shown =
    remedy === 'another-date'
      ? dateLines(verb === 'plan' ? 'disclose' : 'until', instead, policy)
      : ways.map(({ command }) => command)
  const text = [sentence, 'Send one of these instead:', ...shown].join('\n')
  return refuse(code, text, offersOf(ways, why, world))
}

type Way = { readonly label: string; readonly command: string }

/** An embargo until then, for each of the policy's reasons. */
const extensionsFor = (theCase: Case, until: Instant, { embargo }: Policy): readonly Way[] =>
  embargo.reasons.map(({ name, text }) => ({
    label: `Because: ${text}`,
    command: extendLine(theCase, until, name),
  }))

const offersOf = (ways: readonly Way[], why: Plaintext, world: World): readonly Suggestion[] =>
  ways.slice(0, MOST_OFFERED).map(({ label, command }) => ready(label, command, why, world))

const extendLine = ({ id }: Case, until: Instant, because: string | undefined): string =>
  `extend ${id} until=${formatInstant(until)}${because === undefined ? '' : ` reason=${because}`}`

function upstreamWarning({ upstream }: Case, at: Instant): string | undefined {
  const latest = instant(Math.max(0, ...upstream.flatMap(one => one.instant ?? [])))
  return latest > at ? `A project upstream discloses later, at ${formatInstant(latest)}.` : undefined
}

/** A whole command mail with what its sender wrote, ready to be signed. */
function ready(label: string, line: string, why: Plaintext, { settings }: World): Suggestion {
  const text = why.open().trimEnd()
  const taken = new Set(text.split(/\r?\n/).map(one => one.trim().toLowerCase()))
  let tag = ''
  for (let n = 1; taken.has(tag === '' ? '.' : tag.toLowerCase()); n += 1) tag = `END${n}`
  return suggestion(settings, label, `${line} <<${tag}\n${text}\n${tag === '' ? '.' : tag}`)
}
