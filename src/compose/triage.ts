// What was found in a new report, in a few lines for whoever triages it, and the answers that follow from it,
// ready to send. Ours throughout: of the report itself only ids, versions and dates appear.

import { dueAt } from '../model/calendar.ts'
import { type Case, claimsPublicNow, type Extraction, isOpen } from '../model/case.ts'
import type { Content, Suggestion } from '../model/order.ts'
import type { Policy } from '../model/policy.ts'
import type { Instant } from '../model/scalars.ts'
import type { Settings } from '../model/settings.ts'
import { when } from './phrases.ts'
import { bullets, fill, oneLine, paragraphs } from './text.ts'

type ReportContent = Extract<Content, { kind: 'report' }>

const FOUND_COLUMNS = 300
/** Stands before commands that are shown. */
const MARGIN = '    '
/** Cases that are named as perhaps the same. */
const MOST_SIMILAR = 3

/** What cannot wait, before all else; undefined if nothing. */
export function alarmText({ theCase, what, reader }: ReportContent): string | undefined {
  if (theCase === undefined || (what !== 'new' && what !== 'follow-up') || !claimsPublicNow(theCase))
    return undefined
  const asked = isOpen(theCase) ? ' If it is, say where, as below.' : ''
  const next = reader === 'insider' ? ' The admins are alarmed, too.' : asked
  return fill(`ALARM: it seems to say that this is public already.${next}`)
}

/** Undefined where nothing was found and nothing is missing. */
export function triageText(content: ReportContent, policy: Policy, zone: string): string | undefined {
  const { theCase, what, similar = [] } = content
  const extract = theCase?.extract
  if (theCase === undefined || extract === undefined || what !== 'new') return undefined
  const { cveIds, cvssVectors, requestedDate } = extract
  const versions = extract.versions.map(one => one.open())
  const named = [...cveIds, ...cvssVectors, ...versions].join(', ')
  const missing = missingContent(extract, policy)
  const latest = latestDisclosure(theCase, policy)
  const lines = [
    similar.length > 0 && `It may be the same as ${similar.slice(0, MOST_SIMILAR).join(' or ')}.`,
    named !== '' && `It names ${oneLine(named, FOUND_COLUMNS)}.`,
    requestedDate !== undefined &&
      `It seems to ask for disclosure: ${oneLine(requestedDate.open(), FOUND_COLUMNS)}${asksForLater(extract, latest) ? `. Our policy allows ${when(latest, zone)} at the latest` : ''}.`,
  ]
  const shown = paragraphs(
    ...lines.map(line => (line === false ? undefined : fill(line))),
    missing.length === 0 ? undefined : `It seems to lack:\n${bullets(missing)}`,
  ).trimEnd()
  return shown === '' ? undefined : shown
}

/**
 * Merging with a like case, a reply that asks for what is missing and proposes the latest date we can keep, and a
 * rejection in the policy's words for what it leaves out.
 */
export function triageSuggestions(
  content: ReportContent,
  policy: Policy,
  settings: Settings,
): readonly Suggestion[] {
  const { theCase, what, similar = [] } = content
  const extract = theCase?.extract
  if (theCase === undefined || extract === undefined || what !== 'new') return []
  const mail = (label: string, command: string) => ({
    label,
    body: `embargod ${settings.instance}\n${command}\n`,
  })
  const merging = similar
    .slice(0, MOST_SIMILAR)
    .map(other => mail(`Merge it into ${other}`, `merge ${theCase.id} into=${other}`))
  const text = replyText(theCase, extract, content.proposal, policy)
  const verb = replyVerb(theCase)
  const replying =
    text === undefined || verb === undefined ? [] : [mail(text.label, `${verb} <<\n${text.body}\n.`)]
  const [first, second] = policy.intake.outOfScope
  if (first === undefined) return [...merging, ...replying]
  const label = `Reject it as out of scope${second === undefined ? '' : '; leave the words that fit'}`
  const reason = policy.intake.outOfScope.map(sentence => indented(sentence)).join('\n\n')
  return [...merging, ...replying, mail(label, `reject ${theCase.id} <<\n${reason}\n.`)]
}

function replyText(
  theCase: Case,
  extract: Extraction,
  proposal: Instant | undefined,
  policy: Policy,
): { readonly label: string; readonly body: string } | undefined {
  const missing = missingContent(extract, policy)
  const latest = latestDisclosure(theCase, policy)
  const late = asksForLater(extract, latest)
  if (missing.length === 0 && !late) return undefined
  const body = paragraphs(
    'Hello,',
    missing.length === 0
      ? undefined
      : `${indented('to work on your report we would like to know more. Could you send us:')}\n\n${missing.map(item => indented(item, '* ', '  ')).join('\n')}`,
    late
      ? indented(
          `You name a date for the disclosure that is later than our policy allows. We propose ${when(proposal ?? latest, policy.calendar.zone)}. Do you agree?`,
        )
      : undefined,
  ).trimEnd()
  const asks = missing.length > 0 && 'Ask for what is missing'
  const proposes = late && `${asks === false ? 'Propose' : 'propose'} an earlier date`
  return { label: [asks, proposes].filter(part => part !== false).join(', and '), body }
}

/** Filled so that it fits behind the indentation in which a command is shown. */
const indented = (text: string, first = '', rest = first): string =>
  fill(text, `${MARGIN}${first}`, `${MARGIN}${rest}`).replaceAll(new RegExp(`^${MARGIN}`, 'gm'), '')

/** The command that answers the reporter, up to its text; undefined where no answer may go out. */
export function replyVerb({ id, reporter, protection }: Case): string | undefined {
  if (reporter.address === undefined) return undefined
  if (reporter.key !== undefined) return `reply ${id}`
  return protection === 'clear' ? `reply ${id} clear=yes` : undefined
}

const missingContent = ({ contentFound }: Extraction, { intake }: Policy): readonly string[] =>
  intake.proposedContent
    .filter(({ signs }, position) => signs.length > 0 && !contentFound.includes(position))
    .map(({ text }) => text)

const latestDisclosure = (theCase: Case, policy: Policy): Instant =>
  dueAt(theCase.receivedAt, policy.embargo.maximum, policy.calendar)

const asksForLater = ({ requestedAt }: Extraction, latest: Instant): boolean =>
  requestedAt !== undefined && requestedAt > latest
