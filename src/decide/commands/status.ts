// `status`: what a reporter may know of their case, without changing anything. Never who works on it.
import { type Case, isUnpublished } from '../../model/case.ts'
import { plaintext } from '../../model/plaintext.ts'
import { counts, sayingLines } from '../../model/saying.ts'
import { formatInstant } from '../../model/time.ts'
import { findCase, takeCase } from './case-verbs.ts'
import { defineCommand, effect } from './command.ts'

export const status = defineCommand({
  verb: 'status',
  usage: 'status C-…',
  summary: 'as the reporter: how far your report is, and what you told us',
  roles: ['reporter'],
  nature: 'reversible',
  parse: parsed => takeCase(parsed, { named: [], block: 'none' }),
  decide: (wanted, world) => {
    const found = findCase(wanted, world)
    if (!found.ok) return found
    const { id, state, receivedAt } = found.value
    return effect('ok', plaintext(describe(found.value)), {
      facts: { case: id, state, received: formatInstant(receivedAt) },
    })
  },
})

const STATES: Readonly<Record<Case['state'], string>> = {
  new: 'waits for somebody to take it up',
  triaged: 'is being looked into',
  accepted: 'is accepted as a vulnerability',
  fixing: 'is being fixed',
  'fix-ready': 'has a fix that waits for its release',
  published: 'is published',
  closed: 'is closed',
  rejected: 'was not taken for a vulnerability',
  duplicate: 'is handled with an earlier report',
  'not-security': 'was taken for a bug without harm to security',
  internal: 'is handled internally',
  spam: 'is closed',
}

const DISCLOSURE: Readonly<Record<Case['embargo']['state'], (date: string) => string>> = {
  none: date => `It is to be public at ${date}.`,
  proposed: date => `If it is accepted we propose to disclose it at ${date}.`,
  active: date => `It is to be public at ${date}.`,
  lifted: date => `Its embargo is over since ${date}.`,
  broken: date => `It was to be public at ${date}.`,
}

function describe(theCase: Case): string {
  const { id, state, receivedAt, cve, wishes, statements, embargo } = theCase
  const lines = [`${id} ${STATES[state]}. It was received ${formatInstant(receivedAt)}.`]
  if (cve.kind === 'assigned') lines.push(`Its CVE id is ${cve.id}.`)
  if (embargo.disclose !== undefined && isUnpublished(theCase))
    lines.push(DISCLOSURE[embargo.state](formatInstant(embargo.disclose)))
  const said = [
    wishes.credit === undefined ? undefined : sayingLines({ kind: 'credit', name: wishes.credit }),
    wishes.consent && `consent ${wishes.consent}`,
    wishes.private && `private ${wishes.private}`,
    wishes.position && sayingLines(wishes.position),
  ].filter(line => line !== undefined)
  // What no key signed may be anybody's words.
  const open = statements.filter(
    ({ by, adoptedBy, saying }) => by === 'key' && adoptedBy === undefined && counts(saying, theCase),
  )
  if (said.length + open.length === 0) lines.push('You told us no wishes yet.')
  if (said.length > 0) lines.push('You told us:', ...barred(said))
  if (open.length > 0)
    lines.push(
      'Said in mail that you signed; it counts once the team adopts it, or you send it as a command:',
      ...barred(open.map(({ saying }) => sayingLines(saying))),
    )
  return lines.join('\n')
}

const barred = (texts: readonly string[]): readonly string[] =>
  texts.flatMap(text => text.split('\n')).map(line => `| ${line}`)
