// Breaks a mail the way networks, disks, programs and attackers do: octets flip, pieces vanish, repeat or come from
// another mail, header fields move. The same dice break it the same way.
import type { Dice } from '../forgery/dice.ts'

/** Octets; a longer mail is cut, so that many can be tried. */
const LONGEST = 200_000

/** What is put anywhere: line ends, delimiters and labels that mean something, and octets that mean nothing. */
const splices = [
  ...['\r\n', '\n', '\r', '\0', '\xff', '\r\n\r\n', ' '.repeat(200), 'A'.repeat(2_000), '.\r\n', 'From '],
  ...['--b', '--b--\r\n', ';', '"', '(', ')', '<', '=?', '=?utf-7?q?', '?=', 'boundary=b', '*0*=', '\x1b$B'],
  ...['Content-Type: multipart/mixed; boundary=b\r\n', 'Content-Type: message/rfc822\r\n'],
  ...['Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b\r\n'],
  ...['Content-Transfer-Encoding: base64\r\n', 'Content-Transfer-Encoding: quoted-printable\r\n'],
  ...['charset=iso-2022-jp', 'charset=utf-16', 'Auto-Submitted: auto-replied\r\n', 'Return-Path: <>\r\n'],
  ...[
    '-----BEGIN PGP MESSAGE-----\n\n',
    '\n-----END PGP MESSAGE-----\n',
    '-----BEGIN PGP PUBLIC KEY BLOCK-----\n',
  ],
].map(text => Buffer.from(text, 'latin1'))

type Mutation = (octets: Buffer, mails: readonly Buffer[], dice: Dice) => Buffer

const mutations: readonly Mutation[] = [
  function flipBits(octets, _, dice) {
    const changed = Buffer.from(octets)
    for (let times = 1 + dice.below(8); times > 0 && changed.length > 0; times -= 1) {
      const at = dice.below(changed.length)
      changed[at] = (changed[at] ?? 0) ^ (1 << dice.below(8))
    }
    return changed
  },
  function splice(octets, _, dice) {
    const at = dice.below(octets.length + 1)
    return Buffer.concat([octets.subarray(0, at), dice.pick(splices), octets.subarray(at)])
  },
  function remove(octets, _, dice) {
    const at = dice.below(octets.length + 1)
    return Buffer.concat([octets.subarray(0, at), octets.subarray(at + dice.below(300))])
  },
  (octets, _, dice) => octets.subarray(0, dice.below(octets.length + 1)),
  function repeat(octets, _, dice) {
    const at = dice.below(octets.length + 1)
    const piece = octets.subarray(at, at + dice.below(500))
    const times = 1 + dice.below(40)
    return Buffer.concat([octets.subarray(0, at), ...Array(times).fill(piece), octets.subarray(at)])
  },
  function goOnAsAnother(octets, mails, dice) {
    const other = dice.pick(mails)
    const start = octets.subarray(0, dice.below(octets.length + 1))
    return Buffer.concat([start, other.subarray(dice.below(other.length + 1))])
  },
  function underAnotherHeader(octets, mails, dice) {
    const other = dice.pick(mails)
    return Buffer.concat([other.subarray(0, headerEnd(other)), octets.subarray(headerEnd(octets))])
  },
  function swapFields(octets, mails, dice) {
    const end = headerEnd(octets)
    const lines = linesOf(octets.subarray(0, end))
    const other = dice.pick(mails)
    const others = linesOf(other.subarray(0, headerEnd(other)))
    for (let times = 1 + dice.below(4); times > 0 && lines.length > 0 && others.length > 0; times -= 1)
      lines.splice(dice.below(lines.length), dice.below(2), dice.pick(others))
    return Buffer.concat([...lines, octets.subarray(end)])
  },
  function shuffleLines(octets, _, dice) {
    const lines = linesOf(octets)
    for (let times = 1 + dice.below(5); times > 0 && lines.length > 1; times -= 1) {
      const [line = Buffer.alloc(0)] = lines.splice(dice.below(lines.length), 1)
      lines.splice(dice.below(lines.length + 1), 0, line)
    }
    return Buffer.concat(lines)
  },
]

/** One of the mails, changed one to four times. */
export function mutated(mails: readonly Buffer[], dice: Dice): Buffer {
  let octets = dice.pick(mails)
  for (let times = 1 + dice.below(4); times > 0; times -= 1)
    octets = dice.pick(mutations)(octets, mails, dice).subarray(0, LONGEST)
  return octets
}

function headerEnd(octets: Buffer): number {
  const ends = ['\r\n\r\n', '\n\n'].map(text => octets.indexOf(text)).filter(at => at >= 0)
  return ends.length === 0 ? octets.length : Math.min(...ends)
}

function linesOf(octets: Buffer): Buffer[] {
  const lines: Buffer[] = []
  for (let start = 0; start < octets.length; ) {
    const at = octets.indexOf(0x0a, start)
    const end = at < 0 ? octets.length : at + 1
    lines.push(octets.subarray(start, end))
    start = end
  }
  return lines
}
