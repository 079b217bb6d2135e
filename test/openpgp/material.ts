// What the tests of this folder share: our own keys, certificates of people who use other programs, and
// packets written by hand, so that hostile ones can be made octet by octet.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type EmailAddress, type Instant, instant, parseEmailAddress } from '../../src/model/scalars.ts'
import { type Certificate, parseCertificate } from '../../src/openpgp/certificates.ts'
import { generateSecretKey, loadSecretKey, type SecretKey } from '../../src/openpgp/secret-keys.ts'
import type { GnuPG, Octets } from '../support/gpg.ts'
import { run } from '../support/program.ts'
import { type TestEnd, tempDir } from '../support/workspace.ts'

export const SECOND = 1_000
export const DAY = 86_400 * SECOND

/** Whole seconds, as OpenPGP counts time. */
export const now: Instant = instant(Math.floor(Date.now() / SECOND) * SECOND)

/** Keys that a test makes with another program are never younger than this. */
export const present = (): Instant => instant(Date.now())

export const octets = (text: Octets): Uint8Array => Buffer.from(text)

export function address(text: string): EmailAddress {
  const parsed = parseEmailAddress(text)
  assert.ok(parsed.ok)
  return parsed.value
}

/** A key as `init` makes it, unlocked. */
export async function ownKey(name: string, at: Instant = now): Promise<SecretKey> {
  const made = await generateSecretKey({
    userName: name,
    address: address(`${name.toLowerCase()}@example.org`),
    passphrase: undefined,
    now: at,
  })
  const loaded = await loadSecretKey(octets(made.armored), undefined)
  assert.ok(loaded.ok)
  return loaded.value
}

export async function certificate(key: Octets): Promise<Certificate> {
  const parsed = await parseCertificate(octets(key))
  assert.ok(parsed.ok, JSON.stringify(parsed))
  return parsed.value
}

export const certificateOf = async (person: GnuPG): Promise<Certificate> =>
  certificate(await person.exportPublic())

/** A packet with a five-octet length (RFC 9580 §4.2.1). */
export function packet(tag: number, body: Uint8Array): Buffer {
  const header = Buffer.from([0xc0 | tag, 0xff, 0, 0, 0, 0])
  header.writeUInt32BE(body.length, 2)
  return Buffer.concat([header, body])
}

export const literal = (text: string): Buffer =>
  packet(11, Buffer.concat([Buffer.from('b\0\0\0\0\0', 'latin1'), Buffer.from(text)]))

/** Armor with the armor's own label. */
export const armor = (label: string, binary: Uint8Array): string =>
  `-----BEGIN PGP ${label}-----\n\n${Buffer.from(binary)
    .toString('base64')
    .replace(/.{64}/g, '$&\n')}\n-----END PGP ${label}-----\n`

export const dearmor = (text: string): Buffer =>
  Buffer.from(
    text
      .split('\n')
      .filter(line => /^[A-Za-z0-9+/]{1,76}=*$/.test(line.trim()))
      .join(''),
    'base64',
  )

export type OddSigner = { readonly certificate: Buffer; readonly signature: Buffer }
export type RunGnuPG = (args: readonly string[], stdin: Octets) => Promise<Buffer>

/** GnuPG with an empty keyring, for what an ordinary person never does. */
export async function gnuPG(test: TestEnd, options: readonly string[] = []): Promise<RunGnuPG> {
  const home = await tempDir(test)
  test.after(async () => void (await run('gpgconf', ['--homedir', home, '--kill', 'all'])))
  return async (args, stdin) => {
    const base = ['--homedir', home, '--yes', '--quiet', '--no-tty', '--allow-weak-key-signatures']
    const result = await run('gpg', [...base, ...options, ...args], { stdin })
    assert.equal(result.code, 0, result.stderr)
    return result.stdout
  }
}

/** A key that only `parameters` of unattended generation describe, and its signature over `data`. */
export async function signedByOddKey(
  test: TestEnd,
  parameters: string,
  data: Octets,
  options: readonly string[] = [],
): Promise<OddSigner> {
  const gpg = await gnuPG(test, options)
  const owner = 'Name-Email: odd@example.org\n%no-protection\n%commit\n'
  await gpg(['--batch', '--gen-key'], `${parameters}\n${owner}`)
  return { certificate: await gpg(['--export'], ''), signature: await gpg(['--detach-sign'], data) }
}

/** Octets of the first packet's header, for lengths that are neither partial nor missing. */
export function headerLength(octets: Uint8Array): number {
  const [head = 0, first = 0] = octets
  if (head < 0xc0) return 1 + (1 << (head & 3))
  return first < 192 ? 2 : first < 224 ? 3 : 6
}

/** The packets one by one, read independently of the program under test. */
export function packetsOf(octets: Buffer): readonly Buffer[] {
  const packets: Buffer[] = []
  for (let rest = octets; rest.length > 0; ) {
    const header = headerLength(rest)
    const [head = 0, first = 0] = rest
    const size = header - 1
    const number = rest.readUIntBE(size === 5 ? 2 : 1, size === 5 ? 4 : size)
    const body = head >= 0xc0 && size === 2 ? ((first - 192) << 8) + (number & 0xff) + 192 : number
    packets.push(rest.subarray(0, header + body))
    rest = rest.subarray(header + body)
  }
  return packets
}

/** A person who uses Sequoia: a secret key and its certificate, both armored. */
export async function sequoiaKey(
  test: TestEnd,
): Promise<{ readonly secret: Buffer; readonly certificate: Buffer }> {
  const path = join(await tempDir(test), 'key')
  const made = await run('sq', ['key', 'generate', '--userid', 'Sam <sam@example.org>', '--export', path])
  assert.equal(made.code, 0, made.stderr)
  const extracted = await run('sq', ['key', 'extract-cert', path])
  assert.equal(extracted.code, 0, extracted.stderr)
  return { secret: await readFile(path), certificate: extracted.stdout }
}

/** GnuPG keeps the back-signature (subpacket 32) in the unhashed area; without it the binding stays valid. */
export function withoutBackSignature(body: Buffer): Buffer {
  const unhashed = 6 + body.readUInt16BE(4)
  const end = unhashed + 2 + body.readUInt16BE(unhashed)
  const kept: Buffer[] = []
  for (let at = unhashed + 2; at < end; ) {
    const first = body.readUInt8(at)
    const header = first < 192 ? 1 : 2
    const length = header === 1 ? first : ((first - 192) << 8) + body.readUInt8(at + 1) + 192
    const subpacket = body.subarray(at, at + header + length)
    if ((subpacket.readUInt8(header) & 0x7f) !== 32) kept.push(subpacket)
    at += subpacket.length
  }
  const area = Buffer.concat(kept)
  const length = Buffer.alloc(2)
  length.writeUInt16BE(area.length)
  return Buffer.concat([body.subarray(0, unhashed), length, area, body.subarray(end)])
}
