// What a forged mail may have in it: each way takes the forger's material and the dice, and gives an entity that
// looks, to one reader or another, like a command that an admin signed.
import { armor, dearmor, packet, packetsOf } from '../openpgp/material.ts'
import {
  bodyOf,
  claiming,
  dataOf,
  literalAround,
  reencrypted,
  reworked,
  subpacket,
} from '../security/packets.ts'
import { boundary, crlf, encoded, entity, multipart, typed } from '../support/mime.ts'
import {
  alternative,
  htmlEntity,
  mixed,
  multipartEncrypted,
  signedBy,
  textEntity,
} from '../support/pgp-mime.ts'
import type { Dice } from './dice.ts'
import type { Material, SignedWords } from './material.ts'
import { verbsOfMembers } from './members.ts'

export type Content = { readonly name: WayName; readonly entity: string }
type Way = (material: Material, dice: Dice) => string | Promise<string>

const commandText = ({ id, members }: Material, dice: Dice): string => {
  const opening = dice.pick([
    'embargod acme',
    'Embargod ACME',
    'embargod acme\n# as agreed',
    '\n\nembargod acme',
  ])
  const verb = dice.pick([
    `accept ${id}`,
    `take ${id}`,
    `reject ${id} as=spam <<\nno\n.`,
    `note ${id} <<\nx\n.`,
    ...(members === undefined ? [] : verbsOfMembers(members, id)),
  ])
  return `${opening}\n${verb}\n`
}

const CHARSETS = [
  ...['utf-8', 'us-ascii', 'utf-7', 'utf-16', 'utf-16le', 'iso-2022-jp', 'shift_jis', 'iso-8859-1'],
  ...['windows-1252', 'ebcdic-us', 'hz-gb-2312', 'x-unknown', ''],
]

const command = (material: Material, dice: Dice): string => {
  const format = dice.pick(['', '; format=flowed', '; format=flowed; delsp=yes'])
  const type = `text/plain; charset="${dice.pick(CHARSETS)}"${format}`
  return textEntity(commandText(material, dice), type, dice.pick(['7bit', 'quoted-printable', 'base64']))
}

const anySigned = (material: Material, dice: Dice): SignedWords =>
  dice.pick(dice.pick([material.used, material.worthless, material.foreign]))

const container = (dice: Dice, parts: readonly string[]): string => {
  const type = dice.pick(['mixed', 'alternative', 'related', 'digest', 'parallel', 'signed', 'appledouble'])
  const limit = dice.pick([boundary(), `--${boundary()}`, 'a', `a b ${boundary()}`])
  const more = type === 'signed' ? ' protocol="application/pgp-signature"; micalg=pgp-sha256;' : ''
  const preamble = dice.oneIn(4) ? 'embargod acme\r\n' : ''
  return entity(`multipart/${type};${more} boundary="${limit}"`, multipart(limit, parts, preamble))
}

const onceSigned = ({ inner, signature }: SignedWords): string => signedBy(signature, inner)

/** A signature packet changed in what it does not cover, or in what makes it another one. */
function reworkedSignature(material: Material, armored: string, dice: Dice): string {
  const packets = dearmor(armored)
  const odd = [
    packet(10, Buffer.from('PGP')),
    packet(21, Buffer.alloc(3)),
    packet(63, Buffer.from('x')),
    packet(40, Buffer.from('x')),
    dearmor(dice.pick(material.foreign).signature),
    dearmor(dice.pick(material.used).signature),
  ]
  switch (dice.below(8)) {
    case 0:
      return reworked(armored, ({ unhashed }) => ({
        unhashed: Buffer.concat([unhashed, subpacket(20, Buffer.from(dice.word()))]),
      }))
    case 1:
      return reworked(armored, () => ({ unhashed: Buffer.alloc(0) }))
    case 2:
      return claiming(dice.pick([material.line.alice, material.line.bob]), armored)
    case 3:
      return armor('SIGNATURE', packet(2, bodyOf(packets)))
    case 4:
      return armor('SIGNATURE', Buffer.concat([packets, dice.pick(odd)]))
    case 5:
      return armor('SIGNATURE', Buffer.concat([dice.pick(odd), packets]))
    case 6:
      return `${armored}${dice.pick(material.used).signature}`
    default: {
      const flipped = Buffer.from(packets)
      const at = dice.below(flipped.length)
      flipped[at] = (flipped[at] ?? 0) ^ (1 << dice.below(8))
      return armor('SIGNATURE', flipped)
    }
  }
}

