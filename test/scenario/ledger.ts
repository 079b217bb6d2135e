// What was put into an installation, to be compared at the end with what came out: every report and command
// bears a word of its own by which it is found again.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { type AuditRow, readAudit } from '../support/audit.ts'
import type { GnuPG } from '../support/gpg.ts'
import type { Installation } from '../support/installation.ts'
import { gpgMimeSigned, plainMail } from '../support/mail.ts'
import { inboundOf } from '../support/oracle.ts'
import { readMail } from '../support/outgoing.ts'
import type { Attempt } from '../support/submission.ts'

const SECURITY = 'security@acme.example'
const COMMAND = 'security+cmd@acme.example'

/** A line of `outbox list --json`. */
export type Row = {
  readonly id: number
  readonly state: string
  readonly kind: string
  readonly about: string
  readonly contact: string
  readonly inDoubt: 0 | 1
  readonly due: string
}

export const headerOf = ({ octets }: Attempt): string =>
  octets.toString('latin1').split('\r\n\r\n', 1)[0] ?? ''

export class Ledger {
  readonly acme: Installation
  /** Reporter's address by the word of the report. */
  readonly #reports = new Map<string, string>()
  /** Words of command mails, each a note and a reply in one. */
  readonly #commands: string[] = []
  /** Instant by notice. */
  readonly #notices = new Map<string, number>()
  /** The case that commands are about: that of the first report. */
  #baseCase = ''

  constructor(acme: Installation) {
    this.acme = acme
  }

  get baseCase(): string {
    return this.#baseCase
  }

  /** Where the replies go. */
  get baseAddress(): string {
    return [...this.#reports.values()][0] ?? ''
  }

  /** The address of the report that comes next. */
  get nextAddress(): string {
    return `${this.#nextWord()}@plain.example`
  }

  /** The first report; waits for its acknowledgement. */
  async open(): Promise<void> {
    await this.report()
    const mail = await this.acme.submission.waitFor(({ to }) => to.includes(this.baseAddress))
    this.#baseCase = /C-[0-9]{6}/.exec(headerOf(mail))?.[0] ?? ''
  }

  async report(): Promise<void> {
    const [word, address] = [this.#nextWord(), this.nextAddress]
    this.#reports.set(word, address)
    await this.acme.deliver(
      plainMail({ from: `R <${address}>`, to: SECURITY, subject: 'bug', text: `It crashes: ${word}.\n` }),
    )
  }

  async command(): Promise<void> {
    const word = `command-${String(this.#commands.length + 1).padStart(4, '0')}`
    this.#commands.push(word)
    const text = ['note', 'reply clear=yes']
      .map(verb => verb.replace(/^\w+/, `$& ${this.#baseCase}`))
      .map(command => `${command} <<\n${word}\n.\n`)
    const signed = await gpgMimeSigned(this.acme.alice, {
      to: COMMAND,
      text: `embargod acme\n${text.join('')}`,
    })
    await this.acme.deliver(signed)
  }

  /** A notice that was confirmed. */
  notice(notice: string, sendAt: number): void {
    this.#notices.set(notice, sendAt)
  }

  /**
   * Compares everything. A mail in doubt that is scheduled to be sent again counts as recorded; the answer is
   * when the last of these is due, in milliseconds since 1970, and how many mails ever were in doubt.
   */
  async compare(
    contacts: readonly Pick<GnuPG, 'address'>[],
  ): Promise<{ readonly due: number | undefined; readonly doubts: number }> {
    const rows: readonly Row[] = JSON.parse((await this.#cli('outbox', 'list', '--json')).out)
    const mails = this.#mailsByRow(rows)
    const later = rows.filter(row => hasFate(row, mails.get(row) ?? []) === 'later')
    const read = await this.#readByAdmins(mails)
    await this.#eachMailSettledOnce()
    await this.#eachReportHasOneCase(rows, mails, read)
    await this.#eachCommandHadOneEffect(rows, mails, read)
    this.#eachContactHasItsCopy(rows, mails, contacts)
    const due = later.map(row => Date.parse(row.due)).sort((a, b) => a - b)
    return { due: due.at(-1), doubts: rows.filter(row => row.inDoubt === 1).length }
  }

  #nextWord(): string {
    return `report-${String(this.#reports.size + 1).padStart(4, '0')}`
  }

  async #cli(...args: readonly string[]) {
    const ended = await this.acme.cli(...args)
    assert.equal(ended.code, 0, ended.problem)
    return ended
  }

  /** By way of the audit chain, which names both the row and the digest of the Message-ID. */
  #mailsByRow(rows: readonly Row[]): ReadonlyMap<Row, readonly Attempt[]> {
    const audit: readonly AuditRow[] = readAudit(join(this.acme.folder, 'data', 'embargod.db'))
    const byDigest = new Map(audit.map(({ ids }) => [ids['messageId'], ids['outbox']]))
    const mails = new Map<Row, Attempt[]>()
    for (const mail of this.acme.submission.mails) {
      const [, id = ''] = /^Message-ID: (.*)$/m.exec(headerOf(mail)) ?? []
      const digest = createHash('sha256').update(id.trim(), 'latin1').digest('hex')
      const row = rows.find(one => one.id === byDigest.get(digest))
      assert.ok(row, `a mail that is in no outbox: ${id}`)
      mails.set(row, [...(mails.get(row) ?? []), mail])
    }
    return mails
  }

  /** What an admin reads of each mail to them, as text and as JSON. */
  async #readByAdmins(mails: ReadonlyMap<Row, readonly Attempt[]>): Promise<ReadonlyMap<Row, string>> {
    const found = new Map<Row, string>()
    for (const [row, [mail]] of mails)
      for (const admin of [this.acme.alice, this.acme.bob]) {
        if (mail === undefined || !mail.to.includes(admin.address)) continue
        const { text, json } = await readMail(mail.octets, admin)
        found.set(row, `${text}\n${JSON.stringify(json)}`)
      }
    return found
  }

