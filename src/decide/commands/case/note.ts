// `note`: a remark for the team, kept with the case and mailed to nobody.
import { plaintext } from '../../../model/plaintext.ts'
import { ok } from '../../../model/result.ts'
import { defineCommand, effect } from '../command.ts'
import { caseFact, findCase, takeCase } from './case-verbs.ts'

export const note = defineCommand({
  verb: 'note',
  usage: 'note C-… << text',
  summary: 'keep a remark with a case; nobody is mailed',
  roles: ['fix-team', 'maintainer', 'lead', 'admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeCase(parsed, { named: [], block: 'needed' })
    return taken.ok ? ok({ ...taken.value, text: taken.value.block ?? plaintext('') }) : taken
  },
  decide: (wanted, world) => {
    const found = findCase(wanted, world)
    if (!found.ok) return found
    return effect('ok', plaintext(`A note is kept with ${found.value.id}.`), {
      facts: { case: found.value.id, notes: found.value.notes.length + 1 },
      events: [{ ...caseFact(found.value, world), kind: 'note-added', text: wanted.text }],
    })
  },
})
