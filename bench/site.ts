// One embargod to measure: made by `init`, a real Dovecot, the sink, one admin with GnuPG; contacts and cases
// put in by the store itself while no daemon runs.
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadKeys, openStoreOf } from '../src/instance/at-rest.ts'
import type { Event } from '../src/model/event.ts'
import { plaintext } from '../src/model/plaintext.ts'
import {
  type ApplicationId,
  type CaseId,
  type ContactId,
  type DistributorId,
  type InboundId,
  parseApplicationId,
  parseCaseId,
  parseContactId,
  parseDistributorId,
  parseProjectName,
  type Sha256,
} from '../src/model/scalars.ts'
import type { Certificate } from '../src/openpgp/certificates.ts'
import { type Dovecot, startDovecot } from '../test/support/dovecot.ts'
import { GnuPG } from '../test/support/gpg.ts'
import { type ReadMail, readMail } from '../test/support/outgoing.ts'
import { cli } from '../test/support/verbs.ts'
import { makeFolder, removeFolder } from '../test/support/workspace.ts'
import { certificateOf, now, type Person } from './people.ts'
import { Sink, type Taken } from './sink.ts'

export const SECURITY = 'security@acme.example'
export const COMMAND = 'security+cmd@acme.example'
const ALICE = 'alice@team.example'
/** Events of one transaction when cases are put in. */
const BATCH = 100

export type Terms = { readonly version: string; readonly sha256: Sha256 }

export const project = parseProjectName('velero') ?? fail()
const operator = { kind: 'operator', name: 'operator' } as const

export class Site {
  readonly folder: string
  readonly config: string
  readonly dovecot: Dovecot
  readonly sink: Sink
  readonly alice: GnuPG
  #read = 0

  private constructor(folder: string, dovecot: Dovecot, sink: Sink, alice: GnuPG) {
    this.folder = folder
    this.config = join(folder, 'embargod.yaml')
    this.dovecot = dovecot
    this.sink = sink
    this.alice = alice
  }

  static async make(): Promise<Site> {
    const folder = await makeFolder()
    const dovecot = await startDovecot({ users: ['security'] })
    const sink = await Sink.start(to => to === ALICE)
    const site = new Site(folder, dovecot, sink, await GnuPG.create('Alice Admin', ALICE))
    const path = (name: string) => join(folder, name)
    await writeFile(path('imap.password'), dovecot.password, { mode: 0o600 })
    await writeFile(path('alice.asc'), await site.alice.exportArmored())
    const options = {
      instance: 'acme',
      security: SECURITY,
      data: path('data'),
      'imap-host': dovecot.host,
      'imap-port': String(dovecot.imapPort),
      'imap-tls': 'none',
      'imap-user': 'security',
      'imap-password-file': path('imap.password'),
      'smtp-host': sink.host,
      'smtp-port': String(sink.port),
      'smtp-tls': 'none',
      admin: `alice <${ALICE}> ${path('alice.asc')}`,
      project: 'velero=distributors@acme.example',
    }
    const made = await cli(
      '--config',
      site.config,
      'init',
      ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
    )
    if (made.code !== 0) throw new Error(made.problem)
    for (const which of ['mail', 'list-velero']) await site.alice.importKey(await site.publicKey(which))
    return site
  }

  publicKey(which: string): Promise<Buffer> {
    return readFile(join(this.folder, 'keys', `${which}.pub.asc`))
  }

  async ourCertificate(): Promise<Certificate> {
    return certificateOf(await this.publicKey('mail'))
  }

  deliver(octets: Uint8Array): Promise<unknown> {
    return this.dovecot.deliver('security', octets)
  }

