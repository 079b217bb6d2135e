// Whose keys speak in an application or for a contact: what finds them by the key id that a signature names. Written
// with their states; the certificates themselves stay sealed within these.
import type { Application } from '../model/application.ts'
import type { Contact } from '../model/contact.ts'
import type { CaseKey } from '../model/person.ts'
import type { Fingerprint } from '../model/scalars.ts'
import type { Database } from './database.ts'
import type { States } from './state-rows.ts'

/** Applications looked at for one key: anyone can offer another's. */
const MOST_APPLICATIONS = 20

export class MemberKeys {
  readonly #database: Database
  readonly #states: Pick<States, 'applications' | 'contacts'>

  constructor(database: Database, states: Pick<States, 'applications' | 'contacts'>) {
    this.#database = database
    this.#states = states
  }

  /** Within the transaction that writes the state. */
  put(state: Application | Contact): void {
    const { id } = state
    this.#database.prepare<[string]>('DELETE FROM member_keys WHERE stream = ?').run(id)
    const insert = this.#database.prepare<[string, string, Fingerprint]>(
      'INSERT INTO member_keys (key_id, stream, fingerprint) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    )
    for (const { fingerprint, keyIds } of keysWithin(state))
      for (const keyId of keyIds) insert.run(keyId, id, fingerprint)
  }

  /** The oldest applications in which this key was offered, those still open first: whoever offers another's comes later. */
  applicationsOf(fingerprint: Fingerprint): readonly Application[] {
    return this.#states.applications.where(
      `id IN (SELECT stream FROM member_keys WHERE fingerprint = :fingerprint)
       ORDER BY state <> 'open', received_at, id LIMIT ${MOST_APPLICATIONS}`,
      { fingerprint },
    )
  }

  /** The certificates that a signature may be by, each copy once; `keyId` is 16 lower-case hex digits. */
  certificates(keyId: string): readonly CaseKey[] {
    const named = 'id IN (SELECT stream FROM member_keys WHERE key_id = :keyId)'
    const contacts = this.#states.contacts.where(named, { keyId })
    const applications = this.#states.applications.where(
      `${named} ORDER BY state <> 'open', received_at, id LIMIT ${MOST_APPLICATIONS}`,
      { keyId },
    )
    const keys = [...contacts, ...applications].flatMap(keysWithin).filter(key => key.keyIds.includes(keyId))
    return [...new Map(keys.map(key => [Buffer.from(key.certificate).toString('base64'), key])).values()]
  }
}

const keysWithin = (state: Application | Contact): readonly CaseKey[] =>
  'distributor' in state
    ? [state, ...(state.nextKey === undefined ? [] : [state.nextKey.key])]
    : state.key === undefined
      ? []
      : [state.key]
