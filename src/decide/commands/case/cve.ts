// `cve`: that a CVE id was asked for, or which one it is. Asking a CNA is done by people.
import type { CveState } from '../../../model/case.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok } from '../../../model/result.ts'
import { defineCommand, effect, refuse } from '../command.ts'
import { caseFact, findOpenCase, unchanged } from './case-verbs.ts'
import { takeWords } from './case-words.ts'

/** As the CVE record format 5 has it. */
const cveShape = /^CVE-[0-9]{4}-[0-9]{4,19}$/

export const cve = defineCommand({
  verb: 'cve',
  usage: 'cve C-… request|CVE-2026-12345',
  summary: 'note that a CVE id was asked for, or which it is',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeWords(parsed, { named: [], block: 'none' })
    if (!taken.ok) return taken
    const [word = '', ...more] = taken.value.words.map(one => one.toUpperCase())
    if (more.length > 0) return err('a case has one CVE id')
    if (word !== 'REQUEST' && !cveShape.test(word))
      return err('"request" or an id like CVE-2026-12345 is missing')
    return ok({ ...taken.value, word })
  },
  decide: (wanted, world) => {
    const found = findOpenCase(wanted, world)
    if (!found.ok) return found
    const { id, cve: before } = found.value
    const asks = wanted.word === 'REQUEST'
    if (asks && before.kind === 'assigned')
      return refuse('E-STATE', `${id} has ${before.id} already; name another to replace it: cve ${id} CVE-…`)
    if (asks ? before.kind === 'requested' : before.kind === 'assigned' && before.id === wanted.word)
      return unchanged(found.value)
    const now: CveState = asks ? { kind: 'requested', at: world.now } : { kind: 'assigned', id: wanted.word }
    const was = before.kind === 'assigned' ? ` It was ${before.id}.` : ''
    const sentence = asks ? `A CVE id was asked for, for ${id}.` : `${id} is ${wanted.word}.${was}`
    return effect('ok', plaintext(sentence), {
      facts: { case: id, cve: asks ? 'requested' : wanted.word },
      events: [{ ...caseFact(found.value, world), kind: 'cve-set', cve: now }],
    })
  },
})
