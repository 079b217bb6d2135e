// `notice`: early word of a case, at one instant: to the distributors for whom it is meant, each encrypted, or to
// users in clear. Irreversible: it waits for a confirmation, which shows it as it will be sent and to whom.
import { type Case, isOpen } from '../../../model/case.ts'
import type { OperandFile } from '../../../model/decision.ts'
import type { Event } from '../../../model/event.ts'
import { EVERYBODY, evolveNotice, type Notice } from '../../../model/notice.ts'
import type { MailOrder } from '../../../model/order.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { LEAVES, type Leave, type Stage } from '../../../model/policy.ts'
import { err, ok, type Result } from '../../../model/result.ts'
import type { Instant } from '../../../model/scalars.ts'
import { policyOf } from '../../../model/settings.ts'
import { formatInstant } from '../../../model/time.ts'
import {
  AUDIENCE_ARGUMENTS,
  audienceFrom,
  leftOutLines,
  type Reach,
  reachOf,
} from '../../notices/audience.ts'
import { preflight } from '../../notices/preflight.ts'
import { planLines, preflightFault } from '../../notices/preflight-words.ts'
import { copyFor, toUsers } from '../../notices/release.ts'
import { usersText } from '../../notices/users-text.ts'
import { type CaseArguments, findCase, takeCase } from '../case/case-verbs.ts'
import { defineCommand, type Effect, effect, type Refusal, refuse, type World } from '../command.ts'
import { sendInstant, whenWords } from '../dates.ts'
import { noticeFiles } from './notice-files.ts'
import { misplacedIn } from './notice-instant.ts'
import { confirmersFor, meantFor, whyNotThen, whyNotYours } from './stage-rules.ts'

/** Characters of its text: all of it is shown before it is confirmed. */
const MOST_TEXT = 100_000

type Wanted = CaseArguments & {
  readonly stage: string
  readonly send: string
  readonly may: readonly Leave[] | undefined
  readonly anyway: 'anyway' | 'as-meant'
}

export const notice = defineCommand<Wanted>({
  verb: 'notice',
  usage:
    'notice C-… stage=… send=2026-12-09T16:00Z|now [class=…] [include=D-…,M-…] [exclude=D-…,M-…] [may=…] [anyway=yes] [att:file.patch …] [<< text]',
  summary: 'early word of a case at an instant: to distributors, encrypted, or to users, as the stage says',
  roles: ['admin'],
  nature: 'irreversible',
  parse: parsed => {
    const named = ['stage', 'send', ...AUDIENCE_ARGUMENTS, 'may', 'anyway']
    const taken = takeCase(parsed, { named, block: 'optional', attachments: 'allowed' })
    if (!taken.ok) return taken
    const stage = taken.value.named.get('stage')
    const send = taken.value.named.get('send')
    if (stage === undefined) return err('stage= is missing')
    if (send === undefined) return err('send= is missing')
    const may = leavesFrom(taken.value.named.get('may'))
    if (!may.ok) return may
    const anyway = taken.value.named.get('anyway')?.toLowerCase()
    if (anyway !== undefined && anyway !== 'yes') return err('anyway= takes only yes')
    return ok({
      ...taken.value,
      stage: stage.toLowerCase(),
      send,
      may: may.value,
      anyway: anyway === 'yes' ? 'anyway' : 'as-meant',
    })
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
    const stage = stages.find(one => one.name === wanted.stage)
    if (stage === undefined)
      return refuse(
        'E-POLICY',
        `stage= must be ${stages.map(s => s.name).join(' or ') || 'left: this project sends no notices'}.`,
      )
    const forbidden = whyNotYours(theCase, stage, world) ?? whyNotThen(theCase, stage, wanted.anyway)
    if (forbidden !== undefined) return err(forbidden)
    const sendAt = sendInstant('send', wanted.send, world.now)
    if (!sendAt.ok) return sendAt
    const misplaced = misplacedIn(theCase, sendAt.value, world)
    if (misplaced !== undefined) return misplaced
    const plan = { theCase, stage, sendAt: sendAt.value }
    return stage.to === 'users' ? toAllUsers(wanted, plan, world) : toDistributors(wanted, plan, world)
  },
})

type Planned = { readonly theCase: Case; readonly stage: Stage; readonly sendAt: Instant }

function toDistributors(wanted: Wanted, plan: Planned, world: World): Result<Effect, Refusal> {
  const { theCase, stage } = plan
  const { settings } = world
  const text = wanted.block
  if (text === undefined || text.open().trim() === '')
    return refuse(
      'E-SYNTAX',
      'the text is missing: end the line with <<, write the text below, close with a line of one dot',
    )
  if (text.open().length > MOST_TEXT)
    return refuse(
      'E-SYNTAX',
      `The text has more than ${MOST_TEXT} characters; attach what is long as a file, and name it by att:.`,
    )
  const files = noticeFiles(wanted.attachments, stage, world)
  if (!files.ok) return files
  const audience = audienceFrom(wanted.named, theCase.project, world, settings)
  if (!audience.ok) return refuse('E-UNKNOWN', audience.error)
  const reach = reachOf(theCase.project, audience.value, world)
  if (reach.readers.length === 0) return refuse('E-STATE', nobody(theCase, reach))
  const said = { text, audience: audience.value, may: wanted.may ?? stage.may, files: files.value }
  const scheduled = schedule(plan, said, world)
  if (!scheduled.ok) return scheduled
  const { notice } = scheduled.value
  const seen = preflight({ ...notice, content: notice }, world)
  const fault = preflightFault(seen, notice, world)
  if (fault !== undefined) return refuse(fault.code, fault.sentence)
  const [first] = reach.readers
  const preview = first === undefined ? [] : [copyFor(notice, first, theCase, settings)]
  return waiting(plan, scheduled.value, preview, world, {
    lines: [
      `encrypted to each of ${reach.readers.length} contacts:`,
      ...reach.readers.map(({ id, distributor, address }) => `  ${id} of ${distributor}, ${address}`),
      ...leftOutLines(reach),
      ...planLines(seen, world),
      'Each copy is the one below but for its To and Message-ID. Outside the encryption its subject is only ' +
        `[...] ${notice.id}`,
    ],
    files: files.value,
    recipients: reach.readers.map(contact => contact.address),
  })
}

