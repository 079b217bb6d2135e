// `mitigate` and `comms`: a text that is kept with a case in place of the one before. Nobody outside the team is told.
import type { Case } from '../../../model/case.ts'
import { type Plaintext, plaintext } from '../../../model/plaintext.ts'
import { err, ok } from '../../../model/result.ts'
import { defineCommand } from '../command.ts'
import { findOpenCase, recorded, takeCase, unchanged } from './case-verbs.ts'

export const mitigate = defineCommand({
  verb: 'mitigate',
  usage: 'mitigate C-… [straightforward=yes|no] << text',
  summary: 'what users can do until they have the fix, and whether that is easy; replaces the text',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeCase(parsed, { named: ['straightforward'], block: 'needed' })
    if (!taken.ok) return taken
    const word = taken.value.named.get('straightforward')?.toLowerCase() ?? 'no'
    if (word !== 'yes' && word !== 'no') return err('straightforward= is yes or no')
    const mitigation = word === 'yes' ? ('straightforward' as const) : undefined
    return ok({ ...taken.value, mitigation, text: taken.value.block ?? plaintext('') })
  },
  decide: ({ mitigation, text, ...wanted }, world) => {
    const found = findOpenCase(wanted, world)
    if (!found.ok) return found
    const { mitigations: old, mitigation: was } = found.value
    if (old?.open() === text.open() && was === mitigation) return unchanged(found.value)
    const easy = mitigation === undefined ? '' : ' It counts as straightforward.'
    const fact = { kind: 'mitigations-set', text, mitigation } as const
    return recorded(found.value, world, fact, `${kept(found.value, 'The text on mitigations', old)}${easy}`)
  },
})

export const comms = defineCommand({
  verb: 'comms',
  usage: 'comms C-… << text',
  summary: 'the plan of who is told what and when; replaces the text',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeCase(parsed, { named: [], block: 'needed' })
    return taken.ok ? ok({ ...taken.value, text: taken.value.block ?? plaintext('') }) : taken
  },
  decide: ({ text, ...wanted }, world) => {
    const found = findOpenCase(wanted, world)
    if (!found.ok) return found
    const { communication: old } = found.value
    if (old?.open() === text.open()) return unchanged(found.value)
    const fact = { kind: 'communication-set', text } as const
    return recorded(found.value, world, fact, kept(found.value, 'The communication plan', old))
  },
})

/** That a text is kept with a case. */
const kept = ({ id }: Case, what: string, before: Plaintext | undefined): string =>
  `${what} of ${id} is kept${before === undefined ? '' : ', in place of the one before'}.`
