// Addresses of ours that carry a token: reply addresses of cases and applications, and delivery return addresses. The token holds
// a keyed MAC, so that nobody can make one up; it authorises nothing, it only threads mail.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import {
  type ApplicationId,
  type CaseId,
  type EmailAddress,
  parseApplicationId,
  parseCaseId,
  parseEmailAddress,
} from '../model/scalars.ts'
import type { Addresses } from '../model/settings.ts'

/** 80 bits of HMAC-SHA-256, 16 letters of base32. */
const MAC_OCTETS = 10
const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

/** RFC 4648 §6 without padding, lower-case: mail systems may fold the case of a local part. */
export function base32(octets: Uint8Array): string {
  let text = ''
  let bits = 0
  let held = 0
  for (const octet of octets) {
    held = (held << 8) | octet
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += alphabet[(held >>> bits) & 31]
    }
    held &= (1 << bits) - 1
  }
  return bits > 0 ? text + alphabet[(held << (5 - bits)) & 31] : text
}

export class AddressTokens {
  readonly #key: Uint8Array
  readonly #addresses: Addresses

  /** @param key 32 octets that only this instance has. */
  constructor(key: Uint8Array, addresses: Addresses) {
    this.#key = key
    this.#addresses = addresses
  }

  /** `security+c.482107.<mac>@…`, `security+a.…`; the security address itself where tokens cannot be written. */
  replyAddress(thread: CaseId | ApplicationId): EmailAddress {
    const purpose = thread.slice(0, 1).toLowerCase()
    const number = thread.slice(2)
    return this.#tagged(`${purpose}.${number}.${this.#mac(purpose, number)}`)
  }

  /** `security+b.<random><mac>@…`, another one each time. */
  returnAddress(): EmailAddress {
    const random = base32(randomBytes(MAC_OCTETS))
    return this.#tagged(`b.${random}${this.#mac('b', random)}`)
  }

  /** The case whose reply address this is; undefined when it is none or its MAC does not hold. */
  caseOf(address: EmailAddress): CaseId | undefined {
    return parseCaseId(`C-${this.#number('c', address)}`)
  }

  /** The same of an application. */
  applicationOf(address: EmailAddress): ApplicationId | undefined {
    return parseApplicationId(`A-${this.#number('a', address)}`)
  }

  isReturnAddress(address: EmailAddress): boolean {
    const [, random, mac] = /^b\.([a-z2-7]{16})([a-z2-7]{16})$/.exec(this.#tag(address)) ?? []
    return random !== undefined && mac !== undefined && this.#holds('b', random, mac)
  }

  /** Of a reply address for this purpose; undefined when it is none or its MAC does not hold. */
  #number(purpose: 'a' | 'c', address: EmailAddress): string | undefined {
    const [, letter, number, mac] = /^([ac])\.([0-9]{6})\.([a-z2-7]{16})$/.exec(this.#tag(address)) ?? []
    if (letter !== purpose || number === undefined || mac === undefined) return undefined
    return this.#holds(purpose, number, mac) ? number : undefined
  }

  #mac(purpose: string, value: string): string {
    const mac = createHmac('sha256', this.#key).update(`${purpose}:${value}`).digest()
    return base32(mac.subarray(0, MAC_OCTETS))
  }

  #holds(purpose: string, value: string, mac: string): boolean {
    return timingSafeEqual(Buffer.from(this.#mac(purpose, value)), Buffer.from(mac))
  }

  #tagged(tag: string): EmailAddress {
    const { security, separator } = this.#addresses
    if (separator === 'none') return security
    const at = security.lastIndexOf('@')
    const tagged = parseEmailAddress(`${security.slice(0, at)}${separator}${tag}${security.slice(at)}`)
    // A local part over 64 octets: replies then thread by Message-ID alone, as with no separator.
    return tagged.ok ? tagged.value : security
  }

  #tag(address: EmailAddress): string {
    const { security, separator } = this.#addresses
    if (separator === 'none') return ''
    const at = security.lastIndexOf('@')
    const prefix = `${security.slice(0, at)}${separator}`.toLowerCase()
    const lower = address.toLowerCase()
    const end = security.slice(at).toLowerCase()
    return lower.startsWith(prefix) && lower.endsWith(end) ? lower.slice(prefix.length, -end.length) : ''
  }
}
