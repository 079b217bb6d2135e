// Turns header fields into the outer header of a mail. In: unfolded fields of the splitter. Out: MailHeader,
// of which nothing is trusted for authority. It decodes words for reading and never an address out of them.
import libmime from 'libmime'
import type { HeaderField, MailHeader } from '../model/mail.ts'
import { plaintext } from '../model/plaintext.ts'
import { type EmailAddress, type MessageId, parseMessageId } from '../model/scalars.ts'
import { addressList } from './addresses.ts'
import { printable } from './parameters.ts'
import { fieldValue } from './structure.ts'

/** Characters of a field handed to the library for decoding; what is longer is cut. */
const MAX_WORDS = 16 * 1024
const MAX_AUTHORS = 100
const MAX_RECIPIENTS = 1_000
/** In-Reply-To and References together. */
const MAX_REPLY_TO = 100

/** The header as the rest of the program may know it; never throws, linear in its size. */
export function mailHeader(fields: readonly HeaderField[]): MailHeader {
  return {
    fields,
    authors: addressesOf(fields, ['from']).slice(0, MAX_AUTHORS),
    recipients: addressesOf(fields, ['to', 'cc']).slice(0, MAX_RECIPIENTS),
    messageId: messageIds(fieldValue(fields, 'message-id') ?? '')[0],
    replyTo: repliedTo(fields),
    subject: plaintext(subjectOf(fields)),
  }
}

/** The decoded subject; empty if there is none. */
export const subjectOf = (fields: readonly HeaderField[]): string =>
  decodedWords(fieldValue(fields, 'subject') ?? '')

/** Text of an unstructured field with its encoded words (RFC 2047) decoded, for reading only. */
export const decodedWords = (value: string): string =>
  printable(libmime.decodeWords(value.slice(0, MAX_WORDS))).trim()

function addressesOf(fields: readonly HeaderField[], names: readonly string[]): EmailAddress[] {
  return names.flatMap(name =>
    fields.filter(field => field.name.toLowerCase() === name).flatMap(field => addressList(field.value)),
  )
}

function repliedTo(fields: readonly HeaderField[]): MessageId[] {
  const all = ['in-reply-to', 'references'].flatMap(name =>
    fields.filter(field => field.name.toLowerCase() === name).flatMap(field => messageIds(field.value)),
  )
  return [...new Set(all)].slice(0, MAX_REPLY_TO)
}

/** The message ids of a field; words between them (old In-Reply-To phrases) are passed over. */
function messageIds(value: string): MessageId[] {
  const ids: MessageId[] = []
  for (const piece of value.split('<').slice(1)) {
    const close = piece.indexOf('>')
    const id = close < 0 ? undefined : parseMessageId(`<${piece.slice(0, close)}>`)
    if (id !== undefined) ids.push(id)
  }
  return ids
}
