// Worlds for given/when/then tables of decisions: settings, people, a case, and mails as the sandbox would
// hand them over.
import { NOBODY_AWAY } from '../../src/model/absence.ts'
import type { Case, Extraction } from '../../src/model/case.ts'
import type { Contact } from '../../src/model/contact.ts'
import type { Arrival, Fresh, Input, Snapshot, Sorted } from '../../src/model/decision.ts'
import type { AuthoredText, GoodSignature, MailHeader, OpenedMail } from '../../src/model/mail.ts'
import type { Notice } from '../../src/model/notice.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import type { Policy } from '../../src/model/policy.ts'
import {
  type CaseId,
  type EmailAddress,
  type Fingerprint,
  type Instant,
  inboundId,
  instant,
  parseApplicationId,
  parseCaseId,
  parseContactId,
  parseEmailAddress,
  parseFingerprint,
  parseIncidentId,
  parseInstanceName,
  parseMessageId,
  parseNoticeId,
  parsePostId,
  parseProjectName,
  parseSha256,
  parseStatementId,
} from '../../src/model/scalars.ts'
import type { Settings } from '../../src/model/settings.ts'
import { DAY, HOUR, MINUTE } from '../../src/model/time.ts'
import { BARE_CASE } from '../support/bare-case.ts'
import { BARE_CONTACT, distributorId } from '../support/bare-contact.ts'
import { BARE_NOTICE } from '../support/bare-notice.ts'
import { BARE_POLICY } from '../support/bare-policy.ts'

export function sure<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a test value does not parse')
  return value
}

export function address(text: string): EmailAddress {
  const parsed = parseEmailAddress(text)
  if (!parsed.ok) throw new Error(parsed.error)
  return parsed.value
}

export const fingerprint = (digit: string): Fingerprint => sure(parseFingerprint(digit.repeat(40)))
export const caseId = (number: string): CaseId => sure(parseCaseId(`C-${number}`))
export const noticeId = (number: string) => sure(parseNoticeId(`N-${number}`))
export const NOW: Instant = instant(Date.UTC(2026, 10, 21, 12))
const digest = sure(parseSha256('ab'.repeat(32)))
const acme = sure(parseProjectName('widget'))

const policy: Policy = BARE_POLICY

export const ALICE = { name: 'alice', address: address('alice@team.example'), fingerprint: fingerprint('A') }
export const BOB = { name: 'bob', address: address('bob@team.example'), fingerprint: fingerprint('B') }

export const settings = (changes: Partial<Settings> = {}): Settings => ({
  instance: sure(parseInstanceName('acme')),
  defaultPolicy: policy,
  addresses: {
    security: address('security@acme.example'),
    command: address('security+cmd@acme.example'),
    separator: '+',
  },
  admins: [ALICE, BOB],
  projects: [{ name: acme, policy, distributors: address('list@acme.example'), maintainers: [] }],
  quorum: 0,
  limits: {
    maxMail: 25 * 1024 * 1024,
    passedOn: 10 * 1024 * 1024,
    commandMaxAge: DAY,
    confirmationMaxAge: 3 * DAY,
    maxLate: HOUR,
    inDoubtWait: 10 * MINUTE,
    acknowledgementsPerAddressAndDay: 5,
    acknowledgementsPerDomainAndDay: 50,
    acknowledgementsPerDay: 300,
  },
  mailProviders: ['post.example'],
  ...changes,
})

export const contact = (name: string, key: string): Contact => ({
  ...BARE_CONTACT,
  id: sure(parseContactId(`M-00000${key}`)),
  distributor: distributorId(`00000${key}`),
  project: acme,
  organisation: plaintext(name),
  name: plaintext(name),
  address: address(`oncall@${name}.example`),
  fingerprint: fingerprint(key),
  certificate: new Uint8Array(),
  keySince: instant(0),
  since: instant(0),
})

export const aCase = (changes: Partial<Case> = {}): Case => ({
  id: caseId('482107'),
  project: acme,
  state: 'new',
  revision: 1,
  receivedAt: NOW,
  reporter: { address: address('riya@research.example'), key: undefined },
  protection: 'clear',
  title: plaintext('a title'),
  ...BARE_CASE,
  lead: undefined,
  thread: [],
  notes: [],
  replies: [],
  messageId: undefined,
  ...changes,
})

export const aNotice = (changes: Partial<Notice> = {}): Notice => ({
  id: noticeId('300001'),
  case: caseId('482107'),
  project: acme,
  revision: 1,
  stage: 'early-disclosure',
  ...BARE_NOTICE,
  scheduledAt: NOW,
  sendAt: NOW,
  text: plaintext('All of it.'),
  attachments: [],
  state: 'scheduled',
  ...changes,
})

