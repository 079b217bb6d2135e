// What the tests of attacks share: an installation with one open case, many mails thrown at it at once, and
// the exact account of what became of each, of what was sent, and of what did not change.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import type { TestContext } from 'node:test'
import { missingDovecot } from '../support/dovecot.ts'
import { type GnuPG, missingGnuPG } from '../support/gpg.ts'
import { Installation } from '../support/installation.ts'
import { gpgMimeSigned, plainMail } from '../support/mail.ts'
import type { ResolvedEnvelope } from '../support/mime.ts'
import { resolve } from '../support/mime.ts'
import { checkInvariants, inboundOf } from '../support/oracle.ts'
import { type ReadMail, readMail } from '../support/outgoing.ts'
import { mail } from '../support/pgp-mime.ts'

export const skip = missingDovecot() || missingGnuPG()

export const SECURITY = 'security@acme.example'
export const COMMAND = 'security+cmd@acme.example'
export const LIST = 'distributors@acme.example'
export const ALICE_ADDRESS = 'alice@team.example'
export const ALICE = `Alice Admin <${ALICE_ADDRESS}>`
export const ADMINS = [ALICE_ADDRESS, 'bob@team.example']
const REPORTER = 'quinn@plain.example'

export type Attack = {
  readonly name: string
  readonly mail: Buffer
  /** `refused` by default. */
  readonly outcome?: string
  /** The code that log and audit give. */
  readonly reason: string
  /** Whom the daemon may write to because of it, one mail each; nobody by default. */
  readonly told?: readonly string[]
  /** Gets the one constant line of the day, if no attack before it was answered so. */
  readonly courtesy?: string | undefined
}

/** What became of one mail, as the log says it. */
export type Settled = {
  readonly inbound: number
  readonly outcome: string
  readonly reason: string
  /** How many mails were ordered because of it. */
  readonly mails: number
}

type State = { readonly cases: readonly Record<string, unknown>[]; readonly members: unknown }

export class Siege {
  readonly acme: Installation
  /** The case that every attack is after, still new. */
  readonly id: string
  /** Words for attacks to carry, which must never come out again. */
  readonly canary: string
  #settled = 1
  #commands = 0

  private constructor(acme: Installation, id: string, canary: string) {
    this.acme = acme
    this.id = id
    this.canary = canary
  }

  /** `prepare` runs before the daemon starts. */
  static async make(
    t: TestContext,
    prepare: (acme: Installation) => Promise<unknown> = async () => undefined,
  ): Promise<Siege> {
    const acme = await Installation.make(t)
    await prepare(acme)
    await acme.start()
    const canary = `canary-${randomBytes(16).toString('hex')}`
    const report = { from: `Quinn <${REPORTER}>`, to: SECURITY, subject: 'It crashes', text: 'See above.\n' }
    await acme.deliver(plainMail(report))
    await acme.logged(SETTLED)
    const [opened] = await listOf(acme, 'case', 'list')
    const siege = new Siege(acme, String(opened?.['case']), canary)
    await siege.#sent()
    return siege
  }

  /**
   * A command that would change the case, were it rightly signed. No two are alike, for what is signed twice
   * within a second is signed once.
   */
  get command(): string {
    this.#commands += 1
    return `embargod acme\naccept ${this.id}\n# ${this.#commands}\n`
  }

