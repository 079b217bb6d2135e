// The two mail servers that the demo runs on, in memory, on free ports of 127.0.0.1: one with the mailbox of
// the security address, one that takes what is sent. Nothing gets farther than this process.
import { once } from 'node:events'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { SMTPServer, SMTPServerOptions } from 'smtp-server'
import type { Instant } from '../model/scalars.ts'
import { Feed, wallClock } from './feed.ts'

export const LOOPBACK = '127.0.0.1'
export const USER = 'security'
export const PASSWORD = 'a mailbox that lives for seconds'

/** One mail as the submission server took it. */
export type SentMail = {
  /** Every recipient of the envelope. */
  readonly to: readonly string[]
  readonly octets: Buffer
  /** When the envelope was opened: no octet of the mail had left before. */
  readonly begunAt: Instant
  readonly acceptedAt: Instant
}

type Hoodiecrow = Awaited<ReturnType<typeof load>>['hoodiecrow']

/** What the package lists for development only. @throws with the code ERR_MODULE_NOT_FOUND without them. */
async function load() {
  const [imap, smtp] = await Promise.all([import('hoodiecrow-imap'), import('smtp-server')])
  return { hoodiecrow: imap.default, Smtp: smtp.SMTPServer }
}

export class Servers {
  /** Mail that was sent, in the order in which it was accepted. */
  readonly sent = new Feed<SentMail>()
  readonly #imap: ReturnType<Hoodiecrow>
  readonly #smtp: SMTPServer
  readonly #sockets = new Set<Socket>()
  /** A client that is killed while it idles leaves a timer of half an hour. */
  readonly #endsIdling: (() => void)[] = []
  #isOurs: ((address: string) => boolean) | undefined
  readonly #fetches: { readonly uid: number; readonly at: Instant }[] = []

  private constructor({ hoodiecrow, Smtp }: Awaited<ReturnType<typeof load>>) {
    this.#imap = hoodiecrow({
      plugins: ['ID', 'ENABLE', 'NAMESPACE', 'IDLE', 'UIDPLUS', 'MOVE', 'LITERALPLUS', 'UNSELECT'],
      users: { [USER]: { password: PASSWORD } },
      storage: { INBOX: {}, '': { separator: '/', folders: {} } },
    })
    this.#imap.connectionHandlers.push(connection =>
      this.#endsIdling.push(() => {
        if (connection.inputHandler !== false) connection.inputHandler('DONE')
      }),
    )
    this.#imap.outputHandlers.push((_connection, { tag }, _what, _parsed, command = '') => {
      const uid = /^\S+ UID FETCH ([0-9]+) \(UID BODY\.PEEK\[\]/.exec(command)?.[1]
      // The answer itself; a second one, with the tag of the command, ends it.
      if (uid !== undefined && tag === '*') this.#fetches.push({ uid: Number(uid), at: wallClock() })
    })
    this.#smtp = new Smtp(this.#submission())
    // A client that is killed goes without a word.
    this.#smtp.on('error', () => undefined)
    for (const server of this.#listening)
      server.on('connection', (socket: Socket) => {
        this.#sockets.add(socket)
        socket.once('close', () => this.#sockets.delete(socket))
      })
  }

  /** @throws with the code ERR_MODULE_NOT_FOUND where only what runs the daemon is installed. */
  static async start(): Promise<Servers> {
    const servers = new Servers(await load())
    for (const server of servers.#listening) {
      server.listen(0, LOOPBACK)
      await once(server, 'listening')
    }
    return servers
  }

  get imapPort(): number {
    return portOf(this.#imap.server)
  }

  get smtpPort(): number {
    return portOf(this.#smtp.server)
  }

  /** Puts a mail into the mailbox; the answer is its UID. */
  deliver(octets: Uint8Array): number {
    return this.#imap.appendMessage('INBOX', [], undefined, Buffer.from(octets).toString('latin1')).message
      .uid
  }

  /**
   * From now on mail to our addresses goes to the mailbox, and any other to a folder with the recipient's
   * address; so does, at once, what was sent before to others.
   */
  passOn(isOurs: (address: string) => boolean): void {
    this.#isOurs = isOurs
    for (const mail of this.sent.items) this.#pass(mail, isOurs)
  }

  #pass({ to, octets }: SentMail, isOurs: (address: string) => boolean): void {
    for (const address of to) {
      if (!isOurs(address) && this.#imap.getMailbox(address) === undefined) this.#imap.createMailbox(address)
      const folder = isOurs(address) ? 'INBOX' : address
      this.#imap.appendMessage(folder, [], undefined, octets.toString('latin1'))
    }
  }

  /** When the octets of a mail were handed out. */
  fetches(uid: number): readonly Instant[] {
    return this.#fetches.filter(fetch => fetch.uid === uid).map(({ at }) => at)
  }

  /** Mails in a mailbox now; 0 if there is no such mailbox. */
  count(mailbox: string): number {
    return this.#imap.getMailbox(mailbox)?.messages.length ?? 0
  }

  close(): void {
    for (const server of this.#listening) server.close()
    for (const socket of this.#sockets) socket.destroy()
    for (const end of this.#endsIdling) end()
  }

  get #listening(): readonly Server[] {
    return [this.#imap.server, this.#smtp.server]
  }

  #submission(): SMTPServerOptions {
    const begun = new Map<string, Instant>()
    return {
      disabledCommands: ['STARTTLS', 'AUTH'],
      disableReverseLookup: true,
      onMailFrom: (_address, session, callback) => {
        begun.set(session.id, wallClock())
        callback()
      },
      onData: (stream, session, callback) => {
        const chunks: Buffer[] = []
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        stream.on('error', () => undefined)
        stream.on('end', () => {
          const to = session.envelope.rcptTo.map(({ address }) => address)
          const acceptedAt = wallClock()
          const begunAt = begun.get(session.id) ?? acceptedAt
          const mail = { to, octets: Buffer.concat(chunks), begunAt, acceptedAt }
          this.sent.add(mail)
          if (this.#isOurs !== undefined) this.#pass(mail, this.#isOurs)
          callback(null, 'kept')
        })
      },
    }
  }
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port
