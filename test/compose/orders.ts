// One order of each kind, and of some kinds the ways they differ in: whatever holds for all our mail is
// tested on all of these.

import { notPassedOn } from '../../src/decide/transcripts.ts'
import { dueAt } from '../../src/model/calendar.ts'
import type { MailOrder } from '../../src/model/order.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import {
  inboundId,
  parseApplicationId,
  parseCaseId,
  parseContactId,
  parseMessageId,
  parseStatementId,
} from '../../src/model/scalars.ts'
import { admissionOrders } from './admission-orders.ts'
import { applicationOrders } from './applications.ts'
import { dateOrders } from './date-orders.ts'
import { discussionOrders } from './discussion-orders.ts'
import {
  ALICES_KEY,
  address,
  alice,
  at,
  CASE,
  caseWith,
  ENDED_COPIES,
  handling,
  mailWith,
  NOTICE,
  notice,
  orderOf,
  parsed,
  part,
  policy,
  RECEIVED,
  settings,
  sha256,
  textPart,
} from './given.ts'
import { memberOrders } from './member-orders.ts'
import { noticeOrders } from './notice-orders.ts'
import { preflightOrders } from './preflight-orders.ts'
import { sharingOrders } from './sharing-orders.ts'

const toAlice = {
  to: alice,
  encryptTo: { kind: 'nobody' },
  inReplyTo: parsed(parseMessageId('<report-1@reporters.example>')),
} as const

const ANOTHER = parsed(parseCaseId('C-771204'))

const [clock] = policy.clocks
if (clock === undefined) throw new Error('the policy of the tests promises something')
/** What a reporter hears of next. */
export const next = { clock, due: dueAt(RECEIVED, clock.within, policy.calendar) }

const toMember = { to: address('carol@distro.example'), notice: NOTICE } as const

const report = mailWith(
  [
    textPart('Hello,\n\nthe gate opens when I knock twice.\nembargod harbor\naccept C-482107\n', {
      encrypted: true,
    }),
    part({
      mediaType: 'image/png',
      disposition: 'attachment',
      fileName: plaintext('../../etc/shot "1".png'),
      octets: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3]),
      encrypted: true,
    }),
  ],
  { encryption: 'encrypted', protectedSubject: plaintext('Knocking twice') },
)

/** The embargo policy that members accept. */
export const terms = {
  version: '2',
  text: 'Tell nobody outside your team, until it is public.\n\nUse it for your own distribution alone.\n',
  sha256: sha256(
    Buffer.from(
      'Tell nobody outside your team, until it is public.\n\nUse it for your own distribution alone.\n',
    ),
  ),
}
const ANN = parsed(parseApplicationId('A-771234'))
const CAROL = parsed(parseContactId('M-118822'))
const acceptance = `version=2 \\\nsha256=${terms.sha256}`
const answering = (label: string, ...lines: readonly string[]) => ({
  encryptTo: { kind: 'offered', certificate: Buffer.of(1) } as const,
  case: undefined,
  to: address('carol@distro.example'),
  offers: [{ label, body: ['embargod harbor', ...lines, ''].join('\n') }],
})
const challenge = {
  kind: 'challenge',
  fingerprint: ALICES_KEY,
  until: at('2026-12-16T23:30:41Z'),
} as const
const reacceptance = (stage: 'asked' | 'reminded' | 'late' | 'suspended') =>
  orderOf(
    {
      kind: 'reacceptance',
      contact: CAROL,
      stage,
      terms,
      former: '1',
      by: at('2027-01-08T23:30:41Z'),
    },
    answering('Accept version 2', `accept-policy ${CAROL} ${acceptance}`),
  )

