// The store as a whole, for the pipeline and the command line: opens the database, unwraps the data key and
// ties the parts together. Without the key only the first queue can be had (`openQueue`).
import { err, ok, type Result } from '../model/result.ts'
import type { Instant } from '../model/scalars.ts'
import { AuditChain } from './audit.ts'
import { CaseKeys } from './case-keys.ts'
import { Changes } from './changes.ts'
import { type ClockMemory, clockMemory } from './clock-memory.ts'
import { Settler } from './commit.ts'
import { Copies, type CopyRules } from './copies.ts'
import { type Database, type OpenMode, openDatabase } from './database.ts'
import { InboundQueue } from './inbound.ts'
import { Journal } from './journal.ts'
import { TeamKeyWarnings } from './key-warnings.ts'
import { LateJoiners } from './late-joiners.ts'
import { Lists } from './lists.ts'
import { Mailboxes } from './mailboxes.ts'
import { MemberKeys } from './member-keys.ts'
import { metaOctets } from './meta.ts'
import { NoticeWaits } from './notice-waits.ts'
import { KeptOctets } from './octets.ts'
import { OperatedRows } from './operated-rows.ts'
import { Outbox } from './outbox.ts'
import { OutboxRows } from './outbox-rows.ts'
import { OwedAcknowledgements } from './owed.ts'
import { Plans } from './plans.ts'
import { Purge } from './purge.ts'
import { SafeMode } from './safe-mode.ts'
import { DataKey } from './seal.ts'
import { ServerLimit } from './server-limit.ts'
import { SnapshotReader } from './snapshot.ts'
import { stateRows } from './state-rows.ts'
import { Team } from './team.ts'
import { roomIn, type StartFault } from './volume.ts'

/** What works without the data key: mail is received, nothing is read or sent. */
export type Queue = {
  readonly inbound: InboundQueue
  readonly audit: AuditChain
  readonly close: () => void
}

export type Store = Queue & {
  readonly key: DataKey
  readonly octets: Pick<KeptOctets, 'missing' | 'present' | 'casesOf'>
  readonly outbox: Outbox
  readonly copies: Pick<Copies, 'basisOf' | 'faultFor' | 'lacking' | 'owed' | 'past'>
  readonly lateJoiners: LateJoiners
  readonly owed: Pick<OwedAcknowledgements, 'mailboxes' | 'owedTo'>
  readonly mailboxes: Mailboxes
  readonly team: Pick<Team, 'members'>
  readonly journal: Pick<Journal, 'eventsOf' | 'revision' | 'misfolded'>
  readonly readSnapshot: SnapshotReader['readSnapshot']
  readonly pendingPlan: Plans['pending']
  readonly forgetEnded: Plans['forgetEnded']
  readonly waitTold: NoticeWaits['told']
  readonly settle: Settler['settle']
  readonly allCases: Lists['allCases']
  readonly openCases: Lists['openCases']
  readonly eachCase: Lists['eachCase']
  readonly findCase: Lists['findCase']
  readonly allNotices: Lists['allNotices']
  readonly scheduledNotices: Lists['scheduledNotices']
  readonly eachScheduledNotice: Lists['eachScheduledNotice']
  readonly findNotice: Lists['findNotice']
  readonly contacts: Lists['contacts']
  readonly distributors: Lists['distributors']
  readonly incidents: Lists['incidents']
  readonly openApplications: Lists['openApplications']
  readonly openIncidents: Lists['openIncidents']
  readonly eachOpenApplication: Lists['eachOpenApplication']
  readonly eachOpenIncident: Lists['eachOpenIncident']
  readonly eachWaitingPost: Lists['eachWaitingPost']
  readonly findIncident: Lists['findIncident']
  readonly findPost: Lists['findPost']
  readonly findApplication: Lists['findApplication']
  readonly findContact: Lists['findContact']
  readonly blob: Lists['blob']
  readonly caseOfStatement: CaseKeys['caseOfStatement']
  readonly caseOfMail: CaseKeys['caseOfMail']
  /** Certificates of applicants, contacts, reporters and engineers that a signature with this key id may be by. */
  readonly certificatesFor: CaseKeys['certificates']
  readonly changesDue: Changes['due']
  readonly safeMode: Pick<SafeMode, 'mode' | 'restoredAt' | 'rescan' | 'rescanned' | 'answeredUpTo'>
  readonly copyTo: Database['copyTo']
  /** Instant of the newest audit row: time was never before it. */
  readonly lastSeen: () => Instant | undefined
  readonly clockMemory: ClockMemory
  readonly serverLimit: Pick<ServerLimit, 'remember'>
  readonly keyWarnings: Pick<TeamKeyWarnings, 'told'>
  /** Octets that can still be written where the database lies. */
  readonly room: () => number
  /** `tell` is called whenever disk, memory or a lock made a write fail. */
  readonly onFault: (tell: () => void) => void
}

type StoreOptions = {
  readonly directory: string
  readonly mode: OpenMode
  readonly rules: CopyRules
  /** Encrypts the data key to the storage key; asked once in an instance's life. */
  readonly wrap: (octets: Uint8Array) => Promise<Uint8Array>
  readonly unwrap: (octets: Uint8Array) => Promise<Uint8Array>
}

/** Opens all of the store. `write` is for whoever holds the instance lock. */
export async function openStore(options: StoreOptions): Promise<Result<Store, StartFault>> {
  const opened = openDatabase(options.directory, options.mode)
  if (!opened.ok) return opened
  const database = opened.value
  const key = await dataKey(database, options).catch((error: unknown) => {
    database.close()
    throw error
  })
  if (!key.ok) {
    database.close()
    return key
  }
  return ok(assemble(database, key.value, options))
}

