// What the chapters of the demo share: the people, what they can do to the daemon, and what they know so far.
import assert from 'node:assert/strict'
import { caseVerb } from '../cli/case.ts'
import type { Certificate } from '../openpgp/certificates.ts'
import { wallClock } from './feed.ts'
import { type Expected, Inboxes } from './inboxes.ts'
import type { Installation } from './installation.ts'
import type { MailFolder } from './mail-folder.ts'
import { type Letter, type Person, tap } from './mail-program.ts'
import type { Names } from './names.ts'
import type { Servers } from './servers.ts'
import type { Teller } from './teller.ts'

/** What must never stand in anything that leaves, except inside an encryption. */
export const SECRET = 'restore-hook-runs-anything'

export type Stage = {
  readonly teller: Teller
  readonly servers: Servers
  readonly embargod: Installation
  readonly folder: MailFolder
  readonly names: Names
  /** Promised times may take this many times as long; 1 but on a busy host. */
  readonly slack: number
}

export type Cast = {
  readonly riya: Person
  readonly quinn: Person
  readonly noor: Person
  readonly alice: Person
  readonly bob: Person
  readonly distributors: readonly Person[]
}

export class Scene {
  readonly stage: Stage
  readonly cast: Cast
  /** The published key of the security address. */
  readonly ours: Certificate
  readonly inboxes: Inboxes
  /** As mail from the security address must arrive. */
  readonly encrypted: Expected
  readonly clear: Expected
  /** As a notice must arrive, under the key of the distributors address. */
  readonly fromList: Expected
  /** Riya's, which the story is about, once it is known. */
  theCase = ''
  /** What the team can tap in her report. */
  links: readonly string[] = []
  /** How long the last start of the daemon took, in milliseconds. */
  startTook = 0
  /** Mails put into the mailbox. */
  delivered = 0

  constructor(stage: Stage, cast: Cast, ours: Certificate, list: Certificate) {
    this.stage = stage
    this.cast = cast
    this.ours = ours
    this.inboxes = new Inboxes(stage.servers, stage.folder, [ours, list])
    this.encrypted = { protection: 'encrypted', from: ours }
    this.clear = { protection: 'clear', from: ours }
    this.fromList = { protection: 'encrypted', from: list }
  }

  async start(): Promise<void> {
    const before = wallClock()
    await this.stage.embargod.start()
    this.startTook = wallClock() - before
  }

  /** Puts a mail into the mailbox of the security address; the answer is its UID. */
  deliver(octets: Uint8Array): number {
    this.delivered += 1
    return this.stage.servers.deliver(octets)
  }

  /** Delivers a mail and waits for the outcome that it was settled with. */
  async settled(octets: Uint8Array): Promise<unknown> {
    const { log } = this.stage.embargod
    const before = log.items.length
    this.deliver(octets)
    return (await log.find('decision on a mail', ({ event }) => event === 'settled', before))['outcome']
  }

  /** The mail that opens when this command is tapped in Riya's report; of replies the one still to be written. */
  tapped(verb: string): Letter {
    const link = this.links.findLast(one => tap(one).text.includes(`\n${verb} `))
    assert.ok(link !== undefined, `the report offers no ${verb}`)
    return tap(link)
  }

  /** As `embargod case list` shows them. */
  async cases(): Promise<readonly unknown[]> {
    return JSON.parse(await this.stage.embargod.cli(caseVerb, 'list', '--json'))
  }
}
