// `status`: how an instance is on one screen, from what is stored: counts, what is due, what needs a person.
// Ids, states and counts only; it changes nothing and works beside the daemon.
import { isOpen } from '../model/case.ts'
import { formatInstant } from '../model/time.ts'
import type { Store } from '../store/store.ts'
import { wordsFor } from './lost-octets.ts'
import { reading } from './reading.ts'
import { EXIT, misused, readArgs, type Verb } from './verb.ts'

/** Cases that are counted; the newest. */
const MOST_CASES = 100_000
const MOST_SHUNTED = 10_000

export const status: Verb = {
  name: 'status',
  usage: '[--json]',
  summary: 'cases, mail that waits, is held or in doubt, what is due, and the head of the audit chain',
  run: async (args, io) => {
    const parsed = readArgs(args, { json: { type: 'boolean' } })
    if (!parsed.ok) return misused(status, parsed.error, io)
    if (parsed.value.positionals.length > 0) return misused(status, 'it takes no arguments', io)
    return reading(io, ({ store, config }) => {
      const facts = { instance: config.settings.instance, ...statusOf(store) }
      io.out(parsed.value.values.json === true ? JSON.stringify(facts, null, 2) : lines(facts).join('\n'))
      return EXIT.done
    })
  },
}

function statusOf(store: Store) {
  const { ready, sending, failed, held, inDoubt } = store.outbox.counts()
  const newest = store.inbound.list({ limit: 1 })[0]?.receivedAt
  const due = store.outbox.nextDueAt()
  const head = store.audit.head()
  const restoredAt = store.safeMode.restoredAt()
  const missing = store.octets.missing()
  const cases = store.octets.casesOf(missing)
  return {
    mode: store.safeMode.mode,
    restoredAt: restoredAt === undefined ? null : formatInstant(restoredAt),
    openCases: store.allCases({ limit: MOST_CASES }).filter(isOpen).length,
    inbound: {
      waiting: store.inbound.list({ outcome: 'waiting', limit: MOST_SHUNTED }).length,
      shunted: store.inbound.list({ outcome: 'shunt', limit: MOST_SHUNTED }).length,
      newest: newest === undefined ? null : formatInstant(newest),
      octetsMissing: missing.map(id => ({ id, cases: cases.get(id) ?? [] })),
    },
    outbox: {
      ready,
      sending,
      held,
      failed,
      inDoubt,
      nextDue: due === undefined ? null : formatInstant(due),
    },
    scheduled: store
      .scheduledNotices()
      .map(({ id, sendAt, ...notice }) => ({ notice: id, case: notice.case, at: formatInstant(sendAt) })),
    auditChain: { row: head.seq, hash: head.hash },
  }
}

type Facts = ReturnType<typeof statusOf> & { readonly instance: string }

/** What needs a person comes first. */
function lines(facts: Facts): readonly string[] {
  const { instance, openCases, inbound, outbox, scheduled, auditChain } = facts
  const needed = [
    facts.mode === 'safe' ? 'safe mode: nothing is sent; end it with: embargod restore --confirm' : undefined,
    outbox.held > 0 ? `${outbox.held} held; look with: embargod outbox list` : undefined,
    outbox.failed > 0 ? `${outbox.failed} failed; look with: embargod outbox list` : undefined,
    inbound.octetsMissing.length > 0
      ? `the octets of ${wordsFor(inbound.octetsMissing)} are gone; fetch them with: embargod inbound refetch`
      : undefined,
    inbound.shunted > 0 ? `${inbound.shunted} put aside; look with: embargod shunt list` : undefined,
  ].filter(line => line !== undefined)
  return [
    ...needed.map(line => `! ${line}`),
    `instance     ${instance}`,
    `cases        ${openCases} open`,
    `mail in      ${inbound.waiting} waiting, the newest of ${inbound.newest ?? 'never'}`,
    `mail out     ${outbox.ready} ready, ${outbox.sending} being sent, ${outbox.inDoubt} in doubt, next ${outbox.nextDue ?? 'none'}`,
    ...scheduled.map(({ notice, case: about, at }) => `scheduled    ${notice} of ${about} at ${at}`),
    `audit chain  row ${auditChain.row}, ${auditChain.hash}`,
  ]
}
