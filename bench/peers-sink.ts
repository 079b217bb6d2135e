// The SMTP server of the script that measures another list server, so that both are measured against the same.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

export class PeersSink {
  readonly host = '127.0.0.1'
  readonly port: number
  readonly control: string
  readonly #process: ChildProcess

  private constructor(process: ChildProcess, port: number) {
    this.#process = process
    this.port = port
    this.control = `http://${this.host}:${port + 1}`
  }

  static async start(folder: string): Promise<PeersSink> {
    for (let port = 31_000; port < 31_100; port += 2) {
      const child = spawn(process.execPath, [join(folder, 'sink.js'), `${port}`, `${port + 1}`], {
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      const said = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])
      if (Buffer.isBuffer(said[0])) return new PeersSink(child, port)
    }
    throw new Error('no port is free')
  }

  async reset(): Promise<void> {
    await fetch(`${this.control}/reset`)
  }

  async stats(): Promise<{ readonly messages: number; readonly last: number }> {
    const { messages, last } = JSON.parse(await (await fetch(`${this.control}/stats`)).text())
    return { messages: Number(messages), last: Number(last) }
  }

  /** The first mail since the reset, once it is there. */
  async first(): Promise<Buffer> {
    while ((await this.stats()).messages === 0) await pause(20)
    const octets = Buffer.from(await (await fetch(`${this.control}/sample`)).arrayBuffer())
    return octets.subarray(0, octets.lastIndexOf('.\r\n'))
  }

  async close(): Promise<void> {
    const ended = once(this.#process, 'exit')
    this.#process.kill()
    await ended
  }
}
