// Turns header fields into the outer header of a mail. In: unfolded fields of the splitter. Out: MailHeader,
// of which nothing is trusted for authority. It decodes words for reading and never an address out of them.
import type { HeaderField, MailHeader } from '../model/mail.ts'
import { plaintext } from '../model/plaintext.ts'
import { type EmailAddress, type MessageId, parseMessageId } from '../model/scalars.ts'
import { addressList, readAddressList } from './addresses.ts'
import { decodedWords } from './decode.ts'
import { authorsBehind } from './lists.ts'
import { fieldValue } from './structure.ts'

const MAX_AUTHORS = 100
const MAX_RECIPIENTS = 1_000
/** In-Reply-To and References together. */
const MAX_REPLY_TO = 100

/** The header as the rest of the program may know it; never throws, linear in its size. `lists`: those in front of us. */
export async function mailHeader(
  fields: readonly HeaderField[],
  lists: readonly EmailAddress[],
): Promise<MailHeader> {
  return {
    fields,
    authors: authorsBehind(fields, authorsOf(fields), lists),
    recipients: addressesOf(fields, ['to', 'cc']).slice(0, MAX_RECIPIENTS),
    messageId: messageIds(fieldValue(fields, 'message-id') ?? '')[0],
    replyTo: repliedTo(fields),
    subject: plaintext(await subjectOf(fields)),
  }
}

/** The decoded subject, for reading only; empty if there is none. */
export const subjectOf = (fields: readonly HeaderField[]): Promise<string> =>
  decodedWords(fieldValue(fields, 'subject') ?? '')

/** None if any of them cannot be read: whoever is left over would look like the only one (threats.md D12). */
export function authorsOf(fields: readonly HeaderField[]): readonly EmailAddress[] {
  const lists = fields
    .filter(field => field.name.toLowerCase() === 'from')
    .map(field => readAddressList(field.value))
  if (lists.some(list => !list.certain)) return []
  return lists.flatMap(list => list.addresses).slice(0, MAX_AUTHORS)
}

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
