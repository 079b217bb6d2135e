// `once`: reads the mailbox, settles everything, sends what is due, and ends. For cron and for trying out.
import { Daemon } from '../daemon/daemon.ts'
import { LockedDaemon } from '../daemon/locked.ts'
import type { OpenFault } from '../instance/at-rest.ts'
import { openInstance } from '../instance/instance.ts'
import { portsTo } from '../instance/servers.ts'
import { stderrLog } from '../log.ts'
import { refuse } from './reading.ts'
import { EXIT, type Io, misused, type Verb } from './verb.ts'

export const once: Verb = {
  name: 'once',
  usage: '',
  summary: 'read the mailbox, settle all, send what is due, and end',
  run: async (args, io) => {
    if (args.length > 0) return misused(once, 'it takes no arguments', io)
    const instance = await openInstance(io.configFile, stderrLog)
    if (!instance.ok)
      return instance.error.kind === 'locked' ? storeOnly(io, instance.error) : refuse(io, instance.error)
    const { servers, config, log, store } = instance.value
    const daemon = new Daemon(instance.value, portsTo(servers, config, log, store))
    daemon.start()
    const ended = await Promise.race([daemon.idle(), daemon.failed])
    await daemon.stop()
    await instance.value.close()
    if (ended === 'idle') return EXIT.done
    io.problem(ended === 'mailbox' ? UNREAD : 'The outbox could not be worked on; the log says why.')
    return EXIT.unavailable
  },
}

const UNREAD = 'The mailbox could not be read; look with: embargod check'

/** Without a passphrase mail is kept, and nothing else is done. */
async function storeOnly(io: Io, fault: OpenFault): Promise<number> {
  const locked = await LockedDaemon.open(io.configFile, stderrLog)
  if (!locked.ok) return refuse(io, locked.error)
  await locked.value.start()
  const ended = await Promise.race([locked.value.stored, locked.value.mailboxTrouble])
  await locked.value.close()
  if (ended === 'mailbox') io.problem(UNREAD)
  return refuse(io, fault)
}
