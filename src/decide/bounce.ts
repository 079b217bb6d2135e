// Mail that no person wrote to us as such: bounces, and our own mail coming back. Never answered.
import type { Decision, Input, Snapshot } from '../model/decision.ts'
import { isProbeText } from '../model/probe.ts'
import { silent } from './outcomes.ts'

type MailInput = Extract<Input, { kind: 'mail' }>

/** A machine's report on delivery; what a person signed, or wrote to a return address, is no bounce. */
export function bounce(input: MailInput, snapshot: Snapshot): Decision | undefined {
  const { mail, sorted } = input
  if (sorted.machine === 'bounce') return reported(input, snapshot) ?? silent('bounce', 'delivery-status')
  if (sorted.machine === 'automatic' && sorted.addressed.kind === 'return' && mail.author === undefined)
    return reported(input, snapshot) ?? silent('bounce', 'automatic-at-return-address')
  return undefined
}

/**
 * A report, or a challenge (threats.md D10), at the return address of one mail of ours, which nobody can make up: what was
 * accepted has failed after all, or what is in doubt arrived and need not go again (threats.md H03, H05). Any later
 * report finds that told. It is not authenticated further, and so nobody is suspended for it.
 */
function reported({ reported: report }: MailInput, { returned }: Snapshot): Decision | undefined {
  if (report === undefined || returned === undefined) return undefined
  const { fate, by, status } = report
  const { id, state, doubt, promise } = returned
  const isOut = state === 'sent' || (doubt === 'in-doubt' && (state === 'ready' || state === 'dropped'))
  if (!isOut || (fate === 'arrived' && state !== 'ready')) return undefined
  // Of what merely informs it is enough that `outbox list` shows it.
  const tell = fate === 'failed' && promise === 'at-least-once' ? 'admins' : 'nobody'
  const why = by === 'challenge' ? 'challenged' : 'reported'
  const to = fate === 'failed' ? 'failed' : 'sent'
  return {
    ...silent('bounce', `delivery-${fate}`),
    queue: { kind: 'reported', id, from: state, to, why, status, tell },
  }
}

/**
 * Our own mail in our own mailbox: a Message-ID we sent, and our key's good signature, or an encryption to
 * somebody else. The Message-ID alone is not enough, or a copied one would make a report vanish (threats.md
 * A25, G07); an admin's mail that is forwarded to us cannot be opened, and would be reported to them again (D07).
 */
export function own({ mail }: MailInput, snapshot: Snapshot): Decision | undefined {
  const isSignedByUs = mail.author !== undefined && snapshot.ownKeys.includes(mail.author.primary)
  const isOurs = isSignedByUs || mail.encryption === 'undecryptable'
  return isOurs && snapshot.messageIdIs === 'ours' ? silent('own', 'own-mail') : undefined
}

/**
 * A mail by which `check` proves an address: signed by us, and saying nothing else. Anyone may send a copy of
 * one, which then says nothing either.
 */
export function probe({ mail: { authored, author } }: MailInput, snapshot: Snapshot): Decision | undefined {
  if (author === undefined || !snapshot.ownKeys.includes(author.primary)) return undefined
  return authored.kind === 'signed' && isProbeText(authored.text.open()) ? silent('own', 'check') : undefined
}
