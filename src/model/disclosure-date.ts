// The date on which a case is to be public as those know it who were told of it: which it is, whether it still holds, and
// which of its changes that is, so that a calendar can tell what came later.
import { type Case, isAccepted, isUnpublished } from './case.ts'
import type { Instant } from './scalars.ts'

/** When a case is to be public, or that this holds no more. */
export type DisclosureDate = {
  /** Of an embargo that was lifted: since when. */
  readonly at: Instant
  /**
   * `lifted`: the policy ended it; `broken`: somebody did not keep it; `dropped`: the case ended, and nothing is to be
   * published.
   */
  readonly standing: 'proposed' | 'active' | 'lifted' | 'broken' | 'dropped'
  /** Rises with each change of the date or of whether it holds, from 0. */
  readonly sequence: number
  /** The date that they were told before, if it was another. */
  readonly former?: Instant
}

/** The date of a case; undefined: none was ever named, or it is public by now. */
export function dateOf(theCase: Case): DisclosureDate | undefined {
  const { embargo, dateChanges } = theCase
  const { disclose: at, state } = embargo
  const isPublished = isAccepted(theCase) && !isUnpublished(theCase)
  if (at === undefined || state === 'none' || isPublished) return undefined
  const standing = isUnpublished(theCase) ? state : 'dropped'
  return { at, standing, sequence: Math.max(0, dateChanges - 1) }
}

export const holds = ({ standing }: DisclosureDate): boolean =>
  standing === 'proposed' || standing === 'active'

/** Whether a calendar shows the same for both: that a proposed date holds changes nothing there. */
export const isSameDate = (a: DisclosureDate | undefined, b: DisclosureDate | undefined): boolean =>
  a === undefined || b === undefined
    ? a === b
    : holds(a) && holds(b)
      ? a.at === b.at
      : a.standing === b.standing
