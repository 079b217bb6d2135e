// The one path: a stored mail, or an instant that came, → opened → classified → decided → sealed → settled.
// Nothing is sent from here: what is to be sent is in the outbox when the transaction ends.

import { payOwed } from '../decide/acknowledging.ts'
import { backupAnswer } from '../decide/backup.ts'
import { digest } from '../decide/changes.ts'
import { read } from '../decide/command-run.ts'
import { decide } from '../decide/decide.ts'
import { remindOfCopies } from '../decide/notices/missing-copies.ts'
import { releaseNotice, type Surroundings } from '../decide/notices/release.ts'
import { unusableRequest } from '../decide/operator.ts'
import { alerted, shunted, silent } from '../decide/outcomes.ts'
import { OCTETS_LOST } from '../decide/queues.ts'
import { listAgrees } from '../decide/sharing/tally.ts'
import { teamChanged } from '../decide/team.ts'
import { type AgeingId, timePassed } from '../decide/time/timed.ts'
import type { Wake } from '../decide/time/timeline.ts'
import type { AddressTokens } from '../instance/tokens.ts'
import { logCode } from '../log.ts'
import type { Alert } from '../model/alert.ts'
import type { Input } from '../model/decision.ts'
import type { Notice } from '../model/notice.ts'
import type { Lane } from '../model/queues.ts'
import { err, ok } from '../model/result.ts'
import {
  type InboundId,
  type Instant,
  parseApplicationId,
  parseCaseId,
  parseContactId,
  parseIncidentId,
  parseNoticeId,
  parsePostId,
} from '../model/scalars.ts'
import { classify } from '../receive/classify.ts'
import { fateTold } from '../receive/delivery-status.ts'
import type { Told } from '../store/commit.ts'
import { isEnvironmentFault } from '../store/database.ts'
import type { Waiting } from '../store/inbound-rows.ts'
import { arrivalOf } from './arrival.ts'
import { Backups } from './backups.ts'
import { neverHad, noticesOwed, prepareCopies } from './copies.ts'
import { drawFresh } from './fresh.ts'
import { openStored, storedOctets } from './open-stored.ts'
import { isOfSandbox, openOperands, operandsOf } from './operands.ts'
import { operatorRequestOf } from './operator-request.ts'
import { sealAgain } from './put-back.ts'
import { NO_QUERY, queryOf } from './query.ts'
import { contentDigest } from './second-copy.ts'
import { Settlement, type SettlementParts } from './settlement.ts'
import { heardAgain } from './settling.ts'
import { changeOfTeam } from './team.ts'

/** How often a mail may kill the sandbox or meet a fault of ours before it is put aside (threats.md F13). */
const STRIKES = 3
export type PipelineParts = SettlementParts & { readonly tokens: AddressTokens }

export class Pipeline {
  readonly #parts: PipelineParts
  readonly #backups: Backups
  readonly #settle: Settlement['settle']
  #teamIsMet = false
  /** Anyone can write to the command address, so that neither lane may keep the other from its turn. */
  #turn: Lane = 'command'

  constructor(parts: PipelineParts) {
    this.#parts = parts
    this.#backups = new Backups(parts)
    const settlement = new Settlement(parts)
    this.#settle = (subject, query, decideOn) => settlement.settle(subject, query, decideOn)
  }

