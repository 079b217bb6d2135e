// `resend`: a copy of a notice that failed goes once more, made anew under the key of now, while its embargo lasts. To who
// has it already only by name.
import type { Contact } from '../../../model/contact.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok, type Result } from '../../../model/result.ts'
import { type ContactId, parseContactId, parseNoticeId } from '../../../model/scalars.ts'
import { policyOf } from '../../../model/settings.ts'
import { hasUsableKey } from '../../membership/contacts.ts'
import { copyFault } from '../../notices/copies.ts'
import { type Held, heldBy, standing } from '../../notices/copy-words.ts'
import { defineCommand, effect, type Refusal, refuse, takeArguments } from '../command.ts'

export const resend = defineCommand({
  verb: 'resend',
  usage: 'resend N-… [to=M-…]',
  summary:
    'send a notice once more to those whose copy failed; with to= to that contact, also if they have it',
  roles: ['admin'],
  nature: 'irreversible',
  parse: parsed => {
    const taken = takeArguments(parsed, {
      positional: ['the notice (N-…)'],
      named: ['to'],
      block: 'none',
      attachments: 'none',
    })
    if (!taken.ok) return taken
    const { positional, named } = taken.value
    const id = parseNoticeId(positional[0] ?? '')
    const word = named.get('to')
    const to = word === undefined ? undefined : parseContactId(word)
    if (id === undefined) return err(`"${positional[0]}" is not a notice like N-309123`)
    return word !== undefined && to === undefined ? err('to= is a contact like M-771234') : ok({ id, to })
  },
  decide: ({ id, to }, world) => {
    const { notices, cases, copies, contacts, distributors, settings, now, actor } = world
    const notice = notices.get(id)
    const theCase = notice && cases.get(notice.case)
    if (notice === undefined || theCase === undefined)
      return refuse('E-UNKNOWN', `There is no notice ${id}; check the number.`)
    if (notice.state !== 'released')
      return refuse('E-STATE', `${id} is ${notice.state} and has not gone out; ${INSTEAD[notice.state]}`)
    const held = heldBy(id, copies)
    const wanted = to === undefined ? failedOf(held) : namedOne(to, held)
    if (!wanted.ok) return wanted
    const policy = policyOf(settings, notice.project)
    const goes: { readonly one: Held; readonly contact: Contact }[] = []
    const not: string[] = []
    for (const one of wanted.value) {
      const { contact: who } = one.last
      const contact = contacts.find(other => other.id === who)
      const of = distributors.find(other => other.id === contact?.distributor)
      const fault = copyFault(notice, theCase, contact, of, policy, now)
      if (fault === 'embargo-over' || fault === 'case-held')
        return refuse('E-STATE', OF_CASE[fault](theCase.id))
      if (contact === undefined || fault !== undefined)
        not.push(`${who} gets none: ${OF_CONTACT[fault ?? 'contact-left']}.`)
      else if (!hasUsableKey(contact, now))
        not.push(
          `${who} gets none: nothing can be encrypted to their key; it goes when that is extended, or after rekey ${who}.`,
        )
      else goes.push({ one, contact })
    }
    if (goes.length === 0) return refuse('E-STATE', not.join('\n') || NOBODY)
    const text = [
      `${id} goes once more to ${goes.length === 1 ? 'one contact' : `${goes.length} contacts`}, made anew under the key of now:`,
      ...goes.map(
        ({ one, contact }) =>
          `  ${contact.id}, ${contact.address}, ${contact.organisation.open()}: ${one.has === 'has' ? 'has it, ' : ''}${standing(one)}`,
      ),
      ...not,
    ].join('\n')
    return effect('ok', plaintext(text), {
      facts: { notice: id, case: notice.case, recipients: goes.length },
      events: [
        {
          at: now,
          actor,
          notice: id,
          kind: 'notice-resent',
          copies: goes.map(({ one: { last } }) => ({ contact: last.contact, copy: last.copy + 1 })),
        },
      ],
      audience: goes.map(({ contact }) => contact.address),
    })
  },
})

const INSTEAD = {
  scheduled: 'it goes by itself at its instant.',
  held: 'send: reschedule',
  cancelled: 'plan another: notice',
} as const

const NOBODY = 'Nobody’s copy failed; to send it once more to who has it, name them: to=M-…'

const OF_CASE = {
  'embargo-over': (id: string) =>
    `The embargo of ${id} is over: members read what is public; nothing early goes.`,
  'case-held': (id: string) => `${id} is held; first send: release ${id} << why`,
} as const

const OF_CONTACT = {
  'contact-left': 'they are off the list',
  'contact-suspended': 'they are suspended; it can be sent after resume',
  'not-meant': 'it is not meant for them',
  'terms-not-accepted': 'they have not accepted the terms that hold',
} as const

/** Whose last copy failed or was stopped; what is in doubt goes again by itself, and what is held when it can. */
function failedOf(held: ReadonlyMap<ContactId, Held>): Result<readonly Held[], Refusal> {
  const failed = [...held.values()].filter(
    ({ last: { state, why } }) => state === 'failed' || (state === 'cancelled' && why === 'operator'),
  )
  return failed.length === 0 ? refuse('E-STATE', NOBODY) : ok(failed)
}

function namedOne(to: ContactId, held: ReadonlyMap<ContactId, Held>): Result<readonly Held[], Refusal> {
  const one = held.get(to)
  if (one === undefined)
    return refuse('E-UNKNOWN', `No copy was made for ${to}; plan a notice for them: include=${to}`)
  const { state, doubt } = one.last
  if (state === 'sending' || state === 'ready')
    return refuse(
      'E-STATE',
      doubt === 'in-doubt'
        ? `The server has not answered whether ${to} has it; the same goes again by itself.`
        : `It is on its way to ${to}; look again when that has ended.`,
    )
  return ok([one])
}
