// `leave`: a contact goes off the list, or with them their organisation. What they were told stays under its embargo.
import { isMember } from '../../../model/contact.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok } from '../../../model/result.ts'
import { contactsOf, ownContact } from '../../membership/contacts.ts'
import { endingOf } from '../../membership/ending.ts'
import { defineCommand, effect, refuse, takeArguments } from '../command.ts'
import { bindingText } from './my.ts'

export const leave = defineCommand({
  verb: 'leave',
  usage: 'leave [organisation=yes] [as=M-…]',
  summary: 'go off the list, or take all contacts of your organisation off it',
  roles: ['member', 'suspended'],
  nature: 'irreversible',
  parse: parsed => {
    const expected = {
      positional: [],
      named: ['organisation', 'as'],
      block: 'none',
      attachments: 'none',
    } as const
    const taken = takeArguments(parsed, expected)
    if (!taken.ok) return taken
    const { named } = taken.value
    const all = named.get('organisation')
    if (all !== undefined && all !== 'yes') return err('it is organisation=yes, or nothing')
    return ok({
      as: named.get('as'),
      whole: all === 'yes' ? ('organisation' as const) : ('contact' as const),
    })
  },
  decide: ({ as, whole }, world) => {
    const own = ownContact(as, world)
    if (!own.ok) return own
    const { id, distributor: of, manages } = own.value
    const there = contactsOf(of, world)
    const bound = bindingText(own.value, world)
    if (whole === 'organisation') {
      if (manages !== 'all')
        return refuse(
          'E-ROLE',
          'Only who manages your contacts can take all off the list; alone you go with: leave',
        )
      const distributor = world.distributors.find(one => one.id === of && one.state === 'active')
      const all = there.map(one => one.id).join(', ')
      return effect('ok', plaintext(`${of} is off the list, with ${all}.\n${bound}`), {
        facts: { distributor: of },
        events: endingOf(there, distributor, 'left', undefined, world),
      })
    }
    const others = there.filter(one => one.id !== id && isMember(one))
    if (others.length === 0)
      return refuse('E-STATE', 'You are the last contact of your organisation; send: leave organisation=yes')
    if (manages === 'all' && !others.some(one => one.manages === 'all'))
      return refuse(
        'E-STATE',
        'Nobody else manages your contacts; first send: contact manager M-… or take all off: leave organisation=yes',
      )
    return effect('ok', plaintext(`${id} is off the list.\n${bound}`), {
      facts: { contact: id },
      events: endingOf([own.value], undefined, 'left', undefined, world),
    })
  },
})
