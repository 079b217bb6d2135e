// Transaction 2: one decision, and all that follows from it, becomes durable at once or not at all: class of
// the mail, audit row, journal, states, signature, plan, files and mail to send. Never composes.

import type { NoticeWait } from '../model/alert.ts'
import type { Digest } from '../model/changes.ts'
import type { Decision } from '../model/decision.ts'
import { streamOf } from '../model/event.ts'
import type { Plaintext } from '../model/plaintext.ts'
import { unreachable } from '../model/result.ts'
import type { InboundId, Instant, MessageId, NoticeId, OutboxId, Sha256 } from '../model/scalars.ts'
import { differenceIn, type TeamChange } from '../model/team.ts'
import type { AuditChain, AuditIds } from './audit.ts'
import type { Changes } from './changes.ts'
import type { Database } from './database.ts'
import type { OutgoingMail } from './delivery.ts'
import type { InboundQueue } from './inbound.ts'
import { answerPlace, inboundIds, messageIdDigest } from './inbound-rows.ts'
import type { Journal, StreamId } from './journal.ts'
import type { KeyWarnings, TeamKeyWarnings } from './key-warnings.ts'
import { blobPlace } from './lists.ts'
import type { KnownMailbox, Mailboxes } from './mailboxes.ts'
import type { NoticeWaits } from './notice-waits.ts'
import { type OperatedRows, queueIds } from './operated-rows.ts'
import type { Outbox } from './outbox.ts'
import type { OwedAcknowledgements } from './owed.ts'
import type { Plans } from './plans.ts'
import { dropIfPurged } from './purge.ts'
import type { DataKey } from './seal.ts'
import { isUsed, markUsed } from './signatures.ts'
import type { Team } from './team.ts'

/** What the admins are alerted of, remembered so that they are told once. */
export type Told =
  /** A mail that is held or was given up. */
  | { readonly kind: 'ended'; readonly outbox: readonly OutboxId[] }
  /** Copies of a notice that wait; they end with it. */
  | { readonly kind: 'copies-over'; readonly notice: NoticeId }
  | { readonly kind: 'late'; readonly outbox: readonly OutboxId[] }
  /** Changes, as one digest. */
  | { readonly kind: 'changes'; readonly digest: Digest }
  /** How it is now. */
  | { readonly kind: 'mailbox'; readonly mailbox: KnownMailbox }
  | { readonly kind: 'team'; readonly change: TeamChange }
  | { readonly kind: 'team-keys'; readonly told: KeyWarnings }
  | { readonly kind: 'waits'; readonly notice: NoticeId; readonly why: NoticeWait }

export type Settlement = {
  /** Undefined: an instant came due. */
  readonly inbound: InboundId | undefined
  readonly now: Instant
  readonly decision: Decision
  readonly messageId: MessageId | undefined
  readonly contentSha256: Sha256 | undefined
  readonly duplicateOf: InboundId | undefined
  /** What `outgoing` alerts of. */
  readonly tells: Told | undefined
  readonly outgoing: readonly OutgoingMail[]
  /** For the command line, which reads it from the inbound row. */
  readonly answer: Plaintext | undefined
  /** Revision of every stream as the decision saw it; a stream that is not named did not exist. */
  readonly expected: ReadonlyMap<StreamId, number>
}

type Parts = {
  readonly database: Database
  readonly key: DataKey
  readonly audit: AuditChain
  readonly inbound: InboundQueue
  readonly journal: Journal
  readonly outbox: Outbox
  readonly mailboxes: Mailboxes
  readonly waits: NoticeWaits
  readonly keyWarnings: TeamKeyWarnings
  readonly plans: Plans
  readonly operated: OperatedRows
  readonly changes: Changes
  readonly team: Team
  readonly owed: OwedAcknowledgements
}

export class Settler {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /**
   * `stale`: a stream, signature or plan is no more as the decision saw it; nothing was written, decide afresh.
   * @throws if the mail is settled already, or an event does not fit its stream: faults of the program.
   */
  settle(settlement: Settlement): 'committed' | 'stale' {
    const { database } = this.#parts
    const settled = database.write(() => {
      if (this.#isStale(settlement)) return 'stale'
      this.#write(settlement)
      return 'committed'
    })
    if (settlement.decision.events.some(event => event.kind === 'case-purged')) database.truncateLog()
    return settled
  }

  #isStale({ decision, expected }: Settlement): boolean {
    const { database, journal, plans, operated, owed } = this.#parts
    for (const [stream, revision] of expected) if (journal.revision(stream) !== revision) return true
    const unseen = decision.events.map(streamOf).filter(stream => !expected.has(stream))
    if (unseen.some(stream => journal.revision(stream) !== 0)) return true
    const { oneShot, plan } = decision
    if (oneShot !== undefined && isUsed(database, oneShot)) return true
    if (decision.queue !== undefined && operated.isStale(decision.queue)) return true
    if (decision.owed !== undefined && owed.isStale(decision.owed)) return true
    return plan !== undefined && plans.isStale(plan)
  }

