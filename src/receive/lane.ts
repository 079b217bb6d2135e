// Which mail may be a command, told from its header before anything opens it, so that it need not wait behind
// a flood of other mail (threats.md F10). It decides about order only: anyone can write to the command address.
import type { Lane } from '../model/queues.ts'
import { type EmailAddress, sameMailbox } from '../model/scalars.ts'
import type { Addresses } from '../model/settings.ts'
import { addressList } from './addresses.ts'

/** Octets of a header that are looked at; what stands beyond changes nothing but the order. */
const MAX_LOOKED_AT = 64 * 1024
/** Fields of interest; a header repeats none of them so often. */
const MAX_FIELDS = 50

/** What a server is asked for: mails in which this header field holds this text. */
export type HeaderTerm = { readonly header: string; readonly text: string }

/** Where one address takes all mail, only whoever can sign and encrypt may be commanding. */
const COMMAND_TYPES = ['multipart/signed', 'multipart/encrypted']

const isShared = ({ command, security }: Addresses): boolean => sameMailbox(command, security)

/** Fields that say for whom a mail is: those the configuration trusts, then To and Cc. */
const destinations = (deliveryHeaders: readonly string[]): readonly string[] => [
  ...deliveryHeaders.map(name => name.toLowerCase()),
  'to',
  'cc',
]

/** The lane of a mail, by its raw octets; linear in the part of the header that is looked at. */
export function laneOf(octets: Uint8Array, addresses: Addresses, deliveryHeaders: readonly string[]): Lane {
  if (isShared(addresses)) {
    const [type = ''] = fieldsNamed(octets, ['content-type'])
    return COMMAND_TYPES.some(one => type.trim().toLowerCase().startsWith(one)) ? 'command' : 'other'
  }
  const isCommand = (address: EmailAddress) => sameMailbox(address, addresses.command)
  const fields = fieldsNamed(octets, destinations(deliveryHeaders))
  return fields.some(value => addressList(value).some(isCommand)) ? 'command' : 'other'
}

/** How a server finds the same mails; it may find more. */
export const commandTerms = (
  addresses: Addresses,
  deliveryHeaders: readonly string[],
): readonly HeaderTerm[] =>
  isShared(addresses)
    ? COMMAND_TYPES.map(text => ({ header: 'content-type', text }))
    : destinations(deliveryHeaders).map(header => ({ header, text: addresses.command }))

/** Values of these fields, unfolded, from the start of a mail to its first empty line. */
function fieldsNamed(octets: Uint8Array, names: readonly string[]): readonly string[] {
  const start = Buffer.from(octets.buffer, octets.byteOffset, Math.min(octets.byteLength, MAX_LOOKED_AT))
  const found: string[] = []
  let open = false
  for (const line of start.toString('latin1').split(/\r\n|\n/)) {
    if (line === '' || found.length > MAX_FIELDS) break
    if (line.startsWith(' ') || line.startsWith('\t')) {
      if (open) found.push(`${found.pop() ?? ''}${line}`)
      continue
    }
    const colon = line.indexOf(':')
    open = colon > 0 && names.includes(line.slice(0, colon).trimEnd().toLowerCase())
    if (open) found.push(line.slice(colon + 1))
  }
  return found
}
