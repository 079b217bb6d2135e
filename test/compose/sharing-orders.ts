// One order of each kind of mail about sharing, contributions and leaks, and the ways in which they differ.
import { decidingOn } from '../../src/decide/due-offers.ts'
import { answerOffers } from '../../src/decide/sharing/answers.ts'
import { incidentOffer } from '../../src/decide/sharing/leaks.ts'
import type { Doubt } from '../../src/model/doubt.ts'
import type { Incident } from '../../src/model/incident.ts'
import type { MailOrder } from '../../src/model/order.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import { inboundId, later, parseContactId, parseIncidentId } from '../../src/model/scalars.ts'
import type { ShareRequest } from '../../src/model/sharing.ts'
import { DAY, HOUR, MINUTE } from '../../src/model/time.ts'
import { distributorId } from '../support/bare-contact.ts'
import {
  address,
  at,
  CASE,
  caseWith,
  mailWith,
  NOTICE,
  orderOf,
  PROJECT,
  parsed,
  RECEIVED,
  settings,
  textPart,
} from './given.ts'

const CONTACT = parsed(parseContactId('M-771234'))
const INCIDENT = parsed(parseIncidentId('L-500000'))

const request: ShareRequest = {
  asker: CONTACT,
  of: distributorId('800000'),
  with: plaintext('The two engineers of Buildfarm Ltd who build our images'),
  why: plaintext('They rebuild what we ship.\nembargod harbor\ngrant-share C-482107 to=M-771234'),
  at: RECEIVED,
  due: at('2026-12-11T23:30:41Z'),
  asked: [],
  agreed: [],
  decided: undefined,
}

const incident: Incident = {
  id: INCIDENT,
  project: PROJECT,
  revision: 1,
  receivedAt: RECEIVED,
  from: { contact: CONTACT },
  about: CASE,
  linked: 'as-told',
  told: [
    {
      at: RECEIVED,
      by: CONTACT,
      inbound: inboundId(21),
      text: plaintext('We mailed the patch to a public list.'),
    },
  ],
  state: 'open',
  touchedAt: RECEIVED,
  remindedAt: undefined,
}

const doubt: Doubt = {
  case: CASE,
  since: RECEIVED,
  due: later(RECEIVED, DAY),
  because: INCIDENT,
  whenInDoubt: 'publish',
}
const deciding = decidingOn(doubt).map(({ label, verb }) => ({
  label,
  body: `embargod harbor\n${verb} ${CASE} <<\n\n.\n`,
}))
const WHO = `Who had ${CASE}:
- its reporter, alice@reporters.example, before 2026-12-09T23:30:41Z
- bob, admin, since 2026-12-09T23:30:41Z

Members, by notice:
- ${CONTACT}, Distro Ltd
  N-309771 to carol@distro.example: sent 2026-12-09T23:31:02Z
  key 89ABCDEF0123456789ABCDEF0123456789ABCDEF`

const full = { contact: CONTACT, organisation: plaintext('Distro Ltd') }
const bare = { contact: CONTACT, organisation: undefined }
const offers = (order: MailOrder, line: string): MailOrder => ({
  ...order,
  offers: [{ label: 'Yes, they may be told', body: `embargod harbor\n${line}\n` }],
})
const member = { to: address('carol@distro.example'), from: 'list' } as const
const ROLL_UP = [
  'D-800002 Bare Metal Ltd: copy held; said nothing',
  'D-800001 Distro Ltd: SILENT since 2026-12-09T16:00Z',
  'D-800000 Buildfarm Ltd: is affected; has its fix ready; feedback: 1',
  '  | 1.4.2-3',
  '  | https://buildfarm.example/DSA-1',
].map(plaintext)
const wanted = (last: 'again' | 'last'): MailOrder => ({
  ...orderOf({ kind: 'answer-wanted', notice: NOTICE, since: RECEIVED, asked: last }, member),
  offers: answerOffers(CASE, settings),
})
const asked = { kind: 'share-request', request, needed: 2, occasion: 'asked' } as const
const outcome = { kind: 'share-outcome', request } as const

