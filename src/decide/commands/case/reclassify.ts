// `reclassify`: what a mail was taken for when it opened a case, put right by a person.
import { evolveApplication } from '../../../model/application.ts'
import { type Case, isUnpublished } from '../../../model/case.ts'
import type { Event } from '../../../model/event.ts'
import type { MailOrder } from '../../../model/order.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok, type Result } from '../../../model/result.ts'
import { foldedMailbox, UNROUTED } from '../../../model/scalars.ts'
import { canBeJoined } from '../../../model/settings.ts'
import { whoHears } from '../../consequences.ts'
import { NO_ANSWERS } from '../../membership/answers.ts'
import { toApplicant } from '../../membership/application-orders.ts'
import { defineCommand, effect, type Refusal, refuse, type World } from '../command.ts'
import { caseFact, findCase, findUnpublishedCase, takeCase, withoutNotices } from './case-verbs.ts'

const KINDS = ['report', 'not-security', 'application', 'automatic'] as const

/** What the answer calls them. */
const names = {
  report: 'a report',
  'not-security': 'a bug without harm to security',
  application: 'an application for membership',
  automatic: 'mail of a machine',
} as const

export const reclassify = defineCommand({
  verb: 'reclassify',
  usage: `reclassify C-… as=${KINDS.join('|')}`,
  summary:
    'say what the mail is; report opens a case again, application asks its writer for what joining the list takes',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeCase(parsed, { named: ['as'], block: 'none' })
    if (!taken.ok) return taken
    const as = KINDS.find(one => one === taken.value.named.get('as')?.toLowerCase())
    return as === undefined ? err(`as= is one of ${KINDS.join(', ')}`) : ok({ ...taken.value, as })
  },
  decide: (wanted, world) => {
    const known = findCase(wanted, world)
    if (!known.ok) return known
    const { id, ended, state, content } = known.value
    const fact = caseFact(known.value, world)
    const { as } = wanted
    const facts = { case: id, as }
    const isSo =
      as === 'report' ? ended === undefined && isUnpublished(known.value) : isEndedAs(as, known.value)
    if (isSo) return effect('noop', plaintext(`${id} counts as ${names[as]} already.`))
    if (as === 'report') {
      if (ended === undefined || content === 'purged')
        return refuse(
          'E-STATE',
          `${id} is ${state} and stays so; open a new one with: open from=… att:mail.eml`,
        )
      return effect('ok', plaintext(`${id} is ${ended.from} again.${whoHears(known.value, ended.from)}`), {
        facts: { ...facts, state: ended.from },
        events: [{ ...fact, kind: 'case-reopened', to: ended.from }],
      })
    }
    const found = findUnpublishedCase(wanted, world)
    if (!found.ok) return found
    const free = withoutNotices(found.value, world)
    if (!free.ok) return free
    if (as === 'not-security')
      return effect('ok', plaintext(`${id} counts as ${names[as]}.${whoHears(found.value, as)}`), {
        facts: { ...facts, state: as },
        events: [{ ...fact, kind: 'case-rejected', as, reason: plaintext('') }],
      })
    const asked = as === 'application' ? askingToJoin(found.value, world) : ok(undefined)
    if (!asked.ok) return asked
    const told = asked.value === undefined ? 'Nobody is told.' : asked.value.told
    return effect('ok', plaintext(`${id} counts as ${names[as]}.\n${told}`), {
      facts: { ...facts, state: 'internal' },
      events: [{ ...fact, kind: 'case-reclassified', as }, ...(asked.value?.events ?? [])],
      mails: asked.value?.mails ?? [],
    })
  },
})

type Asked = {
  readonly told: string
  readonly events: readonly Event[]
  readonly mails: readonly MailOrder[]
}

/**
 * The request to join that the reporter of a case meant to make, by an admin's word; undefined: nobody can join there.
 * What the mail says of the criteria counts when they answer it themselves.
 */
function askingToJoin(theCase: Case, world: World): Result<Asked | undefined, Refusal> {
  const { settings, now, actor, fresh } = world
  const { id, project, reporter, thread, receivedAt, messageId } = theCase
  const open = settings.projects.filter(canBeJoined)
  const hasList = open.some(({ name }) => name === project)
  if (project === UNROUTED && open.length > 0)
    return refuse('E-STATE', `${id} belongs to no project yet; first send: route ${id} PROJECT`)
  const [first] = thread
  const { address, key } = reporter
  if (!hasList || first === undefined) return ok(undefined)
  if (address === undefined)
    return refuse('E-STATE', `${id} has no address of whoever asks; first send: reporter ${id} address=…`)
  const known = [...world.applications.values()].find(
    one =>
      one.state === 'open' &&
      one.project === project &&
      foldedMailbox(one.address) === foldedMailbox(address),
  )
  if (known !== undefined)
    return ok({
      told: `${known.id} of the same mailbox waits already. Nobody is told.`,
      events: [],
      mails: [],
    })
  const [application] = fresh.applications
  if (application === undefined)
    return refuse('E-STATE', 'The mail makes too many things at once; send several mails.')
  const opened = {
    kind: 'application-opened',
    at: now,
    actor,
    application,
    project,
    receivedAt,
    inbound: first.inbound,
    address,
    answers: NO_ANSWERS,
    key,
  } as const
  const one = evolveApplication(undefined, opened)
  const content = { kind: 'application-answer', occasion: 'opened', application: one } as const
  const order = toApplicant(one, content, { kind: 'nobody' }, messageId)
  return ok({
    told: `It is ${application} now, and whoever wrote it is asked for the answers that the policy wants.`,
    events: [opened],
    mails: [order],
  })
}

const isEndedAs = (
  as: Exclude<(typeof KINDS)[number], 'report'>,
  { state, ended }: Parameters<typeof isUnpublished>[0],
): boolean => state === as || (ended?.told === 'nobody' && ended.reason?.open() === as)
