// A letter of no known case: it opens one and is acknowledged. All of it reaches every admin, encrypted; nothing
// in it decides what is sent to whom.
import type { Case, Reporter } from '../model/case.ts'
import { evolveCase } from '../model/case-evolution.ts'
import type { Decision, Fresh, Input, Outcome, Snapshot } from '../model/decision.ts'
import { OUTSIDER } from '../model/event.ts'
import type { OfferedCertificate, OpenedMail } from '../model/mail.ts'
import {
  type EmailAddress,
  type Fingerprint,
  type Instant,
  type ProjectName,
  sameMailbox,
  UNROUTED,
} from '../model/scalars.ts'
import { type Admin, isOwnAddress, policyOf, projectNamed, type Settings } from '../model/settings.ts'
import { acknowledging } from './acknowledging.ts'
import { toAdmins } from './orders.ts'
import { proposedDate } from './time/embargo.ts'
import { dueInReport } from './time/promises.ts'

type MailInput = Extract<Input, { kind: 'mail' }>

/** With one project there is nothing to choose; with several an admin routes. */
export const projectOf = (settings: Settings): ProjectName => {
  const [first, second] = settings.projects
  return first !== undefined && second === undefined ? first.name : UNROUTED
}

/** A mail of no known case: stored, opened as a case, acknowledged, shown to every admin. */
export function openCase(input: MailInput, snapshot: Snapshot, fresh: Fresh): Decision {
  const { mail, receivedAt, arrival } = input
  const { advisory, similar } = arrival
  const opened = {
    kind: 'case-opened',
    at: receivedAt,
    actor: OUTSIDER,
    case: fresh.case,
    project: projectOf(snapshot.settings),
    channel: advisory === undefined ? arrival.channel : 'ghsa',
    advisory,
    receivedAt,
    inbound: input.inbound,
    // Of an advisory GitHub alone knows who wrote it, and is answered nowhere else.
    reporter: (advisory === undefined
      ? { address: authorOf(mail, snapshot.settings), key: caseKey(mail, snapshot) }
      : { address: undefined, key: undefined }) satisfies Reporter,
    otherAuthors: foreignAuthors(mail, snapshot),
    protection: mail.encryption === 'clear' ? 'clear' : 'encrypted',
    title: mail.protectedSubject ?? mail.header.subject,
    messageId: mail.header.messageId,
    extract: arrival.extract,
  } as const
  const theCase = evolveCase(undefined, opened)
  const { mails, owed, unanswered } = acknowledging(theCase, input, snapshot)
  return {
    outcome: unanswered === undefined || unanswered === 'capped' ? 'report' : 'report-noack',
    reason: unanswered === undefined ? 'new-case' : `new-case-${unanswered}`,
    actor: OUTSIDER,
    events: [opened],
    mails: [
      ...mails,
      ...toAdmins(readersOf(input, snapshot.settings), aboutCase(theCase), {
        kind: 'report',
        what: 'new',
        theCase,
        mail,
        inside: insideOf(mail, snapshot),
        unanswered,
        similar,
        ...proposalFor(theCase, snapshot),
        ...dueInReport(theCase, policyOf(snapshot.settings, theCase.project)),
      }),
    ],
    answer: undefined,
    oneShot: undefined,
    plan: undefined,
    files: [],
    ...(owed === undefined ? {} : { owed }),
  }
}

/** The date that the team may propose where the reporter asks for one that is too late. */
function proposalFor(
  theCase: Case,
  { settings, now }: Pick<Snapshot, 'settings' | 'now'>,
): { readonly proposal?: Instant } {
  const proposal = proposedDate(theCase, policyOf(settings, theCase.project), now)
  return proposal === undefined ? {} : { proposal }
}

/** Mail at a distributors address that is no post reaches the admins only; nothing fans out from here. */
export function listMail(input: MailInput, snapshot: Snapshot): Decision | undefined {
  const { addressed } = input.sorted
  if (addressed.kind !== 'distributors') return undefined
  const { project } = addressed
  if (isPeoples(input.mail, project, snapshot))
    return shownToTeam(input, project, snapshot, 'post', 'post-to-admins')
  return input.sorted.machine === 'human'
    ? shownToTeam(input, project, snapshot, 'application', 'application-to-admins')
    : shownToTeam(input, project, snapshot, 'report-noack', 'list-mail-machine')
}

/** A mail to a list that every admin sees and nobody else; it changes nothing. */
export const shownToTeam = (
  input: MailInput,
  project: ProjectName,
  snapshot: Snapshot,
  outcome: Outcome,
  reason: string,
): Decision => ({
  outcome,
  reason,
  actor: OUTSIDER,
  events: [],
  mails: toAdmins(
    readersOf(input, snapshot.settings),
    { project, case: undefined },
    {
      kind: 'report',
      what: 'list-mail',
      theCase: undefined,
      mail: input.mail,
      inbound: input.inbound,
      inside: insideOf(input.mail, snapshot),
      unanswered: undefined,
    },
  ),
  answer: undefined,
  oneShot: undefined,
  plan: undefined,
  files: [],
})