/** The packets of a signed message in another order, number or wrapping. */
function reworkedMessage(material: Material, armored: string, dice: Dice): Buffer {
  const [onePass, literal, made] = packetsOf(dearmor(armored))
  if (onePass === undefined || literal === undefined || made === undefined)
    throw new Error('a signed message of other packets')
  const other = literalAround(Buffer.from(typed(commandText(material, dice))), 'b', '')
  const stored = (packets: Buffer): Buffer => packet(8, Buffer.concat([Buffer.from([0]), packets]))
  const whole = Buffer.concat([onePass, literal, made])
  return dice.pick<() => Buffer>([
    () => Buffer.concat([onePass, literalAround(dataOf(literal), 'u', dice.word()), made]),
    () => Buffer.concat([onePass, other, made]),
    () => Buffer.concat([onePass, other, literal, made]),
    () => Buffer.concat([onePass, literal, other, made]),
    () => Buffer.concat([other, onePass, literal, made]),
    () => Buffer.concat([onePass, literal, made, other]),
    () => Buffer.concat([made, other]),
    () => Buffer.concat([onePass, onePass, literal, made, made]),
    () => Buffer.concat([whole, whole]),
    () => stored(whole),
    () => stored(stored(stored(whole))),
    () => Buffer.concat([onePass, literal, made, Buffer.from(dice.word())]),
    () => whole.subarray(0, whole.length - 1 - dice.below(40)),
    () => Buffer.concat([packet(10, Buffer.from('PGP')), whole]),
    () => other,
  ])()
}

const smime = (content: string): string => {
  const limit = boundary()
  const signature = entity('application/pkcs7-signature; name="smime.p7s"', encoded('MIIG', 'base64'), [
    ['Content-Transfer-Encoding', 'base64'],
  ])
  const type = `multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary="${limit}"`
  return entity(type, multipart(limit, [content, signature]))
}

const signaturePart = (armored: string) => entity('application/pgp-signature', crlf(armored))

/** Armor with the tricks that have fooled readers of cleartext signatures. */
function trickedCleartext(material: Material, { cleartext }: SignedWords, dice: Dice): string {
  const added = commandText(material, dice)
  return dice.pick([
    cleartext,
    `${added}\n${cleartext}`,
    `${cleartext}\n${added}`,
    cleartext.replace('\nHash: SHA256\n\n', `\nHash: SHA256\n${added}\n\n`),
    cleartext.replace('\nHash: SHA256\n', `\nHash: SHA256\nComment: x\n\f\n${added}\n`),
    cleartext.replace(
      '-----BEGIN PGP SIGNED',
      `-----BEGIN PGP SIGNED MESSAGE-----\n\n${added}\n-----BEGIN PGP SIGNED`,
    ),
    `${cleartext}\n${cleartext}`,
  ])
}

