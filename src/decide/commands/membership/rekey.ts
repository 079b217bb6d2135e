// `rekey`: the key of a contact is lost or stolen, and the team knows in another way than by mail that another one is
// theirs. It must be proven, too, and counts at once then. Ends the waiting time of a key that is proven already.
import { isMember } from '../../../model/contact.ts'
import { keyFaultText } from '../../../model/key-fault.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok } from '../../../model/result.ts'
import { parseContactId } from '../../../model/scalars.ts'
import { adminsAmong, findTarget, refuseOwn } from '../../membership/contacts.ts'
import { takenFrom } from '../../membership/keys.ts'
import { defineCommand, effect, refuse, takeArguments } from '../command.ts'
import { followFault, keyIn } from './key.ts'

export const rekey = defineCommand({
  verb: 'rekey',
  usage: 'rekey M-… [att:key.asc] verified="how you know"',
  summary: 'give a contact who lost their key another one, or let the one that is to follow count at once',
  roles: ['admin'],
  nature: 'irreversible',
  opens: 'certificate',
  parse: parsed => {
    const expected = {
      positional: ['the contact'],
      named: ['verified'],
      block: 'none',
      attachments: 'allowed',
    } as const
    const taken = takeArguments(parsed, expected)
    if (!taken.ok) return taken
    const { positional, named, attachments } = taken.value
    const contact = parseContactId(positional[0] ?? '')
    const verified = named.get('verified')?.trim()
    if (contact === undefined) return err('a contact is M- and six digits')
    if (verified === undefined || verified === '')
      return err('verified= is missing: say how you know that the key is theirs, such as by a call')
    return attachments.length > 1
      ? err('one key is attached')
      : ok({ contact, verified, file: attachments[0] })
  },
  decide: ({ contact: id, verified: how, file }, world) => {
    const found = findTarget({ kind: 'contact', id }, world)
    if (!found.ok) return found
    const { contact } = found.value
    if (contact === undefined || !isMember(contact))
      return refuse(
        'E-STATE',
        `${id} is not on the list yet; stop it with veto ${id} and have them named anew.`,
      )
    const own = refuseOwn([contact], world)
    if (!own.ok) return own
    const given = file === undefined ? undefined : keyIn(file, world)
    if (given?.ok === false) return given
    const { nextKey, fingerprint } = contact
    const next = given?.value ?? nextKey?.key
    if (next === undefined)
      return refuse('E-SYNTAX', `No key is to follow that of ${id}; attach it: att:key.asc`)
    if (next.fingerprint === fingerprint)
      return refuse('E-STATE', `${next.fingerprint} is the key of ${id} already; they renew it with: key add`)
    if (world.settings.admins.some(admin => admin.fingerprint === next.fingerprint))
      return refuse('E-KEY', `${next.fingerprint} is the key of an admin; attach that of ${id}.`)
    const waits = nextKey?.key.fingerprint === next.fingerprint ? nextKey : undefined
    const fault = followFault({ ...contact, nextKey: waits }, next)
    if (fault !== undefined) return fault
    if (takenFrom(next, contact.project, world.contacts, id) !== undefined)
      return refuse('E-KEY', keyFaultText('taken'))
    const fact = { at: world.now, actor: world.actor, contact: id }
    const asks = {
      facts: { contact: id, key: next.fingerprint },
      confirmers: Math.max(1, world.settings.quorum),
      barred: adminsAmong([contact], world.settings),
      others: 'told',
    } as const
    const verified = plaintext(how)
    if (waits?.provenAt !== undefined)
      return effect('ok', plaintext(`${next.fingerprint} is the key of ${id} now.`), {
        ...asks,
        events: [{ ...fact, kind: 'key-changed', key: next, verified }],
      })
    const [token] = world.fresh.challenges
    if (token === undefined) throw new Error('no unused challenge')
    const asking = {
      key: next,
      by: 'rekey',
      askedAt: world.now,
      provenAt: undefined,
      effectiveAt: undefined,
    } as const
    const text = `${next.fingerprint} is to be the key of ${id}: it counts as soon as it has signed what went to ${contact.address}.`
    return effect('ok', plaintext(text), {
      ...asks,
      events: [{ ...fact, kind: 'key-asked', next: asking, token, verified }],
    })
  },
})
