// Tells machines from people (RFC 3834 §2, RFC 3464, RFC 2919), so that no machine is ever answered. In: the
// outer header and a few hints. Out: one word. It never decides that mail is dropped, and trusts nobody.
import type { HeaderField, MailHeader } from '../model/mail.ts'
import { type EmailAddress, sameMailbox } from '../model/scalars.ts'
import { addressList } from './addresses.ts'
import { isChallenge } from './challenge.ts'
import { listInFront } from './lists.ts'
import {
  answerPrefix,
  answerSubject,
  bounceFields,
  bounceSubjects,
  bounceWords,
  deliveryCode,
  machineFields,
  officeName,
  officeTitle,
  programName,
  programSubject,
  programText,
  systemName,
  systemTitle,
} from './machine-words.ts'
import { fieldValue } from './structure.ts'

/** Characters of the first text that are looked at. */
export const MAX_HINT_TEXT = 3_000

export type MachineKind = 'human' | 'automatic' | 'bounce'

/** What classification needs beyond the header. */
export type MachineHints = {
  /** Media type of the whole mail. */
  readonly mediaType: string
  /** Media types of its direct children, but for those that somebody attached. */
  readonly childTypes: readonly string[]
  /** The beginning of the first text, as it stands outside any encryption. */
  readonly firstText: string
}

export type AutomaticSettings = {
  readonly ownAddresses: readonly EmailAddress[]
  /** Mailing lists in front of us (`intake.lists`): their List-* and Precedence mean nothing. */
  readonly lists: readonly EmailAddress[]
  /** A field of our own spam filter: mail whose field begins with `value` is automatic. */
  readonly spamHeader: { readonly name: string; readonly value: string } | undefined
  /** `yes`: the server records the return path of every mail, so that none means the null one. */
  readonly returnPathRecorded: 'yes' | 'no'
}

const bounceTypes = ['message/delivery-status', 'message/disposition-notification', 'message/feedback-report']
/** Characters of the first text that count as its first words. */
const FIRST_WORDS = 300
const listFields = /^(?:list-[a-z]{2,20}|mailing-list|x-mailing-list|x-mlserver|x-ml-name)$/

/**
 * `bounce`: a report about the delivery of mail (RFC 3464 or what an MTA writes instead), about its reading
 * (RFC 8098) or abuse (RFC 5965). `automatic`: any other mail that no person sent to us. A person who writes
 * about a bounce stays human: the words of a text count only where the sender is a mail system.
 */
export function automaticKind(
  header: MailHeader,
  hints: MachineHints,
  settings: AutomaticSettings,
): MachineKind {
  const evidence = bounceEvidence(header, hints, settings)
  if (evidence === 'certain') return 'bounce'
  return evidence === 'weak' || isAutomatic(header, hints, settings) ? 'automatic' : 'human'
}

/** Whether the mail has the null return path (RFC 5321 §4.5.5); an absent field counts only where every mail has one. */
export function hasNullReturnPath(
  fields: readonly HeaderField[],
  { returnPathRecorded }: Pick<AutomaticSettings, 'returnPathRecorded'>,
): boolean {
  const path = fieldValue(fields, 'return-path')
  return path === undefined ? returnPathRecorded === 'yes' : path === '' || /^<[ \t]*>/.test(path)
}

