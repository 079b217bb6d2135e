// The universal oracle: what must hold after every test, whatever it did (threats.md, I1 to I7), as far as it
// can be seen from outside: in the mailbox, at the submission server, in the log, on disk, in /proc.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { type AuditRow, readAudit } from './audit.ts'
import { findCanary } from './canary.ts'
import type { Installation } from './installation.ts'
import type { Line } from './line.ts'
import { addressesOf } from './outgoing.ts'

export type Expectation = {
  /** Words that nobody but an entitled key may ever read. */
  readonly canaries: readonly string[]
  /** What a process may hold and an installation may have on disk, in octets. */
  readonly ceilings?: { readonly resident: number; readonly onDisk: number }
  /** Mails sent by a life that was lost with its host; a restored audit does not know them. */
  readonly forgotten?: number
  /** `refused`: the server lets nobody file mail, so that it stays where it came. */
  readonly filing?: 'refused'
}

/** What a daemon, or the line in this process, leaves to look at. */
type Traces = {
  readonly folder: string
  readonly log: readonly string[]
  readonly attempts: readonly Attempt[]
}
type Attempt = Pick<Installation['submission']['attempts'][number], 'to' | 'octets' | 'outcome'>

/** A line of `inbound list --json`. */
export type Inbound = {
  readonly id: number
  readonly source: 'imap' | 'cli'
  readonly outcome: string
  readonly reason: string
  readonly duplicateOf: number | '-'
  readonly sha256: string
  readonly uid: number
  /** Octets of the whole mail. */
  readonly size: number
}

/** Of the daemon and of its child at their highest (architecture.md). */
const CEILINGS = { resident: 512 * 1024 * 1024, onDisk: 256 * 1024 * 1024 }
/** The mails that `check` sends to ourselves pass no outbox and change nothing. */
const OURS = /@acme\.example$/

/** Call it when every mail is settled and sent; it waits for nothing but the filing of the last mails. */
export async function checkInvariants(acme: Installation, expected: Expectation): Promise<void> {
  assert.deepEqual(acme.deaths, [], 'I5: a daemon ended by itself')
  await everyMailHasOneClass(acme, expected.filing)
  const processes = acme.pid === undefined ? [] : await processesOf(acme.pid)
  const { folder, log, submission } = acme
  await checkTraces({ folder, log, attempts: submission.attempts }, expected, await placesIn(processes))
  assert.deepEqual(await readdir(acme.temporary).catch(() => []), [], 'I2: a temporary file was left')
  for (const pid of processes) await isSlim(pid, (expected.ceilings ?? CEILINGS).resident)
  acme.examined = true
}

/** The same for a line, which takes no mail out of a mailbox and whose process is the test's own. */
export async function checkLine(line: Line, canaries: readonly string[]): Promise<void> {
  assert.deepEqual(line.rows('SELECT id FROM inbound WHERE outcome IS NULL'), [], 'I1: mails without a class')
  const attempts = line.sent.map(({ to, octets }) => ({ to: [to], octets, outcome: 'accepted' as const }))
  await checkTraces({ folder: line.folder, log: line.log.split('\n'), attempts }, { canaries })
}

async function checkTraces(
  traces: Traces,
  { canaries, ceilings = CEILINGS, forgotten = 0 }: Expectation,
  processes: readonly Place[] = [],
): Promise<void> {
  await nothingLeaks(traces, canaries, ceilings.onDisk, processes)
  for (const attempt of traces.attempts) await oneRecipient(attempt)
  const audit = readAudit(join(traces.folder, 'data', 'embargod.db'))
  everyMailSentIsAudited(audit, traces.attempts.filter(tookMail), forgotten)
  everyChangeIsAccountedFor(audit)
}

const tookMail = ({ outcome }: Attempt): boolean => outcome === 'accepted' || outcome === 'kept'

/** Every mail and request, oldest first, as the command line lists them. */
export async function inboundOf(acme: Installation): Promise<readonly Inbound[]> {
  const listed = await acme.cli('inbound', 'list', '--json')
  assert.equal(listed.code, 0, listed.problem)
  return JSON.parse(listed.out).toReversed()
}

