// Input and snapshot → decision. The chain is a table, asked from the top; the last rule takes all the rest,
// so that every mail ends in exactly one class.
import type { Decision, Fresh, Input, Snapshot } from '../model/decision.ts'
import { bounce, own, probe } from './bounce.ts'
import { commandOrLeak, leakFollowUp, leakMail } from './leak-mail.ts'
import { withOffers } from './offers.ts'
import { operatorRequest } from './operator.ts'
import { listMail, openCase } from './report.ts'
import { afterRevocations, revocationsIn, withRevocations } from './revocations.ts'
import { followUp } from './thread.ts'

type MailInput = Extract<Input, { kind: 'mail' }>
type Rule = (input: MailInput, snapshot: Snapshot, fresh: Fresh) => Decision | undefined

/** First answer wins. */
const CHAIN: readonly Rule[] = [
  own,
  probe,
  bounce,
  leakMail,
  commandOrLeak,
  leakFollowUp,
  listMail,
  followUp,
  openCase,
]

/** Decides one input. Pure: the same three values always give the same decision. */
export function decide(input: Input, snapshot: Snapshot, fresh: Fresh): Decision {
  if (input.kind === 'operator') return withOffers(operatorRequest(input, snapshot, fresh), snapshot)
  const revocations = revocationsIn(input, snapshot)
  const after = afterRevocations(snapshot, revocations)
  for (const rule of CHAIN) {
    const decision = rule(input, after, fresh)
    if (decision !== undefined) return withRevocations(withOffers(decision, after), revocations)
  }
  throw new Error('no rule took the mail')
}
