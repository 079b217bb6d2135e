// `show`: all that is known of a case, of a request to join, or of an organisation or contact on a distributors list,
// without changing anything; the reporter's address and key, and all of the list, for admins only.
import type { Case } from '../../../model/case.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { ok, type Result } from '../../../model/result.ts'
import {
  type ApplicationId,
  type ContactId,
  type DistributorId,
  parseApplicationId,
  parseContactId,
  parseDistributorId,
} from '../../../model/scalars.ts'
import { policyOf } from '../../../model/settings.ts'
import { formatInstant } from '../../../model/time.ts'
import { rolesIn, rolesOf } from '../../authority.ts'
import { describeContact, describeDistributor } from '../../membership/description.ts'
import { adminsView } from '../../membership/whereabouts.ts'
import { answersOf, type OrganisationAnswers, silentOf } from '../../sharing/answers.ts'
import { tallyOf } from '../../sharing/tally.ts'
import { defineCommand, type Effect, effect, type Refusal, refuse, type World } from '../command.ts'
import type { ParsedCommand } from '../grammar.ts'
import { noApplication } from '../membership/application-verbs.ts'
import { describe } from './case-description.ts'
import { type CaseArguments, findCase, takeCase } from './case-verbs.ts'

type Wanted =
  | { readonly kind: 'case'; readonly case: CaseArguments }
  | { readonly kind: 'application'; readonly id: ApplicationId }
  | { readonly kind: 'member'; readonly id: DistributorId | ContactId }

export const show = defineCommand<Wanted>({
  verb: 'show',
  usage: 'show C-…|A-…|D-…|M-…',
  summary: 'what is known of a case; or, for an admin, of a request to join, an organisation or a contact',
  roles: ['admin', 'maintainer', 'fix-team', 'lead'],
  nature: 'reversible',
  parse: parseShow,
  decide: (wanted, world) => {
    if (wanted.kind === 'application') return showApplication(wanted.id, world)
    if (wanted.kind === 'member') return showMember(wanted.id, world)
    const found = findCase(wanted.case, world)
    if (!found.ok) return found
    const isAdmin = rolesIn(found.value, world.who, world.settings).includes('admin')
    const text = describe(found.value, {
      policy: policyOf(world.settings, found.value.project),
      now: world.now,
      notices: noticesAbout(found.value, world),
      copies: world.copies,
      posts: isAdmin ? waitingAbout(found.value, world) : [],
      tally: tallyOf(found.value, world),
      answers: answersOf(found.value, world),
      reader: isAdmin ? 'admin' : 'insider',
    })
    return effect('ok', plaintext(text), {
      facts: { ...factsOf(found.value), ...answerFacts(answersOf(found.value, world)) },
    })
  },
})

function parseShow(parsed: ParsedCommand): Result<Wanted, string> {
  const [first, ...rest] = parsed.arguments
  const isAlone = rest.length === 0 && parsed.block === undefined
  const text = first !== undefined && 'text' in first && isAlone ? first.text : ''
  const application = parseApplicationId(text)
  if (application !== undefined) return ok({ kind: 'application', id: application })
  const member = parseDistributorId(text) ?? parseContactId(text)
  if (member !== undefined) return ok({ kind: 'member', id: member })
  const taken = takeCase(parsed, { named: [], block: 'none' })
  return taken.ok ? ok({ kind: 'case', case: taken.value }) : taken
}

function showApplication(id: ApplicationId, world: World): Result<Effect, Refusal> {
  const found = world.applications.get(id)
  if (found === undefined || !rolesOf(world.who, world).includes('admin')) return noApplication(id)
  return effect('ok', plaintext(adminsView(found, world)), {
    facts: {
      application: id,
      project: found.project,
      state: found.state,
      received: formatInstant(found.receivedAt),
      mails: found.thread.length,
    },
  })
}

function showMember(id: DistributorId | ContactId, world: World): Result<Effect, Refusal> {
  const contact = world.contacts.find(one => one.id === id)
  const distributor = world.distributors.find(one => one.id === (contact?.distributor ?? id))
  const isAdmin = rolesOf(world.who, world).includes('admin')
  if (distributor === undefined || !isAdmin)
    return refuse('E-UNKNOWN', `Nobody on the list has the id ${id}; look with: roster`)
  const policy = policyOf(world.settings, distributor.project)
  const facts = { distributor: distributor.id, project: distributor.project, state: distributor.state }
  if (contact !== undefined)
    return effect('ok', plaintext(describeContact(contact, policy, 'content')), {
      facts: { contact: contact.id, ...facts, state: contact.state },
    })
  const contacts = world.contacts.filter(one => one.distributor === id)
  const { joined } = distributor
  const application = 'from' in joined ? world.applications.get(joined.from) : undefined
  const text = describeDistributor({ distributor, contacts, application, policy }, 'content')
  return effect('ok', plaintext(text), { facts: { ...facts, contacts: contacts.length } })
}

const answerFacts = (all: readonly OrganisationAnswers[]): Record<string, number> =>
  all.length === 0 ? {} : { organisations: all.length, silent: silentOf(all).length }

const noticesAbout = ({ id }: Case, { notices }: World) =>
  [...notices.values()].filter(one => one.case === id).sort((a, b) => a.sendAt - b.sendAt)

const waitingAbout = ({ id }: Case, { posts }: World) =>
  [...posts.values()].filter(one => one.case === id && one.state === 'waiting')

function factsOf(theCase: Case): Record<string, string | number> {
  const { severity, severityProposed, cve, public: known, held, extended, embargo, mergedInto } = theCase
  const optional = {
    severity: severity?.vector,
    severityProposed: severityProposed?.vector,
    cve: cve.kind === 'assigned' ? cve.id : undefined,
    public: known && formatInstant(known.at),
    held: held && formatInstant(held.at),
    disclose: embargo.disclose && formatInstant(embargo.disclose),
    embargo: embargo.disclose && embargo.state,
    extended: extended && formatInstant(extended.until),
    mergedInto,
    leadOffered: theCase.leadOffered,
    advisory: theCase.advisory,
  }
  const facts: Record<string, string | number> = {
    case: theCase.id,
    project: theCase.project,
    state: theCase.state,
    revision: theCase.revision,
    received: formatInstant(theCase.receivedAt),
    protection: theCase.protection,
    channel: theCase.channel,
    lead: theCase.lead ?? 'none',
    shared: theCase.sharedWith,
    fixTeam: theCase.fixTeam.map(one => one.name).join(' '),
    mails: theCase.thread.length,
    replies: theCase.replies.length,
  }
  for (const [name, value] of Object.entries(optional)) if (value !== undefined) facts[name] = value
  return facts
}