export const WAYS = {
  'no signature': (material, dice) => command(material, dice),
  'a signature sent again or never good': (material, dice) => onceSigned(anySigned(material, dice)),
  'a signature on another text': (material, dice) =>
    signedBy(anySigned(material, dice).signature, command(material, dice)),
  'a signature reworked': (material, dice) => {
    const { inner, signature } = anySigned(material, dice)
    return signedBy(reworkedSignature(material, signature, dice), inner)
  },
  'signed text with one octet changed': (material, dice) => {
    const { inner, signature } = anySigned(material, dice)
    const at = dice.below(inner.length)
    const other = String.fromCharCode(32 + dice.below(95))
    return signedBy(signature, inner.slice(0, at) + other + inner.slice(at + 1))
  },
  'placed around what is signed': (material, dice) => {
    const signed = onceSigned(anySigned(material, dice))
    const parts = [command(material, dice), signed]
    if (dice.oneIn(2)) parts.reverse()
    if (dice.oneIn(3)) parts.push(htmlEntity('<p>embargod acme</p>'))
    let content = container(dice, parts)
    for (let depth = dice.below(3); depth > 0; depth -= 1) content = container(dice, [content])
    return content
  },
  'inside what is signed': (material, dice) => {
    const { inner, signature } = anySigned(material, dice)
    const parts = [inner, command(material, dice)]
    return signedBy(signature, dice.pick([mixed, alternative])(dice.oneIn(2) ? parts : parts.toReversed()))
  },
  'more or fewer parts than a signature has': (material, dice) => {
    const { inner, signature } = anySigned(material, dice)
    const all = [inner, signaturePart(signature), command(material, dice), signaturePart(signature)]
    const parts = all.filter(() => !dice.oneIn(4))
    const limit = boundary()
    const type = `multipart/signed; protocol="application/pgp-signature"; boundary="${limit}"`
    return entity(type, multipart(limit, parts.length === 0 ? all : parts))
  },
  forwarded: (material, dice) => {
    const forwarded = entity('message/rfc822', onceSigned(anySigned(material, dice)))
    return dice.oneIn(2) ? forwarded : mixed([command(material, dice), forwarded])
  },
  'a signed message': (material, dice) => textEntity(anySigned(material, dice).message),
  'a signed message reworked': (material, dice) => {
    const packets = reworkedMessage(material, anySigned(material, dice).message, dice)
    return textEntity(armor('MESSAGE', packets), `text/plain; charset=${dice.pick(CHARSETS)}`)
  },
  'a signed message with words around it': (material, dice) => {
    const { message } = anySigned(material, dice)
    const words = commandText(material, dice)
    return textEntity(dice.oneIn(2) ? `${words}\n${message}` : `${message}\n${words}`)
  },
  'cleartext-signed': (material, dice) =>
    textEntity(trickedCleartext(material, anySigned(material, dice), dice)),
  'S/MIME': (material, dice) => smime(command(material, dice)),
  'the key attached that it says it is signed by': (material, dice) =>
    mixed([command(material, dice), entity('application/pgp-keys', crlf(dice.pick(material.keys)))]),
  'the encryption sent again': ({ encrypted }) => multipartEncrypted(encrypted.message),
  'the encryption taken off and put on anew': async ({ encrypted, ourKey }) =>
    multipartEncrypted(await reencrypted(encrypted.unwrapped, ourKey)),
  'encrypted and not signed': async (material, dice) => {
    const content = Buffer.from(command(material, dice), 'latin1')
    return multipartEncrypted(await reencrypted(literalAround(content, 'b', ''), material.ourKey))
  },
  'encrypted around what was signed': async (material, dice) => {
    const signed = Buffer.from(onceSigned(anySigned(material, dice)), 'latin1')
    return multipartEncrypted(await reencrypted(literalAround(signed, 'b', ''), material.ourKey))
  },
  'a signed message reworked and encrypted': async (material, dice) => {
    const packets = reworkedMessage(material, anySigned(material, dice).message, dice)
    const message = await reencrypted(packets, material.ourKey)
    return dice.oneIn(2) ? textEntity(message) : multipartEncrypted(message)
  },
  'ciphertext damaged': ({ encrypted }, dice) => {
    const packets = Buffer.from(dearmor(encrypted.message))
    const at = dice.below(packets.length)
    packets[at] = (packets[at] ?? 0) ^ (1 << dice.below(8))
    const cut = dice.oneIn(3) ? packets.subarray(0, packets.length - 1 - dice.below(50)) : packets
    return multipartEncrypted(armor('MESSAGE', cut))
  },
  'ciphertext under a signature': ({ encrypted, foreign }, dice) =>
    signedBy(dice.pick(foreign).signature, multipartEncrypted(encrypted.message)),
} satisfies Readonly<Record<string, Way>>

export type WayName = keyof typeof WAYS
export const WAY_NAMES = Object.keys(WAYS) as readonly WayName[]

/** One forged content, and the way in which it was made. */
export async function forgeContent(material: Material, dice: Dice): Promise<Content> {
  const name = dice.pick(WAY_NAMES)
  return { name, entity: await WAYS[name](material, dice) }
}
