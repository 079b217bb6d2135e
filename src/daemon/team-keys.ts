// Looks at the keys of the admins, at the start and once a day: all admins hear of one that ends, well before and once it
// has ended (threats.md K06). It stops nothing: whoever is left breaks an embargo and cancels a notice alone.
import { encryptionFaultAt, readCertificate } from '../instance/config-services.ts'
import type { Instance } from '../instance/instance.ts'
import { type Fingerprint, type Instant, later } from '../model/scalars.ts'
import type { Settings } from '../model/settings.ts'
import { DAY } from '../model/time.ts'

/** Days before its end on which a key is told of, as `check` begins to; 0: that it has ended. */
const STEPS = [0, 1, 7, 30, 60] as const

export type TeamKeysParts = {
  readonly config: Pick<Instance['config'], 'settings' | 'certificates'>
  readonly store: {
    readonly safeMode: Pick<Instance['store']['safeMode'], 'mode'>
    readonly keyWarnings: Instance['store']['keyWarnings']
  }
  readonly clock: Pick<Instance['clock'], 'now' | 'trust'>
  readonly pipeline: Pick<Instance['pipeline'], 'alert'>
}

export class TeamKeys {
  readonly #parts: TeamKeysParts
  #next: Instant | undefined

  constructor(parts: TeamKeysParts) {
    this.#parts = parts
  }

  /** The answer is in how many milliseconds to look again; `done` is called when there is something to send. */
  async look(done: () => void): Promise<number> {
    const { clock, store } = this.#parts
    const now = clock.now()
    if (clock.trust() !== 'trusted' || store.safeMode.mode === 'safe') return DAY
    if (this.#next === undefined || this.#next <= now || this.#next > later(now, DAY)) {
      if ((await this.#tell(now)) === 'told') done()
      this.#next = later(now, DAY)
    }
    return Math.max(1, this.#next - now)
  }

  async #tell(now: Instant): Promise<'told' | 'nothing'> {
    const { config, store, pipeline } = this.#parts
    const { admins } = config.settings
    const ending = new Map<Fingerprint, number>()
    for (const { fingerprint } of admins) {
      const days = await stepOf(config.certificates.get(fingerprint), now)
      if (days !== undefined) ending.set(fingerprint, days)
    }
    const before = store.keyWarnings.told()
    const isNews = ([key, days]: readonly [Fingerprint, number]) => days < (before.get(key) ?? Infinity)
    if (![...ending].some(isNews)) return 'nothing'
    const ends = admins.flatMap(({ name, fingerprint }) => {
      const days = ending.get(fingerprint)
      return days === undefined ? [] : [{ name, fingerprint, within: days }]
    })
    const usable = admins.length - ends.filter(({ within }) => within === 0).length
    const alert = {
      kind: 'team-keys',
      ends,
      usable,
      of: admins.length,
      needed: neededIn(config.settings),
    } as const
    await pipeline.alert(alert, { kind: 'team-keys', told: ending })
    return 'told'
  }
}

/** The nearest step at which nothing can be encrypted to it; undefined: it lasts longer than we warn of. */
async function stepOf(octets: Uint8Array | undefined, now: Instant): Promise<number | undefined> {
  const read = await readCertificate(octets ?? new Uint8Array())
  if (!read.ok) return 0
  for (const days of STEPS)
    if ((await encryptionFaultAt(read.value, later(now, days * DAY))) !== undefined) return days
  return undefined
}

/** Admins who must sign the most that the policies want confirmed. */
function neededIn({ admins, quorum, projects }: Settings): number {
  const stages = projects.flatMap(({ policy }) => policy.notices.stages.map(stage => stage.quorum))
  return Math.min(Math.max(quorum, ...stages), admins.length - 1) + 1
}
