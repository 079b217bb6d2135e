// What a fact does to members' requests to tell others of a case, and to what they answered and contributed.
import { withAnswer, withHeard } from './answer.ts'
import type { Case } from './case.ts'
import type { CaseEvent } from './case-event.ts'
import { unreachable } from './result.ts'
import type { ContactId } from './scalars.ts'
import type { ShareRequest } from './sharing.ts'

type SharingEvent = Extract<
  CaseEvent,
  {
    kind:
      | 'share-asked'
      | 'share-agreed'
      | 'share-decided'
      | 'contributed'
      | 'member-answered'
      | 'feedback-given'
  }
>

/** The newest are kept with the case, the others in the journal alone. */
const MOST_CONTRIBUTIONS = 200
const MOST_FEEDBACK = 200

/** The case as such an event leaves it. */
export function withSharing(next: Case, event: SharingEvent): Case {
  const { at } = event
  switch (event.kind) {
    case 'share-asked': {
      const { asker, of, why, due, asked } = event
      const request = { asker, of, with: event.with, why, at, due, asked, agreed: [], decided: undefined }
      return {
        ...next,
        sharing: [
          ...next.sharing.filter(one => one.asker !== asker || one.decided?.as === 'granted'),
          request,
        ],
      }
    }
    case 'share-agreed': {
      const { voter, of } = event
      return changed(next, event.asker, one => ({ ...one, agreed: [...one.agreed, { voter, of, at }] }))
    }
    case 'share-decided': {
      const { as, reason, actor } = event
      return changed(next, event.asker, one => ({ ...one, decided: { as, at, by: actor.name, reason } }))
    }
    case 'contributed': {
      const { contributor, of, task, text } = event
      const contribution = { contributor, of, task, text, at }
      const contributions = [...next.contributions, contribution].slice(-MOST_CONTRIBUTIONS)
      return { ...next, contributions, heard: withHeard(next.heard, { of, at }) }
    }
    case 'member-answered': {
      const { answerer, of, answer } = event
      const answers = withAnswer(next.answers, { answerer, of, at, answer })
      return { ...next, answers, heard: withHeard(next.heard, { of, at }) }
    }
    case 'feedback-given': {
      const { contributor, of, text } = event
      const feedback = [...next.feedback, { contributor, of, at, text }].slice(-MOST_FEEDBACK)
      return { ...next, feedback, heard: withHeard(next.heard, { of, at }) }
    }
    default:
      return unreachable(event)
  }
}

const changed = (next: Case, asker: ContactId, change: (request: ShareRequest) => ShareRequest): Case => ({
  ...next,
  sharing: next.sharing.map(one => (one.asker === asker && one.decided === undefined ? change(one) : one)),
})
