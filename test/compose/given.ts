// What the tests of composing start from: a team with one project, a case, a stranger's mail, a notice.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { ComposeContext } from '../../src/compose/context.ts'
import { offersFor } from '../../src/decide/offers.ts'
import type { Case } from '../../src/model/case.ts'
import type { OpenedMail, Part } from '../../src/model/mail.ts'
import type { Handling, Notice } from '../../src/model/notice.ts'
import type { Content, MailOrder } from '../../src/model/order.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import type { Policy } from '../../src/model/policy.ts'
import {
  type EmailAddress,
  type Instant,
  inboundId,
  instant,
  parseCaseId,
  parseEmailAddress,
  parseFingerprint,
  parseInstanceName,
  parseMessageId,
  parseNoticeId,
  parseProjectName,
  parseSha256,
  type Sha256,
} from '../../src/model/scalars.ts'
import type { Settings } from '../../src/model/settings.ts'
import { DAY, HOUR } from '../../src/model/time.ts'
import { BARE_CASE } from '../support/bare-case.ts'
import { BARE_MEMBERSHIP } from '../support/bare-membership.ts'
import { BARE_NOTICE } from '../support/bare-notice.ts'
import { BARE_CLOCK, BARE_NOTICES, BARE_POLICY, BARE_STAGE } from '../support/bare-policy.ts'
import { packagedTemplates } from '../support/templates.ts'

/** What a parser gave; these tests write only what parses. */
export function parsed<T>(value: T | undefined): T {
  assert.ok(value !== undefined)
  return value
}

export function address(text: string): EmailAddress {
  const result = parseEmailAddress(text)
  assert.ok(result.ok, text)
  return result.value
}

export const at = (iso: string): Instant => instant(Temporal.Instant.from(iso).epochMilliseconds)

export const sha256 = (octets: Uint8Array): Sha256 =>
  parsed(parseSha256(createHash('sha256').update(octets).digest('hex')))

export const CASE = parsed(parseCaseId('C-482107'))
export const NOTICE = parsed(parseNoticeId('N-309771'))
export const PROJECT = parsed(parseProjectName('harbor-light'))
export const OUR_KEY = parsed(parseFingerprint('0123456789ABCDEF0123456789ABCDEF01234567'))
export const LIST_KEY = parsed(parseFingerprint('89ABCDEF0123456789ABCDEF0123456789ABCDEF'))
export const ALICES_KEY = parsed(parseFingerprint('A11CEA11CEA11CEA11CEA11CEA11CEA11CEA11CE'))
export const BOBS_KEY = parsed(parseFingerprint('B0BB0BB0BB0BB0BB0BB0BB0BB0BB0BB0BB0BB0BB'))
export const RECEIVED = at('2026-12-09T23:30:41Z')
export const alice = address('alice@reporters.example')
export const bob = address('bob@team.example')

export const policy: Policy = {
  ...BARE_POLICY,
  name: 'harbor-light',
  displayName: 'Harbor Light',
  team: 'Harbor Light Security Team',
  calendar: { zone: 'America/Los_Angeles', weekend: [6, 7], holidays: ['2026-12-25'] },
  intake: {
    proposedContent: [
      {
        text: 'Basic identity information, such as your name and your affiliation or company.',
        signs: ['company'],
      },
      {
        text: 'Detailed steps to reproduce the vulnerability (POC scripts, screenshots, and logs are all helpful to us).',
        signs: ['reproduce', 'poc'],
      },
    ],
    outOfScope: [],
    share: 'by-hand',
  },
  links: {
    tracker: 'https://bugs.example/harbor-light/new',
    advisories: 'https://bugs.example/harbor-light/advisories',
    policy: undefined,
  },
  clocks: [
    BARE_CLOCK,
    {
      ...BARE_CLOCK,
      name: 'fix',
      kind: 'aim',
      until: 'fix-ready',
      within: { count: 7, unit: 'day' },
      text: 'we have a fix',
    },
  ],
  notices: {
    ...BARE_NOTICES,
    stages: [{ ...BARE_STAGE, text: 'early disclosure, to plan for the patch' }],
  },
  membership: {
    ...BARE_MEMBERSHIP,
    criteria: [
      { text: 'Ship lights.', signs: [], by: 'answer' },
      { text: 'Have users of your own.', signs: ['users'], by: 'answer' },
      ...BARE_MEMBERSHIP.criteria.slice(1),
    ],
  },
}

export const settings: Settings = {
  instance: parsed(parseInstanceName('harbor')),
  defaultPolicy: policy,
  addresses: {
    security: address('security@harbor.example'),
    command: address('security+cmd@harbor.example'),
    separator: '+',
  },
  admins: [{ name: 'bob', address: bob, fingerprint: BOBS_KEY }],
  projects: [
    { name: PROJECT, policy, distributors: address('distributors@harbor.example'), maintainers: [] },
  ],
  quorum: 0,
  limits: {
    maxMail: 25_000_000,
    passedOn: 10_000_000,
    commandMaxAge: DAY,
    confirmationMaxAge: 3 * DAY,
    maxLate: HOUR,
    inDoubtWait: HOUR,
    acknowledgementsPerAddressAndDay: 5,
    acknowledgementsPerDomainAndDay: 50,
    acknowledgementsPerDay: 300,
  },
  mailProviders: ['post.example'],
}

