// Mail that is, or pretends to be, a command: who signed, whether it counts, and what comes of it. From,
// Reply-To, DKIM and display names are never looked at for authority (product.md §3).

import { type Contact, isMember } from '../model/contact.ts'
import type { Decision, Fresh, Input, Outcome, Snapshot } from '../model/decision.ts'
import type { Actor } from '../model/event.ts'
import type { AuthoredText, GoodSignature, ShapeFault } from '../model/mail.ts'
import type { Content, MailOrder, RefusalSentence, Transcript } from '../model/order.ts'
import { type CaseId, type Fingerprint, parseApplicationId, parseCaseId } from '../model/scalars.ts'
import { adminWithKey } from '../model/settings.ts'
import { actorIn, addressee, entitledSince, type Insider, isInsider, type Named } from './authority.ts'
import { tellOthers } from './changes.ts'
import { attachedFiles, readAuthored, runRequest } from './command-run.ts'
import type { CommandMail } from './commands/grammar.ts'
import { freshnessOf } from './freshness.ts'
import {
  courtesy,
  NOTHING,
  refusalLine,
  toAdmin,
  toAdmins,
  toInsider,
  toldOfReplay,
  toMember,
} from './orders.ts'
import { silent } from './outcomes.ts'
import { type Request, type Run, toldSender } from './run.ts'
import { threadOf } from './thread.ts'
import { notPassedOn, problemTranscript, staleCode, staleTranscript } from './transcripts.ts'

type MailInput = Extract<Input, { kind: 'mail' }>

/** Takes what is a command mail (product.md §1); leaves everything else to the next rule. */
export function commandMail(input: MailInput, snapshot: Snapshot, fresh: Fresh): Decision | undefined {
  const { authored } = input.mail
  const atCommand = input.sorted.addressed.kind === 'command'
  const reading = readAuthored(authored)
  // A request to join, signed or not, at any address.
  if (reading.kind === 'application') return undefined
  if (authored.kind !== 'signed' || authored.signature.kind !== 'good')
    return atCommand ? unauthorised(input, snapshot, reading) : undefined
  const { signature } = authored.signature
  if (!opensAsCommand(reading) && !atCommand) return undefined

  const named = namedIn(reading)
  const actor = actorIn(snapshot, signature.primary, named)
  const person = actor && addressee(actor, snapshot, named)
  const discussed = discussedIn(input, signature.primary, snapshot)
  // A signature makes no command of a report: it is mail to the team, as it would be without one.
  if (!opensAsCommand(reading) && actor?.kind !== 'admin' && discussed === undefined) return undefined
  if (actor !== undefined && person !== undefined)
    return fromPerson(input, snapshot, fresh, { actor, person, authored, signature, reading, discussed })
  return atCommand ? refused(input, snapshot, 'E-KEY', 'not-authorised') : undefined
}

const opensAsCommand = (reading: CommandMail): boolean =>
  reading.kind !== 'none' && reading.kind !== 'application' && reading.kind !== 'leak'

/** The cases and requests to join that commands begin with. */
const namedIn = (reading: CommandMail): readonly Named[] =>
  reading.kind !== 'commands'
    ? []
    : reading.commands.flatMap(({ arguments: [first] }) => {
        const word = first !== undefined && 'text' in first ? first.text : undefined
        const id = word === undefined ? undefined : (parseCaseId(word) ?? parseApplicationId(word))
        return id === undefined ? [] : [id]
      })

/** Shapes that only somebody uses who signs; none of their signatures counts. */
const SIGNED_WRONGLY: readonly ShapeFault[] = ['cleartext-signed', 'signed-outside']

