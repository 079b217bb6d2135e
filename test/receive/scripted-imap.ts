// A small IMAP server with one mailbox in memory whose answers a test may replace, for what a correct server
// never does. Only what a client of ours asks for is understood.
import { createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'

/** Lines to answer a command with, `TAG` standing for its tag; undefined: as usual; `cut`: hang up. */
export type Replace = (command: string, server: ScriptedImap) => string | undefined

export class ScriptedImap {
  readonly #server = createServer(socket => this.#serve(socket))
  readonly #sockets = new Set<Socket>()
  readonly #waiters: { fits: RegExp; resolve: () => void }[] = []
  readonly mails = new Map<number, Buffer>()
  /** Every command received, of all connections, without its tag. */
  readonly commands: string[] = []
  capabilities = 'IMAP4rev1 IDLE MOVE UIDPLUS'
  greeting = '* OK ready'
  uidValidity: number | undefined = 7
  replace: Replace = () => undefined

  async listen(): Promise<this> {
    await new Promise<void>(resolve => this.#server.listen(0, '127.0.0.1', resolve))
    return this
  }

  get port(): number {
    const address = this.#server.address()
    return address !== null && typeof address === 'object' ? address.port : 0
  }

  /** Resolves when the next command that fits comes in. */
  next(fits: RegExp): Promise<void> {
    return new Promise(resolve => this.#waiters.push({ fits, resolve }))
  }

  /** Tells every client something unasked. */
  tell(line: string): void {
    for (const socket of this.#sockets) socket.write(`${line}\r\n`)
  }

  /** Ends every connection. */
  hangUp(): void {
    for (const socket of this.#sockets) socket.destroySoon()
  }

  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    return new Promise(resolve => this.#server.close(() => resolve()))
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => this.#sockets.delete(socket))
    socket.write(`${this.greeting}\r\n`)
    let idling = ''
    const lines = createInterface({ input: socket })
    // A client that goes away is part of the test.
    lines.on('error', () => undefined)
    lines.on('line', line => {
      const [tag = '', ...rest] = line.split(' ')
      const command = line === 'DONE' ? 'DONE' : rest.join(' ')
      this.commands.push(command)
      if (command === 'IDLE') idling = tag
      const answer = this.replace(command, this)?.replaceAll('TAG', tag) ?? this.#answer(command, tag, idling)
      if (socket.writable) socket.write(Buffer.from(answer, 'latin1'))
      if (answer.endsWith('cut')) socket.destroy()
      for (const waiter of this.#waiters.filter(({ fits }) => fits.test(command))) {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1)
        waiter.resolve()
      }
    })
  }

  #answer(command: string, tag: string, idling: string): string {
    const ok = `${tag} OK done\r\n`
    const [first = '', second = '', third = ''] = command.split(' ')
    if (first === 'CAPABILITY') return `* CAPABILITY ${this.capabilities}\r\n${ok}`
    if (first === 'IDLE') return '+ idling\r\n'
    if (first === 'DONE') return `${idling} OK done\r\n`
    if (first === 'LIST') return `* LIST () "/" ${third.replaceAll('"', '') || '""'}\r\n${ok}`
    if (first === 'STATUS') return `* STATUS ${second} (MESSAGES 0)\r\n${ok}`
    if (first === 'SELECT') {
      const validity = this.uidValidity === undefined ? '' : `* OK [UIDVALIDITY ${this.uidValidity}] ok\r\n`
      return `* FLAGS (\\Deleted)\r\n* ${this.mails.size} EXISTS\r\n${validity}${tag} OK [READ-WRITE] ok\r\n`
    }
    const uids = [...this.mails.keys()]
    if (command.startsWith('UID SEARCH')) return `* SEARCH ${uids.join(' ')}\r\n${ok}`
    if (command.startsWith('UID FETCH')) {
      const wanted = uids.filter(uid => third.split(',').includes(String(uid)))
      return wanted.map(uid => this.fetchAnswer(uid, command)).join('') + ok
    }
    if (command.startsWith('UID MOVE') || command.startsWith('UID EXPUNGE'))
      for (const uid of third.split(',')) this.mails.delete(Number(uid))
    return ok
  }

  fetchAnswer(uid: number, command: string, mail = this.mails.get(uid) ?? Buffer.alloc(0)): string {
    const items = [`UID ${uid}`]
    if (command.includes('RFC822.SIZE')) items.push(`RFC822.SIZE ${mail.length}`)
    const most = Number(/<0\.(\d+)>/.exec(command)?.[1] ?? mail.length)
    const header = mail.subarray(0, mail.indexOf('\r\n\r\n') + 4)
    for (const [section, octets] of [
      ['BODY.PEEK[]', mail.subarray(0, most)],
      ['BODY.PEEK[HEADER]', header.subarray(0, most)],
    ] as const)
      if (command.includes(section)) {
        const name = section.replace('.PEEK', '')
        items.push(`${name}<0> {${octets.length}}\r\n${octets.toString('latin1')}`)
      }
    return `* ${[...this.mails.keys()].indexOf(uid) + 1} FETCH (${items.join(' ')})\r\n`
  }
}