const teamOf = ({ admins, projects }: Settings) => [
  ...admins,
  ...projects.flatMap(project => project.maintainers),
]

export const snapshot = (changes: Partial<Snapshot> = {}): Snapshot => ({
  now: NOW,
  settings: settings(),
  serverTakes: undefined,
  cases: new Map([[caseId('482107'), aCase()]]),
  notices: new Map(),
  contacts: [contact('one', '1'), contact('two', '2')],
  distributors: [],
  applications: new Map(),
  incidents: new Map(),
  posts: new Map(),
  threadParent: undefined,
  ownCopies: new Map(),
  postsToday: 0,
  told: new Map(),
  absences: NOBODY_AWAY,
  threadCase: undefined,
  threadApplication: undefined,
  threadIncident: undefined,
  copies: [],
  failed: [],
  advisoryCase: undefined,
  signature: 'unused',
  pending: undefined,
  messageIdIs: 'foreign',
  ownKeys: [fingerprint('0')],
  acknowledged: { address: 0, domain: 0, all: 0 },
  challenged: { address: 0, domain: 0, all: 0 },
  applicationsShown: 0,
  owed: [],
  courtesies: { address: 0, all: 0 },
  transcripts: new Map(),
  warnings: 0,
  wrongTokens: 0,
  mode: 'normal',
  restoredAt: undefined,
  changesKeptUntil: undefined,
  entitled: new Map(teamOf(changes.settings ?? settings()).map(one => [one.fingerprint, instant(0)])),
  queueRow: undefined,
  returned: undefined,
  ...changes,
})

export const fresh: Fresh = {
  case: caseId('700000'),
  notices: [noticeId('300001'), noticeId('300002')],
  statements: [sure(parseStatementId('S-400001')), sure(parseStatementId('S-400002'))],
  contacts: [sure(parseContactId('M-900000')), sure(parseContactId('M-900001'))],
  applications: [sure(parseApplicationId('A-770000')), sure(parseApplicationId('A-770001'))],
  distributors: [distributorId('800000'), distributorId('800001')],
  incidents: [sure(parseIncidentId('L-500000')), sure(parseIncidentId('L-500001'))],
  posts: [sure(parsePostId('P-610001')), sure(parsePostId('P-610002'))],
  challenges: ['klmnopqrst234567', 'uvwxyz2345674567'],
  token: 'abcdefghij234567',
}

export const signature = (key: Fingerprint, created: Instant = NOW): GoodSignature => ({
  primary: key,
  created,
  hashValue: 'f00d',
})

export const signedText = (text: string, key: Fingerprint, created: Instant = NOW): AuthoredText => ({
  kind: 'signed',
  text: plaintext(text),
  layout: 'fixed',
  signature: { kind: 'good', signature: signature(key, created) },
  attachments: [],
  encrypted: false,
})

export const unsignedText = (text: string): AuthoredText => ({
  kind: 'unsigned',
  text: plaintext(text),
  layout: 'fixed',
  encrypted: false,
})

export type Given = {
  readonly authored: AuthoredText
  readonly from?: string
  readonly addressed?: Sorted['addressed']
  readonly machine?: Sorted['machine']
  readonly mail?: Partial<OpenedMail>
  readonly receivedAt?: Instant
  readonly arrival?: Partial<Arrival>
}

export const NOTHING_FOUND: Extraction = {
  contentFound: [],
  cveIds: [],
  cvssVectors: [],
  versions: [],
  requestedDate: undefined,
  requestedAt: undefined,
  claimsPublic: 'no',
  terms: [],
}

const ARRIVAL: Arrival = { channel: 'direct', advisory: undefined, extract: NOTHING_FOUND, similar: [] }

/** A mail as it reaches the decision. */
export function mail(given: Given): Input {
  const header: MailHeader = {
    fields: [],
    authors: [address(given.from ?? 'stranger@elsewhere.example')],
    recipients: [],
    messageId: sure(parseMessageId('<x@elsewhere.example>')),
    replyTo: [],
    subject: plaintext('subject'),
  }
  return {
    kind: 'mail',
    inbound: inboundId(1),
    receivedAt: given.receivedAt ?? NOW,
    operands: new Map(),
    reported: undefined,
    arrival: { ...ARRIVAL, ...given.arrival },
    mail: {
      header,
      bodySha256: digest,
      encryption: 'clear',
      protectedSubject: undefined,
      innerAuthors: [],
      parts: [],
      authored: given.authored,
      offered: [],
      author: undefined,
      ...given.mail,
    },
    sorted: { machine: given.machine ?? 'human', addressed: given.addressed ?? { kind: 'command' } },
  }
}
