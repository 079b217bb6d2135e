// How a passphrase reaches a locked daemon: over a socket in the data directory that only its owner can open.
// The client writes the passphrase and ends; the daemon answers one word. Neither keeps or prints it.
import { chmod, rm } from 'node:fs/promises'
import { createConnection, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { Secret } from '../config/secret.ts'
import { SECOND } from '../model/time.ts'

const SOCKET = 'unlock.sock'
const MAX_OCTETS = 4_096
const DEADLINE = 10 * SECOND
/** Opening a key takes its time by design. */
const PATIENCE = 30 * SECOND

const ANSWERS = ['unlocked', 'partly', 'wrong', 'locked'] as const
/** `partly`: other keys have another passphrase. `locked`: none was given, the daemon only says how it is. */
export type UnlockAnswer = (typeof ANSWERS)[number]

/** The daemon's end. Whoever listens holds the instance lock, so that a socket found there is left over. */
export class UnlockSocket {
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  /** @throws what the system says, as `EINVAL` for a path of more than 107 octets. */
  static async listen(
    directory: string,
    unlock: (passphrase: Secret) => Promise<UnlockAnswer>,
  ): Promise<UnlockSocket> {
    const path = join(directory, SOCKET)
    await rm(path, { force: true })
    const server = createServer({ allowHalfOpen: true }, socket => void converse(socket, unlock))
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(path, resolve)
    })
    await chmod(path, 0o600)
    return new UnlockSocket(server)
  }

  /** Answers that are under way are still given; the socket's file goes at once. */
  close(): void {
    this.#server.close()
  }
}

async function converse(
  socket: Socket,
  unlock: (passphrase: Secret) => Promise<UnlockAnswer>,
): Promise<void> {
  socket.setTimeout(DEADLINE, () => socket.destroy())
  try {
    const parts: Buffer[] = []
    let octets = 0
    for await (const part of socket.iterator({ destroyOnReturn: false })) {
      parts.push(part)
      octets += part.length
      if (octets > MAX_OCTETS) return
    }
    const given = Buffer.concat(parts).toString('utf8')
    const answer = given === '' ? 'locked' : await unlock(new Secret(given))
    await new Promise<void>(resolve => socket.end(answer, resolve))
  } catch {
    // Whoever asked has gone.
  } finally {
    socket.destroy()
  }
}

/** The client's end. `nobody`: no locked daemon listens; `no-answer`: it ended meanwhile, or takes too long. */
export async function askLocked(
  directory: string,
  passphrase: Secret | undefined,
): Promise<UnlockAnswer | 'nobody' | 'no-answer'> {
  const socket = createConnection({ path: join(directory, SOCKET) })
  socket.setTimeout(PATIENCE, () => socket.destroy())
  try {
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  } catch {
    return 'nobody'
  }
  try {
    socket.end(passphrase?.open() ?? '')
    const said = await text(socket)
    return ANSWERS.find(answer => answer === said) ?? 'no-answer'
  } catch {
    return 'no-answer'
  } finally {
    socket.destroy()
  }
}