/** One order of each kind, and of some kinds the ways they differ in. */
export const everyOrder: Readonly<Record<string, MailOrder>> = {
  ...applicationOrders(),
  acknowledgement: orderOf({ kind: 'acknowledgement', receivedAt: RECEIVED }, toAlice),
  'acknowledgement-list': orderOf(
    { kind: 'acknowledgement-list', cases: [CASE, ANOTHER], others: 9 },
    toAlice,
  ),
  'report-found': orderOf({
    kind: 'report',
    what: 'new',
    theCase: caseWith({
      extract: {
        contentFound: [0],
        cveIds: ['CVE-2026-12345'],
        cvssVectors: [],
        versions: [plaintext('v1.14.0')],
        requestedDate: plaintext('March 1, 2027'),
        requestedAt: at('2027-03-01T00:00Z'),
        claimsPublic: 'yes',
        terms: [],
      },
    }),
    mail: mailWith([textPart('It opens to anyone, as all the web knows.')]),
    inside: 'own',
    unanswered: undefined,
    similar: [ANOTHER],
  }),
  'alert-postponed': orderOf(
    { kind: 'alert', alert: { kind: 'acknowledgements-postponed', limit: 'address', case: CASE } },
    { case: undefined },
  ),
  report: orderOf({
    kind: 'report',
    what: 'new',
    theCase: caseWith({ protection: 'encrypted' }),
    mail: report,
    inside: 'own',
    unanswered: undefined,
  }),
  'report-left-out': orderOf({
    kind: 'report',
    what: 'new',
    theCase: caseWith({
      protection: 'encrypted',
      thread: [{ inbound: inboundId(17), at: RECEIVED, from: 'reporter' }],
    }),
    mail: mailWith([
      textPart('The core is attached.'),
      part({
        mediaType: 'application/octet-stream',
        disposition: 'attachment',
        fileName: plaintext('core.bin'),
        octets: Buffer.alloc(0),
        leftOut: 18_874_368,
      }),
    ]),
    inside: 'own',
    unanswered: undefined,
  }),
  'report-packed': orderOf({
    kind: 'report',
    what: 'new',
    theCase: caseWith(),
    mail: mailWith([
      part({
        octets: Buffer.from('789f3e22', 'hex'),
        mediaType: 'application/ms-tnef',
        disposition: 'attachment',
        fileName: plaintext('winmail.dat'),
      }),
    ]),
    inside: 'own',
    unanswered: undefined,
  }),
  'follow-up': orderOf({
    kind: 'report',
    what: 'follow-up',
    theCase: caseWith({
      lead: 'bob',
      state: 'triaged',
      protection: 'encrypted',
      reporter: { address: alice, key: { fingerprint: ALICES_KEY, certificate: Buffer.of(1), keyIds: [] } },
    }),
    mail: mailWith([textPart('Any news?')]),
    inside: 'own',
    unanswered: undefined,
  }),
  said: orderOf({
    kind: 'report',
    what: 'follow-up',
    theCase: caseWith({
      thread: [{ inbound: inboundId(18), at: RECEIVED, from: 'reporter' }],
      statements: [
        {
          id: parsed(parseStatementId('S-400001')),
          at: RECEIVED,
          inbound: inboundId(18),
          by: 'address',
          saying: { kind: 'object', reason: plaintext('Too late.\nembargod harbor\ntake C-482107') },
          adoptedBy: undefined,
        },
      ],
    }),
    mail: mailWith([textPart('object <<\nToo late.\n.')]),
    inside: 'own',
    unanswered: undefined,
  }),
  'key-offered': orderOf({
    kind: 'report',
    what: 'follow-up',
    theCase: caseWith({
      thread: [{ inbound: inboundId(2), at: RECEIVED, from: 'other' }],
      offers: [
        {
          at: RECEIVED,
          inbound: inboundId(2),
          key: { fingerprint: ALICES_KEY, certificate: Buffer.of(1), keyIds: [] },
        },
      ],
    }),
    mail: mailWith([textPart('Here is my key.')]),
    inside: 'own',
    unanswered: undefined,
  }),
  discussion: orderOf({
    kind: 'report',
    what: 'follow-up',
    theCase: caseWith({ thread: [{ inbound: inboundId(2), at: RECEIVED, from: 'team' }] }),
    mail: mailWith([textPart('I would rather wait for the next release.')]),
    inside: 'own',
    unanswered: undefined,
    writer: 'carol',
    reader: 'insider',
  }),
  'follow-up-member': orderOf({
    kind: 'report',
    what: 'follow-up',
    theCase: caseWith({ thread: [{ inbound: inboundId(2), at: RECEIVED, from: 'member' }] }),
    mail: mailWith([textPart('On arm64 the second test fails.')]),
    inside: 'own',
    unanswered: undefined,
    member: { contact: CAROL, organisation: plaintext('Distro Ltd') },
  }),
  'transcript-discuss': orderOf(notPassedOn(CASE, settings)),
  'list-mail': orderOf(
    {
      kind: 'report',
      what: 'list-mail',
      theCase: undefined,
      mail: mailWith([textPart('May I join?')]),
      inside: 'own',
      unanswered: undefined,
    },
    { case: undefined },
  ),
  welcome: orderOf({
    kind: 'welcome',
    theCase: caseWith({ lead: 'bob', state: 'accepted' }),
    as: 'engineer',
    mails: 50,
    older: 2,
  }),
  'welcome-lead': orderOf({
    kind: 'welcome',
    theCase: caseWith({}),
    as: 'lead',
    mails: 0,
    older: 0,
    answerBy: at('2026-12-11T23:30:41Z'),
  }),
  'welcome-invited': orderOf({
    kind: 'welcome',
    theCase: caseWith({}),
    as: 'invited',
    mails: 2,
    older: 0,
  }),
  reminder: orderOf({
    kind: 'reminder',
    theCase: caseWith({ lead: 'bob', state: 'triaged' }),
    at: at('2026-12-13T23:30:41Z'),
    items: [
      { kind: 'clock', ...next, waitsFor: [] },
      {
        kind: 'embargo',
        due: at('2026-12-30T23:30:41Z'),
        maximum: at('2026-12-30T23:30:41Z'),
        state: 'none',
      },
    ],
    priority: 'confidentiality, privilege or integrity',
  }),
  'reminder-unled': orderOf({
    kind: 'reminder',
    theCase: caseWith({}),
    at: RECEIVED,
    items: [{ kind: 'lead', due: RECEIVED, asked: ['bob', 'carol'] }],
  }),
  reply: orderOf({ kind: 'reply', text: plaintext('Dear Alice,\n\nwhich version was it? Grüße') }, toAlice),
  'request-key': orderOf({ kind: 'request', about: 'key' }, toAlice),
  'request-private': orderOf({ kind: 'request', about: 'private' }, toAlice),
  'earlier-mail': orderOf({
    kind: 'report',
    what: 'earlier',
    theCase: caseWith(),
    mail: mailWith([textPart('It was so from the start.')]),
    inside: 'own',
    unanswered: undefined,
    reader: 'insider',
  }),
  'past-mail': orderOf({ kind: 'past-mail', inbound: inboundId(7), theCase: caseWith() }),
  'news-bare': orderOf({ kind: 'news', state: 'accepted', reason: undefined, next }, toAlice),
  'news-accepted': orderOf(
    { kind: 'news', state: 'accepted', reason: undefined, next },
    { to: alice, encryptTo: { kind: 'offered', certificate: Buffer.of(1) } },
  ),
  'news-rejected': orderOf(
    { kind: 'news', state: 'rejected', reason: plaintext('Knocking twice is how one asks to be let in.') },
    { to: alice, encryptTo: { kind: 'offered', certificate: Buffer.of(1) } },
  ),
  transcript: orderOf({
    kind: 'transcript',
    results: [
      {
        source: 'take C-482107',
        status: 'ok',
        code: undefined,
        text: plaintext('bob leads C-482107 now.'),
        facts: { case: CASE, lead: 'bob' },
      },
      {
        source: 'show C-482107',
        status: 'ok',
        code: undefined,
        text: plaintext('C-482107, triaged\ntitle:\n| Hole in the gate'),
        facts: { case: CASE, revision: 2 },
      },
    ],
    suggestions: [{ label: 'Accept it', body: 'embargod harbor\naccept C-482107\n' }],
    ignored: 3,
    dryRun: 'run',
  }),
  'transcript-error': orderOf({
    kind: 'transcript',
    results: [
      {
        source: 'acept C-482107',
        status: 'error',
        code: 'E-SYNTAX',
        text: plaintext('There is no command acept; send accept C-482107.'),
        facts: {},
      },
    ],
    suggestions: [],
    ignored: 0,
    dryRun: 'run',
  }),
  'transcript-simulated': orderOf({
    kind: 'transcript',
    results: [
      {
        source: 'simulate until=2026-12-20T16:00Z',
        status: 'ok',
        code: undefined,
        text: plaintext('Until 2026-12-20T16:00Z, 2 mails go out by themselves.'),
        facts: { mails: 2 },
        simulated: [
          { at: at('2026-12-19T16:00Z'), order: orderOf({ kind: 'key' }, { ...toAlice, case: undefined }) },
          { at: at('2026-12-20T16:00Z'), order: orderOf({ kind: 'notice', notice, handling }, toMember) },
        ],
      },
    ],
    suggestions: [],
    ignored: 0,
    dryRun: 'run',
  }),
  refusal: orderOf({ kind: 'refusal', sentence: 'not-authorised' }, { ...toAlice, case: undefined }),
  'help-anyone': orderOf({ kind: 'help', role: 'anyone' }, { ...toAlice, case: undefined }),
  'help-admin': orderOf({ kind: 'help', role: 'admin' }, { case: undefined }),
  key: orderOf({ kind: 'key' }, { ...toAlice, case: undefined }),
  alert: orderOf(
    { kind: 'alert', alert: { kind: 'shunted', inbound: inboundId(17), why: 'crashed' } },
    { case: undefined },
  ),
  'alert-copies': orderOf(
    {
      kind: 'alert',
      alert: { kind: 'copies-ended', notice: NOTICE, embargo: 'lasts', copies: ENDED_COPIES },
    },
    { case: undefined },
  ),
  'alert-copies-over': orderOf(
    {
      kind: 'alert',
      alert: { kind: 'copies-ended', notice: NOTICE, embargo: 'over', copies: ENDED_COPIES.slice(1, 3) },
    },
    { case: undefined },
  ),
  'alert-reporters-key': orderOf(
    {
      kind: 'alert',
      alert: { kind: 'key-revoked', key: ALICES_KEY, engineer: undefined, cases: [CASE, ANOTHER] },
    },
    { case: undefined },
  ),
  'alert-engineers-key': orderOf(
    { kind: 'alert', alert: { kind: 'key-revoked', key: ALICES_KEY, engineer: 'erin', cases: [CASE] } },
    { case: undefined },
  ),
  'alert-in-clear': orderOf(
    {
      kind: 'alert',
      alert: { kind: 'delivery-held', to: 'carol@distro.example', mail: 'notice', why: 'expired' },
    },
    { case: undefined, encryptTo: { kind: 'nobody' } },
  ),
  'news-date': orderOf(
    {
      kind: 'news',
      state: undefined,
      reason: undefined,
      date: { at: at('2026-12-09T16:00Z'), standing: 'active', sequence: 0 },
    },
    { to: alice, encryptTo: { kind: 'offered', certificate: Buffer.of(1) } },
  ),
  'news-lifted': orderOf(
    {
      kind: 'news',
      state: undefined,
      reason: undefined,
      date: { at: at('2026-12-09T16:00Z'), standing: 'lifted', sequence: 1 },
    },
    { to: alice, encryptTo: { kind: 'offered', certificate: Buffer.of(1) } },
  ),
  'reminder-early': orderOf({
    kind: 'reminder',
    theCase: caseWith({ state: 'accepted', lead: 'bob' }),
    at: at('2026-12-06T16:00Z'),
    items: [
      {
        kind: 'embargo',
        due: at('2026-12-09T16:00Z'),
        maximum: at('2026-12-12T12:00Z'),
        state: 'active',
      },
    ],
  }),
  'reminder-late': orderOf({
    kind: 'reminder',
    theCase: caseWith({ state: 'accepted' }),
    at: at('2026-12-14T12:00Z'),
    items: [
      { kind: 'embargo', due: at('2026-12-12T12:00Z'), maximum: at('2026-12-12T12:00Z'), state: 'none' },
    ],
  }),
  'reminder-lifted': orderOf({
    kind: 'reminder',
    theCase: caseWith({ state: 'accepted' }),
    at: at('2026-12-12T12:00Z'),
    items: [
      { kind: 'embargo', due: at('2026-12-12T12:00Z'), maximum: at('2026-12-12T12:00Z'), state: 'lifted' },
    ],
  }),
  'alert-public': orderOf({
    kind: 'alert',
    alert: {
      kind: 'case-public',
      case: CASE,
      effect: 'disclose-now',
    },
  }),
  ...memberOrders,
  'challenge-implied': orderOf(
    { ...challenge, proving: 'application', id: ANN, accepts: { terms, how: 'implied' } },
    {
      ...answering('Prove it, and accept the embargo policy', `prove ${ANN} abcdefghij234567 ${acceptance}`),
      application: ANN,
    },
  ),
  'challenge-explicit': orderOf(
    { ...challenge, proving: 'contact', id: CAROL, accepts: { terms, how: 'explicit' } },
    answering(
      'Prove it, and accept the embargo policy',
      `accept-policy ${CAROL} ${acceptance}`,
      `prove ${CAROL} abcdefghij234567`,
    ),
  ),
  'challenge-key': orderOf(
    { ...challenge, proving: 'key', id: CAROL, accepts: undefined },
    answering('Prove the key', `prove ${CAROL} abcdefghij234567`),
  ),
  'reacceptance-asked': reacceptance('asked'),
  'reacceptance-reminded': reacceptance('reminded'),
  'reacceptance-late': reacceptance('late'),
  'reacceptance-suspended': reacceptance('suspended'),
  'alert-acceptance': orderOf(
    {
      kind: 'alert',
      alert: {
        kind: 'acceptance-overdue',
        version: '2',
        contacts: [{ id: CAROL, address: address('carol@distro.example') }],
        effect: 'suspended',
      },
    },
    { case: undefined },
  ),
  ...noticeOrders,
  ...preflightOrders,
  ...discussionOrders,
  ...sharingOrders,
  ...dateOrders,
  ...admissionOrders,
  change: orderOf({ kind: 'change', by: 'carol', lines: [plaintext('C-482107 is accepted.')] }),
}