/** Opens the first queue alone, while the daemon is locked (`write`) or beside a daemon (`append`). */
export function openQueue(directory: string, mode: Exclude<OpenMode, 'read'>): Result<Queue, StartFault> {
  const opened = openDatabase(directory, mode)
  if (!opened.ok) return opened
  const audit = new AuditChain(opened.value)
  return ok({
    inbound: new InboundQueue(opened.value, undefined),
    audit,
    close: () => opened.value.close(),
  })
}

function assemble(
  database: Database,
  key: DataKey,
  { directory, rules }: Pick<StoreOptions, 'directory' | 'rules'>,
): Store {
  const audit = new AuditChain(database)
  const inbound = new InboundQueue(database, key)
  const states = stateRows(database, key)
  const caseKeys = new CaseKeys(database, states.cases)
  const memberKeys = new MemberKeys(database, states)
  const copies = new Copies(database, states, rules)
  const outbox = new Outbox(database, audit, states, new OutboxRows(database, key, states), copies)
  const plans = new Plans(database, key)
  const changes = new Changes(database, key)
  const purge = new Purge(database, states, plans, changes)
  const journal = new Journal(database, key, states, caseKeys, memberKeys, purge)
  const operated = new OperatedRows(database, inbound, outbox)
  const owed = new OwedAcknowledgements(database, key)
  const mailboxes = new Mailboxes(database)
  const team = new Team(database, key)
  const waits = new NoticeWaits(database)
  const serverLimit = new ServerLimit(database)
  const keyWarnings = new TeamKeyWarnings(database)
  const lists = new Lists(database, key, states)
  const reader = new SnapshotReader(
    database,
    lists,
    states,
    outbox,
    plans,
    operated,
    caseKeys,
    memberKeys,
    changes,
    team,
    owed,
    serverLimit,
  )
  const queues = {
    inbound,
    journal,
    outbox,
    mailboxes,
    waits,
    keyWarnings,
    plans,
    operated,
    team,
    changes,
    owed,
  }
  const settler = new Settler({ database, key, audit, ...queues })
  return {
    key,
    audit,
    inbound,
    journal,
    octets: new KeptOctets(database),
    outbox,
    copies,
    lateJoiners: new LateJoiners(states),
    mailboxes,
    team,
    owed,
    readSnapshot: query => reader.readSnapshot(query),
    pendingPlan: token => plans.pending(token),
    forgetEnded: now => plans.forgetEnded(now),
    waitTold: notice => waits.told(notice),
    settle: settlement => settler.settle(settlement),
    allCases: filter => lists.allCases(filter),
    openCases: () => lists.openCases(),
    eachCase: which => lists.eachCase(which),
    findCase: id => lists.findCase(id),
    allNotices: () => lists.allNotices(),
    scheduledNotices: () => lists.scheduledNotices(),
    eachScheduledNotice: () => lists.eachScheduledNotice(),
    findNotice: id => lists.findNotice(id),
    contacts: settings => lists.contacts(settings),
    distributors: settings => lists.distributors(settings),
    incidents: settings => lists.incidents(settings),
    openApplications: () => lists.openApplications(),
    openIncidents: () => lists.openIncidents(),
    eachOpenApplication: () => lists.eachOpenApplication(),
    eachOpenIncident: () => lists.eachOpenIncident(),
    eachWaitingPost: () => lists.eachWaitingPost(),
    findIncident: id => lists.findIncident(id),
    findPost: id => lists.findPost(id),
    findApplication: id => lists.findApplication(id),
    findContact: id => lists.findContact(id),
    blob: sha256 => lists.blob(sha256),
    caseOfStatement: statement => caseKeys.caseOfStatement(statement),
    caseOfMail: mail => caseKeys.caseOfMail(mail),
    certificatesFor: keyId =>
      database.read(() => [...memberKeys.certificates(keyId), ...caseKeys.certificates(keyId)]),
    changesDue: now => changes.due(now),
    safeMode: new SafeMode(database),
    copyTo: path => database.copyTo(path),
    lastSeen: () => audit.newestAt(),
    clockMemory: clockMemory(database),
    serverLimit,
    keyWarnings,
    room: () => roomIn(directory),
    onFault: tell => database.onFault(tell),
    close: () => database.close(),
  }
}

const DATA_KEY = 'data-key'

async function dataKey(database: Database, options: StoreOptions): Promise<Result<DataKey, StartFault>> {
  const wrapped = metaOctets(database, DATA_KEY)
  if (wrapped === undefined) return newDataKey(database, options)
  try {
    return ok(new DataKey(await options.unwrap(wrapped)))
  } catch {
    // Whatever the reason, it names key material: only the fact is told.
    return err({
      code: 'data-key-does-not-open',
      sentence: 'The storage key does not open the data key of this database.',
    })
  }
}

/** Made once, before anything was sealed; a database that holds sealed rows and no key has lost it. */
async function newDataKey(
  database: Database,
  { mode, wrap }: StoreOptions,
): Promise<Result<DataKey, StartFault>> {
  const sealed = database
    .prepare<[], number>(
      `SELECT (SELECT count(*) FROM journal) + (SELECT count(*) FROM outbox) + (SELECT count(*) FROM plans)`,
    )
    .pluck()
    .get()
  if (mode !== 'write' || sealed !== 0)
    return err({ code: 'no-data-key', sentence: 'The database has no data key: restore a backup.' })
  const key = DataKey.random()
  const wrapped = await key.wrapped(wrap)
  database.write(() =>
    database
      .prepare<[string, Uint8Array]>('INSERT INTO meta (name, value) VALUES (?, ?)')
      .run(DATA_KEY, wrapped),
  )
  return ok(key)
}
