// What happens when a notice's instant comes. Never early; late only within the limit; and not before the
// mailbox was read, for a `cancel` may wait in it (threats.md H11).

import type { Case } from '../../model/case.ts'
import type { Contact } from '../../model/contact.ts'
import type { Decision, Snapshot } from '../../model/decision.ts'
import { SCHEDULER } from '../../model/event.ts'
import type { Handling, Notice } from '../../model/notice.ts'
import type { MailOrder } from '../../model/order.ts'
import { policyOf, projectNamed, type Settings } from '../../model/settings.ts'
import { MINUTE } from '../../model/time.ts'
import { toAdmins } from '../orders.ts'
import { silent } from '../outcomes.ts'
import { answerOffers } from '../sharing/answers.ts'
import { latestDisclosure } from '../time/clocks.ts'
import { caseFault } from './copies.ts'
import { isAsShown } from './users-text.ts'

/** How long after the instant an unread mailbox is waited for before admins are asked. */
export const MAILBOX_PATIENCE = 2 * MINUTE

export type Surroundings = {
  /** Whether wall clock and boot clock agree (threats.md I01, I02). */
  readonly clock: 'trusted' | 'doubtful'
  /**
   * What became of every mail that was in the mailbox when it was last looked at: a `cancel` may be among it.
   * `commands-wait`: it counts as settled but for mail that came to the command address before the instant.
   */
  readonly mailbox: 'settled' | 'commands-wait' | 'stored' | 'unread'
  /** When this process began to wait for the mailbox. */
  readonly waitingSince: number
}

type World = Pick<Snapshot, 'now' | 'settings' | 'cases'>

/** The decision at or after a scheduled notice's instant; undefined: not yet, ask again soon. */
export function releaseNotice(notice: Notice, snapshot: World, around: Surroundings): Decision | undefined {
  const { now, settings } = snapshot
  if (notice.state !== 'scheduled' || now < notice.sendAt || around.clock === 'doubtful') return undefined
  const fact = { at: now, actor: SCHEDULER, notice: notice.id }
  // Told once for all copies, and not once for each.
  const hindered = caseFault(snapshot.cases.get(notice.case))
  if (hindered !== undefined) return hold(notice, snapshot, hindered)
  if (now - notice.sendAt > settings.limits.maxLate) return hold(notice, snapshot, 'late')
  // A `cancel` that came in time wins, but whoever floods the command address cannot hold a notice.
  const waited = now - Math.max(around.waitingSince, notice.sendAt)
  const outwaited = around.mailbox === 'commands-wait' && waited > MAILBOX_PATIENCE
  if (around.mailbox === 'settled' || outwaited) {
    const theCase = snapshot.cases.get(notice.case)
    if (notice.to === 'users' && (theCase === undefined || !isAsShown(notice, theCase)))
      return hold(notice, snapshot, 'case-changed')
    return {
      ...silent('command', 'notice-released'),
      actor: SCHEDULER,
      events: [
        { ...fact, kind: 'notice-released' },
        {
          kind: 'notice-went-out',
          at: now,
          actor: SCHEDULER,
          case: notice.case,
          stage: notice.stage,
          to: notice.to,
        },
      ],
      mails: toUsers(notice, settings),
    }
  }
  // Much mail takes its time, and a flood of it must not be a way to hold a notice.
  if (around.mailbox === 'stored' || around.mailbox === 'commands-wait') return undefined
  return waited > MAILBOX_PATIENCE ? hold(notice, snapshot, 'mailbox-not-settled') : undefined
}

/** The mail of a notice to one contact; `theCase` undefined: nothing is known of its date. */
export const copyFor = (
  notice: Notice,
  contact: Contact,
  theCase: Case | undefined,
  settings: Settings,
): MailOrder => ({
  to: contact.address,
  encryptTo: { kind: 'enrolled', fingerprint: contact.fingerprint },
  project: notice.project,
  case: notice.case,
  notice: notice.id,
  contact: contact.id,
  contactVersion: contact.version,
  inReplyTo: undefined,
  offers: answerOffers(notice.case, settings),
  content: { kind: 'notice', notice, handling: handlingOf(notice, theCase, settings) },
})

/** Until when a case is a secret, and who agreed to that. */
function handlingOf({ sendAt }: Notice, theCase: Case | undefined, settings: Settings): Handling {
  if (theCase === undefined) return { until: undefined, agreed: undefined }
  const { disclose, agreed } = theCase.embargo
  if (disclose !== undefined)
    return {
      until: { at: disclose, as: 'planned' },
      agreed: agreed && { agreed: agreed.agreed, of: agreed.of },
    }
  const latest = latestDisclosure(theCase, policyOf(settings, theCase.project))
  // Once it has passed the policy no longer tells.
  const isAhead = latest !== undefined && latest > sendAt
  return { until: isAhead ? { at: latest, as: 'latest' } : undefined, agreed: undefined }
}

/**
 * What goes out of a notice to users: in clear to the addresses that the configuration names, and to the admins as
 * a text for wherever else users read. None of a notice to distributors.
 */
export function toUsers(notice: Notice, settings: Settings): readonly MailOrder[] {
  const { forecast, project } = notice
  if (notice.to !== 'users' || forecast === undefined) return []
  const users = projectNamed(settings, project)?.users ?? []
  const inClear = users.map(
    (to): MailOrder => ({
      to,
      encryptTo: { kind: 'nobody' },
      project,
      case: notice.case,
      notice: notice.id,
      contact: undefined,
      inReplyTo: undefined,
      content: { kind: 'users-notice', notice, forecast },
    }),
  )
  const content = { kind: 'users-notice-text', notice, forecast, sent: users.length } as const
  return [...inClear, ...toAdmins(settings.admins, { project, case: notice.case }, content)]
}

const hold = (
  notice: Notice,
  { now, settings }: World,
  why: 'late' | 'mailbox-not-settled' | 'case-changed' | 'case-held' | 'embargo-over',
): Decision => ({
  ...silent('command', `notice-held-${why}`),
  actor: SCHEDULER,
  events: [{ kind: 'notice-held', at: now, actor: SCHEDULER, notice: notice.id, why }],
  mails: toAdmins(
    settings.admins,
    { project: notice.project, case: notice.case },
    {
      kind: 'alert',
      alert: { kind: 'notice-held', notice: notice.id, why },
    },
  ),
})
