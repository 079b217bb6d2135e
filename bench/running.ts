// The daemon as its own process, seen from outside: its log lines, its memory and its processor time, and
// those of its child.
import { type ChildProcess, spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const LAUNCH = fileURLToPath(new URL('../src/launch.js', import.meta.url))
const PATIENCE = 300_000
/** Clock ticks of /proc/PID/stat in milliseconds. */
const TICK = 10

export type Line = { readonly at: number; readonly event: string; readonly [field: string]: unknown }

/** Resident megabytes of daemon and child, now and at most. */
export type Memory = {
  readonly daemon: number
  readonly daemonPeak: number
  readonly child: number
  readonly childPeak: number
}

export class Running {
  /** Milliseconds from the start of the process until it idled on its mailbox. */
  readonly startup: number
  readonly log: readonly Line[]
  readonly #process: ChildProcess
  readonly #lines: EventEmitter<{ lines: [] }>

  private constructor(
    process: ChildProcess,
    log: Line[],
    lines: EventEmitter<{ lines: [] }>,
    startup: number,
  ) {
    this.#process = process
    this.log = log
    this.#lines = lines
    this.startup = startup
  }

  /** `options` are Node's: `--cpu-prof`, for one. */
  static async start(config: string, options: readonly string[] = []): Promise<Running> {
    const begun = performance.now()
    // As an operator starts it, whatever cache the bench itself runs with.
    const { NODE_COMPILE_CACHE: _, ...env } = process.env
    const child = spawn(process.execPath, [...options, LAUNCH, '--config', config, 'run'], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const log: Line[] = []
    const lines = new EventEmitter<{ lines: [] }>()
    let rest = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      const complete = (rest + text).split('\n')
      rest = complete.pop() ?? ''
      for (const line of complete) {
        if (!line.startsWith('{')) throw new Error(`the daemon says: ${line}`)
        const parsed = JSON.parse(line)
        log.push({ ...parsed, at: Date.parse(parsed.at) })
      }
      lines.emit('lines')
    })
    const running = new Running(child, log, lines, 0)
    await running.logged(line => line.event === 'mailbox' && line['state'] === 'connected', 1)
    return new Running(child, log, lines, performance.now() - begun)
  }

  /** Resolves with the first `count` lines that fit. */
  async logged(fits: (line: Line) => boolean, count: number): Promise<readonly Line[]> {
    const deadline = AbortSignal.timeout(PATIENCE)
    for (;;) {
      const found = this.log.filter(fits)
      if (found.length >= count) return found.slice(0, count)
      await once(this.#lines, 'lines', { signal: deadline })
    }
  }

  memory(): Memory {
    const [daemon, child] = [this.#process.pid, this.#child()]
    return {
      daemon: resident(daemon, 'VmRSS'),
      daemonPeak: resident(daemon, 'VmHWM'),
      child: resident(child, 'VmRSS'),
      childPeak: resident(child, 'VmHWM'),
    }
  }

  /** Daemon and child. */
  processes(): readonly number[] {
    return [this.#process.pid, this.#child()].filter(pid => pid !== undefined)
  }

  /** Milliseconds of processor time so far, all threads. */
  processorTime(): { readonly daemon: number; readonly child: number } {
    return { daemon: processorTime(this.#process.pid), child: processorTime(this.#child()) }
  }

  async stop(): Promise<void> {
    const exit = once(this.#process, 'exit')
    this.#process.kill('SIGTERM')
    const [code] = await exit
    if (code !== 0) throw new Error(`the daemon ended with ${code}`)
  }

  #child(): number {
    const { pid } = this.#process
    const children = readdirSync(`/proc/${pid}/task`).flatMap(task =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'latin1').trim().split(' '),
    )
    return Number(children.find(one => one !== '') ?? 0)
  }
}

/** 0 for a child that is not there just now: one that has grown large is replaced. */
function resident(pid: number | undefined, field: 'VmRSS' | 'VmHWM'): number {
  const path = `/proc/${pid}/status`
  const status = existsSync(path) ? readFileSync(path, 'latin1') : ''
  return Number(new RegExp(`^${field}:\\s*([0-9]+) kB$`, 'm').exec(status)?.[1] ?? 0) / 1024
}

function processorTime(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * TICK
}
