// `run`: the daemon, until it is told to stop.
import { once } from 'node:events'
import { Daemon } from '../daemon/daemon.ts'
import { LockedDaemon } from '../daemon/locked.ts'
import type { OpenFault } from '../instance/at-rest.ts'
import { type Instance, openHeld, openInstance } from '../instance/instance.ts'
import { portsTo } from '../instance/servers.ts'
import { stderrLog } from '../log.ts'
import type { Result } from '../model/result.ts'
import { refuse } from './reading.ts'
import { EXIT, type Io, misused, type Verb } from './verb.ts'

export const run: Verb = {
  name: 'run',
  usage: '',
  summary: 'run the daemon until SIGTERM, SIGINT or SIGHUP; locked while a passphrase is missing',
  run: async (args, io) => {
    if (args.length > 0) return misused(run, 'it takes no arguments', io)
    const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'].map(signal => once(process, signal))
    const asked = Promise.race(signals).then(() => 'asked' as const)
    const instance = await open(io, asked)
    if (instance === 'asked') return EXIT.done
    if (!instance.ok) return refuse(io, instance.error)
    const { servers, config, log, store } = instance.value
    const daemon = new Daemon(instance.value, portsTo(servers, config, log, store))
    daemon.start()
    const ended = await Promise.race([asked, daemon.failed])
    await daemon.stop()
    await instance.value.close()
    return ended === 'asked' ? EXIT.done : EXIT.failed
  },
}

/** Waits, taking mail in, for passphrases that are missing. */
async function open(io: Io, asked: Promise<'asked'>): Promise<Result<Instance, OpenFault> | 'asked'> {
  const instance = await openInstance(io.configFile, stderrLog)
  if (instance.ok || instance.error.kind !== 'locked') return instance
  const locked = await LockedDaemon.open(io.configFile, stderrLog)
  if (!locked.ok) return locked
  refuse(io, instance.error)
  await locked.value.start()
  const keyring = await Promise.race([locked.value.unlocked, asked])
  if (keyring !== 'asked') return openHeld(await locked.value.handOver(), keyring, stderrLog)
  await locked.value.close()
  return 'asked'
}
