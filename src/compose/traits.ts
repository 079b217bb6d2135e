// What each kind of mail is to those on its way: from which address of ours it goes, where an answer to it comes, whether
// a machine wrote it and whether it may ever leave in clear. A kind that is new stands in each of these tables.
import type { HeaderField } from '../model/mail.ts'
import type { Content, MailOrder } from '../model/order.ts'
import { unreachable } from '../model/result.ts'
import type { EmailAddress } from '../model/scalars.ts'
import { policyOf, projectNamed, type Settings } from '../model/settings.ts'
import type { ComposeContext } from './context.ts'
import { caseOf } from './order-case.ts'
import { applicationOf } from './wording.ts'

/** To members, and to who wants to become one: from the list, where the project has one. */
const FROM_LIST: ReadonlySet<Content['kind']> = new Set([
  'answer-wanted',
  'application-answer',
  'application-circulated',
  'application-declined',
  'application-standing',
  'challenge',
  'embargo-over',
  'member-welcome',
  'notice',
  'reacceptance',
])

const isFromList = ({ content, from }: MailOrder): boolean =>
  from === 'list' ||
  FROM_LIST.has(content.kind) ||
  (content.kind === 'membership' && content.reader !== 'admin')

const listOf = (order: MailOrder, settings: Settings): EmailAddress | undefined =>
  isFromList(order) ? projectNamed(settings, order.project)?.distributors : undefined

/** Our address that a mail is from. @throws of a notice where its project has no list. */
export function senderOf(order: MailOrder, settings: Settings): EmailAddress {
  const list = listOf(order, settings)
  if (list === undefined && order.content.kind === 'notice')
    throw new Error('a notice of a project without distributors')
  return list ?? settings.addresses.security
}

/** The name beside that address. */
export const senderName = (order: MailOrder, settings: Settings): string =>
  `${policyOf(settings, order.project).displayName} ${listOf(order, settings) === undefined ? 'Security' : 'Distributors'}`

/** Always an address of ours, so that no answer strays to a person or fans out (product.md §1). */
export function replyToOf(order: MailOrder, { settings, replyAddress }: ComposeContext): EmailAddress {
  const { security, command, separator } = settings.addresses
  switch (order.content.kind) {
    case 'acknowledgement':
    case 'acknowledgement-list':
    case 'reply':
    case 'news':
    case 'request':
      // Who has a key answers encrypted, and mail programs find our key by the very address that it names.
      return separator === 'none' || order.encryptTo.kind !== 'nobody'
        ? security
        : replyAddress(caseOf(order))
    case 'application-answer':
      return replyAddress(applicationOf(order))
    case 'application-which':
      return security
    case 'application':
    case 'challenge':
      return order.application === undefined ? command : replyAddress(order.application)
    case 'report':
    case 'transcript':
    case 'alert':
    case 'change':
    case 'embargo-broken':
    case 'reacceptance':
    case 'past-mail':
    case 'welcome':
    case 'reminder':
    case 'answer-wanted':
    case 'roll-up':
    case 'feedback':
    case 'share-request':
    case 'share-outcome':
    case 'contribution':
    case 'post-waiting':
    case 'leak':
    case 'strike':
    case 'disclosure-date':
    case 'date-tally':
    case 'application-review':
    case 'applications-pending':
    case 'application-circulated':
    case 'member-welcome':
    case 'membership':
    case 'users-notice-text':
      return command
    case 'application-standing':
    case 'application-declined':
      return separator === 'none' || order.application === undefined
        ? senderOf(order, settings)
        : replyAddress(order.application)
    case 'post':
    case 'post-answer':
      return senderOf(order, settings)
    case 'help':
      return order.content.role === 'admin' ? command : security
    case 'embargo-over':
    case 'notice':
    case 'users-notice':
    case 'refusal':
    case 'key':
    case 'leak-thanks':
      return security
    default:
      return unreachable(order.content)
  }
}

/**
 * Keeps machines from answering ours (RFC 3834 §5). A person's words carry none of it, since help desks
 * set such mail aside; a report passed on to an admin is an alert to them, and an absent admin's machine
 * would else answer every report.
 */
export function automaticFields(content: Content): readonly HeaderField[] {
  const kind = automaticKind(content)
  return kind === undefined
    ? []
    : [
        { name: 'Auto-Submitted', value: kind },
        { name: 'X-Auto-Response-Suppress', value: 'All' },
      ]
}

function automaticKind(content: Content): 'auto-replied' | 'auto-generated' | undefined {
  switch (content.kind) {
    case 'acknowledgement':
    case 'acknowledgement-list':
    case 'application-answer':
    case 'application-which':
    case 'transcript':
    case 'refusal':
    case 'help':
    case 'key':
    case 'leak-thanks':
    case 'post-answer':
      return 'auto-replied'
    case 'answer-wanted':
    case 'roll-up':
    case 'application':
    case 'challenge':
    case 'reacceptance':
    case 'report':
    case 'past-mail':
    case 'welcome':
    case 'alert':
    case 'change':
    case 'embargo-broken':
    case 'reminder':
    case 'leak':
    case 'post-waiting':
    case 'disclosure-date':
    case 'date-tally':
    case 'application-review':
    case 'applications-pending':
    case 'application-circulated':
    case 'application-standing':
    case 'membership':
    case 'users-notice-text':
      return 'auto-generated'
    case 'news':
      return content.reason === undefined ? 'auto-generated' : undefined
    case 'request':
    case 'reply':
    case 'embargo-over':
    case 'notice':
    case 'feedback':
    case 'users-notice':
    case 'contribution':
    case 'post':
    case 'strike':
    case 'application-declined':
    case 'member-welcome':
      return undefined
    case 'share-request':
      return content.occasion === 'reminded' ? 'auto-generated' : undefined
    case 'share-outcome':
      return content.as === 'lapsed' ? 'auto-generated' : undefined
    default:
      return unreachable(content)
  }
}

export type Secrecy = 'may-go-in-clear' | 'encrypted-only'

const ENCRYPTED_ONLY: ReadonlySet<Content['kind']> = new Set([
  'answer-wanted',
  'roll-up',
  'feedback',
  'membership',
  'application',
  'report',
  'past-mail',
  'welcome',
  'transcript',
  'change',
  'reminder',
  'notice',
  'users-notice-text',
  'share-request',
  'share-outcome',
  'contribution',
  'post',
  'post-waiting',
  'post-answer',
  'embargo-broken',
  'embargo-over',
  'leak',
  'strike',
  'disclosure-date',
  'date-tally',
  'application-review',
  'applications-pending',
  'application-circulated',
  'member-welcome',
  'challenge',
  'reacceptance',
])

/** Whether a kind of mail may ever leave in clear; whether this one does, its order says. */
export function secrecyOf(kind: Content['kind']): Secrecy {
  return ENCRYPTED_ONLY.has(kind) ? 'encrypted-only' : 'may-go-in-clear'
}
