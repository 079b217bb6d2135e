// What one mail of commands changed, for the other admins: told at once, or together with what follows soon.
import type { Plaintext } from './plaintext.ts'
import type { CaseId, Fingerprint, ProjectName } from './scalars.ts'
import { MINUTE } from './time.ts'

/** From one telling of somebody's changes to the next. */
export const CHANGES_TOGETHER = 10 * MINUTE

export type Change = {
  readonly person: Fingerprint | 'operator'
  /** Short name of the person, as the others know it. */
  readonly by: string
  readonly project: ProjectName
  readonly case: CaseId | undefined
  /** One a command. */
  readonly lines: readonly Plaintext[]
  /** `now`: the mails are in the decision; `later`: they go with the next digest. */
  readonly told: 'now' | 'later'
}

/** Changes of one person that are due to be told. */
export type Digest = {
  readonly person: Change['person']
  /** Rows of the store. */
  readonly ids: readonly number[]
  readonly changes: readonly Change[]
}