  /** Takes the oldest waiting mail through to its one outcome, or leaves it for another try. */
  async settleNext(): Promise<'worked' | 'idle'> {
    const { store } = this.#parts
    // Here nothing is under way that would still refer to it.
    store.outbox.dropPrepared()
    if ((await this.#meetTeam()) === 'changed') return 'worked'
    const waiting = store.inbound.next(this.#turn, this.#backups.underWay)
    if (waiting === undefined) return 'idle'
    if (waiting.source === 'imap') this.#turn = waiting.lane === 'command' ? 'other' : 'command'
    // Counted before anything looks into it, so that what kills the process is counted too.
    const attempts = store.inbound.countAttempt(waiting.id)
    try {
      if (attempts > STRIKES) await this.#shunt(waiting.id, 'three-strikes')
      else if (waiting.source === 'cli') await this.#settleRequest(waiting, attempts)
      else await this.#settleMail(waiting, attempts)
    } catch (error) {
      // A full disk must not put aside what is in order.
      if (isEnvironmentFault(error)) store.inbound.forgiveAttempt(waiting.id)
      throw error
    }
    return 'worked'
  }

  /** Before anyone's authority is judged; in safe mode nobody's is, and what was queued would be dropped. */
  async #meetTeam(): Promise<'changed' | 'as-known'> {
    const { store, keyring, config, clock } = this.#parts
    if (this.#teamIsMet || store.safeMode.mode === 'safe') return 'as-known'
    const change = changeOfTeam(store, keyring, config.settings, clock.now())
    if (change !== undefined) {
      const tells = { kind: 'team', change } as const
      await this.#settle({ inbound: undefined, tells }, NO_QUERY, () => teamChanged(change))
    }
    this.#teamIsMet = true
    return change === undefined ? 'as-known' : 'changed'
  }

  async #settleMail(waiting: Waiting, attempts: number): Promise<void> {
    const { store, config, tokens, log } = this.#parts
    if (waiting.stored === undefined) return this.#shunt(waiting.id, OCTETS_LOST)
    // Encrypted it would be longer: only the header was fetched, or a piece is gone.
    if (waiting.stored < waiting.size) {
      const isSound = (await storedOctets(waiting.id, this.#parts)) !== undefined
      return this.#shunt(waiting.id, isSound ? 'oversize' : OCTETS_LOST)
    }
    const opened = await openStored(waiting.id, this.#parts)
    if (!opened.ok && opened.error === OCTETS_LOST) return this.#shunt(waiting.id, OCTETS_LOST)
    if (!opened.ok) {
      log('not-opened', { inbound: waiting.id, why: logCode(opened.error), attempts })
      const mayPass = isOfSandbox(opened.error) && attempts < STRIKES
      return mayPass ? undefined : this.#shunt(waiting.id, opened.error)
    }
    const { mail, machine } = opened.value
    const sorted = classify(mail, machine, config.settings, config.delivery.headers, tokens)
    const { messageId } = mail.header
    const subject = { inbound: waiting.id, messageId, contentSha256: contentDigest(mail, sorted) }
    const twin = store.inbound.duplicateOf({ ...subject, sha256: waiting.sha256 })
    if (twin !== undefined) {
      const seen = silent('duplicate', 'seen-before')
      await this.#settle({ ...subject, duplicateOf: twin }, NO_QUERY, () => seen)
      return
    }
    const operands = await openOperands(mail, this.#parts)
    if (!operands.ok && attempts < STRIKES) return
    const input: Input = {
      kind: 'mail',
      inbound: waiting.id,
      receivedAt: waiting.receivedAt,
      mail,
      sorted,
      operands: operands.ok ? operands.value : new Map(),
      reported: fateTold(mail, machine),
      arrival: arrivalOf(mail, waiting.receivedAt, config, this.#parts.similar),
    }
    await this.#settle(subject, queryOf(input, store), snapshot =>
      heardAgain(decide(input, snapshot, drawFresh(store)), waiting, snapshot, store.safeMode.answeredUpTo()),
    )
  }

  async #settleRequest(waiting: Waiting, attempts: number): Promise<void> {
    const { store, keyring, sandbox, clock } = this.#parts
    const octets = await storedOctets(waiting.id, this.#parts)
    if (octets === undefined) return this.#shunt(waiting.id, OCTETS_LOST)
    const request = await operatorRequestOf(octets, certificate => sandbox.inspect(certificate, clock.now()))
    const { id: inbound, receivedAt } = waiting
    if (!request.ok) {
      if (isOfSandbox(request.error) && attempts < STRIKES) return
      await this.#settle({ inbound }, NO_QUERY, () => unusableRequest(request.error))
      return
    }
    const asked = request.value
    if (asked.kind === 'backup') {
      const answer = (made: Parameters<typeof backupAnswer>[0]) =>
        this.#settle({ inbound }, NO_QUERY, () => backupAnswer(made))
      const started = this.#backups.start(inbound, asked.file, answer)
      if (started !== 'started') await answer(err(started))
      return
    }
    const decided =
      asked.kind === 'refetched' ? await sealAgain(asked.mails, store, keyring, clock.now()) : asked
    const operands =
      decided.kind === 'command'
        ? await operandsOf(read(decided.text, 'fixed'), [], this.#parts)
        : ok(new Map())
    if (!operands.ok && attempts < STRIKES) return
    const opened = operands.ok ? operands.value : new Map()
    const input: Input = { kind: 'operator', inbound, receivedAt, request: decided, operands: opened }
    await this.#settle({ inbound }, queryOf(input, store), snapshot =>
      decide(input, snapshot, drawFresh(store)),
    )
    // After it was audited, so that nobody trusts what nobody vouched for.
    if (asked.kind === 'trust-clock') clock.vouch()
  }

  /** Resolves when no backup is under way; `abandon`: it is left for the next start. */
  backupsEnded(how: 'finish' | 'abandon'): Promise<void> {
    return this.#backups.ended(how)
  }

  /** A scheduled notice whose instant has come: released, held, or to be asked again soon. */
  async releaseNotice(notice: Notice, around: Surroundings): Promise<'settled' | 'not-yet'> {
    return this.#settle({ inbound: undefined }, { ...NO_QUERY, notices: [notice.id] }, snapshot => {
      const current = snapshot.notices.get(notice.id)
      return current === undefined ? undefined : releaseNotice(current, snapshot, around)
    })
  }

  /** Where time next brings something about. */
  nextWake(): Wake | undefined {
    return this.#parts.timeline.next()
  }

  /** Carries out what time brought about there. */
  async timePassed(id: AgeingId): Promise<'settled' | 'not-yet'> {
    const theCase = parseCaseId(id)
    const application = parseApplicationId(id)
    const incident = parseIncidentId(id)
    const notice = parseNoticeId(id)
    const contact = parseContactId(id)
    const post = parsePostId(id)
    const query = {
      ...NO_QUERY,
      cases: theCase === undefined ? [] : [theCase],
      applications: application === undefined ? [] : [application],
      incidents: incident === undefined ? [] : [incident],
      notices: notice === undefined ? [] : [notice],
      contacts: contact === undefined ? [] : [contact],
      posts: post === undefined ? [] : [post],
      pending: this.#maySettleOthers(id) ? 'applications' : 'nothing',
    } as const
    return this.#settle({ inbound: undefined }, query, snapshot => {
      const current =
        (theCase && snapshot.cases.get(theCase)) ??
        (application && snapshot.applications.get(application)) ??
        (incident && snapshot.incidents.get(incident)) ??
        (notice && snapshot.notices.get(notice)) ??
        (post && snapshot.posts.get(post)) ??
        snapshot.contacts.find(one => one.id === id)
      return current && timePassed(current, snapshot)
    })
  }

  /** Who comes on the list, or comes back, can be what an application waited for; requests are listed together. */
  #maySettleOthers(id: AgeingId): boolean {
    const contact = parseContactId(id)
    if (contact !== undefined) return this.#parts.store.findContact(contact)?.state !== 'active'
    return parseCaseId(id) === undefined && parseNoticeId(id) === undefined
  }

  /** What time brought about there could not be carried out, and is not tried before then. */
  putOff(id: AgeingId, until: Instant): void {
    this.#parts.timeline.putOff(id, until)
  }

  /** Notices that went out, and of which some contact is to get a copy still, if their embargo lasts. */
  noticesOwed(): readonly Notice[] {
    return noticesOwed(this.#parts)
  }

  /** What waits of a notice whose embargo is over ends, and the admins hear, once, who never had it. */
  async endCopies(notice: Notice): Promise<number> {
    const copies = neverHad(notice, this.#parts)
    const alert = { kind: 'copies-ended', notice: notice.id, embargo: 'over', copies } as const
    await this.alert(alert, { kind: 'copies-over', notice: notice.id })
    return 0
  }

  /** Makes copies that a notice's contacts still lack, until then at most. */
  prepareCopies(notice: Notice, until: Instant, signal: AbortSignal): Promise<'made' | 'more'> {
    return prepareCopies(this.#parts, notice, until, signal)
  }

  /** Acknowledgements that were postponed and that the limits now allow: whoever waited longest comes first. */
  async payOwed(): Promise<'paid' | 'nothing'> {
    const { store, log } = this.#parts
    let done: 'paid' | 'nothing' = 'nothing'
    for (const mailbox of store.owed.mailboxes()) {
      const debt = store.owed.owedTo(mailbox)
      // What somebody changed behind our back is not sent, and keeps nobody else waiting.
      if (debt === 'damaged') {
        log('owed-damaged')
        continue
      }
      const query = { ...NO_QUERY, author: debt.orders[0]?.to }
      const paid = await this.#settle({ inbound: undefined }, query, snapshot => payOwed(debt, snapshot))
      if (paid === 'settled') done = 'paid'
    }
    return done
  }

  /**
   * Reminds the team of copies that their contacts have not, where it is time to; and looks whether those who have theirs
   * agree to the date, since nobody else is to have any.
   */
  async remindOfCopies(): Promise<'reminded' | 'nothing'> {
    let done: 'reminded' | 'nothing' = 'nothing'
    for (const id of this.#parts.store.outbox.casesWithMissingCopies()) {
      const query = { ...NO_QUERY, cases: [id] }
      const told = await this.#settle(
        { inbound: undefined },
        query,
        snapshot => remindOfCopies(id, snapshot) ?? listAgrees(id, snapshot),
      )
      if (told === 'settled') done = 'reminded'
    }
    return done
  }

  /** Tells every admin of something that no mail asked about; `tells` is remembered with it. */
  async alert(alert: Alert, tells?: Told): Promise<void> {
    await this.#settle({ inbound: undefined, tells }, NO_QUERY, ({ settings }) => alerted(alert, settings))
  }

  /** Tells the admins of the changes that were kept to be told together. */
  async tellChanges(): Promise<'told' | 'nothing'> {
    const due = this.#parts.store.changesDue(this.#parts.clock.now())
    for (const changes of due) {
      const tells = { kind: 'changes', digest: changes } as const
      const applications = changes.changes.flatMap(({ application }) => application ?? [])
      const query = { ...NO_QUERY, applications: [...new Set(applications)] }
      await this.#settle({ inbound: undefined, tells }, query, snapshot => digest(changes, snapshot))
    }
    return due.length === 0 ? 'nothing' : 'told'
  }

  async #shunt(inbound: InboundId, why: string): Promise<void> {
    this.#parts.log('shunted', { inbound, why: logCode(why) })
    await this.#settle({ inbound }, NO_QUERY, ({ settings }) => shunted(inbound, why, settings))
  }
}
