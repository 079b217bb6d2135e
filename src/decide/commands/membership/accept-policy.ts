// `accept-policy`: somebody accepts the embargo policy, by version and SHA-256, and with no word beside it (threats.md
// E11). Of a text that does not hold, or with conditions, it is refused.
import type { Event } from '../../../model/event.ts'
import type { Suggestion } from '../../../model/order.ts'
import { plaintext } from '../../../model/plaintext.ts'
import type { Terms } from '../../../model/policy.ts'
import { err, ok, type Result } from '../../../model/result.ts'
import {
  type Accepting,
  acceptanceOf,
  acceptedBy,
  acceptingWith,
  termsFor,
} from '../../membership/acceptance.ts'
import { acceptingAnswer } from '../../membership/proof.ts'
import { quoted } from '../../quoted.ts'
import { defineCommand, effect, type Refusal, refuse, takeArguments, type World } from '../command.ts'

type Wanted = { readonly id: string | undefined; readonly version: string; readonly sha256: string }

const USAGE = 'accept-policy [A-…|M-…] version=… sha256=…'

export const acceptPolicy = defineCommand<Wanted>({
  verb: 'accept-policy',
  usage: USAGE,
  summary: 'accept the embargo policy, by its version and SHA-256, without conditions',
  roles: ['applicant', 'member', 'suspended'],
  nature: 'reversible',
  parse: parsed => {
    const [first] = parsed.arguments
    const names = first !== undefined && first.kind !== 'named'
    const expected = { named: ['version', 'sha256'], block: 'none', attachments: 'none' } as const
    const taken = takeArguments(parsed, { ...expected, positional: names ? ['A-… or M-…'] : [] })
    if (!taken.ok) return taken
    const { positional, named } = taken.value
    const [version, sha256] = [named.get('version'), named.get('sha256')]
    if (version === undefined) return err('version= is missing')
    if (sha256 === undefined) return err('sha256= is missing')
    return ok({ id: positional[0]?.toUpperCase(), version, sha256: sha256.toLowerCase() })
  },
  decide: ({ id, ...named }, world) => {
    if (world.who === 'operator') return refuse('E-ROLE', 'Only a member or an applicant accepts it.')
    const theirs = acceptingAs(id, acceptingWith(world.who, world))
    if (theirs.length === 0) return refuse('E-UNKNOWN', `Your key speaks for no ${id ?? 'member'} here.`)
    const accepting = theirs.filter(one => names(named, termsFor(one, world)))
    const [first] = accepting
    if (first === undefined) return otherText(theirs, world)
    const conditional = unconditional(world, answersFor(accepting, world))
    if (!conditional.ok) return conditional
    const open = accepting.filter(one => one.acceptance?.sha256 !== named.sha256)
    const text = `version ${named.version} of the embargo policy`
    if (open.length === 0) return effect('noop', plaintext(`You have accepted ${text} before.`))
    const ids = open.map(one => one.id).join(', ')
    return effect('ok', plaintext(`${ids} accepts ${text}.`), {
      facts: { of: ids, ...named },
      events: open.flatMap((one): readonly Event[] => {
        const terms = termsFor(one, world)
        if (terms === undefined) return []
        const acceptance = acceptanceOf(terms, world.now, 'explicit', world.inbound)
        if ('distributor' in one) return acceptedBy(one, acceptance, world)
        const fact = { at: world.now, actor: world.actor, application: one.id }
        return [{ ...fact, kind: 'application-accepted-terms', acceptance }]
      }),
    })
  },
})

/** Anyone may apply with a member's key: unless they name the application, a member accepts as a member. */
function acceptingAs(id: string | undefined, all: readonly Accepting[]): readonly Accepting[] {
  if (id !== undefined) return all.filter(one => one.id === id)
  const contacts = all.filter(one => 'distributor' in one)
  return contacts.length > 0 ? contacts : all
}

const names = ({ version, sha256 }: Omit<Wanted, 'id'>, terms: Terms | undefined): boolean =>
  terms?.version === version && terms.sha256 === sha256

/** The commands of a mail that accepts stand alone in it: who adds a word may mean a condition. `instead`: the same without. */
export function unconditional(
  { besides, settings }: World,
  instead: Refusal['suggestions'],
): Result<undefined, Refusal> {
  if (besides === 'nothing') return ok(undefined)
  return refuse(
    'E-POLICY',
    `Your mail says more than the commands. Accept the policy without conditions, in a mail that says nothing else, or ask the team: ${settings.addresses.security}`,
    instead,
  )
}

/** What they would have to accept instead, and its words. */
function otherText(theirs: readonly Accepting[], world: World): Result<never, Refusal> {
  const texts = theirs.map(one => termsFor(one, world)).filter(terms => terms !== undefined)
  if (texts.length === 0) return refuse('E-STATE', 'There is no embargo policy to accept here.')
  return refuseText(texts, answersFor(theirs, world))
}

/** The line for each that accepts the text that holds. */
const answersFor = (theirs: readonly Accepting[], world: World): readonly Suggestion[] =>
  theirs.flatMap(one => {
    const terms = termsFor(one, world)
    return terms === undefined ? [] : [acceptingAnswer(one.id, terms, world.settings)]
  })

/** That another text holds, which it shows with its version; `suggestions` accept it. */
export function refuseText(
  present: readonly Terms[],
  suggestions: Refusal['suggestions'],
): Result<never, Refusal> {
  const texts = [...new Map(present.map(terms => [terms.sha256, terms])).values()]
  const shown = texts.flatMap(({ version, text }) => quoted(`It is version ${version}`, plaintext(text)))
  const sentence = 'That is not the embargo policy that holds now; read this one and accept it.'
  return refuse('E-POLICY', [sentence, ...shown].join('\n'), suggestions)
}
