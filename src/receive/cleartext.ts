// The cleartext signature framework (RFC 9580 §7): a text that names its own signature. In: the octets of a text.
// Out: what was signed and the signature, for telling people whether it holds. Nothing it finds is authority.

const BEGIN = '-----BEGIN PGP SIGNED MESSAGE-----'
const SIGNATURE = '-----BEGIN PGP SIGNATURE-----'
const END = '-----END PGP SIGNATURE-----'
const MAX_HEADER_LINES = 10
const headerShape = /^Hash: [A-Za-z0-9, -]{1,100}$/

export type Cleartext =
  /** `around`: whether words stand above or below that nobody signed. */
  | {
      readonly kind: 'one'
      readonly content: Uint8Array
      readonly signature: Uint8Array
      readonly around: 'nothing' | 'words'
    }
  | { readonly kind: 'several' | 'malformed' }

/** Undefined where no line begins a signed text. Stricter than most: no header but Hash, every dash escaped. */
export function cleartextIn(octets: Uint8Array): Cleartext | undefined {
  const text = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength)
  if (!text.includes(BEGIN)) return undefined
  const lines = text.toString('latin1').split('\n').map(withoutBlankEnd)
  const start = lines.indexOf(BEGIN)
  if (start < 0) return undefined
  if (lines.indexOf(BEGIN, start + 1) >= 0) return { kind: 'several' }
  const blank = lines.indexOf('', start)
  const middle = lines.indexOf(SIGNATURE, start)
  const end = lines.indexOf(END, middle)
  const headers = lines.slice(start + 1, blank)
  const isFramed = start < blank && blank < middle && middle < end
  if (!isFramed || headers.length > MAX_HEADER_LINES || !headers.every(line => headerShape.test(line)))
    return { kind: 'malformed' }
  const signed = lines.slice(blank + 1, middle)
  if (!signed.every(isEscaped)) return { kind: 'malformed' }
  const isBlank = (line: string) => line === ''
  return {
    kind: 'one',
    content: Buffer.from(signed.map(line => line.replace(/^-(?: |$)/, '')).join('\r\n'), 'latin1'),
    signature: Buffer.from(lines.slice(middle, end + 1).join('\r\n'), 'latin1'),
    around: [...lines.slice(0, start), ...lines.slice(end + 1)].every(isBlank) ? 'nothing' : 'words',
  }
}

/** What is left of an escaped empty line is a dash alone. */
const isEscaped = (line: string): boolean => !line.startsWith('-') || line === '-' || line.startsWith('- ')

/** Blanks at the end of a line are not signed (RFC 9580 §7.1). */
function withoutBlankEnd(line: string): string {
  let end = line.length
  while (end > 0 && ' \t\r'.includes(line[end - 1] ?? 'x')) end -= 1
  return line.slice(0, end)
}
