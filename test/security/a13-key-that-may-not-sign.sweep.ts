// Threat A13: commands by the keys of admins as the configuration has them, after these keys expired, were
// revoked, or turn out to be too weak or not meant to sign.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { armor, packetsOf, signedByOddKey } from '../openpgp/material.ts'
import { GnuPG, type SignOptions } from '../support/gpg.ts'
import type { KeyOptions } from '../support/gpg-parameters.ts'
import type { Installation } from '../support/installation.ts'
import { gpgMimeSigned } from '../support/mail.ts'
import { signedBy, textEntity } from '../support/pgp-mime.ts'
import { until } from '../support/workspace.ts'
import { bodyOf, partsOf, signaturePacket, tagOf } from './packets.ts'
import { type Attack, COMMAND, fromAlice, Siege, skip } from './support.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Seconds for which one of the keys is still good while the daemon starts with it. */
const LEFT = 4

/** An admin whose key is good at first and then is not. */
type Victim = {
  readonly word: string
  readonly person: GnuPG
  /** How commands are signed. */
  readonly signing: SignOptions
  /** What makes the key unusable, if time does not. */
  readonly spoil?: () => Promise<unknown>
  /** The certificate that is configured then; the person's own by default. */
  readonly certificate?: () => Promise<string>
  readonly reason: string
  readonly attacks: Readonly<Record<string, SignOptions>>
}

test('A13 the key of an admin commands only while it may sign', { skip }, async t => {
  const victims = await makeVictims(t, Date.now())
  const good = new Map<string, string>()
  for (const { word, person } of victims) good.set(word, await person.exportArmored())
  const siege = await Siege.make(t, async acme => {
    for (const { word, person } of victims)
      await addAdmin(acme, word, person.fingerprint, good.get(word) ?? '')
  })
  const { acme, canary, id } = siege

  /** Each asks about the case; `when` makes two mails of one second two signatures. */
  const asking = (who: readonly Victim[], when: string) =>
    Promise.all(
      who.map(({ person, signing }) =>
        gpgMimeSigned(person, { to: COMMAND, text: `embargod acme\nshow ${id}\n# ${when}\n`, signing }),
      ),
    )
  const obeyed = async (mails: readonly Buffer[]) => {
    const outcomes = (await siege.settle(mails)).map(({ outcome }) => outcome)
    assert.deepEqual(outcomes, new Array(mails.length).fill('command'))
  }

  await t.test('at first each of them is obeyed', async () => obeyed(await asking(victims, 'at first')))

  // Their owners cannot sign any more once the keys are spoilt.
  const again = await asking(victims, 'again')
  const attacks: Attack[] = []
  for (const { person, reason, attacks: named } of victims)
    for (const [name, signing] of Object.entries(named)) {
      const text = `${siege.command}\n-- \n${canary}\n`
      const mail = await gpgMimeSigned(person, { to: COMMAND, subject: canary, text, signing })
      attacks.push({ name, mail, reason, courtesy: person.address })
    }
  for (const { name, parameters, options } of oddKeys) {
    const content = textEntity(siege.command)
    const odd = await signedByOddKey(t, parameters, Buffer.from(content, 'latin1'), options)
    const [fingerprint = ''] = await acme.alice.importKey(odd.certificate)
    const word = `odd${attacks.length}`
    await addAdmin(acme, word, fingerprint, armor('PUBLIC KEY BLOCK', odd.certificate))
    const from = `${word}@team.example`
    const mail = fromAlice(signedBy(armor('SIGNATURE', odd.signature), content), { from })
    attacks.push({ name, mail, reason: 'weak', courtesy: from })
  }

  await t.test('the daemon starts anew with the keys as they are now', async () => {
    assert.equal(await acme.stop(), 0)
    for (const { word, person, spoil, certificate = () => person.exportArmored() } of victims) {
      await spoil?.()
      await writeFile(join(acme.folder, `admins/${word}.asc`), await certificate())
    }
    // The last second of the key that ends is known once it was set.
    const endsAt = Date.now() + (LEFT + 1) * 1_000
    await acme.start()
    await pause(Math.max(0, endsAt - Date.now()))
  })
  await siege.stand(t, attacks)

  await t.test('with the former keys the same persons are obeyed again', async () => {
    assert.equal(await acme.stop(), 0)
    for (const { word } of victims)
      await writeFile(join(acme.folder, `admins/${word}.asc`), good.get(word) ?? '')
    await acme.edit(text => text.replace(/^ {2}- name: odd\d+\n(?: {4}.*\n)+/gm, ''))
    await acme.start()
    await obeyed(again)
  })
  await siege.end(t)
})

