// Challenges (TMDA, Boxbe, Spam Arrest and the like): a machine keeps a mail of ours back until we prove to be people.
// In: a header and the beginning of a text. Out: whether it is one. It is never answered (threats.md D10).
import type { HeaderField } from '../model/mail.ts'

/** Characters of the text that are looked at. */
const MAX_TEXT = 1_500

/** What such machines write, in lower case with single blanks; a report on a login's puzzle says none of it. */
const words =
  /\bto release your (?:pending )?message for delivery\b|\byour (?:e-?mail|message)[^.]{0,200} was waitlisted\b|\badd yourself to my guest list\b|\b(?:my|our|their) (?:list of )?approved senders?(?: list)?\b|\bclick the link below so (?:i|we|they) can receive your\b|\b(?:e-?mail|message) (?:is being|has been|will be) held until you (?:confirm|verify|respond|reply)\b/

export function isChallenge(fields: readonly HeaderField[], text: string): boolean {
  const isByAgent = fields.some(
    ({ name, value }) => name.toLowerCase() === 'x-delivery-agent' && /^tmda\b/i.test(value),
  )
  return isByAgent || words.test(text.slice(0, MAX_TEXT).toLowerCase().replace(/\s+/g, ' '))
}
