// The policy table of keys (docs/keys.md, threats.md K09 and E10), row by row with keys that GnuPG made, or packets
// where no program here makes them: each is judged as the table says, and the table has no other row.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { config, generateKey } from 'openpgp'
import { KEY_FAULT_WORDS, KEY_FAULTS, type KeyFault, keyFaultText } from '../../src/model/key-fault.ts'
import { parseCertificate } from '../../src/openpgp/certificates.ts'
import { KEY_FAULT_OF, keyFaultAt } from '../../src/openpgp/usable.ts'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import { SWEEP } from '../support/sweep.ts'
import { type TestEnd, until } from '../support/workspace.ts'
import {
  DAY,
  gnuPG,
  headerLength,
  now,
  octets,
  packet,
  packetsOf,
  present,
  withoutBackSignature,
} from './material.ts'

type Verdict = KeyFault | 'taken as it is'
type Row = readonly [what: string, verdict: Verdict, make: (t: TestEnd) => Promise<Uint8Array>]

/** By unattended generation (doc/DETAILS of GnuPG). */
const made =
  (primary: string, subkey = '', options: readonly string[] = []) =>
  async (t: TestEnd): Promise<Buffer> => {
    const gpg = await gnuPG(t, options)
    const owner = 'Name-Email: odd@example.org\n%no-protection\n%commit\n'
    await gpg(['--batch', '--gen-key'], `${primary}\n${subkey}${subkey === '' ? '' : '\n'}${owner}`)
    return gpg(['--export'], '')
  }
const rsa = (bits: number) => `Key-Type: RSA\nKey-Length: ${bits}\nKey-Usage: sign`
const rsaSubkey = (bits: number) => `Subkey-Type: RSA\nSubkey-Length: ${bits}\nSubkey-Usage: encrypt`
const ed25519 = 'Key-Type: EDDSA\nKey-Curve: ed25519\nKey-Usage: sign'
const curve = (name: string) =>
  made(
    `Key-Type: ECDSA\nKey-Curve: ${name}\nKey-Usage: sign`,
    `Subkey-Type: ECDH\nSubkey-Curve: ${name}\nSubkey-Usage: encrypt`,
  )
/** A person's key after something was done to it. */
const changed =
  (change: (person: GnuPG) => Promise<unknown>, fakedTime = now - 9 * DAY) =>
  async (t: TestEnd): Promise<Buffer> => {
    const person = await until(t, GnuPG.create('Mia', 'mia@example.org', { fakedTime }))
    await change(person)
    return person.exportPublic()
  }
const untouched = async (): Promise<void> => undefined

/** Slow to make; every day the rows beside them do. */
const SLOW: ReadonlySet<string> = new Set(['RSA of 2048 bits and more', 'DSA', 'ElGamal for encryption'])

/** A key that certifies, one subkey that encrypts, and one that signs and never agreed to it. */
async function adopted(t: TestEnd): Promise<Buffer> {
  const gpg = await gnuPG(t, ['--batch', '--passphrase', ''])
  await gpg(['--quick-gen-key', 'mia@example.org', 'ed25519', 'cert'], '')
  const fingerprint =
    (await gpg(['--list-keys', '--with-colons'], '')).toString().match(/[0-9A-F]{40}/)?.[0] ?? ''
  await gpg(['--quick-add-key', fingerprint, 'cv25519', 'encr'], '')
  await gpg(['--quick-add-key', fingerprint, 'ed25519', 'sign'], '')
  const packets = packetsOf(await gpg(['--export'], ''))
  const binding = packets.at(-1) ?? Buffer.alloc(0)
  const body = withoutBackSignature(binding.subarray(headerLength(binding)))
  return Buffer.concat([...packets.slice(0, -1), packet(2, body)])
}

/** A key that signs, with a subkey of an algorithm that was registered later (ML-KEM-768 with X25519 is 35). */
const withNewSubkey = async (t: TestEnd): Promise<Buffer> =>
  Buffer.concat([
    await made(ed25519)(t),
    packet(14, Buffer.from([4, 0, 0, 0, 0, 35, ...Buffer.alloc(1_216)])),
  ])

async function version6(): Promise<Uint8Array> {
  const settings = { ...config, v6Keys: true }
  const { publicKey } = await generateKey({
    type: 'curve25519',
    userIDs: [{ name: 'Mia' }],
    format: 'binary',
    config: settings,
  })
  return publicKey
}

const primaryOfVersion = (version: number) => async () =>
  packet(6, Buffer.from([version, 0, 0, 0, 0, 22, ...Buffer.alloc(60)]))

