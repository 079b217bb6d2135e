// Orders of mail that several decisions make: to admins, and the constant lines for people we do not know.
import type { Contact } from '../model/contact.ts'
import type { Input, Snapshot } from '../model/decision.ts'
import type { Content, MailOrder, RefusalSentence } from '../model/order.ts'
import { err, ok, type Result } from '../model/result.ts'
import { type CaseId, type EmailAddress, type ProjectName, sameMailbox, UNROUTED } from '../model/scalars.ts'
import { type Admin, isOwnAddress } from '../model/settings.ts'
import type { Insider } from './authority.ts'

type About = { readonly project: ProjectName; readonly case: CaseId | undefined }

export const NOTHING: About = { project: UNROUTED, case: undefined }

/** One mail to one admin under their own key. */
export const toAdmin = (
  admin: Pick<Admin, 'address' | 'fingerprint'>,
  about: About,
  content: Content,
): MailOrder => ({
  to: admin.address,
  encryptTo: { kind: 'enrolled', fingerprint: admin.fingerprint },
  project: about.project,
  case: about.case,
  notice: undefined,
  contact: undefined,
  inReplyTo: undefined,
  content,
})

/** One mail to an insider of a case under their own key. */
export const toInsider = (insider: Insider, about: About, content: Content): MailOrder => ({
  ...toAdmin(insider, about, content),
  encryptTo:
    insider.certificate === undefined
      ? { kind: 'enrolled', fingerprint: insider.fingerprint }
      : { kind: 'offered', certificate: insider.certificate },
})

/** One mail to a contact on a list under their pinned key there, from the address of the list. */
export const toMember = (
  contact: Pick<Contact, 'address' | 'fingerprint' | 'project'>,
  content: Content,
): MailOrder => ({
  ...toAdmin(contact, { project: contact.project, case: undefined }, content),
  from: 'list',
})

/**
 * The same with words about a case: it goes only while they are on the list as they are now, asked again when it is handed
 * over (threats.md C10).
 */
export const toReader = (contact: Contact, about: CaseId, content: Content): MailOrder => ({
  ...toMember(contact, content),
  case: about,
  contact: contact.id,
  contactVersion: contact.version,
})

export const toAdmins = (admins: readonly Admin[], about: About, content: Content): readonly MailOrder[] =>
  admins.map(admin => toAdmin(admin, about, content))

type MailInput = Extract<Input, { kind: 'mail' }>

/**
 * The one address an automatic answer may go to: the single author of a mail that a person wrote, never one
 * of our own addresses (threats.md D02, D07, D12). Reply-To and Return-Path are not looked at.
 */
export function answerable(
  input: MailInput,
  snapshot: Snapshot,
): Result<EmailAddress, 'machine' | 'no-author'> {
  if (input.sorted.machine !== 'human') return err('machine')
  const [author, second] = input.mail.header.authors
  if (author === undefined || second !== undefined || isOwnAddress(snapshot.settings, author))
    return err('no-author')
  return ok(author)
}

/** So that mail in a thousand false names makes us write to few of those who bear them. */
const COURTESIES_PER_DAY = 100

/** A constant line, our key or the help text: in clear, to a person, at most once per address and day. */
export function courtesy(
  input: MailInput,
  snapshot: Snapshot,
  content: Extract<Content, { kind: 'refusal' | 'help' | 'key' }>,
): readonly MailOrder[] {
  const author = answerable(input, snapshot)
  if (!author.ok || snapshot.courtesies.address > 0 || snapshot.courtesies.all >= COURTESIES_PER_DAY)
    return []
  return [
    {
      to: author.value,
      encryptTo: { kind: 'nobody' },
      ...NOTHING,
      notice: undefined,
      contact: undefined,
      inReplyTo: input.mail.header.messageId,
      content,
    },
  ]
}

export const refusalLine = (
  input: MailInput,
  snapshot: Snapshot,
  sentence: RefusalSentence,
): readonly MailOrder[] => courtesy(input, snapshot, { kind: 'refusal', sentence })

/**
 * To the owner of a signature that came a second time, or late, if the mail is in their name, and once a day: whoever has
 * signed mails can send them without end.
 */
export function toldOfReplay(
  input: MailInput,
  snapshot: Snapshot,
  owner: Insider,
  sentence: Extract<RefusalSentence, 'replayed' | 'stale'> = 'replayed',
): readonly MailOrder[] {
  const [author, second] = input.mail.header.authors
  const inTheirName = author !== undefined && second === undefined && sameMailbox(author, owner.address)
  if (!inTheirName || snapshot.courtesies.address > 0) return []
  return [toInsider(owner, NOTHING, { kind: 'refusal', sentence })]
}
