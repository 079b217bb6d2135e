// A TCP proxy that does to a connection what networks do: reset, close, stall, octet by octet, garbage, at an
// exact place of the dialogue. It knows no protocol: a place is named by what the client sent and how much of
// the answer came through.
import { connect, createServer, type Socket } from 'node:net'

export type Harm =
  /** RST to both sides. */
  | 'reset'
  /** FIN to both sides. */
  | 'close'
  /** Nothing passes any more, and nobody is told. */
  | 'stall'
  /** Octets that no protocol knows to the client, then FIN to both. */
  | 'garbage'
  /** From here on every octet comes alone. */
  | 'slices'

export const HARMS: readonly Harm[] = ['reset', 'close', 'stall', 'garbage', 'slices']

export type Fault = {
  readonly harm: Harm
  /** What the client has sent; undefined: it has just connected. */
  readonly request: RegExp | undefined
  /**
   * `request`: the server gets what was sent up to and including the match and `pass` octets more.
   * `withheld`: the server does not get the match. `answer`: the client gets `pass` octets of what comes
   * after it, or all up to and including a match.
   */
  readonly at: 'withheld' | 'request' | 'answer'
  readonly pass?: number | RegExp
  /** Once unless said otherwise. */
  readonly times?: number
}

const GARBAGE = Buffer.from('\u0000\u0007* {}(((\\ \u0080\u00ff]]\r\n999 \u0000{99999999999}\r\n', 'latin1')

type Pair = {
  readonly client: Socket
  readonly server: Socket
  flow: 'free' | 'sliced' | 'cut'
  /** Octets on their way one by one. */
  readonly dripping: Map<Socket, Promise<unknown>>
}
type Armed = { readonly fault: Fault; left: number }
/** A fault whose request has come, and the octets of interest since. */
type Aimed = { readonly armed: Armed; seen: string }

export class FaultProxy {
  readonly #target: number
  readonly #server = createServer({ allowHalfOpen: true }, socket => this.#serve(socket))
  readonly #pairs = new Set<Pair>()
  readonly #armed: Armed[] = []
  /** Connections so far. */
  connections = 0
  /** Faults that happened. */
  happened = 0
  /** What clients sent, one connection after the other. */
  requests = ''

  /** @param target port on loopback. */
  constructor(target: number) {
    this.#target = target
  }

