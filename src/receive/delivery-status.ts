// Reads what a delivery report says of each recipient (RFC 3464). In: the parts of a multipart/report. Out:
// one status per recipient. It proves nothing: whether a report may change a delivery is decided elsewhere.
import type { OpenedMail, Part } from '../model/mail.ts'
import type { Report } from '../model/queues.ts'
import { type EmailAddress, type MessageId, parseEmailAddress, parseMessageId } from '../model/scalars.ts'
import type { MachineKind } from './automatic.ts'
import { isChallenge } from './challenge.ts'
import { fieldValue, splitEntity } from './structure.ts'

/** Octets of a message/delivery-status that are read. */
const MAX_REPORT = 256 * 1024
/** Octets of the returned message that are looked through for its Message-ID. */
const MAX_RETURNED = 64 * 1024
const MAX_GROUPS = 200

export type DeliveryStatus = {
  /** RFC 3464 §2.3.3; anything else is passed over. */
  readonly action: 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded'
  /** RFC 3463 code, `5.1.1`; undefined if it is not one. */
  readonly status: string | undefined
  /** Final-Recipient, else Original-Recipient; undefined if it is no plain address. */
  readonly finalRecipient: EmailAddress | undefined
  /** Message-ID of the returned message, if the report carries its header. */
  readonly originalMessageId: MessageId | undefined
}

const actions = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'] as const

/** Empty if there is no readable message/delivery-status; bounded, never throws. */
export function deliveryStatuses(parts: readonly Part[]): readonly DeliveryStatus[] {
  const report = parts.find(part => part.mediaType === 'message/delivery-status')
  if (report === undefined) return []
  const originalMessageId = returnedMessageId(parts)
  const text = Buffer.from(report.octets.subarray(0, MAX_REPORT)).toString('latin1')
  const groups = text.split(/\r?\n[ \t]*\r?\n/, MAX_GROUPS)
  return groups.flatMap(group => {
    const status = recipientStatus(group.trimStart(), originalMessageId)
    return status === undefined ? [] : [status]
  })
}

/** What a mail that a machine wrote says of ours; a challenge, that it will not be read until somebody answers it. */
export function fateTold({ header, parts }: OpenedMail, machine: MachineKind): Report | undefined {
  if (machine === 'bounce') return reportedOf(parts)
  const first = parts.find(({ text }) => text !== undefined)?.text?.open() ?? ''
  return machine === 'automatic' && isChallenge(header.fields, first)
    ? { fate: 'failed', by: 'challenge', status: undefined }
    : undefined
}

/**
 * What became of the one recipient that each mail of ours has: `failed` if any status says so, else `arrived` if one
 * does. That it is delayed tells nothing (threats.md D08).
 */
function reportedOf(parts: readonly Part[]): Report | undefined {
  const said = deliveryStatuses(parts)
  const told =
    said.find(({ action }) => action === 'failed') ?? said.find(({ action }) => action !== 'delayed')
  if (told === undefined) return undefined
  return { fate: told.action === 'failed' ? 'failed' : 'arrived', by: 'report', status: told.status }
}

function recipientStatus(
  group: string,
  originalMessageId: MessageId | undefined,
): DeliveryStatus | undefined {
  const entity = splitEntity(Buffer.from(group, 'latin1'))
  if (!entity.ok) return undefined
  const { fields } = entity.value
  const word = fieldValue(fields, 'action')?.toLowerCase() ?? ''
  const action = actions.find(known => word === known || word.startsWith(`${known} `))
  if (action === undefined) return undefined
  const recipient = fieldValue(fields, 'final-recipient') ?? fieldValue(fields, 'original-recipient') ?? ''
  return {
    action,
    status: /^[245]\.[0-9]{1,3}\.[0-9]{1,3}(?![0-9.])/.exec(fieldValue(fields, 'status') ?? '')?.[0],
    finalRecipient: reportedAddress(recipient),
    originalMessageId,
  }
}

/** The address of `rfc822; user@example.org`, angle brackets allowed. */
function reportedAddress(value: string): EmailAddress | undefined {
  const address = value.slice(value.indexOf(';') + 1).trim()
  const bare = address.startsWith('<') && address.endsWith('>') ? address.slice(1, -1) : address
  const parsed = parseEmailAddress(bare)
  return parsed.ok ? parsed.value : undefined
}

function returnedMessageId(parts: readonly Part[]): MessageId | undefined {
  const returned = parts.find(part =>
    ['message/rfc822', 'text/rfc822-headers', 'message/rfc822-headers', 'message/global'].includes(
      part.mediaType,
    ),
  )
  if (returned === undefined) return undefined
  const entity = splitEntity(returned.octets.subarray(0, MAX_RETURNED))
  return entity.ok ? parseMessageId(fieldValue(entity.value.fields, 'message-id') ?? '') : undefined
}
