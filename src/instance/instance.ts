// Everything one instance needs, opened in the order in which it may fail: configuration, lock, keys, store.
// Nothing starts half-way: what was opened is closed again when a later step refuses.

import type { Config } from '../config/config.ts'
import type { Ageing, AgeingId } from '../decide/time/timed.ts'
import { Timeline } from '../decide/time/timeline.ts'
import type { Log } from '../log.ts'
import { isMember } from '../model/contact.ts'
import { ok, type Result } from '../model/result.ts'
import {
  parseApplicationId,
  parseCaseId,
  parseContactId,
  parseIncidentId,
  parseNoticeId,
  parsePostId,
} from '../model/scalars.ts'
import { Pipeline, type PipelineParts } from '../pipeline/pipeline.ts'
import { Sealer } from '../pipeline/sealing.ts'
import { SimilarCases } from '../pipeline/similar.ts'
import { Sandbox } from '../sandbox/sandbox.ts'
import type { Answers } from '../sandbox/worker.ts'
import { unwritableFault } from '../store/database.ts'
import { InstanceLock } from '../store/lock.ts'
import type { Store } from '../store/store.ts'
import { alterationIn, fault, loadKeys, type OpenFault, openStoreOf } from './at-rest.ts'
import type { Clock } from './clock.ts'
import { guardedClock } from './clock.ts'
import type { Keyring } from './keyring.ts'
import { readServers, type Servers } from './servers.ts'
import { AddressTokens } from './tokens.ts'

export type Instance = {
  readonly config: Config
  readonly clock: Clock
  readonly log: Log
  readonly store: Store
  readonly keyring: Keyring
  readonly sandbox: Sandbox
  readonly pipeline: Pipeline
  readonly servers: Servers
  readonly close: () => Promise<void>
}

/** Takes the lock and opens all there is; the one way to become the decider of a data directory. */
export async function openInstance(configFile: string, log: Log): Promise<Result<Instance, OpenFault>> {
  try {
    return await openWritable(configFile, log)
  } catch (error) {
    const unwritable = unwritableFault(error)
    if (unwritable === undefined) throw error
    return fault('failed', unwritable.sentence)
  }
}

async function openWritable(configFile: string, log: Log): Promise<Result<Instance, OpenFault>> {
  const loaded = await loadKeys(configFile)
  if (!loaded.ok) return loaded
  const { config, keyring } = loaded.value
  const held = await holdDirectory(config)
  return held.ok ? openHeld(held.value, keyring, log) : held
}

/** The servers of an instance whose data directory is ours until the lock is released. */
export type Held = { readonly config: Config; readonly servers: Servers; readonly lock: InstanceLock }

export async function holdDirectory(config: Config): Promise<Result<Held, OpenFault>> {
  const servers = await readServers(config)
  if (!servers.ok) return fault('config', servers.error)
  const lock = InstanceLock.take(config.dataDirectory)
  if (!lock.ok) return fault(lock.error.code === 'busy' ? 'busy' : 'config', lock.error.sentence)
  return ok({ config, servers: servers.value, lock: lock.value })
}

/** The rest, with unlocked keys. The lock is released when this fails. */
export async function openHeld(
  { config, servers, lock }: Held,
  keyring: Keyring,
  log: Log,
): Promise<Result<Instance, OpenFault>> {
  const store = await openStoreOf(config, keyring, 'write')
  if (!store.ok) {
    lock.release()
    return store
  }
  const altered = alterationIn(store.value)
  if (altered !== undefined) {
    store.value.close()
    lock.release()
    return fault('config', altered)
  }
  const clock = guardedClock(store.value.lastSeen(), store.value.clockMemory)
  // Looked at once, so that a jump from here on is noticed.
  clock.trust()
  const answers: Answers = {
    sessionKeys: packets => keyring.sessionKeys(packets, clock.now()),
    certificates: keyId => store.value.certificatesFor(keyId).map(({ certificate }) => certificate),
  }
  const sandbox = new Sandbox(answers, automaticSettings(config), config.settings.limits.passedOn)
  const parts = { config, clock, log, store: store.value, keyring, sandbox, servers }
  const pipeline = await pipelineOf(parts)
  const close = async () => {
    await pipeline.backupsEnded('abandon')
    await sandbox.close()
    store.value.close()
    lock.release()
  }
  return ok({ ...parts, pipeline, close })
}

/** The pipeline over opened parts; keyring and sandbox learn the stored contacts. */
export async function pipelineOf(
  parts: Omit<PipelineParts, 'sealer' | 'tokens' | 'similar' | 'timeline'>,
): Promise<Pipeline> {
  const { config, store, keyring, sandbox } = parts
  const tokens = new AddressTokens(store.key.derive('address tokens'), config.settings.addresses)
  const file = (sha256: Parameters<Store['blob']>[0]) => {
    const octets = store.blob(sha256)
    if (octets === undefined) throw new Error('a file of a notice is gone')
    return octets
  }
  const sealer = new Sealer(
    config,
    keyring,
    sandbox,
    tokens,
    file,
    () => store.audit.head(),
    pieces => store.outbox.prepare(pieces),
  )
  await keyring.enrol(store.contacts(config.settings).filter(isMember))
  sandbox.enrol(keyring.enrolled())
  const similar = new SimilarCases(store.openCases(), id => store.findCase(id))
  const ageing = (function* () {
    yield* store.eachCase('open')
    yield* store.eachOpenApplication()
    yield* store.contacts(config.settings)
    yield* store.eachOpenIncident()
    yield* store.eachScheduledNotice()
    yield* store.eachWaitingPost()
  })()
  const timeline = new Timeline(ageing, id => findAgeing(id, store), config.settings)
  return new Pipeline({ ...parts, sealer, tokens, similar, timeline })
}

/** What makes a mail a machine's, by the configuration. */
export const automaticSettings = ({ settings, intake, delivery }: Config) => ({
  ownAddresses: [settings.addresses.security, settings.addresses.command],
  lists: intake.lists,
  spamHeader: intake.spamHeader,
  returnPathRecorded: delivery.returnPathRecorded,
})

function findAgeing(id: AgeingId, store: Store): Ageing | undefined {
  const theCase = parseCaseId(id)
  if (theCase !== undefined) return store.findCase(theCase)
  const application = parseApplicationId(id)
  if (application !== undefined) return store.findApplication(application)
  const incident = parseIncidentId(id)
  if (incident !== undefined) return store.findIncident(incident)
  const notice = parseNoticeId(id)
  if (notice !== undefined) return store.findNotice(notice)
  const post = parsePostId(id)
  if (post !== undefined) return store.findPost(post)
  const contact = parseContactId(id)
  return contact && store.findContact(contact)
}
