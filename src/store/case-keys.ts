// Whose keys speak in which case, which one an advisory opened and a statement belongs to: what finds a case by
// other than its id.
// Written with the case's state; the certificates themselves stay sealed within it.
import type { Case } from '../model/case.ts'
import type { CaseKey } from '../model/person.ts'
import type { CaseId, Fingerprint, MessageId, Sha256, StatementId } from '../model/scalars.ts'
import type { Database } from './database.ts'
import { messageIdDigest } from './inbound-rows.ts'
import type { StateRows } from './state-rows.ts'

/** All by which a mail is known again. */
export type KnownMail = {
  readonly sha256: Sha256
  readonly identity: Sha256
  readonly messageId: MessageId | undefined
  readonly contentSha256: Sha256
}

/** Cases looked at for one key; whoever has more still names them by number. */
const MOST_CASES = 50

/** Copies of certificates to try for one signature; each costs its reader time. */
const MOST_COPIES = 10

/** Those that somebody of the team took up, then the newest: anyone can open many cases with another's key. */
const LIKELIEST = `ORDER BY state IN ('new', 'spam'), received_at DESC, id LIMIT ${MOST_CASES}`

export class CaseKeys {
  readonly #database: Database
  readonly #cases: StateRows<Case>

  constructor(database: Database, cases: StateRows<Case>) {
    this.#database = database
    this.#cases = cases
  }

  /** Within the transaction that writes the case. */
  put(theCase: Case): void {
    const { id, advisory, statements, thread } = theCase
    this.#database.prepare<[CaseId]>('DELETE FROM case_keys WHERE case_id = ?').run(id)
    const insert = this.#database.prepare<[string, CaseId, Fingerprint]>(
      'INSERT INTO case_keys (key_id, case_id, fingerprint) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    )
    for (const { fingerprint, keyIds } of keysOf(theCase))
      for (const keyId of keyIds) insert.run(keyId, id, fingerprint)
    const said = this.#database.prepare<[StatementId, CaseId]>(
      'INSERT INTO case_statements (statement, case_id) VALUES (?, ?) ON CONFLICT DO NOTHING',
    )
    for (const statement of statements) said.run(statement.id, id)
    const forwarded = this.#database.prepare<[Sha256, CaseId]>(
      'INSERT INTO case_mails (digest, case_id) VALUES (?, ?) ON CONFLICT DO NOTHING',
    )
    for (const { attached } of thread)
      if (attached !== undefined)
        for (const digest of [attached.sha256, attached.identity]) forwarded.run(digest, id)
    if (advisory === undefined) return
    this.#database
      .prepare<[string, CaseId]>(
        'INSERT INTO case_advisories (advisory, case_id) VALUES (?, ?) ON CONFLICT DO NOTHING',
      )
      .run(advisory, id)
  }

  /** The likeliest cases in which this key speaks. */
  casesOf(fingerprint: Fingerprint): readonly Case[] {
    return this.#cases.where(
      `id IN (SELECT case_id FROM case_keys WHERE fingerprint = :fingerprint)
       ${LIKELIEST}`,
      { fingerprint },
    )
  }

  caseOfAdvisory(advisory: string): CaseId | undefined {
    return this.#database
      .prepare<[string], CaseId>('SELECT case_id FROM case_advisories WHERE advisory = ?')
      .pluck()
      .get(advisory)
  }

  /** The case that a mail opened or joined, forwarded or by itself. */
  caseOfMail({ sha256, identity, messageId, contentSha256 }: KnownMail): CaseId | undefined {
    const found = this.#database
      .prepare<object, CaseId>(
        `SELECT case_id FROM case_mails WHERE digest IN (:sha256, :identity)
         UNION ALL
         SELECT stream FROM journal
           WHERE kind IN ('case-opened', 'case-followed-up') AND inbound IN (SELECT id FROM inbound
             WHERE sha256 = :sha256 OR (message_id_sha256 = :messageId AND content_sha256 = :contentSha256))
         LIMIT 1`,
      )
      .pluck()
    return found.get({ sha256, identity, messageId: messageIdDigest(messageId), contentSha256 })
  }

  caseOfStatement(statement: StatementId): CaseId | undefined {
    return this.#database
      .prepare<[StatementId], CaseId>('SELECT case_id FROM case_statements WHERE statement = ?')
      .pluck()
      .get(statement)
  }

  /**
   * The certificates that a signature may be by, each copy once, since a stranger may have sent an old one;
   * `keyId` is 16 lower-case hex digits.
   */
  certificates(keyId: string): readonly CaseKey[] {
    const cases = this.#cases.where(
      `id IN (SELECT case_id FROM case_keys WHERE key_id = :keyId)
       ${LIKELIEST}`,
      { keyId },
    )
    const keys = cases.flatMap(keysWithin).filter(key => key.keyIds.includes(keyId))
    const copies = new Map(keys.map(key => [Buffer.from(key.certificate).toString('base64'), key]))
    return [...copies.values()].slice(0, MOST_COPIES)
  }
}

const keysWithin = ({ reporter, fixTeam }: Case): readonly CaseKey[] =>
  [reporter.key, ...fixTeam.map(one => one.key)].filter(key => key !== undefined)

/** An engineer whose key the configuration names is found by it, too. */
const keysOf = (theCase: Case): readonly Pick<CaseKey, 'fingerprint' | 'keyIds'>[] => [
  ...keysWithin(theCase),
  ...theCase.fixTeam
    .filter(one => one.key === undefined)
    .map(({ fingerprint }) => ({ fingerprint, keyIds: [fingerprint.slice(-16).toLowerCase()] })),
]
