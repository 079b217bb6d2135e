// `notice list` and `notice show`: what the store holds of notices, and how each of their copies stands. Ids and codes; of
// a notice's text and files nothing.
import type { Notice } from '../model/notice.ts'
import { parseNoticeId } from '../model/scalars.ts'
import { formatInstant } from '../model/time.ts'
import type { Delivery } from '../store/delivery.ts'
import { type Opened, reading } from './reading.ts'
import { asJson, EXIT, misused, readArgs, type Verb } from './verb.ts'

export const notice: Verb = {
  name: 'notice',
  usage: 'list [--json] | show N-… [--json]',
  summary: 'notices, and whether each of their copies was sent, waits, is held or failed',
  run: async (args, io) => {
    const parsed = readArgs(args, { json: { type: 'boolean' } })
    if (!parsed.ok) return misused(notice, parsed.error, io)
    const [what, reference, ...rest] = parsed.value.positionals
    const { json } = parsed.value.values
    if (what === 'list' && reference === undefined)
      return reading(io, opened => {
        const rows = opened.store.allNotices().map(one => ({ ...factsOf(one), copies: counted(one, opened) }))
        if (json === true) io.out(asJson(rows))
        else for (const row of rows) io.out(Object.values(row).join('  '))
        return EXIT.done
      })
    const id = parseNoticeId(reference ?? '')
    if (what !== 'show' || id === undefined || rest.length > 0)
      return misused(notice, 'list, or show and a notice like N-309123', io)
    return reading(io, opened => {
      const found = opened.store.allNotices().find(one => one.id === id)
      if (found === undefined) {
        io.problem(`There is no notice ${id}.`)
        return EXIT.failed
      }
      const copies = opened.store.outbox.list({ notice: id }).map(copyFacts)
      if (json === true) io.out(asJson({ ...factsOf(found), copies }))
      else {
        for (const [name, value] of Object.entries(factsOf(found))) io.out(`${name}: ${value}`)
        for (const copy of copies) io.out(Object.values(copy).join('  '))
      }
      return EXIT.done
    })
  },
}

const factsOf = ({ id, case: theCase, stage, state, sendAt }: Notice) => ({
  notice: id,
  case: theCase,
  stage,
  state,
  send: formatInstant(sendAt),
})

/** As `outbox list` has them, but of one notice. */
const copyFacts = ({
  id,
  contact,
  copy,
  state,
  inDoubt,
  lastCode,
  lastStatus,
  why,
  firstAttemptAt,
}: Delivery) => ({
  id,
  contact: contact ?? '-',
  copy,
  state,
  inDoubt,
  code: lastCode ?? '-',
  status: lastStatus ?? '-',
  why: why ?? '-',
  handedOver: firstAttemptAt === undefined ? '-' : formatInstant(firstAttemptAt),
})

/** `2 sent, 1 held`. */
export function counted({ id }: Pick<Notice, 'id'>, { store }: Pick<Opened, 'store'>): string {
  const states = Map.groupBy(store.outbox.list({ notice: id }), ({ state }) => state)
  return [...states].map(([state, some]) => `${some.length} ${state}`).join(', ') || 'no copies'
}