/** I1: what lies in the mailbox, filed or not, is what was settled, each mail once. */
async function everyMailHasOneClass(acme: Installation, filing: Expectation['filing']): Promise<void> {
  const rows = (await inboundOf(acme)).filter(row => row.source === 'imap')
  for (const row of rows) assert.notEqual(row.outcome, 'waiting', `I1: inbound ${row.id} has no class`)
  const filed = rows.filter(row => row.reason !== 'oversize')
  if (acme.pid !== undefined && filing !== 'refused')
    await acme.dovecot.waitForCount('security', ['embargod', 'done'], filed.length)
  const inbox = await acme.dovecot.list('security')
  const done = await acme.dovecot.list('security', ['embargod', 'done'])
  // IMAP serves CRLF, whatever the store holds.
  const served = [...inbox, ...done].map(({ octets }) =>
    Buffer.from(octets.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1'),
  )
  assert.equal(served.length, rows.length, 'I1: mails in the mailbox, mails classed')
  const digests = served.map(octets => createHash('sha256').update(octets).digest('hex'))
  const whole = new Set(filed.map(row => row.sha256))
  for (const sha256 of whole) assert.ok(digests.includes(sha256), 'I1: what was stored is not what came')
}

type Place = { readonly name: string; readonly octets: Uint8Array | string }

/** I2, proven live: the same search finds a leak planted on disk, in the log and, in every form, in what is sent. */
async function nothingLeaks(
  traces: Traces,
  canaries: readonly string[],
  mostOnDisk: number,
  processes: readonly Place[],
): Promise<void> {
  const [needle] = canaries
  assert.ok(needle !== undefined, 'without a canary there is nothing to look for')
  const planted = join(traces.folder, 'data', 'planted-leak')
  await writeFile(planted, gzipSync(`before ${needle} behind`), { mode: 0o600 })
  const leaks = [
    ...inEveryForm(needle).map((leak, i) => ({
      name: `mail of leak ${i}`,
      octets: Buffer.concat([Buffer.from('Subject: x\r\n\r\n'), leak]),
    })),
    { name: 'log line of a leak', octets: JSON.stringify({ event: 'other', why: needle }) },
  ]
  const files = await filesIn(traces.folder, mostOnDisk).finally(() => rm(planted))
  const sent = traces.attempts.map(({ octets, to }, i) => ({ name: `mail ${i + 1} to ${to.join()}`, octets }))
  const log = traces.log.map((octets, i) => ({ name: `log line ${i + 1}`, octets }))
  const places = [...files, ...sent, ...log, ...processes]
  const found = [...places, ...leaks].filter(({ octets }) => findCanary(canaries, octets).length > 0)
  const expected = ['data/planted-leak', ...leaks.map(leak => leak.name)]
  assert.deepEqual(found.map(place => place.name).sort(), expected.sort(), 'I2: a canary got out')
}

/** As it is, base64 at each alignment, quoted-printable, hex, UTF-16, gzip. */
function inEveryForm(needle: string): readonly Buffer[] {
  const octets = Buffer.from(needle)
  const hex = octets.toString('hex')
  const utf16 = Buffer.from(needle, 'utf16le')
  return [
    octets,
    ...['', 'x', 'xy'].map(before => Buffer.from(Buffer.from(before + needle).toString('base64'))),
    Buffer.from(hex.replace(/../g, '=$&').toUpperCase()),
    Buffer.from(hex),
    utf16,
    Buffer.from(utf16).swap16(),
    gzipSync(octets),
  ]
}

/** Everything of an installation on disk: database, journal, keys, configuration, temporary files. */
async function filesIn(folder: string, most: number): Promise<readonly Place[]> {
  const places: Place[] = []
  let size = 0
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    // A file that is gone meanwhile, such as a rollback journal, holds nothing any more.
    const octets = entry.isFile() ? await readFile(path).catch(() => undefined) : undefined
    if (octets === undefined) continue
    size += octets.length
    places.push({ name: path.slice(folder.length + 1), octets })
  }
  assert.ok(size < most, `I6: ${size} octets on disk`)
  return places
}

async function placesIn(processes: readonly number[]): Promise<readonly Place[]> {
  const places: Place[] = []
  for (const pid of processes)
    for (const name of ['cmdline', 'environ'])
      places.push({ name: `${name} of ${pid}`, octets: await ofProcess(pid, name) })
  return places
}

/** The process and its children, where the system has /proc. */
async function processesOf(pid: number): Promise<readonly number[]> {
  if (!existsSync(`/proc/${pid}/task`)) return []
  const children = await ofProcess(pid, `task/${pid}/children`)
  return [pid, ...children.split(' ').filter(Boolean).map(Number)]
}

/** Empty once the process is gone. Files of /proc have no size, so they are read as streams. */
const ofProcess = (pid: number, name: string): Promise<string> =>
  text(createReadStream(`/proc/${pid}/${name}`)).catch(() => '')

