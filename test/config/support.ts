// A complete configuration in a directory of its own, with real certificates, for tests to spoil.
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { loadConfig } from '../../src/config/config.ts'
import { formatProblem } from '../../src/config/source.ts'
import { configServices } from '../../src/instance/config-services.ts'
import { err, ok, type Result } from '../../src/model/result.ts'
import { type Fingerprint, instant, parseEmailAddress } from '../../src/model/scalars.ts'
import { parseCertificate } from '../../src/openpgp/certificates.ts'
import { generateSecretKey } from '../../src/openpgp/secret-keys.ts'
import { tempDir } from '../support/workspace.ts'

const made = instant(0)

async function makeAdmin(name: string) {
  const address = parseEmailAddress(`${name}@example.net`)
  assert.ok(address.ok)
  return generateSecretKey({ userName: name, address: address.value, passphrase: undefined, now: made })
}

export const alice = await makeAdmin('alice')
export const bob = await makeAdmin('bob')

async function fingerprintOf(certificate: Uint8Array): Promise<Result<Fingerprint, string>> {
  const parsed = await parseCertificate(certificate)
  return parsed.ok ? ok(parsed.value.fingerprint) : err(`is no certificate for us (${parsed.error})`)
}

/** Its lines are numbered in the expectations of keys.test.ts and agreement.test.ts. */
export const complete = `instance: acme
dataDirectory: data
zone: Europe/Berlin
addresses:
  security: security@acme.example
imap:
  host: imap.acme.example
  user: security
  passwordFile: imap.password
smtp:
  host: 127.0.0.1
  tls: none
  port: 25
keys:
  mail: { file: keys/mail.asc, passphraseFile: keys/mail.passphrase }
  storage: { file: keys/storage.asc }
admins:
  - name: alice
    address: alice@example.net
    fingerprint: "${alice.fingerprint}"
    key: admins/alice.asc
  - name: bob
    address: bob@example.net
    fingerprint: "${bob.fingerprint}"
    key: admins/bob.asc
quorum: 1
defaultProfile: velero
projects:
  - name: velero
    distributors: distributors@acme.example
    listKey: { file: keys/velero.asc }
  - name: other
    profile: velero
delivery:
  headers: [Delivered-To]
  returnPathRecorded: yes
intake:
  lists: [security@lists.acme.example]
  spamHeader: { name: X-Spam-Flag, value: "YES" }
limits:
  maxMail: 10 MB
`

export async function writePrivate(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await writeFile(file, text, { mode: 0o600 })
}

/** Writes `config` and every file that the complete one and the example name; returns the directory. */
export async function writeInstance(context: TestContext, config: string): Promise<string> {
  const directory = await tempDir(context)
  const files = {
    'embargod.yaml': config,
    'imap.password': 'imap secret\n',
    'smtp.password': 'smtp secret\n',
    'keys/mail.asc': 'a key\n',
    'keys/mail.passphrase': 'mail secret\n',
    'keys/storage.asc': 'a key\n',
    'keys/velero.asc': 'a key\n',
    'admins/alice.asc': alice.certificate,
    'admins/bob.asc': bob.certificate,
    'ca.pem': 'a certificate\n',
  }
  for (const [name, text] of Object.entries(files)) await writePrivate(join(directory, name), text)
  return directory
}

export const load = (directory: string) =>
  loadConfig(join(directory, 'embargod.yaml'), { ...configServices, fingerprintOf })

/** The lines that the operator reads, without the directory. */
export async function problemsOf(directory: string): Promise<readonly string[]> {
  const config = await load(directory)
  if (config.ok) return []
  return config.error.map(problem => formatProblem(problem).replaceAll(`${directory}/`, ''))
}

export const TLS_ALLOWED = 'must be implicit, starttls or none (none only for loopback)'

/** `from` in the complete configuration becomes `to`, and `lines` are what the operator reads. */
export type Spoiled = readonly [name: string, from: string, to: string, ...lines: readonly string[]]

export function refuses([name, from, to, ...lines]: Spoiled): void {
  test(name, async context => {
    assert.ok(complete.includes(from), 'the case spoils nothing')
    const directory = await writeInstance(context, complete.replace(from, to))
    assert.deepEqual(await problemsOf(directory), lines)
  })
}
