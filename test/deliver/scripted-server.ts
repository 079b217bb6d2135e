// An SMTP server that follows a script line by line, for what a correct server never does.
import { createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'

/** What a line of the client is answered with; undefined: nothing at all. */
export type Script = (line: string, socket: Socket) => string | undefined

export class ScriptedServer {
  readonly #server = createServer(socket => this.#serve(socket))
  readonly #sockets = new Set<Socket>()
  readonly #closings: (() => void)[] = []
  readonly #script: Script
  /** Every line received, of all connections. */
  readonly lines: string[] = []
  connections = 0
  greeting = '220 scripted.test'

  constructor(script: Script) {
    this.#script = script
  }

  /** Listens on a free port of 127.0.0.1. */
  async listen(): Promise<this> {
    await new Promise<void>(resolve => this.#server.listen(0, '127.0.0.1', resolve))
    return this
  }

  get port(): number {
    const address = this.#server.address()
    return address !== null && typeof address === 'object' ? address.port : 0
  }

  /** Resolves when a client next goes away. */
  nextClose(): Promise<void> {
    return new Promise(resolve => this.#closings.push(resolve))
  }

  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    return new Promise(resolve => this.#server.close(() => resolve()))
  }

  #serve(socket: Socket): void {
    this.connections += 1
    this.#sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => {
      this.#sockets.delete(socket)
      for (const resolve of this.#closings.splice(0)) resolve()
    })
    socket.write(`${this.greeting}\r\n`)
    const lines = createInterface({ input: socket })
    // A client that goes away is part of the test.
    lines.on('error', () => undefined)
    lines.on('line', line => {
      this.lines.push(line)
      const answer = this.#script(line, socket)
      if (answer !== undefined && socket.writable) socket.write(`${answer}\r\n`)
    })
  }
}

/** Answers as any server does; DATA is answered 354 and the final dot 250. */
export const willing: Script = line => {
  if (/^EHLO/.test(line)) return '250 scripted.test'
  if (line === 'DATA') return '354 go on'
  if (/^(MAIL|RCPT|RSET)|^\.$/.test(line)) return '250 ok'
  return line === 'QUIT' ? '221 bye' : undefined
}