/** Whether a mail is signed by somebody of a project: a contact on its list, its people, or the team. */
export function isPeoples(
  { author, authored }: OpenedMail,
  project: ProjectName,
  { contacts, settings }: Pick<Snapshot, 'contacts' | 'settings'>,
): boolean {
  const good =
    authored.kind === 'signed' && authored.signature.kind === 'good' ? authored.signature : undefined
  const signer = good?.signature.primary ?? author?.primary
  const isTheirs = ({ fingerprint }: { readonly fingerprint: Fingerprint }) => fingerprint === signer
  const theirs = contacts.filter(
    one => one.project === project && one.state !== 'left' && one.state !== 'removed',
  )
  const team = [...settings.admins, ...(projectNamed(settings, project)?.maintainers ?? [])]
  return theirs.some(isTheirs) || team.some(isTheirs)
}

export const aboutCase = (theCase: Case) => ({ project: theCase.project, case: theCase.id })

/** The one author, never an address of ours: nothing may be sent there. */
export function authorOf(mail: OpenedMail, settings: Settings): EmailAddress | undefined {
  const [author, second] = mail.header.authors
  return author === undefined || second !== undefined || isOwnAddress(settings, author) ? undefined : author
}

export const insideOf = (
  mail: OpenedMail,
  snapshot: Pick<Snapshot, 'settings' | 'contacts'>,
  theCase?: Case,
): 'own' | 'foreign' => (foreignAuthors(mail, snapshot, theCase).length === 0 ? 'own' : 'foreign')

/**
 * Authors of what was decrypted, other than the one of the mail around it: whom its own header names, or whose
 * enrolled key signed it. Whoever reads a mail on its way can put its ciphertext into one of their own.
 */
function foreignAuthors(
  mail: OpenedMail,
  { settings, contacts }: Pick<Snapshot, 'settings' | 'contacts'>,
  theCase?: Case,
): readonly EmailAddress[] {
  const [outer, second] = mail.header.authors
  const signers = mail.parts.flatMap(({ encrypted, signature }) =>
    encrypted && signature.kind === 'good' ? [signature.signature.primary] : [],
  )
  const people = [
    ...settings.admins,
    ...settings.projects.flatMap(project => project.maintainers),
    ...(theCase?.fixTeam ?? []),
    ...contacts,
  ]
  const owners = people.filter(one => signers.includes(one.fingerprint)).map(({ address }) => address)
  const reporter = theCase?.reporter
  if (reporter?.address !== undefined && reporter.key !== undefined)
    if (signers.includes(reporter.key.fingerprint)) owners.push(reporter.address)
  const isOuter = (address: EmailAddress) =>
    outer !== undefined && second === undefined && sameMailbox(address, outer)
  return [...new Set([...mail.innerAuthors, ...owners])].filter(address => !isOuter(address))
}

/**
 * Every admin, but none whose own machine wrote: an absent admin's answer to our mail, mailed to them, would be
 * answered again without end (threats.md D07).
 */
export function readersOf({ mail, sorted }: MailInput, settings: Settings): readonly Admin[] {
  const author = authorOf(mail, settings)
  if (sorted.machine === 'human' || author === undefined) return settings.admins
  return settings.admins.filter(admin => !sameMailbox(admin.address, author))
}

/**
 * The key of a case: the one that signed inside or came inside the encryption; one from outside only if the
 * mail was clear, for whoever relays a mail can put a key on it. Never one of ours, which many mails carry.
 */
export function caseKey(mail: OpenedMail, { ownKeys }: Pick<Snapshot, 'ownKeys'>): Reporter['key'] {
  const signedInside = (offer: OfferedCertificate) =>
    mail.encryption === 'encrypted' && offer.fingerprint === mail.author?.primary
  const candidates = mail.offered.filter(
    offer =>
      offer.encryptable &&
      !ownKeys.includes(offer.fingerprint) &&
      (mail.encryption === 'clear'
        ? offer.place !== 'inside'
        : offer.place === 'inside' || signedInside(offer)),
  )
  const signed = candidates.filter(offer => offer.fingerprint === mail.author?.primary)
  // A relay could have put an older copy of the signer's key on the outside.
  const chosen = signed.find(offer => offer.place === 'inside') ?? signed[0] ?? candidates[0]
  return chosen === undefined
    ? undefined
    : { fingerprint: chosen.fingerprint, certificate: chosen.octets, keyIds: chosen.keyIds }
}
