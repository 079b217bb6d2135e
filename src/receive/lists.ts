// Looks behind a mailing list that forwards to us (`intake.lists`): which one it was, and who wrote to it. In:
// the outer header. Out: an address. It trusts nobody: anyone can write such a header, as anyone can write From.
import type { HeaderField } from '../model/mail.ts'
import { type EmailAddress, sameMailbox } from '../model/scalars.ts'
import { addressList, readAddressList } from './addresses.ts'
import { fieldValue } from './structure.ts'

/** The configured list that handed the mail on, by what lists write (RFC 2369, RFC 2919, and older habits). */
export const listInFront = (
  fields: readonly HeaderField[],
  lists: readonly EmailAddress[],
): EmailAddress | undefined => lists.find(list => cameThrough(fields, list.toLowerCase()))

function cameThrough(fields: readonly HeaderField[], list: string): boolean {
  return fields.some(field => {
    const value = field.value.toLowerCase().slice(0, 1_000)
    switch (field.name.toLowerCase()) {
      case 'list-id':
        return value.includes(`<${list.replace('@', '.')}>`)
      case 'list-post':
        return value.includes(`<mailto:${list}>`)
      case 'mailing-list':
        return value.startsWith(`list ${list}`)
      case 'x-beenthere':
      case 'x-mailing-list':
        return value === list || value === `<${list}>`
      default:
        return false
    }
  })
}

/**
 * The authors that From names. Where the list has written itself into From, so that the mail passes DMARC
 * ("Ann via Security"), it is whoever X-Original-From names (Google Groups, Sympa), else the one other address
 * of Reply-To (Mailman, dmarc_mitigate_action): nobody if that is not clear, and never the list.
 */
export function authorsBehind(
  fields: readonly HeaderField[],
  authors: readonly EmailAddress[],
  lists: readonly EmailAddress[],
): readonly EmailAddress[] {
  const isList = (address: EmailAddress) => lists.some(list => sameMailbox(list, address))
  if (!authors.some(isList)) return authors
  const original = fieldValue(fields, 'x-original-from')
  if (original !== undefined) return addressList(original).filter(address => !isList(address))
  const { addresses, certain } = readAddressList(fieldValue(fields, 'reply-to') ?? '')
  const others = addresses.filter(address => !isList(address))
  return certain && others.length === 1 ? others : []
}