/** At the command address without a good signature: refused if it tried to command, else mail like any other. */
function unauthorised(input: MailInput, snapshot: Snapshot, reading: CommandMail): Decision | undefined {
  const { authored, parts } = input.mail
  if (authored.kind === 'misshapen') {
    const tried = opensAsCommand(reading) || SIGNED_WRONGLY.includes(authored.fault)
    const signed = authored.signature.kind !== 'none' || parts.some(part => part.signature.kind !== 'none')
    if (!tried && !signed) return undefined
    const sentence =
      authored.fault === 'cleartext-signed' || authored.fault === 'html-only'
        ? authored.fault
        : 'not-authorised'
    return refused(input, snapshot, authored.fault, sentence)
  }
  if (!opensAsCommand(reading)) return undefined
  if (authored.kind === 'signed' && authored.signature.kind === 'refused') {
    const decision = refused(input, snapshot, authored.signature.fault, 'not-authorised')
    return { ...decision, mails: [...decision.mails, ...warnOwner(authored, snapshot)] }
  }
  if (reading.kind === 'sole' && input.sorted.machine === 'human') {
    const content: Content = reading.word === 'help' ? { kind: 'help', role: 'anyone' } : { kind: 'key' }
    return { ...silent('command', `unsigned-${reading.word}`), mails: courtesy(input, snapshot, content) }
  }
  return refused(input, snapshot, 'unsigned', 'not-authorised')
}

/** Nothing changed; at most one constant line a day goes out, the same for members and strangers. */
const refused = (
  input: MailInput,
  snapshot: Snapshot,
  reason: string,
  sentence: RefusalSentence,
): Decision => ({
  ...silent('refused', reason),
  mails: refusalLine(input, snapshot, sentence),
})

/** The enrolled certificate that a signature names without holding: a relay broke it, or somebody forged it. */
export function claimedBy(authored: AuthoredText): Fingerprint | undefined {
  if (authored.kind !== 'signed' || authored.signature.kind !== 'refused') return undefined
  return authored.signature.fault === 'bad' ? authored.signature.claimed : undefined
}

/**
 * Told once a day to the owner of the key alone, under that key: whoever sent the mail sees the same line as
 * for a key that nobody here knows (threats.md A19, C15).
 */
function warnOwner(authored: AuthoredText, { settings, contacts, warnings }: Snapshot): readonly MailOrder[] {
  const claimed = claimedBy(authored)
  if (claimed === undefined || warnings > 0) return []
  const content: Content = { kind: 'refusal', sentence: 'did-not-verify' }
  const admin = adminWithKey(settings, claimed)
  if (admin !== undefined) return [toAdmin(admin, NOTHING, content)]
  const contact = contacts.find(one => one.fingerprint === claimed)
  return contact === undefined ? [] : [toMember(contact, content)]
}

type SignedText = Extract<AuthoredText, { kind: 'signed' }>
type Signed<Who> = Who & { readonly signature: GoodSignature; readonly reading: CommandMail }

/** A member's key opens no admin verb; the attempt is told to every admin (threats.md A03). */
const attempted = ({ inbound }: MailInput, { settings }: Snapshot, { id, project }: Contact) =>
  toAdmins(
    settings.admins,
    { project, case: undefined },
    { kind: 'alert', alert: { kind: 'member-command', inbound, contact: id } },
  )

type Commanding = {
  readonly actor: Actor
  readonly person: Insider
  readonly authored: SignedText
  /** The case in whose thread the mail stands, if they are one of its insiders. */
  readonly discussed: CaseId | undefined
}

function discussedIn(input: MailInput, key: Fingerprint, snapshot: Snapshot): CaseId | undefined {
  const theCase = threadOf(input, snapshot)
  return theCase !== undefined && isInsider(theCase, key, snapshot.settings) ? theCase.id : undefined
}

/**
 * Mails in 24 h that tell a reporter or an applicant what came of their commands; more commands run unanswered
 * (threats.md D06).
 */
const OUTSIDERS_TRANSCRIPTS = 5

/** Members and those on their way hear from their list, whatever their commands were about. */
function toWhoever(order: MailOrder, actor: Actor, { contacts, applications }: Snapshot): MailOrder {
  if (actor.kind !== 'member' && actor.kind !== 'applicant') return order
  const list = [...contacts, ...applications.values()].find(({ id }) => id === actor.name)?.project
  return list === undefined ? order : { ...order, project: list, from: 'list' }
}

