// A notice: early-disclosure mail for the distributors of a case's project, sent at one instant.
import type { NoticeEvent } from './event.ts'
import type { Plaintext } from './plaintext.ts'
import { unreachable } from './result.ts'
import type { CaseId, Instant, NoticeId, ProjectName, Sha256 } from './scalars.ts'

/** A file kept once among the blobs under its digest. */
export type Attachment = {
  readonly fileName: Plaintext
  readonly sha256: Sha256
  readonly size: number
}

export type NoticeState = 'scheduled' | 'released' | 'cancelled' | 'held'

export type Notice = {
  readonly id: NoticeId
  readonly case: CaseId
  readonly project: ProjectName
  readonly revision: number
  readonly stage: string
  readonly sendAt: Instant
  readonly text: Plaintext
  readonly attachments: readonly Attachment[]
  readonly state: NoticeState
}

/** Folds one event into its notice. @throws on a journal that does not begin with the scheduling. */
export function evolveNotice(before: Notice | undefined, event: NoticeEvent): Notice {
  if (event.kind === 'notice-scheduled') {
    if (before !== undefined) throw new Error('notice scheduled twice')
    return {
      id: event.notice,
      case: event.case,
      project: event.project,
      revision: 1,
      stage: event.stage,
      sendAt: event.sendAt,
      text: event.text,
      attachments: event.attachments,
      state: 'scheduled',
    }
  }
  if (before === undefined) throw new Error('event of a notice that was never scheduled')
  const revision = before.revision + 1
  switch (event.kind) {
    case 'notice-cancelled':
      return { ...before, revision, state: 'cancelled' }
    case 'notice-released':
      return { ...before, revision, state: 'released' }
    case 'notice-held':
      return { ...before, revision, state: 'held' }
    default:
      return unreachable(event)
  }
}
