// Reads what a decision may know, in one go, and what the command line lists. Never writes.
import { NOBODY_AWAY } from '../model/absence.ts'
import type { Application } from '../model/application.ts'
import { type Case, type CaseState, OPEN_STATES } from '../model/case.ts'
import { type Contact, isMember } from '../model/contact.ts'
import type { PendingPlan, Snapshot, Told } from '../model/decision.ts'
import type { Distributor } from '../model/distributor.ts'
import type { Incident } from '../model/incident.ts'
import type { Notice } from '../model/notice.ts'
import type { QueueRequest } from '../model/queues.ts'
import type {
  ApplicationId,
  CaseId,
  ContactId,
  DistributorId,
  EmailAddress,
  Fingerprint,
  IncidentId,
  Instant,
  MessageId,
  NoticeId,
  ProjectName,
  Sha256,
  StatementId,
} from '../model/scalars.ts'
import { foldedMailbox } from '../model/scalars.ts'
import type { Settings } from '../model/settings.ts'
import type { CaseKeys } from './case-keys.ts'
import type { Changes } from './changes.ts'
import type { Database } from './database.ts'
import type { MemberKeys } from './member-keys.ts'
import type { OperatedRows } from './operated-rows.ts'
import type { OutboxView } from './outbox-view.ts'
import type { OwedAcknowledgements } from './owed.ts'
import type { Person, Plans } from './plans.ts'
import { NOT_IN_SAFE_MODE, SafeMode } from './safe-mode.ts'
import type { DataKey, Place } from './seal.ts'
import { isUsed, type SignatureIdentity } from './signatures.ts'
import type { States } from './state-rows.ts'
import type { Team } from './team.ts'

/** Every application that is open, the newest of all, or those of the mail alone. */
export type Pending = 'applications' | 'all-applications' | 'nothing'

/** What a mail or request names, and so what its decision needs to see. */
export type SnapshotQuery = {
  readonly now: Instant
  readonly settings: Settings
  readonly ownKeys: readonly Fingerprint[]
  readonly cases: readonly CaseId[]
  readonly notices: readonly NoticeId[]
  readonly applications: readonly ApplicationId[]
  readonly incidents: readonly IncidentId[]
  /** Organisations with which the applications are wanted that brought them here. */
  readonly distributors: readonly DistributorId[]
  readonly statements: readonly StatementId[]
  /** In-Reply-To and References of the mail. */
  readonly thread: readonly MessageId[]
  /** The mail's own Message-ID. */
  readonly messageId: MessageId | undefined
  readonly signature: SignatureIdentity | undefined
  /** Keys that it says are revoked: the cases and requests to join in which they speak are looked at. */
  readonly revoked: readonly Fingerprint[]
  readonly token: string | undefined
  readonly author: EmailAddress | undefined
  readonly person: Person | undefined
  /** The newest cases in these states, too, of whose notices only the scheduled ones. */
  readonly states: readonly CaseState[]
  readonly also: 'scheduled-notices' | 'nothing'
  readonly pending: Pending
  readonly queueRow: QueueRequest | undefined
  /** The return address of ours that the mail came to. */
  readonly returned: EmailAddress | undefined
  /** The GitHub advisory that the mail tells of. */
  readonly advisory: string | undefined
  /** The enrolled certificate that a bad signature names. */
  readonly claimed: Fingerprint | undefined
}

/** As many cases, applications or incidents as one look shows; the newest. */
const MOST_LISTED = 1_000

/** Steps from a merged case to the one that gets its mail. */
const MOST_MERGED = 10

export type CaseFilter = {
  readonly project?: ProjectName
  /** Newest first. */
  readonly limit: number
}

export class SnapshotReader {
  readonly #database: Database
  readonly #key: DataKey
  readonly #states: States
  readonly #outbox: OutboxView
  readonly #plans: Plans
  readonly #operated: OperatedRows
  readonly #safeMode: SafeMode
  readonly #caseKeys: CaseKeys
  readonly #memberKeys: MemberKeys
  readonly #changes: Changes
  readonly #team: Team
  readonly #owed: OwedAcknowledgements

  constructor(
    database: Database,
    key: DataKey,
    states: States,
    outbox: OutboxView,
    plans: Plans,
    operated: OperatedRows,
    caseKeys: CaseKeys,
    memberKeys: MemberKeys,
    changes: Changes,
    team: Team,
    owed: OwedAcknowledgements,
  ) {
    this.#database = database
    this.#key = key
    this.#states = states
    this.#outbox = outbox
    this.#plans = plans
    this.#operated = operated
    this.#safeMode = new SafeMode(database)
    this.#caseKeys = caseKeys
    this.#memberKeys = memberKeys
    this.#changes = changes
    this.#team = team
    this.#owed = owed
  }