/** Nobody's words but what `mitigate` keeps: else the case could be guessed from it. */
function toAllUsers(wanted: Wanted, plan: Planned, world: World): Result<Effect, Refusal> {
  const { theCase, stage } = plan
  const { id } = theCase
  const extra = [...AUDIENCE_ARGUMENTS, 'may'].find(name => wanted.named.has(name))
  if (wanted.block !== undefined || wanted.attachments.length > 0 || extra !== undefined)
    return refuse(
      'E-POLICY',
      `${stage.name} goes to users in clear and says only how severe it is, when the fix comes and what mitigate keeps; send: notice ${id} stage=${stage.name} send=${wanted.send}`,
    )
  const told = usersText(theCase)
  if (!told.ok) return refuse('E-STATE', told.error)
  const said = { ...told.value, audience: EVERYBODY, may: [], files: [] }
  const scheduled = schedule(plan, said, world)
  if (!scheduled.ok) return scheduled
  const orders = toUsers(scheduled.value.notice, world.settings)
  const users = orders.filter(({ content }) => content.kind === 'users-notice').map(({ to }) => to)
  return waiting(plan, scheduled.value, orders, world, {
    lines: [
      `in clear, signed by us, to ${users.length === 0 ? 'no address, for the configuration names none' : users.join(', ')}.`,
      'The admins get its text, to be put wherever else users read. Whoever reads it knows that there is a vulnerability.',
    ],
    files: [],
    recipients: orders.map(({ to }) => to),
  })
}

type Said = Pick<Notice, 'text' | 'audience' | 'may'> &
  Partial<Pick<Notice, 'forecast'>> & { readonly files: readonly OperandFile[] }

type Scheduled = { readonly notice: Notice; readonly event: Event }

function schedule(
  { theCase, stage, sendAt }: Planned,
  { files, forecast, ...said }: Said,
  world: World,
): Result<Scheduled, Refusal> {
  const id = world.fresh.notices[0]
  if (id === undefined) return refuse('E-STATE', 'Too many notices in one mail; send them one by one.')
  const event = {
    kind: 'notice-scheduled',
    at: world.now,
    actor: world.actor,
    notice: id,
    case: theCase.id,
    project: theCase.project,
    stage: stage.name,
    to: stage.to,
    sendAt,
    ...said,
    ...(forecast === undefined ? {} : { forecast }),
    attachments: files.map(({ fileName, sha256, octets }) => ({ fileName, sha256, size: octets.length })),
  } as const
  return ok({ notice: evolveNotice(undefined, event), event })
}

/** The plan, with what will be mailed at its instant shown in full. */
function waiting(
  { theCase, stage, sendAt }: Planned,
  { notice: { id }, event }: Scheduled,
  mails: readonly MailOrder[],
  world: World,
  told: {
    readonly lines: readonly string[]
    readonly files: readonly OperandFile[]
    readonly recipients: readonly MailOrder['to'][]
  },
): Result<Effect, Refusal> {
  const beyond = meantFor(theCase, stage)
  const [first, ...lines] = told.lines
  const text = [
    `${id} about ${theCase.id} goes ${whenWords(sendAt, world.now)}, ${first}`,
    ...lines,
    ...(beyond === undefined ? [] : [`The policy does not mean ${stage.name} for this case: ${beyond}`]),
  ]
  return effect('ok', plaintext(text.join('\n')), {
    facts: {
      notice: id,
      case: theCase.id,
      stage: stage.name,
      send: formatInstant(sendAt),
      recipients: told.recipients.length,
    },
    events: [event],
    suggestions: [{ label: `Stop ${id}`, body: `embargod ${world.settings.instance}\ncancel ${id}\n` }],
    files: told.files,
    audience: told.recipients,
    confirmers: confirmersFor(stage, world.settings),
    simulated: mails.map(order => ({ at: sendAt, order })),
  })
}

function nobody({ project }: Case, reach: Reach): string {
  const why = leftOutLines(reach)
  if (why.length === 0)
    return `${project} has no distributor contacts; the operator adds one with: member import`
  return `Nobody would get it. ${why.join(' ')} Look with: roster, and change class=, include= or exclude=.`
}

/** `may=rebuild,deploy-hosted`, or `may=none`; undefined: as the stage says. */
function leavesFrom(text: string | undefined): Result<readonly Leave[] | undefined, string> {
  if (text === undefined) return ok(undefined)
  if (text.toLowerCase() === 'none') return ok([])
  const words = text.toLowerCase().split(',')
  const leaves = LEAVES.filter(leave => words.includes(leave))
  const isKnown = (word: string) => leaves.some(leave => leave === word)
  return words.every(isKnown) ? ok(leaves) : err(`may= takes ${LEAVES.join(', ')}, or none`)
}
