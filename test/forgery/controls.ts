// To each way of forging the same without the forgery: what an admin signed is left as it is, in that shape. Each
// is accepted, so that a forgery is refused for what is forged and not for its shape.
import { armor, dearmor, packetsOf } from '../openpgp/material.ts'
import { literalAround, reencrypted } from '../security/packets.ts'
import { crlf, entity } from '../support/mime.ts'
import {
  alternative,
  htmlEntity,
  mixed,
  multipartEncrypted,
  signedBy,
  textEntity,
} from '../support/pgp-mime.ts'
import type { WayName } from './contents.ts'
import type { Material } from './material.ts'

type Control = (material: Material) => Promise<string>

const signed: Control = async ({ honest }) => {
  const { inner, signature } = await honest.words()
  return signedBy(signature, inner)
}

/** An entity around the command, signed as a whole. */
const signedWhole =
  (around: (inner: string, material: Material) => string): Control =>
  async material => {
    const { inner } = await material.honest.words()
    const whole = around(inner, material)
    return signedBy(await material.honest.sign(whole), whole)
  }

const message: Control = async ({ honest }) => textEntity((await honest.words()).message)

const encrypted: Control = async ({ honest }) =>
  multipartEncrypted(await honest.encryptSign((await honest.words()).inner))

export const CONTROLS: Readonly<Record<WayName, Control>> = {
  'no signature': signed,
  'a signature sent again or never good': signed,
  'a signature on another text': signed,
  'a signature reworked': async ({ honest }) => {
    const { inner, signature } = await honest.words()
    return signedBy(armor('SIGNATURE', dearmor(signature)), inner)
  },
  'signed text with one octet changed': signed,
  'placed around what is signed': signed,
  'inside what is signed': signedWhole(inner => mixed([inner])),
  'more or fewer parts than a signature has': signedWhole(inner =>
    alternative([inner, htmlEntity('<p>embargod acme</p>')]),
  ),
  forwarded: signed,
  'a signed message': message,
  'a signed message reworked': async ({ honest }) => {
    const packets = packetsOf(dearmor((await honest.words()).message))
    return textEntity(armor('MESSAGE', Buffer.concat(packets)))
  },
  'a signed message with words around it': message,
  'cleartext-signed': message,
  'S/MIME': signed,
  'the key attached that it says it is signed by': signedWhole((inner, { keys: [key = ''] }) =>
    mixed([inner, entity('application/pgp-keys', crlf(key))]),
  ),
  'the encryption sent again': encrypted,
  'the encryption taken off and put on anew': async ({ honest, line, ourKey }) => {
    const sealed = await honest.encryptSign((await honest.words()).inner)
    return multipartEncrypted(await reencrypted(await line.alice.unwrap(sealed), ourKey))
  },
  'encrypted and not signed': encrypted,
  'encrypted around what was signed': async material => {
    const inside = Buffer.from(await signed(material), 'latin1')
    return multipartEncrypted(await reencrypted(literalAround(inside, 'b', ''), material.ourKey))
  },
  'a signed message reworked and encrypted': async ({ honest, ourKey }) =>
    textEntity(await reencrypted(dearmor((await honest.words()).message), ourKey)),
  'ciphertext damaged': encrypted,
  'ciphertext under a signature': encrypted,
}
