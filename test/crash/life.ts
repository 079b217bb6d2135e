// One process: opens the data directory of a world, runs the daemon against the world's servers, and ends at
// rest or by its fate. After death nothing is tidied up: the data stays as it was at that moment.
import assert from 'node:assert/strict'
import type { Config } from '../../src/config/config.ts'
import { Daemon } from '../../src/daemon/daemon.ts'
import { alterationIn, openStoreOf } from '../../src/instance/at-rest.ts'
import { pipelineOf } from '../../src/instance/instance.ts'
import { Keyring } from '../../src/instance/keyring.ts'
import { readServers } from '../../src/instance/servers.ts'
import type { Instant } from '../../src/model/scalars.ts'
import { MINUTE, SECOND } from '../../src/model/time.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { InstanceLock } from '../../src/store/lock.ts'
import type { Store } from '../../src/store/store.ts'
import { Death, type Fate, mortal } from './fate.ts'
import type { World } from './world.ts'

/** All processes share one child, which holds no state: starting another takes half a second. */
export type Machine = {
  readonly config: Config
  readonly sandbox: Sandbox
  /** Whose secret keys the sandbox asks for. */
  use(keyring: Keyring): void
}

/** What comes to pass, once all that came before is at rest. */
export type Moment = (world: World) => void | Promise<void>

const COPIES_AHEAD = 10 * MINUTE
/** To one address, by the default of the limits. */
const ACKNOWLEDGED_A_DAY = 5
const PATIENCE = 20 * SECOND

/** `dueAt`: when there is something to send next. */
export type End = { readonly end: 'rest' | 'death'; readonly dueAt: Instant | undefined }

/** Lives until all `moments` have passed and nothing is left to do; those that passed are taken off the list. */
export async function live(machine: Machine, world: World, fate: Fate, moments: Moment[] = []): Promise<End> {
  const config = { ...machine.config, dataDirectory: world.directory }
  const keyring = sound(await Keyring.load(config))
  machine.use(keyring)
  const lock = InstanceLock.take(config.dataDirectory)
  assert.ok(lock.ok)
  const store = sound(await openStoreOf(config, keyring, 'write'))
  try {
    assert.equal(alterationIn(store), undefined, 'the journal, folded, is not the stored state')
    await runDaemon({ ...machine, config }, world, fate, { store, keyring }, moments)
    assert.equal(alterationIn(store), undefined, 'the journal, folded, is not the stored state')
    if (fate.isDead) await world.forsake()
    return { end: fate.isDead ? 'death' : 'rest', dueAt: store.outbox.nextDueAt() }
  } finally {
    store.close()
    lock.value.release()
  }
}

async function runDaemon(
  { config, sandbox }: Pick<Machine, 'config' | 'sandbox'>,
  world: World,
  fate: Fate,
  { store, keyring }: { readonly store: Store; readonly keyring: Keyring },
  moments: Moment[],
): Promise<void> {
  const parts = ['inbound', 'outbox', 'journal', 'audit']
  const mortalStore = mortal(store, fate, 'store', parts)
  const opened = { config, sandbox, keyring, clock: world.clock, log: () => undefined, store: mortalStore }
  const ports = world.ports(fate)
  let daemon: Daemon | undefined
  try {
    const pipeline = await pipelineOf(opened)
    const isDue = () => (pipeline.nextWake()?.at ?? Number.POSITIVE_INFINITY) <= world.now()
    const rest = () => atRest(store, world, fate, () => ports.isLooking() || isDue())
    daemon = new Daemon({ ...opened, pipeline, servers: sound(await readServers(config)) }, ports)
    daemon.start()
    await rest()
    while (moments.length > 0 && !fate.isDead) {
      await moments.shift()?.(world)
      ports.poll()
      await rest()
    }
  } catch (error) {
    if (!(error instanceof Death)) throw error
  } finally {
    await daemon?.stop()
  }
}

/** Resolves when nothing is left to do at this time, or at death. */
function atRest(store: Store, world: World, fate: Fate, isBusy: () => boolean): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const late = setTimeout(
    () => reject(new Error(`no rest after ${fate.steps.slice(-20).map(({ name }) => name)}`)),
    PATIENCE,
  )
  let isOver = false
  const look = () => {
    if (isOver) return
    isOver = fate.isDead || (!isBusy() && hasRest(store, world))
    if (isOver) resolve()
  }
  fate.onStep = () => void setImmediate(look)
  fate.onStep()
  return promise.finally(() => {
    clearTimeout(late)
    fate.onStep = () => undefined
  })
}

function hasRest({ inbound, outbox, copies, owed, scheduledNotices }: Store, world: World): boolean {
  const now = world.now()
  return (
    world.isTaken(inbound) &&
    inbound.list({ outcome: 'waiting', limit: 1 }).length === 0 &&
    outbox.counts().sending === 0 &&
    outbox.untold().length === 0 &&
    copies.owed(now).length === 0 &&
    (outbox.nextDueAt() ?? Infinity) > now &&
    owed.mailboxes().every(mailbox => {
      const debt = owed.owedTo(mailbox)
      assert.ok(debt !== 'damaged')
      const to = debt.orders[0]?.to
      return outbox.acknowledged(to, now).address >= ACKNOWLEDGED_A_DAY
    }) &&
    scheduledNotices().every(
      notice =>
        notice.sendAt > now + COPIES_AHEAD ||
        (notice.sendAt > now && copies.lacking(notice, now).length === 0),
    )
  )
}

function sound<T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false }): T {
  assert.ok(result.ok, 'an instance does not open')
  return result.value
}