  #write(settlement: Settlement): void {
    const { audit, database, journal, outbox, plans, operated, changes, owed, waits } = this.#parts
    const { decision, now, inbound } = settlement
    const about = this.#settleInbound(settlement)
    const folding = journal.fold(decision.events)
    journal.writeStates(folding)
    this.#writeFiles(decision)
    if (decision.plan !== undefined) plans.apply(decision.plan, now)
    if (decision.queue !== undefined) operated.apply(decision.queue, now)
    if (decision.owed !== undefined) owed.apply(decision.owed, now)
    if (decision.oneShot !== undefined) markUsed(database, decision.oneShot, now, inbound)
    if (decision.change !== undefined) changes.record(decision.change, now)
    const mails = settlement.outgoing.map(mail => outbox.add(mail, now))
    for (const event of decision.events) {
      if (event.kind === 'notice-rescheduled') waits.forget(event.notice)
      if (event.kind === 'case-released') outbox.releaseKept(event.case, now)
    }
    if (settlement.tells !== undefined) this.#remember(settlement.tells, now)
    const seq = audit.append(
      'settled',
      now,
      {
        ...about,
        ...queueIds(decision.queue),
        ...teamIds(settlement.tells),
        outcome: decision.outcome,
        reason: decision.reason,
        actor: decision.actor.kind,
        fingerprint: 'fingerprint' in decision.actor ? decision.actor.fingerprint : decision.oneShot?.primary,
        signature: decision.oneShot?.hashValue,
        plan: decision.plan?.kind,
        acknowledgement: decision.owed?.kind,
        streams: folding.rows.map(row => `${row.stream}@${row.revision}`),
        outbox: mails.map(String),
      },
      folding.rows.map(row => row.body),
    )
    journal.writeRows(folding, seq, inbound, mails)
  }

  #settleInbound({ inbound: id, now, decision, ...settlement }: Settlement): AuditIds {
    if (id === undefined) return {}
    const { database, inbound, key } = this.#parts
    const row = inbound.row(id)
    if (row === undefined || row.settledAt !== undefined) throw new Error('inbound row is not waiting')
    const { answer, duplicateOf } = settlement
    database
      .prepare(
        `UPDATE inbound SET outcome = :outcome, reason = :reason, settled_at = :now, duplicate_of = :duplicateOf,
           message_id_sha256 = :messageId, content_sha256 = :contentSha256, answer = :answer
         WHERE id = :id`,
      )
      .run({
        id,
        now,
        outcome: decision.outcome,
        reason: decision.reason,
        duplicateOf: duplicateOf ?? null,
        messageId: messageIdDigest(settlement.messageId),
        contentSha256: settlement.contentSha256 ?? null,
        answer: answer === undefined ? null : key.seal(answerPlace(id), answer),
      })
    if (duplicateOf !== undefined) dropIfPurged(database, id)
    return { ...inboundIds(row), duplicateOf }
  }

  #remember(told: Told, now: Instant): void {
    const { outbox, mailboxes, team, waits, changes, keyWarnings } = this.#parts
    switch (told.kind) {
      case 'ended':
        outbox.markTold(told.outbox, now)
        return
      case 'copies-over':
        outbox.dropWaiting(told.notice, now)
        return
      case 'late':
        outbox.markToldLate(told.outbox, now)
        return
      case 'changes':
        changes.markDigested(told.digest, now)
        return
      case 'mailbox':
        mailboxes.remember(told.mailbox)
        return
      case 'team':
        team.replace(told.change.after)
        return
      case 'team-keys':
        keyWarnings.remember(told.told)
        return
      case 'waits':
        waits.remember(told.notice, told.why)
        return
      default:
        unreachable(told)
    }
  }

  #writeFiles({ files }: Decision): void {
    const { database, key } = this.#parts
    const known = database.prepare<[Sha256]>('SELECT 1 FROM blobs WHERE sha256 = ?')
    const insert = database.prepare<[Sha256, number, Uint8Array]>(
      'INSERT INTO blobs (sha256, size, octets) VALUES (?, ?, ?)',
    )
    for (const { sha256, octets } of files)
      if (known.get(sha256) === undefined)
        insert.run(sha256, octets.length, key.sealOctets(blobPlace(sha256), octets))
  }
}

/** The difference, by fingerprint. */
function teamIds(told: Told | undefined): AuditIds {
  if (told?.kind !== 'team') return {}
  const groups = Object.entries(differenceIn(told.change)).filter(([, members]) => members.length > 0)
  return Object.fromEntries(
    groups.map(([name, members]) => [name, members.map(({ fingerprint }) => fingerprint)]),
  )
}
