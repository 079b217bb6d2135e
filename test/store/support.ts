// Stores in temporary folders, and decisions and mail to put into them, as the pipeline would.
import assert from 'node:assert/strict'
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { copyRules } from '../../src/instance/copy-rules.ts'
import type { Contact } from '../../src/model/contact.ts'
import type { Decision } from '../../src/model/decision.ts'
import type { DeliveryOutcome } from '../../src/model/delivery-outcome.ts'
import { type Event, streamOf } from '../../src/model/event.ts'
import type { ContactEvent } from '../../src/model/member-event.ts'
import type { Notice } from '../../src/model/notice.ts'
import type { MailOrder } from '../../src/model/order.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import {
  type CaseId,
  type ContactId,
  type EmailAddress,
  type Fingerprint,
  type InboundId,
  type InstanceName,
  type Instant,
  instant,
  type MessageId,
  type NoticeId,
  type OutboxId,
  type ProjectName,
  type Sha256,
} from '../../src/model/scalars.ts'
import type { Settings } from '../../src/model/settings.ts'
import type { Settlement } from '../../src/store/commit.ts'
import type { CopyRules } from '../../src/store/copies.ts'
import type { OutgoingMail } from '../../src/store/delivery.ts'
import type { StreamId } from '../../src/store/journal.ts'
import type { Claimed } from '../../src/store/outbox.ts'
import type { SnapshotQuery } from '../../src/store/snapshot-query.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { distributorId } from '../support/bare-contact.ts'
import { type TestEnd, tempDir } from '../support/workspace.ts'

export const NOW = instant(1_800_000_000_000)
export const project = 'volcano' as ProjectName
export const caseId = (n: number) => `C-${String(n).padStart(6, '0')}` as CaseId
export const noticeId = (n: number) => `N-${String(n).padStart(6, '0')}` as NoticeId
export const contactId = (n: number) => `M-${String(n).padStart(6, '0')}` as ContactId
export const address = (text: string) => text as EmailAddress
export const messageId = (text: string) => `<${text}@mail.example>` as MessageId
export const fingerprint = (n: number) => n.toString(16).toUpperCase().padStart(40, '0') as Fingerprint
export const digest = (octets: Uint8Array | string) =>
  createHash('sha256').update(octets).digest('hex') as Sha256

import { EVERYBODY } from '../../src/model/notice.ts'
/** Stands for the storage key pair: one that is handed in, and of which the store knows nothing. */
import { BARE_NOTICES, BARE_POLICY } from '../support/bare-policy.ts'

const storageKey = Buffer.alloc(32, 7)
export async function wrap(octets: Uint8Array): Promise<Uint8Array> {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', storageKey, nonce)
  return Buffer.concat([nonce, cipher.update(octets), cipher.final(), cipher.getAuthTag()])
}
export async function unwrap(octets: Uint8Array): Promise<Uint8Array> {
  const decipher = createDecipheriv('aes-256-gcm', storageKey, octets.subarray(0, 12))
  decipher.setAuthTag(octets.subarray(-16))
  return Buffer.concat([decipher.update(octets.subarray(12, -16)), decipher.final()])
}

export async function storeIn(
  directory: string,
  mode: 'write' | 'read' = 'write',
  by: CopyRules = rules,
): Promise<Store> {
  const opened = await openStore({ directory, mode, rules: by, wrap, unwrap })
  assert.ok(opened.ok, opened.ok ? '' : opened.error.sentence)
  return opened.value
}

/** A new store in a new folder, closed when the test ends. */
export async function newStore(test: TestEnd): Promise<{ store: Store; directory: string }> {
  const directory = await tempDir(test)
  const store = await storeIn(directory)
  test.after(() => store.close())
  return { store, directory }
}

let uid = 0
export function received(text = `mail ${uid}`) {
  const raw = Buffer.from(text)
  return {
    source: 'imap' as const,
    mailbox: 'INBOX',
    uidValidity: 7,
    uid: ++uid,
    sha256: digest(raw),
    size: raw.length,
    raw: new Uint8Array(randomBytes(raw.length)),
    receivedAt: NOW,
  }
}

export function receive(store: Store, text?: string): InboundId {
  const id = store.inbound.receive(received(text))
  assert.notEqual(id, 'known')
  return id as InboundId
}

export const decision = (events: readonly Event[], rest: Partial<Decision> = {}): Decision => ({
  outcome: 'report',
  reason: 'new-case',
  actor: { kind: 'outsider', name: 'outsider' },
  events,
  mails: [],
  answer: undefined,
  oneShot: undefined,
  plan: undefined,
  files: [],
  ...rest,
})

export const settlement = (events: readonly Event[], rest: Partial<Settlement> = {}): Settlement => ({
  inbound: undefined,
  now: NOW,
  decision: decision(events),
  messageId: undefined,
  contentSha256: undefined,
  duplicateOf: undefined,
  tells: undefined,
  outgoing: [],
  answer: undefined,
  expected: new Map(),
  ...rest,
})

/** Settles events as a decision that saw the streams as they are. */
export function settle(store: Store, events: readonly Event[], rest: Partial<Settlement> = {}): void {
  const expected = new Map<StreamId, number>()
  for (const stream of events.map(streamOf)) {
    const revision = store.journal.revision(stream)
    if (revision > 0) expected.set(stream, revision)
  }
  assert.equal(store.settle(settlement(events, { expected, ...rest })), 'committed')
}

/** Takes the next mail that is due, as a dispatcher with one connection would. */
export const claim = (store: Store, now: Instant): Claimed | 'nothing' =>
  store.outbox.exchange([], 1, now)[0] ?? 'nothing'

export const record = (store: Store, id: OutboxId, outcome: DeliveryOutcome, at: Instant): void =>
  void store.outbox.exchange([{ id, outcome, at }], 0, at)

