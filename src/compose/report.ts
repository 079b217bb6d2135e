// A mail of somebody else's, passed on to an admin: our facts and commands first, then the words behind
// prefixes in parts of their own, then the files. What was written can nowhere be taken for our voice.
import type { Case, Statement } from '../model/case.ts'
import type { OpenedMail, Part } from '../model/mail.ts'
import type { Content, Suggestion } from '../model/order.ts'
import type { Policy } from '../model/policy.ts'
import { unreachable } from '../model/result.ts'
import { sayingLines, sayingPhrase } from '../model/saying.ts'
import { type EmailAddress, type ProjectName, sameMailbox, UNROUTED } from '../model/scalars.ts'
import type { Settings } from '../model/settings.ts'
import { safeFileName } from './file-name.ts'
import { textOfHtml } from './html.ts'
import { suggestionBlock } from './links.ts'
import type { Leaf, Wording } from './mime.ts'
import { clockView, signaturePhrase, toldAtOnce, when } from './phrases.ts'
import { type Rendered, render, type Templates } from './template.ts'
import { fill, oneLine, paragraphs, quoted } from './text.ts'
import { triageSuggestions, triageView } from './triage.ts'
import { type Block, block } from './variables.ts'

/** Characters of one text shown in the mail itself; the whole then goes along as a file. */
const MAX_SHOWN = 100_000
/** Texts shown; what is beyond goes along as files. */
const MAX_TEXTS = 20
const MAX_AUTHORS = 3
const SUBJECT_COLUMNS = 300

export type ReportContent = Extract<Content, { kind: 'report' }>

/** Who reads it, and in which words of whose. */
type Sources = {
  readonly templates: Templates
  readonly offers: readonly Suggestion[]
  readonly project: ProjectName
  readonly policy: Policy
  readonly settings: Settings
  readonly zone: string
  readonly discussion: Block | undefined
}

/** Ours first, then the stranger's texts, then files. @throws if mail in a case comes without the case. */
export function reportWording(content: ReportContent, sources: Sources): Wording {
  const { subject, text } = ours(content, sources)
  return {
    subject,
    leaves: [{ kind: 'text', text: `${text}\n${STRANGERS_FOLLOW}\n` }, ...strangersLeaves(content)],
  }
}

/** Not for a template to leave out. */
const STRANGERS_FOLLOW = fill(
  'What follows is not ours. Each line begins with a bar; hidden characters are written as <U+…>. ' +
    'Open the files with care.',
)

function ours(content: ReportContent, sources: Sources): Rendered {
  const { what, theCase, writer, unanswered } = content
  const { templates, policy, settings, zone, discussion } = sources
  if (what === 'list-mail')
    return render(templates, 'list-mail', { project: policy.displayName, facts: facts(content, zone) })
  if (theCase === undefined) throw new Error('mail in a case without the case')
  const triage = what === 'new' ? triageSuggestions(content, policy, settings) : []
  const view = {
    case: theCase.id,
    project: sources.project === UNROUTED ? undefined : policy.displayName,
    facts: facts(content, zone),
    offers: suggestionBlock([...adoptions(content, settings), ...triage, ...sources.offers], settings),
    command: settings.addresses.command,
    discussion,
  }
  const from = theCase.thread.at(-1)?.from
  const author = { reporter: from === 'reporter', team: from === 'team' }
  switch (what) {
    case 'new': {
      const clocks = toldAtOnce(policy).map(clock => clockView(clock, policy, theCase.receivedAt, zone))
      return render(templates, 'report', {
        ...view,
        ...triageView(content, policy, zone),
        ...(unanswered === undefined ? { acknowledged: true } : { [unanswered]: true }),
        next: clocks.length === 0 ? undefined : { clocks },
        keys: keyOffer(content, settings),
      })
    }
    case 'follow-up':
      return render(templates, 'follow-up', {
        ...view,
        ...author,
        writer,
        said: said(content),
        keys: keyOffer(content, settings),
      })
    case 'earlier':
      return render(templates, 'earlier-mail', { ...view, ...author })
    default:
      return unreachable(what)
  }
}

function facts(content: ReportContent, zone: string): Block {
  const { theCase, mail, what, inside } = content
  const received = what === 'new' ? theCase?.receivedAt : theCase?.thread.at(-1)?.at
  const lines = [
    received === undefined ? undefined : `Received: ${when(received, zone)}`,
    `From: ${authors(content)}, which proves nothing by itself`,
    `Protection: ${protection(mail)}`,
    inside === 'foreign'
      ? `Take care: the decrypted part was embedded in foreign mail${named(content)}. Whoever sent it may not have read it, so tell them nothing of it.`
      : undefined,
    `Signature: ${signature(content)}`,
    theCase && content.reader !== 'insider' ? `Answers: ${answers(theCase)}` : undefined,
    theCase && `State: ${theCase.state}; lead: ${theCase.lead ?? 'nobody yet'}`,
  ]
  const shown = lines.filter(line => line !== undefined)
  return { verbatim: shown.map(line => fill(line, '', '  ')).join('\n') }
}

/** Insiders need not know who the reporter is. */
function namesItsAuthor({ mail: { header }, theCase, reader }: ReportContent): boolean {
  const reporter = theCase?.reporter.address
  const isTheirs = (address: EmailAddress) => reporter !== undefined && sameMailbox(address, reporter)
  return reader !== 'insider' || !header.authors.some(isTheirs)
}

