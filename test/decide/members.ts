// Members and what they and the team sign, decided one mail after the other: what the tests of their verbs start from.
import assert from 'node:assert/strict'
import { decide } from '../../src/decide/decide.ts'
import { fold, ownState } from '../../src/decide/known.ts'
import { timePassed, wakeAt } from '../../src/decide/time/timed.ts'
import type { Contact } from '../../src/model/contact.ts'
import type { Decision, OpenedOperand, PendingPlan, Snapshot } from '../../src/model/decision.ts'
import type { Distributor } from '../../src/model/distributor.ts'
import type { OfferedCertificate, Part } from '../../src/model/mail.ts'
import type { MemberNews, MemberReader } from '../../src/model/member-news.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import type { Membership } from '../../src/model/policy.ts'
import { type Fingerprint, type Instant, instant, parseSha256 } from '../../src/model/scalars.ts'
import type { Settings } from '../../src/model/settings.ts'
import { BARE_MEMBERSHIP } from '../support/bare-membership.ts'
import { BARE_POLICY } from '../support/bare-policy.ts'
import {
  ALICE,
  aCase,
  BOB,
  caseId,
  contact,
  fingerprint,
  fresh,
  mail,
  NOW,
  settings,
  signedText,
  snapshot,
  sure,
  unsignedText,
} from './given.ts'

export const HOUR = 3_600_000
export const OLD = fingerprint('1')
export const NEW = fingerprint('5')

const sha256 = sure(parseSha256('cd'.repeat(32)))
export const MEMBERSHIP: Membership = {
  ...BARE_MEMBERSHIP,
  vouch: undefined,
  contacts: { ...BARE_MEMBERSHIP.contacts, most: 3 },
  keyWarnings: [60, 7, 1].map(count => ({ count, unit: 'day' })),
}
export const TERMS = MEMBERSHIP.terms

const ACCEPTED = { version: '1', sha256: TERMS.sha256, at: NOW, how: 'explicit', inbound: undefined } as const

/** Manages the contacts of the first organisation; the second has the one contact `two`. */
export const ONE: Contact = { ...contact('one', '1'), acceptance: ACCEPTED, certificate: Buffer.of(1) }
export const COLLEAGUE: Contact = {
  ...contact('colleague', '4'),
  distributor: ONE.distributor,
  acceptance: ACCEPTED,
  manages: 'nothing',
}
export const TWO: Contact = { ...contact('two', '2'), acceptance: ACCEPTED }

export const organisation = ({ distributor: id, project, organisation: name }: Contact): Distributor => ({
  id,
  project,
  revision: 1,
  name,
  class: undefined,
  state: 'active',
  joinedAt: instant(0),
  joined: { how: 'import' },
  vouchedBy: [],
  approvedBy: ['operator'],
  vouches: [],
  strikes: [],
  end: undefined,
})

export function membersWith(membership: Partial<Membership> = {}): Settings {
  const policy = { ...BARE_POLICY, membership: { ...MEMBERSHIP, ...membership } }
  const before = settings()
  return { ...before, defaultPolicy: policy, projects: before.projects.map(one => ({ ...one, policy })) }
}

export const world = (changes: Partial<Snapshot> = {}): Snapshot =>
  snapshot({
    settings: membersWith(),
    contacts: [ONE, COLLEAGUE, TWO],
    distributors: [organisation(ONE), organisation(TWO)],
    ...changes,
  })

export const keyOf = (key: Fingerprint, octets: Uint8Array = Buffer.of(9)) => ({
  fingerprint: key,
  certificate: octets,
  keyIds: [key.slice(-16).toLowerCase()],
})
export const operandOf = (key: Fingerprint, octets?: Uint8Array): OpenedOperand => ({
  kind: 'certificate',
  key: keyOf(key, octets),
  encryptable: 'yes',
})

