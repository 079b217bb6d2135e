// Word to users while an embargo lasts: in clear, and so nothing but the project, how severe it is, when the fix is
// planned and what they can do until then. And the same for the admins, to be put where users read.
import type { Content } from '../model/order.ts'
import type { Policy } from '../model/policy.ts'
import type { EmailAddress } from '../model/scalars.ts'
import { stageText } from './notice.ts'
import { when } from './phrases.ts'
import { type Rendered, render, type Templates } from './template.ts'

type About = {
  readonly templates: Templates
  readonly policy: Policy
  readonly security: EmailAddress
}

/** What anybody may read. */
export const usersNotice = (
  { notice, forecast }: Pick<Extract<Content, { kind: 'users-notice' }>, 'notice' | 'forecast'>,
  { templates, policy, security }: About,
): Rendered =>
  render(templates, 'users-notice', {
    project: policy.displayName,
    date: when(forecast.disclose, policy.calendar.zone),
    rating: forecast.rating,
    score: forecast.score.toFixed(1),
    version: forecast.version,
    text: { verbatim: notice.text.open().trim() },
    security,
  })

/** The same within a mail to an admin. */
export function usersNoticeText(
  content: Extract<Content, { kind: 'users-notice-text' }>,
  about: About,
): Rendered {
  const { notice, sent } = content
  const { subject, text } = usersNotice(content, about)
  return render(about.templates, 'users-notice-text', {
    notice: notice.id,
    case: notice.case,
    project: about.policy.displayName,
    stage: stageText(notice, about.policy),
    none: sent === 0,
    one: sent === 1,
    several: sent > 1 ? `${sent}` : undefined,
    title: { verbatim: subject },
    text: { verbatim: text.trim() },
  })
}
