// A mail of somebody else's, passed on to an admin: our facts and commands first, then the words behind
// prefixes in parts of their own, then the files. What was written can nowhere be taken for our voice.
import type { Case, Statement } from '../model/case.ts'
import type { OpenedMail } from '../model/mail.ts'
import type { Content, Suggestion } from '../model/order.ts'
import type { Policy } from '../model/policy.ts'
import { unreachable } from '../model/result.ts'
import { sayingLines, sayingPhrase } from '../model/saying.ts'
import { type EmailAddress, type ProjectName, sameMailbox, UNROUTED } from '../model/scalars.ts'
import type { Settings } from '../model/settings.ts'
import { MARKER, suggestionBlock } from './links.ts'
import type { Leaf } from './mime.ts'
import { originalLeaves } from './original.ts'
import { clockSentence, dueSentence, signaturePhrase, toldAtOnce, when } from './phrases.ts'
import { bullets, fill, paragraphs, quoted } from './text.ts'
import { alarmText, replyVerb, triageSuggestions, triageText } from './triage.ts'
import { packedSuggestions, packedText } from './winmail.ts'

const MAX_AUTHORS = 3

export type ReportContent = Extract<Content, { kind: 'report' }>

/** Leaves of the mail to an admin: ours, then the stranger's texts, then files. */
export function reportLeaves(
  content: ReportContent,
  offers: readonly Suggestion[],
  project: ProjectName,
  policy: Policy,
  settings: Settings,
  zone: string,
  discussion: string | undefined,
): readonly Leaf[] {
  const ours = paragraphs(
    MARKER,
    fill(headline(content, project, policy)),
    alarmText(content),
    facts(content, zone),
    content.what === 'new' && content.theCase !== undefined
      ? dueTimes(content.theCase, policy, zone, content.unanswered)
      : undefined,
    teamsClocks(content, policy, zone),
    content.priority && fill(`It comes first: ${content.priority}.`),
    content.unanswered && fill(unansweredSentence(content.unanswered)),
    packedText(content.mail),
    saidBlock(content),
    triageText(content, policy, zone),
    suggestionBlock(
      [
        ...adoptions(content, settings),
        ...packedSuggestions(content.mail, answering(content), settings),
        ...triageSuggestions(content, policy, settings),
        ...offers,
      ],
      settings,
      'What you can do now.',
    ),
    keyOffer(content, settings),
    discussion,
    fill(
      'What follows is not ours. Each line begins with a bar; hidden characters are written as <U+…>. ' +
        'Open the files with care.',
    ),
  )
  const whose = namesItsAuthor(content) ? `The mail of ${content.writer ?? authors(content)}` : 'The mail'
  return [{ kind: 'text', text: ours }, ...originalLeaves(content.mail, whose, content)]
}

