// A small world in memory: people write in and send commands, time passes by the real rules between, and every mail
// that goes out is kept. What people do is decided by the real `decide`; only signatures are given.
import assert from 'node:assert/strict'
import { worded } from '../../src/compose/compose.ts'
import { decide } from '../../src/decide/decide.ts'
import type { Known } from '../../src/decide/known.ts'
import { Simulation } from '../../src/decide/time/simulation.ts'
import { NOBODY_AWAY } from '../../src/model/absence.ts'
import type { Case } from '../../src/model/case.ts'
import type { Contact } from '../../src/model/contact.ts'
import type { Decision, Fresh, OpenedOperand, PendingPlan, Told } from '../../src/model/decision.ts'
import type { Event } from '../../src/model/event.ts'
import type { OfferedCertificate, Part } from '../../src/model/mail.ts'
import type { SimulatedMail } from '../../src/model/order.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import type { Policy, Stage } from '../../src/model/policy.ts'
import {
  type CaseId,
  type Fingerprint,
  type Instant,
  instant,
  parseApplicationId,
  parseCaseId,
  parseContactId,
  parseDistributorId,
  parseIncidentId,
  parseNoticeId,
  parsePostId,
  parseSha256,
} from '../../src/model/scalars.ts'
import type { Settings } from '../../src/model/settings.ts'
import { extract } from '../../src/receive/extract.ts'
import { contextWith, textPart } from '../compose/given.ts'
import {
  ALICE,
  address,
  contact,
  fingerprint,
  fresh,
  type Given,
  mail,
  settings,
  signature,
  signedText,
  snapshot,
  sure,
  unsignedText,
} from '../decide/given.ts'

export const CAROL = { name: 'carol', address: address('carol@acme.example'), fingerprint: fingerprint('C') }
export const DAVE = { name: 'dave', address: address('dave@acme.example'), fingerprint: fingerprint('D') }

/** Two admins, two maintainers, and one project under this policy. */
export const settingsUnder = (policy: Policy): Settings =>
  settings({
    defaultPolicy: policy,
    projects: settings().projects.map(one => ({ ...one, policy, maintainers: [CAROL, DAVE] })),
  })

/** What a stranger writes, to which of our addresses, with which keys. */
export type Words = {
  readonly text: string
  readonly from: string
  readonly addressed: NonNullable<Given['addressed']>
  readonly offered?: readonly OfferedCertificate[]
}

/** A mail, who was on the list when it went out, and how much of what people did came before it. */
export type LivedMail = SimulatedMail & { readonly contacts: readonly Contact[]; readonly done: number }

export class Life {
  readonly mails: LivedMail[] = []
  /** What people did, in order; nothing that time alone brought about. */
  readonly done: Event[] = []
  readonly #settings: Settings
  readonly #simulation: Simulation
  #pending: PendingPlan | undefined
  #drawn = 0

