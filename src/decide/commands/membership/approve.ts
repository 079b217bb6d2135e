// An organisation comes on the list: `approve` with the vouches that the policy asks for, `found` without, while there
// are too few members to give any. Both wait for a confirmation; what stands in the way, ../../membership/admission.ts says.
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok, type Result } from '../../../model/result.ts'
import { type ContactId, parseContactId } from '../../../model/scalars.ts'
import { type Admission, admission, type Choice } from '../../membership/admission.ts'
import { approveContact } from '../../membership/contacts.ts'
import { activeOf, isFounding } from '../../membership/standing.ts'
import { defineCommand, type Effect, effect, type Refusal, refuse, type World } from '../command.ts'
import type { ParsedCommand } from '../grammar.ts'
import {
  type ApplicationArguments,
  type Found,
  findApplication,
  findOpenApplication,
  nothingNew,
  takeApplication,
} from './application-verbs.ts'

type Wanted = ApplicationArguments & Omit<Choice, 'how'>

type FurtherContact = { readonly further: ContactId }

/** The contact, where it is one alone that is named. */
function furtherContact({ arguments: [first, second], block }: ParsedCommand): ContactId | undefined {
  if (first === undefined || !('text' in first) || second !== undefined || block !== undefined)
    return undefined
  return parseContactId(first.text)
}

/** As many as vouches can be asked for. */
const MOST_WAIVED = 10

const take =
  (more: readonly string[]) =>
  (parsed: ParsedCommand): Result<Wanted, string> => {
    const taken = takeApplication(parsed, { named: ['class', 'contact', ...more], block: 'none' })
    if (!taken.ok) return taken
    const { named } = taken.value
    const kind = named.get('contact')
    if (kind !== undefined && kind !== 'role' && kind !== 'person') return err('contact= is role or person')
    const waived: ContactId[] = []
    for (const word of named.get('without-vouch')?.split(',', MOST_WAIVED) ?? []) {
      const id = parseContactId(word)
      if (id === undefined) return err(`"${word}" is not a contact like M-100001`)
      waived.push(id)
    }
    return ok({ ...taken.value, class: named.get('class'), contactKind: kind, waived })
  }

export const approve = defineCommand<Wanted | FurtherContact>({
  verb: 'approve',
  usage: 'approve A-… [class=…] [contact=role|person] [without-vouch=M-…] | approve M-…',
  summary:
    'let an applicant on the list, with a vouch that became void only if named; or a further contact of an organisation',
  roles: ['admin'],
  nature: 'irreversible',
  parse: parsed => {
    const contact = furtherContact(parsed)
    return contact === undefined ? take(['without-vouch'])(parsed) : ok({ further: contact })
  },
  decide: (wanted, world) => {
    if ('further' in wanted) return approveContact(wanted.further, world)
    const asked = toDecide(wanted, world)
    if (!asked.ok) return asked.error
    const admitted = admission(asked.value, { ...wanted, how: 'application' }, world)
    if (!admitted.ok) return admitted
    const beyond = Math.max(asked.value.membership.review.quorum, wanted.waived.length > 0 ? 1 : 0)
    return carriedOut(asked.value, admitted.value, beyond)
  },
})

export const found = defineCommand<Wanted>({
  verb: 'found',
  usage: 'found A-… [class=…] [contact=role|person]',
  summary: 'let one of the first members on the list, without vouches',
  roles: ['admin'],
  nature: 'irreversible',
  parse: take([]),
  decide: (wanted, world) => {
    const asked = toDecide(wanted, world)
    if (!asked.ok) return asked.error
    const { application, membership } = asked.value
    const bootstrap = membership.vouch?.bootstrap
    if (membership.vouch === undefined)
      return refuse('E-POLICY', `The policy asks for no vouches; send: approve ${application.id}`)
    if (bootstrap === undefined || !isFounding(application.project, membership, world)) {
      const count = activeOf(application.project, world).length
      return refuse(
        'E-POLICY',
        `${count} organisations are on the list, so that one of them has to vouch; ask them by: circulate ${application.id}`,
      )
    }
    const admitted = admission(asked.value, { ...wanted, how: 'founding' }, world)
    if (!admitted.ok) return admitted
    return carriedOut(asked.value, admitted.value, Math.max(membership.review.quorum, bootstrap.quorum))
  },
})

/** The error is what comes of one that is not open any more; what is approved stays so, once. */
function toDecide(
  { application: id }: ApplicationArguments,
  world: World,
): Result<Found, Result<Effect, Refusal>> {
  const found = findApplication(id, world)
  if (!found.ok) return err(found)
  if (found.value.application.state === 'approved')
    return err(nothingNew(`${id} is approved already, and on the list.`))
  const open = findOpenApplication(id, world)
  return open.ok ? open : err(open)
}

/** `beyond`: others who must confirm it by the policy, of those who can. */
function carriedOut({ application }: Found, admitted: Admission, beyond: number) {
  const { id, project, address, key, vouches } = application
  const { others, remarks, barred, events, mails } = admitted
  const sentence = `${id} is approved: ${address}, key ${key?.fingerprint}, is on the list of ${project}.`
  const word = `${vouches.length === 0 ? 'Nobody vouched' : `Vouched for by ${vouches.map(({ contact }) => contact).join(', ')}`}.`
  return effect('ok', plaintext([sentence, word, ...remarks, 'They are welcomed by mail.'].join('\n')), {
    facts: { application: id, address },
    events,
    mails,
    audience: [address],
    confirmers: Math.min(beyond, others),
    barred,
  })
}