  /**
   * Cases asked for, those of the notices asked for and the one of the thread; notices asked for and those of
   * these cases. Ids that do not exist are simply absent.
   */
  readSnapshot(query: SnapshotQuery): Snapshot {
    return this.#database.read(() => {
      const threadCase = this.#outbox.caseOfMessage(query.thread)
      const threadApplication = this.#outbox.applicationOfMessage(query.thread)
      const threadIncident = this.#outbox.incidentOfMessage(query.thread)
      const incidents = [...query.incidents, threadIncident]
        .filter(isPresent)
        .map(id => this.#states.incidents.get(id))
        .filter(isPresent)
        .concat(query.pending === 'applications' ? this.openIncidents() : [])
      const leaked = new Set(incidents.map(({ about }) => about).filter(isPresent))
      const asked = query.notices.map(id => this.#states.notices.get(id)).filter(isPresent)
      const caseIds = new Set([...query.cases, ...asked.map(notice => notice.case)])
      if (threadCase !== undefined) caseIds.add(threadCase)
      for (const id of leaked) caseIds.add(id)
      for (const statement of query.statements) {
        const said = this.#caseKeys.caseOfStatement(statement)
        if (said !== undefined) caseIds.add(said)
      }
      const advisoryCase =
        query.advisory === undefined ? undefined : this.#caseKeys.caseOfAdvisory(query.advisory)
      if (advisoryCase !== undefined) caseIds.add(advisoryCase)
      const cases = [...caseIds].flatMap(id => this.#withTarget(id))
      const contacts = this.contacts(query.settings)
      const signer = contacts.filter(one => isMember(one) && one.fingerprint === query.signature?.primary)
      const heard = signer.flatMap(({ id }) => this.#outbox.toldTo(id))
      const theirs = query.signature === undefined ? [] : this.#caseKeys.casesOf(query.signature.primary)
      const bereft = query.revoked.flatMap(key => this.#caseKeys.casesOf(key))
      const scheduled =
        query.also === 'scheduled-notices' || query.states.length > 0
          ? this.#states.notices.where(`state = 'scheduled'`)
          : []
      const notices = [...cases.flatMap(one => this.#noticesOf(one.id)), ...scheduled]
      const owner = [...query.settings.admins, ...contacts].find(one => one.fingerprint === query.claimed)
      return {
        now: query.now,
        settings: query.settings,
        ownKeys: query.ownKeys,
        cases: new Map(
          [
            ...this.#inStates(query.states),
            ...bereft,
            ...heard.map(id => this.#states.cases.get(id)).filter(isPresent),
            ...theirs,
            ...cases,
          ].map(one => [one.id, one]),
        ),
        notices: new Map(notices.map(one => [one.id, one])),
        contacts,
        distributors: this.distributors(query.settings),
        applications: this.#applications(query, threadApplication),
        incidents: new Map(incidents.map(one => [one.id, one])),
        copies: query.incidents.length === 0 ? [] : [...caseIds].flatMap(id => this.#outbox.copiesOf(id)),
        threadIncident,
        told: this.#told([...caseIds, ...heard], contacts),
        threadApplication,
        absences: this.#states.absences.get('absences') ?? NOBODY_AWAY,
        threadCase,
        advisoryCase,
        signature:
          query.signature !== undefined && isUsed(this.#database, query.signature) ? 'used' : 'unused',
        pending: this.#pending(query.token),
        messageIdIs:
          query.messageId !== undefined && this.#outbox.isOurs(query.messageId) ? 'ours' : 'foreign',
        acknowledged: this.#outbox.acknowledged(query.author, query.now),
        challenged: this.#outbox.challenged(query.author, query.now),
        applicationsShown: Math.max(
          0,
          ...query.settings.admins.map(one => this.#outbox.applicationsShown(one.address, query.now)),
        ),
        owed: this.#owed.limits(query.author),
        courtesies: this.#outbox.courtesies(query.author, query.now),
        transcripts: new Map(
          [
            ...theirs.map(({ reporter }) => reporter.address),
            ...(query.signature === undefined
              ? []
              : this.#memberKeys.applicationsOf(query.signature.primary).map(one => one.address)),
            ...contacts.filter(one => isKeyOf(one, query.signature?.primary)).map(one => one.address),
          ]
            .filter(isPresent)
            .map(address => [address, this.#outbox.transcripts(address, query.now)]),
        ),
        mode: this.#safeMode.mode,
        restoredAt: this.#safeMode.restoredAt(),
        entitled: this.#team.entitled(),
        returned: query.returned && this.#operated.reported(query.returned),
        queueRow: query.queueRow && this.#operated.row(query.queueRow),
        warnings: owner === undefined ? 0 : this.#outbox.warnings(owner.address, query.now),
        changesKeptUntil:
          query.person === undefined ? undefined : this.#changes.keptUntil(query.person, query.now),
        wrongTokens: query.person === undefined ? 0 : this.#plans.wrongTokens(query.person, query.now),
      }
    })
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
    return this.#inStates(OPEN_STATES)
  }

  findCase(id: CaseId): Case | undefined {
    return this.#states.cases.get(id)
  }

  /** Notices whose instant has not been dealt with, the next one first; none in safe mode. */
  scheduledNotices(): readonly Notice[] {
    return this.#states.notices.where(`${NOT_IN_SAFE_MODE} AND state = 'scheduled' ORDER BY send_at, id`)
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

  #inStates(states: readonly CaseState[]): readonly Case[] {
    if (states.length === 0) return []
    return this.#states.cases.where(
      `state IN (${listed(states)}) ORDER BY received_at DESC, id LIMIT :limit`,
      {
        limit: MOST_LISTED,
      },
    )
  }

  /** A case, and the one that gets its mail where it was merged, over at most so many steps. */
  #withTarget(id: CaseId): readonly Case[] {
    const found: Case[] = []
    let next = this.#states.cases.get(id)
    while (next !== undefined && found.length < MOST_MERGED) {
      found.push(next)
      next = next.mergedInto === undefined ? undefined : this.#states.cases.get(next.mergedInto)
    }
    return found
  }

  #noticesOf(id: CaseId): readonly Notice[] {
    return this.#states.notices.where('case_id = :id ORDER BY send_at, id', { id })
  }

  #contactsOf(project: ProjectName): readonly Contact[] {
    return this.#states.contacts.where('project = :project ORDER BY id', { project })
  }

  #applications(
    { applications, distributors, signature, author, pending, revoked }: SnapshotQuery,
    ofThread: ApplicationId | undefined,
  ): Snapshot['applications'] {
    const joined = distributors.map(id => this.#states.distributors.get(id)?.joined).filter(isPresent)
    const named = [
      ...applications,
      ...joined.flatMap(how => ('from' in how ? [how.from] : [])),
      ...(ofThread === undefined ? [] : [ofThread]),
    ]
    const found = [
      ...(pending === 'nothing' ? [] : this.openApplications()),
      ...(pending === 'all-applications'
        ? this.#states.applications.where(`true ORDER BY received_at DESC, id LIMIT ${MOST_LISTED}`)
        : []),
      ...(author === undefined
        ? []
        : this.#states.applications.where(
            `mailbox = :mailbox AND state IN ('open', 'declined')
             ORDER BY state <> 'open', received_at LIMIT 20`,
            {
              mailbox: foldedMailbox(author),
            },
          )),
      ...(signature === undefined ? [] : this.#memberKeys.applicationsOf(signature.primary)),
      ...revoked.flatMap(key => this.#memberKeys.applicationsOf(key)),
      ...named.map(id => this.#states.applications.get(id)).filter(isPresent),
    ]
    return new Map(found.map(one => [one.id, one]))
  }

  #told(cases: readonly CaseId[], contacts: readonly Contact[]): Told {
    const keys = new Map(contacts.filter(isMember).map(({ id, fingerprint }) => [id, fingerprint]))
    return new Map(
      [...new Set(cases)].map(id => [
        id,
        this.#outbox
          .toldOf(id)
          .map(contact => keys.get(contact))
          .filter(isPresent),
      ]),
    )
  }

  #pending(token: string | undefined): PendingPlan | undefined {
    return token === undefined ? undefined : this.#plans.pending(token)
  }
}

export const blobPlace = (sha256: Sha256): Place => ({ table: 'blobs', column: 'octets', row: sha256 })

const isKeyOf = ({ fingerprint, nextKey }: Contact, key: Fingerprint | undefined): boolean =>
  key !== undefined && (fingerprint === key || nextKey?.key.fingerprint === key)

const listed = (states: readonly CaseState[]): string => states.map(state => `'${state}'`).join()

const isPresent = <T>(value: T | undefined): value is T => value !== undefined
