// Header fields as they go on the wire: folded, ASCII, no control characters. Takes values of ours, gives
// field text; a value that would need a line break of its own is a fault of ours and throws.
import type { HeaderField } from '../model/mail.ts'
import type { EmailAddress, Instant } from '../model/scalars.ts'

const FOLD_AT = 76
/** UTF-8 octets an encoded word carries: 75 characters at most, RFC 2047 §2, of which 12 are its frame. */
const WORD_OCTETS = 45

const printable = /^[\x20-\x7e]*$/
/** Atoms with blanks between them need no quotes, RFC 5322 §3.2.3. */
const plainPhrase = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+$/

/** One field with CRLF at its end, folded before blanks where a line would pass 76 characters. */
export function fieldLines({ name, value }: HeaderField): string {
  if (!printable.test(value)) throw new Error(`header field ${name} is not printable ASCII`)
  const lines: string[] = []
  let line = `${name}:`
  for (const word of value.split(' ')) {
    const longer = `${line} ${word}`
    if (longer.length > FOLD_AT && line.trim() !== '' && line !== `${name}:`) {
      lines.push(line)
      line = ` ${word}`
    } else line = longer
  }
  lines.push(line)
  return `${lines.join('\r\n')}\r\n`
}

/** `Some Name <name@example.org>`: quoted or as encoded words where the name needs it. */
export function mailbox(displayName: string, address: EmailAddress): string {
  if (plainPhrase.test(displayName)) return `${displayName} <${address}>`
  if (printable.test(displayName)) return `"${displayName.replace(/["\\]/g, '\\$&')}" <${address}>`
  return `${encodedWords(displayName)} <${address}>`
}

function encodedWords(text: string): string {
  const words: string[] = []
  let chunk = ''
  for (const character of text.toWellFormed()) {
    if (Buffer.byteLength(chunk + character) > WORD_OCTETS) {
      words.push(chunk)
      chunk = ''
    }
    chunk += character
  }
  words.push(chunk)
  return words.map(word => `=?utf-8?B?${Buffer.from(word).toString('base64')}?=`).join(' ')
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `Wed, 09 Dec 2026 16:00:00 +0000`, RFC 5322 §3.3; always UTC, so that the zone tells nothing of us. */
export function dateField(at: Instant): string {
  const utc = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO('UTC')
  const two = (n: number) => String(n).padStart(2, '0')
  const time = `${two(utc.hour)}:${two(utc.minute)}:${two(utc.second)}`
  return `${weekdays[utc.dayOfWeek - 1]}, ${two(utc.day)} ${months[utc.month - 1]} ${utc.year} ${time} +0000`
}

/** The Autocrypt field's value for a base64 certificate, Autocrypt Level 1 §2.1; blanks let it fold. */
export function autocryptField(address: EmailAddress, keyData: string): string {
  const chunks = keyData.replace(/\s/g, '').match(/.{1,72}/g) ?? []
  return `addr=${address}; prefer-encrypt=mutual; keydata= ${chunks.join(' ')}`
}
