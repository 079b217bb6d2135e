// Mails that would go out, as somebody reads them ahead: when, to whom, and the words. In go orders with their
// instants, out comes text; copies of one text for several people are shown once.
import type { SimulatedMail } from '../model/order.ts'
import type { EmailAddress, Instant } from '../model/scalars.ts'
import { DISCUSSION_LINK, MARKER } from './links.ts'
import type { Wording } from './mime.ts'
import { when } from './phrases.ts'
import { fill, paragraphs } from './text.ts'

/** One mail that would go out, in words; `to`: all who would get the same words at that instant. */
export type ForeseenMail = {
  readonly at: Instant
  readonly to: readonly EmailAddress[]
  readonly kind: string
  readonly subject: string
  /** All that is shown of it; of files only the names. */
  readonly text: string
}

/** Mails of one instant with the same words are one. */
export function foreseenMails(
  mails: readonly SimulatedMail[],
  word: (mail: SimulatedMail) => Wording,
): readonly ForeseenMail[] {
  const shown = new Map<string, ForeseenMail>()
  for (const mail of mails) {
    const { at, order } = mail
    const { subject, leaves } = word(mail)
    const text = leaves
      .map(leaf => (leaf.kind === 'text' ? leaf.text : `[file ${leaf.fileName}]\n`))
      .join('\n')
    const known = shown.get(`${at} ${subject}\n${text}`)
    const to = [...(known?.to ?? []), order.to]
    shown.set(`${at} ${subject}\n${text}`, { at, to, kind: order.content.kind, subject, text })
  }
  return [...shown.values()]
}

/** Characters of all texts together: what one mail can hold and a person still reads. */
const MOST_CHARACTERS = 200_000

/** The mails one after another; how many are left out stands at the end. */
export function simulationText(
  mails: readonly SimulatedMail[],
  word: (mail: SimulatedMail) => Wording,
  zone: string,
): string {
  const texts: string[] = []
  let left = MOST_CHARACTERS
  const all = foreseenMails(mails, word)
  for (const mail of all) {
    const text = mailText(mail, zone)
    left -= text.length
    if (left < 0) break
    texts.push(text)
  }
  const cut = all.length - texts.length
  const more = cut === 0 ? undefined : `${cut} more ${cut === 1 ? 'text is' : 'texts are'} left out.`
  return paragraphs(...texts, more).trimEnd()
}

/**
 * One of them, with its instant and its readers above; without the marker, for whoever reads it ahead answers another
 * mail, and without links, which repeat what stands above each.
 */
export const mailText = ({ at, to, subject, text }: ForeseenMail, zone: string): string =>
  paragraphs(
    `=== ${when(at, zone)}\n${fill(`To: ${to.join(', ')}`, '', '    ')}\nSubject: ${subject}`,
    text
      .replace(MARKER, '')
      .replace(DISCUSSION_LINK, '')
      .replace(/^<mailto:\S*>\n/gm, '')
      .trim(),
  )