async function makeVictims(t: TestContext, now: number): Promise<readonly Victim[]> {
  const person = (word: string, options: KeyOptions = {}) =>
    until(t, GnuPG.create(`${word} Admin`, `${word}@team.example`, options))
  const primary = (one: GnuPG, options: SignOptions = {}): SignOptions => ({
    signWith: `${one.fingerprint}!`,
    ...options,
  })
  const past = { fakedTime: now - 2 * HOUR }
  const [expired, revoked, superseded] = [
    await person('expired', past),
    await person('revoked', past),
    await person('superseded', past),
  ]
  const ending = await person('ending')
  const [subExpired, subRevoked, incapable, unbacked, digests] = [
    await person('subexpired', past),
    await person('subrevoked', past),
    await person('incapable'),
    await person('unbacked'),
    await person('digests', { algorithm: 'rsa2048' }),
  ]
  const expiredSubkey = await subExpired.addSubkey('sign', past)
  const revokedSubkey = await subRevoked.addSubkey('sign', past)
  const turnedSubkey = await incapable.addSubkey('sign', { algorithm: 'rsa2048' })
  const unbackedSubkey = await unbacked.addSubkey('sign')
  const earlier = { fakedTime: now - 10 * MINUTE }
  // Ended five minutes ago.
  const end = ['seconds=3300', now - HOUR] as const
  return [
    {
      word: 'expired',
      person: expired,
      signing: primary(expired),
      spoil: () => expired.expire(end[0], 'primary', end[1]),
      reason: 'expired-key',
      attacks: {
        'an expired key, signed before it expired': primary(expired, earlier),
        'an expired key, signed after it expired': primary(expired),
      },
    },
    {
      word: 'revoked',
      person: revoked,
      signing: primary(revoked),
      spoil: () => revoked.revoke(),
      reason: 'revoked-key',
      attacks: {
        'a key revoked without a reason, signed before': primary(revoked, earlier),
        'a key revoked without a reason, signed now': primary(revoked),
      },
    },
    {
      word: 'superseded',
      person: superseded,
      signing: primary(superseded),
      spoil: () => superseded.supersede(),
      reason: 'revoked-key',
      attacks: { 'a key superseded, signed before it was': primary(superseded, earlier) },
    },
    {
      word: 'subexpired',
      person: subExpired,
      signing: { signWith: `${expiredSubkey}!` },
      spoil: () => subExpired.expire(end[0], 'subkeys', end[1]),
      reason: 'expired-key',
      attacks: {
        'an expired signing subkey, signed before it expired': { signWith: `${expiredSubkey}!`, ...earlier },
        'an expired signing subkey, signed after it expired': { signWith: `${expiredSubkey}!` },
      },
    },
    {
      word: 'subrevoked',
      person: subRevoked,
      signing: { signWith: `${revokedSubkey}!` },
      spoil: () => subRevoked.revokeSubkey(2),
      reason: 'revoked-key',
      attacks: {
        'a revoked signing subkey, signed before it was': { signWith: `${revokedSubkey}!`, ...earlier },
      },
    },
    {
      word: 'incapable',
      person: incapable,
      signing: { signWith: `${turnedSubkey}!` },
      spoil: () => incapable.turnToEncryption(2),
      reason: 'not-signing-key',
      attacks: { 'a subkey that may only encrypt': { signWith: `${turnedSubkey}!` } },
    },
    {
      word: 'unbacked',
      person: unbacked,
      signing: { signWith: `${unbackedSubkey}!` },
      certificate: async () => armor('PUBLIC KEY BLOCK', withoutBackSignature(await unbacked.exportPublic())),
      reason: 'not-signing-key',
      attacks: { 'a signing subkey that never signed its primary key': { signWith: `${unbackedSubkey}!` } },
    },
    {
      word: 'digests',
      person: digests,
      signing: primary(digests),
      reason: 'weak',
      attacks: {
        'a good key, with SHA-1': primary(digests, { digest: 'SHA1' }),
        'a good key, with MD5': primary(digests, { digest: 'MD5' }),
        'a good key, with RIPEMD-160': primary(digests, { digest: 'RIPEMD160' }),
      },
    },
    // Last, so that its time is not spent on the others.
    {
      word: 'ending',
      person: ending,
      signing: primary(ending),
      spoil: () => ending.expire(`seconds=${LEFT}`),
      reason: 'expired-key',
      attacks: { 'a key that expired while the mail was under way': primary(ending) },
    },
  ]
}

