// `mitigate` and `comms`: a text that is kept with a case in place of the one before. Nobody outside the team is told.
import type { Case } from '../../model/case.ts'
import { plaintext } from '../../model/plaintext.ts'
import { ok } from '../../model/result.ts'
import { findOpenCase, recorded, takeCase, unchanged } from './case-verbs.ts'
import { type Command, defineCommand } from './command.ts'

/** A verb that keeps one text with a case, in place of the one before. */
const keepsText = (
  words: Pick<Command, 'verb' | 'usage' | 'summary'>,
  kind: 'mitigations-set' | 'communication-set',
  what: string,
  before: (theCase: Case) => Case['mitigations'],
): Command =>
  defineCommand({
    ...words,
    roles: ['admin'],
    nature: 'reversible',
    parse: parsed => {
      const taken = takeCase(parsed, { named: [], block: 'needed' })
      return taken.ok ? ok({ ...taken.value, text: taken.value.block ?? plaintext('') }) : taken
    },
    decide: (wanted, world) => {
      const found = findOpenCase(wanted, world)
      if (!found.ok) return found
      const old = before(found.value)
      if (old?.open() === wanted.text.open()) return unchanged(found.value)
      const { id } = found.value
      const sentence = `${what} of ${id} is kept${old === undefined ? '' : ', in place of the one before'}.`
      const fact =
        kind === 'mitigations-set'
          ? { kind, text: wanted.text, mitigation: undefined }
          : { kind, text: wanted.text }
      return recorded(found.value, world, fact, sentence)
    },
  })

export const mitigate = keepsText(
  {
    verb: 'mitigate',
    usage: 'mitigate C-… << text',
    summary: 'what users can do until they have the fix; replaces the text',
  },
  'mitigations-set',
  'The text on mitigations',
  theCase => theCase.mitigations,
)

export const comms = keepsText(
  {
    verb: 'comms',
    usage: 'comms C-… << text',
    summary: 'the plan of who is told what and when; replaces the text',
  },
  'communication-set',
  'The communication plan',
  theCase => theCase.communication,
)
