// `status`: how an instance is on one screen, from what is stored: counts, what is due, what needs a person.
// Ids, states and counts only; it changes nothing and works beside the daemon.
import type { Config } from '../config/config.ts'
import { isOpen } from '../model/case.ts'
import { instant } from '../model/scalars.ts'
import { formatInstant } from '../model/time.ts'
import type { Store } from '../store/store.ts'
import { connectionsOf, isRead } from './connections.ts'
import { wordsFor } from './lost-octets.ts'
import { reading } from './reading.ts'
import { EXIT, type Io, misused, readArgs, type Verb } from './verb.ts'

/** Cases that are counted; the newest. */
const MOST_CASES = 100_000
const MOST_SHUNTED = 10_000

export const status: Verb = {
  name: 'status',
  usage: '[--json | --health]',
  summary:
    'mailbox and mail server, cases, mail that waits, is held or in doubt, what is due, the head of the audit chain; with --health only whether the mailbox is read',
  run: async (args, io) => {
    const parsed = readArgs(args, { json: { type: 'boolean' }, health: { type: 'boolean' } })
    if (!parsed.ok) return misused(status, parsed.error, io)
    if (parsed.value.positionals.length > 0) return misused(status, 'it takes no arguments', io)
    const { json, health } = parsed.value.values
    return reading(io, ({ store, config }) => {
      if (health === true) return isHealthy(store, config, io)
      const { instance } = config.settings
      const facts = { instance, ...connectionsOf(store, config), ...statusOf(store) }
      io.out(json === true ? JSON.stringify(facts, null, 2) : lines(facts).join('\n'))
      return EXIT.done
    })
  },
}

function isHealthy(store: Store, config: Config, io: Io): number {
  if (isRead(store, config, instant(Temporal.Now.instant().epochMilliseconds))) return EXIT.done
  io.problem('The mailbox is not read; look with: embargod status')
  return EXIT.unavailable
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

type Facts = ReturnType<typeof statusOf> & ReturnType<typeof connectionsOf> & { readonly instance: string }

/** What needs a person comes first. */
function lines(facts: Facts): readonly string[] {
  const { instance, mailbox, smtp, openCases, inbound, outbox, scheduled, auditChain } = facts
  const needed = [
    facts.mode === 'safe' ? 'safe mode: nothing is sent; end it with: embargod restore --confirm' : undefined,
    mailbox.refused === null ? undefined : `mailbox: ${mailbox.refused}; look with: embargod check`,
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
    `mailbox      ${mailbox.state} since ${mailbox.since ?? 'ever'}, last looked at ${mailbox.lastLook ?? 'never'}`,
    `smtp         ${smtpWords(smtp)}`,
    `cases        ${openCases} open`,
    `mail in      ${inbound.waiting} waiting, the newest of ${inbound.newest ?? 'never'}`,
    `mail out     ${outbox.ready} ready, ${outbox.sending} being sent, ${outbox.inDoubt} in doubt, next ${outbox.nextDue ?? 'none'}`,
    ...scheduled.map(({ notice, case: about, at }) => `scheduled    ${notice} of ${about} at ${at}`),
    `audit chain  row ${auditChain.row}, ${auditChain.hash}`,
  ]
}

function smtpWords({ lastAccepted, trouble }: Facts['smtp']): string {
  const accepted = `last accepted a mail ${lastAccepted ?? 'never'}`
  if (trouble === null) return accepted
  return `${accepted}; since then ${trouble.kind} (${trouble.code ?? 'no code'}, at ${trouble.stage ?? 'start'}) ${trouble.at}`
}
