// What `check` says of keys and people: ours are unlocked and last, and each admin can be encrypted to now
// and for a while. It reads what the configuration has loaded, and changes nothing.
import type { Config } from '../config/config.ts'
import { askLocked } from '../daemon/unlock-socket.ts'
import { lockedLines } from '../instance/at-rest.ts'
import { encryptionFaultAt, readCertificate } from '../instance/config-services.ts'
import type { Keyring, KeyringFault } from '../instance/keyring.ts'
import { type Instant, later } from '../model/scalars.ts'
import { DAY } from '../model/time.ts'
import type { Certificate } from '../openpgp/certificates.ts'
import type { Finding } from './finding.ts'

/** Days in which the end of a key is worth a warning (product.md §7). */
const WARNING_DAYS = 60

export async function checkKeys(config: Config, ring: Keyring, now: Instant): Promise<readonly Finding[]> {
  const { addresses, projects } = config.settings
  const findings = [
    await judgeOwn(
      `signs and opens mail at ${addresses.security}`,
      ring.signer(addresses.security).certificate,
      now,
    ),
    await judgeOwn('seals what is stored', ring.storage.certificate, now),
  ]
  for (const { distributors } of projects)
    if (distributors !== undefined)
      findings.push(
        await judgeOwn(`signs and opens mail at ${distributors}`, ring.signer(distributors).certificate, now),
      )
  return findings
}

/** Why our keys cannot be looked at. A missing passphrase stops no start, but all sending. */
export async function checkLocks(
  { dataDirectory }: Config,
  fault: KeyringFault,
): Promise<readonly Finding[]> {
  if (fault.kind === 'unusable') return [{ verdict: 'wrong', about: 'key', text: fault.line }]
  const runs = (await askLocked(dataDirectory, undefined)) === 'locked'
  const now: Finding = {
    verdict: 'warn',
    about: 'key',
    text: 'the daemon that runs is locked: hand it the passphrase with embargod unlock',
  }
  const missing = lockedLines(fault.files).map(text => ({ verdict: 'warn', about: 'key', text }) as const)
  return runs ? [...missing, now] : missing
}

async function judgeOwn(use: string, certificate: Certificate, now: Instant): Promise<Finding> {
  const text = `${certificate.fingerprint} ${use}`
  const fault = await encryptionFaultAt(certificate, now)
  if (fault !== undefined)
    return {
      verdict: 'wrong',
      about: 'key',
      text: `${text}; it ${fault}: extend its validity, or put another where keys says`,
    }
  const days = await daysLeft(certificate, now)
  if (days === undefined) return { verdict: 'ok', about: 'key', text }
  return { verdict: 'warn', about: 'key', text: `${text}; ${fewDays(days)}: extend its validity` }
}

export async function checkTeam(config: Config, now: Instant): Promise<readonly Finding[]> {
  const { admins, quorum } = config.settings
  const size = admins.length
  const alone: Finding = {
    verdict: 'warn',
    about: 'team',
    text: 'one person only: nobody else can confirm, or act when that key is lost; add a second admin',
  }
  const findings: Finding[] = [
    size === 1 ? alone : { verdict: 'ok', about: 'team', text: `${size} admins, quorum ${quorum}` },
  ]
  for (const [i, { name, address, fingerprint }] of admins.entries()) {
    const certificate = await readCertificate(config.certificates.get(fingerprint) ?? new Uint8Array())
    const judged = certificate.ok
      ? await judgeAdmin(certificate.value, now, `admins[${i}].key`)
      : ({ verdict: 'wrong', words: `whose key file ${certificate.error}` } as const)
    const text = `${name} <${address}> ${fingerprint}${judged.words === '' ? '' : `, ${judged.words}`}`
    findings.push({ verdict: judged.verdict, about: 'admin', text })
  }
  return findings
}

async function judgeAdmin(
  certificate: Certificate,
  now: Instant,
  key: string,
): Promise<{ readonly verdict: 'ok' | 'warn' | 'wrong'; readonly words: string }> {
  const fault = await encryptionFaultAt(certificate, now)
  if (fault !== undefined) return { verdict: 'wrong', words: `whose key ${fault}; put it where ${key} says` }
  const days = await daysLeft(certificate, now)
  if (days === undefined) return { verdict: 'ok', words: '' }
  const words = `${fewDays(days)}: ask for the renewed key and put it where ${key} says`
  return { verdict: 'warn', words }
}

const fewDays = (days: number): string =>
  days === 0 ? 'can be encrypted to for less than a day' : `can be encrypted to for ${days} more days`

/** Whole days for which mail can still be encrypted to it; undefined if that is longer than we warn of. */
async function daysLeft(certificate: Certificate, now: Instant): Promise<number | undefined> {
  const usableAfter = async (days: number) =>
    (await encryptionFaultAt(certificate, later(now, days * DAY))) === undefined
  if (await usableAfter(WARNING_DAYS)) return undefined
  let [usable, unusable] = [0, WARNING_DAYS]
  while (unusable - usable > 1) {
    const middle = Math.floor((usable + unusable) / 2)
    if (await usableAfter(middle)) usable = middle
    else unusable = middle
  }
  return usable
}
