// Beside an existing list server in one run: schleuder, by a script that installs and measures it, and embargod by that
// script's own SMTP sink and measuring program. From the command mail's arrival to the last copy accepted, each of its
// own whole path; the bench says in a sentence why it cannot, where it cannot.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chown, readFile, stat, writeFile } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { ImapFlow } from 'imapflow'
import { parseEmailAddress } from '../src/model/scalars.ts'
import { gpgMimeSigned } from '../test/support/mail.ts'
import { makeFolder, removeFolder } from '../test/support/workspace.ts'
import { atLeast, atMost, type Measured, measured } from './measure.ts'
import { PeersSink } from './peers-sink.ts'
import { certificateOf, people } from './people.ts'
import { Running } from './running.ts'
import { preciseNow } from './sink.ts'
import { COMMAND, caseId, type Member, Site } from './site.ts'

const CASE = 900_000

/** What one run of a list server took. */
type Taken = {
  /** Seconds until the last copy was accepted. */
  readonly wall: number
  /** Seconds of processor time, of all its processes. */
  readonly cpu: number
  /** Megabytes that all its processes held at most. */
  readonly peak: number
  /** Octets of all copies. */
  readonly octets: number
}

type Size = {
  /** As the script takes it, in octets that are attached before base64. */
  readonly name: '10K' | '1M' | '10M'
  readonly octets: number
  /** Runs of schleuder beside the first, which counts if there are none; and of embargod, each with a new daemon. */
  readonly runs: number
  readonly ours: number
  /** How many times faster than schleuder, at least. */
  readonly faster: number
  /** With how many times less processor time. */
  readonly cheaper?: number
}

const SIZES: readonly Size[] = [
  { name: '10K', octets: 10 * 1024, runs: 2, ours: 5, faster: 60, cheaper: 30 },
  { name: '1M', octets: 1024 * 1024, runs: 1, ours: 3, faster: 20 },
  { name: '10M', octets: 10 * 1024 * 1024, runs: 0, ours: 1, faster: 15 },
]

export type PeersOptions = {
  readonly script: string
  /** Contacts; memory is held against that with a tenth of them. */
  readonly contacts: number
  /** All of them, if it does not say. */
  readonly sizes?: readonly string[] | undefined
}

/** Why the script cannot run here, false where it can be tried. */
export function missingPeers(script: string): string | false {
  if (!existsSync(script)) return `peers: no ${script}; name the script with --script FILE`
  return (
    !existsSync('/usr/bin/apt-get') && 'peers: schleuder is installed with apt-get, and there is none here'
  )
}

/** Size by size, since each takes minutes. */
export async function* measurePeers({
  script,
  contacts,
  sizes,
}: PeersOptions): AsyncGenerator<readonly Measured[]> {
  const folder = await makeFolder()
  try {
    for (const size of SIZES.filter(({ name }) => sizes?.includes(name) ?? true)) {
      const theirs = await schleuder(script, folder, contacts, size)
      const few = await embargod(folder, contacts / 10, size)
      const ours = await medianOf(size.ours, () => embargod(folder, contacts, size))
      yield beside(`${contacts} contacts, ${size.name}`, size, theirs, few, ours)
    }
  } finally {
    await removeFolder(folder)
  }
}

