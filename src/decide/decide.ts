// Input and snapshot → decision. The chain is a table, asked from the top; the last rule takes all the rest,
// so that every mail ends in exactly one class.
import type { Decision, Fresh, Input, Snapshot } from '../model/decision.ts'
import type { EmailAddress } from '../model/scalars.ts'
import { bounce, own, probe } from './bounce.ts'
import { posting } from './discussion/posting.ts'
import { applying } from './membership/applying.ts'
import { withCompletions } from './membership/completion.ts'
import { withProofs } from './membership/consequences.ts'
import { withoutSecretKeys } from './membership/secrets.ts'
import { withFurtherCopies } from './notices/further-copies.ts'
import { withOffers } from './offers.ts'
import { operatorRequest } from './operator.ts'
import { listMail, openCase } from './report.ts'
import { afterRevocations, ofOfferedKeys, withRevocations } from './revocations.ts'
import { withRollUps } from './sharing/answers.ts'
import { withDoubts } from './sharing/doubt.ts'
import { withEndings } from './sharing/ending.ts'
import { commandOrLeak, leakFollowUp, leakMail } from './sharing/leak-mail.ts'
import { withAgreements } from './sharing/tally.ts'
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
  posting,
  applying,
  listMail,
  followUp,
  openCase,
]

/** Decides one input. Pure: the same three values always give the same decision. */
export function decide(input: Input, snapshot: Snapshot, fresh: Fresh): Decision {
  if (input.kind === 'operator') return follows(operatorRequest(input, snapshot, fresh), snapshot, fresh)
  const revocations = ofOfferedKeys(input, snapshot)
  const after = afterRevocations(snapshot, revocations)
  for (const rule of CHAIN) {
    const decision = rule(input, after, fresh)
    if (decision === undefined) continue
    const kept = withoutSecretKeys(decision, input.mail)
    const followed = follows(kept, after, fresh, input.mail.header.authors[0])
    return withFurtherCopies(withRevocations(followed, revocations), input, after)
  }
  throw new Error('no rule took the mail')
}

/** With what follows from it for those who want to join, and with what its readers can tap. */
function follows(decision: Decision, known: Snapshot, fresh: Fresh, author?: EmailAddress): Decision {
  const told = withAgreements(withEndings(withDoubts(decision, known), known), known)
  const proving = withProofs(told, known, fresh, author)
  return withOffers(withRollUps(withCompletions(proving, known), known), known)
}
