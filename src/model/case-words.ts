// What a fact adds to the words of a case: mail of its thread, what its reporter wants and by which contact, notes and
// replies.
import { type Case, MOST_OFFERS, type ReporterWishes, type Saying } from './case.ts'
import type { CaseEvent } from './case-event.ts'
import { unreachable } from './result.ts'

type WordsEvent = Extract<
  CaseEvent,
  {
    kind:
      | 'case-followed-up'
      | 'reporter-set'
      | 'key-offered'
      | 'asked'
      | 'statement-made'
      | 'statement-adopted'
      | 'reporter-said'
      | 'note-added'
      | 'reply-sent'
  }
>

/** The case with the words that such an event adds. */
export function withWords(next: Case, event: WordsEvent): Case {
  switch (event.kind) {
    case 'case-followed-up':
      return {
        ...next,
        thread: [
          ...next.thread,
          {
            inbound: event.inbound,
            at: event.at,
            from: event.from,
            ...(event.claims === undefined ? {} : { claims: event.claims }),
          },
        ],
        awaits: event.from === 'reporter' ? undefined : next.awaits,
      }
    case 'reporter-set':
      return {
        ...next,
        reporter: { address: event.address ?? next.reporter.address, key: event.key ?? next.reporter.key },
        otherAuthors: event.address === undefined ? next.otherAuthors : [],
        offers: next.offers.filter(({ key }) => key.fingerprint !== event.key?.fingerprint),
      }
    case 'key-offered': {
      const { at, inbound, key } = event
      const others = next.offers.filter(one => one.key.fingerprint !== key.fingerprint)
      return { ...next, offers: [...others, { at, inbound, key }].slice(-MOST_OFFERS) }
    }
    case 'asked':
      return { ...next, awaits: { at: event.at, about: event.about } }
    case 'statement-made': {
      const { statement: id, at, inbound, by, saying } = event
      const statement = { id, at, inbound, by, saying, adoptedBy: undefined }
      return { ...next, statements: [...next.statements, statement] }
    }
    case 'statement-adopted':
      return adopted(next, event)
    case 'reporter-said':
      return { ...next, wishes: wishing(next.wishes, event.saying) }
    case 'note-added':
      return { ...next, notes: [...next.notes, { at: event.at, by: event.actor.name, text: event.text }] }
    case 'reply-sent':
      return {
        ...next,
        replies: [...next.replies, { at: event.at, by: event.actor.name, text: event.text }],
      }
    default:
      return unreachable(event)
  }
}

function adopted(next: Case, event: Extract<CaseEvent, { kind: 'statement-adopted' }>): Case {
  const statement = next.statements.find(one => one.id === event.statement)
  if (statement === undefined) throw new Error('a statement adopted that was never made')
  return {
    ...next,
    statements: next.statements.map(one =>
      one === statement ? { ...one, adoptedBy: event.actor.name } : one,
    ),
    wishes: wishing(next.wishes, statement.saying),
  }
}

function wishing(wishes: ReporterWishes, saying: Saying): ReporterWishes {
  switch (saying.kind) {
    case 'credit':
      return { ...wishes, credit: saying.name }
    case 'consent':
      return { ...wishes, consent: saying.answer }
    case 'private':
      return { ...wishes, private: saying.answer }
    case 'agree':
    case 'object':
    case 'propose':
      return { ...wishes, position: saying }
    default:
      return unreachable(saying)
  }
}
