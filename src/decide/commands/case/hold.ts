// `hold` and `release`: stops what goes out about a case, and lets it go on. What was promised stays promised, so that
// no clock stops and the team is reminded all the same. Holding is a brake: neither a
// confirmation nor an age limit stands in its way. A notice that it stopped is scheduled anew by a person.
import { toldState } from '../../../model/case.ts'
import { plaintext } from '../../../model/plaintext.ts'
import type { Result } from '../../../model/result.ts'
import { whoHears } from '../../consequences.ts'
import { defineCommand, effect } from '../command.ts'
import type { ParsedCommand } from '../grammar.ts'
import { type CaseArguments, caseFact, findCase, noticesOf, takeCase } from './case-verbs.ts'

const withReason = (parsed: ParsedCommand): Result<CaseArguments, string> =>
  takeCase(parsed, { named: [], block: 'needed' })

export const hold = defineCommand({
  verb: 'hold',
  usage: 'hold C-… << reason',
  summary:
    'stop notices and posts about a case and all mail to its reporter, until it is released; no clock stops',
  roles: ['admin', 'lead'],
  nature: 'brake',
  parse: withReason,
  decide: (wanted, world) => {
    const found = findCase(wanted, world)
    if (!found.ok) return found
    const theCase = found.value
    const { id } = theCase
    const stopped = noticesOf(theCase, world, 'scheduled')
    if (theCase.held !== undefined && stopped.length === 0)
      return effect('noop', plaintext(`${id} is held already.`))
    const gone = noticesOf(theCase, world, 'released')
    const lines = [
      stopped.length === 0 ? `${id} is held.` : `${id} is held; ${stopped.join(', ')} will not go out.`,
      ...gone.map(
        notice =>
          `${notice} had its instant; copies still here wait until the release; to stop them for good, send: cancel ${notice}`,
      ),
      `No clock stops. Until it may go on its reporter gets no mail, and no post about it goes to the list; then send: release ${id} << why`,
    ]
    return effect('ok', plaintext(lines.join('\n')), {
      facts: { case: id, notices: stopped.length },
      events: [
        { ...caseFact(theCase, world), kind: 'case-held', reason: wanted.block ?? plaintext('') },
        ...stopped.map(notice => {
          const fact = { at: world.now, actor: world.actor, notice }
          return { ...fact, kind: 'notice-held', why: 'case-held' } as const
        }),
      ],
    })
  },
})

export const release = defineCommand({
  verb: 'release',
  usage: 'release C-… << reason',
  summary: 'end the hold of a case; notices that it stopped are scheduled anew',
  roles: ['admin', 'lead'],
  nature: 'reversible',
  parse: withReason,
  decide: (wanted, world) => {
    const found = findCase(wanted, world)
    if (!found.ok) return found
    const theCase = found.value
    const { id, held } = theCase
    if (held === undefined) return effect('noop', plaintext(`${id} is not held.`))
    const now = toldState({ ...theCase, held: undefined })
    const stopped = noticesOf(theCase, world, 'held')
    const lines = [
      `${id} is released.`,
      ...stopped.map(notice => `${notice} stays stopped; if it is wanted, send: reschedule ${notice} send=…`),
    ]
    const told = now === held.told ? '' : whoHears({ ...theCase, held: undefined, state: held.told }, now)
    return effect('ok', plaintext(`${lines.join('\n')}${told}`), {
      facts: { case: id, notices: stopped.length },
      events: [{ ...caseFact(theCase, world), kind: 'case-released', reason: wanted.block ?? plaintext('') }],
    })
  },
})
