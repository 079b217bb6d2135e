// `audience`: for whom a notice is meant, as long as none of it went out. Irreversible, since whoever it adds reads
// it: it waits for a confirmation, which shows whom it adds and takes away.
import { isOpen } from '../../../model/case.ts'
import type { Contact } from '../../../model/contact.ts'
import type { Notice } from '../../../model/notice.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok, type Result } from '../../../model/result.ts'
import { type NoticeId, parseNoticeId } from '../../../model/scalars.ts'
import { policyOf } from '../../../model/settings.ts'
import {
  AUDIENCE_ARGUMENTS,
  audienceFrom,
  audienceWords,
  leftOutLines,
  reachOf,
} from '../../notices/audience.ts'
import {
  defineCommand,
  effect,
  type Refusal,
  refuse,
  type Taken,
  takeArguments,
  type World,
} from '../command.ts'
import { confirmersFor, whyNotYours } from './stage-rules.ts'

type Wanted = Taken & { readonly notice: NoticeId }

export const audience = defineCommand<Wanted>({
  verb: 'audience',
  usage: 'audience N-… [class=…] [include=D-…,M-…] [exclude=D-…,M-…]',
  summary: 'for whom a notice that has not gone out is meant; without arguments for all on the list',
  roles: ['admin'],
  nature: 'irreversible',
  parse: parsed => {
    const taken = takeArguments(parsed, {
      positional: ['the notice (N-…)'],
      named: AUDIENCE_ARGUMENTS,
      block: 'none',
      attachments: 'none',
    })
    if (!taken.ok) return taken
    const [word = ''] = taken.value.positional
    const id = parseNoticeId(word)
    return id === undefined
      ? err(`"${word}" is not a notice like N-309123`)
      : ok({ ...taken.value, notice: id })
  },
  decide: (wanted, world) => {
    const found = findWaiting(wanted.notice, world)
    if (!found.ok) return found
    const { id, project, stage, audience: before } = found.value
    const theCase = world.cases.get(found.value.case)
    const { settings } = world
    const rule = policyOf(settings, project).notices.stages.find(one => one.name === stage)
    const forbidden = theCase && rule && whyNotYours(theCase, rule, world)
    if (forbidden !== undefined) return err(forbidden)
    const after = audienceFrom(wanted.named, project, world, settings)
    if (!after.ok) return refuse('E-UNKNOWN', after.error)
    if (audienceWords(before) === audienceWords(after.value))
      return refuse('E-STATE', `${id} is meant for just them already; look with: show ${found.value.case}`)
    const was = reachOf(project, before, world).readers
    const reach = reachOf(project, after.value, world)
    const is = reach.readers
    if (is.length === 0)
      return refuse('E-STATE', `Nobody would get ${id}. To send it to nobody, send: cancel ${id}`)
    const lines = [
      `${id} goes to ${is.length} contacts instead of ${was.length}:`,
      ...named('Added', without(is, was)),
      ...named('Taken away', without(was, is)),
      ...leftOutLines(reach),
    ]
    return effect('ok', plaintext(lines.join('\n')), {
      facts: { notice: id, case: found.value.case, recipients: is.length },
      events: [
        {
          kind: 'notice-audience-set',
          at: world.now,
          actor: world.actor,
          notice: id,
          audience: after.value,
        },
      ],
      audience: is.map(({ address }) => address),
      confirmers: rule === undefined ? 0 : confirmersFor(rule, settings),
    })
  },
})

/** A notice to distributors of which nothing went out. */
function findWaiting(id: NoticeId, { notices, cases }: World): Result<Notice, Refusal> {
  const found = notices.get(id)
  if (found === undefined) return refuse('E-UNKNOWN', `There is no notice ${id}; check the number.`)
  const again = `for others send another: notice ${found.case} stage=${found.stage} send=… include=… << text`
  if (found.to === 'users')
    return refuse('E-STATE', `${id} goes to all users; to stop it, send: cancel ${id}`)
  if (found.state === 'cancelled') return refuse('E-STATE', `${id} is cancelled; ${again}`)
  if (found.state === 'released' || found.releasedAt !== undefined)
    return refuse('E-STATE', `${id} has begun to go out; ${again}`)
  const theCase = cases.get(found.case)
  if (theCase !== undefined && !isOpen(theCase))
    return refuse('E-STATE', `${theCase.id} ended as ${theCase.state}; nothing is disclosed about it.`)
  return ok(found)
}

const without = (some: readonly Contact[], others: readonly Contact[]): readonly Contact[] =>
  some.filter(one => !others.some(({ id }) => id === one.id))

const named = (what: string, contacts: readonly Contact[]): readonly string[] =>
  contacts.length === 0
    ? []
    : [
        `${what}, ${contacts.length}:`,
        ...contacts.map(({ id, distributor, address }) => `  ${id} of ${distributor}, ${address}`),
      ]
