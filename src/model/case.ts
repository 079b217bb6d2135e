// A case: one report and all that follows from it. State is what its events, folded in order, give.
import type { CaseEvent } from './event.ts'
import type { Plaintext } from './plaintext.ts'
import { unreachable } from './result.ts'
import type {
  CaseId,
  EmailAddress,
  Fingerprint,
  InboundId,
  Instant,
  MessageId,
  ProjectName,
} from './scalars.ts'

export type CaseState =
  | 'new'
  | 'triaged'
  | 'accepted'
  | 'rejected'
  | 'duplicate'
  | 'not-security'
  | 'internal'
  | 'spam'

/** Reasoned exits that `reject as=…` leads to. */
export const REJECTIONS = ['rejected', 'duplicate', 'not-security', 'internal', 'spam'] as const
export type Rejection = (typeof REJECTIONS)[number]

/** Who reported. `certificate`: the pruned key of the case, set at opening (product.md §5). */
export type Reporter = {
  readonly address: EmailAddress | undefined
  readonly key: { readonly fingerprint: Fingerprint; readonly certificate: Uint8Array } | undefined
}

export type ThreadEntry = {
  readonly inbound: InboundId
  readonly at: Instant
  readonly from: 'reporter' | 'other' | 'team'
}

export type Note = { readonly at: Instant; readonly by: string; readonly text: Plaintext }

export type Case = {
  readonly id: CaseId
  readonly project: ProjectName
  readonly state: CaseState
  /** Number of events so far; `expect=` compares it. */
  readonly revision: number
  readonly receivedAt: Instant
  readonly reporter: Reporter
  /** `encrypted`: nothing about this case ever leaves in clear but the acknowledgement and bare news. */
  readonly protection: 'clear' | 'encrypted'
  readonly title: Plaintext
  readonly lead: string | undefined
  readonly thread: readonly ThreadEntry[]
  readonly notes: readonly Note[]
  readonly repliesSent: number
  /** The reporter's own Message-ID, which our mails to them refer to. */
  readonly messageId: MessageId | undefined
}

export const OPEN_STATES: readonly CaseState[] = ['new', 'triaged', 'accepted']

export const isOpen = (theCase: Case): boolean => OPEN_STATES.includes(theCase.state)

/** Folds one event into its case. @throws when the first event does not open the case: a journal fault. */
export function evolveCase(before: Case | undefined, event: CaseEvent): Case {
  if (event.kind === 'case-opened') {
    if (before !== undefined) throw new Error('case opened twice')
    return {
      id: event.case,
      project: event.project,
      state: 'new',
      revision: 1,
      receivedAt: event.at,
      reporter: event.reporter,
      protection: event.protection,
      title: event.title,
      lead: undefined,
      thread: [{ inbound: event.inbound, at: event.at, from: 'reporter' }],
      notes: [],
      repliesSent: 0,
      messageId: event.messageId,
    }
  }
  if (before === undefined) throw new Error('event of a case that was never opened')
  const next = { ...before, revision: before.revision + 1 }
  switch (event.kind) {
    case 'case-followed-up':
      return {
        ...next,
        thread: [...before.thread, { inbound: event.inbound, at: event.at, from: event.from }],
      }
    case 'case-taken':
      return { ...next, lead: event.lead, state: before.state === 'new' ? 'triaged' : before.state }
    case 'case-accepted':
      return { ...next, state: 'accepted' }
    case 'case-rejected':
      return { ...next, state: event.as }
    case 'note-added':
      return { ...next, notes: [...before.notes, { at: event.at, by: event.actor.name, text: event.text }] }
    case 'reply-sent':
      return { ...next, repliesSent: before.repliesSent + 1 }
    default:
      return unreachable(event)
  }
}
