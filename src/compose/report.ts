// A mail of somebody else's, passed on to an admin: our facts and commands first, then the words behind
// prefixes in parts of their own, then the files. What was written can nowhere be taken for our voice.
import type { Case, Statement } from '../model/case.ts'
import type { OpenedMail } from '../model/mail.ts'
import type { Content, Suggestion } from '../model/order.ts'
import type { Policy } from '../model/policy.ts'
import { unreachable } from '../model/result.ts'
import { sayingLines, sayingPhrase } from '../model/saying.ts'
import { type EmailAddress, type Instant, type ProjectName, sameMailbox, UNROUTED } from '../model/scalars.ts'
import type { Settings } from '../model/settings.ts'
import { suggestionBlock } from './links.ts'
import type { Wording } from './mime.ts'
import { originalLeaves } from './original.ts'
import { clockView, nameView, signaturePhrase, toldAtOnce, toldView, when } from './phrases.ts'
import { type Rendered, render, type Templates } from './template.ts'
import { fill, paragraphs, quoted } from './text.ts'
import { alarmView, replyVerb, triageSuggestions, triageView } from './triage.ts'
import { type Block, block } from './variables.ts'
import { packedSuggestions, packedText } from './winmail.ts'

const MAX_AUTHORS = 3

export type ReportContent = Extract<Content, { kind: 'report' }>

/** Who reads it, and in which words of whose. */
type Sources = {
  readonly templates: Templates
  readonly offers: readonly Suggestion[]
  readonly project: ProjectName
  readonly policy: Policy
  readonly settings: Settings
  readonly zone: string
  readonly now: Instant
  readonly discussion: Block | undefined
}

/** Ours first, then the stranger's texts, then files. @throws if mail in a case comes without the case. */
export function reportWording(content: ReportContent, sources: Sources): Wording {
  const { subject, text } = ours(content, sources)
  const writer = content.writer ?? content.member?.contact ?? authors(content)
  const whose = namesItsAuthor(content) ? `The mail of ${writer}` : 'The mail'
  return {
    subject,
    leaves: [
      { kind: 'text', text: `${text}\n${STRANGERS_FOLLOW}\n` },
      ...originalLeaves(content.mail, whose, content),
    ],
  }
}

/** Not for a template to leave out. */
export const STRANGERS_FOLLOW = fill(
  'What follows is not ours. Each line begins with a bar; hidden characters are written as <U+…>. ' +
    'Open the files with care.',
)

function ours(content: ReportContent, sources: Sources): Rendered {
  const { what, theCase, writer, unanswered } = content
  const { templates, policy, settings, zone, discussion } = sources
  if (what === 'list-mail')
    return render(templates, 'list-mail', {
      project: policy.displayName,
      which: sources.project === UNROUTED,
      facts: facts(content, zone),
      packed: block(packedText(content.mail)),
    })
  if (theCase === undefined) throw new Error('mail in a case without the case')
  const triage = what === 'new' ? triageSuggestions(content, policy, settings) : []
  const view = {
    case: theCase.id,
    project: sources.project === UNROUTED ? undefined : policy.displayName,
    facts: facts(content, zone),
    packed: block(packedText(content.mail)),
    offers: suggestionBlock(
      [
        ...adoptions(content, settings),
        ...packedSuggestions(content.mail, answering(content), settings),
        ...triage,
        ...sources.offers,
      ],
      settings,
    ),
    command: settings.addresses.command,
    discussion,
  }
  const from = theCase.thread.at(-1)?.from
  const author = { reporter: from === 'reporter', team: from === 'team' }
  const { member } = content
  switch (what) {
    case 'new': {
      const clocks = toldView(policy, theCase.receivedAt, sources.now, zone)
      const others = teamsClocks(content, policy, zone)
      return render(templates, 'report', {
        ...view,
        ...alarmView(theCase, content.reader),
        ...triageView(content, policy, zone),
        ...(unanswered === undefined ? { acknowledged: true } : { [unanswered]: true }),
        next: clocks.length === 0 ? undefined : { clocks },
        others: others.length === 0 ? undefined : { clocks: others },
        priority: content.priority,
        keys: keyOffer(content, settings),
      })
    }
    case 'follow-up':
      return render(templates, 'follow-up', {
        ...view,
        ...author,
        ...alarmView(theCase, content.reader),
        writer,
        ...(member === undefined ? {} : nameView(member)),
        said: said(content),
        keys: keyOffer(content, settings),
      })
    case 'earlier':
      return render(templates, 'earlier-mail', { ...view, ...author, member: from === 'member' })
    default:
      return unreachable(what)
  }
}

/** Who wrote it and how it came, a line each. */
export function facts(content: ReportContent, zone: string): Block {
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
    theCase && content.reader !== 'insider' && content.member === undefined
      ? `Answers: ${answers(theCase)}`
      : undefined,
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

function signature({ mail: { author, authored, parts }, theCase, ...content }: ReportContent): string {
  const by = content.writer ?? content.member?.contact
  if (author === undefined && parts.some(({ cleartextSignature }) => cleartextSignature !== undefined))
    return 'only written into the text; see there'
  if (author === undefined)
    return signaturePhrase(authored.kind === 'unsigned' ? { kind: 'none' } : authored.signature)
  const isReporter = theCase?.reporter.key?.fingerprint === author.primary
  const whose = by !== undefined ? `, the key of ${by}` : isReporter ? ', the key of this case' : ''
  return `${signaturePhrase({ kind: 'good', signature: author })}${whose}`
}

/** How to answer a mail of the reporter's; only admins do. */
const answering = ({ theCase, reader, writer: by, member }: ReportContent): string | undefined =>
  theCase === undefined || reader === 'insider' || by !== undefined || member !== undefined
    ? undefined
    : replyVerb(theCase)

function answers({ reporter, protection: came }: Case): string {
  if (reporter.address === undefined) return 'impossible, there is no address'
  if (reporter.key !== undefined) return `to ${reporter.address}, encrypted to ${reporter.key.fingerprint}`
  return came === 'encrypted'
    ? 'not yet: it came encrypted, and no key of the reporter is known'
    : `to ${reporter.address}, in clear only: no key is known`
}

/** Those that the reporter was not told of. */
function teamsClocks({ clocks = [] }: ReportContent, policy: Policy, zone: string) {
  const told = toldAtOnce(policy).map(({ name }) => name)
  return clocks
    .filter(({ clock }) => !told.includes(clock.name))
    .map(({ clock, due }) => clockView(clock, due, zone))
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
