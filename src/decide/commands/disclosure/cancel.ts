// `cancel`: stops a notice at once. A brake: no confirmation, no age limit; copies not yet sent stay here. The answer says
// who has it already, and makes ready what to send to exactly them.
import type { Contact } from '../../../model/contact.ts'
import type { Notice } from '../../../model/notice.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok } from '../../../model/result.ts'
import { type NoticeId, parseNoticeId } from '../../../model/scalars.ts'
import { type Held, heldBy, listed } from '../../notices/copy-words.ts'
import { defineCommand, effect, refuse, takeArguments, type World } from '../command.ts'

export const cancel = defineCommand({
  verb: 'cancel',
  usage: 'cancel N-…',
  summary: 'stop a notice; copies not yet sent are never sent',
  roles: ['admin'],
  nature: 'brake',
  parse: parsed => {
    const taken = takeArguments(parsed, {
      positional: ['the notice (N-…)'],
      named: [],
      block: 'none',
      attachments: 'none',
    })
    if (!taken.ok) return taken
    const id = parseNoticeId(taken.value.positional[0] ?? '')
    return id === undefined ? err(`"${taken.value.positional[0]}" is not a notice like N-309123`) : ok(id)
  },
  decide: (id, world) => {
    const found = world.notices.get(id)
    if (found === undefined) return refuse('E-UNKNOWN', `There is no notice ${id}; check the number.`)
    const { lines, readers, counts } = whoHas(id, world)
    const facts = { notice: id, case: found.case, state: 'cancelled', ...counts }
    const answer = (first: string) => plaintext([first, ...lines, ...afterwards(found, readers)].join('\n'))
    if (found.state === 'cancelled') return effect('noop', answer(`${id} is cancelled already.`), { facts })
    return effect('ok', answer(`${id} is cancelled; no further copy is sent${butSome(counts)}.`), {
      facts,
      events: [{ kind: 'notice-cancelled', at: world.now, actor: world.actor, notice: id }],
    })
  },
})

type WhoHas = {
  readonly lines: readonly string[]
  /** Who has it or may have it, and is on the list still. */
  readonly readers: readonly Contact[]
  readonly counts: { readonly has: number; readonly mayHave: number; readonly hasNot: number }
}

function whoHas(id: NoticeId, { copies, contacts }: World): WhoHas {
  const held = [...heldBy(id, copies).values()]
  const which = (has: Held['has']) => held.filter(one => one.has === has)
  const [has, mayHave, hasNot] = [which('has'), which('may-have'), which('has-not')]
  const told = new Set([...has, ...mayHave].map(({ last }) => last.contact))
  const lines =
    told.size === 0
      ? ['Nobody has it.']
      : [
          ...listed(n => `${n === 1 ? 'One has it:' : `${n} have it:`}`, has, contacts),
          ...listed(n => `${n === 1 ? 'One may have it:' : `${n} may have it:`}`, mayHave, contacts),
          hasNotWords(hasNot.length),
        ]
  return {
    lines,
    readers: contacts.filter(one => told.has(one.id) && one.state === 'active'),
    counts: { has: has.length, mayHave: mayHave.length, hasNot: hasNot.length },
  }
}

/** The other admins read the first line alone. */
const butSome = ({ has, mayHave }: WhoHas['counts']): string => {
  const some = [
    has > 0 ? `${has} ${has === 1 ? 'has' : 'have'} it` : undefined,
    mayHave > 0 ? `${mayHave} may have it` : undefined,
  ].filter(one => one !== undefined)
  return some.length === 0 ? '' : `, but ${some.join(' and ')}`
}

const hasNotWords = (count: number): string =>
  count === 0
    ? 'Nobody else was to get it.'
    : `${count} of those it was made for ${count === 1 ? 'does' : 'do'} not have it.`

/** A follow-up to exactly those who have it. Irreversible, and so no link; its words and its instant are the admin's. */
const afterwards = ({ case: theCase, stage }: Notice, readers: readonly Contact[]): readonly string[] =>
  readers.length === 0
    ? []
    : [
        'To write to exactly those who have it or may:',
        `  notice ${theCase} stage=${stage} send=… include=${readers.map(({ id }) => id).join(',')} << text`,
      ]