function authors(content: ReportContent): string {
  const { header } = content.mail
  if (!namesItsAuthor(content)) return 'the address of the report'
  const shown = header.authors.slice(0, MAX_AUTHORS).join(', ')
  if (header.authors.length === 0) return 'no usable address'
  return header.authors.length > 1 ? `${header.authors.length} addresses, ${shown}` : shown
}

/** The authors within, where the decrypted part names any. */
const named = ({ mail: { innerAuthors }, reader }: ReportContent): string =>
  innerAuthors.length === 0 || reader === 'insider'
    ? ''
    : `; inside it says ${innerAuthors.slice(0, MAX_AUTHORS).join(', ')}`

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

function signature({ mail: { author, authored }, theCase, writer: by }: ReportContent): string {
  if (author === undefined)
    return signaturePhrase(authored.kind === 'unsigned' ? { kind: 'none' } : authored.signature)
  const isReporter = theCase?.reporter.key?.fingerprint === author.primary
  const whose = by !== undefined ? `, the key of ${by}` : isReporter ? ', the key of this case' : ''
  return `${signaturePhrase({ kind: 'good', signature: author })}${whose}`
}

function answers({ reporter, protection: came }: Case): string {
  if (reporter.address === undefined) return 'impossible, there is no address'
  if (reporter.key !== undefined) return `to ${reporter.address}, encrypted to ${reporter.key.fingerprint}`
  return came === 'encrypted'
    ? 'not yet: it came encrypted, and no key of the reporter is known'
    : `to ${reporter.address}, in clear only: no key is known`
}

/** What the reporter says in this very mail, as far as it is kept: each may be adopted. */
const saidIn = ({ theCase, what }: ReportContent): readonly Statement[] =>
  what === 'follow-up' && theCase !== undefined
    ? theCase.statements.filter(({ inbound }) => inbound === theCase.thread.at(-1)?.inbound)
    : []

function said(content: ReportContent): Block | undefined {
  const statements = saidIn(content)
  const [first] = statements
  if (first === undefined) return undefined
  const how = first.by === 'key' ? 'signed by the key of the case but not as a command' : 'unverified'
  const who = content.reader === 'insider' ? 'an admin' : 'one of you'
  return block(
    paragraphs(
      fill(`Said in this mail, ${how}. Each counts only when ${who} adopts it:`),
      ...statements.map(({ id, saying }) => `${id}:\n${quoted(sayingLines(saying)).text}`),
    ).trimEnd(),
  )
}

/** Keys that came with it and count for nothing yet, for those who may say that one does. */
function keyOffer({ theCase, reader }: ReportContent, settings: Settings): Block | undefined {
  const inbound = theCase?.thread.at(-1)?.inbound
  const offers = theCase?.offers.filter(offer => offer.inbound === inbound) ?? []
  if (theCase === undefined || offers.length === 0 || reader === 'insider') return undefined
  const one = offers.length === 1
  const suggestions = offers.map(({ key: { fingerprint } }) => ({
    label: 'Answer the reporter under this key from now on',
    body: `embargod ${settings.instance}\nreporter ${theCase.id} key=${fingerprint}\n`,
  }))
  const warning = `It brings ${one ? 'a key' : 'keys'} that nobody vouches for; nothing is encrypted to ${one ? 'it' : 'them'} yet. Ask the reporter for the fingerprint in another way first.`
  const links = `If it is theirs. Each link opens the whole mail, ready to be signed and sent to ${settings.addresses.command}.`
  return block(
    paragraphs(fill(warning), fill(links), suggestionBlock(suggestions, settings)?.verbatim).trimEnd(),
  )
}

/** Only an admin may adopt. */
function adoptions(content: ReportContent, { instance }: Settings): readonly Suggestion[] {
  if (content.reader === 'insider') return []
  return saidIn(content).map(({ id, saying }) => ({
    label: `Adopt that the reporter ${sayingPhrase(saying)}`,
    body: `embargod ${instance}\nadopt ${id}\n`,
  }))
}

function strangersLeaves(content: ReportContent): readonly Leaf[] {
  const { mail } = content
  const texts: string[] = []
  const files: Leaf[] = []
  const names = new Set<string>()
  const keep = (part: Part, fallback: string): string => {
    const fileName = safeFileName(part.fileName?.open(), fallback, names)
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
    fill(
      `${namesItsAuthor(content) ? `The mail of ${content.writer ?? authors(content)}` : 'The mail'}, as it came:`,
    ),
    quoted(`Subject: ${oneLine(mail.header.subject.open(), SUBJECT_COLUMNS)}`).text,
    mail.protectedSubject &&
      quoted(`Subject inside: ${oneLine(mail.protectedSubject.open(), SUBJECT_COLUMNS)}`).text,
    mail.parts.length === 0 ? 'There is nothing in it that could be read.' : undefined,
    texts[0],
  )
  const shown = [first, ...texts.slice(1)].map((text): Leaf => ({ kind: 'text', text }))
  return [...shown, ...files]
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
  const cut = whole.length > MAX_SHOWN
  const original =
    isHtml || cut || faithful === 'changed' ? keep(part, isHtml ? 'message.html' : 'message.txt') : undefined
  const state = `${part.encrypted ? 'Encrypted to us' : 'Not encrypted'}, ${signaturePhrase(part.signature)}.`
  const shortened = cut ? ` Here are its first ${MAX_SHOWN} of ${whole.length} characters.` : ''
  const exact = original === undefined ? '' : ` Exactly as it came: the file ${original}.`
  const words = isHtml ? ' Of the HTML only the words are shown.' : ''
  return paragraphs(fill(`${state}${words}${shortened}${exact}`), text)
}
