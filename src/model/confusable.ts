// Addresses that people take for each other: what two of them look like, and what hides in one. Every address here is
// plain ASCII already (parseEmailAddress); letters of other scripts come as A-labels (RFC 5890), decoded by RFC 3492.
import { type EmailAddress, foldedMailbox } from './scalars.ts'

const A_LABEL = 'xn--'
/** Of one label; a longer one is no label. */
const MOST_POINTS = 63

/** Letters of other scripts that look like a Latin one; accents and wide or styled forms fold by themselves. */
const LOOKS: ReadonlyMap<string, string> = new Map(
  [
    ...['aаα', 'bвьƅ', 'cсϲ', 'dԁɗ', 'eеєҽ', 'gɡց', 'hһнհ', 'iіıι', 'jјʝ', 'kкκ', 'lӏɩ', 'mм', 'nոпη'],
    ...['oоοօσ', 'pрρ', 'qԛզ', 'rгꭇ', 'sѕꜱ', 'tтτ', 'uυսц', 'vνѵ', 'wԝωա', 'xхχ', 'yуγү', 'zᴢ'],
  ].flatMap(([latin = '', ...others]) => others.map(other => [other, latin])),
)

/** Pairs that pass for one letter, and digits for letters, in this order. */
const ALIKE: readonly (readonly [RegExp, string])[] = [
  [/[1i|]/g, 'l'],
  [/0/g, 'o'],
  [/5/g, 's'],
  [/rn/g, 'm'],
  [/vv/g, 'w'],
  [/cl/g, 'd'],
  [/[._-]/g, ''],
]

/** What an address looks like, its subaddress apart: those of which this is the same may be mistaken for each other. */
export function skeletonOf(address: EmailAddress): string {
  const folded = foldedMailbox(address)
  const at = folded.lastIndexOf('@')
  const labels = folded.slice(at + 1).split('.')
  return `${looks(folded.slice(0, at))}@${labels.map(label => looks(unicodeOf(label))).join('.')}`
}

/** Code points beyond ASCII that an address stands for, `U+0430`, by A-label; empty for nearly all. */
export const hiddenIn = (address: EmailAddress): readonly string[] =>
  address
    .slice(address.lastIndexOf('@') + 1)
    .split('.')
    .filter(label => label.startsWith(A_LABEL))
    .map(label => {
      const points = [...new Set(unicodeOf(label))].filter(letter => letter > '\u007f').map(codePoint)
      return `${label} ${points.length === 0 ? 'cannot be read' : `stands for ${points.join(' ')}`}`
    })

const codePoint = (letter: string): string =>
  `U+${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`

/** A text in small letters, each that looks like a Latin one as that. */
export function inLatin(text: string): string {
  const folded = text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
  return [...folded].map(letter => LOOKS.get(letter) ?? letter).join('')
}

function looks(text: string): string {
  let seen = inLatin(text).replace(/\p{M}/gu, '')
  for (const [pattern, letter] of ALIKE) seen = seen.replace(pattern, letter)
  return seen
}

/** The label that an A-label stands for; itself if it is none, or not a right one. */
function unicodeOf(label: string): string {
  if (!label.startsWith(A_LABEL)) return label
  const points = decoded(label.slice(A_LABEL.length))
  return points === undefined ? label : String.fromCodePoint(...points).toWellFormed()
}

/** Punycode, RFC 3492 §6.2 with the parameters of §5. */
function decoded(text: string): readonly number[] | undefined {
  const last = text.lastIndexOf('-')
  const points = [...text.slice(0, Math.max(0, last))].map(letter => letter.charCodeAt(0))
  let [at, point, index, bias] = [last + 1, 128, 0, 72]
  while (at < text.length) {
    const before = index
    let weight = 1
    for (let k = 36; ; k += 36) {
      const digit = digitOf(text.charCodeAt(at))
      at += 1
      if (digit === undefined || points.length >= MOST_POINTS) return undefined
      index += digit * weight
      const threshold = k <= bias ? 1 : Math.min(26, k - bias)
      if (digit < threshold) break
      weight *= 36 - threshold
    }
    const count = points.length + 1
    bias = adapted(index - before, count, before === 0 ? 'first' : 'later')
    point += Math.floor(index / count)
    if (point > 0x10ffff) return undefined
    index %= count
    points.splice(index, 0, point)
    index += 1
  }
  return points
}

/** Undefined for what is no digit, the end of the text included. */
function digitOf(code: number): number | undefined {
  if (code >= 97 && code <= 122) return code - 97
  return code >= 48 && code <= 57 ? code - 22 : undefined
}

function adapted(delta: number, count: number, which: 'first' | 'later'): number {
  let rest = Math.floor(delta / (which === 'first' ? 700 : 2))
  rest += Math.floor(rest / count)
  let k = 0
  for (; rest > 455; k += 36) rest = Math.floor(rest / 35)
  return k + Math.floor((36 * rest) / (rest + 38))
}
