// `reschedule`: another instant for a notice of which nothing went out yet, or which was held. What went out says what it
// says: another version is another notice (threats.md C11).
import { isOpen } from '../../../model/case.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok } from '../../../model/result.ts'
import { parseNoticeId } from '../../../model/scalars.ts'
import { policyOf } from '../../../model/settings.ts'
import { formatInstant } from '../../../model/time.ts'
import { heldBy } from '../../notices/copy-words.ts'
import { defineCommand, effect, refuse, takeArguments } from '../command.ts'
import { sendInstant, whenWords } from '../dates.ts'
import { misplacedIn } from './notice-instant.ts'
import { whyNotThen, whyNotYours } from './stage-rules.ts'

export const reschedule = defineCommand({
  verb: 'reschedule',
  usage: 'reschedule N-… send=2026-12-09T16:00Z|now',
  summary: 'send a notice at another instant; only while no copy of it went out',
  roles: ['admin'],
  nature: 'irreversible',
  parse: parsed => {
    const taken = takeArguments(parsed, {
      positional: ['the notice (N-…)'],
      named: ['send'],
      block: 'none',
      attachments: 'none',
    })
    if (!taken.ok) return taken
    const { positional, named } = taken.value
    const id = parseNoticeId(positional[0] ?? '')
    const send = named.get('send')
    if (id === undefined) return err(`"${positional[0]}" is not a notice like N-309123`)
    return send === undefined ? err('send= is missing') : ok({ id, send })
  },
  decide: ({ id, send }, world) => {
    const { notices, cases, copies, contacts, settings, now, actor } = world
    const found = notices.get(id)
    const theCase = found && cases.get(found.case)
    if (found === undefined || theCase === undefined)
      return refuse('E-UNKNOWN', `There is no notice ${id}; check the number.`)
    const held = [...heldBy(id, copies).values()]
    // After a restore the operator may have said that all went out; who reschedules it says otherwise.
    const gone = held.filter(({ has, last }) => has !== 'has-not' && last.why !== 'restored')
    if (found.state === 'cancelled')
      return refuse('E-STATE', `${id} is cancelled for good; plan another: notice ${theCase.id} …`)
    if (found.state === 'released' || gone.length > 0)
      return refuse(
        'E-STATE',
        `${id} has begun to go out, and what went out stays as it is; stop the rest with cancel ${id}, and plan another: notice ${theCase.id} …`,
      )
    if (!isOpen(theCase))
      return refuse('E-STATE', `${theCase.id} ended as ${theCase.state}; nothing is disclosed about it.`)
    if (theCase.held !== undefined)
      return refuse('E-STATE', `${theCase.id} is held; first send: release ${theCase.id} << why`)
    const policy = policyOf(settings, found.project)
    const stage = policy.notices.stages.find(({ name }) => name === found.stage)
    // What was decided since it was planned holds for its new instant.
    const forbidden = stage && (whyNotYours(theCase, stage, world) ?? whyNotThen(theCase, stage, 'anyway'))
    if (forbidden !== undefined) return err(forbidden)
    const sendAt = sendInstant('send', send, now)
    if (!sendAt.ok) return sendAt
    if (found.state === 'scheduled' && sendAt.value === found.sendAt)
      return refuse(
        'E-STATE',
        `${id} goes at ${formatInstant(found.sendAt)} already; there is nothing to change.`,
      )
    const misplaced = misplacedIn(theCase, sendAt.value, world)
    if (misplaced !== undefined) return misplaced
    const readers = contacts.filter(one => one.project === found.project && one.state === 'active')
    const restored = held.filter(({ last }) => last.why === 'restored')
    const fact = { at: now, actor, notice: id } as const
    const text = [
      `${id} (${found.stage}) goes ${whenWords(sendAt.value, now)}${found.state === 'held' ? '; it was held' : `, not at ${formatInstant(found.sendAt)}`}. Its text and whom it is meant for stay as they are.`,
      ...(restored.length === 0
        ? []
        : [`After the restore it counted as sent: whoever has it since then gets it twice.`]),
    ].join('\n')
    return effect('ok', plaintext(text), {
      facts: { notice: id, send: formatInstant(sendAt.value), case: theCase.id },
      events: [
        { ...fact, kind: 'notice-rescheduled', sendAt: sendAt.value },
        ...(restored.length === 0
          ? []
          : [
              {
                ...fact,
                kind: 'notice-resent',
                copies: restored.map(({ last: { contact, copy } }) => ({ contact, copy: copy + 1 })),
              } as const,
            ]),
      ],
      suggestions: [{ label: `Stop ${id}`, body: `embargod ${settings.instance}\ncancel ${id}\n` }],
      confirmers: Math.min(stage?.quorum ?? 0, settings.admins.length - 1),
      audience: readers.map(({ address }) => address),
    })
  },
})
