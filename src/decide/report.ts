// A letter: the first one opens a case and is acknowledged, later ones join their case. All of it reaches
// every admin, encrypted; nothing in it decides what is sent to whom.
import type { Case, Reporter } from '../model/case.ts'
import { evolveCase } from '../model/case-evolution.ts'
import type { Decision, Fresh, Input, Snapshot } from '../model/decision.ts'
import type { Actor } from '../model/event.ts'
import type { OfferedCertificate, OpenedMail } from '../model/mail.ts'
import type { Content } from '../model/order.ts'
import { type CaseId, type EmailAddress, type ProjectName, sameMailbox, UNROUTED } from '../model/scalars.ts'
import { type Admin, adminWithKey, isOwnAddress, type Settings } from '../model/settings.ts'
import { acknowledging } from './acknowledging.ts'
import { freshnessOf } from './freshness.ts'
import { toAdmins } from './orders.ts'

type MailInput = Extract<Input, { kind: 'mail' }>

const OUTSIDER: Actor = { kind: 'outsider', name: 'outsider' }

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
      }),
    ],
    answer: undefined,
    oneShot: undefined,
    plan: undefined,
    files: [],
    ...(owed === undefined ? {} : { owed }),
  }
}

/** A mail that a case reply address, a thread of ours or an advisory that is known places in a case. */
export function followUp(input: MailInput, snapshot: Snapshot): Decision | undefined {
  const { addressed } = input.sorted
  const id = addressed.kind === 'case' ? addressed.case : (snapshot.threadCase ?? snapshot.advisoryCase)
  const theCase = id === undefined ? undefined : receiverOf(id, snapshot.cases)
  if (theCase === undefined) return undefined
  const from = writerOf(input, theCase, snapshot)
  const event = {
    kind: 'case-followed-up',
    at: input.receivedAt,
    actor: OUTSIDER,
    case: theCase.id,
    inbound: input.inbound,
    from,
  } as const
  const content: Content = {
    kind: 'report',
    what: 'follow-up',
    theCase: evolveCase(theCase, event),
    mail: input.mail,
    inside: insideOf(input.mail, snapshot),
    unanswered: undefined,
  }
  const writer = from === 'team' ? input.mail.author?.primary : undefined
  const readers = readersOf(input, snapshot.settings).filter(admin => admin.fingerprint !== writer)
  return {
    outcome: 'follow-up',
    reason: `follow-up-${from}`,
    actor: OUTSIDER,
    events: [event],
    mails: toAdmins(readers, aboutCase(theCase), content),
    answer: undefined,
    oneShot: undefined,
    plan: undefined,
    files: [],
  }
}

/** The case that gets the mail of this one: itself, or the one that it was merged into in the end. */
function receiverOf(id: CaseId, cases: Snapshot['cases']): Case | undefined {
  let theCase = cases.get(id)
  for (let steps = 0; theCase?.mergedInto !== undefined && steps < cases.size; steps += 1)
    theCase = cases.get(theCase.mergedInto) ?? theCase
  return theCase
}

/** Mail at a distributors address reaches the admins only; nothing fans out from here. */
export function listMail(input: MailInput, snapshot: Snapshot): Decision | undefined {
  const { addressed } = input.sorted
  if (addressed.kind !== 'distributors') return undefined
  const { authored } = input.mail
  const signer =
    authored.kind === 'signed' && authored.signature.kind === 'good'
      ? authored.signature.signature.primary
      : undefined
  const member = snapshot.contacts.some(
    contact => contact.project === addressed.project && contact.fingerprint === signer,
  )
  return {
    outcome: member ? 'post' : 'application',
    reason: member ? 'post-to-admins' : 'application-to-admins',
    actor: OUTSIDER,
    events: [],
    mails: toAdmins(
      snapshot.settings.admins,
      { project: addressed.project, case: undefined },
      {
        kind: 'report',
        what: 'list-mail',
        theCase: undefined,
        mail: input.mail,
        inside: insideOf(input.mail, snapshot),
        unanswered: undefined,
      },
    ),
    answer: undefined,
    oneShot: undefined,
    plan: undefined,
    files: [],
  }
}

const aboutCase = (theCase: Case) => ({ project: theCase.project, case: theCase.id })

/** The one author, never an address of ours: nothing may be sent there. */
function authorOf(mail: OpenedMail, settings: Settings): EmailAddress | undefined {
  const [author, second] = mail.header.authors
  return author === undefined || second !== undefined || isOwnAddress(settings, author) ? undefined : author
}

/**
 * Whether what was decrypted is by somebody else than the mail around it: the one whom its own header names, or
 * whose enrolled key signed it. Whoever reads a mail on its way can put its ciphertext into one of their own.
 */
export function insideOf(
  mail: OpenedMail,
  { settings, contacts }: Pick<Snapshot, 'settings' | 'contacts'>,
): 'own' | 'foreign' {
  const [outer, second] = mail.header.authors
  const signers = mail.parts.flatMap(({ encrypted, signature }) =>
    encrypted && signature.kind === 'good' ? [signature.signature.primary] : [],
  )
  const owners = [...settings.admins, ...contacts].filter(one => signers.includes(one.fingerprint))
  const authors = [...mail.innerAuthors, ...owners.map(({ address }) => address)]
  const isOuter = (address: EmailAddress) =>
    outer !== undefined && second === undefined && sameMailbox(address, outer)
  return authors.every(isOuter) ? 'own' : 'foreign'
}

/**
 * Every admin, but none whose own machine wrote: an absent admin's answer to our mail, mailed to them, would be
 * answered again without end (threats.md D07).
 */
function readersOf({ mail, sorted }: MailInput, settings: Settings): readonly Admin[] {
  const author = authorOf(mail, settings)
  if (sorted.machine === 'human' || author === undefined) return settings.admins
  return settings.admins.filter(admin => !sameMailbox(admin.address, author))
}

/**
 * Who wrote a follow-up; with a known key only that key speaks for the reporter (product.md §3). An admin's
 * words count as the team's while they are fresh: whoever has an old mail of theirs can put it into any case.
 */
function writerOf(
  { mail, receivedAt }: MailInput,
  theCase: Case,
  snapshot: Snapshot,
): 'reporter' | 'other' | 'team' {
  const { settings } = snapshot
  if (mail.author !== undefined && adminWithKey(settings, mail.author.primary) !== undefined)
    return freshnessOf(mail.author, receivedAt, snapshot, snapshot.entitled.get(mail.author.primary)) ===
      'fresh'
      ? 'team'
      : 'other'
  const { key, address } = theCase.reporter
  if (key !== undefined) return mail.author?.primary === key.fingerprint ? 'reporter' : 'other'
  const author = authorOf(mail, settings)
  return author !== undefined && address !== undefined && sameMailbox(author, address) ? 'reporter' : 'other'
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
