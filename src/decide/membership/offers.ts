// What a reader of mail about a request to join can tap next: by the mail, and by who reads it. Not in the table of
// ../offers.ts, which is by the state of a case; the same holds for both: no irreversible verb, and nobody else's.
import type { Application } from '../../model/application.ts'
import type { ApplicationStanding } from '../../model/joining-mail.ts'
import type { Content, Suggestion } from '../../model/order.ts'
import type { Instant } from '../../model/scalars.ts'
import { policyOf, type Settings } from '../../model/settings.ts'
import type { Role } from '../authority.ts'
import { commandNamed } from '../commands/registry.ts'

type Offer = {
  readonly label: string
  readonly verb: string
  /** What follows the verb on its line. */
  readonly rest: string
  /** `gap`: a text block, empty, which is refused until it is filled in. */
  readonly block: 'gap' | 'none'
}

/** Undefined of a mail that is about no request and no membership. */
export function joiningOffers(
  content: Content,
  settings: Settings,
  now: Instant,
): readonly Suggestion[] | undefined {
  switch (content.kind) {
    case 'application':
      return offered(arrivalOffers(content.application), 'admin', settings)
    case 'application-answer':
      return offered(applicantsOffers(content), 'applicant', settings)
    case 'application-review':
      return offered(teamsOffers(content.standing, settings, now), 'admin', settings)
    case 'application-circulated':
      return offered(membersOffers(content), 'member', settings)
    case 'member-welcome':
      return offered(NEWCOMERS, 'member', settings)
    default:
      return undefined
  }
}

/** Of what came in a mail that an admin reads. */
function arrivalOffers({ id, state }: Application): readonly Offer[] {
  const look = { label: 'See all that is known', verb: 'show', rest: id, block: 'none' } as const
  const spam = { label: 'Close it as spam, telling nobody', verb: 'spam', rest: id, block: 'none' } as const
  return state === 'open' ? [look, spam] : [look]
}

function applicantsOffers({
  application: { id, proven },
  occasion,
}: Extract<Content, { kind: 'application-answer' }>): readonly Offer[] {
  if (proven === undefined || occasion === 'lapsed') return []
  return [
    { label: 'See where it stands', verb: 'status', rest: id, block: 'none' },
    { label: 'Withdraw it', verb: 'withdraw', rest: id, block: 'none' },
  ]
}

function teamsOffers(
  { application, objectionsUntil, way }: ApplicationStanding,
  settings: Settings,
  now: Instant,
): readonly Offer[] {
  const { id, proven, circulatedAt, project } = application
  const mayObject =
    policyOf(settings, project).membership?.review.objection !== undefined &&
    (objectionsUntil === undefined || now < objectionsUntil)
  return [
    ...(proven === undefined || circulatedAt !== undefined || way === 'found'
      ? []
      : [
          {
            label: 'Ask the members whether they know them',
            verb: 'circulate',
            rest: id,
            block: 'none',
          } as const,
        ]),
    ...(mayObject
      ? [{ label: 'Object, with why in the gap', verb: 'object', rest: id, block: 'gap' } as const]
      : []),
    proven === undefined
      ? {
          label: 'Decline it, with a reason in the gap that anyone may read on its way',
          verb: 'decline',
          rest: `${id} clear=yes`,
          block: 'gap',
        }
      : { label: 'Decline it, with the reason in the gap', verb: 'decline', rest: id, block: 'gap' },
  ]
}

function membersOffers({
  application: { id, key },
  objections,
  vouches,
}: Extract<Content, { kind: 'application-circulated' }>): readonly Offer[] {
  const vouch = {
    label: 'Vouch for them, with how you know them in the gap',
    verb: 'vouch',
    rest: `${id} for=${key?.fingerprint}`,
    block: 'gap',
  } as const
  const object = { label: 'Object, with why in the gap', verb: 'object', rest: id, block: 'gap' } as const
  return [...(vouches === 'none' ? [] : [vouch]), ...(objections === undefined ? [] : [object])]
}

const NEWCOMERS: readonly Offer[] = [
  { label: 'See what is kept of you', verb: 'my', rest: '', block: 'none' },
  { label: 'Tell of a leak: what, to whom and when, in the gap', verb: 'leak', rest: '', block: 'gap' },
]

const offered = (all: readonly Offer[], reader: Role, { instance }: Settings): readonly Suggestion[] =>
  all
    .filter(({ verb }) => {
      const command = commandNamed(verb)
      return (
        command !== undefined &&
        command.nature !== 'irreversible' &&
        (command.roles.includes(reader) || command.roles.includes('anyone'))
      )
    })
    .map(({ label, verb, rest, block }) => {
      const line = [verb, rest, block === 'gap' ? '<<' : ''].filter(word => word !== '').join(' ')
      return { label, body: `embargod ${instance}\n${line}\n${block === 'gap' ? '\n.\n' : ''}` }
    })
