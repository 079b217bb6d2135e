// Plans that wait for their confirmation, under the digest of a token that is itself never stored, and the
// count of wrong tokens. Neither is kept longer than it counts; that there was a plan stays in the audit.
import { createHash } from 'node:crypto'
import type { PendingPlan, PlanChange } from '../model/decision.ts'
import { plaintext } from '../model/plaintext.ts'
import { unreachable } from '../model/result.ts'
import { type Fingerprint, type Instant, later } from '../model/scalars.ts'
import { DAY } from '../model/time.ts'
import type { Database } from './database.ts'
import type { DataKey, Place } from './seal.ts'

export type Person = Fingerprint | 'operator'

export class Plans {
  readonly #database: Database
  readonly #key: DataKey

  constructor(database: Database, key: DataKey) {
    this.#database = database
    this.#key = key
  }

  /** The plan that waits under a token, expired or not; a confirmed one waits no more. */
  pending(token: string): PendingPlan | undefined {
    const digest = digestOf(token)
    const body = this.#database
      .prepare<[string], Uint8Array>(`SELECT body FROM plans WHERE token_sha256 = ? AND state = 'issued'`)
      .pluck()
      .get(digest)
    if (body === undefined) return undefined
    return { ...(this.#key.open(placeOf(digest), body) as Omit<PendingPlan, 'token'>), token }
  }

  /** Whether what a decision saw of the plan holds no more. */
  isStale(change: PlanChange): boolean {
    if (change.kind === 'wrong-token') return false
    if (change.kind !== 'issued') return this.pending(change.token) === undefined
    const taken = this.#database.prepare<[string]>('SELECT 1 FROM plans WHERE token_sha256 = ?')
    return taken.get(digestOf(change.plan.token)) !== undefined
  }

  /** Within the caller's transaction, after `isStale` said no. */
  apply(change: PlanChange, now: Instant): void {
    switch (change.kind) {
      case 'issued':
        this.#issue(change.plan, now)
        break
      case 'counted':
        this.#count(change.token, change.by)
        break
      case 'confirmed':
        this.#database
          .prepare<[string]>(`UPDATE plans SET state = 'confirmed' WHERE token_sha256 = ?`)
          .run(digestOf(change.token))
        break
      case 'wrong-token':
        this.#database
          .prepare<[string, Instant]>('INSERT INTO wrong_tokens (person, at) VALUES (?, ?)')
          .run(change.by, now)
        break
      default:
        unreachable(change)
    }
  }

  /** Empties every plan that names one of these, within the caller's transaction; one that waits waits no more. */
  forget(ids: readonly string[]): void {
    const rows = this.#database.prepare<[], { readonly digest: string; readonly body: Uint8Array }>(
      'SELECT token_sha256 AS digest, body FROM plans',
    )
    const put = this.#database.prepare<[Uint8Array, string]>(
      `UPDATE plans SET state = 'confirmed', body = ? WHERE token_sha256 = ?`,
    )
    for (const { digest, body } of rows.all()) {
      const plan = this.#key.open(placeOf(digest), body) as Omit<PendingPlan, 'token'>
      const words = plan.text.open().toUpperCase()
      if (!ids.some(id => words.includes(id) || id in plan.revisions)) continue
      put.run(this.#key.seal(placeOf(digest), { ...plan, text: plaintext(''), attachments: [] }), digest)
    }
  }

  /** Wrong tokens a person sent in the last 24 h. */
  wrongTokens(person: Person, now: Instant): number {
    const count = this.#database
      .prepare<[string, Instant], number>('SELECT count(*) FROM wrong_tokens WHERE person = ? AND at > ?')
      .pluck()
    return count.get(person, later(now, -DAY)) ?? 0
  }

  /** Deletes what can no longer come to anything: plans, with the words in them, and wrong tokens that count no more. */
  forgetEnded(now: Instant): void {
    const counted = later(now, -DAY)
    const ended = this.#database
      .prepare<{ now: Instant; counted: Instant }, number>(
        `SELECT EXISTS (SELECT 1 FROM plans WHERE expires_at <= :now)
           OR EXISTS (SELECT 1 FROM wrong_tokens WHERE at <= :counted)`,
      )
      .pluck()
    if (ended.get({ now, counted }) !== 1) return
    this.#database.write(() => {
      this.#database.prepare<[Instant]>('DELETE FROM plans WHERE expires_at <= ?').run(now)
      this.#database.prepare<[Instant]>('DELETE FROM wrong_tokens WHERE at <= ?').run(counted)
    })
  }

  #issue({ token, ...plan }: PendingPlan, now: Instant): void {
    const digest = digestOf(token)
    this.#database
      .prepare<[string, string, Instant, Instant, Uint8Array]>(
        `INSERT INTO plans (token_sha256, issuer, state, issued_at, expires_at, body)
         VALUES (?, ?, 'issued', ?, ?, ?)`,
      )
      .run(digest, plan.issuer, now, plan.expiresAt, this.#key.seal(placeOf(digest), plan))
  }

  #count(token: string, by: Person): void {
    const waiting = this.pending(token)
    if (waiting === undefined) return
    const { token: _, ...plan } = waiting
    const digest = digestOf(token)
    const counted = { ...plan, confirmations: [...plan.confirmations, by] }
    this.#database
      .prepare<[Uint8Array, string]>('UPDATE plans SET body = ? WHERE token_sha256 = ?')
      .run(this.#key.seal(placeOf(digest), counted), digest)
  }
}

const digestOf = (token: string): string => createHash('sha256').update(token, 'utf8').digest('hex')

const placeOf = (digest: string): Place => ({ table: 'plans', column: 'body', row: digest })