export const PATCH = Buffer.from(
  'From 1f2e3d Mon Sep 17\n--- a/gate.go\n+++ b/gate.go \n@@ -1 +1 @@\n-open\n+shut\n',
)
const files = new Map([[sha256(PATCH), PATCH]])

let drawn = 0

/** Tokens and message ids count up, so that every mail has its own and a failure can be read. */
export function contextWith(changes: Partial<ComposeContext> = {}): ComposeContext {
  drawn += 1
  const mail = drawn
  let boundaries = 0
  return {
    settings,
    templates: packagedTemplates,
    zone: 'Europe/Berlin',
    now: at('2026-12-09T23:31:00Z'),
    messageId: parsed(parseMessageId(`<mail${mail}@harbor.example>`)),
    boundaries: () => `mail${mail}boundary${boundaries++}`.padEnd(20, 'x'),
    replyAddress: thread =>
      address(`security+${thread[0]?.toLowerCase()}.${thread.slice(2)}.abcdefghijklmnop@harbor.example`),
    key: from => ({
      fingerprint: from.startsWith('distributors') ? LIST_KEY : OUR_KEY,
      armored:
        '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDMEZw==\n=abcd\n-----END PGP PUBLIC KEY BLOCK-----\n',
      autocrypt: 'mDMEZwAAAABYJKwYBBAHaRw8BAQdA'.repeat(12),
    }),
    file: digest => parsed(files.get(digest)),
    chainHead: { seq: 41, hash: sha256(Buffer.from('row 41')) },
    verbs: [
      { usage: 'take C-…', summary: 'become the lead of a case' },
      { usage: 'reply C-… [clear=yes] << text', summary: 'write to the reporter' },
    ],
    ...changes,
  }
}

export function part(changes: Partial<Part> & { readonly octets: Uint8Array }): Part {
  return {
    mediaType: 'text/plain',
    disposition: 'inline',
    fileName: undefined,
    text: undefined,
    sha256: sha256(changes.octets),
    encrypted: false,
    signature: { kind: 'none' },
    ...changes,
  }
}

export const textPart = (text: string, changes: Partial<Part> = {}): Part =>
  part({ octets: Buffer.from(text), text: plaintext(text), ...changes })

export function mailWith(parts: readonly Part[], changes: Partial<OpenedMail> = {}): OpenedMail {
  return {
    header: {
      fields: [],
      authors: [alice],
      recipients: [settings.addresses.security],
      messageId: parsed(parseMessageId('<report-1@reporters.example>')),
      replyTo: [],
      subject: plaintext('Hole in the gate'),
    },
    bodySha256: sha256(Buffer.from('body')),
    encryption: 'clear',
    protectedSubject: undefined,
    innerAuthors: [],
    parts,
    authored: {
      kind: 'unsigned',
      text: parts[0]?.text ?? plaintext(''),
      layout: 'fixed',
      encrypted: false,
    },
    offered: [],
    author: undefined,
    ...changes,
  }
}

export function caseWith(changes: Partial<Case> = {}): Case {
  return {
    id: CASE,
    project: PROJECT,
    state: 'new',
    revision: 1,
    receivedAt: RECEIVED,
    reporter: { address: alice, key: undefined },
    protection: 'clear',
    title: plaintext('Hole in the gate'),
    ...BARE_CASE,
    lead: undefined,
    thread: [{ inbound: inboundId(1), at: RECEIVED, from: 'reporter' }],
    notes: [],
    replies: [],
    messageId: undefined,
    ...changes,
  }
}

export const notice: Notice = {
  id: NOTICE,
  case: CASE,
  project: PROJECT,
  revision: 1,
  stage: 'early-disclosure',
  ...BARE_NOTICE,
  sendAt: at('2026-12-16T16:00:00Z'),
  text: plaintext('The gate opens for anyone who knocks twice.\n\nApply the patch — it is small.'),
  attachments: [
    { fileName: plaintext('../0001 shut the gate.patch'), sha256: sha256(PATCH), size: PATCH.length },
  ],
  state: 'scheduled',
}

export const handling: Handling = {
  until: { at: at('2026-12-28T16:00:00Z'), as: 'latest' },
  agreed: undefined,
}

/** As every decision fills them in. */
function offersOf(content: Content): Pick<MailOrder, 'offers'> {
  if (content.kind !== 'report' && content.kind !== 'welcome') return {}
  if (content.theCase === undefined) return {}
  return { offers: offersFor(content.theCase, { who: BOBS_KEY, name: 'bob' }, settings, 'asked', RECEIVED) }
}

/** Encrypted to an admin unless said otherwise. */
export function orderOf(content: Content, changes: Partial<MailOrder> = {}): MailOrder {
  return {
    to: bob,
    encryptTo: { kind: 'enrolled', fingerprint: BOBS_KEY },
    project: PROJECT,
    case: CASE,
    notice: undefined,
    contact: undefined,
    inReplyTo: undefined,
    content,
    ...offersOf(content),
    ...changes,
  }
}
