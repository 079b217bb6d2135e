// The words and files of a mail that is passed on, as they came: each text behind bars with its protection above it,
// paragraphs as their writer typed them, and the original as a file wherever something of it is not shown.
import { unflow } from '../model/flowed.ts'
import { textOfHtml } from '../model/html.ts'
import type { OpenedMail, Part } from '../model/mail.ts'
import type { Content } from '../model/order.ts'
import { safeFileName } from './file-name.ts'

import type { Leaf } from './mime.ts'
import { signaturePhrase } from './phrases.ts'
import { fill, oneLine, paragraphs, quoted } from './text.ts'

/** Characters of one text shown in the mail itself; the whole then goes along as a file. */
const MAX_SHOWN = 100_000
/** Texts shown; what is beyond goes along as files. */
const MAX_TEXTS = 20
const SUBJECT_COLUMNS = 300

/** Where somebody who reads the mail can get what was left out of it. */
export type Source = Pick<Extract<Content, { kind: 'report' }>, 'theCase' | 'inbound' | 'reader'> & {
  /** Who signed all of it, instead of what is known of each signature. */
  readonly signedBy?: string
}

/** The texts behind bars, the first with the subject under a line of ours that says `whose` mail it is, then the files. */
export function originalLeaves(mail: OpenedMail, whose: string, source: Source): readonly Leaf[] {
  const texts: string[] = []
  const files: Leaf[] = []
  const names = new Set<string>()
  const leftOut: string[] = []
  const keep = (part: Part, fallback: string): string => {
    const fileName = safeFileName(part.fileName?.open(), fallback, names)
    if (part.leftOut !== undefined) {
      leftOut.push(leftOutLine(fileName, part.leftOut, part, source))
      return fileName
    }
    files.push({ kind: 'file', mediaType: 'application/octet-stream', fileName, octets: part.octets })
    return fileName
  }
  let before: Part | undefined
  for (const part of mail.parts) {
    // HTML that follows a plain text says the same (RFC 2046 §5.1.4).
    const repeats = before?.mediaType === 'text/plain' && before.text?.open().trim() !== ''
    const readable =
      isShown(part, 'text/plain') ||
      isShown(part, 'text/rfc822-headers') ||
      (isShown(part, 'text/html') && !repeats)
    if (readable && texts.length < MAX_TEXTS) texts.push(shownText(part, keep, source.signedBy))
    else keep(part, fallbackName(part))
    if (readable) before = part
  }
  const first = paragraphs(
    fill(`${whose}, as it came:`),
    quoted(`Subject: ${oneLine(mail.header.subject.open(), SUBJECT_COLUMNS)}`).text,
    mail.protectedSubject &&
      quoted(`Subject inside: ${oneLine(mail.protectedSubject.open(), SUBJECT_COLUMNS)}`).text,
    mail.parts.length === 0 ? 'There is nothing in it that could be read.' : undefined,
    leftOut.length === 0 ? undefined : leftOut.join('\n'),
    texts[0],
  )
  const shown = [first, ...texts.slice(1)].map((text): Leaf => ({ kind: 'text', text }))
  return [...shown, ...files]
}

/** The digest names it in the command, since a name is a stranger's word; a forwarded mail is got as a whole. */
function leftOutLine(
  fileName: string,
  size: number,
  { sha256 }: Part,
  { theCase, inbound, reader }: Source,
): string {
  const what = `Left out, for its size: ${fileName}, ${size} octets, SHA-256 ${sha256}.`
  if (reader === 'insider') return fill(`${what} Please ask the team for it.`)
  const came = theCase?.thread.at(-1)
  const named = (came?.attached?.sha256 ?? sha256).slice(0, 16)
  const command = `embargod inbound show ${inbound ?? came?.inbound} --part ${named} --reveal > FILE`
  return `${fill(`${what} To get it, on the host:`)}\n  ${command}`
}

const fallbackName = ({ mediaType }: Part): string =>
  mediaType === 'text/html' ? 'message.html' : mediaType === 'message/rfc822' ? 'message.eml' : 'attachment'

const isShown = (part: Part, mediaType: string): boolean =>
  part.mediaType === mediaType && part.disposition === 'inline' && part.text !== undefined

/** One text behind prefixes, said by whom and how protected; the original goes along where it was changed. */
function shownText(
  part: Part,
  keep: (part: Part, fallback: string) => string,
  signedBy: string | undefined,
): string {
  const isHtml = part.mediaType === 'text/html'
  const whole = part.text?.open() ?? ''
  const start = whole.slice(0, MAX_SHOWN)
  const { text, faithful } = quoted(isHtml ? textOfHtml(start) : asTyped(start, part))
  const cut = whole.length > MAX_SHOWN || part.leftOut !== undefined
  const original =
    isHtml || cut || faithful === 'changed' ? keep(part, isHtml ? 'message.html' : 'message.txt') : undefined
  const signed = signedBy === undefined ? signaturePhrase(part.signature) : `signed by ${signedBy}`
  const state = `${part.encrypted ? 'Encrypted to us' : 'Not encrypted'}, ${signed}.`
  const within = signedBy === undefined ? inText(part) : ''
  // Of what is left out not even the length of the whole is known in characters.
  const ofAll = part.leftOut === undefined ? ` of ${whole.length}` : ''
  const shortened = cut ? ` Here are its first ${start.length}${ofAll} characters.` : ''
  const exact =
    original === undefined || part.leftOut !== undefined ? '' : ` Exactly as it came: the file ${original}.`
  const words = isHtml ? ' Of the HTML only the words are shown.' : ''
  return paragraphs(fill(`${state}${within}${words}${shortened}${exact}`), text)
}

const asTyped = (text: string, { layout }: Part): string =>
  layout === undefined
    ? text
    : unflow(text.split('\n'), layout)
        .map(paragraph => paragraph.text)
        .join('\n')

/** Of a signature that is written into the text. */
function inText({ cleartextSignature }: Part): string {
  if (cleartextSignature === undefined) return ''
  const { verdict, around } = cleartextSignature
  const rest = around === 'words' ? ', and what stands around them is not signed' : ''
  return ` The words between its PGP lines: ${signaturePhrase(verdict)}${rest}. That is no authority here.`
}