function headline(
  { what, theCase, writer: by }: ReportContent,
  project: ProjectName,
  policy: Policy,
): string {
  const whose = project === UNROUTED ? 'a project not known yet' : policy.displayName
  switch (what) {
    case 'new':
      return `New report ${theCase?.id ?? ''} for ${whose}.`
    case 'follow-up':
      return by === undefined
        ? `New mail in ${theCase?.id ?? 'a case'}, ${whose}, from ${writer(theCase)}.`
        : `${by} writes about ${theCase?.id ?? 'a case'}, ${whose}, to those who work on it.`
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

function facts(content: ReportContent, zone: string): string {
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
  return lines
    .filter(line => line !== undefined)
    .map(line => fill(line, '', '  '))
    .join('\n')
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

function signature({ mail: { author, authored, parts }, theCase, writer: by }: ReportContent): string {
  if (author === undefined && parts.some(({ cleartextSignature }) => cleartextSignature !== undefined))
    return 'only written into the text; see there'
  if (author === undefined)
    return signaturePhrase(authored.kind === 'unsigned' ? { kind: 'none' } : authored.signature)
  const isReporter = theCase?.reporter.key?.fingerprint === author.primary
  const whose = by !== undefined ? `, the key of ${by}` : isReporter ? ', the key of this case' : ''
  return `${signaturePhrase({ kind: 'good', signature: author })}${whose}`
}

/** How to answer a mail of the reporter's; only admins do. */
const answering = ({ theCase, reader, writer: by }: ReportContent): string | undefined =>
  theCase === undefined || reader === 'insider' || by !== undefined ? undefined : replyVerb(theCase)

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
  const told = toldAtOnce(policy)
  if (told.length === 0) return undefined
  const clocks = told.map(clock => clockSentence(clock, policy, theCase.receivedAt, zone))
  const who = unanswered === undefined ? 'The reporter was told' : 'The policy tells a reporter'
  return `${who}:\n${bullets(clocks)}`
}

/** Those that the reporter was not told of. */
function teamsClocks({ clocks = [] }: ReportContent, policy: Policy, zone: string): string | undefined {
  const told = toldAtOnce(policy).map(({ name }) => name)
  const others = clocks.filter(({ clock }) => !told.includes(clock.name))
  if (others.length === 0) return undefined
  return `For you alone:\n${bullets(others.map(({ clock, due }) => dueSentence(clock, due, zone)))}`
}

function unansweredSentence(why: NonNullable<ReportContent['unanswered']>): string {
  switch (why) {
    case 'machine':
      return 'No acknowledgement was sent, because a machine seems to have written this.'
    case 'no-author':
      return 'No acknowledgement was sent, because there is no single address to send it to.'
    case 'advisory':
      return 'It came as a notification of GitHub, which anyone can imitate. Nobody was answered by mail: look at the advisory there, and answer there.'
    case 'capped':
      return 'No acknowledgement was sent yet, because this sender, their domain or everybody together had as many today as the limits allow.'
    case 'restored':
      return 'No acknowledgement was sent now: this mail is older than the restore from a backup, and may have had one under a case number that is lost. Please write to the reporter, so that they know this one.'
    default:
      return unreachable(why)
  }
}

/** What the reporter says in this very mail, as far as it is kept: each may be adopted. */
const saidIn = ({ theCase, what }: ReportContent): readonly Statement[] =>
  what === 'follow-up' && theCase !== undefined
    ? theCase.statements.filter(({ inbound }) => inbound === theCase.thread.at(-1)?.inbound)
    : []

function saidBlock(content: ReportContent): string | undefined {
  const said = saidIn(content)
  const [first] = said
  if (first === undefined) return undefined
  const how = first.by === 'key' ? 'signed by the key of the case but not as a command' : 'unverified'
  const who = content.reader === 'insider' ? 'an admin' : 'one of you'
  return paragraphs(
    fill(`Said in this mail, ${how}. Each counts only when ${who} adopts it:`),
    ...said.map(({ id, saying }) => `${id}:\n${quoted(sayingLines(saying)).text}`),
  ).trimEnd()
}

/** Keys that came with it and count for nothing yet, for those who may say that one does. */
function keyOffer({ theCase, reader }: ReportContent, settings: Settings): string | undefined {
  const inbound = theCase?.thread.at(-1)?.inbound
  const offers = theCase?.offers.filter(offer => offer.inbound === inbound) ?? []
  if (theCase === undefined || offers.length === 0 || reader === 'insider') return undefined
  const one = offers.length === 1
  const suggestions = offers.map(({ key: { fingerprint } }) => ({
    label: 'Answer the reporter under this key from now on',
    body: `embargod ${settings.instance}\nreporter ${theCase.id} key=${fingerprint}\n`,
  }))
  const warning = `It brings ${one ? 'a key' : 'keys'} that nobody vouches for; nothing is encrypted to ${one ? 'it' : 'them'} yet. Ask the reporter for the fingerprint in another way first.`
  return `${fill(warning)}\n\n${suggestionBlock(suggestions, settings, 'If it is theirs.') ?? ''}`
}

/** Only an admin may adopt. */
function adoptions(content: ReportContent, { instance }: Settings): readonly Suggestion[] {
  if (content.reader === 'insider') return []
  return saidIn(content).map(({ id, saying }) => ({
    label: `Adopt that the reporter ${sayingPhrase(saying)}`,
    body: `embargod ${instance}\nadopt ${id}\n`,
  }))
}
