// `notice`: early-disclosure mail to every contact of the case's project at one instant. Irreversible: it
// waits for a confirmation, which names every recipient first.
import { isOpen } from '../../model/case.ts'
import type { OperandFile } from '../../model/decision.ts'
import { type Plaintext, plaintext } from '../../model/plaintext.ts'
import { err, ok, type Result } from '../../model/result.ts'
import { type CaseId, type Instant, parseCaseId } from '../../model/scalars.ts'
import { policyOf } from '../../model/settings.ts'
import { DAY, formatInstant, parseInstant } from '../../model/time.ts'
import { findFile } from './attached.ts'
import { defineCommand, effect, type Refusal, takeArguments } from './command.ts'

/** A send instant further away than this is taken for a typing error. */
const FURTHEST = 400 * DAY

export const notice = defineCommand({
  verb: 'notice',
  usage: 'notice C-… stage=… send=2026-12-09T16:00Z [att:file.patch …] << text',
  summary: 'mail every distributor contact, encrypted, at an instant',
  roles: ['admin'],
  nature: 'irreversible',
  parse: parsed => {
    const taken = takeArguments(parsed, {
      positional: ['the case (C-…)'],
      named: ['stage', 'send'],
      block: 'needed',
      attachments: 'allowed',
    })
    if (!taken.ok) return taken
    const { positional, named, attachments, block } = taken.value
    const id = parseCaseId(positional[0] ?? '')
    if (id === undefined) return err(`"${positional[0]}" is not a case like C-482107`)
    const stage = named.get('stage')
    const send = named.get('send')
    if (stage === undefined) return err('stage= is missing')
    if (send === undefined) return err('send= is missing')
    return ok({ case: id, stage: stage.toLowerCase(), send, attachments, text: block ?? plaintext('') })
  },
  decide: (wanted, world) => {
    const theCase = world.cases.get(wanted.case)
    if (theCase === undefined)
      return refuse('E-UNKNOWN', `There is no case ${wanted.case}; check the number.`)
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
    const sendAt = parseSendInstant(wanted.send, world.now)
    if (!sendAt.ok) return sendAt
    const files = findFiles(wanted.attachments, world.files)
    if (!files.ok) return files
    const contacts = world.contacts.filter(contact => contact.project === theCase.project)
    if (contacts.length === 0)
      return refuse(
        'E-STATE',
        `${theCase.project} has no distributor contacts; the operator adds one with: member import`,
      )
    const id = world.freshNotices[0]
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
            sendAt: sendAt.value,
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

const refuse = (code: Refusal['code'], text: string): Result<never, Refusal> =>
  err({ code, text: plaintext(text) })

function parseSendInstant(text: string, now: Instant): Result<Instant, Refusal> {
  const parsed = parseInstant(text)
  if (!parsed.ok) return refuse('E-DATE', `send=${parsed.error}`)
  if (parsed.value <= now)
    return refuse('E-DATE', `${text} is past; choose an instant after ${formatInstant(now)}.`)
  if (parsed.value > now + FURTHEST)
    return refuse('E-DATE', `${text} is more than a year away; check the year.`)
  return parsed
}

/** The attached files named by `att:`, each of which must be there exactly once. */
function findFiles(
  names: readonly string[],
  files: readonly OperandFile[],
): Result<readonly OperandFile[], Refusal> {
  const found: OperandFile[] = []
  for (const name of names) {
    const file = findFile(name, files)
    if (!file.ok) return file
    found.push(file.value)
  }
  return ok(found)
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
    ...text
      .open()
      .split('\n')
      .map(line => `| ${line}`),
  ].join('\n')
}
