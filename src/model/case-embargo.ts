// What a fact does to the time that a case is given: its date of disclosure, how long
// that may be put off, holds and pauses.
import { isPosition } from './answer.ts'
import { type Case, isAccepted, toldState } from './case.ts'
import type { CaseEvent } from './case-event.ts'
import type { Plaintext } from './plaintext.ts'
import { unreachable } from './result.ts'
import type { Instant } from './scalars.ts'

type EmbargoEvent = Extract<
  CaseEvent,
  {
    kind:
      | 'case-held'
      | 'case-released'
      | 'case-slowed'
      | 'slow-ended'
      | 'disclosure-planned'
      | 'case-extended'
      | 'embargo-lifted'
      | 'embargo-doubted'
      | 'embargo-broken'
      | 'embargo-continued'
      | 'date-agreed'
  }
>

/** The case with the time that such an event leaves it. */
export function withEmbargo(next: Case, event: EmbargoEvent): Case {
  switch (event.kind) {
    case 'case-held':
      return { ...next, held: { at: event.at, reason: event.reason, told: toldState(next) } }
    case 'case-released':
      return { ...next, held: undefined }
    case 'case-slowed':
      // Another reason slows it down no more than the one before did.
      return { ...next, slowed: { at: next.slowed?.at ?? event.at, reason: event.reason } }
    case 'slow-ended':
      return next.slowed === undefined
        ? next
        : {
            ...next,
            slowed: undefined,
            slowdowns: [...next.slowdowns, { from: next.slowed.at, until: event.at }],
          }
    case 'disclosure-planned':
      return dated(next, event.disclose, event.at, event.reason)
    case 'case-extended': {
      const { until, reason, because } = event
      const extended = because === undefined ? { until, reason } : { until, reason, because }
      return { ...dated(next, until, event.at, reason), extended }
    }
    case 'embargo-lifted': {
      const set = { at: event.at, why: undefined }
      return { ...next, embargo: { state: 'lifted', disclose: event.due, set } }
    }
    case 'embargo-doubted':
      return { ...next, embargo: { doubted: { at: event.at, because: event.because }, ...next.embargo } }
    case 'embargo-broken': {
      const { doubted: _, ...rest } = next.embargo
      const { at, reason } = event
      return {
        ...next,
        embargo: { ...rest, state: 'broken', set: { at, why: reason } },
        // That it is due now they hear from whoever broke it.
        reminded: { ...next.reminded, embargo: { due: at, upTo: at } },
      }
    }
    case 'embargo-continued': {
      const { doubted: _, ...rest } = next.embargo
      const note = { at: event.at, by: event.actor.name, text: event.reason }
      return { ...next, embargo: rest, notes: [...next.notes, note] }
    }
    case 'date-agreed': {
      const { at, agreed, of } = event
      return next.embargo.disclose === event.disclose
        ? { ...next, embargo: { ...next.embargo, agreed: { at, agreed, of } } }
        : next
    }
    default:
      return unreachable(event)
  }
}

/** With another date of disclosure; what its reporter and members said of the one before is said of that. */
function dated(next: Case, disclose: Instant, at: Instant, why: Plaintext): Case {
  const { position } = next.wishes
  const isTheirs = position?.kind === 'propose' && position.instant === disclose
  const { doubted } = next.embargo
  return {
    ...next,
    embargo: {
      state: isAccepted(next) ? 'active' : 'proposed',
      disclose,
      set: { at, why },
      ...(doubted === undefined ? {} : { doubted }),
    },
    answers: next.answers.filter(
      ({ answer }) => !isPosition(answer) || (answer.kind === 'propose' && answer.instant === disclose),
    ),
    wishes: { ...next.wishes, position: isTheirs ? position : undefined },
  }
}
