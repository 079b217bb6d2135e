// Mail that is, or pretends to be, a command: who signed, whether it counts, and what comes of it. From,
// Reply-To, DKIM and display names are never looked at for authority (product.md §3).
import type { Decision, Fresh, Input, Outcome, Snapshot } from '../model/decision.ts'
import type { Contact } from '../model/distributor.ts'
import type { AuthoredText, GoodSignature, ShapeFault } from '../model/mail.ts'
import type { Content, MailOrder, RefusalSentence, Transcript } from '../model/order.ts'
import { type Fingerprint, sameMailbox } from '../model/scalars.ts'
import { type Admin, adminWithKey } from '../model/settings.ts'
import { attachedFiles, read, runRequest } from './command-run.ts'
import type { CommandMail } from './commands/grammar.ts'
import { freshnessOf } from './freshness.ts'
import { courtesy, NOTHING, refusalLine, toAdmin, toAdmins } from './orders.ts'
import { silent } from './outcomes.ts'
import { type Request, toldOthers } from './run.ts'
import { problemTranscript, staleCode, staleTranscript } from './transcripts.ts'

type MailInput = Extract<Input, { kind: 'mail' }>

/** Takes what is a command mail (product.md §1); leaves everything else to the next rule. */
export function commandMail(input: MailInput, snapshot: Snapshot, fresh: Fresh): Decision | undefined {
  const { authored } = input.mail
  const atCommand = input.sorted.addressed.kind === 'command'
  const reading = readAuthored(authored)
  if (authored.kind !== 'signed' || authored.signature.kind !== 'good')
    return atCommand ? unauthorised(input, snapshot, reading) : undefined
  const { signature } = authored.signature
  if (!opensAsCommand(reading) && !atCommand) return undefined

  const admin = adminWithKey(snapshot.settings, signature.primary)
  if (admin !== undefined) return fromAdmin(input, snapshot, fresh, { admin, authored, signature, reading })
  // A signature makes no command of a report: it is mail to the team, as it would be without one.
  if (!opensAsCommand(reading)) return undefined
  const contact = snapshot.contacts.find(one => one.fingerprint === signature.primary)
  if (contact !== undefined) return fromContact(input, snapshot, { contact, signature, reading })
  return atCommand ? refused(input, snapshot, 'E-KEY', 'not-authorised') : undefined
}

function readAuthored(authored: AuthoredText): CommandMail {
  if (authored.text === undefined) return { kind: 'none' }
  return read(authored.text, authored.kind === 'misshapen' ? 'fixed' : authored.layout)
}

const opensAsCommand = (reading: CommandMail): boolean =>
  reading.kind !== 'none' && reading.kind !== 'application'

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
  return contact === undefined ? [] : [toContact(contact, content)]
}

type SignedText = Extract<AuthoredText, { kind: 'signed' }>
type Signed<Who> = Who & { readonly signature: GoodSignature; readonly reading: CommandMail }

/** A member's key opens no admin verb; the attempt is told to every admin (threats.md A03). */
function fromContact(
  input: MailInput,
  snapshot: Snapshot,
  { contact, signature, reading }: Signed<{ readonly contact: Contact }>,
): Decision {
  const oneShot = { primary: signature.primary, hashValue: signature.hashValue }
  if (snapshot.signature === 'used') return silent('refused', 'E-REPLAY')
  if (reading.kind === 'sole') {
    const content: Content = reading.word === 'help' ? { kind: 'help', role: 'anyone' } : { kind: 'key' }
    return { ...silent('command', `member-${reading.word}`), mails: [toContact(contact, content)], oneShot }
  }
  const alert: Content = {
    kind: 'alert',
    alert: { kind: 'member-command', inbound: input.inbound, contact: contact.id },
  }
  return {
    ...silent('refused', 'E-ROLE'),
    mails: [
      toContact(contact, { kind: 'refusal', sentence: 'not-authorised' }),
      ...toAdmins(snapshot.settings.admins, { project: contact.project, case: undefined }, alert),
    ],
    oneShot,
  }
}

const toContact = (contact: Contact, content: Content): MailOrder => ({
  to: contact.address,
  encryptTo: { kind: 'enrolled', fingerprint: contact.fingerprint },
  project: contact.project,
  case: undefined,
  notice: undefined,
  contact: undefined,
  inReplyTo: undefined,
  content,
})

function isFrom({ mail }: MailInput, admin: Admin): boolean {
  const [author, second] = mail.header.authors
  return author !== undefined && second === undefined && sameMailbox(author, admin.address)
}

function fromAdmin(
  input: MailInput,
  snapshot: Snapshot,
  fresh: Fresh,
  { admin, authored, signature, reading }: Signed<{ readonly admin: Admin; readonly authored: SignedText }>,
): Decision {
  const oneShot = { primary: signature.primary, hashValue: signature.hashValue }
  const answer = (outcome: Outcome, reason: string, transcript: Transcript): Decision => ({
    ...silent(outcome, reason),
    actor: { kind: 'admin', name: admin.name, fingerprint: admin.fingerprint },
    mails: [toAdmin(admin, NOTHING, transcript)],
    oneShot,
  })

  if (snapshot.signature === 'used') {
    // Whoever has a signed mail can send it without end, in any name: then nobody is told.
    const told = isFrom(input, admin) && snapshot.courtesies.address === 0
    const notice: Content = { kind: 'refusal', sentence: 'replayed' }
    return { ...silent('refused', 'E-REPLAY'), mails: told ? [toAdmin(admin, NOTHING, notice)] : [] }
  }
  const request: Request = {
    actor: { kind: 'admin', name: admin.name, fingerprint: admin.fingerprint },
    by: admin.fingerprint,
    role: 'admin',
    text: authored.text,
    layout: authored.layout,
    files: attachedFiles(authored.attachments),
  }
  const age = freshnessOf(signature, input.receivedAt, snapshot)
  // Any signed mail of an admin's that went round the world can be sent here: it is not worth an answer.
  if (age !== 'fresh' && !opensAsCommand(reading)) return { ...silent('refused', 'E-STALE'), oneShot }
  const run = runRequest(request, reading, snapshot, fresh)
  if (age !== 'fresh' && !(age === 'old' && run.nature === 'brake')) {
    const transcript = staleTranscript(snapshot.settings, reading, { age, run })
    // Else tokens could be tried without end under old signatures. After a restore no token holds.
    const plan = run.kind === 'ran' && run.plan?.kind === 'wrong-token' ? run.plan : undefined
    return {
      ...answer('refused', staleCode(age), transcript),
      plan: age === 'before-restore' ? undefined : plan,
    }
  }
  if (run.kind === 'problems') return answer('refused', run.code, problemTranscript(run.results, reading))

  const others = snapshot.settings.admins.filter(one => one.fingerprint !== admin.fingerprint)
  return {
    outcome: run.outcome,
    reason: run.reason,
    actor: request.actor,
    events: run.events,
    mails: [...run.mails, toAdmin(admin, run.about, run.transcript), ...toldOthers(run, others, admin.name)],
    answer: undefined,
    oneShot,
    plan: run.plan,
    files: run.files,
  }
}
