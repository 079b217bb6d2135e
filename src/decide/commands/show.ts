// `show`: what is known of a case, without changing anything.
import type { Case } from '../../model/case.ts'
import { plaintext } from '../../model/plaintext.ts'
import { formatInstant } from '../../model/time.ts'
import { findCase, takeCase } from './case-verbs.ts'
import { defineCommand, effect } from './command.ts'

export const show = defineCommand({
  verb: 'show',
  usage: 'show C-…',
  summary: 'what is known of a case',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => takeCase(parsed, { named: [], block: 'none' }),
  decide: (wanted, world) => {
    const found = findCase(wanted, world)
    if (!found.ok) return found
    const theCase = found.value
    return effect('ok', plaintext(describe(theCase)), {
      facts: {
        case: theCase.id,
        project: theCase.project,
        state: theCase.state,
        revision: theCase.revision,
        received: formatInstant(theCase.receivedAt),
        protection: theCase.protection,
        lead: theCase.lead ?? 'none',
        mails: theCase.thread.length,
        replies: theCase.replies.length,
      },
    })
  },
})

/** Strangers' words stand behind `| `, as everywhere in our mail. */
function describe(theCase: Case): string {
  const { reporter } = theCase
  const lines = [
    `${theCase.id} (${theCase.project}), ${theCase.state}, revision ${theCase.revision}`,
    `lead: ${theCase.lead ?? 'nobody yet'}`,
    `received: ${formatInstant(theCase.receivedAt)}, ${theCase.protection}`,
    `reporter: ${reporter.address ?? 'no usable address'}, key ${reporter.key?.fingerprint ?? 'unknown'}`,
    `mails: ${theCase.thread.length} in, ${theCase.replies.length} replies out`,
    'title:',
    ...quoted(theCase.title.open()),
  ]
  for (const note of theCase.notes)
    lines.push(`note by ${note.by}, ${formatInstant(note.at)}:`, ...quoted(note.text.open()))
  return lines.join('\n')
}

const quoted = (text: string): readonly string[] => text.split(/\r?\n/).map(line => `| ${line}`)
