// `spam`: closes many cases at once, by number or all that one sender opened, or requests to join by number. Nobody
// outside hears of it, and `ham` takes each case back; who asks to join again asks anew.
import type { Application } from '../../../model/application.ts'
import { type Case, isOpen } from '../../../model/case.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok, type Result } from '../../../model/result.ts'
import {
  type ApplicationId,
  type CaseId,
  type EmailAddress,
  parseApplicationId,
  parseCaseId,
  parseEmailAddress,
  sameMailbox,
} from '../../../model/scalars.ts'
import { ENDED } from '../../membership/whereabouts.ts'
import { defineCommand, type Effect, effect, type Refusal, refuse, type World } from '../command.ts'
import type { ParsedCommand } from '../grammar.ts'
import { applicationFact, noApplication } from '../membership/application-verbs.ts'
import { caseFact, findUnpublishedCase, withoutNotices } from './case-verbs.ts'

/** Cases of one command; the answer says to send it again where there are more. */
const MOST_CASES = 1_000
/** Numbers that an answer spells out. */
const MOST_NAMED = 20

type Wanted =
  | { readonly kind: 'cases'; readonly cases: readonly CaseId[] }
  | { readonly kind: 'applications'; readonly applications: readonly ApplicationId[] }
  | { readonly kind: 'sender'; readonly address: EmailAddress }

export const spam = defineCommand<Wanted>({
  verb: 'spam',
  usage: 'spam C-… [C-… …] or: spam from=ADDRESS or: spam A-… [A-… …]',
  summary:
    'close cases as spam, many at once, or all new ones of one sender; or requests to join; nobody is told',
  roles: ['admin'],
  nature: 'reversible',
  parse: parseSpam,
  decide: (wanted, world) => {
    if (wanted.kind === 'applications') return spamApplications(wanted.applications, world)
    const asked =
      wanted.kind === 'sender' ? ok(newOnesOf(wanted.address, world)) : casesOf(wanted.cases, world)
    if (!asked.ok) return asked
    const left = wanted.kind === 'sender' ? leftAlone(wanted.address, world) : []
    const more = asked.value.length > MOST_CASES ? '\nThere are more: send it again.' : ''
    const kept = left.length === 0 ? '' : `\n${left.join(', ')} is past triage and left as it is.`
    const closed = asked.value.slice(0, MOST_CASES)
    if (closed.length === 0) return effect('noop', plaintext(`There is nothing to close.${kept}`))
    const named = closed.slice(0, MOST_NAMED).map(one => one.id)
    const others = closed.length > named.length ? ` and ${closed.length - named.length} more` : ''
    const verb = closed.length === 1 ? 'is' : 'are'
    return effect(
      'ok',
      plaintext(`${named.join(', ')}${others} ${verb} closed as spam.${kept}${more}\nNobody is told.`),
      {
        facts: { cases: closed.length, state: 'spam' },
        events: closed.map(one => ({
          ...caseFact(one, world),
          kind: 'case-rejected',
          as: 'spam',
          reason: plaintext(''),
        })),
      },
    )
  },
})

function parseSpam(parsed: ParsedCommand): Result<Wanted, string> {
  if (parsed.block !== undefined) return err('it takes no text block')
  const cases: CaseId[] = []
  const applications: ApplicationId[] = []
  let sender: EmailAddress | undefined
  for (const argument of parsed.arguments) {
    if (argument.kind === 'named' && argument.name === 'from' && sender === undefined) {
      const address = parseEmailAddress(argument.value)
      if (!address.ok) return err(`from= ${address.error}`)
      sender = address.value
      continue
    }
    const word = 'text' in argument ? argument.text : ''
    const [id, application] = [parseCaseId(word), parseApplicationId(word)]
    if (id !== undefined) cases.push(id)
    else if (application !== undefined) applications.push(application)
    else return err('it takes cases like C-482107, requests like A-771234, or one from=')
  }
  if (applications.length > 0)
    return cases.length > 0 || sender !== undefined
      ? err('requests to join go in a command of their own')
      : ok({ kind: 'applications', applications: [...new Set(applications)] })
  if (sender !== undefined)
    return cases.length > 0
      ? err('it takes cases or from=, not both')
      : ok({ kind: 'sender', address: sender })
  return cases.length === 0
    ? err('the cases (C-…) are missing')
    : ok({ kind: 'cases', cases: [...new Set(cases)] })
}

function spamApplications(ids: readonly ApplicationId[], world: World): Result<Effect, Refusal> {
  const found: Application[] = []
  for (const id of ids) {
    const one = world.applications.get(id)
    if (one === undefined) return noApplication(id)
    if (one.state === 'spam') continue
    if (one.state !== 'open') return refuse('E-STATE', `${id} ${ENDED[one.state]}; leave it out.`)
    found.push(one)
  }
  if (found.length === 0) return effect('noop', plaintext('There is nothing to close.'))
  const verb = found.length === 1 ? 'is' : 'are'
  return effect(
    'ok',
    plaintext(`${found.map(({ id }) => id).join(', ')} ${verb} closed as spam.\nNobody is told.`),
    {
      facts: { applications: found.length, state: 'spam' },
      events: found.map(one =>
        applicationFact(one, world, { kind: 'application-ended', as: 'spam', reason: undefined }),
      ),
    },
  )
}

function casesOf(ids: readonly CaseId[], world: World): Result<readonly Case[], Refusal> {
  const found: Case[] = []
  for (const id of ids) {
    if (world.cases.get(id)?.state === 'spam') continue
    const wanted = { case: id, positional: [], named: new Map(), attachments: [], block: undefined }
    const one = findUnpublishedCase(wanted, world)
    if (!one.ok) return one
    const free = withoutNotices(one.value, world)
    if (!free.ok) return free
    found.push(one.value)
  }
  return ok(found)
}

/** Anybody can write in another's name, so that what was triaged already is no spam by its sender alone. */
const newOnesOf = (address: EmailAddress, world: World): readonly Case[] =>
  [...world.cases.values()].filter(
    one => one.state === 'new' && isBy(one, address) && withoutNotices(one, world).ok,
  )

const leftAlone = (address: EmailAddress, { cases }: World): readonly CaseId[] =>
  [...cases.values()]
    .filter(one => isOpen(one) && one.state !== 'new' && isBy(one, address))
    .map(one => one.id)

const isBy = ({ reporter }: Case, address: EmailAddress): boolean =>
  reporter.address !== undefined && sameMailbox(reporter.address, address)
