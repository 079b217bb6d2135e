// Mail that no person wrote to us as such: bounces, and our own mail coming back. Never answered.
import type { Decision, Input, Snapshot } from '../model/decision.ts'
import { silent } from './outcomes.ts'

type MailInput = Extract<Input, { kind: 'mail' }>

/** A machine's report on delivery; a person who answers a return address is no bounce. */
export function bounce({ sorted }: MailInput): Decision | undefined {
  if (sorted.machine === 'bounce') return silent('bounce', 'delivery-status')
  if (sorted.machine === 'automatic' && sorted.addressed.kind === 'return')
    return silent('bounce', 'automatic-at-return-address')
  return undefined
}

/**
 * Our own mail in our own mailbox: our key's good signature and a Message-ID we sent. Neither alone is
 * enough, or a copied Message-ID would make a report vanish (threats.md A25, G07).
 */
export function own({ mail }: MailInput, snapshot: Snapshot): Decision | undefined {
  const ours = mail.author !== undefined && snapshot.ownKeys.includes(mail.author.primary)
  return ours && snapshot.messageIdIs === 'ours' ? silent('own', 'own-mail') : undefined
}