const outsider = { kind: 'outsider', name: 'outsider' } as const
export const operator = { kind: 'operator', name: 'operator' } as const

export const opened = (id: CaseId, inbound: InboundId, title = 'a title'): Event => ({
  kind: 'case-opened',
  case: id,
  at: NOW,
  channel: 'direct',
  advisory: undefined,
  receivedAt: NOW,
  extract: undefined,
  actor: outsider,
  project,
  inbound,
  reporter: { address: address('reporter@example.org'), key: undefined },
  protection: 'clear',
  title: plaintext(title),
  messageId: messageId('first'),
})

export const note = (id: CaseId, text: string): Event => ({
  kind: 'note-added',
  case: id,
  at: NOW,
  actor: operator,
  text: plaintext(text),
})

export const rejected = (id: CaseId): Event => ({
  kind: 'case-rejected',
  case: id,
  at: NOW,
  actor: operator,
  as: 'rejected',
  reason: plaintext('No.'),
})

type Named = Extract<ContactEvent, { readonly kind: 'contact-named' }>

export const imported = (n: number, rest: Partial<Named> = {}): Named => ({
  kind: 'contact-named',
  contact: contactId(n),
  at: NOW,
  actor: operator,
  project,
  organisation: plaintext(`Organisation ${n}`),
  name: plaintext(`Contact ${n}`),
  address: address(`contact${n}@member${n}.example`),
  key: { fingerprint: fingerprint(n), certificate: new Uint8Array([n, 1, 2]), keyIds: [] },
  of: distributorId(String(n).padStart(6, '0')),
  contactKind: 'role',
  manages: 'all',
  as: 'active',
  token: undefined,
  acceptance: undefined,
  ...rest,
})

export const scheduled = (
  id: NoticeId,
  about: CaseId,
  sendAt: Instant,
  text = 'the notice',
): Extract<Event, { readonly kind: 'notice-scheduled' }> => ({
  kind: 'notice-scheduled',
  notice: id,
  case: about,
  at: NOW,
  actor: operator,
  project,
  stage: 'early',
  sendAt,
  to: 'distributors',
  audience: EVERYBODY,
  may: [],
  text: plaintext(text),
  attachments: [],
})

export const noticeChanged = (kind: 'notice-released' | 'notice-cancelled', id: NoticeId): Event => ({
  kind,
  notice: id,
  at: NOW,
  actor: operator,
})

let mails = 0
const order = (content: MailOrder['content'], rest: Partial<MailOrder> = {}): MailOrder => ({
  to: address('reporter@example.org'),
  encryptTo: { kind: 'nobody' },
  project,
  case: undefined,
  notice: undefined,
  contact: undefined,
  inReplyTo: undefined,
  content,
  ...rest,
})

export function outgoing(
  content: MailOrder['content'],
  rest: Partial<MailOrder> = {},
  body: OutgoingMail['body'] = { kind: 'clear', octets: Buffer.from('clear mail') },
): OutgoingMail {
  mails += 1
  return {
    order: order(content, rest),
    messageId: messageId(`ours-${mails}`),
    envelopeFrom: address(`security+b.${mails}@example.org`),
    notBefore: NOW,
    body,
  }
}

export const acknowledgement = (to = 'reporter@example.org'): OutgoingMail =>
  outgoing({ kind: 'acknowledgement', receivedAt: NOW }, { to: address(to) })

export const reply = (text = 'a reply'): OutgoingMail =>
  outgoing({ kind: 'reply', text: plaintext(text) }, {}, { kind: 'clear', octets: Buffer.from(text) })

export const copyFor = (notice: Notice, contact: Contact): OutgoingMail => ({
  ...outgoing(
    { kind: 'notice', notice, handling: { until: undefined, agreed: undefined } },
    {
      to: contact.address,
      encryptTo: { kind: 'enrolled', fingerprint: contact.fingerprint },
      case: notice.case,
      notice: notice.id,
      contact: contact.id,
    },
    { kind: 'encrypted', octets: Buffer.from(`ciphertext for ${contact.id}`), subkey: 'AB'.repeat(8) },
  ),
  notBefore: notice.sendAt,
})

const policy = { ...BARE_POLICY, notices: BARE_NOTICES }

export const settings: Settings = {
  instance: 'test' as InstanceName,
  defaultPolicy: policy,
  addresses: {
    security: address('security@example.org'),
    command: address('security+cmd@example.org'),
    separator: '+',
  },
  admins: [],
  projects: [{ name: project, policy, distributors: undefined, maintainers: [] }],
  quorum: 0,
  limits: {
    maxMail: 1,
    passedOn: 1,
    commandMaxAge: 1,
    confirmationMaxAge: 1,
    maxLate: 1,
    inDoubtWait: 1,
    acknowledgementsPerAddressAndDay: 1,
    acknowledgementsPerDomainAndDay: 1,
    acknowledgementsPerDay: 1,
  },
  mailProviders: ['post.example'],
}

/** As an instance with this policy has them. */
export const rules = copyRules({ settings, templates: { texts: new Map(), own: [] } })

export const query = (rest: Partial<SnapshotQuery> = {}): SnapshotQuery => ({
  now: NOW,
  settings,
  ownKeys: [],
  cases: [],
  notices: [],
  applications: [],
  incidents: [],
  posts: [],
  contacts: [],
  leaksOf: [],
  distributors: [],
  pending: 'nothing',
  statements: [],
  advisory: undefined,
  thread: [],
  answers: [],
  messageId: undefined,
  signature: undefined,
  revoked: [],
  token: undefined,
  author: undefined,
  person: undefined,
  states: [],
  also: 'nothing',
  queueRow: undefined,
  returned: undefined,
  claimed: undefined,
  ...rest,
})
