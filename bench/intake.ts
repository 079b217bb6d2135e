// Reports coming in: how many a second, from a full mailbox to committed cases with their acknowledgements
// queued, and how long one takes from its fetch to its acknowledgement being accepted by the server.
import { atLeast, type Measured, measured, median } from './measure.ts'
import { people, report } from './people.ts'
import { sharesIn } from './profile.ts'
import { type Line, Running } from './running.ts'
import { SECURITY, type Site } from './site.ts'

const REPORT = 10_000

const settled = (line: Line) => line.event === 'settled' && line['outcome'] === 'report'

export type IntakeSize = { readonly crowd: number; readonly single: number }

export async function measureIntake(site: Site, size: IntakeSize): Promise<readonly Measured[]> {
  const ours = await site.ourCertificate()
  const reporters = await people('reporter', 0, 2 * size.crowd + size.single)
  const mails: Buffer[] = []
  for (const reporter of reporters) mails.push(await report(reporter, SECURITY, ours, REPORT))

  const rate = await crowd(site, mails.splice(0, size.crowd))
  const one = await single(site, mails.splice(0, size.single))
  const shares = await profiled(site, mails)
  return [...rate, ...one, ...shares]
}

/** All at once: the mailbox is full when the daemon starts. */
async function crowd(site: Site, mails: readonly Buffer[]): Promise<readonly Measured[]> {
  for (const mail of mails) await site.deliver(mail)
  const daemon = await Running.start(site.config)
  const seconds = await secondsToSettle(daemon, mails.length)
  const memory = daemon.memory()
  await daemon.stop()
  return [
    atLeast('reports taken in', mails.length / seconds, '/s', 20),
    measured('  peak memory, daemon', memory.daemonPeak, 'MB'),
    measured('  peak memory, child', memory.childPeak, 'MB'),
  ]
}

/** From the opened mailbox to the last commit. */
async function secondsToSettle(daemon: Running, count: number): Promise<number> {
  const [connected] = await daemon.logged(line => line.event === 'mailbox', 1)
  const lines = await daemon.logged(settled, count)
  return ((lines.at(-1)?.at ?? 0) - (connected?.at ?? 0)) / 1_000
}

/** One after the other, each when the one before is done. */
async function single(site: Site, mails: readonly Buffer[]): Promise<readonly Measured[]> {
  const daemon = await Running.start(site.config)
  const fetched: number[] = []
  const delivered: number[] = []
  for (const [index, mail] of mails.entries()) {
    const to = /^From: <([^>]*)>/.exec(mail.toString('latin1'))?.[1]
    await site.deliver(mail)
    const there = Date.now()
    const [acknowledgement] = await site.sink.wait(taken => taken.to === to, 1)
    const received = (await daemon.logged(line => line.event === 'received', index + 1)).at(-1)
    fetched.push((acknowledgement?.at ?? 0) - (received?.at ?? 0))
    delivered.push((acknowledgement?.at ?? 0) - there)
  }
  await daemon.stop()
  return [
    measured('fetch to acknowledgement accepted', median(fetched), 'ms'),
    measured('  counted from its arrival in the mailbox', median(delivered), 'ms'),
  ]
}

async function profiled(site: Site, mails: readonly Buffer[]): Promise<readonly Measured[]> {
  for (const mail of mails) await site.deliver(mail)
  const folder = `${site.folder}/profile-intake`
  const daemon = await Running.start(site.config, ['--cpu-prof', `--cpu-prof-dir=${folder}`])
  const before = daemon.processorTime()
  await secondsToSettle(daemon, mails.length)
  const after = daemon.processorTime()
  await daemon.stop()
  return [
    measured('a report costs, daemon', (after.daemon - before.daemon) / mails.length, 'ms CPU'),
    measured('  and in the child', (after.child - before.child) / mails.length, 'ms CPU'),
    ...(await sharesIn(folder)).map(({ name, percent }) => measured(`  share of ${name}`, percent, '%')),
  ]
}
