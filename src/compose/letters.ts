// Letters to a reporter: a reply in an admin's own words, constant requests, and news of a change of state. In
// clear, news says only that there is some.
import type { CaseState } from '../model/case.ts'
import type { DisclosureDate } from '../model/disclosure-date.ts'
import type { DueClock } from '../model/order.ts'
import type { Plaintext } from '../model/plaintext.ts'
import type { Policy } from '../model/policy.ts'
import type { CaseId } from '../model/scalars.ts'
import { formatInstant } from '../model/time.ts'
import { clockView, when } from './phrases.ts'
import { type Rendered, render, type Templates } from './template.ts'
import { block } from './variables.ts'

/** The admin's text as written, then which case it is about and from whom. */
export const reply = (templates: Templates, text: Plaintext, theCase: CaseId, { team }: Policy): Rendered =>
  render(templates, 'reply', { case: theCase, reply: { verbatim: text.open().trimEnd() }, team })

/** Constant, so that it may go in clear whatever the case is about. */
export const request = (
  templates: Templates,
  about: 'key' | 'private',
  theCase: CaseId,
  { team }: Policy,
): Rendered => render(templates, `request-${about}`, { case: theCase, team })

/** `due`: what they hear of next, if anything. */
export function news(
  templates: Templates,
  content:
    | { readonly openness: 'bare' }
    | {
        readonly openness: 'full'
        readonly state: CaseState | undefined
        readonly reason: Plaintext | undefined
        readonly date?: DisclosureDate
      },
  theCase: CaseId,
  { team, links, calendar }: Policy,
  due: DueClock | undefined,
): Rendered {
  const next = due && clockView(due.clock, due.due, calendar.zone)
  if (content.openness === 'bare') return render(templates, 'news-bare', { case: theCase, next, team })
  const { state, reason, date } = content
  return render(templates, 'news', {
    case: theCase,
    state: state && { [state]: true },
    reason: block(reason?.open().trim()),
    tracker: state === 'not-security' ? links.tracker : undefined,
    ...(date && {
      [date.standing]: {
        date: when(date.at, calendar.zone),
        instant: formatInstant(date.at),
        former: date.former && when(date.former, calendar.zone),
      },
    }),
    next,
    team,
  })
}