  /** Delivers all at once and settles them; then each attack is a case of its own, and so is what else happened. */
  async stand(t: TestContext, attacks: readonly Attack[]): Promise<readonly Settled[]> {
    const before = await this.#state()
    const mailsBefore = this.acme.submission.mails.length
    const settled = await this.settle(attacks.map(attack => attack.mail))
    const [after, rows] = await Promise.all([this.#state(), inboundOf(this.acme)])
    const sent = this.acme.submission.mails.slice(mailsBefore).map(({ to }) => to.join())
    const told = toldBy(attacks)
    for (const [i, attack] of attacks.entries())
      await t.test(attack.name, () => {
        const { inbound, outcome, reason, mails } = settled[i] ?? {}
        const row = rows.find(({ id }) => id === inbound)
        assert.equal(row?.sha256, createHash('sha256').update(attack.mail).digest('hex'))
        assert.equal(row?.outcome, outcome)
        const expected = { outcome: attack.outcome ?? 'refused', reason: attack.reason }
        assert.deepEqual({ outcome, reason }, expected)
        // Mail of two lanes is settled in turn: which of them is told the one line of the day, no order says.
        if (attack.courtesy === undefined) assert.equal(mails, told[i]?.length)
        else assert.ok((mails ?? Infinity) <= 1 + (attack.told?.length ?? 0))
      })
    await t.test('nobody else was written to, no case and no member changed', () => {
      assert.deepEqual(sent.toSorted(), told.flat().toSorted())
      const known = before.cases.map(one => one['case'])
      const opened = after.cases.filter(one => !known.includes(one['case']))
      const reports = attacks.filter(({ outcome }) => outcome === 'report' || outcome === 'report-noack')
      assert.deepEqual(
        after.cases.filter(one => !opened.includes(one)),
        before.cases,
      )
      assert.equal(opened.length, reports.length)
      assert.deepEqual(after.members, before.members)
    })
    return settled
  }

  /** Delivers mails, waits until each has its class and what follows from it was sent. */
  async settle(mails: readonly Buffer[]): Promise<readonly Settled[]> {
    for (const octets of mails) await this.acme.deliver(octets)
    const first = this.#settled
    this.#settled += mails.length
    // One by one, so that patience is for each.
    for (let i = 1; i <= mails.length; i += 1) await this.acme.logged(SETTLED, first + i)
    await this.#sent()
    const lines = this.acme.log.filter(line => SETTLED.test(line)).slice(first)
    const settled: Settled[] = lines.map(line => JSON.parse(line))
    // Mail to the command address overtakes other mail.
    const digests = new Map((await inboundOf(this.acme)).map(({ id, sha256 }) => [id, sha256]))
    return mails.map(octets => {
      const digest = createHash('sha256').update(octets).digest('hex')
      const ofThis = settled.filter(({ inbound }) => digests.get(inbound) === digest)
      const [earliest] = ofThis.toSorted((a, b) => a.inbound - b.inbound)
      assert.ok(earliest)
      settled.splice(settled.indexOf(earliest), 1)
      return earliest
    })
  }

  /** An admin's honest command still runs, so that all before it was refused for what it was; then the oracle. */
  async end(t: TestContext, admin: GnuPG = this.acme.alice): Promise<void> {
    await t.test('an honest command of the same admin still runs', async () => {
      const [settled] = await this.settle([await gpgMimeSigned(admin, { to: COMMAND, text: this.command })])
      assert.equal(settled?.outcome, 'command')
      const [, subkey = ''] = await admin.keyFingerprints()
      const transcript = await this.lastMailTo(admin)
      assert.match(transcript.text, new RegExp(`ok: accept ${this.id}`))
      assert.ok(subkey.endsWith(transcript.encryptedTo.join()), 'only the registered key opens the answer')
      assert.equal((await this.theCase())['state'], 'accepted')
    })
    await t.test('what must always hold holds', () => checkInvariants(this.acme, { canaries: [this.canary] }))
  }

  /** What the command line tells of the case, content included. */
  async theCase(): Promise<Record<string, unknown>> {
    const shown = await this.acme.cli('case', 'show', this.id, '--reveal', '--json')
    assert.equal(shown.code, 0, shown.problem)
    return JSON.parse(shown.out)
  }

  /** The newest mail to a person, as they read it. */
  async lastMailTo(person: GnuPG): Promise<ReadMail> {
    const { octets } = this.acme.submission.mails.findLast(({ to }) => to.includes(person.address)) ?? {}
    assert.ok(octets, `no mail to ${person.address}`)
    return readMail(octets, person)
  }

  /** All that was sent to an address, as octets. */
  sentTo(address: string): readonly string[] {
    const mails = this.acme.submission.mails.filter(({ to }) => to.includes(address))
    return mails.map(({ octets }) => octets.toString('latin1'))
  }

  async #state(): Promise<State> {
    const [cases, members] = await Promise.all([
      listOf(this.acme, 'case', 'list', '--reveal'),
      listOf(this.acme, 'member', 'list', '--reveal'),
    ])
    return { cases, members }
  }

  /** All that the outbox holds has left: there is nothing that could still come. */
  async #sent(): Promise<void> {
    const rows = await listOf(this.acme, 'outbox', 'list')
    const leaving = rows.filter(({ state }) => state !== 'held')
    await this.acme.submission.waitForCount(leaving.length, 45_000)
    assert.equal(this.acme.submission.mails.length, leaving.length)
  }
}

/** What an acknowledgement in clear says, without what is each time another. */
export function acknowledgementIn(octets: Buffer): string {
  const text = octets.toString('latin1').replace(/\r\n\r\n[\s\S]*?(?=Content-Type: text)/, '\n')
  const [, words = ''] = /(Content-Type: text\/plain[\s\S]*?)\r\n--/.exec(text) ?? []
  assert.match(words, /has arrived|Thank you/)
  return words.replace(/C-[0-9]{6}/g, 'C').replace(/[0-9]{1,2}:[0-9]{2}|[0-9-]{10}/g, 'time')
}

/** A mail at the command address that names Alice as its author, around an entity. */
export const fromAlice = (content: string, more: Partial<ResolvedEnvelope> = {}): Buffer =>
  mail({ ...resolve({ to: COMMAND }, ALICE), ...more }, content)

/** A mail with one field of its outer header changed. */
export const fieldChanged = (octets: Buffer, name: string, value: string): Buffer => {
  const mail = octets.toString('latin1')
  const changed = mail.replace(new RegExp(`^${name}:.*$`, 'm'), `${name}: ${value}`)
  assert.notEqual(changed, mail)
  return Buffer.from(changed, 'latin1')
}

/** A mail with one more field above its outer header. */
export const fieldPutAbove = (octets: Buffer, name: string, value: string): Buffer =>
  Buffer.concat([Buffer.from(`${name}: ${value}\r\n`), octets])

const SETTLED = /"event":"settled","inbound":/

async function listOf(
  acme: Installation,
  ...args: readonly string[]
): Promise<readonly Record<string, unknown>[]> {
  const listed = await acme.cli(...args, '--json')
  assert.equal(listed.code, 0, listed.problem)
  return JSON.parse(listed.out)
}

/** For each attack the addresses that get a mail; a courtesy goes to an address once a day. */
function toldBy(attacks: readonly Attack[]): readonly (readonly string[])[] {
  const answered = new Set<string>()
  return attacks.map(({ told = [], courtesy }) => {
    if (courtesy === undefined || answered.has(courtesy)) return told
    answered.add(courtesy)
    return [...told, courtesy]
  })
}
