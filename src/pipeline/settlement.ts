// One decision, taken and kept: what is known is read, decided on, sealed and committed in one go, and taken anew where
// the state moved on meanwhile. In: what is settled and what must be known. Out: whether anything was to be settled.
import { answerText } from '../compose/answer.ts'
import type { Config } from '../config/config.ts'
import { isOfCase } from '../decide/known.ts'
import { ageingIn } from '../decide/time/timed.ts'
import type { Timeline } from '../decide/time/timeline.ts'
import type { Clock } from '../instance/clock.ts'
import type { Keyring } from '../instance/keyring.ts'
import { type Log, logCode } from '../log.ts'
import { isMember } from '../model/contact.ts'
import type { Decision, Snapshot } from '../model/decision.ts'
import type { Event } from '../model/event.ts'
import type { InboundId, MessageId, Sha256 } from '../model/scalars.ts'
import type { Admin } from '../model/settings.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import type { Told } from '../store/commit.ts'
import type { Store } from '../store/store.ts'
import { withPastMail } from './past-mail.ts'
import type { Query } from './query.ts'
import type { Sealer } from './sealing.ts'
import { revisionsSeen } from './settling.ts'
import type { SimilarCases } from './similar.ts'

/** How often a decision is taken anew because the state moved on under it. */
const ROUNDS = 5

export type SettlementParts = {
  readonly config: Config
  readonly clock: Clock
  readonly log: Log
  readonly store: Store
  readonly keyring: Keyring
  readonly sandbox: Sandbox
  readonly sealer: Sealer
  readonly similar: SimilarCases
  readonly timeline: Timeline
}

/** What is settled: one inbound mail, or none when an instant came. */
export type Subject = {
  readonly inbound: InboundId | undefined
  readonly messageId?: MessageId | undefined
  readonly contentSha256?: Sha256
  readonly duplicateOf?: InboundId
  readonly tells?: Told | undefined
}

export class Settlement {
  readonly #parts: SettlementParts

  constructor(parts: SettlementParts) {
    this.#parts = parts
  }

  /** Snapshot, decision, sealing and transaction 2; once more if the state moved on in between. */
  async settle(
    subject: Subject,
    query: Query,
    decideOn: (snapshot: Snapshot) => Decision | undefined,
  ): Promise<'settled' | 'not-yet'> {
    const { store, config, clock, sealer, keyring, log } = this.#parts
    for (let round = 0; round < ROUNDS; round += 1) {
      const now = clock.now()
      const { settings } = config
      const snapshot = store.readSnapshot({ ...query, now, settings, ownKeys: keyring.own })
      const decision = decideOn(snapshot)
      if (decision === undefined) return 'not-yet'
      const mayCall = ({ address }: Admin) => store.outbox.alertsInClear(address, now) === 0
      const orders = await withPastMail(decision.mails, this.#parts)
      const outgoing = await sealer.sealAll(orders, now, mayCall)
      const settled = store.settle({
        inbound: subject.inbound,
        messageId: subject.messageId,
        contentSha256: subject.contentSha256,
        duplicateOf: subject.duplicateOf,
        tells: subject.tells,
        now,
        decision,
        outgoing,
        answer: decision.answer === undefined ? undefined : answerText(decision.answer),
        expected: revisionsSeen(decision.events, snapshot),
      })
      if (settled === 'stale') continue
      await this.#enrolNew(decision.events)
      this.#lookAgain(decision.events)
      log('settled', {
        inbound: subject.inbound,
        outcome: logCode(decision.outcome),
        reason: logCode(decision.reason),
        mails: outgoing.length,
      })
      return 'settled'
    }
    throw new Error('the state kept moving on')
  }

  #lookAgain(events: readonly Event[]): void {
    const { similar, timeline } = this.#parts
    for (const id of ageingIn(events)) timeline.look(id)
    for (const id of new Set(events.flatMap(event => (isOfCase(event) ? [event.case] : [])))) similar.look(id)
  }

  /** A new contact's or key's signatures count from the next mail on. */
  async #enrolNew(events: readonly Event[]): Promise<void> {
    const { keyring, sandbox, store } = this.#parts
    const changed = new Set(events.flatMap(event => ('contact' in event ? [event.contact] : [])))
    const contacts = [...changed].flatMap(id => store.findContact(id) ?? []).filter(isMember)
    if (contacts.length === 0) return
    // To hand over all of them takes as long as a decision: not where one was only reminded of something.
    if ((await keyring.enrol(contacts)) === 'changed') sandbox.enrol(keyring.enrolled())
  }
}
