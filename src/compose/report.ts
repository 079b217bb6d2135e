// A mail of somebody else's, passed on to an admin: our facts and commands first, then the words behind
// prefixes in parts of their own, then the files. What was written can nowhere be taken for our voice.
import type { Case } from '../model/case.ts'
import type { OpenedMail, Part } from '../model/mail.ts'
import type { Content, Suggestion } from '../model/order.ts'
import type { Policy } from '../model/policy.ts'
import { unreachable } from '../model/result.ts'
import { type InboundId, type ProjectName, UNROUTED } from '../model/scalars.ts'
import type { Settings } from '../model/settings.ts'
import { safeFileName } from './file-name.ts'
import { textOfHtml } from './html.ts'
import { MARKER, suggestionBlock } from './links.ts'
import type { Leaf } from './mime.ts'
import { clockSentence, signaturePhrase, when } from './phrases.ts'
import { bullets, fill, oneLine, paragraphs, quoted } from './text.ts'

/** Characters of one text shown in the mail itself; the whole then goes along as a file. */
const MAX_SHOWN = 100_000
/** Texts shown; what is beyond goes along as files. */
const MAX_TEXTS = 20
const MAX_AUTHORS = 3
const SUBJECT_COLUMNS = 300

export type ReportContent = Extract<Content, { kind: 'report' }>

/** Leaves of the mail to an admin: ours, then the stranger's texts, then files. */
export function reportLeaves(
  content: ReportContent,
  project: ProjectName,
  policy: Policy,
  settings: Settings,
  zone: string,
): readonly Leaf[] {
  const ours = paragraphs(
    MARKER,
    fill(headline(content, project, policy)),
    facts(content, zone),
    content.what === 'new' && content.theCase !== undefined
      ? dueTimes(content.theCase, policy, zone, content.unanswered)
      : undefined,
    content.unanswered && fill(unansweredSentence(content.unanswered)),
    suggestionBlock(suggestionsFor(content, settings), settings, 'What you can do now.'),
    fill(
      'What follows is not ours. Each line begins with a bar; hidden characters are written as <U+…>. ' +
        'Open the files with care.',
    ),
  )
  return [{ kind: 'text', text: ours }, ...strangersLeaves(content)]
}

function headline({ what, theCase }: ReportContent, project: ProjectName, policy: Policy): string {
  const whose = project === UNROUTED ? 'a project not known yet' : policy.displayName
  switch (what) {
    case 'new':
      return `New report ${theCase?.id ?? ''} for ${whose}.`
    case 'follow-up':
      return `New mail in ${theCase?.id ?? 'a case'}, ${whose}, from ${writer(theCase)}.`
    case 'earlier':
      return `An earlier mail in ${theCase?.id ?? 'a case'}, ${whose}, from ${writer(theCase)}.`
    case 'list-mail':
      return `A mail came to the distributors address of ${whose}. It is kept, and changed nothing.`
    default:
      return unreachable(what)
  }
}

function writer(theCase: Case | undefined): string {
  const from = theCase?.thread.at(-1)?.from ?? 'other'
  return from === 'reporter' ? 'the reporter' : from === 'team' ? 'the team' : 'another sender'
}

function facts({ theCase, mail, what, inside }: ReportContent, zone: string): string {
  const received = what === 'new' ? theCase?.receivedAt : theCase?.thread.at(-1)?.at
  const lines = [
    received === undefined ? undefined : `Received: ${when(received, zone)}`,
    `From: ${authors(mail)}, which proves nothing by itself`,
    `Protection: ${protection(mail)}`,
    inside === 'foreign'
      ? `Take care: the decrypted part was embedded in foreign mail${named(mail)}. Whoever sent it may not have read it, so tell them nothing of it.`
      : undefined,
    `Signature: ${signature(mail, theCase)}`,
    theCase && `Answers: ${answers(theCase)}`,
    theCase && `State: ${theCase.state}; lead: ${theCase.lead ?? 'nobody yet'}`,
  ]
  return lines
    .filter(line => line !== undefined)
    .map(line => fill(line, '', '  '))
    .join('\n')
}

function authors({ header }: OpenedMail): string {
  const shown = header.authors.slice(0, MAX_AUTHORS).join(', ')
  if (header.authors.length === 0) return 'no usable address'
  return header.authors.length > 1 ? `${header.authors.length} addresses, ${shown}` : shown
}

/** The authors within, where the decrypted part names any. */
const named = ({ innerAuthors }: OpenedMail): string =>
  innerAuthors.length === 0 ? '' : `; inside it says ${innerAuthors.slice(0, MAX_AUTHORS).join(', ')}`

function protection({ encryption }: OpenedMail): string {
  switch (encryption) {
    case 'clear':
      return 'none, it came in clear'
    case 'encrypted':
      return 'encrypted to us'
    case 'partly':
      return 'partly encrypted; each part below says how it came'
    case 'undecryptable':
      return 'encrypted, but it could not be decrypted: to another key, or damaged'
    default:
      return unreachable(encryption)
  }
}

function signature({ author, authored }: OpenedMail, theCase: Case | undefined): string {
  if (author === undefined)
    return signaturePhrase(authored.kind === 'unsigned' ? { kind: 'none' } : authored.signature)
  const reporterKey = theCase?.reporter.key?.fingerprint
  const whose = reporterKey === author.primary ? ', the key of this case' : ''
  return `${signaturePhrase({ kind: 'good', signature: author })}${whose}`
}