async function isSlim(pid: number, most: number): Promise<void> {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(await ofProcess(pid, 'status')) ?? []
  assert.ok(Number(kilobytes ?? 0) * 1024 < most, `I6: process ${pid} held ${kilobytes} kB`)
}

/** I4, and that what is encrypted is encrypted to one key. */
async function oneRecipient({ to, octets, outcome }: Attempt): Promise<void> {
  assert.equal(to.length, 1, `I4: recipients ${to.join()}`)
  // Of these the server has no whole mail.
  if (outcome === 'refused-recipient' || outcome === 'cut') return
  const header = octets.toString('latin1').split('\r\n\r\n', 1)[0] ?? ''
  assert.doesNotMatch(header, /^(?:cc|bcc|resent-\w+):/im, 'I4')
  assert.deepEqual(await addressesOf(octets, 'to'), to, 'I4: To is the recipient')
  if (/^content-type:\s*multipart\/encrypted/im.test(header))
    assert.equal(sessionKeyPackets(octets.toString('latin1')), 1, 'I4: keys that open it')
}

/** Public-key encrypted session key packets at the start of the armored message (RFC 9580 §5.1). */
function sessionKeyPackets(mail: string): number {
  const [, armored = ''] = /-----BEGIN PGP MESSAGE-----\r?\n\r?\n([^=-]*)/.exec(mail) ?? []
  let rest = Buffer.from(armored, 'base64')
  let count = 0
  for (; rest[0] === 0xc1; count += 1) {
    const [, first = 0, second = 0] = rest
    rest = rest.subarray(first < 192 ? 2 + first : 3 + ((first - 192) << 8) + second + 192)
  }
  return count
}

/**
 * I3: each mail that reached the server has its row, one Message-ID, and a second copy only if in doubt; and what
 * the audit calls accepted did reach it.
 */
function everyMailSentIsAudited(
  audit: readonly AuditRow[],
  mails: readonly Attempt[],
  forgotten: number,
): void {
  const ids = mails.map(messageIdDigest)
  for (const { seq, ids: row } of audit.filter(({ kind }) => kind === 'delivery-accepted'))
    assert.ok(ids.includes(String(row['messageId'])), `I3: audit row ${seq} of a mail that never came`)
  const known = mails.slice(forgotten).filter(({ to }) => !to.every(address => OURS.test(address)))
  for (const [digest, copies] of Map.groupBy(known, messageIdDigest)) {
    const rows = audit.filter(row => row.ids['messageId'] === digest)
    assert.ok(rows.length > 0, 'I3: a mail without an audit row')
    const doubts = rows.filter(row => row.kind === 'delivery-in-doubt').length
    assert.ok(copies.length <= 1 + doubts, `I3: ${copies.length} copies, ${doubts} doubts`)
  }
}

function messageIdDigest({ octets }: Attempt): string {
  const [, id = ''] = /^message-id:\s*(<[^>]+>)/im.exec(octets.toString('latin1')) ?? []
  return createHash('sha256').update(id, 'latin1').digest('hex')
}

/** Outcomes that may change a case by what an outsider wrote. */
const LETTERS = ['report', 'report-noack', 'follow-up', 'application']

/** And by what somebody signed. */
const SIGNED = ['command', 'follow-up', 'application', 'post']

/** Who may change something by their signature. */
const SIGNERS = ['admin', 'maintainer', 'engineer', 'reporter', 'member', 'applicant']

/** I7: who changed what stands beside it; what was refused changed nothing. */
function everyChangeIsAccountedFor(audit: readonly AuditRow[]): void {
  for (const { seq, kind, ids, events } of audit) {
    if (events === 0) continue
    const where = `I7: audit row ${seq}`
    const { source, outcome, actor, fingerprint, signature, sha256 } = ids
    assert.equal(kind, 'settled', where)
    if (source === undefined) assert.equal(actor, 'scheduler', where)
    else assert.match(String(sha256), /^[0-9a-f]{64}$/, where)
    if (source === 'cli')
      assert.deepEqual({ actor, outcome }, { actor: 'operator', outcome: 'command' }, where)
    if (source !== 'imap') continue
    // In a thread some letters are signed by people who are known by their keys.
    const isLetter = LETTERS.includes(String(outcome))
    if (isLetter && actor === 'outsider') continue
    assert.ok(SIGNERS.includes(String(actor)), `${where}: ${actor}`)
    assert.ok(SIGNED.includes(String(outcome)), where)
    assert.match(String(fingerprint), /^[0-9A-F]{40}$/, where)
    assert.match(String(signature), /^[0-9a-f]{56,128}$/, where)
  }
}