function beside(what: string, size: Size, theirs: Taken, few: Ours, ours: Ours): readonly Measured[] {
  const { cheaper } = size
  const ratio = theirs.cpu / ours.cpu
  return [
    measured(`${what}: load of the machine`, loadavg()[0] ?? Number.NaN, ''),
    measured('  schleuder, last copy', theirs.wall, 's'),
    measured('  embargod, last copy after the mail was announced', ours.wall, 's'),
    measured('    the same after the mail lay there', ours.sinceItLay, 's'),
    atLeast('  how many times faster', theirs.wall / ours.wall, '', size.faster),
    measured('    counted from when the mail lay there', theirs.wall / ours.sinceItLay, ''),
    measured('  schleuder, processor time', theirs.cpu, 's'),
    measured('  embargod, processor time', ours.cpu, 's'),
    cheaper === undefined
      ? measured('  how many times less', ratio, '')
      : atLeast('  how many times less', ratio, '', cheaper),
    measured('  schleuder, memory of all processes', theirs.peak, 'MB'),
    measured('  embargod, memory of both processes', ours.peak, 'MB'),
    atMost('  with all contacts to with a tenth', ours.peak / few.peak, '', 1.1),
    measured('  octets of a copy, schleuder', theirs.octets / 1024, 'KB'),
    measured('  octets of a copy, embargod', ours.octets / 1024, 'KB'),
  ]
}

