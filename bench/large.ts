// Large mail: what daemon and child hold at most while reports of the largest size go through, in clear, encrypted,
// and ten at once.
import { randomBytes } from 'node:crypto'
import { encryptTo } from '../src/openpgp/encrypt.ts'
import { signPackets } from '../src/openpgp/secret-keys.ts'
import { atMost, type Measured, measured } from './measure.ts'
import { newPerson, now, type Person } from './people.ts'
import { type Line, Running } from './running.ts'
import { SECURITY, type Site } from './site.ts'

/** Megabytes that are the target (issue 4), at the default `limits.maxMail`. */
const DAEMON = 200
const CHILD = 512

/** Milliseconds; children are replaced, so that the last one does not know the highest peak. */
const SAMPLING = 50

/** Octets of a mail whose file is just within the default `limits.passedOn`. */
const PASSED_ON = 14_000_000

/** Octets of a text that is just within it. */
const TEXT = 10_400_000

const settled = (line: Line) => line.event === 'settled' && line['outcome'] === 'report'

export type LargeSize = {
  /** Octets of a whole mail, its base64 included. */
  readonly octets: number
  readonly crowd: number
}

export async function measureLarge(site: Site, size: LargeSize): Promise<readonly Measured[]> {
  const clear = () => [clearMail(fileOf(size.octets))]
  const encrypted = async () => [
    await encryptedMail(site, await newPerson('Riya', 'riya@large.example'), size),
  ]
  const passed = () => clearMail(fileOf(Math.min(size.octets, PASSED_ON)))
  const crowd = () => Array.from({ length: size.crowd }, () => clearMail(fileOf(size.octets)))
  return [
    ...(await peaks(site, 'a large report in clear', clear())),
    ...(await peaks(site, 'a large report, encrypted', await encrypted())),
    ...(await peaks(site, 'a report with a file as large as is passed on', [passed()])),
    ...(await peaks(site, 'a report that is one text as large', [textMail(Math.min(size.octets, TEXT))])),
    ...(await peaks(site, `${size.crowd} large reports at once`, crowd())),
  ]
}

/** The mails lie in the mailbox when a daemon starts; it is over when each is a report and the admin has them. */
async function peaks(site: Site, what: string, mails: readonly Buffer[]): Promise<readonly Measured[]> {
  for (const mail of mails) await site.deliver(mail)
  const daemon = await Running.start(site.config)
  const idle = daemon.memory().daemon
  let childPeak = 0
  const sampling = setInterval(() => {
    childPeak = Math.max(childPeak, daemon.memory().childPeak)
  }, SAMPLING)
  await daemon.logged(settled, mails.length)
  for (const _ of mails) await site.nextMail()
  clearInterval(sampling)
  const { daemonPeak } = daemon.memory()
  await daemon.stop()
  return [
    measured(`${what}: daemon when it began`, idle, 'MB'),
    atMost('  peak memory, daemon', daemonPeak, 'MB', DAEMON),
    atMost('  peak memory, child', childPeak, 'MB', CHILD),
  ]
}

/** Random octets whose base64 lines fill a mail of this size. */
const fileOf = (octets: number): Buffer => randomBytes(Math.floor((octets - 4_000) / 78) * 57)

const entity = (file: Buffer): string =>
  [
    'Content-Type: multipart/mixed; boundary=large',
    '',
    '--large',
    '',
    'The core file is attached.',
    '--large',
    'Content-Type: application/octet-stream; name="core.bin"',
    'Content-Disposition: attachment; filename="core.bin"',
    'Content-Transfer-Encoding: base64',
    '',
    lines(file),
    '--large--',
    '',
  ].join('\r\n')

const lines = (octets: Buffer): string => octets.toString('base64').replace(/.{76}/g, '$&\r\n')

let written = 0
function headerOf(from: string): string {
  written += 1
  return `From: <${from}>\r\nTo: <${SECURITY}>\r\nSubject: A crash\r\nMessage-ID: <large${written}.${Date.now()}@large.example>\r\nMIME-Version: 1.0\r\n`
}

const clearMail = (file: Buffer): Buffer =>
  Buffer.from(headerOf(`eve@large${written}.example`) + entity(file), 'latin1')

const textMail = (octets: number): Buffer =>
  Buffer.from(
    `${headerOf(`eve@large${written}.example`)}\r\n${lines(randomBytes((octets / 78) * 57))}\r\n`,
    'latin1',
  )

/** Armored once more around a file of three quarters the size. */
async function encryptedMail(site: Site, from: Person, { octets }: LargeSize): Promise<Buffer> {
  const payload = Buffer.from(entity(fileOf(Math.floor(octets * 0.72))), 'latin1')
  const packets = await signPackets(payload, from.key, now())
  const sealed = await encryptTo(packets, await site.ourCertificate(), now())
  if (!sealed.ok) throw new Error(sealed.error)
  const start = `${headerOf(from.address)}Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b\r\n\r\n--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n--b\r\nContent-Type: application/octet-stream\r\n\r\n`
  return Buffer.concat([Buffer.from(start), sealed.value.armored, Buffer.from('\r\n--b--\r\n')])
}
