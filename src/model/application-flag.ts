// What an admin should look at before they let somebody in. Nobody is declined for it, and nobody else hears of it.
import { unreachable } from './result.ts'

export type ApplicationFlag =
  /** The address is at a provider where strangers to each other have their mail. */
  | { readonly kind: 'mail-provider' }
  /** The organisation is called like the person. */
  | { readonly kind: 'one-person' }
  /** A-labels of the address, with the code points that they stand for. */
  | { readonly kind: 'hidden-letters'; readonly labels: readonly string[] }
  /** The mailbox is that of a contact, or of one of the team, by id or short name. */
  | { readonly kind: 'same-mailbox'; readonly of: string }
  /** The address looks like theirs and is another. */
  | { readonly kind: 'looks-like'; readonly of: string }
  /** It is a contact's who is on the list no more. */
  | { readonly kind: 'was-member'; readonly of: string; readonly how: 'left' | 'removed' }
  /** It is in the domain of a contact who was removed. */
  | { readonly kind: 'domain-of-removed'; readonly of: string }

/** A sentence for an admin. */
export function flagWords(flag: ApplicationFlag): string {
  switch (flag.kind) {
    case 'mail-provider':
      return 'The address is at a provider where anybody can have one.'
    case 'one-person':
      return 'The organisation is called like the person.'
    case 'hidden-letters':
      return `The address holds letters beyond ASCII: ${flag.labels.join('; ')}.`
    case 'same-mailbox':
      return `The address reaches the mailbox of ${flag.of}.`
    case 'looks-like':
      return `The address looks like that of ${flag.of}, and is another.`
    case 'was-member':
      return `The address is that of ${flag.of}, who ${flag.how === 'left' ? 'has left the list' : 'was removed from the list'}.`
    case 'domain-of-removed':
      return `The address is in the domain of ${flag.of}, who was removed from the list.`
    default:
      return unreachable(flag)
  }
}
