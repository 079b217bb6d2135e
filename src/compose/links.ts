// What an admin taps: commands prefilled in `mailto:` links (RFC 6068), with the same to copy below. Only
// reversible commands and `confirm` are ever offered; which ones, the decision says.
import type { Suggestion } from '../model/order.ts'
import type { CaseId, EmailAddress } from '../model/scalars.ts'
import type { Settings } from '../model/settings.ts'
import { fill } from './text.ts'
import { type Block, block } from './variables.ts'

/** First line of mail to people who may command: an answer's own text ends here (product.md §4). */
export const MARKER = '--- embargod: write above this line ---'

/** Characters; some phones and Outlook cut a longer link, and a cut command could be another one. */
export const LONGEST_LINK = 2_000

/** `mailto:` to the command address; everything that is not unreserved is percent-encoded. */
export function mailtoLink(to: EmailAddress, body: string): string {
  const address = encodeURIComponent(to).replaceAll('%40', '@')
  return `mailto:${address}?subject=embargod&body=${strictlyEncoded(body.replace(/\r?\n/g, '\r\n'))}`
}

/** Links that open a ready mail, each with its text; undefined where there is nothing to offer. */
export function suggestionBlock(suggestions: readonly Suggestion[], settings: Settings): Block | undefined {
  const { command } = settings.addresses
  const blocks = suggestions.map(suggestion => {
    const text = suggestion.body.trimEnd().replace(/^(?=.)/gm, '    ')
    const link = mailtoLink(command, suggestion.body)
    const tap =
      link.length > LONGEST_LINK ? fill('This is too long for a link: please copy it.') : `<${link}>`
    return `${suggestion.label}:\n${text}\n${tap}`
  })
  return block(blocks.join('\n\n'))
}

/** What `discussionLine` says where it gives a link, for whoever shows it without. */
export const DISCUSSION_LINK = /^To the others on \S+ never to the reporter; sign it:\n<mailto:\S*>\n*/gm

/**
 * How to write to the others who work on a case: its own address, or, where that cannot be told from ours, an
 * answer to this mail that goes there.
 */
export function discussionLine(
  theCase: CaseId,
  replyAddress: (theCase: CaseId) => EmailAddress,
  { addresses }: Settings,
): Block {
  if (addresses.separator === 'none')
    return {
      verbatim: fill(
        `To the others on ${theCase}, never to the reporter: answer this mail, signed, but send it to ${addresses.security}.`,
      ),
    }
  const link = `mailto:${encodeURIComponent(replyAddress(theCase)).replaceAll('%40', '@')}`
  return {
    verbatim: `${fill(`To the others on ${theCase}, never to the reporter; sign it:`)}\n<${link}>`,
  }
}

/** encodeURIComponent leaves `!'()*` alone, which some readers take for the end of a link. */
const strictlyEncoded = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
