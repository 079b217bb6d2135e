// `inbound refetch`: fetches mails whose stored octets are lost from the mailbox, or from where they were filed,
// and has the instance store them again. Only octets with the digest that was audited are taken.
import { readServers } from '../instance/servers.ts'
import { type InboundId, instant, type Sha256 } from '../model/scalars.ts'
import { refetch } from '../receive/refetch.ts'
import { type Lost, lostOctets } from './lost-octets.ts'
import { reading } from './reading.ts'
import { ask } from './request.ts'
import { EXIT, type Io } from './verb.ts'

/** Octets that one request brings, beyond which another is made. */
const MOST_AT_ONCE = 16 * 1024 * 1024

type Fetched = { readonly id: InboundId; readonly octets: string }

export function refetchLost(io: Io): Promise<number> {
  return reading(io, async ({ store, keyring, config }) => {
    const lost = await lostOctets({ store, keyring }, instant(Temporal.Now.instant().epochMilliseconds))
    if (lost.length === 0) {
      io.out('The octets of every mail are there and open.')
      return EXIT.done
    }
    const servers = await readServers(config)
    if (!servers.ok) {
      io.problem(servers.error)
      return EXIT.config
    }
    const { maxMail } = config.settings.limits
    const bringing = new Bringing(lost, io)
    const found = (sha256: Sha256, octets: Uint8Array) => bringing.take(sha256, octets)
    const wanted = lost.map(({ row }) => row)
    const looked = await refetch({ server: servers.value.imap, maxMail, wanted, found }).then(
      () => 'whole' as const,
      () => 'lost' as const,
    )
    const worst = await bringing.finish()
    if (looked === 'whole') return worst
    io.problem('The mailbox was lost meanwhile; look with: embargod check')
    return EXIT.unavailable
  })
}

/** Hands over what was fetched, so much at a time, and says what is missing still. */
class Bringing {
  readonly #io: Io
  readonly #missing: Map<Sha256, readonly Lost[]>
  #batch: Fetched[] = []
  #size = 0
  #worst: number = EXIT.done

  constructor(lost: readonly Lost[], io: Io) {
    this.#io = io
    this.#missing = Map.groupBy(lost, ({ row }) => row.sha256)
  }

  async take(sha256: Sha256, octets: Uint8Array): Promise<void> {
    const text = Buffer.from(octets).toString('base64')
    for (const { row } of this.#missing.get(sha256) ?? []) {
      this.#batch.push({ id: row.id, octets: text })
      this.#size += octets.length
    }
    this.#missing.delete(sha256)
    if (this.#size > MOST_AT_ONCE) await this.#hand()
  }

  async finish(): Promise<number> {
    await this.#hand()
    for (const { row, cases } of [...this.#missing.values()].flat()) {
      const about = cases.length === 0 ? 'no case' : cases.join(', ')
      this.#io.problem(`Mail ${row.id}, of ${about}, is neither in the mailbox nor where mail is filed.`)
      this.#worst = Math.max(this.#worst, EXIT.failed)
    }
    return this.#worst
  }

  async #hand(): Promise<void> {
    const mails = this.#batch.splice(0)
    this.#size = 0
    if (mails.length > 0)
      this.#worst = Math.max(this.#worst, await ask({ kind: 'refetched', mails }, this.#io))
  }
}
