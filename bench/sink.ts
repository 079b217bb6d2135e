// An SMTP server as fast as one can be: it answers at once, pipelined, and keeps only when each mail was
// complete, and the octets of mail to those whom the bench reads.
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'

export type Taken = {
  readonly to: string
  /** Milliseconds since 1970, with fractions: the final dot arrived. */
  readonly at: number
  readonly size: number
  /** Empty unless its recipient is one of those kept. */
  readonly octets: Buffer
}

const END = Buffer.from('\r\n.\r\n')
const EXTENSIONS = ['sink.test', 'PIPELINING', '8BITMIME', 'DSN', 'SIZE 104857600']
const PATIENCE = 300_000

export const preciseNow = (): number => performance.timeOrigin + performance.now()

export class Sink {
  readonly host = '127.0.0.1'
  readonly taken: Taken[] = []
  readonly #server: Server
  readonly #isKept: (to: string) => boolean
  readonly #waiters = new Set<() => void>()
  readonly #sockets = new Set<Socket>()

  private constructor(isKept: (to: string) => boolean) {
    this.#isKept = isKept
    this.#server = createServer({ noDelay: true }, socket => this.#serve(socket))
  }

  static async start(isKept: (to: string) => boolean): Promise<Sink> {
    const sink = new Sink(isKept)
    sink.#server.listen(0, sink.host)
    await once(sink.#server, 'listening')
    return sink
  }

  get port(): number {
    const address = this.#server.address()
    return address !== null && typeof address === 'object' ? address.port : 0
  }

  /** Resolves with the mails that fit as soon as there are `count`. */
  async wait(fits: (mail: Taken) => boolean, count: number): Promise<readonly Taken[]> {
    const deadline = preciseNow() + PATIENCE
    for (;;) {
      const found = this.taken.filter(fits)
      if (found.length >= count) return found
      if (preciseNow() > deadline) throw new Error(`${found.length} of ${count} mails came`)
      const timer = Promise.withResolvers<void>()
      const timeout = setTimeout(timer.resolve, 1_000)
      this.#waiters.add(timer.resolve)
      await timer.promise
      clearTimeout(timeout)
      this.#waiters.delete(timer.resolve)
    }
  }

  close(): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('error', () => undefined)
    let line = ''
    let data: { size: number; tail: Buffer; chunks: Buffer[] } | undefined
    let to = ''
    socket.on('data', (chunk: Buffer) => {
      if (data !== undefined) {
        data.size += chunk.length
        // The client sends nothing after the final dot until it is answered.
        data.tail = Buffer.concat([data.tail, chunk.subarray(-END.length)]).subarray(-END.length)
        if (this.#isKept(to)) data.chunks.push(chunk)
        if (!data.tail.equals(END)) return
        const octets = Buffer.concat(data.chunks).subarray(0, -3)
        this.taken.push({ to, at: preciseNow(), size: data.size - 3, octets: unstuffed(octets) })
        data = undefined
        socket.write('250 2.0.0 taken\r\n')
        for (const wake of this.#waiters) wake()
        return
      }
      line += chunk.toString('latin1')
      const lines = line.split('\r\n')
      line = lines.pop() ?? ''
      for (const command of lines) {
        const verb = command.slice(0, 4).toUpperCase()
        if (verb === 'RCPT') to = /<([^>]*)>/.exec(command)?.[1] ?? ''
        if (verb === 'DATA') data = { size: 0, tail: Buffer.from('\r\n'), chunks: [] }
        socket.write(answerTo(verb))
        if (verb === 'QUIT') socket.end()
      }
    })
    socket.write('220 sink.test ESMTP\r\n')
  }
}

function answerTo(verb: string): string {
  if (verb === 'EHLO')
    return EXTENSIONS.map((word, at) => `250${at === EXTENSIONS.length - 1 ? ' ' : '-'}${word}\r\n`).join('')
  if (verb === 'DATA') return '354 go on\r\n'
  return verb === 'QUIT' ? '221 2.0.0 bye\r\n' : '250 2.0.0 ok\r\n'
}

const unstuffed = (octets: Buffer): Buffer =>
  Buffer.from(octets.toString('latin1').replace(/^\.\./gm, '.'), 'latin1')
