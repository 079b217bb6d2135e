// How the command line changes anything: it puts a request into the inbound queue and reads the answer there.
// The running daemon settles it; without one, this process takes the lock and does.
import { setTimeout as pause } from 'node:timers/promises'
import { sha256Of } from '../digest.ts'
import { loadKeys, type OpenFault, openStoreOf } from '../instance/at-rest.ts'
import { openInstance } from '../instance/instance.ts'
import type { Log } from '../log.ts'
import type { ChainHead } from '../model/chain.ts'
import type { Plaintext } from '../model/plaintext.ts'
import { err, ok, type Result } from '../model/result.ts'
import { type InboundId, instant } from '../model/scalars.ts'
import { SECOND } from '../model/time.ts'
import type { WrittenRequest } from '../pipeline/operator-request.ts'
import type { Store } from '../store/store.ts'
import { refuse } from './reading.ts'
import { EXIT, type Io, printable } from './verb.ts'

const LOOK_EVERY = 50
const PATIENCE = 30 * SECOND

type Answered = {
  readonly outcome: string
  readonly answer: Plaintext | undefined
  /** Of the audit chain, after what was done. */
  readonly head: ChainHead | undefined
}

/** Puts the request, waits for its outcome, prints the answer and gives the exit code. */
export async function ask(request: WrittenRequest, io: Io): Promise<number> {
  const answered = await answerTo(request, io.configFile)
  if (!answered.ok) return refuse(io, answered.error)
  const { outcome, answer, head } = answered.value
  const text =
    answer === undefined ? 'It could not be handled; look with: embargod shunt list' : answer.open()
  if (outcome === 'command') {
    io.out(printable(text))
    // As transcripts do, for audit verify --head.
    if (request.kind === 'command' && head !== undefined)
      io.out(`Audit chain, row ${head.seq}:\n    ${head.hash}`)
    return EXIT.done
  }
  io.problem(printable(text))
  return EXIT.refused
}

async function answerTo(request: WrittenRequest, configFile: string): Promise<Result<Answered, OpenFault>> {
  const instance = await openInstance(configFile, silentLog)
  if (!instance.ok) return instance.error.kind === 'busy' ? throughDaemon(request, configFile) : instance
  const { store, keyring, pipeline, clock, close } = instance.value
  try {
    const id = await put(request, store, octets => keyring.encryptForStorage(octets, clock.now()))
    while ((await pipeline.settleNext()) === 'worked') if (outcomeOf(store, id) !== undefined) break
    await pipeline.backupsEnded('finish')
    return ok(outcomeOf(store, id) ?? { outcome: 'shunt', answer: undefined, head: undefined })
  } finally {
    await close()
  }
}

async function throughDaemon(
  request: WrittenRequest,
  configFile: string,
): Promise<Result<Answered, OpenFault>> {
  const loaded = await loadKeys(configFile)
  if (!loaded.ok) return loaded
  const { config, keyring } = loaded.value
  const store = await openStoreOf(config, keyring, 'append')
  if (!store.ok) return store
  try {
    const now = instant(Temporal.Now.instant().epochMilliseconds)
    const id = await put(request, store.value, octets => keyring.encryptForStorage(octets, now))
    for (let waited = 0; waited < PATIENCE; waited += LOOK_EVERY) {
      const outcome = outcomeOf(store.value, id)
      if (outcome !== undefined) return ok(outcome)
      await pause(LOOK_EVERY)
    }
    return err({
      kind: 'busy',
      lines: ['The daemon has not answered yet. The request is in its queue and will be carried out.'],
    })
  } finally {
    store.value.close()
  }
}

async function put(
  request: WrittenRequest,
  store: Store,
  encrypt: (octets: Uint8Array) => Promise<Uint8Array>,
): Promise<InboundId> {
  const octets = Buffer.from(JSON.stringify(request))
  const id = store.inbound.receive({
    source: 'cli',
    sha256: sha256Of(octets),
    size: octets.length,
    raw: await encrypt(octets),
    receivedAt: instant(Temporal.Now.instant().epochMilliseconds),
  })
  if (id === 'known') throw new Error('a request got the number of another')
  return id
}

function outcomeOf(store: Store, id: InboundId): Answered | undefined {
  const outcome = store.inbound.row(id)?.outcome
  if (outcome === undefined || outcome === null) return undefined
  return { outcome, answer: store.inbound.answer(id), head: store.audit.head() }
}

/** The answer says what happened; log lines would only stand in its way. */
const silentLog: Log = () => undefined