const TABLE: readonly Row[] = [
  ['Ed25519 with Curve25519, version 4', 'taken as it is', changed(untouched)],
  ['RSA of 2048 bits and more', 'taken as it is', made(rsa(2048), rsaSubkey(2048))],
  ['the NIST curves P-256, P-384, P-521', 'taken as it is', curve('nistp256')],
  ['RSA of less than 2048 bits', 'short-rsa', made(rsa(1024), rsaSubkey(2048))],
  ['RSA with a subkey of less than 2048 bits', 'short-rsa', made(rsa(2048), rsaSubkey(1024))],
  ['DSA', 'old-algorithm', made('Key-Type: DSA\nKey-Length: 2048\nKey-Usage: sign', rsaSubkey(2048))],
  ['ElGamal for encryption', 'old-algorithm', made(rsa(2048), 'Subkey-Type: ELG-E\nSubkey-Length: 1024')],
  ['Brainpool curves', 'unsupported', curve('brainpoolP256r1')],
  ['secp256k1', 'unsupported', curve('secp256k1')],
  [
    'self-signatures by SHA-1 alone',
    'sha1',
    made(rsa(2048), rsaSubkey(2048), ['--cert-digest-algo', 'SHA1']),
  ],
  ['a key that only signs', 'sign-only', made(ed25519)],
  ['an ML-KEM subkey alone (post-quantum)', 'sign-only', withNewSubkey],
  ['the subkey for encryption revoked', 'encryption-revoked', changed(person => person.revokeSubkey(1))],
  [
    'the subkey for encryption expired',
    'encryption-expired',
    changed(person => person.expire('2d', 'subkeys', now - 8 * DAY)),
  ],
  ['revoked', 'revoked', changed(person => person.revoke())],
  ['expired', 'expired', changed(person => person.expire('2d', 'primary', now - 8 * DAY))],
  ['not valid yet', 'expired', changed(untouched, now + 9 * DAY)],
  ['a subkey that signs without signing back, and nothing else that signs', 'cannot-sign', adopted],
  ['version 3 (PGP 2)', 'version', primaryOfVersion(3)],
  ['version 5 (LibrePGP)', 'version', primaryOfVersion(5)],
  ['version 6 (RFC 9580)', 'version', version6],
  ['a name that the key did not sign', 'no-user-id', forgedName],
  [
    'several keys in one file',
    'several',
    async t => Buffer.concat([await made(ed25519)(t), await made(ed25519)(t)]),
  ],
  [
    'a secret key',
    'secret-key',
    async t => (await until(t, GnuPG.create('Mia', 'm@example.org'))).exportSecret(),
  ],
  ['more than 256 KB', 'too-large', async () => Buffer.alloc(256 * 1024 + 1, 0xc6)],
  ['no key at all', 'unreadable', async () => Buffer.from('hello')],
]

async function forgedName(t: TestEnd): Promise<Buffer> {
  const genuine = await changed(untouched)(t)
  const forged = Buffer.from(genuine)
  forged.write('Eve', genuine.indexOf('Mia <'))
  return forged
}

async function verdictOf(key: Uint8Array): Promise<Verdict> {
  const parsed = await parseCertificate(octets(Buffer.from(key)))
  const fault = parsed.ok ? await keyFaultAt(parsed.value, present()) : KEY_FAULT_OF[parsed.error]
  return fault ?? 'taken as it is'
}

describe('the policy table of keys', { skip: missingGnuPG() }, () => {
  for (const [what, verdict, make] of TABLE)
    test(`${what}: ${verdict}`, { skip: SWEEP === undefined && SLOW.has(what) }, async t =>
      assert.equal(await verdictOf(await make(t)), verdict),
    )

  test('is what docs/keys.md says, with the sentence that its owner reads', () => {
    const text = readFileSync(new URL('../../docs/keys.md', import.meta.url), 'utf8')
    const shown = [...text.matchAll(/^\| (.+?) \| (.+?) \| (.+?) \|$/gm)]
      .slice(2)
      .map(([, ...cells]) => cells)
    const known = TABLE.map(([what, verdict]) => [
      what,
      `\`${verdict}\``,
      verdict === 'taken as it is' ? '–' : KEY_FAULT_WORDS[verdict].sentence,
    ])
    assert.deepEqual(
      shown.map(([what, verdict, sentence]) => [what, verdict, sentence]),
      known.map(([what, verdict, sentence]) => [
        what,
        verdict?.replace('`taken as it is`', 'taken'),
        sentence,
      ]),
    )
  })

  test('has words for each reason that fit a mail and tell both programs what to do', () => {
    for (const fault of KEY_FAULTS) {
      const { gpg, thunderbird, sentence } = KEY_FAULT_WORDS[fault]
      assert.deepEqual([gpg.length, thunderbird.length], [2, 2], fault)
      assert.match(sentence, /^[A-Z].+\.$/)
      assert.ok(keyFaultText(fault).includes(sentence))
    }
  })
})
