// `my`: all that is held of who asks: organisation, contacts, keys, what they accepted and owe, and what they were told.
import { type Case, isUnpublished } from '../../../model/case.ts'
import type { Contact } from '../../../model/contact.ts'
import { plaintext } from '../../../model/plaintext.ts'
import type { Instant } from '../../../model/scalars.ts'
import { policyOf } from '../../../model/settings.ts'
import { formatInstant } from '../../../model/time.ts'
import { contactsOf, ownContacts } from '../../membership/contacts.ts'
import { listed } from '../../policy-phrases.ts'
import { answerPhrase, answersOf, silentOf } from '../../sharing/answers.ts'
import { attestationDue } from '../../time/attestation.ts'
import { defineCommand, effect, refuse, takeArguments, type World } from '../command.ts'
import { nextKeyText } from './key.ts'

export const my = defineCommand({
  verb: 'my',
  usage: 'my',
  summary: 'see all that is held of you and your organisation',
  roles: ['member', 'suspended'],
  nature: 'reversible',
  parse: parsed => takeArguments(parsed, { positional: [], named: [], block: 'none', attachments: 'none' }),
  decide: (_, world) => {
    const own = ownContacts(world)
    if (own.length === 0)
      return refuse('E-STATE', 'Your key is on no list, so that nothing is held of you here.')
    return effect('ok', plaintext(own.map(one => heldOf(one, world)).join('\n\n')), {
      facts: { contacts: own.length },
    })
  },
})

function heldOf(one: Contact, world: World): string {
  const { id, project, address, kind, manages, fingerprint, encryptsUntil, nextKey, acceptance, asked } = one
  const distributor = world.distributors.find(each => each.id === one.distributor)
  const others = contactsOf(one.distributor, world).filter(each => each.id !== id)
  const due = attestationDue(one, world.settings)
  const lines = [
    `${id}, ${address} (${kind}), of ${one.organisation.open()} (${one.distributor}), on the list of ${project}.`,
    distributor &&
      `Organisation since ${formatInstant(distributor.joinedAt)}; vouches given: ${distributor.vouches.length}.`,
    manages === 'all' ? 'You manage the contacts of your organisation.' : undefined,
    `Key ${fingerprint}, ${until(encryptsUntil)}.`,
    nextKey && `To follow: ${nextKeyText(nextKey)}`,
    acceptance === undefined
      ? 'You accepted no embargo policy yet.'
      : `You accepted the embargo policy, version ${acceptance.version}, on ${formatInstant(acceptance.at)}.`,
    asked && `Another version is to be accepted by ${formatInstant(asked.by)}.`,
    due && `To be said, with attest people=: who reads behind the address, on ${formatInstant(due)}.`,
    suspension(one),
    others.length === 0
      ? 'You are the only contact of your organisation.'
      : `Other contacts: ${others.map(each => `${each.id} (${each.address}, ${each.state})`).join(', ')}.`,
    bindingText(one, world),
    ...answeredLines(one, world),
  ]
  return lines.filter(line => line !== undefined).join('\n')
}

const until = (at: Instant | undefined): string =>
  at === undefined ? 'which does not end' : `which ends ${formatInstant(at)}`

/** Why they get nothing now, and what ends it. */
function suspension({ suspended }: Contact): string | undefined {
  if (suspended === undefined) return undefined
  const since = `You get no notices since ${formatInstant(suspended.at)}`
  switch (suspended.why) {
    case 'acceptance':
      return `${since}: the changed embargo policy is not accepted. Accepting it ends that.`
    case 'attestation':
      return `${since}: nobody said who reads behind the address. To end that send: attest people=…`
    default: {
      const end = suspended.until === undefined ? 'Ask the team' : `It ends ${formatInstant(suspended.until)}`
      return `${since}, by ${suspended.by}. ${end}.`
    }
  }
}

/** What their organisation said of each of these cases, and what is still asked. */
function answeredLines(contact: Contact, world: World): readonly string[] {
  return boundBy(contact, world).flatMap(theCase => {
    const { id, project, answers } = theCase
    const ours = answers.filter(({ of }) => of === contact.distributor)
    const isAsked = policyOf(world.settings, project).notices.answers !== undefined
    const isSilent = silentOf(answersOf(theCase, world)).some(one => one.id === contact.distributor)
    const said = ours.map(({ answer }) => answerPhrase(answer))
    return [
      ...(said.length === 0 ? [] : [`Of ${id} you said that your organisation ${listed(said, 'and')}.`]),
      ...(isAsked && isSilent ? [`Of ${id} an answer is still wanted; one is enough: ack ${id}`] : []),
    ]
  })
}

/** The cases that they were told of and that are not public yet: what still binds them. */
export function bindingText(contact: Contact, world: Pick<World, 'cases' | 'told'>): string {
  const bound = boundBy(contact, world).map(({ id, embargo }) => {
    const at = embargo.disclose
    return at === undefined ? id : `${id} (${formatInstant(at)})`
  })
  return bound.length === 0
    ? 'You were told of no case that is still under embargo.'
    : `You were told of cases under embargo, until they are public: ${bound.join(', ')}.`
}

const boundBy = ({ fingerprint }: Contact, { cases, told }: Pick<World, 'cases' | 'told'>): readonly Case[] =>
  [...cases.values()].filter(one => isUnpublished(one) && told.get(one.id)?.includes(fingerprint) === true)
