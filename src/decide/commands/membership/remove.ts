// `remove`: takes an organisation or one contact off the list; for good, where the policy says that a removal is.
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok } from '../../../model/result.ts'
import { colleaguesOf, findTarget } from '../../membership/contacts.ts'
import { endingOf, leftOn } from '../../membership/ending.ts'
import { membershipOf } from '../../membership/proof.ts'
import { defineCommand, effect, refuse } from '../command.ts'
import { takeTarget } from './suspend.ts'

export const remove = defineCommand({
  verb: 'remove',
  usage: 'remove D-…|M-… [permanent=yes] << reason',
  summary: 'take an organisation or one contact off the list; permanent: it never comes back',
  roles: ['admin'],
  nature: 'irreversible',
  parse: parsed => {
    const taken = takeTarget(parsed, { named: ['permanent'], block: 'needed' })
    if (!taken.ok) return taken
    const permanent = taken.value.named.get('permanent')
    if (permanent !== undefined && permanent !== 'yes') return err('it is permanent=yes, or nothing')
    return ok({ ...taken.value, how: permanent === 'yes' ? ('permanent' as const) : ('removed' as const) })
  },
  decide: ({ target, block, how }, world) => {
    const found = findTarget(target, world)
    if (!found.ok) return found
    const { contact, contacts, distributor } = found.value
    const project = distributor?.project ?? contact?.project
    const removal = project && membershipOf({ project }, world.settings)?.leak.removal
    if (how === 'permanent' && removal !== 'permanent')
      return refuse('E-POLICY', 'The policy knows no removal for good; send it without permanent=yes.')
    if (how === 'permanent' && contact !== undefined)
      return refuse(
        'E-SYNTAX',
        `For good goes an organisation: remove ${contact.distributor} permanent=yes <<`,
      )
    if (
      contact !== undefined &&
      distributor !== undefined &&
      colleaguesOf(contact, world.contacts).length === 0
    )
      return refuse(
        'E-STATE',
        `${contact.id} is the last contact of ${distributor.id}; send: remove ${distributor.id} <<`,
      )
    const ended = contact === undefined ? distributor : undefined
    const who = contacts.map(({ id }) => id).join(', ')
    const never = how === 'permanent' ? ' for good' : ''
    const text = `${target.id} is off the list${never}${contact === undefined && who !== '' ? `, with ${who}` : ''}.`
    return effect('ok', plaintext(`${text}\n${leftOn(contacts, world)}`), {
      facts: { removed: target.id },
      events: endingOf(contacts, ended, how, block, world),
    })
  },
})
