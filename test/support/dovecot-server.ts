// The process behind dovecot.ts: its configuration, ports and owner, and how it starts and ends.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { findProgram } from './program.ts'

export type Ports = { readonly imap: number; readonly imaps: number; readonly lmtp: number }
export type Owner = { readonly uid: number; readonly gid: number }

const START_LIMIT = 10_000

export const isRoot = (): boolean => process.getuid?.() === 0

const idOf = (...args: readonly string[]): string => execFileSync('id', args, { encoding: 'utf8' }).trim()

/** Dovecot refuses to hand mail to root. */
export const mailOwner = (): Owner =>
  isRoot()
    ? { uid: Number(idOf('-u', 'nobody')), gid: Number(idOf('-g', 'nobody')) }
    : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }

/** `capability`: what the server says it can do; empty: all that it can. */
export function configuration(folder: string, ports: Ports, { uid, gid }: Owner, capability: string): string {
  const [login, internal, group] = isRoot()
    ? ['dovenull', 'dovecot', 'dovecot']
    : [idOf('-un'), idOf('-un'), idOf('-gn')]
  return `base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = /dev/stderr
protocols = imap lmtp
listen = 127.0.0.1
default_login_user = ${login}
default_internal_user = ${internal}
default_internal_group = ${group}
first_valid_uid = 0
first_valid_gid = 0
mail_uid = ${uid}
mail_gid = ${gid}
mail_home = ${folder}/mail/%n
mail_location = maildir:~/Maildir
mail_save_crlf = yes
mail_fsync = never
disable_plaintext_auth = no
ssl = yes
${capability === '' ? '' : `imap_capability = ${capability}`}
ssl_cert = <${folder}/cert.pem
ssl_key = <${folder}/key.pem
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%n ${folder}/users
}
userdb {
  driver = static
  args = uid=${uid} gid=${gid} home=${folder}/mail/%n
}
namespace inbox {
  inbox = yes
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${ports.imap}
  }
  inet_listener imaps {
    port = ${ports.imaps}
    ssl = yes
  }
}
service lmtp {
  inet_listener lmtp {
    port = ${ports.lmtp}
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
`
}

/**
 * The shell is a process group of its own with Dovecot, and kills it when its standard input closes, which
 * happens even if this process is killed. Dovecot's own way to end takes seconds.
 */
const KEEPER = 'exec 3<&0; (read -r end <&3; kill -KILL 0) & "$0" -F -c "$1" 3<&-; kill -KILL 0'

export async function serve(folder: string): Promise<ChildProcess> {
  const program = findProgram('dovecot') ?? 'dovecot'
  const server = spawn('/bin/sh', ['-c', KEEPER, program, join(folder, 'dovecot.conf')], {
    stdio: ['pipe', 'ignore', 'pipe'],
    detached: true,
  })
  const log: string[] = []
  const lines = createInterface({ input: server.stderr })
  await new Promise<void>((resolve, reject) => {
    const fail = () => reject(new Error(`Dovecot did not start: ${log.join('\n')}`))
    const timer = setTimeout(fail, START_LIMIT)
    lines.on('line', line => {
      log.push(line)
      if (!/ starting up /.test(line)) return
      clearTimeout(timer)
      resolve()
    })
    server.once('error', reject)
    server.once('close', () => {
      clearTimeout(timer)
      fail()
    })
  })
  return server
}

/** Somebody else may take one of them before Dovecot does. */
export async function freePorts(): Promise<Ports> {
  const servers = [createServer(), createServer(), createServer()]
  const ports: number[] = []
  for (const server of servers) {
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    if (address !== null && typeof address === 'object') ports.push(address.port)
  }
  for (const server of servers) await new Promise(resolve => server.close(resolve))
  const [imap = 0, imaps = 0, lmtp = 0] = ports
  return { imap, imaps, lmtp }
}