  async listen(): Promise<this> {
    await new Promise<void>(resolve => this.#server.listen(0, '127.0.0.1', resolve))
    return this
  }

  get port(): number {
    const address = this.#server.address()
    return address !== null && typeof address === 'object' ? address.port : 0
  }

  /** Arranges a fault for the next connection that comes to its place. */
  script(fault: Fault): void {
    this.#armed.push({ fault, left: fault.times ?? 1 })
  }

  close(): Promise<void> {
    for (const { client, server } of this.#pairs) for (const socket of [client, server]) socket.destroy()
    return new Promise(resolve => this.#server.close(() => resolve()))
  }

  #serve(client: Socket): void {
    this.connections += 1
    const server = connect({ port: this.#target, host: '127.0.0.1', allowHalfOpen: true })
    const pair: Pair = { client, server, flow: 'free', dripping: new Map() }
    this.#pairs.add(pair)
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      socket.setNoDelay(true)
      socket.on('error', () => undefined)
      socket.once('end', () => {
        if (pair.flow !== 'cut') void Promise.resolve(pair.dripping.get(other)).then(() => other.end())
      })
    }
    server.once('close', () => {
      if (pair.flow !== 'cut') client.destroySoon()
    })
    client.once('close', () => {
      this.#pairs.delete(pair)
      server.destroySoon()
    })
    const aim = new Aim(this.#armed)
    const harm = (armed: Armed) => {
      armed.left -= 1
      this.happened += 1
      inflict(armed.fault.harm, pair)
    }
    client.on('data', (octets: Buffer) => {
      this.requests += octets.toString('latin1')
      const { passed, hit } = aim.request(octets)
      pass(pair, server, octets.subarray(0, passed))
      if (hit !== undefined) harm(hit)
      pass(pair, server, octets.subarray(passed))
    })
    server.on('data', (octets: Buffer) => {
      const { passed, hit } = aim.answer(octets)
      pass(pair, client, octets.subarray(0, passed))
      if (hit !== undefined) harm(hit)
      pass(pair, client, octets.subarray(passed))
    })
  }
}

/** Follows one connection until it comes to the place of a fault. */
class Aim {
  readonly #armed: readonly Armed[]
  #sent = ''
  #aimed: Aimed | undefined

  constructor(armed: readonly Armed[]) {
    this.#armed = armed
    const first = this.#find(({ request }) => request === undefined)
    this.#aimed = first && { armed: first, seen: '' }
  }

  /** How many of these octets of the client pass, and what happens then. */
  request(octets: Buffer): { readonly passed: number; readonly hit?: Armed } {
    const before = this.#sent.length
    this.#sent += octets.toString('latin1')
    if (this.#aimed === undefined) {
      const armed = this.#find(({ request }) => request?.test(this.#sent) === true)
      if (armed === undefined) return { passed: octets.length }
      const match = armed.fault.request?.exec(this.#sent)
      const [start, length] = [match?.index ?? 0, match?.[0].length ?? 0]
      const { at, pass: more } = armed.fault
      if (at === 'withheld') return { passed: Math.max(0, start - before), hit: armed }
      this.#aimed = { armed, seen: '' }
      // What follows counts from here.
      this.#sent = this.#sent.slice(start + length)
      const matched = start + length - before
      const wanted = typeof more === 'number' ? more : 0
      if (at === 'request' && this.#sent.length >= wanted) return { passed: matched + wanted, hit: armed }
      return { passed: octets.length }
    }
    const { armed } = this.#aimed
    const { at, pass: wanted } = armed.fault
    if (at !== 'request' || typeof wanted !== 'number' || armed.left === 0) return { passed: octets.length }
    if (this.#sent.length < wanted) return { passed: octets.length }
    return { passed: Math.max(0, wanted - before), hit: armed }
  }

  /** The same of octets of the server. */
  answer(octets: Buffer): { readonly passed: number; readonly hit?: Armed } {
    const aimed = this.#aimed
    if (aimed === undefined || aimed.armed.fault.at !== 'answer' || aimed.armed.left === 0)
      return { passed: octets.length }
    const before = aimed.seen.length
    aimed.seen += octets.toString('latin1')
    const { pass: wanted = 0 } = aimed.armed.fault
    const match = typeof wanted === 'number' ? undefined : wanted.exec(aimed.seen)
    const end = typeof wanted === 'number' ? wanted : match ? match.index + match[0].length : Infinity
    return aimed.seen.length < end ? { passed: octets.length } : { passed: end - before, hit: aimed.armed }
  }

  #find(fits: (fault: Fault) => boolean): Armed | undefined {
    return this.#armed.find(({ fault, left }) => left > 0 && fits(fault))
  }
}

function inflict(harm: Harm, pair: Pair): void {
  const { client, server } = pair
  pair.flow = harm === 'slices' ? 'sliced' : 'cut'
  if (harm === 'reset') for (const socket of [client, server]) socket.resetAndDestroy()
  if (harm === 'garbage') client.write(GARBAGE)
  if (harm === 'close' || harm === 'garbage') for (const socket of [client, server]) socket.end()
}

function pass(pair: Pair, to: Socket, octets: Buffer): void {
  if (pair.flow === 'cut' || octets.length === 0 || !to.writable) return
  if (pair.flow === 'free') to.write(octets)
  else
    pair.dripping.set(
      to,
      Promise.resolve(pair.dripping.get(to)).then(() => drip(to, octets)),
    )
}

/** Each octet in a segment of its own. */
async function drip(to: Socket, octets: Buffer): Promise<void> {
  for (const octet of octets) {
    if (!to.writable) return
    await new Promise<void>(resolve => to.write(Buffer.of(octet), () => setImmediate(resolve)))
  }
}
