// `veto`: stops what waits for a contact: a key that is to follow theirs, or their own coming. A brake: neither a
// confirmation nor an age limit stands in its way.
import { type Contact, isMember } from '../../../model/contact.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok, type Result } from '../../../model/result.ts'
import { parseContactId } from '../../../model/scalars.ts'
import { findTarget, ownContacts } from '../../membership/contacts.ts'
import { defineCommand, effect, type Refusal, refuse, takeArguments, type World } from '../command.ts'

export const veto = defineCommand({
  verb: 'veto',
  usage: 'veto M-…',
  summary: 'stop a key that is to follow that of a contact, or a contact who is not on the list yet',
  roles: ['admin', 'member', 'suspended'],
  nature: 'brake',
  parse: parsed => {
    const expected = { positional: ['the contact'], named: [], block: 'none', attachments: 'none' } as const
    const taken = takeArguments(parsed, expected)
    if (!taken.ok) return taken
    const id = parseContactId(taken.value.positional[0] ?? '')
    return id === undefined ? err('a contact is M- and six digits') : ok(id)
  },
  decide: (id, world) => {
    const found = findTarget({ kind: 'contact', id }, world)
    const contact = found.ok ? found.value.contact : undefined
    const may = contact === undefined ? 'unknown' : mayStop(contact, world)
    if (contact === undefined || may === 'unknown')
      return refuse(
        'E-UNKNOWN',
        `There is no ${id} that you may stop; send: ${isOfTeam(world) ? 'roster' : 'my'}`,
      )
    const fact = { at: world.now, actor: world.actor, contact: id }
    const { nextKey } = contact
    if (nextKey !== undefined) {
      if (may !== 'team' && nextKey.by === 'rekey') return verifiedBefore(id)
      const text = `${nextKey.key.fingerprint} does not become the key of ${id}; the present one stays.`
      return effect('ok', plaintext(text), {
        facts: { contact: id },
        events: [{ ...fact, kind: 'key-dropped' }],
      })
    }
    if (isMember(contact))
      return refuse('E-STATE', `Nothing waits for ${id}. To send it nothing more: ${instead(contact, world)}`)
    return effect('ok', plaintext(`${id} does not come on the list.`), {
      facts: { contact: id },
      events: [{ ...fact, kind: 'contact-ended', as: 'removed' }],
    })
  },
})

const isOfTeam = ({ actor }: World): boolean => actor.kind === 'admin' || actor.kind === 'operator'

/** The team all; a contact their own; who manages an organisation's contacts these. */
function mayStop(contact: Contact, world: World): 'team' | 'own' | 'manager' | 'unknown' {
  if (isOfTeam(world)) return 'team'
  const own = ownContacts(world).filter(({ distributor }) => distributor === contact.distributor)
  if (own.some(({ id }) => id === contact.id)) return 'own'
  return own.some(({ manages }) => manages === 'all') ? 'manager' : 'unknown'
}

/** Else who has stolen a key could keep it for ever. */
const verifiedBefore = (id: string): Result<never, Refusal> =>
  refuse(
    'E-ROLE',
    `Two of the team verified the key that is to follow that of ${id}; if it is not theirs, call them.`,
  )

const instead = ({ id }: Contact, world: World): string =>
  isOfTeam(world) ? `suspend ${id} << why` : `contact remove ${id}`
