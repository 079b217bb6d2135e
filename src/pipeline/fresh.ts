// Random ids and tokens, drawn before a decision so that deciding itself draws none.
import { randomBytes, randomInt } from 'node:crypto'
import { base32 } from '../instance/tokens.ts'
import type { Fresh } from '../model/decision.ts'
import {
  parseApplicationId,
  parseCaseId,
  parseContactId,
  parseDistributorId,
  parseIncidentId,
  parseNoticeId,
  parsePostId,
  parseStatementId,
} from '../model/scalars.ts'
import type { Store } from '../store/store.ts'

/** Commands of one mail at most, each of which may make something new. */
const COMMANDS = 50
/** Things that a reporter says in one mail, at most. */
const STATEMENTS = 10
/** 80 bits: 16 letters that can be typed from a phone's screen. */
const TOKEN_OCTETS = 10

/**
 * A case, contact and so on that is taken makes the transaction stale, and the next draw is another. Notices and
 * statements must be free from the start: a plan that waits keeps those it was shown with.
 */
export function drawFresh({ journal, caseOfStatement }: Pick<Store, 'journal' | 'caseOfStatement'>): Fresh {
  const six = () => String(randomInt(1_000_000)).padStart(6, '0')
  const notices = Array.from({ length: COMMANDS }, () => made(parseNoticeId(`N-${six()}`)))
  const statements = Array.from({ length: STATEMENTS }, () => made(parseStatementId(`S-${six()}`)))
  const several = <T>(parse: (text: string) => T | undefined, letter: string): readonly T[] => [
    ...new Set(Array.from({ length: COMMANDS }, () => made(parse(`${letter}-${six()}`)))),
  ]
  return {
    statements: [...new Set(statements)].filter(id => caseOfStatement(id) === undefined),
    case: made(parseCaseId(`C-${six()}`)),
    notices: [...new Set(notices)].filter(id => journal.revision(id) === 0),
    contacts: several(parseContactId, 'M'),
    applications: several(parseApplicationId, 'A'),
    distributors: several(parseDistributorId, 'D'),
    incidents: several(parseIncidentId, 'L'),
    posts: several(parsePostId, 'P'),
    challenges: Array.from({ length: COMMANDS }, () => base32(randomBytes(TOKEN_OCTETS))),
    token: base32(randomBytes(TOKEN_OCTETS)),
  }
}

function made<T>(id: T | undefined): T {
  if (id === undefined) throw new Error('an id of ours does not parse')
  return id
}