  /** `listed`: who is on the list to begin with. */
  constructor(policy: Policy, from: Instant, listed: Listed = listedUnder(policy)) {
    const { admins, ...lists } = listed
    this.#settings = { ...settingsUnder(policy), ...(admins && { admins }) }
    this.#simulation = new Simulation({
      now: from,
      settings: this.#settings,
      cases: new Map(),
      notices: new Map(),
      copies: [],
      ...lists,
      applications: new Map(),
      incidents: new Map(),
      posts: new Map(),
      absences: NOBODY_AWAY,
      told: new Map(),
    })
  }

  /** All as it stands after what happened last. */
  get known(): Known {
    return this.#simulation.known
  }

  theCase(id: CaseId): Case {
    return sure(this.#simulation.known.cases.get(id))
  }

  /** Lives until then, what is due at that very instant included. */
  until(end: Instant): void {
    for (let at = this.#simulation.next(); at !== undefined && at <= end; at = this.#simulation.next())
      this.#mailed(this.#simulation.step())
  }

  /** Somebody without a key reports. */
  report(at: Instant, text: string, from = 'riya@research.example'): CaseId {
    const number = 100_001 + this.#simulation.known.cases.size
    const id = sure(parseCaseId(`C-${number}`))
    this.#settle(at, this.#arriving(at, { text, from, addressed: { kind: 'security' } }), id)
    return id
  }

  /** Somebody without a signature writes, to wherever. */
  stranger(at: Instant, words: Words): Decision {
    return this.#settle(at, this.#arriving(at, words), this.#spareCase)
  }

  /** A signed mail to the list, about that case. */
  posts(at: Instant, about: string, text: string, by: Fingerprint): Decision {
    const input = mail({
      authored: signedText(text, by, at),
      addressed: { kind: 'distributors', project: sure(this.#settings.projects[0]).name },
      receivedAt: at,
      mail: { author: signature(by, at), protectedSubject: plaintext(`Re: ${about}`) },
    })
    return this.#settle(at, input, this.#spareCase)
  }

  #arriving(at: Instant, { text, from, addressed, offered = [] }: Words) {
    const parts = [textPart(text)]
    const given = { authored: unsignedText(text), from, addressed, mail: { parts, offered }, receivedAt: at }
    const bare = mail(given)
    assert.equal(bare.kind, 'mail')
    const found = extract(bare.mail, this.#settings.defaultPolicy.intake.proposedContent, at)
    return mail({ ...given, arrival: { extract: found } })
  }

  get #spareCase(): CaseId {
    return sure(parseCaseId(`C-${800_000 + this.#drawn}`))
  }

  /**
   * A signed mail of one command; an irreversible one is confirmed at once, by as many admins as it must be.
   * `attached`: the key in its file `key.asc`; a patch goes along where the line names it.
   */
  command(at: Instant, line: string, by: Fingerprint = ALICE.fingerprint, attached?: Fingerprint): Decision {
    let decision = this.#signed(at, `embargod acme\n${line}\n`, by, attached)
    if (decision.plan?.kind !== 'issued') return decision
    const { plan } = decision.plan
    this.#pending = plan
    for (const who of [by, ...this.#settings.admins.map(one => one.fingerprint)]) {
      decision = this.#signed(at, `confirm acme ${plan.token}\n`, who)
      if (decision.plan?.kind === 'confirmed') break
      if (decision.plan?.kind === 'counted')
        this.#pending = { ...plan, confirmations: [...this.#pending.confirmations, who] }
    }
    return decision
  }

  #signed(at: Instant, text: string, by: Fingerprint, attached?: Fingerprint): Decision {
    const authored = signedText(text, by, at)
    const files = attached === undefined ? [] : [keyFile(attached)]
    const attachments = text.includes('att:fix.patch') ? [PATCH_FILE] : files
    const signed = authored.kind === 'signed' ? { ...authored, attachments } : authored
    const input = mail({ authored: signed, receivedAt: at })
    assert.equal(input.kind, 'mail')
    const operands = new Map(files.map(({ sha256, key }) => [sha256, certificateOf(key)]))
    return this.#settle(at, { ...input, operands }, this.#spareCase)
  }

  #settle(at: Instant, input: ReturnType<typeof mail>, id: CaseId): Decision {
    this.until(at)
    this.#drawn += 1
    const told = toldBy(this.mails)
    const known = snapshot({ ...this.#simulation.known, now: at, pending: this.#pending, told })
    const decision = decide(input, known, { ...freshAfter(this.#drawn), case: id })
    this.#simulation.happened(decision.events, at)
    this.done.push(...decision.events)
    this.#mailed(decision.mails.map(order => ({ at, order })))
    return decision
  }

  #mailed(mails: readonly SimulatedMail[]): void {
    const { contacts } = this.#simulation.known
    this.mails.push(...mails.map(mail => ({ ...mail, contacts, done: this.done.length })))
  }

  /** All mails so far as their readers see them. */
  print(): string {
    const context = contextWith({
      settings: this.#settings,
      zone: this.#settings.defaultPolicy.calendar.zone,
      file: () => new Uint8Array(),
    })
    return this.mails.map(one => printed(one, worded(one.order, { ...context, now: one.at }))).join('\n')
  }
}

const PATCH_FILE: Part = {
  mediaType: 'text/x-patch',
  disposition: 'attachment',
  fileName: plaintext('fix.patch'),
  text: undefined,
  octets: Buffer.from('--- a/gate\n+++ b/gate\n'),
  sha256: sure(parseSha256('fa'.repeat(32))),
  encrypted: false,
  signature: { kind: 'none' },
}

/** As its stage wants it; `stage` is as the story's policy has it. */
export function noticeLine(id: CaseId, { name, to, patches }: Stage, send: string, words: string): string {
  const line = `notice ${id} stage=${name} send=${send}`
  if (to === 'users') return line
  return `${line}${patches === 'needed' ? ' att:fix.patch' : ''} <<\n${words}\n.`
}

/** A file `key.asc`; what is in it only its operand tells. */
function keyFile(key: Fingerprint): Part & { readonly key: Fingerprint } {
  return {
    mediaType: 'application/pgp-keys',
    disposition: 'attachment',
    fileName: plaintext('key.asc'),
    text: undefined,
    octets: new Uint8Array([1]),
    sha256: sure(parseSha256(key.toLowerCase().padEnd(64, '0'))),
    encrypted: false,
    signature: { kind: 'none' },
    key,
  }
}

const certificateOf = (fingerprint: Fingerprint): OpenedOperand => ({
  kind: 'certificate',
  key: {
    fingerprint,
    certificate: new Uint8Array([1]),
    keyIds: [fingerprint.slice(-16).toLowerCase()],
    encryptsUntil: undefined,
  },
  encryptable: 'yes',
})

export type Listed = Pick<Known, 'contacts' | 'distributors'> & { readonly admins?: Settings['admins'] }

const NAMES = ['one', 'two', 'three', 'four']

/** So many organisations with a contact each, who accepted the terms of this policy. */
export function listedUnder({ membership }: Policy, count = 2): Listed {
  const terms = membership?.terms
  const acceptance = terms && {
    version: terms.version,
    sha256: terms.sha256,
    at: instant(0),
    how: 'operator-vouched' as const,
    inbound: undefined,
  }
  const contacts = NAMES.slice(0, count).map((name, i) => ({
    ...contact(name, String(i + 1)),
    acceptance,
  }))
  const distributors = contacts.map(one => ({
    id: one.distributor,
    project: one.project,
    revision: 1,
    name: one.organisation,
    class: undefined,
    state: 'active' as const,
    joinedAt: instant(0),
    joined: { how: 'import' as const },
    vouchedBy: [],
    approvedBy: ['operator'],
    vouches: [],
    strikes: [],
    end: undefined,
  }))
  return { contacts, distributors }
}

/** Ids and secrets that nothing before it used. */
function freshAfter(count: number): Omit<Fresh, 'case'> {
  const two = [2 * count, 2 * count + 1]
  const secret = (number: number) =>
    `secret${String(number)
      .replace(/[0-9]/g, digit => 'abcdefghij'[Number(digit)] ?? 'a')
      .padStart(10, 'a')}`
  return {
    ...fresh,
    notices: [sure(parseNoticeId(`N-${300_000 + count}`))],
    applications: two.map(number => sure(parseApplicationId(`A-${700_000 + number}`))),
    contacts: two.map(number => sure(parseContactId(`M-${600_000 + number}`))),
    distributors: two.map(number => sure(parseDistributorId(`D-${600_000 + number}`))),
    incidents: two.map(number => sure(parseIncidentId(`L-${500_000 + number}`))),
    posts: two.map(number => sure(parsePostId(`P-${600_000 + number}`))),
    challenges: two.map(secret),
  }
}

/** By the mails that went out: whom a notice of a case went to. */
function toldBy(mails: readonly SimulatedMail[]): Told {
  const told = new Map<CaseId, Fingerprint[]>()
  for (const { order } of mails)
    if (order.content.kind === 'notice' && order.case !== undefined && order.encryptTo.kind === 'enrolled')
      told.set(order.case, [...(told.get(order.case) ?? []), order.encryptTo.fingerprint])
  return told
}

const printed = ({ at, order }: SimulatedMail, { subject, leaves }: ReturnType<typeof worded>): string => {
  const texts = leaves.map(leaf => (leaf.kind === 'text' ? leaf.text : `[${leaf.fileName}]`))
  return [new Date(at).toISOString(), `To: ${order.to}`, `Subject: ${subject}`, ...texts].join('\n')
}
