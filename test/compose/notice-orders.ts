// Notices of each sort: to distributors with and without a date that is set, and to users.
import { answerOffers } from '../../src/decide/sharing/answers.ts'
import type { Notice } from '../../src/model/notice.ts'
import type { MailOrder } from '../../src/model/order.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import { address, at, CASE, handling, NOTICE, notice, orderOf, settings } from './given.ts'

const toMember = { to: address('carol@distro.example'), notice: NOTICE } as const
const disclose = at('2026-12-28T16:00:00Z')

/** What users are told. */
export const FORECAST = { rating: 'high', score: 8.1, version: '3.1', disclose } as const

export const usersNotice: Notice = {
  ...notice,
  stage: 'users',
  to: 'users',
  text: plaintext('Close the gate at night.\nOpen it only for people you know.'),
  forecast: FORECAST,
  attachments: [],
}

const toUsers = { notice: usersNotice, forecast: FORECAST } as const
const inClear = {
  to: address('announce@harbor.example'),
  encryptTo: { kind: 'nobody' },
  notice: NOTICE,
} as const

export const noticeOrders: Readonly<Record<string, MailOrder>> = {
  notice: {
    ...orderOf({ kind: 'notice', notice, handling }, toMember),
    offers: answerOffers(CASE, settings),
  },
  'notice-planned': orderOf(
    {
      kind: 'notice',
      notice: { ...notice, may: ['rebuild'] },
      handling: { until: { at: disclose, as: 'planned' }, agreed: { agreed: 3, of: 4 } },
    },
    {
      ...toMember,
      offers: [{ label: 'It has arrived', body: `embargod harbor\nack ${CASE}\n` }],
    },
  ),
  'users-notice': orderOf({ kind: 'users-notice', ...toUsers }, inClear),
  'users-notice-text': orderOf({ kind: 'users-notice-text', ...toUsers, sent: 0 }),
  'users-notice-text-sent': orderOf({ kind: 'users-notice-text', ...toUsers, sent: 2 }),
}