function answers({ reporter, protection: came }: Case): string {
  if (reporter.address === undefined) return 'impossible, there is no address'
  if (reporter.key !== undefined) return `to ${reporter.address}, encrypted to ${reporter.key.fingerprint}`
  return came === 'encrypted'
    ? 'not yet: it came encrypted, and no key of the reporter is known'
    : `to ${reporter.address}, in clear only: no key is known`
}

function dueTimes(
  theCase: Case,
  policy: Policy,
  zone: string,
  unanswered: ReportContent['unanswered'],
): string | undefined {
  if (policy.clocks.length === 0) return undefined
  const clocks = policy.clocks.map(clock => clockSentence(clock, policy, theCase.receivedAt, zone))
  const who = unanswered === undefined ? 'The reporter was told' : 'The policy tells a reporter'
  return `${who}:\n${bullets(clocks)}`
}

function unansweredSentence(why: NonNullable<ReportContent['unanswered']>): string {
  switch (why) {
    case 'machine':
      return 'No acknowledgement was sent, because a machine seems to have written this.'
    case 'no-author':
      return 'No acknowledgement was sent, because there is no single address to send it to.'
    case 'capped':
      return 'No acknowledgement was sent yet, because this sender, their domain or everybody together had as many today as the limits allow.'
    case 'restored':
      return 'No acknowledgement was sent now: this mail is older than the restore from a backup, and may have had one under a case number that is lost. Please write to the reporter, so that they know this one.'
    default:
      return unreachable(why)
  }
}

/** Only what can be taken back; a text has to be filled in first, and an empty one is refused. */
function suggestionsFor({ what, theCase }: ReportContent, settings: Settings): readonly Suggestion[] {
  if (theCase === undefined || what === 'list-mail') return []
  const { id, lead, protection: came } = theCase
  const { address, key } = theCase.reporter
  const offered: (readonly [label: string, command: string])[] = []
  if (lead === undefined) offered.push(['Take the lead', `take ${id}`])
  if (what === 'new')
    offered.push(
      ['Accept it as a vulnerability', `accept ${id}`],
      ['Reject it, with the reason in the gap', `reject ${id} <<\n\n.`],
    )
  if (address !== undefined && key !== undefined)
    offered.push(['Answer the reporter, encrypted', `reply ${id} <<\n\n.`])
  else if (address !== undefined && came === 'clear')
    offered.push(['Answer the reporter, in words that anyone may read', `reply ${id} clear=yes <<\n\n.`])
  offered.push(['Note something for the team', `note ${id} <<\n\n.`], ['See all that is known', `show ${id}`])
  return offered.map(([label, command]) => ({ label, body: `embargod ${settings.instance}\n${command}\n` }))
}

function strangersLeaves({ mail, theCase }: ReportContent): readonly Leaf[] {
  const inbound = theCase?.thread.at(-1)?.inbound
  const texts: string[] = []
  const files: Leaf[] = []
  const names = new Set<string>()
  const leftOut: string[] = []
  const keep = (part: Part, fallback: string): string => {
    const fileName = safeFileName(part.fileName?.open(), fallback, names)
    if (part.leftOut !== undefined) {
      leftOut.push(leftOutLine(fileName, part.leftOut, part, inbound))
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
    if (readable && texts.length < MAX_TEXTS) texts.push(shownText(part, keep))
    else keep(part, fallbackName(part))
    if (readable) before = part
  }
  const first = paragraphs(
    fill(`The mail of ${authors(mail)}, as it came:`),
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

/** The digest names it in the command, since a name is a stranger's word. */
function leftOutLine(
  fileName: string,
  size: number,
  { sha256 }: Part,
  inbound: InboundId | undefined,
): string {
  const mail = inbound ?? 'ID'
  const what = fill(
    `Left out, for its size: ${fileName}, ${size} octets, SHA-256 ${sha256}. To get it, on the host:`,
  )
  return `${what}\n  embargod inbound show ${mail} --part ${sha256.slice(0, 16)} --reveal > FILE`
}

const fallbackName = ({ mediaType }: Part): string =>
  mediaType === 'text/html' ? 'message.html' : mediaType === 'message/rfc822' ? 'message.eml' : 'attachment'

const isShown = (part: Part, mediaType: string): boolean =>
  part.mediaType === mediaType && part.disposition === 'inline' && part.text !== undefined

/** One text behind prefixes, said by whom and how protected; the original goes along where it was changed. */
function shownText(part: Part, keep: (part: Part, fallback: string) => string): string {
  const isHtml = part.mediaType === 'text/html'
  const whole = part.text?.open() ?? ''
  const start = whole.slice(0, MAX_SHOWN)
  const { text, faithful } = quoted(isHtml ? textOfHtml(start) : start)
  const cut = whole.length > MAX_SHOWN || part.leftOut !== undefined
  const original =
    isHtml || cut || faithful === 'changed' ? keep(part, isHtml ? 'message.html' : 'message.txt') : undefined
  const state = `${part.encrypted ? 'Encrypted to us' : 'Not encrypted'}, ${signaturePhrase(part.signature)}.`
  // Of what is left out not even the length of the whole is known in characters.
  const ofAll = part.leftOut === undefined ? ` of ${whole.length}` : ''
  const shortened = cut ? ` Here are its first ${start.length}${ofAll} characters.` : ''
  const exact =
    original === undefined || part.leftOut !== undefined ? '' : ` Exactly as it came: the file ${original}.`
  const words = isHtml ? ' Of the HTML only the words are shown.' : ''
  return paragraphs(fill(`${state}${words}${shortened}${exact}`), text)
}
