// What the team is told before a notice goes, and of copies that did not arrive.
import type { Alert } from '../../src/model/alert.ts'
import type { MailOrder } from '../../src/model/order.ts'
import { parseContactId } from '../../src/model/scalars.ts'
import { at, CASE, NOTICE, orderOf, parsed } from './given.ts'

const alert = (told: Alert): MailOrder => orderOf({ kind: 'alert', alert: told })

const ahead = {
  kind: 'notice-ahead',
  notice: NOTICE,
  case: CASE,
  sendAt: at('2026-12-09T16:00:00Z'),
  reached: 14,
  of: 14,
  lacking: [],
  outdated: [],
  stop: undefined,
  fault: undefined,
} as const

const copy = (number: string, name: string, state: 'held' | 'failed') =>
  ({
    notice: NOTICE,
    contact: parsed(parseContactId(number)),
    who: `${number}, oncall@${name}.example`,
    state,
  }) as const

export const preflightOrders: Readonly<Record<string, MailOrder>> = {
  'alert-ahead-well': alert(ahead),
  'alert-ahead-lacking': alert({
    ...ahead,
    reached: 12,
    lacking: [
      'M-771234, oncall@distro.example: its key ends at 2026-12-08T09:00Z',
      'M-771235, security@cloud.example: suspended',
    ],
    outdated: ['M-771236, psirt@vendor.example'],
  }),
  'alert-ahead-held': alert({
    ...ahead,
    stop: 'held',
    fault: 'A copy has up to 14.2 MB, and the submission server takes 10.5 MB.',
  }),
  'alert-ahead-over': alert({ ...ahead, stop: 'over' }),
  'alert-copies': alert({
    kind: 'copies-missing',
    case: CASE,
    disclose: at('2026-12-16T16:00:00Z'),
    copies: [copy('M-771234', 'distro', 'failed'), copy('M-771235', 'cloud', 'held')],
  }),
  'alert-copies-undated': alert({
    kind: 'copies-missing',
    case: CASE,
    disclose: undefined,
    copies: [copy('M-771234', 'distro', 'held')],
  }),
}
