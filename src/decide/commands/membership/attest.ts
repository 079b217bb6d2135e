// `attest`: how many people read behind an address of several. Who was suspended for not saying it is back by it.
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok } from '../../../model/result.ts'
import { ownContact } from '../../membership/contacts.ts'
import { defineCommand, effect, refuse, takeArguments } from '../command.ts'

/** People behind one address. */
const MOST_PEOPLE = 1_000

export const attest = defineCommand({
  verb: 'attest',
  usage: 'attest people=N [as=M-…] [<< names]',
  summary: 'say how many people read behind your address; each must have agreed to the embargo policy',
  roles: ['member', 'suspended'],
  nature: 'reversible',
  parse: parsed => {
    const expected = {
      positional: [],
      named: ['people', 'as'],
      block: 'optional',
      attachments: 'none',
    } as const
    const taken = takeArguments(parsed, expected)
    if (!taken.ok) return taken
    const { named } = taken.value
    const people = /^[1-9][0-9]{0,3}$/.test(named.get('people') ?? '') ? Number(named.get('people')) : 0
    if (people < 1 || people > MOST_PEOPLE) return err(`people= is a number from 1 to ${MOST_PEOPLE}`)
    return ok({ people, as: named.get('as') })
  },
  decide: ({ people, as }, world) => {
    const own = ownContact(as, world)
    if (!own.ok) return own
    const { id, kind, suspended } = own.value
    if (kind === 'person')
      return refuse(
        'E-STATE',
        `${id} is the address of one person; a team's is named with: contact add … kind=role`,
      )
    const fact = { at: world.now, actor: world.actor, contact: id }
    const isBack = suspended?.why === 'attestation'
    const readers = people === 1 ? '1 person reads' : `${people} people read`
    const text = `${readers} behind ${id}.${isBack ? ' You get notices again.' : ''}`
    return effect('ok', plaintext(text), {
      facts: { contact: id, people },
      events: [
        { ...fact, kind: 'contact-attested', people, inbound: world.inbound },
        ...(isBack ? [{ ...fact, kind: 'contact-resumed' } as const] : []),
      ],
    })
  },
})
