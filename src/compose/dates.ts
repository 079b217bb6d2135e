// Mail about the date of a case to others than its reporter: that it was set, moved or holds no more, with a file for
// their calendar; and to those who decide, what the organisations told think of it.
import { silentIn } from '../model/answer.ts'
import { type DisclosureDate, holds } from '../model/disclosure-date.ts'
import type { DateContent, MailOrder, Suggestion } from '../model/order.ts'
import { sayingPhrase } from '../model/saying.ts'
import type { CaseId } from '../model/scalars.ts'
import { policyOf } from '../model/settings.ts'
import { calendarFile } from './calendar.ts'
import type { ComposeContext } from './context.ts'
import { discussionLine, suggestionBlock } from './links.ts'
import type { Wording } from './mime.ts'
import { caseOf } from './order-case.ts'
import { nameView, when } from './phrases.ts'
import { withWords, said as words } from './sharing.ts'
import { render } from './template.ts'

/** @throws when the order names no case: a fault of ours. */
export function dateWording(order: MailOrder, content: DateContent, context: ComposeContext): Wording {
  return content.kind === 'disclosure-date'
    ? dateNews(order, content, context)
    : tallyNews(order, content, context)
}

function dateNews(
  order: MailOrder,
  { date, reader, agreed, set }: Extract<DateContent, { kind: 'disclosure-date' }>,
  context: ComposeContext,
): Wording {
  const theCase = caseOf(order)
  const { settings, templates, zone } = context
  const { displayName, calendar, team } = policyOf(settings, order.project)
  const shown = (at: DisclosureDate['at']) => when(at, reader === 'member' ? calendar.zone : zone)
  const file = calendarFile(theCase, date, { settings, displayName, now: context.now })
  const { subject, text } = render(templates, 'disclosure-date', {
    ...common(theCase, order.offers ?? [], context),
    project: displayName,
    day: when(date.at, 'UTC'),
    member: reader === 'member',
    holds: holds(date),
    [date.standing]: {
      date: shown(date.at),
      former: date.former && shown(date.former),
    },
    open: date.standing !== 'dropped',
    set: set && { by: set.by, notes: set.notes.open() || undefined },
    agreed: agreed && { count: `${agreed.agreed}`, of: `${agreed.of}` },
    file: file?.fileName,
    security: settings.addresses.security,
    team,
    discussion: reader === 'member' ? undefined : discussionLine(theCase, context.replyAddress, settings),
  })
  return { subject, leaves: [{ kind: 'text', text }, ...(file === undefined ? [] : [file])] }
}

function tallyNews(
  order: MailOrder,
  { date, tally, reporter, said }: Extract<DateContent, { kind: 'date-tally' }>,
  context: ComposeContext,
): Wording {
  const theCase = caseOf(order)
  const { templates, zone } = context
  const { of, agree, object, propose } = tally
  const { by, position } = said ?? {}
  const { subject, text } = render(templates, 'date-tally', {
    ...common(theCase, order.offers ?? [], context),
    date: date && when(date.at, zone),
    objects: by && position?.kind === 'object' ? nameView(by) : undefined,
    proposes:
      by && position?.kind === 'propose'
        ? { ...nameView(by), proposed: when(position.instant, zone) }
        : undefined,
    agreed: said === undefined,
    of: `${of}`,
    agree: `${agree.length}`,
    silent: `${silentIn(tally)}`,
    against: [
      ...object.map(one => ({ contact: one.by, proposed: undefined })),
      ...propose.map(one => ({ contact: one.by, proposed: when(one.instant, zone) })),
    ],
    reporter: reporter && sayingPhrase(reporter),
    discussion: discussionLine(theCase, context.replyAddress, context.settings),
  })
  const reason = position?.kind === 'object' ? position.reason?.open().trim() : undefined
  return withWords(
    { subject, text },
    by === undefined || reason === undefined || reason === ''
      ? []
      : [words(`Why, in the words of ${by.contact}:`, reason)],
  )
}

/** What both kinds offer. */
const common = (theCase: CaseId, offers: readonly Suggestion[], { settings }: ComposeContext) => ({
  case: theCase,
  offers: suggestionBlock(offers, settings),
  command: settings.addresses.command,
})
