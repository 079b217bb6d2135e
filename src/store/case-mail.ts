// What mail about a case, other than a notice, is compared with in the transaction that hands it over: the case, and the
// contact whom it is for, as they are now. Never writes.
import { type DisclosureDate, dateOf } from '../model/disclosure-date.ts'
import type { Content } from '../model/order.ts'
import type { Delivery } from './delivery.ts'
import type { States } from './state-rows.ts'

/** Which change of its case's date a mail tells of; undefined: of none, and nothing makes it outdated. */
export function dateBasis(content: Content): string | undefined {
  if (content.kind !== 'disclosure-date' && content.kind !== 'embargo-over') return undefined
  return basisOf(content.date)
}

const basisOf = (date: DisclosureDate | undefined): string =>
  date === undefined ? 'no date' : `date ${date.sequence}`

/**
 * Why such a delivery does not go; undefined: nothing here is in its way. `outdated`: another tells what holds now, or
 * tells it to them when they are back. @throws BrokenSeal
 */
export function caseMailStop(
  { kind, case: about, contact: reader, basis }: Delivery,
  { cases, contacts }: Pick<States, 'cases' | 'contacts'>,
): 'outdated' | 'case-held' | undefined {
  if (about === undefined || (kind !== 'post' && kind !== 'disclosure-date' && kind !== 'embargo-over'))
    return undefined
  const theCase = cases.get(about)
  const isHeld = theCase?.held !== undefined
  if (kind === 'post') return isHeld ? 'case-held' : undefined
  const isReader = reader === undefined || contacts.get(reader)?.state === 'active'
  const isLatest = basis === undefined || basis === basisOf(theCase && dateOf(theCase))
  if (!isReader || !isLatest) return 'outdated'
  // Who works on the case reads of it while it is held.
  return isHeld && reader !== undefined ? 'case-held' : undefined
}
