// What a report seems to hold, for whoever triages it: wanted content, ids, versions, a date, a claim to be
// public, rare words. In: an opened mail and what the policy wants. Out: an Extraction. It decides nothing, and
// nothing of it reaches the reporter by itself.
import type { Extraction } from '../model/case.ts'
import type { OpenedMail } from '../model/mail.ts'
import { plaintext } from '../model/plaintext.ts'
import type { WantedContent } from '../model/policy.ts'
import type { Instant } from '../model/scalars.ts'
import { requestedDate } from './requested-date.ts'
import { rareTerms } from './terms.ts'

/** Characters of a mail that are looked through. */
const MAX_TEXT = 100_000
/** Findings of one kind that are kept. */
const MAX_FINDINGS = 20
/** Characters before a claim in which it is denied. */
const DENIAL = 40

const cve = /\bCVE-(?:19|20)[0-9]{2}-[0-9]{4,7}\b/gi
/** Only its looks: whether it is a right one is judged when somebody sets it. */
const cvss = /\bCVSS:(?:3\.[01]|4\.0)(?:\/[A-Z]{1,3}:[A-Z][a-z]{0,6}){4,40}/g
/** `1.14.0`, or shorter after `v` or the word; no date, no address of a host, no part of a path. */
const version =
  /(?<![\w.:/@-])(?:(?:v|versions? )([0-9]{1,4}\.[0-9]{1,4}(?:\.[0-9]{1,3})?)|([0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,3}))((?:-(?:alpha|beta|rc)\.?[0-9]{0,3})?)(?![\w-]|\.[0-9])/gi
const claim =
  /\b(?:(?:already|now) (?:been )?(?:public|published|disclosed|known publicly)|(?:publicly|already) (?:known|disclosed|documented|discussed)|public(?:ly available)? exploits?|exploited in the wild|(?:posted|published|disclosed) (?:it |this |them )?(?:on|to|at) (?:twitter|x\.com|github|reddit|mastodon|oss-security|full ?disclosure|bugtraq|my blog|our blog|a blog))\b/gi
/** Of a place on a list; what it is about decides nobody but an admin. */
const membership =
  /\b(?:distributors?|private|pre-?disclosure|security announcements?)(?: mailing)? list\b|\bdistributors-announce\b/i
const wish =
  /\b(?:join|joining|membership|subscribe|subscription|be added|add (?:us|me)|apply|request(?:ing)? (?:access|to join))\b/i
const denial = /\b(?:not|never|no|nobody|isn't|hasn't|wasn't|haven't|until|before|unless|once)\b/i

/** Linear in the text, of which it reads a bounded beginning. */
export function extract(mail: OpenedMail, wanted: readonly WantedContent[], receivedAt: Instant): Extraction {
  const text = textOf(mail)
  const date = requestedDate(text, receivedAt)
  return {
    contentFound: contentFound(text, wanted),
    cveIds: [...new Set(found(text, cve).map(id => id.toUpperCase()))],
    cvssVectors: found(text, cvss),
    versions: found(text, version).map(written => plaintext(written.replace(/^v(?:ersions? )?/i, ''))),
    requestedDate: date && plaintext(date.written),
    requestedAt: date?.at,
    claimsPublic: claimsPublic(ownText(mail, text)) ? 'yes' : 'no',
    ...(membership.test(text) && wish.test(text) ? { asksToJoin: 'yes' as const } : {}),
    terms: rareTerms(text).map(plaintext),
  }
}

/** Without what an answer quotes: that it is public may be our own question. */
const ownText = (mail: OpenedMail, text: string): string =>
  mail.header.replyTo.length === 0 ? text : textOf(mail, /^[ \t]*>.*$/gm)

/**
 * Subject, texts and names of files in one line, for mail programs break lines anywhere; of HTML only the words.
 * `leftOut`: lines that are not looked at.
 */
function textOf(mail: OpenedMail, leftOut?: RegExp): string {
  const subject = (mail.protectedSubject ?? mail.header.subject).open()
  const plain = mail.parts.some(part => part.mediaType === 'text/plain' && part.text !== undefined)
  const pieces = mail.parts.flatMap(({ mediaType, text, fileName }) => {
    const name = fileName === undefined ? [] : [fileName.open()]
    if (text === undefined || (plain && mediaType === 'text/html')) return name
    const whole = text.open().slice(0, MAX_TEXT)
    const start = leftOut === undefined ? whole : whole.replace(leftOut, '')
    return [...name, mediaType === 'text/html' ? start.replace(/<[^<>]{0,2000}>/g, ' ') : start]
  })
  return [subject, ...pieces].join('\n').slice(0, MAX_TEXT).replace(/\s+/g, ' ')
}

/** Whole words and phrases, also in the plural; letters' case and what stands between words are ignored. */
function contentFound(text: string, wanted: readonly WantedContent[]): readonly number[] {
  const words = plainWords(text)
  const holds = (sign: string) => {
    const phrase = plainWords(sign).trimEnd()
    return words.includes(`${phrase} `) || words.includes(`${phrase}s `)
  }
  return wanted.flatMap(({ signs }, position) => (signs.some(holds) ? [position] : []))
}

const plainWords = (text: string): string =>
  ` ${(text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? []).join(' ')} `

function found(text: string, pattern: RegExp): readonly string[] {
  const matches = new Set<string>()
  for (const match of text.matchAll(pattern)) {
    matches.add(match[0])
    if (matches.size === MAX_FINDINGS) break
  }
  return [...matches]
}

function claimsPublic(text: string): boolean {
  for (const { index } of text.matchAll(claim)) {
    const before = text.slice(Math.max(0, index - DENIAL), index)
    if (!denial.test(before.slice(before.search(/[.!?] [^.!?]*$/) + 1))) return true
  }
  return false
}
