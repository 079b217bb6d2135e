// A long distributors list: how long a start takes and how much memory it needs, how long a signed command takes, and
// what it means for both when the terms change and every contact is asked to accept them at once.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Event } from '../src/model/event.ts'
import { OUTSIDER } from '../src/model/event.ts'
import { plaintext } from '../src/model/plaintext.ts'
import { inboundId } from '../src/model/scalars.ts'
import { gpgMimeSigned } from '../test/support/mail.ts'
import { cli } from '../test/support/verbs.ts'
import { atMost, type Measured, measured, median } from './measure.ts'
import { now, type Person, people } from './people.ts'
import { Running } from './running.ts'
import {
  applicationId,
  COMMAND,
  caseId,
  contactId,
  distributorId,
  project,
  type Site,
  type Terms,
} from './site.ts'

/** So many organisations with two contacts each, and so many open requests to join. */
type Size = { readonly organisations: number; readonly applications: number }

const COMMANDS = 15
/** The goal of product.md for an answer to `status`. */
const SOON = 2_000

export async function measureList(
  site: Site,
  { organisations, applications }: Size,
): Promise<readonly Measured[]> {
  const contacts = organisations * 2
  const [reporter, ...members] = await people('member', 0, 1 + contacts)
  if (reporter === undefined) return []
  await site.addCases(0, COMMANDS, reporter)
  const without = await running(site, 'nobody on the list')
  const accepted = await site.terms()
  await site.settle(members.flatMap((member, n) => joining(member, n, accepted)))
  const applicants = await people('applicant', 0, applications)
  await site.settle(applicants.map(asking))
  const withAll = await running(site, `${contacts} contacts, ${applications} requests`)
  return [
    ...without.measures,
    ...withAll.measures,
    atMost('  command, with them to without', withAll.command / without.command, '', 3),
    ...(await askingAll(site, contacts)),
  ]
}

async function running(site: Site, what: string) {
  const daemon = await Running.start(site.config)
  site.catchUp()
  const times: number[] = []
  for (let n = 0; n < COMMANDS; n += 1) times.push(await answerTo(site, n))
  const memory = daemon.memory()
  await daemon.stop()
  const command = median(times)
  return {
    command,
    measures: [
      measured(`command to answer, ${what}`, command, 'ms'),
      measured('  start of the daemon', daemon.startup, 'ms'),
      atMost('  memory, daemon', memory.daemon, 'MB', 150),
    ],
  }
}

/** Milliseconds from its delivery until the admin has the answer. */
async function answerTo(site: Site, n: number): Promise<number> {
  const text = `embargod acme\nshow ${caseId(n % COMMANDS)}\n# ${n} ${performance.now()}\n`
  const command = await gpgMimeSigned(site.alice, { to: COMMAND, text })
  const begun = performance.now()
  await site.deliver(command)
  await site.nextMail()
  return performance.now() - begun
}

/** Starts with other terms, and commands meanwhile. */
async function askingAll(site: Site, contacts: number): Promise<readonly Measured[]> {
  await otherTerms(site)
  const daemon = await Running.start(site.config)
  const begun = performance.now()
  site.catchUp()
  let all = 0
  const toMembers = (to: string) => /^member@/.test(to)
  const asked = site.sink
    .wait(mail => toMembers(mail.to), contacts)
    .then(() => {
      all = performance.now() - begun
    })
  const answers: number[] = []
  const statuses: number[] = []
  for (let n = COMMANDS; all === 0; n += 1) {
    answers.push(await answerTo(site, n))
    const before = performance.now()
    await cli('--config', site.config, 'status')
    statuses.push(performance.now() - before)
  }
  await asked
  const memory = daemon.memory()
  await daemon.stop()
  return [
    measured(`${contacts} contacts asked for new terms, after`, all, 'ms'),
    measured('  command to answer meanwhile', median(answers), 'ms'),
    atMost('  the slowest', Math.max(...answers), 'ms', SOON),
    atMost('  status meanwhile, the slowest', Math.max(...statuses), 'ms', SOON),
    measured('  peak memory, daemon', memory.daemonPeak, 'MB'),
  ]
}

/** The profile with another version of its terms, which is looked for before that of the package. */
async function otherTerms(site: Site): Promise<void> {
  const profile = await readFile(new URL('../config/profiles/velero.yaml', import.meta.url), 'utf8')
  const folder = join(site.folder, 'profiles')
  await mkdir(folder)
  const other = profile
    .replace("version: '1'", "version: '2'")
    .replace('must not be made', 'must never be made')
  await writeFile(join(folder, 'velero.yaml'), other)
  const text = await readFile(site.config, 'utf8')
  await writeFile(site.config, `${text}\nprofiles: ${folder}\n`, { mode: 0o600 })
}

const operator = { kind: 'operator', name: 'operator' } as const

function joining({ address, key }: Person, n: number, accepted: Terms): readonly Event[] {
  const of = distributorId(Math.floor(n / 2))
  const fact = { at: now(), actor: operator } as const
  const name = plaintext(`Distribution ${Math.floor(n / 2)}`)
  const joined: Event = {
    ...fact,
    kind: 'distributor-joined',
    distributor: of,
    project,
    name,
    class: undefined,
    joined: { how: 'import' },
    vouchedBy: [],
    approvedBy: [],
  }
  const named: Event = {
    ...fact,
    kind: 'contact-named',
    contact: contactId(n),
    project,
    of,
    organisation: name,
    name: plaintext(`Contact ${n}`),
    address,
    contactKind: 'role',
    manages: 'all',
    key: { fingerprint: key.fingerprint, certificate: key.certificate.octets, keyIds: [] },
    as: 'active',
    token: undefined,
    acceptance: { ...accepted, at: now(), how: 'operator-vouched', inbound: undefined },
  }
  return n % 2 === 0 ? [joined, named] : [named]
}

const asking = ({ address, key }: Person, n: number): Event => ({
  kind: 'application-opened',
  at: now(),
  actor: OUTSIDER,
  application: applicationId(n),
  project,
  receivedAt: now(),
  inbound: inboundId(1),
  address,
  answers: {
    organisation: plaintext(`Applicant ${n}`),
    name: plaintext('Ann'),
    criteria: { 0: plaintext('We ship it to many. '.repeat(20)) },
  },
  key: { fingerprint: key.fingerprint, certificate: key.certificate.octets, keyIds: [] },
})
