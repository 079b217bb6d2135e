// What was found in a new report, in a few lines for whoever triages it, and the answers that follow from it,
// ready to send. Ours throughout: of the report itself only ids, versions and dates appear.

import { type Case, claimsPublicNow, type Extraction, isOpen } from '../model/case.ts'
import type { Content, Suggestion } from '../model/order.ts'
import type { Policy } from '../model/policy.ts'
import type { Instant } from '../model/scalars.ts'
import type { Settings } from '../model/settings.ts'
import { latestAtOnce, when } from './phrases.ts'
import { fill, oneLine, paragraphs } from './text.ts'

type ReportContent = Extract<Content, { kind: 'report' }>

const FOUND_COLUMNS = 300
/** Stands before commands that are shown. */
const MARGIN = '    '
/** Cases that are named as perhaps the same. */
const MOST_SIMILAR = 3

/** What cannot wait, before all else. */
export function alarmView(theCase: Case, reader: ReportContent['reader']) {
  const isAlarm = claimsPublicNow(theCase)
  const insider = reader === 'insider'
  return { public: isAlarm, insider, 'say-where': isAlarm && !insider && isOpen(theCase) }
}

/** What its template says of it; nothing where nothing was found and nothing is missing. */
export function triageView({ theCase, similar = [] }: ReportContent, policy: Policy, zone: string) {
  const extract = theCase?.extract
  if (theCase === undefined || extract === undefined) return {}
  const { cveIds, cvssVectors, requestedDate } = extract
  const named = [...cveIds, ...cvssVectors, ...extract.versions.map(one => one.open())].join(', ')
  const missing = missingContent(extract, policy)
  const latest = latestAtOnce(policy, theCase.receivedAt)
  return {
    similar: similar.slice(0, MOST_SIMILAR).join(' or '),
    named: oneLine(named, FOUND_COLUMNS),
    wished: requestedDate && {
      date: oneLine(requestedDate.open(), FOUND_COLUMNS),
      latest: asksForLater(extract, latest) ? when(latest, zone) : undefined,
    },
    missing: missing.length === 0 ? undefined : { items: missing.map(what => ({ what })) },
  }
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
  const latest = latestAtOnce(policy, theCase.receivedAt)
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

const asksForLater = ({ requestedAt }: Extraction, latest: Instant | undefined): latest is Instant =>
  requestedAt !== undefined && latest !== undefined && requestedAt > latest