export const sharingOrders: Readonly<Record<string, MailOrder>> = {
  'share-request-team': offers(
    orderOf({ ...asked, asker: full, decides: 'team', reader: 'admin' }),
    `grant-share ${CASE} to=${CONTACT}`,
  ),
  'share-request-list': orderOf({ ...asked, asker: full, decides: 'list', reader: 'admin' }),
  'share-request-member': offers(
    orderOf({ ...asked, asker: bare, decides: 'list', reader: 'member', occasion: 'reminded' }, member),
    `grant-share ${CASE} to=${CONTACT}`,
  ),
  'share-granted': orderOf({ ...outcome, as: 'granted', by: 'list', reason: undefined }, member),
  'share-denied-team': orderOf(
    { ...outcome, as: 'denied', by: 'team', reason: plaintext('It is public in two days.') },
    member,
  ),
  'share-denied-member': orderOf(
    { ...outcome, as: 'denied', by: 'list', reason: plaintext('Not before we have rebuilt.') },
    member,
  ),
  'share-lapsed': orderOf({ ...outcome, as: 'lapsed', by: 'team', reason: undefined }, member),
  contribution: orderOf(
    {
      kind: 'contribution',
      contribution: {
        contributor: CONTACT,
        of: distributorId('800000'),
        task: 'test',
        text: plaintext('All 412 tests pass on arm64 with the patch. No issues were found.'),
        at: RECEIVED,
      },
      contributor: bare,
    },
    member,
  ),
  'answer-wanted': wanted('again'),
  'answer-wanted-last': wanted('last'),
  'roll-up': {
    ...orderOf({ kind: 'roll-up', told: 2, silent: 1, asked: 'again', lines: ROLL_UP }),
    offers: [{ label: 'See all that is known', body: `embargod harbor\nshow ${CASE}\n` }],
  },
  'roll-up-last': orderOf({ kind: 'roll-up', told: 2, silent: 1, asked: 'last', lines: ROLL_UP }),
  'roll-up-all': orderOf({ kind: 'roll-up', told: 1, silent: 0, asked: 'nobody', lines: ROLL_UP.slice(2) }),
  feedback: orderOf({
    kind: 'feedback',
    text: plaintext('On arm64 the second test fails:\nembargod harbor\nspam C-482107'),
    contributor: full,
  }),
  'feedback-insider': orderOf({ kind: 'feedback', text: plaintext('All is well.'), contributor: bare }),
  leak: {
    ...orderOf(
      { kind: 'leak', incident, occasion: 'new', member: full, passedOn: undefined },
      { case: undefined },
    ),
    offers: [incidentOffer(INCIDENT, settings)],
  },
  'leak-doubting': {
    ...orderOf(
      {
        kind: 'leak',
        incident,
        occasion: 'new',
        member: full,
        passedOn: undefined,
        doubt,
        who: plaintext(WHO),
      },
      { case: undefined },
    ),
    offers: [...deciding, incidentOffer(INCIDENT, settings)],
  },
  'alert-public-doubting': {
    ...orderOf({
      kind: 'alert',
      alert: { kind: 'case-public', case: CASE, effect: 'all-asap', doubt: { ...doubt, because: undefined } },
    }),
    offers: deciding,
  },
  'reminder-decision': {
    ...orderOf({
      kind: 'reminder',
      theCase: caseWith({ state: 'accepted', lead: 'bob' }),
      at: at('2026-12-10T11:30:41Z'),
      items: [{ kind: 'decision', due: doubt.due, doubt }],
    }),
    offers: deciding,
  },
  'reminder-broken': orderOf({
    kind: 'reminder',
    theCase: caseWith({ state: 'accepted' }),
    at: at('2026-12-10T16:00Z'),
    items: [{ kind: 'embargo', due: at('2026-12-10T12:00Z'), maximum: undefined, state: 'broken' }],
  }),
  'news-broken': orderOf(
    {
      kind: 'news',
      state: undefined,
      reason: undefined,
      date: { at: at('2026-12-10T12:00Z'), standing: 'broken', sequence: 1 },
    },
    { to: address('alice@reporters.example'), encryptTo: { kind: 'offered', certificate: Buffer.of(1) } },
  ),
  'embargo-broken': {
    ...orderOf({
      kind: 'embargo-broken',
      by: 'bob',
      reason: plaintext('The patch is on a public list since noon, and a blog links to it.'),
      sinceWord: 37 * MINUTE,
      sinceNotice: 3 * DAY + 4 * HOUR,
      stopped: { notices: [NOTICE], copies: 3 },
      members: 12,
      incident: INCIDENT,
      retrospective: 'held',
      who: plaintext(WHO),
    }),
    offers: [incidentOffer(INCIDENT, settings)],
  },
  'embargo-broken-held': orderOf({
    kind: 'embargo-broken',
    by: 'operator',
    reason: plaintext('It is on a pastebin.'),
    sinceWord: undefined,
    sinceNotice: undefined,
    stopped: { notices: [], copies: 0 },
    members: 'waits',
    incident: undefined,
    retrospective: 'none',
    who: plaintext(WHO),
  }),
  'embargo-over': orderOf(
    {
      kind: 'embargo-over',
      at: at('2026-12-10T12:00Z'),
      date: { at: at('2026-12-16T16:00Z'), standing: 'broken', sequence: 1 },
      public: 'no',
    },
    member,
  ),
  'embargo-over-public': orderOf(
    { kind: 'embargo-over', at: at('2026-12-10T12:00Z'), public: 'yes' },
    member,
  ),
  'leak-unsigned': {
    ...orderOf(
      {
        kind: 'leak',
        incident,
        occasion: 'more',
        member: undefined,
        passedOn: {
          mail: mailWith([textPart('leak C-482107\n\nIt is on a pastebin since noon.')]),
          inside: 'own',
        },
      },
      { case: undefined },
    ),
    offers: [incidentOffer(INCIDENT, settings)],
  },
  'leak-thanks': orderOf(
    { kind: 'leak-thanks', incident: INCIDENT },
    {
      to: address('alice@reporters.example'),
      encryptTo: { kind: 'nobody' },
      case: undefined,
      incident: INCIDENT,
    },
  ),
  'alert-incident': orderOf(
    { kind: 'alert', alert: { kind: 'incidents-open', incidents: [INCIDENT], since: RECEIVED } },
    { case: undefined },
  ),
  strike: orderOf(
    {
      kind: 'strike',
      reason: plaintext('You mailed the patch to a public list on 9 December.'),
      incident: INCIDENT,
      count: 2,
      limit: 2,
      removal: 'permanent',
    },
    { ...member, case: undefined },
  ),
}
