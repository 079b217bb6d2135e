// What follows from the end of an embargo that somebody broke: every member who was told of the case hears that it is over,
// once, or at its release where the case is held. In go a decision and what was known before; out comes the same with that.
import { type Case, isUnpublished } from '../../model/case.ts'
import type { Decision, Snapshot } from '../../model/decision.ts'
import { dateOf } from '../../model/disclosure-date.ts'
import type { EndingContent } from '../../model/ending.ts'
import type { MailOrder } from '../../model/order.ts'
import type { CaseId } from '../../model/scalars.ts'
import { fold, isOfCase, ownState } from '../known.ts'
import { toReader } from '../orders.ts'
import { toldContacts } from './sharing.ts'

export function withEndings(decision: Decision, known: Snapshot): Decision {
  const ids = decision.events
    .filter(isOfCase)
    .filter(({ kind }) => kind === 'embargo-broken' || kind === 'case-released')
    .map(event => event.case)
  if (ids.length === 0) return decision
  const after = fold(ownState(known), decision.events)
  const people = { contacts: after.contacts, told: known.told }
  const told = [...new Set(ids)].flatMap((id: CaseId): readonly MailOrder[] => {
    const [was, is] = [known.cases.get(id), after.cases.get(id)]
    if (was === undefined || is === undefined || !isNews(was, is)) return []
    const { set } = is.embargo
    const date = dateOf(is)
    const content: EndingContent = {
      kind: 'embargo-over',
      at: set?.at ?? known.now,
      ...(date === undefined ? {} : { date }),
      public: is.public === undefined ? 'no' : 'yes',
    }
    return toldContacts(is, people).map(one => toReader(one, id, content))
  })
  return { ...decision, mails: [...decision.mails, ...told] }
}

/** Nobody outside hears of it while the case is held. */
function isNews(was: Case, is: Case): boolean {
  const { state, set } = is.embargo
  if (state !== 'broken' || set === undefined || is.held !== undefined || !isUnpublished(is)) return false
  return was.embargo.state !== 'broken' || (was.held !== undefined && set.at >= was.held.at)
}