  /** The admin's next mail that was not awaited yet. */
  async nextMail(): Promise<Taken> {
    this.#read += 1
    const mails = await this.sink.wait(mail => mail.to === ALICE, this.#read)
    const mail = mails[this.#read - 1]
    if (mail === undefined) throw new Error('no mail')
    return mail
  }

  read(mail: Taken): Promise<ReadMail> {
    return readMail(mail.octets, this.alice)
  }

  /** Counts what the admin has got as read. */
  catchUp(): void {
    this.#read = this.sink.taken.filter(mail => mail.to === ALICE).length
  }

  /** What members accept now. */
  async terms(): Promise<Terms> {
    const keys = await loadKeys(this.config)
    const terms = keys.ok ? keys.value.config.settings.projects[0]?.policy.membership?.terms : undefined
    if (terms === undefined) throw new Error('the project has no list')
    return { version: terms.version, sha256: terms.sha256 }
  }

  /** As `member import` would, without the mails about it, and with the terms accepted. */
  async addContacts(contacts: readonly Person[], first: number): Promise<void> {
    const accepted = await this.terms()
    const events = contacts.map(
      ({ address, key }, index): Event => ({
        kind: 'contact-named',
        at: now(),
        actor: operator,
        contact: contactId(first + index),
        project,
        organisation: plaintext(`Distribution ${first + index}`),
        name: plaintext(`Contact ${first + index}`),
        address,
        key: { fingerprint: key.fingerprint, certificate: key.certificate.octets, keyIds: [] },
        of: distributorId(first + index),
        contactKind: 'role',
        manages: 'all',
        as: 'active',
        token: undefined,
        acceptance: { ...accepted, at: now(), how: 'operator-vouched', inbound: undefined },
      }),
    )
    await this.settle(events)
  }

  /** Cases numbered from `first`, as reports would have opened them, the newest last. */
  async addCases(first: number, count: number, reporter: Person): Promise<void> {
    const certificate = reporter.key.certificate.octets
    const events = Array.from(
      { length: count },
      (_, index): Event => ({
        kind: 'case-opened',
        at: now(),
        actor: { kind: 'outsider', name: 'outsider' },
        case: caseId(first + index),
        project,
        channel: 'direct',
        advisory: undefined,
        receivedAt: now(),
        extract: undefined,
        inbound: 1 as InboundId,
        reporter: {
          address: reporter.address,
          key: { fingerprint: reporter.key.fingerprint, certificate, keyIds: [] },
        },
        protection: 'encrypted',
        title: plaintext(`Report ${randomBytes(20).toString('hex')}`),
        messageId: undefined,
      }),
    )
    await this.settle(events)
  }

  /** What happened, put in by the store itself. */
  async settle(events: readonly Event[]): Promise<void> {
    const keys = await loadKeys(this.config)
    if (!keys.ok) throw new Error(keys.error.lines.join('\n'))
    const store = await openStoreOf(keys.value.config, keys.value.keyring, 'write')
    if (!store.ok) throw new Error(store.error.lines.join('\n'))
    const nothing = { mails: [], answer: undefined, oneShot: undefined, plan: undefined, files: [] } as const
    for (let at = 0; at < events.length; at += BATCH)
      store.value.settle({
        inbound: undefined,
        now: now(),
        decision: {
          outcome: 'command',
          reason: 'done',
          actor: operator,
          events: events.slice(at, at + BATCH),
          ...nothing,
        },
        messageId: undefined,
        contentSha256: undefined,
        duplicateOf: undefined,
        tells: undefined,
        outgoing: [],
        answer: undefined,
        expected: new Map(),
      })
    store.value.close()
  }

  async close(): Promise<void> {
    this.sink.close()
    await Promise.all([this.dovecot.stop(), this.alice.close()])
    await removeFolder(this.folder)
  }
}

export const caseId = (n: number): CaseId => parseCaseId(`C-${String(n).padStart(6, '0')}`) ?? fail()
export const distributorId = (n: number): DistributorId =>
  parseDistributorId(`D-${String(n).padStart(6, '0')}`) ?? fail()

export const contactId = (n: number): ContactId => parseContactId(`M-${String(n).padStart(6, '0')}`) ?? fail()

export const applicationId = (n: number): ApplicationId =>
  parseApplicationId(`A-${String(n).padStart(6, '0')}`) ?? fail()

function fail(): never {
  throw new Error('no such id')
}
