// What one mail of commands changed, for the other admins: told at once, or together with what follows soon.
import type { Plaintext } from './plaintext.ts'
import type { ApplicationId, CaseId, Fingerprint, ProjectName } from './scalars.ts'
import { MINUTE } from './time.ts'

/** From one telling of somebody's changes to the next. */
export const CHANGES_TOGETHER = 10 * MINUTE

export type Change = {
  /** `applicants`: what came from them beyond what the admins get a mail for each. */
  readonly person: Fingerprint | 'operator' | 'applicants'
  /** Short name of the person, as the others know it. */
  readonly by: string
  readonly project: ProjectName
  readonly case: CaseId | undefined
  /** Of which something came. */
  readonly application?: ApplicationId
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
