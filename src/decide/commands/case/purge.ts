// `purge`: what people wrote about a case that has ended goes out of the database. It cannot be undone, and waits
// for a confirmation. That there was a case, and what happened when, stays.
import { isOpen } from '../../../model/case.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { defineCommand, effect, refuse } from '../command.ts'
import { caseFact, findCase, noticesOf, takeCase } from './case-verbs.ts'

export const purge = defineCommand({
  verb: 'purge',
  usage: 'purge C-…',
  summary: 'delete all that people wrote about a case that has ended',
  roles: ['admin'],
  nature: 'irreversible',
  parse: parsed => takeCase(parsed, { named: [], block: 'none' }),
  decide: (wanted, world) => {
    const found = findCase(wanted, world)
    if (!found.ok) return found
    const { id, state, content, thread } = found.value
    if (content === 'purged') return effect('noop', plaintext(`${id} is purged already.`))
    if (isOpen(found.value))
      return refuse('E-STATE', `${id} is ${state}; end it first, with reject, merge, spam or: close ${id}`)
    const [notice] = noticesOf(found.value, world, 'scheduled')
    if (notice !== undefined) return refuse('E-STATE', `${notice} is scheduled; first send: cancel ${notice}`)
    const text = [
      `${id} is purged: its mails, the commands about it, notes, replies, notices and their files are gone from the database.`,
      'Delete yourselves what it cannot reach: mail filed on the mail server, backups, and what is in your mailboxes.',
    ].join('\n')
    return effect('ok', plaintext(text), {
      facts: { case: id, mails: thread.length },
      events: [{ ...caseFact(found.value, world), kind: 'case-purged' }],
    })
  },
})
