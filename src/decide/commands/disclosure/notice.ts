// `notice`: early-disclosure mail to every contact of the case's project at one instant. Irreversible: it
// waits for a confirmation, which names every recipient first.
import { type Case, isOpen } from '../../../model/case.ts'
import type { OperandFile } from '../../../model/decision.ts'
import { EVERYBODY } from '../../../model/notice.ts'
import { type Plaintext, plaintext } from '../../../model/plaintext.ts'
import { err, ok, type Result } from '../../../model/result.ts'
import { type CaseId, type Instant, later } from '../../../model/scalars.ts'
import { policyOf } from '../../../model/settings.ts'
import { formatInstant, MINUTE } from '../../../model/time.ts'
import { quotedLines } from '../../quoted.ts'
import { dateLines, endOfEmbargo, isOver } from '../../time/embargo.ts'
import { faultSentence, nearestSlots, slotFault } from '../../time/slots.ts'
import { findFiles } from '../attached.ts'
import { findCase, takeCase } from '../case/case-verbs.ts'
import { defineCommand, effect, type Refusal, refuse, type World } from '../command.ts'
import { futureInstant } from '../dates.ts'

export const notice = defineCommand({
  verb: 'notice',
  usage: 'notice C-… stage=… send=2026-12-09T16:00Z [att:file.patch …] << text',
  summary: 'mail every distributor contact, encrypted, at an instant',
  roles: ['admin'],
  nature: 'irreversible',
  parse: parsed => {
    const taken = takeCase(parsed, { named: ['stage', 'send'], block: 'needed', attachments: 'allowed' })
    if (!taken.ok) return taken
    const { named, block } = taken.value
    const stage = named.get('stage')
    const send = named.get('send')
    if (stage === undefined) return err('stage= is missing')
    if (send === undefined) return err('send= is missing')
    return ok({ ...taken.value, stage: stage.toLowerCase(), send, text: block ?? plaintext('') })
  },
  decide: (wanted, world) => {
    const found = findCase(wanted, world)
    if (!found.ok) return found
    const theCase = found.value
    if (!isOpen(theCase))
      return refuse('E-STATE', `${theCase.id} ended as ${theCase.state}; nothing is disclosed about it.`)
    if (theCase.held !== undefined)
      return refuse('E-STATE', `${theCase.id} is held; first send: release ${theCase.id} << why`)

    const { stages } = policyOf(world.settings, theCase.project).notices
    if (!stages.some(stage => stage.name === wanted.stage))
      return refuse(
        'E-POLICY',
        `stage= must be ${stages.map(s => s.name).join(' or ') || 'left: this project sends no notices'}.`,
      )
    const sendAt = futureInstant('send', wanted.send, world.now)
    if (!sendAt.ok) return sendAt
    const misplaced = misplacedIn(theCase, sendAt.value, world)
    if (misplaced !== undefined) return misplaced
    const files = findFiles(wanted.attachments, world)
    if (!files.ok) return files
    const contacts = world.contacts.filter(
      contact => contact.project === theCase.project && contact.state === 'active',
    )
    if (contacts.length === 0)
      return refuse(
        'E-STATE',
        `${theCase.project} has no distributor contacts; the operator adds one with: member import`,
      )
    const id = world.fresh.notices[0]
    if (id === undefined) return refuse('E-STATE', 'Too many notices in one mail; send them one by one.')

    return effect(
      'ok',
      plaintext(
        describe(
          id,
          theCase.id,
          sendAt.value,
          contacts.map(c => c.address),
          files.value,
          wanted.text,
        ),
      ),
      {
        facts: {
          notice: id,
          case: theCase.id,
          stage: wanted.stage,
          send: formatInstant(sendAt.value),
          recipients: contacts.length,
        },
        events: [
          {
            kind: 'notice-scheduled',
            at: world.now,
            actor: world.actor,
            notice: id,
            case: theCase.id,
            project: theCase.project,
            stage: wanted.stage,
            to: 'distributors',
            sendAt: sendAt.value,
            audience: EVERYBODY,
            may: [],
            text: wanted.text,
            attachments: files.value.map(({ fileName, sha256, octets }) => ({
              fileName,
              sha256,
              size: octets.length,
            })),
          },
        ],
        suggestions: [{ label: `Stop ${id}`, body: `embargod ${world.settings.instance}\ncancel ${id}\n` }],
        files: files.value,
        audience: contacts.map(contact => contact.address),
      },
    )
  },
})

/** Early disclosure happens in the policy's slots, and before everybody reads of it; undefined: it would. */
export function misplacedIn(
  theCase: Case,
  sendAt: Instant,
  { settings, now }: World,
): Result<never, Refusal> | undefined {
  const policy = policyOf(settings, theCase.project)
  const end = endOfEmbargo(theCase, policy)
  if (isOver(theCase))
    return refuse('E-STATE', `The embargo of ${theCase.id} is ${theCase.embargo.state}; publish it instead.`)
  const instead = (at: Instant): string => {
    const until = end && later(end, -MINUTE)
    const dates = nearestSlots(at, policy, { after: now, until })
    return dates.length === 0
      ? 'No good instant lies ahead.'
      : ['Send it with one of these instead:', ...dateLines('send', dates, policy)].join('\n')
  }
  if (end !== undefined && sendAt >= end)
    return refuse(
      'E-DATE',
      `${theCase.id} is to be public at ${formatInstant(end)}, which is not after that. ${instead(end)}`,
    )
  const fault = slotFault(sendAt, policy)
  return fault && refuse('E-DATE', `${faultSentence(sendAt, fault, policy)} ${instead(sendAt)}`)
}

function describe(
  id: string,
  theCase: CaseId,
  sendAt: Instant,
  addresses: readonly string[],
  files: readonly OperandFile[],
  text: Plaintext,
): string {
  return [
    `${id} about ${theCase} goes at ${formatInstant(sendAt)}, encrypted to each of ${addresses.length} contacts:`,
    ...addresses.map(address => `  ${address}`),
    ...files.map(
      file => `with ${file.fileName.open()}, ${file.octets.length} octets, SHA-256 ${file.sha256}`,
    ),
    ...quotedLines(text),
  ].join('\n')
}
