// Reads what a decision may know, in one go. Never writes.
import { NOBODY_AWAY } from '../model/absence.ts'
import { type Case, isUnpublished } from '../model/case.ts'
import { type Contact, isMember } from '../model/contact.ts'
import type { PendingPlan, Snapshot, Told } from '../model/decision.ts'
import type { Incident } from '../model/incident.ts'
import type { Notice } from '../model/notice.ts'
import type { Post } from '../model/post.ts'
import type { ApplicationId, CaseId, Fingerprint } from '../model/scalars.ts'
import { foldedMailbox } from '../model/scalars.ts'
import type { CaseKeys } from './case-keys.ts'
import type { Changes } from './changes.ts'
import type { Database } from './database.ts'
import { type Lists, MOST_LISTED } from './lists.ts'
import type { MemberKeys } from './member-keys.ts'
import type { OperatedRows } from './operated-rows.ts'
import type { OutboxView } from './outbox-view.ts'
import type { OwedAcknowledgements } from './owed.ts'
import type { Plans } from './plans.ts'
import { Posts } from './posts.ts'
import { SafeMode } from './safe-mode.ts'
import type { ServerLimit } from './server-limit.ts'
import { isUsed } from './signatures.ts'
import type { SnapshotQuery } from './snapshot-query.ts'
import type { States } from './state-rows.ts'
import type { Team } from './team.ts'

/** Steps from a merged case to the one that gets its mail. */
const MOST_MERGED = 10

export class SnapshotReader {
  readonly #database: Database
  readonly #lists: Lists
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
  readonly #serverLimit: ServerLimit
  readonly #posts: Posts

  constructor(
    database: Database,
    lists: Lists,
    states: States,
    outbox: OutboxView,
    plans: Plans,
    operated: OperatedRows,
    caseKeys: CaseKeys,
    memberKeys: MemberKeys,
    changes: Changes,
    team: Team,
    owed: OwedAcknowledgements,
    serverLimit: ServerLimit,
  ) {
    this.#database = database
    this.#lists = lists
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
    this.#serverLimit = serverLimit
    this.#posts = new Posts(database, states.posts, outbox)
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
        .concat(query.pending === 'applications' ? this.#lists.openIncidents() : [])
        .concat(this.#leaksOf(query.leaksOf))
      const leaked = new Set(incidents.map(({ about }) => about).filter(isPresent))
      const discussed = this.#posts.discussed(query.posts, query.answers)
      const asked = query.notices.map(id => this.#states.notices.get(id)).filter(isPresent)
      const caseIds = new Set([...query.cases, ...asked.map(notice => notice.case)])
      if (threadCase !== undefined) caseIds.add(threadCase)
      for (const id of leaked) caseIds.add(id)
      for (const post of discussed.posts) if (post.case !== undefined) caseIds.add(post.case)
      for (const statement of query.statements) {
        const said = this.#caseKeys.caseOfStatement(statement)
        if (said !== undefined) caseIds.add(said)
      }
      const advisoryCase =
        query.advisory === undefined ? undefined : this.#caseKeys.caseOfAdvisory(query.advisory)
      if (advisoryCase !== undefined) caseIds.add(advisoryCase)
      const cases = [...caseIds].flatMap(id => this.#withTarget(id))
      const contacts = this.#lists.contacts(query.settings)
      const signer = contacts.filter(one => isMember(one) && one.fingerprint === query.signature?.primary)
      const failed = signer.flatMap(({ id }) => this.#outbox.failedFor(id))
      // Who is suspended may be on their way back, and anybody on their way off the list.
      const moving = contacts.filter(
        ({ id, distributor }) => query.contacts.includes(id) || query.distributors.includes(distributor),
      )
      const heard = [
        ...[...signer, ...moving].flatMap(({ id }) => this.#outbox.toldTo(id)),
        ...failed.map(one => one.case),
      ]
      const theirs = query.signature === undefined ? [] : this.#caseKeys.casesOf(query.signature.primary)
      const bereft = query.revoked.flatMap(key => this.#caseKeys.casesOf(key))
      const scheduled =
        query.also === 'scheduled-notices' || query.states.length > 0
          ? this.#states.notices.where(`state = 'scheduled'`)
          : []
      const inStates = this.#lists.inStates(query.states)
      const heardCases = heard.map(id => this.#states.cases.get(id)).filter(isPresent)
      // What members are asked depends on who has which notice.
      const disclosed = [...inStates, ...heardCases].filter(
        one => one.toldAt !== undefined && isUnpublished(one),
      )
      const ofFailed = failed.map(one => this.#states.notices.get(one.notice)).filter(isPresent)
      const notices = [
        ...[...disclosed, ...cases].flatMap(one => this.#noticesOf(one.id)),
        ...ofFailed,
        ...scheduled,
      ]
      const owner = [...query.settings.admins, ...contacts].find(one => one.fingerprint === query.claimed)
      return {
        now: query.now,
        settings: query.settings,
        serverTakes: this.#serverLimit.takes(),
        ownKeys: query.ownKeys,
        cases: new Map(
          [...inStates, ...bereft, ...heardCases, ...theirs, ...cases].map(one => [one.id, one]),
        ),
        notices: new Map(notices.map(one => [one.id, one])),
        contacts,
        distributors: this.#lists.distributors(query.settings),
        applications: this.#applications(query, threadApplication),
        incidents: new Map(incidents.map(one => [one.id, one])),
        posts: byId([
          ...[...caseIds].flatMap(id => this.#posts.waiting(id)),
          ...(query.pending === 'nothing' && query.states.length === 0 ? [] : this.#posts.allWaiting()),
          ...discussed.posts,
        ]),
        threadParent: discussed.parent,
        ownCopies: discussed.ownCopies,
        postsToday: query.signature === undefined ? 0 : this.#posts.today(query.signature.primary, query.now),
        failed,
        copies: [...new Set([...caseIds, ...disclosed.map(({ id }) => id)])].flatMap(id =>
          this.#outbox.copiesOf(id),
        ),
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

  #leaksOf(cases: readonly CaseId[]): readonly Incident[] {
    if (cases.length === 0) return []
    return this.#lists.openIncidents().filter(({ about }) => about !== undefined && cases.includes(about))
  }

  #noticesOf(id: CaseId): readonly Notice[] {
    return this.#states.notices.where('case_id = :id ORDER BY send_at, id', { id })
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
      ...(pending === 'nothing' ? [] : this.#lists.openApplications()),
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

const byId = (posts: readonly Post[]): Snapshot['posts'] => new Map(posts.map(one => [one.id, one]))

const isKeyOf = ({ fingerprint, nextKey }: Contact, key: Fingerprint | undefined): boolean =>
  key !== undefined && (fingerprint === key || nextKey?.key.fingerprint === key)

const isPresent = <T>(value: T | undefined): value is T => value !== undefined