/** Whoever has a part in anything; the verbs know whose they are. */
function fromPerson(
  input: MailInput,
  snapshot: Snapshot,
  fresh: Fresh,
  { actor, person, authored, signature, reading, discussed }: Signed<Commanding>,
): Decision {
  const oneShot = { primary: signature.primary, hashValue: signature.hashValue }
  // A contact on the list may report, too, and yet try what only the team may send (threats.md A03).
  const contact = snapshot.contacts.find(one => isMember(one) && one.fingerprint === person.fingerprint)
  const attempt = contact === undefined ? [] : attempted(input, snapshot, contact)
  // Nobody proved the address of a report or of a request to join: whoever named another's must not have us write to it without end.
  const isEnough =
    (actor.kind === 'reporter' || actor.kind === 'applicant') &&
    (snapshot.transcripts.get(person.address) ?? 0) >= OUTSIDERS_TRANSCRIPTS
  const answering = (about: typeof NOTHING, transcript: Transcript): readonly MailOrder[] =>
    isEnough ? [] : [toWhoever(toInsider(person, about, transcript), actor, snapshot)]
  const answer = (outcome: Outcome, reason: string, transcript: Transcript): Decision => ({
    ...silent(outcome, reason),
    actor,
    mails: [...answering(NOTHING, transcript), ...(reason === 'E-ROLE' ? attempt : [])],
    oneShot,
  })

  if (snapshot.signature === 'used')
    return { ...silent('refused', 'E-REPLAY'), mails: toldOfReplay(input, snapshot, person) }
  const request: Request = {
    actor,
    by: person.fingerprint,
    inbound: input.inbound,
    operands: input.operands,
    text: authored.text,
    layout: authored.layout,
    files: attachedFiles(authored.attachments),
  }
  const since = entitledSince(actor, snapshot, namedIn(reading))
  const age = freshnessOf(signature, input.receivedAt, snapshot, since)
  // Any signed mail of an admin's that went round the world can be sent here: it is not worth an answer.
  if (age !== 'fresh' && !opensAsCommand(reading)) return { ...silent('refused', 'E-STALE'), oneShot }
  if (!opensAsCommand(reading) && discussed !== undefined)
    return answer('refused', 'E-SYNTAX', notPassedOn(discussed, snapshot.settings))
  const run = runRequest(request, reading, snapshot, fresh)
  if (age !== 'fresh' && !(age === 'old' && run.nature === 'brake')) {
    const transcript = staleTranscript(snapshot.settings, reading, { age, run })
    // Else tokens could be tried without end under old signatures. After a restore no token holds.
    const plan = wrongToken(run, person.fingerprint)
    return {
      ...answer('refused', staleCode(age), transcript),
      plan: age === 'before-restore' ? undefined : plan,
    }
  }
  if (run.kind === 'problems')
    return {
      ...answer('refused', run.code, problemTranscript(run, reading)),
      plan: wrongToken(run, person.fingerprint),
    }

  const told = tellOthers(run, person.fingerprint, actor.name, snapshot)
  return {
    outcome: run.outcome,
    reason: run.reason,
    actor: request.actor,
    events: run.events,
    mails: [...run.mails, ...answering(run.about, discussable(run, person, snapshot)), ...told.mails],
    ...(told.change === undefined ? {} : { change: told.change }),
    answer: undefined,
    oneShot,
    plan: run.plan,
    files: run.files,
  }
}

/** That a wrong token is to be counted, of a confirmation or of a proof. */
function wrongToken(run: Run, by: Fingerprint): Decision['plan'] {
  if (run.kind === 'problems') return run.counted === 'nothing' ? undefined : { kind: 'wrong-token', by }
  return run.plan?.kind === 'wrong-token' ? run.plan : undefined
}

/** With the address for discussion, for whoever is an insider of the case. */
function discussable(
  run: Extract<Run, { kind: 'ran' }>,
  { fingerprint }: Insider,
  { cases, settings }: Snapshot,
): Transcript {
  const { about } = run
  const transcript = toldSender(run, fingerprint)
  const theCase = about.case === undefined ? undefined : cases.get(about.case)
  return theCase !== undefined && isInsider(theCase, fingerprint, settings)
    ? { ...transcript, discuss: theCase.id }
    : transcript
}