/** One or more lines of commands, signed; `operand` is the file `new.asc` in it. */
export function signed(
  text: string,
  by: Fingerprint,
  before: Snapshot = world(),
  operand?: OpenedOperand,
): Decision {
  const file: Part = {
    mediaType: 'application/pgp-keys',
    disposition: 'attachment',
    fileName: plaintext('new.asc'),
    text: undefined,
    octets: new Uint8Array([1]),
    sha256,
    encrypted: false,
    signature: { kind: 'none' },
  }
  const body = text.startsWith('confirm ') ? text : `embargod acme\n${text}\n`
  const authored = signedText(body, by, before.now)
  assert.equal(authored.kind, 'signed')
  const attachments = operand === undefined ? [] : [file]
  const input = mail({ authored: { ...authored, attachments }, receivedAt: before.now })
  assert.equal(input.kind, 'mail')
  const operands = new Map(operand === undefined ? [] : [[sha256, operand]])
  return decide({ ...input, operands }, before, fresh)
}

/** A mail that somebody signed or not, with a certificate beside it. */
export function withKey(offered: Partial<OfferedCertificate>, by?: Fingerprint, before = world()): Decision {
  const authored = by === undefined ? unsignedText('See my key.') : signedText('See my key.', by, before.now)
  const whole = {
    place: 'outer',
    octets: Buffer.of(7),
    fingerprint: OLD,
    keyIds: [],
    encryptable: true,
  } as const
  const input = mail({
    authored,
    addressed: { kind: 'security' },
    receivedAt: before.now,
    mail: { offered: [{ ...whole, ...offered }] },
  })
  const decision = decide(input, { ...before, cases: new Map() }, fresh)
  // That it is a report, too, is nothing for these tests.
  return { ...decision, events: decision.events.filter(event => 'contact' in event) }
}

/** What is known after a decision; `later` milliseconds pass. */
export function after(decision: Decision, before: Snapshot = world(), later = 0): Snapshot {
  const now = instant(before.now + later)
  return { ...before, ...fold(ownState(before), decision.events), now }
}

/** The same with the plan that waits, for its confirmation. */
export function waiting(decision: Decision, before: Snapshot = world()): Snapshot {
  assert.equal(decision.plan?.kind, 'issued', JSON.stringify(resultOf(decision)))
  const pending: PendingPlan = decision.plan.plan
  return { ...before, pending }
}
export const CONFIRM = `confirm acme ${fresh.token}\n`

/** What the rules of time do to one contact at that instant. */
export function timed(one: Contact, before: Snapshot): Decision | undefined {
  const at = wakeAt(one, before.settings)
  return at === undefined || at > before.now ? undefined : timePassed(one, before)
}

export const wake = (one: Contact, { settings: given }: Snapshot): Instant | undefined => wakeAt(one, given)

export function contactIn(known: Snapshot, id: Contact['id'] = ONE.id): Contact {
  return sure(known.contacts.find(one => one.id === id))
}

/** The answer to whoever signed: code or status, and its text. */
export function resultOf({ mails }: Decision): { readonly status: string; readonly text: string } {
  for (const { content } of mails)
    if (content.kind === 'transcript') {
      const [result] = content.results
      return { status: result?.code ?? result?.status ?? '', text: result?.text.open() ?? '' }
    }
  return { status: 'none', text: '' }
}

/** Who was told what of which contact: reader, address, kind of news. */
export const newsIn = ({
  mails,
}: Pick<Decision, 'mails'>): readonly (readonly [MemberReader, string, MemberNews['kind']])[] =>
  mails.flatMap(({ to, content }) =>
    content.kind === 'membership' ? [[content.reader, to, content.news.kind] as const] : [],
  )

export const kinds = ({ events }: Pick<Decision, 'events'>): readonly string[] =>
  events.map(({ kind }) => kind)

/** A case that `key` was told of. */
export const toldOf = (...keys: readonly Fingerprint[]): Partial<Snapshot> => ({
  cases: new Map([[caseId('482107'), aCase({ state: 'accepted' })]]),
  told: new Map([[caseId('482107'), keys]]),
})

export { ALICE, BOB, fingerprint, fresh, NOW }
