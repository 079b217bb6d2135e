// What a look ahead found, and how it is told: which mails go out by themselves, when and to whom.
import type { MailOrder, SimulatedMail } from '../../model/order.ts'
import type { CaseId, EmailAddress, Instant } from '../../model/scalars.ts'
import { formatInstant } from '../../model/time.ts'
import type { Known } from '../known.ts'
import { someOf } from '../policy-phrases.ts'

/** What a look ahead found. */
export type Foreseen = {
  readonly mails: readonly SimulatedMail[]
  /** How far it looked: to the end, or not so far because too much happens. */
  readonly until: Instant
  readonly reached: 'end' | 'too-much'
}

/** `most`: instants at which something happens; `only`: of that one case. */
export type Foresee = (known: Known, until: Instant, most: number, only?: CaseId) => Foreseen

/** Lines of an overview. */
const MOST_LINES = 200

/** How many mails, under which assumptions, and a line for each instant, kind and case. */
export function overview({ mails, until, reached }: Foreseen): string {
  const lines = new Map<string, EmailAddress[]>()
  for (const { at, order } of mails) {
    const line = `${formatInstant(at)}  ${order.content.kind} ${aboutOf(order)}`.trimEnd()
    lines.set(line, [...(lines.get(line) ?? []), order.to])
  }
  const count =
    mails.length > 1
      ? `${mails.length} mails go out by themselves`
      : `${mails.length === 1 ? '1' : 'no'} mail goes out by itself`
  const cut = lines.size - MOST_LINES
  return [
    `Until ${formatInstant(until)}, ${count}.`,
    reached === 'too-much' ? 'It looks no further, for too much happens: name one case.' : undefined,
    ASSUMPTION,
    ...[...lines].slice(0, MOST_LINES).map(([line, people]) => `${line}  to ${someOf(people, MOST_PEOPLE)}`),
    cut > 0 ? `${cut} more lines are left out: name one case, or an earlier instant.` : undefined,
  ]
    .filter(line => line !== undefined)
    .join('\n')
}

/** What a mail is about; of an alarm or of news of a member also which. */
function aboutOf({ notice, case: theCase, application, incident, contact, content }: MailOrder): string {
  if (content.kind === 'membership') return `${content.contact.id} ${content.news.kind}`
  if (content.kind === 'application-review') return content.standing.application.id
  const about = notice ?? theCase ?? application ?? incident ?? contact
  return about ?? (content.kind === 'alert' ? content.alert.kind : '')
}

const ASSUMPTION =
  'This assumes that nobody acts, that no mail comes in, that embargod runs all the time under the rules of today, and that nothing fails.'

/** Addresses that one line names. */
const MOST_PEOPLE = 5
