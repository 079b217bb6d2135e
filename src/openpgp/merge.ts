// One certificate out of two copies of it (RFC 9580 §10.1): the signatures and subkeys of both, the user ids of the
// pinned one. An older copy takes nothing away, and what the owner did not sign adds nothing (threats.md K03).
import { enums } from 'openpgp'
import { type Certificate, parseCertificate } from './certificates.ts'
import { type Packet, splitPackets } from './packets.ts'

/** Of both copies together; either was pruned to far fewer. */
const MOST_PACKETS = 1_000

type Component = { readonly packet: Packet; readonly signatures: readonly Packet[] }

/** The pinned certificate with what another copy of the same primary key adds to it; itself where that is nothing. */
export async function merged(pinned: Certificate, other: Certificate): Promise<Certificate> {
  if (pinned.fingerprint !== other.fingerprint) return pinned
  const [ours, theirs] = [componentsOf(pinned), componentsOf(other)]
  const both = ours.map(({ packet, signatures }) => {
    const twin = theirs.find(one => isSame(one.packet, packet))
    const added = twin?.signatures.filter(each => !signatures.some(own => isSame(own, each))) ?? []
    return { packet, signatures: [...signatures, ...added] }
  })
  const subkeys = theirs.filter(
    ({ packet }) => packet.tag === enums.packet.publicSubkey && !ours.some(own => isSame(own.packet, packet)),
  )
  const packets = [...both, ...subkeys].flatMap(({ packet, signatures }) => [packet, ...signatures])
  const whole = await parseCertificate(Buffer.concat(packets.map(({ octets }) => octets)))
  const isMore = whole.ok && !Buffer.from(whole.value.octets).equals(pinned.octets)
  return isMore && whole.value.fingerprint === pinned.fingerprint ? whole.value : pinned
}

function componentsOf({ octets }: Certificate): readonly Component[] {
  const split = splitPackets(octets, MOST_PACKETS)
  const components: { readonly packet: Packet; readonly signatures: Packet[] }[] = []
  for (const packet of split.ok ? split.value : []) {
    if (packet.tag === enums.packet.signature) components.at(-1)?.signatures.push(packet)
    else components.push({ packet, signatures: [] })
  }
  return components
}

const isSame = (a: Packet, b: Packet): boolean => a.tag === b.tag && Buffer.from(a.body).equals(b.body)
