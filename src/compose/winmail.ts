// Mail that Outlook has packed into `winmail.dat` (TNEF), which nothing here opens: what admins are told of it, and the
// reply that asks for it in another form.
import type { OpenedMail, Part } from '../model/mail.ts'
import type { Suggestion } from '../model/order.ts'
import type { Settings } from '../model/settings.ts'
import { fill } from './text.ts'

const isPacked = ({ mediaType, fileName }: Part): boolean =>
  /^application\/(?:vnd\.)?ms-tnef$/.test(mediaType) || fileName?.open().toLowerCase() === 'winmail.dat'

/** Undefined where nothing is packed. */
export function packedText({ parts }: OpenedMail): string | undefined {
  if (!parts.some(isPacked)) return undefined
  const isRead = parts.some(({ text, disposition }) => disposition === 'inline' && text?.open().trim())
  const what = isRead ? 'Something of it, perhaps its files, is' : 'All of it is'
  return fill(
    `${what} packed into winmail.dat by Outlook. We do not open that, and pass it on with the files; ` +
      'a program named tnef reads it. Better ask for it as plain text.',
  )
}

/** `reply`: the command up to its text, undefined where no answer may go out. */
export const packedSuggestions = (
  { parts }: OpenedMail,
  reply: string | undefined,
  { instance }: Settings,
): readonly Suggestion[] =>
  reply === undefined || !parts.some(isPacked)
    ? []
    : [{ label: 'Ask for it as plain text', body: `embargod ${instance}\n${reply} <<\n${REQUEST}\n.\n` }]

const REQUEST = `Hello,

your mail program packed your mail into a file winmail.dat, which we
cannot read. Could you send it again as plain text, with the files
attached one by one?`
