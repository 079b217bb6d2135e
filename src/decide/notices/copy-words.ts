// Copies of a notice as admins read of them: who has it, who may, who does not and why. By number, address and
// organisation, one contact a line.
import type { Contact } from '../../model/contact.ts'
import { type CopyCause, causeOf, codeOf, type Fate, fateOf } from '../../model/copy-end.ts'
import type { NoticeCopy } from '../../model/decision.ts'
import type { Notice } from '../../model/notice.ts'
import type { ContactId, NoticeId } from '../../model/scalars.ts'
import { formatInstant } from '../../model/time.ts'
import { someListed } from './preflight-words.ts'

/** Of one contact: the last copy, and what is known of all of them together. */
export type Held = { readonly last: NoticeCopy; readonly has: Fate }

/** What became of a notice for each contact that a copy was made for. */
export function heldBy(notice: NoticeId, copies: readonly NoticeCopy[]): ReadonlyMap<ContactId, Held> {
  const held = new Map<ContactId, Held>()
  for (const copy of copies) {
    if (copy.notice !== notice) continue
    const before = held.get(copy.contact)
    const [one, other] = [fateOf(copy), before?.has ?? 'has-not']
    const has = one === 'has-not' || other === 'has' ? other : one
    const isLater = before === undefined || copy.copy > before.last.copy
    held.set(copy.contact, { last: isLater ? copy : before.last, has })
  }
  return held
}

const CAUSES: Readonly<Record<CopyCause, string | undefined>> = {
  content: 'refused for what it contains, not for the address',
  size: 'too large for their server',
  refused: 'refused by their server',
  'given-up': 'tried for days without success',
  reported: 'accepted, and then reported as not delivered',
  challenged: 'kept back by a machine there',
  key: 'held, it cannot be encrypted to their key',
  'terms-not-accepted': 'held, they have not accepted the terms',
  'contact-suspended': 'held, they are suspended',
  'contact-left': 'off the list',
  'not-meant': 'held, it is not meant for them any more',
  'case-held': 'held, as the case is',
  'embargo-over': 'dropped, the embargo was over',
  operator: 'held or stopped on the host',
  other: undefined,
}

const PLAIN: Partial<Record<NoticeCopy['state'], string>> = {
  ready: 'waiting to be sent',
  sending: 'being sent',
  cancelled: 'cancelled',
}

/** How the last copy of a contact stands, in words. */
export function standing({ last, has }: Held): string {
  const { at, state, doubt } = last
  if (has === 'has') return at === undefined ? 'has it' : `since ${formatInstant(at)}`
  if (state === 'sending' || (doubt === 'in-doubt' && state !== 'failed'))
    return `sent ${at === undefined ? 'once' : formatInstant(at)}, not answered yet`
  const code = codeOf(last)
  const words = CAUSES[causeOf(last)] ?? PLAIN[state] ?? state
  return state === 'failed' && code !== undefined ? `${words} (${code})` : words
}

/** How a notice stands, in a few words: of one that was stopped on its way, how many it had reached. */
export function noticeStanding(
  { id, state, to, sendAt, releasedAt }: Notice,
  copies: readonly NoticeCopy[],
): string {
  if (state !== 'cancelled' || releasedAt === undefined) return `${state}, ${formatInstant(sendAt)}`
  const went = `went out ${formatInstant(releasedAt)}`
  if (to === 'users') return `${went}, then cancelled`
  const held = [...heldBy(id, copies).values()]
  const count = (has: Fate) => held.filter(one => one.has === has).length
  const mayHave = count('may-have')
  const hasNot = count('has-not')
  return [
    `${went} to ${count('has')}`,
    mayHave === 0 ? undefined : `perhaps to ${mayHave} more`,
    hasNot === 0 ? 'then cancelled' : `then cancelled: ${hasNot} never got it`,
  ]
    .filter(words => words !== undefined)
    .join(', ')
}

/** A heading that counts, and one line each; empty for nobody. */
export function listed(
  heading: (count: number) => string,
  some: readonly Held[],
  contacts: readonly Contact[],
): readonly string[] {
  return someListed(
    heading(some.length),
    some.map(one => `${named(one.last, contacts)}: ${standing(one)}`),
  )
}

function named({ contact, to }: NoticeCopy, contacts: readonly Contact[]): string {
  const organisation = contacts.find(({ id }) => id === contact)?.organisation.open()
  return organisation === undefined ? `${contact}, ${to}` : `${contact}, ${to}, ${organisation}`
}