  async #eachMailSettledOnce(): Promise<void> {
    const inbound = (await inboundOf(this.acme)).filter(({ source }) => source === 'imap')
    const outcomes = Object.groupBy(inbound, ({ outcome }) => outcome)
    assert.deepEqual(Object.keys(outcomes).sort(), ['command', 'report'])
    assert.equal(outcomes['report']?.length, this.#reports.size)
    assert.equal(outcomes['command']?.length, this.#commands.length + 2 * this.#notices.size)
    // What was put aside is settled once more.
    const settled = this.acme.log.flatMap(
      line => /"event":"settled","inbound":([0-9]+),"outcome":"(?!shunt)/.exec(line)?.[1] ?? [],
    )
    assert.equal(new Set(settled).size, settled.length, 'a mail was settled twice')
  }

  async #eachReportHasOneCase(
    rows: readonly Row[],
    mails: ReadonlyMap<Row, readonly Attempt[]>,
    read: ReadonlyMap<Row, string>,
  ): Promise<void> {
    const listed: readonly { readonly case: string }[] = JSON.parse(
      (await this.#cli('case', 'list', '--json')).out,
    )
    const cases = listed.map(one => one.case).sort()
    assert.equal(cases.length, this.#reports.size)
    const acknowledgements = rows.filter(row => row.kind === 'acknowledgement')
    assert.deepEqual(acknowledgements.map(row => row.about).sort(), cases)
    const reports = rows.filter(row => row.kind === 'report')
    assert.deepEqual(reports.map(row => row.about).sort(), [...cases, ...cases].sort())

    const casesOf = new Map([...this.#reports.keys()].map(word => [word, new Set<string>()]))
    for (const [row, text] of read) {
      const [word = ''] = (row.kind === 'report' ? /report-[0-9]{4}(?=\.$)/m.exec(text) : null) ?? []
      casesOf.get(word)?.add(row.about)
    }
    for (const [row, copies] of mails) {
      if (row.kind !== 'acknowledgement') continue
      assert.equal(copies.length, 1, `acknowledged ${copies.length} times`)
      const [word] = [...this.#reports].find(([, address]) => copies[0]?.to.includes(address)) ?? []
      casesOf.get(word ?? '')?.add(row.about)
    }
    for (const [word, found] of casesOf) assert.ok(found.size <= 1, `${word} is in ${[...found].join()}`)
    // Reports none of whose mails got through yet are the cases of which nobody has heard yet.
    const unheard = [...casesOf.values()].filter(found => found.size === 0).length
    const heard = new Set([...casesOf.values()].flatMap(found => [...found]))
    assert.equal(heard.size + unheard, cases.length)
  }

  async #eachCommandHadOneEffect(
    rows: readonly Row[],
    mails: ReadonlyMap<Row, readonly Attempt[]>,
    read: ReadonlyMap<Row, string>,
  ): Promise<void> {
    const shown = JSON.parse((await this.#cli('case', 'show', this.#baseCase, '--reveal', '--json')).out)
    const noted: readonly string[] = String(shown.noted).match(/command-[0-9]{4}/g) ?? []
    assert.deepEqual(noted.toSorted(), this.#commands)
    assert.equal(shown.replies, this.#commands.length)
    const replies = rows.filter(row => row.kind === 'reply')
    assert.equal(replies.length, this.#commands.length)
    const words = [...mails].flatMap(([row, [copy]]) =>
      row.kind === 'reply' ? (/command-[0-9]{4}/.exec(copy?.octets.toString('latin1') ?? '')?.[0] ?? []) : [],
    )
    assert.equal(new Set(words).size, words.length, 'a reply went out in two mails')

    // One for each command mail; of a notice one for each admin who may confirm the plan, and one for the
    // confirmation.
    const transcripts = rows.filter(row => row.kind === 'transcript')
    assert.equal(transcripts.length, this.#commands.length + 3 * this.#notices.size)
    const numbers = [...read.values()].flatMap(text => /"notes":([0-9]+)/.exec(text)?.[1] ?? [])
    assert.equal(new Set(numbers).size, numbers.length, 'a command has two transcripts')
  }

  #eachContactHasItsCopy(
    rows: readonly Row[],
    mails: ReadonlyMap<Row, readonly Attempt[]>,
    contacts: readonly Pick<GnuPG, 'address'>[],
  ): void {
    for (const [notice, sendAt] of this.#notices) {
      const copies = rows.filter(row => row.about === notice && row.kind === 'notice')
      assert.equal(copies.length, contacts.length)
      assert.equal(new Set(copies.map(row => row.contact)).size, contacts.length)
      const sent = copies.flatMap(row => mails.get(row) ?? [])
      for (const { at } of sent) assert.ok(at >= sendAt, 'a copy left before its instant')
      const lacking = contacts.filter(({ address }) => !sent.some(({ to }) => to.includes(address)))
      const waiting = copies.filter(row => row.state === 'ready' && !mails.has(row))
      assert.equal(lacking.length, waiting.length, `${notice}: ${lacking.length} lack their copy`)
    }
  }
}

/** What may become of a mail, and how often the server may have it. */
function hasFate(row: Row, copies: readonly Attempt[]): 'sent' | 'dropped' | 'later' {
  const name = `${row.kind} ${row.id}, ${row.state}, in doubt ${row.inDoubt}, ${copies.length} copies`
  const [first] = copies
  for (const { octets, to } of copies) {
    assert.ok(first?.octets.equals(octets), `${name}: other octets`)
    assert.deepEqual(to, first?.to, `${name}: other recipient`)
  }
  if (row.inDoubt === 0) {
    assert.equal(row.state, 'sent', name)
    assert.equal(copies.length, 1, name)
    return 'sent'
  }
  const atMostOnce = ['acknowledgement', 'transcript', 'change'].includes(row.kind)
  if (atMostOnce) assert.equal(row.state, 'dropped', name)
  else assert.match(row.state, /^(?:sent|ready)$/, name)
  if (row.state === 'sent') assert.ok(copies.length > 0, name)
  else assert.ok(copies.length <= 1, name)
  if (row.state === 'ready') assert.ok(Date.parse(row.due) > Date.now(), `${name}: due ${row.due}`)
  return row.state === 'sent' ? 'sent' : row.state === 'dropped' ? 'dropped' : 'later'
}
