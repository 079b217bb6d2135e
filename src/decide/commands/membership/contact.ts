// `contact`: who of an organisation is on the list, by the one who manages them. Whoever is named proves address and
// key and accepts the policy themselves, and comes only when the others had time to stop it (threats.md E17).
import { type Contact, isMember } from '../../../model/contact.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok, type Result } from '../../../model/result.ts'
import {
  type ContactId,
  type EmailAddress,
  type Fingerprint,
  parseContactId,
  parseEmailAddress,
  parseFingerprint,
  sameMailbox,
} from '../../../model/scalars.ts'
import { isOwnAddress } from '../../../model/settings.ts'
import { formatInstant } from '../../../model/time.ts'
import { contactsOf, cooledOffAt, ownContact } from '../../membership/contacts.ts'
import { membershipOf } from '../../membership/proof.ts'
import {
  defineCommand,
  type Effect,
  effect,
  type Refusal,
  refuse,
  takeArguments,
  type World,
} from '../command.ts'
import type { ParsedCommand } from '../grammar.ts'
import { keyIn } from './key.ts'

const USAGES = {
  add: 'contact add name="…" address=… att:key.asc [for=FINGERPRINT] [kind=role|person]',
  remove: 'contact remove M-…',
  manager: 'contact manager M-…',
  list: 'contact list',
} as const

/** Characters of a name. */
const LONGEST_NAME = 100

type Wanted = { readonly as: string | undefined } & (
  | { readonly what: 'list' }
  | { readonly what: 'remove' | 'manager'; readonly id: ContactId }
  | {
      readonly what: 'add'
      readonly name: string
      readonly address: EmailAddress
      readonly kind: Contact['kind'] | undefined
      readonly file: string
      /** Of the key of which they give their word that it is that person's. */
      readonly vouchedFor: Fingerprint | undefined
    }
)

export const contact = defineCommand({
  verb: 'contact',
  usage: Object.values(USAGES).join(' | '),
  summary:
    'name another contact of your organisation, take one off the list, which asks for a confirmation, or let one manage the others',
  roles: ['member'],
  nature: 'reversible',
  opens: 'certificate',
  parse: takeContact,
  decide: (wanted, world) => {
    const own = ownContact(wanted.as, world)
    if (!own.ok) return own
    if (wanted.what === 'list') return effect('noop', plaintext(listed(own.value, world)))
    if (own.value.manages !== 'all') return refuse('E-ROLE', notTheirs(own.value, world))
    if (wanted.what === 'add') return add(wanted, own.value, world)
    const named = contactsOf(own.value.distributor, world).find(({ id }) => id === wanted.id)
    if (named === undefined)
      return refuse('E-UNKNOWN', `There is no ${wanted.id} among your contacts; send: contact list`)
    return wanted.what === 'remove' ? remove(named, own.value, world) : manager(named, world)
  },
})

function takeContact(parsed: ParsedCommand): Result<Wanted, string> {
  const [first, ...rest] = parsed.arguments
  const what = first !== undefined && 'text' in first ? first.text.toLowerCase() : ''
  const isAdd = what === 'add'
  if (!isAdd && what !== 'remove' && what !== 'manager' && what !== 'list')
    return err('what to do is missing: add, remove, manager or list')
  const taken = takeArguments(
    { ...parsed, arguments: rest },
    {
      positional: what === 'remove' || what === 'manager' ? ['the contact'] : [],
      named: isAdd ? ['name', 'address', 'kind', 'for', 'as'] : ['as'],
      block: 'none',
      attachments: isAdd ? 'allowed' : 'none',
    },
  )
  if (!taken.ok) return taken
  const { named, positional, attachments } = taken.value
  const as = named.get('as')
  if (what === 'list') return ok({ what, as })
  if (!isAdd) {
    const id = parseContactId(positional[0] ?? '')
    return id === undefined ? err('a contact is M- and six digits') : ok({ what, as, id })
  }
  const name = named.get('name')?.trim() ?? ''
  if (name === '' || name.length > LONGEST_NAME) return err(`name= has 1 to ${LONGEST_NAME} characters`)
  const address = parseEmailAddress(named.get('address') ?? '')
  if (!address.ok) return err(`address= ${address.error}`)
  const kind = named.get('kind')
  if (kind !== undefined && kind !== 'role' && kind !== 'person') return err('kind= is role or person')
  const [file, second] = attachments
  if (file === undefined || second !== undefined) return err('attach their one key')
  const key = named.get('for')
  const vouchedFor = key === undefined ? undefined : parseFingerprint(key)
  if (key !== undefined && vouchedFor === undefined) return err('for= needs the 40 digits of their key')
  return ok({ what, as, name, address: address.value, kind, file, vouchedFor })
}

