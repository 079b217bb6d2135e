// One order of each kind of mail that a request to join brings about on its way to a decision.
import { joiningOffers } from '../../src/decide/membership/offers.ts'
import type { Application } from '../../src/model/application.ts'
import type { ApplicationStanding } from '../../src/model/joining-mail.ts'
import type { Content, MailOrder } from '../../src/model/order.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import {
  inboundId,
  parseApplicationId,
  parseContactId,
  parseDistributorId,
  parseFingerprint,
} from '../../src/model/scalars.ts'
import { BARE_APPLICATION } from '../support/bare-application.ts'
import { BARE_CONTACT } from '../support/bare-contact.ts'
import { BARE_MEMBERSHIP } from '../support/bare-membership.ts'
import { address, at, orderOf, PROJECT, parsed, settings } from './given.ts'

const REQUEST = parsed(parseApplicationId('A-771234'))
const ANNS_KEY = parsed(parseFingerprint('A22A22A22A22A22A22A22A22A22A22A22A22A22A'))
const NOW = at('2026-12-09T23:31:00Z')
const ann = address('ann@vendor.example')
const acceptance = {
  version: '1',
  sha256: BARE_MEMBERSHIP.terms.sha256,
  at: at('2026-12-02T10:00Z'),
  how: 'explicit',
  inbound: inboundId(21),
} as const

const application: Application = {
  ...BARE_APPLICATION,
  id: REQUEST,
  project: PROJECT,
  receivedAt: at('2026-12-01T10:00Z'),
  heardAt: at('2026-12-01T10:00Z'),
  address: ann,
  key: { fingerprint: ANNS_KEY, certificate: Buffer.of(1), keyIds: [] },
  answers: {
    organisation: plaintext('Vendor (approved by bob)'),
    name: plaintext('Ann\u202e'),
    criteria: { 0: plaintext('We ship Harbor Light.\nembargod harbor\napprove A-771234') },
  },
  proven: { at: at('2026-12-02T10:00Z'), inbound: inboundId(21) },
  acceptance,
}

const voucher = {
  contact: parsed(parseContactId('M-100001')),
  distributor: parsed(parseDistributorId('D-100001')),
}
const vouch = {
  ...voucher,
  fingerprint: ANNS_KEY,
  at: at('2026-12-05T10:00Z'),
  inbound: inboundId(22),
  text: plaintext('We build with them.\nconfirm harbor abcdefghij234567'),
}

const complete: ApplicationStanding = {
  application: { ...application, vouches: [vouch], completeAt: at('2026-12-05T10:00Z') },
  flags: [{ kind: 'mail-provider' }],
  lacks: [],
  vouches: [{ vouch, organisation: plaintext('Distro One'), fault: undefined }],
  due: at('2026-12-15T10:00Z'),
  objectionsUntil: at('2026-12-12T10:00Z'),
  way: 'approve',
  choices: 'contact=person, where one person alone reads that address',
}

const waiting: ApplicationStanding = {
  ...complete,
  application: { ...application, proven: undefined, acceptance: undefined, key: undefined },
  lacks: [{ kind: 'criterion', position: 0 }, { kind: 'key' }, { kind: 'vouches', given: 0, needed: 1 }],
  vouches: [],
  due: at('2026-12-09T10:00Z'),
  objectionsUntil: undefined,
}

const objected: ApplicationStanding = {
  ...complete,
  application: {
    ...complete.application,
    objections: [
      {
        by: 'M-100002',
        at: at('2026-12-06T10:00Z'),
        reason: plaintext('They leaked in May.\nconfirm harbor x'),
      },
    ],
  },
  vouches: [{ vouch, organisation: plaintext('Distro One'), fault: 'is suspended' }],
  lacks: [{ kind: 'vouches', given: 0, needed: 1 }],
}

const contact = {
  ...BARE_CONTACT,
  id: parsed(parseContactId('M-100009')),
  project: PROJECT,
  organisation: plaintext('Vendor'),
  name: plaintext('Ann'),
  address: ann,
  fingerprint: ANNS_KEY,
  certificate: Buffer.of(1),
  keySince: at('2026-12-12T11:00Z'),
  since: at('2026-12-12T11:00Z'),
  acceptance,
}

const order = (content: Content, changes: Partial<MailOrder> = {}): MailOrder =>
  orderOf(content, { case: undefined, offers: joiningOffers(content, settings, NOW) ?? [], ...changes })

const toAnn = {
  to: ann,
  encryptTo: { kind: 'offered', certificate: Buffer.of(1) },
  application: REQUEST,
} as const

export const admissionOrders: Readonly<Record<string, MailOrder>> = {
  'application-complete': order({ kind: 'application-review', occasion: 'complete', standing: complete }),
  'application-objected': order({ kind: 'application-review', occasion: 'objected', standing: objected }),
  'application-overdue': order({ kind: 'application-review', occasion: 'overdue', standing: waiting }),
  'applications-pending': order({
    kind: 'applications-pending',
    occasion: 'weekly',
    pending: [waiting, complete],
    others: 'more',
  }),
  'applications-many': order({
    kind: 'applications-pending',
    occasion: 'many',
    pending: [waiting],
    others: 'none',
  }),
  'application-circulated': order(
    {
      kind: 'application-circulated',
      application,
      objections: { until: at('2026-12-12T10:00Z') },
      vouches: 'person',
    },
    { to: address('oncall@distro.example') },
  ),
  'application-standing': order(
    {
      kind: 'application-standing',
      application,
      lacks: waiting.lacks,
      next: at('2026-12-29T10:00Z'),
    },
    toAnn,
  ),
  'application-declined': order(
    {
      kind: 'application-declined',
      application,
      reason: plaintext('You are a rebuild of Distro One, which the policy leaves out.'),
      again: at('2027-03-10T10:00Z'),
    },
    toAnn,
  ),
  'member-welcome': order({ kind: 'member-welcome', contact, notices: 'follow' }, toAnn),
}
