// What two certificates may not have in common: the same key material under two primary keys means that somebody bound
// another's subkey to a key of their own. In: pruned certificates of version 4, as our own parser wrote them.

/** RFC 9580 §5: public key, public subkey. */
const KEY_TAGS: ReadonlySet<number> = new Set([6, 14])
/** Version and time of making: another time makes another fingerprint of the same key (RFC 9580 §5.5.4.2). */
const BEFORE_MATERIAL = 5

/** Algorithm and numbers of the primary key and of each subkey, in hex. */
export function keyMaterial(certificate: Uint8Array): readonly string[] {
  const octets = Buffer.from(certificate.buffer, certificate.byteOffset, certificate.byteLength)
  const found: string[] = []
  for (let at = 0; at < octets.length; ) {
    const head = headOf(octets, at)
    if (head === undefined) return found
    const { tag, start, end } = head
    if (KEY_TAGS.has(tag)) found.push(octets.toString('hex', start + BEFORE_MATERIAL, end))
    at = end
  }
  return found
}

/** Whether a key of one is also one of the other. */
export function sharesMaterial(a: Uint8Array, b: Uint8Array): boolean {
  const ofB = new Set(keyMaterial(b))
  return keyMaterial(a).some(one => ofB.has(one))
}

type Head = { readonly tag: number; readonly start: number; readonly end: number }

/** Both forms of header, of whole packets (RFC 9580 §4.2); undefined for what is none. */
function headOf(octets: Buffer, at: number): Head | undefined {
  const first = octets[at] ?? 0
  const second = octets[at + 1] ?? 0
  if (first < 0x80) return undefined
  const isNew = first >= 0xc0
  const size = isNew ? (second < 192 ? 1 : second < 224 ? 2 : 5) : 1 << (first & 3)
  const start = at + 1 + size
  if (start > octets.length || (!isNew && size === 8)) return undefined
  const length =
    isNew && size === 2
      ? ((second - 192) << 8) + (octets[at + 2] ?? 0) + 192
      : octets.readUIntBE(isNew && size === 5 ? at + 2 : at + 1, isNew && size === 5 ? 4 : size)
  const end = start + length
  return end > octets.length ? undefined : { tag: isNew ? first & 0x3f : (first & 0x3f) >> 2, start, end }
}