/** `weak`: perhaps a person of the mail system's office; admins see it, and nobody is answered. */
function bounceEvidence(
  header: MailHeader,
  hints: MachineHints,
  settings: AutomaticSettings,
): 'certain' | 'weak' | 'none' {
  const { fields, authors } = header
  if (hints.mediaType === 'multipart/report' || bounceTypes.includes(hints.mediaType)) return 'certain'
  if (hints.childTypes.some(type => type === 'multipart/report' || bounceTypes.includes(type)))
    return 'certain'
  if (fields.some(field => bounceFields.has(field.name.toLowerCase()))) return 'certain'
  const names = authors.map(localPart)
  if (names.some(name => systemName.test(name))) return 'certain'
  const from = (fieldValue(fields, 'from') ?? '').toLowerCase().slice(0, 300)
  if (names.length === 0 && systemTitle.test(from)) return 'certain'

  const subject = subjectOf(header)
  // People answer reports on delivery and pass them on, and postmasters are people, too.
  const saysBounce = !answerPrefix.test(subject)
  const text = hints.firstText.slice(0, MAX_HINT_TEXT).toLowerCase()
  const hasWords = bounceWords.some(words => text.includes(words))
  const hasCode = deliveryCode.test(text)
  if (systemTitle.test(from) || /^<?mailer-daemon[@>]/i.test(fieldValue(fields, 'return-path') ?? ''))
    return hasWords || hasCode || (saysBounce && bounceSubjects.some(words => subject.includes(words)))
      ? 'certain'
      : 'weak'
  const mayBeSystem =
    hasNullReturnPath(fields, settings) ||
    names.some(name => officeName.test(name)) ||
    officeTitle.test(from) ||
    /^<?postmaster[@>]/i.test(fieldValue(fields, 'return-path') ?? '') ||
    /^<[ \t]*>$/.test(from)
  if (!mayBeSystem || !saysBounce) return 'none'
  const start = subject.replace(/^(?:\[[^\]]{0,40}\]|[^\p{L}])+/u, '')
  if (bounceSubjects.some(words => start.startsWith(words)) || (hasWords && hasCode)) return 'certain'
  return hasWords ? 'weak' : 'none'
}

function isAutomatic(header: MailHeader, { firstText }: MachineHints, settings: AutomaticSettings): boolean {
  const { fields } = header
  const throughList = listInFront(fields, settings.lists) !== undefined
  const subject = subjectOf(header)
  return (
    hasNullReturnPath(fields, settings) ||
    fields.some(field => isMachineField(field, settings)) ||
    (!throughList && fields.some(isListField)) ||
    header.authors.some(author => isMachineAuthor(author, settings)) ||
    answerSubject.test(subject) ||
    programSubject.test(subject) ||
    isChallenge(fields, firstText) ||
    programText.test(firstText.slice(0, FIRST_WORDS).toLowerCase())
  )
}

function isMachineField(field: HeaderField, settings: AutomaticSettings): boolean {
  const name = field.name.toLowerCase()
  const value = field.value.toLowerCase()
  if (name === 'auto-submitted') return firstWord(value) !== 'no'
  if (name === 'x-auto-response-suppress') return /\b(?:all|autoreply)\b/.test(value.slice(0, 200))
  if (name === 'x-loop') return addressList(field.value).some(address => isOwn(address, settings))
  if (name === 'precedence' || name === 'x-precedence')
    return ['auto_reply', 'junk'].includes(firstWord(value))
  if (name === 'delivered-to' || name === 'x-post-messageclass') return /\bautoresponder$/.test(value)
  const spam = settings.spamHeader
  if (spam !== undefined && name === spam.name.toLowerCase())
    return value.startsWith(spam.value.toLowerCase())
  return machineFields.has(name)
}

function isListField(field: HeaderField): boolean {
  const name = field.name.toLowerCase()
  if (name === 'precedence' || name === 'x-precedence')
    return ['bulk', 'list'].includes(firstWord(field.value.toLowerCase()))
  return listFields.test(name)
}

const isMachineAuthor = (author: EmailAddress, settings: AutomaticSettings): boolean =>
  programName.test(localPart(author)) || isOwn(author, settings)

const isOwn = (address: EmailAddress, settings: AutomaticSettings): boolean =>
  settings.ownAddresses.some(own => sameMailbox(own, address))

const localPart = (address: EmailAddress): string => address.slice(0, address.lastIndexOf('@')).toLowerCase()

const subjectOf = (header: MailHeader): string => header.subject.open().slice(0, 300).toLowerCase()

/** The value without a leading comment, up to the first blank, comment or parameter (RFC 3834 §5). */
function firstWord(value: string): string {
  const word = /^(?:\([^()]{0,200}\)[ \t]*)?([^ \t;(]{1,60})/.exec(value.trim())
  return word?.[1] ?? ''
}
