// `grant-share` and `deny-share`: what comes of a member's request to tell somebody else. Where the list decides it
// must agree explicitly, so many organisations by name; one objection, a member's or an admin's, ends the request.
import type { Case } from '../../../model/case.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok, type Result } from '../../../model/result.ts'
import { type ContactId, parseContactId } from '../../../model/scalars.ts'
import { policyOf } from '../../../model/settings.ts'
import { isUndecided, type ShareRequest } from '../../../model/sharing.ts'
import { formatInstant } from '../../../model/time.ts'
import { rolesIn } from '../../authority.ts'
import { caseAfter } from '../../known.ts'
import { refuseOwn, withColleagues } from '../../membership/contacts.ts'
import {
  agreedOf,
  neededFrom,
  othersThan,
  outcomeMails,
  toldAs,
  toldContacts,
} from '../../sharing/sharing.ts'
import { type CaseArguments, caseFact, takeCase } from '../case/case-verbs.ts'
import { defineCommand, type Effect, effect, type Refusal, refuse, type World } from '../command.ts'
import type { ParsedCommand } from '../grammar.ts'
import { findSharedCase } from './ask-share.ts'

const REASON_CHARACTERS = 10_000

type Wanted = CaseArguments & { readonly to: ContactId }

function parseAnswer(parsed: ParsedCommand, block: 'needed' | 'none'): Result<Wanted, string> {
  const taken = takeCase(parsed, { named: ['to'], block })
  if (!taken.ok) return taken
  const to = parseContactId(taken.value.named.get('to') ?? '')
  if (to === undefined) return err('to= is the contact who asks, like to=M-771234')
  if ((taken.value.block?.length ?? 0) > REASON_CHARACTERS)
    return err(`a reason has at most ${REASON_CHARACTERS} characters`)
  return ok({ ...taken.value, to })
}

export const grantShare = defineCommand({
  verb: 'grant-share',
  usage: 'grant-share C-… to=M-…',
  summary: 'let a member tell those whom they asked about; where the list decides, agree to it as a member',
  roles: ['member', 'admin'],
  nature: 'reversible',
  parse: parsed => parseAnswer(parsed, 'none'),
  decide: (wanted, world) => {
    const found = findRequest(wanted, world)
    if (!found.ok) return found
    const { theCase, request, decides, answerer } = found.value
    const asker = world.contacts.find(one => one.id === request.asker)
    if (asker?.state !== 'active')
      return refuse('E-STATE', `${request.asker} is on the list no more; nothing is granted to them.`)
    // Nor does the team decide on what is asked by one of them (threats.md A23).
    const own = answerer === 'team' ? refuseOwn(withColleagues([asker], world), world) : ok(undefined)
    if (!own.ok) return own
    return decides === 'team'
      ? granted(theCase, request, world, [], 'team')
      : agree(theCase, request, answerer, world)
  },
})

export const denyShare = defineCommand({
  verb: 'deny-share',
  usage: 'deny-share C-… to=M-… << reason',
  summary: 'do not let a member tell others; where the list decides, one member or admin who says no ends it',
  roles: ['member', 'admin'],
  nature: 'reversible',
  parse: parsed => parseAnswer(parsed, 'needed'),
  decide: (wanted, world) => {
    const found = findRequest(wanted, world)
    if (!found.ok) return found
    const { theCase, request, answerer } = found.value
    const { block: reason } = wanted
    const fact = { ...caseFact(theCase, world), kind: 'share-decided', asker: request.asker } as const
    const by = answerer === 'team' ? 'team' : 'list'
    return effect('ok', plaintext(`${request.asker} may not tell others of ${theCase.id}, and hears why.`), {
      facts: { case: theCase.id, contact: request.asker },
      events: [{ ...fact, as: 'denied', reason }],
      mails: outcomeMails(theCase, request, { as: 'denied', by, reason }, world.contacts),
      // A member's words are not for our voice.
      others: by === 'list' ? 'told' : 'to-be-told',
    })
  },
})

