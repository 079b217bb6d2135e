// A member gives their word for an applicant. It names the applicant's key, so that it is for nobody else, and counts
// only while it is independent (../../membership/vouching.ts).
import { type Application, evolveApplication } from '../../../model/application.ts'
import { dueAt } from '../../../model/calendar.ts'
import type { Contact } from '../../../model/contact.ts'
import type { Distributor } from '../../../model/distributor.ts'
import { plaintext } from '../../../model/plaintext.ts'
import type { Policy } from '../../../model/policy.ts'
import { err, ok } from '../../../model/result.ts'
import { type Fingerprint, parseFingerprint } from '../../../model/scalars.ts'
import { policyOf } from '../../../model/settings.ts'
import { formatInstant } from '../../../model/time.ts'
import { toldByCompletion } from '../../membership/standing.ts'
import { judgedVouches, kinshipFault, vouchesInYear } from '../../membership/vouching.ts'
import { defineCommand, effect, refuse, type World } from '../command.ts'
import {
  type ApplicationArguments,
  applicationFact,
  nothingNew,
  takeApplication,
} from './application-verbs.ts'

const WHY_CHARACTERS = 10_000

type Wanted = ApplicationArguments & { readonly fingerprint: Fingerprint }

export const vouch = defineCommand<Wanted>({
  verb: 'vouch',
  usage: 'vouch A-… for=FINGERPRINT << why',
  summary: 'as a member: give your word for an applicant',
  roles: ['member'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeApplication(parsed, { named: ['for'], block: 'needed' })
    if (!taken.ok) return taken
    const fingerprint = parseFingerprint(taken.value.named.get('for') ?? '')
    if (fingerprint === undefined) return err('for= needs the 40 digits of the applicant’s key')
    if ((taken.value.block?.length ?? 0) > WHY_CHARACTERS)
      return err(`the text has at most ${WHY_CHARACTERS} characters`)
    return ok({ ...taken.value, fingerprint })
  },
  decide: (wanted, world) => {
    const application = world.applications.get(wanted.application)
    const member = application && memberOf(application, world)
    // Who does not know the key is not told either that there is such an application.
    if (member === undefined || application?.key?.fingerprint !== wanted.fingerprint)
      return refuse(
        'E-UNKNOWN',
        `There is no application ${wanted.application} with that key; compare both with whoever asks you.`,
      )
    const { id } = application
    if (application.state !== 'open')
      return refuse('E-STATE', `${id} is decided or withdrawn; nothing more is needed of you.`)
    const { contact, distributor, policy } = member
    const fault = faultOf(application, distributor, policy, world)
    if (fault !== undefined) return refuse('E-POLICY', fault)
    const given = judgedVouches(application, world).filter(one => one.fault === undefined)
    if (given.some(one => one.vouch.distributor === distributor.id))
      return nothingNew(`${distributor.id} vouches for ${id} already, and counts once.`)
    const actor = { kind: 'member', name: contact.id, fingerprint: contact.fingerprint } as const
    const vouched = applicationFact(
      application,
      { now: world.now, actor },
      {
        kind: 'application-vouched',
        vouch: {
          contact: contact.id,
          distributor: distributor.id,
          fingerprint: wanted.fingerprint,
          at: world.now,
          inbound: world.inbound,
          text: plaintext(wanted.block?.open().trim() ?? ''),
        },
      },
    )
    return effect(
      'ok',
      plaintext(`${contact.id} of ${distributor.id} vouches for ${id}.\nThe team is told.`),
      {
        facts: { application: id },
        others: toldByCompletion(evolveApplication(application, vouched), policy.membership, world),
        events: [
          vouched,
          {
            kind: 'distributor-vouched',
            at: world.now,
            actor,
            distributor: distributor.id,
            of: id,
            voucher: contact.id,
          },
        ],
      },
    )
  },
})

type Member = { readonly contact: Contact; readonly distributor: Distributor; readonly policy: Policy }

/** Whose key it is on the list that is applied for; one key may be on several. */
export function memberOf(
  { project }: Application,
  { who, contacts, distributors, settings }: World,
): Member | undefined {
  const contact = contacts.find(
    one => one.project === project && one.state === 'active' && one.fingerprint === who,
  )
  const distributor = distributors.find(({ id }) => id === contact?.distributor)
  if (contact === undefined || distributor?.state !== 'active') return undefined
  return { contact, distributor, policy: policyOf(settings, project) }
}

/** Why their word would not count, in one sentence. */
function faultOf(
  application: Application,
  distributor: Distributor,
  policy: Policy,
  world: World,
): string | undefined {
  const rules = policy.membership?.vouch
  const { id } = distributor
  if (rules === undefined) return 'The policy asks for no vouches; if you object, send: object A-… <<'
  switch (kinshipFault(application, distributor, world)) {
    case 'own-organisation':
      return `The applicant is you, or of ${id} as you are; another organisation must vouch.`
    case 'ring':
      return `${id} came on the list by the applicant’s own word; another organisation must vouch.`
    case undefined:
      break
  }
  const { joinedAt } = distributor
  const from = rules.after === undefined ? joinedAt : dueAt(joinedAt, rules.after, policy.calendar)
  if (world.now < from)
    return `${id} is on the list for too short a time; it may vouch from ${formatInstant(from)}.`
  if (
    rules.perYear !== undefined &&
    vouchesInYear(distributor, application, world.now, policy) >= rules.perYear
  )
    return `${id} has vouched ${rules.perYear} times within a year, as often as it may; another organisation must.`
  return undefined
}
