// `simulate`: what would be mailed until then if nobody acted. It looks ahead by the rules that time itself
// follows, and changes nothing.
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok } from '../../../model/result.ts'
import { parseCaseId } from '../../../model/scalars.ts'
import { overview } from '../../time/foreseen.ts'
import { defineCommand, effect, refuse, takeArguments } from '../command.ts'
import { futureInstant } from '../dates.ts'
import type { ParsedCommand } from '../grammar.ts'

/** Instants at which something happens; no other mail is decided on meanwhile. */
const MOST_INSTANTS = 1_000

/** Mails whose texts go along; further ones are only counted. */
const MOST_MAILS = 500

export const simulate = defineCommand({
  verb: 'simulate',
  usage: 'simulate until=2026-12-09T16:00Z [case=C-…]',
  summary: 'every mail that would go out until then if nobody acted, with its text',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeArguments(parsed, {
      positional: [],
      named: ['until', 'case'],
      block: 'none',
      attachments: 'none',
    })
    if (!taken.ok) return taken
    const until = taken.value.named.get('until')
    const named = taken.value.named.get('case')
    const theCase = named === undefined ? undefined : parseCaseId(named)
    if (until === undefined) return err('until= is missing')
    if (named !== undefined && theCase === undefined) return err(`"${named}" is not a case like C-482107`)
    return ok({ until, case: theCase })
  },
  decide: (wanted, world) => {
    const until = futureInstant('until', wanted.until, world.now)
    if (!until.ok) return until
    if (wanted.case !== undefined && !world.cases.has(wanted.case))
      return refuse('E-UNKNOWN', `There is no case ${wanted.case}; check the number.`)
    const foreseen = world.foresee(world, until.value, MOST_INSTANTS, wanted.case)
    const { mails } = foreseen
    const cut = mails.length - MOST_MAILS
    const more =
      cut > 0 ? `\nThe texts of ${cut} mails are left out: name one case, or an earlier instant.` : ''
    return effect('ok', plaintext(`${overview(foreseen)}${more}`), {
      facts: { mails: mails.length, ...(wanted.case === undefined ? {} : { case: wanted.case }) },
      simulated: mails.slice(0, MOST_MAILS),
    })
  },
})

/** Whether it asks about all cases that are open. */
export const simulatesAll = ({ verb, arguments: given }: ParsedCommand): boolean =>
  verb === simulate.verb && !given.some(one => one.kind === 'named' && one.name === 'case')
