// Scalars with a meaning. Each is branded, and only its parser here makes one.
import { err, ok, type Result } from './result.ts'

declare const brand: unique symbol
type Brand<T, B extends string> = T & { readonly [brand]: B }

/** `C-` and six random decimal digits; random, so that it tells nothing of how many cases there are. */
export type CaseId = Brand<string, 'CaseId'>
/** `N-` and six random decimal digits. */
export type NoticeId = Brand<string, 'NoticeId'>
/** `M-` and six random decimal digits: one contact of a member organisation. */
export type ContactId = Brand<string, 'ContactId'>
/** `S-` and six random decimal digits: what a reporter without a key said. */
export type StatementId = Brand<string, 'StatementId'>
/** `A-` and six random decimal digits: a request to join a distributors list. */
export type ApplicationId = Brand<string, 'ApplicationId'>
/** `D-` and six random decimal digits: an organisation on a distributors list. */
export type DistributorId = Brand<string, 'DistributorId'>
/** `L-` and six random decimal digits: what somebody said of a leak. */
export type IncidentId = Brand<string, 'IncidentId'>
/** `P-` and six random decimal digits: what somebody wrote to a distributors list. */
export type PostId = Brand<string, 'PostId'>
/** OpenPGP v4 fingerprint of a primary key, 40 upper-case hex digits (RFC 9580 §5.5.4.2). */
export type Fingerprint = Brand<string, 'Fingerprint'>
/** RFC 5321 mailbox, ASCII dot-atom local part as written, domain in lower case. */
export type EmailAddress = Brand<string, 'EmailAddress'>
/** RFC 5322 msg-id with its angle brackets. */
export type MessageId = Brand<string, 'MessageId'>
/** SHA-256, 64 lower-case hex digits. */
export type Sha256 = Brand<string, 'Sha256'>
export type InstanceName = Brand<string, 'InstanceName'>
export type ProjectName = Brand<string, 'ProjectName'>
export type InboundId = Brand<number, 'InboundId'>
export type OutboxId = Brand<number, 'OutboxId'>
/** Milliseconds since 1970-01-01T00:00Z. */
export type Instant = Brand<number, 'Instant'>

const reference = /^([CNMSADLP])-([0-9]{6})$/
const nameShape = /^[a-z][a-z0-9-]{0,39}$/
const dotAtom = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
const messageIdShape = /^<[\x21-\x3b\x3d\x3f-\x7e]{1,250}>$/

/** The project of a case at a shared address until an admin says which one it is. */
export const UNROUTED = 'unrouted' as ProjectName

function parseReference(letter: string, text: string): string | undefined {
  const upper = text.toUpperCase()
  return reference.exec(upper)?.[1] === letter ? upper : undefined
}

/** Case-insensitive; surrounding blanks are not accepted. */
export const parseCaseId = (text: string) => parseReference('C', text) as CaseId | undefined
export const parseNoticeId = (text: string) => parseReference('N', text) as NoticeId | undefined
export const parseContactId = (text: string) => parseReference('M', text) as ContactId | undefined

export const parseStatementId = (text: string) => parseReference('S', text) as StatementId | undefined
export const parseApplicationId = (text: string) => parseReference('A', text) as ApplicationId | undefined
export const parseDistributorId = (text: string) => parseReference('D', text) as DistributorId | undefined
export const parseIncidentId = (text: string) => parseReference('L', text) as IncidentId | undefined
export const parsePostId = (text: string) => parseReference('P', text) as PostId | undefined

/** 40 hex digits, blanks between groups allowed; anything shorter (a key id) is refused. */
export function parseFingerprint(text: string): Fingerprint | undefined {
  const hex = text.replace(/[ \t]/g, '').toUpperCase()
  return /^[0-9A-F]{40}$/.test(hex) ? (hex as Fingerprint) : undefined
}

/**
 * One unambiguous RFC 5321 mailbox. Quoted local parts, address literals, comments, source routes,
 * non-ASCII and trailing dots are refused: what is approved is, octet for octet, what is delivered to.
 */
export function parseEmailAddress(text: string): Result<EmailAddress, string> {
  const at = text.lastIndexOf('@')
  if (at < 1 || text.length > 254) return err('is not an address like name@example.org')
  const local = text.slice(0, at)
  const domain = text.slice(at + 1).toLowerCase()
  if (local.length > 64 || !dotAtom.test(local)) return err('has a local part that is not a plain dot-atom')
  const labels = domain.split('.')
  if (labels.length < 2 && domain !== 'localhost') return err('has no full domain')
  if (!labels.every(l => label.test(l))) return err('has a domain that is not plain ASCII labels')
  if (labels.length > 1 && labels.every(l => /^[0-9]+$/.test(l))) return err('has a number for a domain')
  return ok(`${local}@${domain}` as EmailAddress)
}

/** Whether two addresses reach one mailbox as nearly every server sees it: local parts ignore ASCII case. */
export const sameMailbox = (a: EmailAddress, b: EmailAddress): boolean => a.toLowerCase() === b.toLowerCase()

/** Who counts as one where mail is counted: a machine may answer from another subaddress each time (RFC 5233). */
export function foldedMailbox(address: EmailAddress): string {
  const at = address.lastIndexOf('@')
  const [user = ''] = address.slice(0, at).toLowerCase().split('+', 1)
  return `${user === '' ? address.slice(0, at).toLowerCase() : user}${address.slice(at)}`
}

export const domainOf = (address: EmailAddress): string => address.slice(address.lastIndexOf('@') + 1)

/** Printable ASCII between angle brackets, at most 250 octets; anything else is no message id for us. */
export function parseMessageId(text: string): MessageId | undefined {
  return messageIdShape.test(text) ? (text as MessageId) : undefined
}

export function parseSha256(text: string): Sha256 | undefined {
  return /^[0-9a-f]{64}$/.test(text) ? (text as Sha256) : undefined
}

export function parseInstanceName(text: string): InstanceName | undefined {
  return nameShape.test(text) ? (text as InstanceName) : undefined
}

/** Like an instance name; `unrouted` is taken. */
export function parseProjectName(text: string): ProjectName | undefined {
  return nameShape.test(text) && text !== UNROUTED ? (text as ProjectName) : undefined
}

/** Row ids come from SQLite only. */
export const inboundId = (row: number): InboundId => row as InboundId
export const outboxId = (row: number): OutboxId => row as OutboxId

/** @throws RangeError on anything but a safe integer: instants come from clocks and our own columns. */
export function instant(epochMilliseconds: number): Instant {
  if (!Number.isSafeInteger(epochMilliseconds)) throw new RangeError('not an instant')
  return epochMilliseconds as Instant
}

export const later = (start: Instant, milliseconds: number): Instant => instant(start + milliseconds)
