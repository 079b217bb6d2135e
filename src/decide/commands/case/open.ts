// `open`: a report that reached one of us elsewhere, forwarded as an attachment, becomes a case. Its clocks run
// from when it was received, its author gets the one acknowledgement; a mail that is known already opens nothing.
import type { Case } from '../../../model/case.ts'
import { evolveCase } from '../../../model/case-evolution.ts'
import type { OpenedOperand } from '../../../model/decision.ts'
import type { OpenedMail } from '../../../model/mail.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok, type Result } from '../../../model/result.ts'
import {
  type EmailAddress,
  type Instant,
  type ProjectName,
  parseEmailAddress,
  sameMailbox,
} from '../../../model/scalars.ts'
import { isOwnAddress, policyOf } from '../../../model/settings.ts'
import { formatInstant, parseInstant } from '../../../model/time.ts'
import { acknowledge } from '../../acknowledging.ts'
import { toAdmins } from '../../orders.ts'
import { caseKey, insideOf, projectOf } from '../../report.ts'
import { dueInReport } from '../../time/promises.ts'
import { findFile } from '../attached.ts'
import {
  defineCommand,
  type Effect,
  effect,
  type Refusal,
  refuse,
  takeArguments,
  type World,
} from '../command.ts'
import { FURTHEST } from '../dates.ts'
import { suggestion } from '../suggestion.ts'
import { findProject } from './case-verbs.ts'

type Wanted = {
  readonly from: EmailAddress
  readonly file: string
  readonly received: string | undefined
  readonly project: string | undefined
}

type Forwarded = Extract<OpenedOperand, { kind: 'mail' }> & Pick<Case['thread'][number], 'attached'>

export const open = defineCommand<Wanted>({
  verb: 'open',
  usage: 'open from=ADDRESS att:mail.eml [received=2026-11-20T09:00Z] [project=…]',
  summary: 'make a case of a forwarded report; its author is acknowledged, clocks run from received=',
  roles: ['admin'],
  nature: 'reversible',
  opens: 'mail',
  parse: parsed => {
    const named = ['from', 'received', 'project']
    const taken = takeArguments(parsed, { positional: [], named, block: 'none', attachments: 'allowed' })
    if (!taken.ok) return taken
    const [file, second] = taken.value.attachments
    if (file === undefined || second !== undefined) return err('it takes one att: file, the forwarded mail')
    const from = taken.value.named.get('from')
    if (from === undefined) return err('from= is missing')
    const address = parseEmailAddress(from)
    if (!address.ok) return err(`from= ${address.error}`)
    const received = taken.value.named.get('received')
    return ok({
      from: address.value,
      file,
      received,
      project: taken.value.named.get('project')?.toLowerCase(),
    })
  },
  decide: (wanted, world) => {
    const { settings } = world
    if (isOwnAddress(settings, wanted.from))
      return refuse('E-STATE', `${wanted.from} is an address of ours; name the author of the report.`)
    const project = projectWanted(wanted.project, world)
    if (!project.ok) return project
    const receivedAt = receivedWanted(wanted.received, world.now)
    if (!receivedAt.ok) return receivedAt
    const forwarded = forwardedIn(wanted.file, world)
    if (!forwarded.ok) return forwarded
    const known = forwarded.value.case ?? openedBefore(forwarded.value, world)
    if (known !== undefined)
      return effect('noop', plaintext(`That mail is in ${known} already; nobody is acknowledged twice.`), {
        facts: { case: known },
        suggestions: [suggestion(settings, `See ${known}`, `show ${known}`)],
      })
    if (world.cases.has(world.freshCase))
      return refuse('E-STATE', 'One mail opens one case; send the other reports each in a mail of its own.')
    return opened(wanted.from, forwarded.value, project.value, receivedAt.value, world)
  },
})

function opened(
  from: EmailAddress,
  { mail, attached }: Forwarded,
  project: ProjectName,
  receivedAt: Instant,
  world: World,
): Result<Effect, Refusal> {
  const { now, actor, settings, inbound, freshCase } = world
  const event = {
    kind: 'case-opened',
    at: now,
    actor,
    case: freshCase,
    project,
    channel: 'forwarded',
    advisory: undefined,
    receivedAt,
    inbound,
    ...(attached === undefined ? {} : { attached }),
    reporter: { address: from, key: caseKey(mail, world) },
    protection: mail.encryption === 'clear' ? 'clear' : 'encrypted',
    title: mail.protectedSubject ?? mail.header.subject,
    messageId: mail.header.messageId,
    extract: undefined,
  } as const
  const theCase = evolveCase(undefined, event)
  const report = {
    kind: 'report',
    what: 'new',
    theCase,
    mail,
    inside: insideOf(mail, world),
    unanswered: undefined,
    ...dueInReport(theCase, policyOf(settings, project)),
  } as const
  const text = `${theCase.id} is opened, for ${project}, received ${formatInstant(receivedAt)}. ${from} gets the acknowledgement.`
  return effect('ok', plaintext(`${text}${authorNote(mail, from)}`), {
    facts: { case: theCase.id, project, received: formatInstant(receivedAt), from },
    events: [event],
    mails: [
      acknowledge(theCase, from, mail, world),
      ...toAdmins(settings.admins, { project, case: theCase.id }, report),
    ],
    suggestions: [suggestion(settings, 'Take the lead', `take ${theCase.id}`)],
  })
}

function authorNote({ header }: OpenedMail, from: EmailAddress): string {
  const [author, second] = header.authors
  const isSame = author !== undefined && second === undefined && sameMailbox(author, from)
  return isSame ? '' : `\nTake care: that mail names ${header.authors.join(', ') || 'nobody'} as its author.`
}

function projectWanted(name: string | undefined, world: World): Result<ProjectName, Refusal> {
  if (name === undefined) return ok(projectOf(world.settings))
  const project = findProject(name, world)
  return project.ok ? ok(project.value.name) : project
}

function receivedWanted(text: string | undefined, now: Instant): Result<Instant, Refusal> {
  if (text === undefined) return ok(now)
  const parsed = parseInstant(text)
  if (!parsed.ok) return refuse('E-DATE', `received=${parsed.error}`)
  if (parsed.value > now)
    return refuse(
      'E-DATE',
      `${text} is to come; received= is when the first of us had it, by ${formatInstant(now)}.`,
    )
  if (parsed.value < now - FURTHEST)
    return refuse('E-DATE', `${text} is more than a year ago; check the year.`)
  return parsed
}

function forwardedIn(name: string, world: World): Result<Forwarded, Refusal> {
  const file = findFile(name, world)
  if (!file.ok) return file
  const operand = world.operands.get(file.value.sha256)
  if (operand?.kind !== 'mail' || operand.mail.header.fields.length === 0)
    return refuse('E-UNKNOWN', `${name} is no mail that can be read; forward the report as an attachment.`)
  return ok({ ...operand, attached: { sha256: file.value.sha256, identity: operand.identity } })
}

/** By a command before it in the same mail. */
const openedBefore = ({ identity }: Forwarded, { cases }: World): Case['id'] | undefined =>
  [...cases.values()].find(one => one.thread.some(entry => entry.attached?.identity === identity))?.id
