// What of an opened mail is handed on: its parts up to a limit in all, and of those beyond only what they are. In: an
// opened mail. Out: the same, lighter. Runs in the child, so that nothing larger ever reaches the parent.
import type { AuthoredText, OpenedMail, Part } from '../model/mail.ts'
import { type Plaintext, plaintext } from '../model/plaintext.ts'

/** Characters kept of a text that is left out, for a look at its beginning. */
const MAX_BEGINNING = 100_000
/** Characters kept of what may be a command: no command is as long, and a longer text is still seen to be too long. */
const MAX_COMMAND = 1_100_000
/** Octets of files that a signed command may always bring: what its notice may carry, and a little. */
const OPERANDS = 11 * 1024 * 1024

/** `limit`: octets of all parts together; one that does not fit is left out, and smaller ones after it may fit. */
export function passedOn(mail: OpenedMail, limit: number): OpenedMail {
  const { authored } = mail
  const isSigned = authored.kind === 'signed' && authored.signature.kind === 'good'
  let left = isSigned ? Math.max(limit, OPERANDS) : limit
  // The same part may stand in both lists, and counts once.
  const lighter = new Map<Part, Part>()
  const light = (part: Part): Part => {
    const known = lighter.get(part)
    if (known !== undefined) return known
    const fits = part.octets.length <= left
    if (fits) left -= part.octets.length
    const made = fits ? part : withoutOctets(part)
    lighter.set(part, made)
    return made
  }
  const attachments = authored.kind === 'signed' ? authored.attachments.map(light) : []
  return { ...mail, authored: lightAuthored(authored, attachments), parts: mail.parts.map(light) }
}

function lightAuthored(authored: AuthoredText, attachments: readonly Part[]): AuthoredText {
  if (authored.kind === 'misshapen')
    return { ...authored, text: authored.text && start(authored.text, MAX_COMMAND) }
  const text = start(authored.text, MAX_COMMAND)
  return authored.kind === 'signed' ? { ...authored, text, attachments } : { ...authored, text }
}

const start = (text: Plaintext, most: number): Plaintext =>
  text.length > most ? plaintext(text.open().slice(0, most)) : text

const withoutOctets = (part: Part): Part => ({
  ...part,
  octets: new Uint8Array(0),
  leftOut: part.octets.length,
  text: part.text && start(part.text, MAX_BEGINNING),
})
