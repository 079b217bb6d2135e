// A notice to many contacts: scheduled and confirmed by signed mail, prepared ahead, sent at its instant.
import { randomBytes } from 'node:crypto'
import { gpgMimeSigned } from '../test/support/mail.ts'
import { atMost, type Measured, measured } from './measure.ts'
import { people } from './people.ts'
import { sharesIn } from './profile.ts'
import { Running } from './running.ts'
import { COMMAND, caseId, type Site } from './site.ts'

const CASE = 900_000
const SIZES = [
  { name: '10 KB', octets: 10_000, ahead: 15 },
  { name: '1 MB', octets: 1_000_000, ahead: 150 },
] as const

type Size = (typeof SIZES)[number]
type FanOut = { readonly measures: readonly Measured[]; readonly cost: number }

/** `counts`: of contacts, growing; the case is made first. */
export async function measureFanOut(site: Site, counts: readonly number[]): Promise<readonly Measured[]> {
  const [reporter] = await people('finder', 0, 1)
  if (reporter === undefined) return []
  await site.addCases(CASE, 1, reporter)
  const measures: Measured[] = []
  const costs = new Map<string, number>()
  let contacts = 0
  for (const count of counts) {
    await site.addContacts(await people('distro', contacts, count - contacts), contacts)
    contacts = count
    for (const size of SIZES) {
      const { measures: found, cost } = await fanOut(site, contacts, size)
      measures.push(...found)
      costs.set(`${contacts} ${size.name}`, cost)
      const before = costs.get(`100 ${size.name}`)
      if (contacts === 500 && before !== undefined)
        measures.push(atMost(`  cost of one of 500 to one of 100, ${size.name}`, cost / before, '', 1.1))
    }
  }
  return [...measures, ...(await profiled(site, contacts)), ...(await idle(site, contacts))]
}

async function fanOut(site: Site, contacts: number, size: Size): Promise<FanOut> {
  const daemon = await Running.start(site.config)
  const { sendAt, cost, copies, preparing } = await oneNotice(site, daemon, contacts, size)
  const memory = daemon.memory()
  await daemon.stop()
  const first = (copies[0] ?? Number.NaN) - sendAt
  const last = (copies.at(-1) ?? Number.NaN) - sendAt
  const name = `${contacts} contacts, ${size.name}`
  const isTarget = contacts === 100 && size.name === '10 KB'
  return {
    cost,
    measures: [
      atMost(`${name}: first copy after the instant`, first, 'ms', 50),
      isTarget ? atMost(`  last copy`, last, 'ms', 200) : measured(`  last copy`, last, 'ms'),
      measured('  made ready within', preparing / 1_000, 's'),
      measured('  cost per contact', cost, 'ms CPU'),
      measured('  peak memory, daemon', memory.daemonPeak, 'MB'),
      measured('  peak memory, child', memory.childPeak, 'MB'),
    ],
  }
}

/** `cost`: the daemon's processor time for each contact, from the confirmation on. */
async function oneNotice(site: Site, daemon: Running, contacts: number, size: Size) {
  const seconds = 4 + Math.ceil((contacts * size.ahead) / 1_000)
  const sendAt = Math.ceil(Date.now() / 1_000 + seconds) * 1_000
  const send = new Date(sendAt).toISOString().replace('.000Z', 'Z')
  const content = randomBytes(size.octets / 2)
    .toString('hex')
    .replace(/.{70}/g, '$&\n')
  const text = `embargod acme\nnotice ${caseId(CASE)} stage=early-disclosure send=${send} att:fix.patch <<\nPlease fix.\n.\n`
  site.catchUp()
  const attachments = [{ fileName: 'fix.patch', content }]
  await site.deliver(await gpgMimeSigned(site.alice, { to: COMMAND, text, attachments }))
  const asked = await site.read(await site.nextMail())
  const [confirm] = /confirm acme [a-z2-7]{16}/.exec(asked.text) ?? []
  if (confirm === undefined) throw new Error(`no token in: ${asked.text.slice(0, 300)}`)
  const signed = await gpgMimeSigned(site.alice, { to: COMMAND, text: `${confirm}\n` })
  const before = daemon.processorTime().daemon
  const begun = Date.now()
  const known = site.sink.taken.length
  await site.deliver(signed)
  const [prepared] = await daemon.logged(line => line.event === 'copies-prepared' && line['lacking'] === 0, 1)
  const isCopy = (to: string) => /@distro[0-9]+\.example$/.test(to)
  await daemon.logged(line => line.event === 'delivery-accepted', contacts + 2)
  const cost = (daemon.processorTime().daemon - before) / contacts
  const copies = site.sink.taken
    .slice(known)
    .filter(mail => isCopy(mail.to))
    .map(mail => mail.at)
  if (copies.length !== contacts) throw new Error(`${copies.length} copies for ${contacts} contacts`)
  return { sendAt, cost, copies, preparing: (prepared?.at ?? 0) - begun }
}

/** Where the processor time of a fan-out goes. */
async function profiled(site: Site, contacts: number): Promise<readonly Measured[]> {
  const folder = `${site.folder}/profile-fan-out`
  const daemon = await Running.start(site.config, ['--cpu-prof', `--cpu-prof-dir=${folder}`])
  await oneNotice(site, daemon, contacts, SIZES[0])
  await daemon.stop()
  const shares = await sharesIn(folder)
  return shares.map(({ name, percent }) => measured(`fan-out to ${contacts}: share of ${name}`, percent, '%'))
}

/** With every certificate read, before any work. */
async function idle(site: Site, contacts: number): Promise<readonly Measured[]> {
  const daemon = await Running.start(site.config)
  const { daemon: parent, child } = daemon.memory()
  await daemon.stop()
  return [
    atMost(`idle memory with ${contacts} certificates, daemon`, parent, 'MB', 150),
    atMost('  child', child, 'MB', 150),
  ]
}
