// Statements: lines in a reporter's mail that would be commands if the key of the case had signed them as such.
// They change nothing, and wait for an admin who adopts them (product.md §3). In: a mail that joins a case.
// Out: the events that keep what it says.
import type { Case, Saying, Speaker, Writer } from '../model/case.ts'
import type { CaseEvent } from '../model/case-event.ts'
import type { Fresh, Input, Snapshot } from '../model/decision.ts'
import { OUTSIDER } from '../model/event.ts'
import type { AuthoredText, TextLayout } from '../model/mail.ts'
import { counts, isWished, sayingLines } from '../model/saying.ts'
import type { CaseId, Instant } from '../model/scalars.ts'
import { readSaying, SAYING_VERBS } from './commands/case/reporter-says.ts'
import { readCommand } from './commands/command-line.ts'
import { MAX_TEXT } from './commands/grammar.ts'
import {
  asciiLower,
  endOfReading,
  firstOwnLine,
  type Line,
  linesOf,
  vocabularyOf,
} from './commands/reading.ts'

type MailInput = Extract<Input, { kind: 'mail' }>

/** Statements of one case that wait for an admin; further ones stay words in the mail. */
const MOST_WAITING = 20
const vocabulary = vocabularyOf(SAYING_VERBS)

/** What this mail of the reporter's says that is new; nothing where anybody else or a machine wrote it. */
export function statementsMade(
  { mail, sorted, inbound, receivedAt }: MailInput,
  theCase: Case,
  from: Writer,
  snapshot: Snapshot,
  fresh: Fresh,
): readonly CaseEvent[] {
  const by = from === 'reporter' ? speakerOf(mail.authored, theCase) : undefined
  const { text } = mail.authored
  if (by === undefined || text === undefined || sorted.machine !== 'human') return []
  const waiting = theCase.statements.filter(one => one.adoptedBy === undefined)
  const known = new Set(waiting.map(one => sayingLines(one.saying)))
  const layout = 'layout' in mail.authored ? mail.authored.layout : 'fixed'
  const said = new Map(
    sayingsIn(text.open(), layout, theCase.id, snapshot.now).map(one => [sayingLines(one), one]),
  )
  return [...said]
    .filter(([line, one]) => !known.has(line) && counts(one, theCase) && !isWished(one, theCase.wishes))
    .slice(0, MOST_WAITING - waiting.length)
    .flatMap(([, saying], index) => {
      const statement = fresh.statements[index]
      if (statement === undefined) return []
      return [
        {
          at: receivedAt,
          actor: OUTSIDER,
          case: theCase.id,
          kind: 'statement-made',
          statement,
          inbound,
          by,
          saying,
        },
      ]
    })
}

/** In a case with a key only what that key signed, text and all, is its reporter's (threats.md E19). */
function speakerOf(authored: AuthoredText, { reporter: { key } }: Case): Speaker | undefined {
  if (key === undefined) return 'address'
  if (authored.kind !== 'signed' || authored.signature.kind !== 'good') return undefined
  return authored.signature.signature.primary === key.fingerprint ? 'key' : undefined
}

/**
 * What the sender's own lines say, in order: each line that is one of the verbs, whole and without a fault. A
 * case may be left out, and another one makes the line nothing.
 */
export function sayingsIn(text: string, layout: TextLayout, id: CaseId, now: Instant): readonly Saying[] {
  const lines = linesOf(text.slice(0, MAX_TEXT), layout)
  const sayings: Saying[] = []
  let at = firstOwnLine(lines, vocabulary) ?? lines.length
  for (let line = lines[at]; line !== undefined; line = lines[at]) {
    if (endOfReading(lines, at, vocabulary) !== undefined) break
    at += 1
    if (!opensWithVerb(line)) continue
    const { command, next, ended } = readCommand(lines, at - 1, vocabulary)
    // What follows may be the text of a block without an end.
    if (ended === 'lost') break
    if (command === undefined) continue
    const said = readSaying(command, now)
    if (!said.ok || (said.value.case ?? id) !== id) continue
    sayings.push(said.value.saying)
    at = next
  }
  return sayings
}

const opensWithVerb = ({ plain }: Line): boolean =>
  SAYING_VERBS.includes(asciiLower(/^[A-Za-z-]+(?=\s|$)/.exec(plain)?.[0] ?? ''))
