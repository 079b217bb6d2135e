// What is stored, by its number and in lists, for the command line and for looks at a decision's world. Never writes, and
// knows nothing of mail.
import type { Application } from '../model/application.ts'
import { type Case, type CaseState, OPEN_STATES } from '../model/case.ts'
import type { Contact } from '../model/contact.ts'
import type { Distributor } from '../model/distributor.ts'
import type { Incident } from '../model/incident.ts'
import type { Notice } from '../model/notice.ts'
import type { Post } from '../model/post.ts'
import type {
  ApplicationId,
  CaseId,
  ContactId,
  IncidentId,
  NoticeId,
  PostId,
  ProjectName,
  Sha256,
} from '../model/scalars.ts'
import type { Settings } from '../model/settings.ts'
import type { Database } from './database.ts'
import { NOT_IN_SAFE_MODE } from './safe-mode.ts'
import type { DataKey, Place } from './seal.ts'
import type { States } from './state-rows.ts'

/** As many cases, applications or incidents as one look shows; the newest. */
export const MOST_LISTED = 1_000

export type CaseFilter = {
  readonly project?: ProjectName
  /** Newest first. */
  readonly limit: number
}

export class Lists {
  readonly #database: Database
  readonly #key: DataKey
  readonly #states: States

  constructor(database: Database, key: DataKey, states: States) {
    this.#database = database
    this.#key = key
    this.#states = states
  }

  allCases(filter: CaseFilter): readonly Case[] {
    const newest = 'ORDER BY received_at DESC, id LIMIT :limit'
    return filter.project === undefined
      ? this.#states.cases.where(`true ${newest}`, { limit: filter.limit })
      : this.#states.cases.where(`project = :project ${newest}`, {
          project: filter.project,
          limit: filter.limit,
        })
  }

  /** However many there are, one by one, in no order; nothing may be written meanwhile. */
  eachCase(which: 'all' | 'open'): Iterable<Case> {
    return this.#states.cases.each(which === 'all' ? 'true' : `state IN (${listed(OPEN_STATES)})`)
  }

  /** The newest of the open cases, newest first. */
  openCases(): readonly Case[] {
    return this.inStates(OPEN_STATES)
  }

  findCase(id: CaseId): Case | undefined {
    return this.#states.cases.get(id)
  }

  /** The newest of all, the one whose instant comes or came last first. */
  allNotices(): readonly Notice[] {
    return this.#states.notices.where(`true ORDER BY send_at DESC, id LIMIT ${MOST_LISTED}`)
  }

  /** Notices whose instant has not been dealt with, the next one first; none in safe mode. */
  scheduledNotices(): readonly Notice[] {
    return this.#states.notices.where(`${NOT_IN_SAFE_MODE} AND state = 'scheduled' ORDER BY send_at, id`)
  }

  /** However many there are, in safe mode too, one by one, in no order; nothing may be written meanwhile. */
  eachScheduledNotice(): Iterable<Notice> {
    return this.#states.notices.each(`state = 'scheduled'`)
  }

  findNotice(id: NoticeId): Notice | undefined {
    return this.#states.notices.get(id)
  }

  /** Contacts of all configured projects. */
  contacts(settings: Settings): readonly Contact[] {
    return settings.projects.flatMap(project => this.#contactsOf(project.name))
  }

  /** Organisations of all configured projects, those that left with them. */
  distributors(settings: Settings): readonly Distributor[] {
    return settings.projects.flatMap(({ name: project }) =>
      this.#states.distributors.where('project = :project ORDER BY id', { project }),
    )
  }

  /** What was told of leaks, of all configured projects, the newest first. */
  incidents(settings: Settings): readonly Incident[] {
    return settings.projects.flatMap(({ name: project }) =>
      this.#states.incidents.where(`project = :project ORDER BY received_at DESC, id LIMIT ${MOST_LISTED}`, {
        project,
      }),
    )
  }

  /** Those still open, the oldest first. */
  openApplications(): readonly Application[] {
    return this.#states.applications.where(`state = 'open' ORDER BY received_at, id LIMIT ${MOST_LISTED}`)
  }

  /** However many are open, one by one, in no order; nothing may be written meanwhile. */
  eachOpenApplication(): Iterable<Application> {
    return this.#states.applications.each(`state = 'open'`)
  }

  /** The same of incidents that nobody has closed. */
  eachOpenIncident(): Iterable<Incident> {
    return this.#states.incidents.each(`state = 'open'`)
  }

  /** The same of posts that no admin has decided on. */
  eachWaitingPost(): Iterable<Post> {
    return this.#states.posts.each(`state = 'waiting'`)
  }

  findPost(id: PostId): Post | undefined {
    return this.#states.posts.get(id)
  }

  findApplication(id: ApplicationId): Application | undefined {
    return this.#states.applications.get(id)
  }

  /** Those that nobody has closed, the oldest first. */
  openIncidents(): readonly Incident[] {
    return this.#states.incidents.where(`state = 'open' ORDER BY received_at, id LIMIT ${MOST_LISTED}`)
  }

  findIncident(id: IncidentId): Incident | undefined {
    return this.#states.incidents.get(id)
  }

  findContact(id: ContactId): Contact | undefined {
    return this.#states.contacts.get(id)
  }

  /** A file by its digest. */
  blob(sha256: Sha256): Uint8Array | undefined {
    const cell = this.#database
      .prepare<[Sha256], Uint8Array>('SELECT octets FROM blobs WHERE sha256 = ?')
      .pluck()
      .get(sha256)
    return cell && this.#key.openOctets(blobPlace(sha256), cell)
  }

  /** The newest in these states, newest first. */
  inStates(states: readonly CaseState[]): readonly Case[] {
    if (states.length === 0) return []
    return this.#states.cases.where(
      `state IN (${listed(states)}) ORDER BY received_at DESC, id LIMIT :limit`,
      {
        limit: MOST_LISTED,
      },
    )
  }

  #contactsOf(project: ProjectName): readonly Contact[] {
    return this.#states.contacts.where('project = :project ORDER BY id', { project })
  }
}

export const blobPlace = (sha256: Sha256): Place => ({ table: 'blobs', column: 'octets', row: sha256 })

const listed = (states: readonly CaseState[]): string => states.map(state => `'${state}'`).join()