type Found = {
  readonly theCase: Case
  readonly request: ShareRequest
  readonly decides: 'team' | 'list'
  /** An admin, or a contact who was told. */
  readonly answerer: 'team' | ContactId
}

/** The open request, if it is this person's to answer. */
function findRequest(wanted: Wanted, world: World): Result<Found, Refusal> {
  const shared = findSharedCase(wanted, world)
  if (!shared.ok) return shared
  const theCase = shared.value
  const { id, project } = theCase
  const decides = policyOf(world.settings, project).sharing?.approvedBy
  if (decides === undefined)
    return refuse('E-POLICY', 'The policy lets nobody share it further; there is nothing to decide.')
  const isAdmin = rolesIn(theCase, world.who, world.settings).includes('admin')
  const contact = toldAs(theCase, world.who, world)
  if (!isAdmin && (decides === 'team' || contact === undefined))
    return refuse('E-POLICY', 'The team decides on that; there is nothing for you to send.')
  const request = theCase.sharing.find(one => one.asker === wanted.to && isUndecided(one))
  if (request === undefined)
    return refuse('E-UNKNOWN', `No request of ${wanted.to} is open in ${id}; it may be decided already.`)
  if (world.now >= request.due)
    return refuse(
      'E-STATE',
      `The request of ${wanted.to} lapsed at ${formatInstant(request.due)}; it can be made again: ask-share`,
    )
  return ok({ theCase, request, decides, answerer: isAdmin || contact === undefined ? 'team' : contact.id })
}

function granted(
  theCase: Case,
  request: ShareRequest,
  world: World,
  before: Effect['events'],
  by: 'team' | 'list',
): Result<Effect, Refusal> {
  const { asker } = request
  const fact = { ...caseFact(theCase, world), kind: 'share-decided', asker } as const
  return effect(
    'ok',
    plaintext(`${asker} may tell those whom they asked about in ${theCase.id}, and hears it.`),
    {
      facts: { case: theCase.id, contact: asker },
      events: [...before, { ...fact, as: 'granted', reason: undefined }],
      mails: outcomeMails(theCase, request, { as: 'granted', by, reason: undefined }, world.contacts),
    },
  )
}

/** One organisation's word; the last one that is needed grants it. */
function agree(
  theCase: Case,
  request: ShareRequest,
  answerer: 'team' | ContactId,
  world: World,
): Result<Effect, Refusal> {
  const { id, project } = theCase
  const { asker, of } = request
  const told = toldContacts(theCase, world)
  const count = policyOf(world.settings, project).sharing?.count ?? 1
  const needed = neededFrom(othersThan(of, told), count)
  if (answerer === 'team')
    return refuse(
      'E-POLICY',
      `The list decides on that, by ${needed} organisations; you can only say no: deny-share`,
    )
  const voter = told.find(one => one.id === answerer)
  if (voter === undefined || voter.distributor === of)
    return refuse('E-POLICY', 'Another organisation has to agree to that; there is nothing for you to send.')
  if (request.agreed.some(one => one.of === voter.distributor && told.some(({ id }) => id === one.voter)))
    return effect('noop', plaintext('Your organisation has agreed to that already.'))
  const event = {
    ...caseFact(theCase, world),
    kind: 'share-agreed',
    asker,
    voter: voter.id,
    of: voter.distributor,
  } as const
  const after = caseAfter(theCase, id, [event])?.sharing.find(one => one.asker === asker && isUndecided(one))
  const agreed = after === undefined ? 0 : agreedOf(after, told)
  if (after !== undefined && agreed >= needed) return granted(theCase, after, world, [event], 'list')
  return effect(
    'ok',
    plaintext(`Your organisation agrees to the request of ${asker} in ${id}; ${agreed} of ${needed} do.`),
    {
      facts: { case: id, contact: asker, agreed, needed },
      events: [event],
      others: 'told',
    },
  )
}
