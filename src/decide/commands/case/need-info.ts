// `need-info`: a reply that asks the reporter for something, and keeps that we wait for it.
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok } from '../../../model/result.ts'
import { type Command, refuse } from '../command.ts'
import { caseFact, findOpenCase, takeCase } from './case-verbs.ts'
import { reply } from './reply.ts'

/** Whatever holds for a reply holds for it, and is said of it. */
export const needInfo: Command = {
  verb: 'need-info',
  usage: reply.usage.replace(/^reply/, 'need-info').replace(/text$/, 'question'),
  summary: 'ask the reporter, as by reply, and keep that an answer is awaited',
  roles: reply.roles,
  nature: reply.nature,
  plan: (parsed, world) => {
    const asked = reply.plan(parsed, world)
    if (!asked.ok) {
      const text = asked.error.text.open().replace(/\breply(?= C-)/g, 'need-info')
      return err({ ...asked.error, text: plaintext(text) })
    }
    const [first] = parsed.arguments
    const only = { ...parsed, arguments: first === undefined ? [] : [first], block: undefined }
    const taken = takeCase(only, { named: [], block: 'none' })
    if (!taken.ok) return refuse('E-SYNTAX', `${taken.error}; send: ${needInfo.usage}`)
    const found = findOpenCase(taken.value, world)
    if (!found.ok) return found
    const { text, events, facts } = asked.value
    return ok({
      ...asked.value,
      text: plaintext(`${text.open()} An answer is awaited.`),
      facts: { ...facts, awaits: 'info' },
      events: [...events, { ...caseFact(found.value, world), kind: 'asked', about: 'info' }],
    })
  },
}