function listed(own: Contact, world: World): string {
  return contactsOf(own.distributor, world)
    .map(one => {
      const manages = one.manages === 'all' ? ', manages the contacts' : ''
      const then = one.activeAt === undefined ? '' : `, not before ${formatInstant(one.activeAt)}`
      return `${one.id}: ${one.address}, ${one.kind}, ${one.state}${then}${manages}; key ${one.fingerprint}`
    })
    .join('\n')
}

function notTheirs({ distributor }: Contact, world: World): string {
  const managers = contactsOf(distributor, world).filter(one => isMember(one) && one.manages === 'all')
  const whom = managers.map(({ id, address }) => `${id} (${address})`).join(' or ')
  return `Only who manages your contacts can: ${whom === '' ? 'ask the team who that is' : `ask ${whom}`}.`
}

function add(
  { name, address, kind: asked, file, vouchedFor }: Extract<Wanted, { what: 'add' }>,
  own: Contact,
  world: World,
): Result<Effect, Refusal> {
  const { project, distributor, organisation } = own
  const membership = membershipOf(own, world.settings)
  const rule = membership?.contacts
  const kind = asked ?? (rule?.kind === 'role' ? 'role' : 'person')
  if (rule !== undefined && rule.kind !== 'any' && rule.kind !== kind)
    return refuse('E-POLICY', `The policy wants addresses of kind ${rule.kind} alone; name such a one.`)
  const there = contactsOf(distributor, world)
  const known = there.find(one => sameMailbox(one.address, address))
  if (known !== undefined) return refuse('E-STATE', `${address} is ${known.id} already; send: contact list`)
  if (rule !== undefined && there.length >= rule.most)
    return refuse(
      'E-POLICY',
      `The policy allows ${rule.most} contacts of an organisation; first send: contact remove M-…`,
    )
  if (isOwnAddress(world.settings, address))
    return refuse('E-STATE', `${address} is one of ours; name their own.`)
  const key = keyIn(file, world)
  if (!key.ok) return key
  const { fingerprint } = key.value
  // A word is given for a key, as by `vouch`: who signs it has compared it with the person.
  if (membership?.vouch?.covers === 'person' && vouchedFor === undefined)
    return refuse(
      'E-POLICY',
      `By the policy somebody on the list vouches for each person: compare ${fingerprint}, which you attached, with theirs over another channel; is it theirs, send it again with for=${fingerprint}`,
    )
  if (vouchedFor !== undefined && vouchedFor !== fingerprint)
    return refuse('E-KEY', `You attached the key ${fingerprint}, and not the one that for= names.`)
  // Whether either is another member's is told to whoever proves both: else a member could ask so who is on the list.
  const [id] = world.fresh.contacts
  const [token] = world.fresh.challenges
  if (id === undefined || token === undefined) throw new Error('no unused ids')
  const then = formatInstant(cooledOffAt(own, world.now, world.settings))
  const approval = rule?.approval === 'team' ? ', and an admin must approve it' : ''
  const text = `${id} is named: ${address}, key ${fingerprint}. They are asked to prove both. Proven now, they are on the list from ${then}${approval}. Until then you can send: veto ${id}`
  return effect('ok', plaintext(text), {
    facts: { contact: id, key: fingerprint },
    others: 'told',
    events: [
      {
        at: world.now,
        actor: world.actor,
        contact: id,
        kind: 'contact-named',
        project,
        of: distributor,
        organisation,
        name: plaintext(name),
        address,
        contactKind: kind,
        manages: 'nothing',
        key: key.value,
        as: 'invited',
        token,
        acceptance: undefined,
      },
    ],
  })
}

function remove(named: Contact, own: Contact, world: World): Result<Effect, Refusal> {
  const others = contactsOf(own.distributor, world).filter(one => one.id !== named.id && isMember(one))
  if (named.id === own.id)
    return refuse('E-STATE', 'That is you: to go alone send: leave; with all: leave organisation=yes')
  if (others.length === 0)
    return refuse('E-STATE', `${named.id} is the last one; send: leave organisation=yes`)
  return effect('ok', plaintext(`${named.id} (${named.address}) is off the list.`), {
    facts: { contact: named.id },
    nature: 'irreversible',
    events: [{ at: world.now, actor: world.actor, contact: named.id, kind: 'contact-ended', as: 'removed' }],
  })
}

function manager(named: Contact, world: World): Result<Effect, Refusal> {
  if (named.state !== 'active')
    return refuse('E-STATE', `${named.id} is not active on the list; name one who is: contact list`)
  if (named.manages === 'all') return effect('noop', plaintext(`${named.id} manages your contacts already.`))
  return effect('ok', plaintext(`${named.id} manages your contacts, too.`), {
    facts: { contact: named.id },
    events: [
      { at: world.now, actor: world.actor, contact: named.id, kind: 'contact-manages', manages: 'all' },
    ],
  })
}
