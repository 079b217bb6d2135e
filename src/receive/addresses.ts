// Reads RFC 5322 address lists (§3.4). In: one unfolded field value. Out: those mailboxes that are
// unambiguous. It never guesses: what is malformed or has two readings yields no address.
import { type EmailAddress, parseEmailAddress } from '../model/scalars.ts'

const MAX_ADDRESSES = 1_000

/** One mailbox of the list as far as it has been read. */
type Item = {
  /** Characters outside quotes, comments and angle brackets. */
  bare: string
  angle: string | undefined
  /** Something that a single plain mailbox does not have: a quoted word, a second angle, text after it. */
  fault: 'none' | 'quoted' | 'malformed'
}

/** What an address list says. `certain`: nothing in it that could be a mailbox was left out. */
export type AddressList = { readonly addresses: readonly EmailAddress[]; readonly certain: boolean }

/** The unambiguous addresses of a list, in order, whatever else is in it. */
export const addressList = (field: string): readonly EmailAddress[] => readAddressList(field).addresses

/**
 * The addresses of `name <a@b>`, `a@b (comment)` and groups, in order. Whatever a display name or a
 * comment says is not looked at. One pass, linear in the field.
 */
export function readAddressList(field: string): AddressList {
  const found: EmailAddress[] = []
  let certain = true
  let item = emptyItem()
  const flush = () => {
    const address = mailboxOf(item)
    if (address === undefined && mayBeMailbox(item)) certain = false
    if (address !== undefined && found.length < MAX_ADDRESSES) found.push(address)
    item = emptyItem()
  }
  let position = 0
  while (position < field.length) {
    const character = field.charAt(position)
    if (character === '"') {
      position = afterQuoted(field, position)
      if (item.fault === 'none') item.fault = item.angle === undefined ? 'quoted' : 'malformed'
      if (position < 0) return { addresses: found, certain: false }
    } else if (character === '(') {
      position = afterComment(field, position)
      if (position < 0) return { addresses: found, certain: false }
    } else if (character === '<') {
      const close = field.indexOf('>', position)
      if (close < 0) return { addresses: found, certain: false }
      if (item.angle !== undefined) item.fault = 'malformed'
      item.angle = field.slice(position + 1, close).trim()
      position = close + 1
    } else {
      if (character === ',' || character === ';') flush()
      else if (character === ':') {
        if (mayBeMailbox(item)) certain = false
        item = emptyItem()
      } else if (item.angle === undefined) item.bare += character
      else if (character !== ' ' && character !== '\t') item.fault = 'malformed'
      position += 1
    }
  }
  flush()
  return { addresses: found, certain }
}

const emptyItem = (): Item => ({ bare: '', angle: undefined, fault: 'none' })

/** A name with an unquoted comma in it makes items of mere words, which are nobody's address. */
const mayBeMailbox = ({ bare, angle }: Item): boolean => angle !== undefined || bare.includes('@')

function mailboxOf(item: Item): EmailAddress | undefined {
  if (item.fault === 'malformed' || (item.fault === 'quoted' && item.angle === undefined)) return undefined
  const parsed = parseEmailAddress(item.angle ?? item.bare.trim())
  return parsed.ok ? parsed.value : undefined
}

/** The position after the quoted string that starts here, or -1 if it never ends. */
function afterQuoted(field: string, start: number): number {
  for (let at = start + 1; at < field.length; at += 1) {
    if (field[at] === '\\') at += 1
    else if (field[at] === '"') return at + 1
  }
  return -1
}

/** The position after the comment, nested ones included, that starts here, or -1 if it never ends. */
function afterComment(field: string, start: number): number {
  let depth = 0
  for (let at = start; at < field.length; at += 1) {
    if (field[at] === '\\') at += 1
    else if (field[at] === '(') depth += 1
    else if (field[at] === ')') {
      depth -= 1
      if (depth === 0) return at + 1
    }
  }
  return -1
}
