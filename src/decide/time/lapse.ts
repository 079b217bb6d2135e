// A request to join that nobody completes: whoever made it is reminded once, after a third of the time that the policy
// gives it, and then it ends. Who said nothing at all that could be understood was told once, and is not written to again.
import type { Application } from '../../model/application.ts'
import { dueAt } from '../../model/calendar.ts'
import { SCHEDULER } from '../../model/event.ts'
import { missingOf } from '../../model/missing.ts'
import type { Content, MailOrder } from '../../model/order.ts'
import { plaintext } from '../../model/plaintext.ts'
import { type Instant, instant } from '../../model/scalars.ts'
import { policyOf, type Settings } from '../../model/settings.ts'
import { NO_ANSWERS, sameAnswers } from '../membership/answers.ts'
import { toApplicant } from '../membership/application-orders.ts'
import { toAdmins } from '../orders.ts'
import type { TimedRule } from './rule.ts'

const ABOUT = 'lapse'

export const lapse: TimedRule<Application> = {
  nextAt: (one, settings) => {
    const ends = endsAt(one, settings)
    if (ends === undefined) return undefined
    return isReminded(one, ends) || !hasSaid(one) ? ends : remindAt(one, ends)
  },
  carryOut: (one, known) => {
    const ends = endsAt(one, known.settings)
    if (ends === undefined) return { events: [], mails: [] }
    const { id: application, project } = one
    const fact = { at: known.now, actor: SCHEDULER, application } as const
    if (known.now < ends)
      return {
        events: [{ ...fact, kind: 'application-reminded', about: ABOUT, due: ends, upTo: known.now }],
        mails: told(one, 'reminded', ends),
      }
    const line = plaintext(`${application} ended by itself: something was missing, and nobody wrote.`)
    return {
      events: [{ ...fact, kind: 'application-ended', as: 'lapsed', reason: undefined }],
      mails: [
        ...told(one, 'lapsed', undefined),
        ...toAdmins(
          known.settings.admins,
          { project, case: undefined },
          { kind: 'change', by: application, lines: [line] },
        ),
      ],
    }
  },
}

/** When it ends without a word; undefined: it waits for nothing that they could say. */
export function endsAt(one: Application, settings: Settings): Instant | undefined {
  const { membership, calendar } = policyOf(settings, one.project)
  if (one.state !== 'open' || membership === undefined || missingOf(one, membership).length === 0)
    return undefined
  return dueAt(one.heardAt, membership.review.lapse, calendar)
}

const remindAt = ({ heardAt }: Application, ends: Instant): Instant =>
  instant(heardAt + Math.ceil((ends - heardAt) / 3))

const isReminded = ({ reminded }: Application, ends: Instant): boolean => reminded[ABOUT]?.due === ends

const hasSaid = ({ answers, key }: Application): boolean =>
  key !== undefined || !sameAnswers(answers, NO_ANSWERS)

function told(
  one: Application,
  occasion: Extract<Content, { kind: 'application-answer' }>['occasion'],
  ends: Instant | undefined,
): readonly MailOrder[] {
  if (!hasSaid(one)) return []
  const application = occasion === 'lapsed' ? { ...one, state: 'lapsed' as const } : one
  const content = {
    kind: 'application-answer',
    occasion,
    application,
    ...(ends === undefined ? {} : { endsAt: ends }),
  } as const
  return [toApplicant(one, content)]
}
