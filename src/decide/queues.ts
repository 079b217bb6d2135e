// The operator's retry, drop and hold of single rows of the queues. A mail that may have arrived and goes at
// most once is never sent again, nor is one that was stopped.
import type { Decision, Snapshot } from '../model/decision.ts'
import { OPERATOR } from '../model/event.ts'
import type { MailOrder } from '../model/order.ts'
import { plaintext } from '../model/plaintext.ts'
import type { KeptMail, QueueChange, QueueRequest, QueueRow } from '../model/queues.ts'
import type { InboundId } from '../model/scalars.ts'
import { operatorAnswer, refusedRequest } from './operator-answer.ts'
import { NOTHING, toAdmins } from './orders.ts'
import { silent } from './outcomes.ts'

type OutboxRequest = Extract<QueueRequest, { kind: 'outbox' }>
type ShuntRequest = Extract<QueueRequest, { kind: 'shunt' }>
type Change = { readonly queue: QueueChange; readonly text: string; readonly mails?: readonly MailOrder[] }

/** What changes, told to every admin; or, as the answer alone, why nothing can. */
export function queueRequest(request: QueueRequest, { queueRow, settings }: Snapshot): Decision {
  const source = `${request.kind} ${request.action} ${request.id}`
  const change = changeOf(request, queueRow)
  if (typeof change === 'string') return refusedRequest(source, change)
  const told = { kind: 'change', by: 'operator', lines: [plaintext(`${source}: ${change.text}`)] } as const
  return {
    ...silent('command', `${request.kind}-${request.action}`),
    actor: OPERATOR,
    queue: change.queue,
    mails: [...(change.mails ?? []), ...toAdmins(settings.admins, NOTHING, told)],
    answer: operatorAnswer(source, change.text),
  }
}

/** Why a mail is put aside whose stored octets are gone or do not open. */
export const OCTETS_LOST = 'octets-lost'

/** Nobody is told: the mails are what they were. */
export function putBack(mails: readonly KeptMail[], request: InboundId): Decision {
  const source = 'inbound refetch'
  if (mails.length === 0) return refusedRequest(source, 'None of these octets are what a mail of ours had.')
  const text = `The octets of ${mails.length === 1 ? 'one mail are' : `${mails.length} mails are`} stored again.`
  return {
    ...silent('command', 'put-back'),
    actor: OPERATOR,
    queue: { kind: 'put-back', mails, request },
    answer: operatorAnswer(source, text),
  }
}

function changeOf(request: QueueRequest, row: QueueRow | undefined): Change | string {
  if (request.kind === 'outbox')
    return row?.kind === 'outbox' ? outboxChange(request, row) : `No mail to send has the id ${request.id}.`
  return row?.kind === 'shunt' ? shuntChange(request, row) : `No shunted mail has the id ${request.id}.`
}

const STUCK = {
  sending: 'It is being sent at this moment; look again when that has ended.',
  sent: 'The server has accepted it already.',
  dropped: 'It may have arrived, and such a mail goes at most once.',
  cancelled: 'It was stopped for good.',
} as const

function outboxChange(
  { action, id }: OutboxRequest,
  { state, notice, order, later }: Extract<QueueRow, { kind: 'outbox' }>,
): Change | string {
  if (later === 'another') return `Another copy of ${notice} took its place; look for that one.`
  if (state === 'sending' || state === 'sent' || state === 'dropped' || state === 'cancelled')
    return STUCK[state]
  const to = (next: Extract<QueueChange, { kind: 'outbox' }>['to'], text: string) => ({
    queue: { kind: 'outbox', id, from: state, to: next } as const,
    text,
  })
  if (action === 'drop') return to('cancelled', 'It is stopped and never goes out.')
  if (action === 'hold')
    return state === 'ready'
      ? to('held', 'It is held until it is retried or dropped.')
      : `It is ${state}, so that it goes nowhere by itself.`
  if (order === undefined) return to('ready', 'It is tried again now, or at its instant if that is to come.')
  // A notice has one copy a contact, and that one was made for a key that does not serve.
  if (notice !== undefined)
    return `It could not be encrypted for its contact of ${notice}; it goes by itself once it can.`
  return { ...to('cancelled', 'It could not be encrypted; it is made anew.'), mails: [order] }
}

function shuntChange(
  { action, id }: ShuntRequest,
  { why }: Extract<QueueRow, { kind: 'shunt' }>,
): Change | string {
  if (action === 'drop')
    return {
      queue: { kind: 'shunt', id, to: 'dropped' },
      text: 'It is off the list; its octets are kept.',
    }
  if (why === 'oversize')
    return 'It was too large to be fetched and lies in the mailbox; only its header is here.'
  return { queue: { kind: 'shunt', id, to: 'waiting' }, text: 'It waits to be handled once more.' }
}