/** The median of its runs, as the script prints them. */
async function schleuder(script: string, folder: string, contacts: number, size: Size): Promise<Taken> {
  const results = join(folder, `schleuder-${size.name}.jsonl`)
  const args = ['-n', `${contacts}`, '-s', size.name, '-r', `${size.runs}`, '-b', folder, '-o', results]
  const { NODE_COMPILE_CACHE: _, ...env } = process.env
  const child = spawn('bash', [script, ...args], {
    env: { ...env, NODE: process.execPath },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`the script ended with ${code}`)
  const lines = (await readFile(results, 'utf8')).trim().split('\n')
  const runs = lines.map(line => JSON.parse(line)).filter(line => line.system === 'schleuder')
  const [middle] = runs.toSorted((a, b) => a.r.wall - b.r.wall).slice(Math.floor((runs.length - 1) / 2))
  if (middle === undefined || middle.r.messages !== contacts) throw new Error('schleuder did not send it all')
  return takenOf(middle.r, contacts)
}

type Reported = {
  readonly wall: number
  readonly cpu: number
  readonly rss_tree_mb: number
  readonly bytes: number
}

const takenOf = ({ wall, cpu, rss_tree_mb, bytes }: Reported, copies: number): Taken => ({
  wall,
  cpu,
  peak: rss_tree_mb,
  octets: bytes / copies,
})

/** Runs of embargod until the one beside the daemon was told of the mail before the daemon had filed it. */
const TRIES = 5

/** The middle one by its time. */
async function medianOf(runs: number, run: () => Promise<Ours>): Promise<Ours> {
  const all: Ours[] = []
  while (all.length < runs) all.push(await run())
  const [middle] = all.toSorted((a, b) => a.wall - b.wall).slice(Math.floor((runs - 1) / 2))
  if (middle === undefined) throw new Error('no runs')
  return middle
}

/** `wall` counts from the IMAP server's announcement, which it holds back for a while; `sinceItLay`: from before that. */
type Ours = Taken & { readonly sinceItLay: number }

async function embargod(folder: string, contacts: number, size: Size): Promise<Ours> {
  for (let left = TRIES; left > 0; left -= 1) {
    const taken = await oneRun(folder, contacts, size)
    if (taken !== undefined) return taken
  }
  throw new Error('the mail was filed each time before anybody else was told of it')
}

async function oneRun(folder: string, contacts: number, size: Size): Promise<Ours | undefined> {
  const sink = await PeersSink.start(folder)
  const site = await Site.make(sink)
  try {
    const [reporter] = await people('finder', 0, 1)
    if (reporter === undefined) throw new Error('nobody reports')
    await site.addCases(CASE, 1, reporter)
    await site.addContacts(await membersOf(folder, contacts), 0)
    const daemon = await Running.start(site.config)
    const taken = await oneNotice(site, daemon, sink, folder, contacts, size)
    await daemon.stop()
    return taken
  } finally {
    await site.close()
    await sink.close()
  }
}

/** The subscribers of the other list. */
async function membersOf(folder: string, contacts: number): Promise<readonly Member[]> {
  const names = Array.from({ length: contacts }, (_, n) => `m${String(n + 1).padStart(4, '0')}`)
  return Promise.all(
    names.map(async name => {
      const address = parseEmailAddress(`${name}@example.org`)
      if (!address.ok) throw new Error(address.error)
      const certificate = await certificateOf(await readFile(join(folder, 'keys-cv25519', `${name}.pub.asc`)))
      return { address: address.value, key: { fingerprint: certificate.fingerprint, certificate } }
    }),
  )
}

async function oneNotice(
  site: Site,
  daemon: Running,
  sink: PeersSink,
  folder: string,
  contacts: number,
  size: Size,
): Promise<Ours | undefined> {
  const command = `embargod acme\nnotice ${caseId(CASE)} stage=early-disclosure send=now att:fix.patch <<\nPlease fix.\n.\n`
  const attachments = [{ fileName: 'fix.patch', content: patchOf(size.octets) }]
  await sink.reset()
  await site.deliver(await gpgMimeSigned(site.alice, { to: COMMAND, text: command, attachments }))
  const asked = await site.read({ octets: await sink.first() })
  const [confirm] = /confirm acme [a-z2-7]{16}/.exec(asked.text) ?? []
  if (confirm === undefined) throw new Error(`no token in: ${asked.text.slice(0, 300)}`)
  const signed = await gpgMimeSigned(site.alice, { to: COMMAND, text: `${confirm}\n` })
  const announced = await announcement(site)
  const [from, to] = await layReady(site, signed)
  // Beside the copies goes the admin's answer.
  const expected = contacts + 1
  const watched = daemon.processes().flatMap(pid => ['--watch-pid', String(pid)])
  const measuring = ['--ctrl', sink.control, '--expect', String(expected), ...watched]
  const run = await program('python3', [join(folder, 'measure.py'), ...measuring, '--', 'mv', from, to])
  const reported: Reported & { readonly recipients: number } = JSON.parse(run)
  if (reported.recipients !== expected) throw new Error(`${reported.recipients} recipients`)
  const last = (await sink.stats()).last
  const told = announced.end()
  if (told === undefined) return undefined
  const wall = (last - told) / 1_000
  return { ...takenOf(reported, expected), wall, sinceItLay: reported.wall }
}

/** A patch of so many octets that cannot be made smaller; in a mail it is as long as what the other list attaches. */
const patchOf = (octets: number): string =>
  randomBytes(octets).toString('base64').replace(/.{76}/g, '$&\n').slice(0, octets)

/** Listens beside the daemon; `end` gives when the next mail was announced, if it was before the daemon filed it. */
async function announcement(site: Site): Promise<{ readonly end: () => number | undefined }> {
  const { host, imapPort: port, password: pass } = site.dovecot
  const auth = { user: 'security', pass }
  const client = new ImapFlow({ host, port, doSTARTTLS: false, auth, logger: false })
  client.on('error', () => undefined)
  await client.connect()
  await client.mailboxOpen('INBOX', { readOnly: true })
  let told: number | undefined
  client.on('exists', () => {
    told ??= preciseNow()
  })
  void client.idle()
  const end = () => {
    client.close()
    return told
  }
  return { end }
}

/** Writes a mail where one renaming delivers it, as a mail server does in the end. */
async function layReady(site: Site, octets: Buffer): Promise<readonly [string, string]> {
  const maildir = site.dovecot.maildir('security')
  const name = `${Math.floor(Date.now() / 1_000)}.M999999P${process.pid}.loopback`
  const [from, to] = [join(maildir, 'tmp', name), join(maildir, 'new', name)]
  await writeFile(from, octets, { mode: 0o600 })
  const { uid, gid } = await stat(maildir)
  await chown(from, uid, gid)
  return [from, to]
}

async function program(name: string, args: readonly string[]): Promise<string> {
  const child = spawn(name, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
  if (code !== 0) throw new Error(`${name} ended with ${code}`)
  return said
}
