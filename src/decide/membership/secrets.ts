// A secret key that somebody attaches to a request to join or to mail for a list by mistake: it is passed on to nobody. In a report it may be
// what the report is about, and stays.
import type { Decision } from '../../model/decision.ts'
import type { OpenedMail, Part } from '../../model/mail.ts'
import { plaintext } from '../../model/plaintext.ts'

const BEGIN = '-----BEGIN PGP PRIVATE KEY BLOCK-----'
const END = '-----END PGP PRIVATE KEY BLOCK-----'

/** The decision with no secret key in what it passes on of the mail; the refusal of the key says that there was one. */
export function withoutSecretKeys(decision: Decision, { refusedKeys }: OpenedMail): Decision {
  const isOfList = decision.outcome === 'application' || decision.outcome === 'post'
  if (!isOfList || refusedKeys?.includes('secret-key') !== true) return decision
  const mails = decision.mails.map(order => {
    const { content } = order
    if (!('mail' in content) || content.mail === undefined) return order
    return { ...order, content: { ...content, mail: withoutKeys(content.mail) } }
  })
  return { ...decision, mails }
}

const withoutKeys = (mail: OpenedMail): OpenedMail => ({
  ...mail,
  parts: mail.parts.filter(part => !isKeyFile(part)).map(withoutKeyInText),
})

/** Armored, or binary: its first packet is a secret key (RFC 9580 §5.5.1.3), in either form of header. */
function isKeyFile({ octets, disposition, mediaType, text }: Part): boolean {
  const [first = 0] = octets
  const tag = first >= 0xc0 ? first & 0x3f : first >= 0x80 ? (first & 0x3f) >> 2 : 0
  if (tag === 5 && text === undefined) return true
  const isShown = disposition === 'inline' && mediaType === 'text/plain' && text !== undefined
  return !isShown && Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).includes(BEGIN)
}

function withoutKeyInText(part: Part): Part {
  const before = part.text?.open() ?? ''
  const start = before.indexOf(BEGIN)
  if (start < 0) return part
  const end = before.lastIndexOf(END)
  const rest = end < start ? '' : before.slice(end + END.length)
  const text = `${before.slice(0, start)}[a secret key, left out]${rest}`
  return { ...part, text: plaintext(text), octets: Buffer.from(text) }
}
