// Which facts of a case came to be by an event: what clocks start from and end with (src/model/policy.ts).
import type { CaseEvent } from './case-event.ts'
import type { Milestone } from './policy.ts'
import type { Instant } from './scalars.ts'

export type Milestones = Readonly<Partial<Record<Milestone, Instant>>>

type Changed = Exclude<CaseEvent, { kind: 'case-opened' }>

/** What a fact brings about for the first time; a case that is opened again is not decided any more. */
export function reached(before: Milestones, event: Changed): Milestones {
  if (event.kind === 'case-reopened') {
    const { decided, ...rest } = before
    return 'accepted' in before ? before : rest
  }
  const after: Partial<Record<Milestone, Instant>> = { ...before }
  for (const milestone of milestonesOf(event)) after[milestone] ??= event.at
  return after
}

function milestonesOf(event: Changed): readonly Milestone[] {
  switch (event.kind) {
    case 'case-taken':
      return ['lead']
    case 'reply-sent':
      return event.plan === 'yes' ? ['conversation', 'plan'] : ['conversation']
    case 'asked':
      return event.about === 'key' ? [] : ['conversation']
    case 'case-accepted':
      return ['decided', 'accepted']
    case 'case-rejected':
    case 'case-merged':
    case 'case-reclassified':
      return ['decided']
    case 'severity-set':
      return ['severity']
    case 'mitigations-set':
      return ['mitigation']
    case 'communication-set':
      return ['communication']
    case 'cve-set':
      return event.cve.kind === 'none' ? [] : ['cve']
    case 'fix-ready':
      return ['fix-ready']
    case 'made-public':
      return ['public']
    case 'notice-went-out':
      return [`notice:${event.stage}`]
    default:
      return []
  }
}