const oddKeys = [
  {
    name: 'RSA of 1024 bits',
    parameters:
      'Key-Type: RSA\nKey-Length: 1024\nKey-Usage: sign,cert\nSubkey-Type: ECDH\nSubkey-Curve: cv25519',
    options: ['--digest-algo', 'SHA256'],
  },
  {
    name: 'DSA of 1024 bits',
    parameters: 'Key-Type: DSA\nKey-Length: 1024\nKey-Usage: sign\nSubkey-Type: ECDH\nSubkey-Curve: cv25519',
    options: ['--digest-algo', 'SHA256'],
  },
  {
    name: 'DSA of 3072 bits',
    parameters: 'Key-Type: DSA\nKey-Length: 3072\nKey-Usage: sign\nSubkey-Type: ECDH\nSubkey-Curve: cv25519',
    options: ['--digest-algo', 'SHA256'],
  },
  {
    name: 'a key whose own signatures are SHA-1',
    parameters:
      'Key-Type: RSA\nKey-Length: 2048\nKey-Usage: sign,cert\nSubkey-Type: ECDH\nSubkey-Curve: cv25519',
    options: ['--cert-digest-algo', 'SHA1', '--digest-algo', 'SHA256'],
  },
]

/** Entered by hand: `init` and `check` would say what is wrong with such a key. */
async function addAdmin(acme: Installation, word: string, fingerprint: string, key: string): Promise<void> {
  await writeFile(join(acme.folder, `admins/${word}.asc`), key)
  const entry = `  - name: ${word}\n    address: ${word}@team.example\n    fingerprint: "${fingerprint}"\n    key: admins/${word}.asc\n`
  await acme.edit(text => text.replace(/^admins:\n/m, `admins:\n${entry}`))
}

const EMBEDDED_SIGNATURE = 32

/** The certificate, the back-signature taken out of the binding of its last subkey. */
function withoutBackSignature(certificate: Buffer): Buffer {
  const packets = packetsOf(certificate)
  const binding = packets.at(-1) ?? Buffer.alloc(0)
  assert.equal(tagOf(binding), 2)
  const parts = partsOf(bodyOf(binding))
  const kept: Buffer[] = []
  for (let rest = parts.unhashed; rest.length > 0; ) {
    const size = rest.readUInt8() + 1
    if (rest[1] !== EMBEDDED_SIGNATURE) kept.push(rest.subarray(0, size))
    rest = rest.subarray(size)
  }
  const unhashed = Buffer.concat(kept)
  assert.ok(unhashed.length < parts.unhashed.length, 'there was no back-signature')
  return Buffer.concat([...packets.slice(0, -1), signaturePacket({ ...parts, unhashed })])
}
