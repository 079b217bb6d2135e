// Word that somebody does not keep an embargo, as it is told to who decides what follows.
import { dueAt } from './calendar.ts'
import { type Case, isUnpublished } from './case.ts'
import type { Policy, Span } from './policy.ts'
import type { CaseId, IncidentId, Instant } from './scalars.ts'

export type Doubt = {
  readonly case: CaseId
  /** When word came. */
  readonly since: Instant
  /** Until when the team decides. */
  readonly due: Instant
  /** Undefined: somebody said that it is public. */
  readonly because: IncidentId | undefined
  /** What the policy does when in doubt; undefined: it does not say. */
  readonly whenInDoubt: 'publish' | 'continue' | undefined
}

/** Where the policy has no list, and so says nothing. */
const WITHIN: Span = { count: 24, unit: 'hour' }

/** Undefined where nothing puts its embargo in doubt, the team has decided, or there is nothing to keep any more. */
export function doubtOf(theCase: Case, policy: Policy): Doubt | undefined {
  const { doubted } = theCase.embargo
  if (doubted === undefined || !isUnpublished(theCase)) return undefined
  const rule = policy.membership?.breakEmbargo
  return {
    case: theCase.id,
    since: doubted.at,
    due: dueAt(doubted.at, rule?.within ?? WITHIN, policy.calendar),
    because: doubted.because,
    whenInDoubt: rule?.doubt,
  }
}
