// `run`: the daemon, until it is told to stop.
import { once } from 'node:events'
import { Daemon } from '../daemon.ts'
import { openInstance } from '../instance.ts'
import { stderrLog } from '../log.ts'
import { portsTo } from '../servers.ts'
import { refuse } from './reading.ts'
import { EXIT, misused, type Verb } from './verb.ts'

export const run: Verb = {
  name: 'run',
  usage: '',
  summary: 'run the daemon until SIGTERM or SIGINT',
  run: async (args, io) => {
    if (args.length > 0) return misused(run, 'it takes no arguments', io)
    const instance = await openInstance(io.configFile, stderrLog)
    if (!instance.ok) return refuse(io, instance.error)
    const { servers, config, log } = instance.value
    const daemon = new Daemon(instance.value, portsTo(servers, config, log))
    daemon.start()
    const asked = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')])
    const ended = await Promise.race([asked.then(() => 'asked' as const), daemon.failed])
    await daemon.stop()
    await instance.value.close()
    return ended === 'asked' ? EXIT.done : EXIT.failed
  },
}
