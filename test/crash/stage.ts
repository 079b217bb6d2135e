// The people and the past of a scenario: an instance made by `init`, its admins, a reporter, three contacts.
// What happens on the stage happens undisturbed; a scenario then says what comes next.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Config, loadConfig } from '../../src/config/config.ts'
import type { KeyFile } from '../../src/config/servers.ts'
import { addressOf, linksIn, Person, type ReadMail, tap } from '../../src/demo/mail-program.ts'
import { sha256Of } from '../../src/digest.ts'
import { openStoreOf } from '../../src/instance/at-rest.ts'
import { configServices } from '../../src/instance/config-services.ts'
import { automaticSettings } from '../../src/instance/instance.ts'
import { Keyring } from '../../src/instance/keyring.ts'
import type { Policy } from '../../src/model/policy.ts'
import { type Fingerprint, type Instant, instant } from '../../src/model/scalars.ts'
import type { Admin } from '../../src/model/settings.ts'
import { formatInstant, HOUR, SECOND } from '../../src/model/time.ts'
import { type Certificate, parseCertificate } from '../../src/openpgp/certificates.ts'
import { generateSecretKey } from '../../src/openpgp/secret-keys.ts'
import type { WrittenRequest } from '../../src/pipeline/operator-request.ts'
import { Sandbox } from '../../src/sandbox/sandbox.ts'
import { DATABASE_FILE } from '../../src/store/database.ts'
import { BARE_MEMBERSHIP } from '../support/bare-membership.ts'
import { cli } from '../support/verbs.ts'
import { type TestEnd, tempDir } from '../support/workspace.ts'
import { Fate } from './fate.ts'
import { live, type Machine, type Moment } from './life.ts'
import { present, World } from './world.ts'

export const SECURITY = addressOf('security@acme.example')
export const COMMAND = addressOf('security+cmd@acme.example')
export const LIST = addressOf('distributors@acme.example')
/** Octets of the largest mail that is taken in. */
export const MAX_MAIL = 64 * 1024
const PROJECT = 'velero'

export type People = {
  readonly alice: Person
  readonly bob: Person
  readonly riya: Person
  /** Whom nobody knows yet. */
  readonly ann: Person
  readonly contacts: readonly Person[]
  /** Our certificate for `security@`. */
  readonly ours: Certificate
}

export class Stage {
  #machine: Machine
  readonly world: World
  readonly people: People

  constructor(machine: Machine, world: World, people: People) {
    this.#machine = machine
    this.world = world
    this.people = people
  }

  get machine(): Machine {
    return this.#machine
  }

  /** From the next process on the configuration names this team. */
  async engage(...team: readonly Person[]): Promise<void> {
    const certificates = new Map<Fingerprint, Uint8Array>()
    const admins: Admin[] = []
    for (const { name, address, certificate } of team) {
      const octets = Buffer.from(certificate)
      const parsed = await parseCertificate(octets)
      assert.ok(parsed.ok)
      const { fingerprint } = parsed.value
      certificates.set(fingerprint, octets)
      admins.push({ name: name.toLowerCase(), address, fingerprint })
    }
    const { config } = this.#machine
    const settings = { ...config.settings, admins }
    this.#machine = { ...this.#machine, config: { ...config, settings, certificates: certificates } }
  }

  /** From the next process on the policies say this, too. */
  govern(changes: Partial<Policy>): void {
    const { config } = this.#machine
    const { settings } = config
    const defaultPolicy = { ...settings.defaultPolicy, ...changes }
    const projects = settings.projects.map(one => ({ ...one, policy: { ...one.policy, ...changes } }))
    this.#machine = {
      ...this.#machine,
      config: { ...config, settings: { ...settings, defaultPolicy, projects } },
    }
  }

  /** A new instance to which nothing has happened yet. */
  static async make(test: TestEnd): Promise<Stage> {
    const folder = await tempDir(test)
    const names = ['Alice', 'Bob', 'Riya', 'Ann', 'Noor', 'Olga', 'Pavel'] as const
    const [alice, bob, riya, ann, ...contacts] = await Promise.all(
      names.map(name => Person.make(name, `${name.toLowerCase()}@${name.toLowerCase()}.example`)),
    )
    assert.ok(alice !== undefined && bob !== undefined && riya !== undefined && ann !== undefined)
    const file = await initialise(folder, [alice, bob])
    const loaded = await loadConfig(file, configServices)
    assert.ok(loaded.ok)
    const { config, ours } = await withOpenKeys(loaded.value, folder)
    let keyring: Keyring | undefined
    const world = new World({
      folder,
      directory: config.dataDirectory,
      maxMail: MAX_MAIL,
      mailbox: [],
      taken: [],
      now: present(),
    })
    const answer = async (packets: Uint8Array) => (await keyring?.sessionKeys(packets, present())) ?? []
    const sandbox = new Sandbox({ sessionKeys: answer, certificates: () => [] }, automaticSettings(config))
    test.after(() => sandbox.close())
    const use = (next: Keyring) => {
      keyring = next
    }
    // A tick of the clock would put steps where none are in another run.
    const imap = { ...config.imap, pollSeconds: 3_600 }
    const people = { alice, bob, riya, ann, contacts, ours }
    return new Stage({ config: { ...config, imap }, sandbox, use }, world, people)
  }

  /** Another stage with the same past. */
  async copy(): Promise<Stage> {
    return new Stage(this.machine, await this.world.copy(), this.people)
  }

  /** Lets a moment pass, and all that follows from it. */
  async pass(...moments: readonly Moment[]): Promise<void> {
    await live(this.machine, this.world, new Fate(undefined, () => 0), [...moments])
  }

  /** A request as the command line puts it beside a running daemon. */
  request(request: WrittenRequest): Moment {
    return async world => {
      const config = { ...this.machine.config, dataDirectory: world.directory }
      const keyring = await Keyring.load(config)
      assert.ok(keyring.ok)
      const store = await openStoreOf(config, keyring.value, 'append')
      assert.ok(store.ok)
      const octets = Buffer.from(JSON.stringify(request))
      const receivedAt = world.now()
      const raw = await keyring.value.encryptForStorage(octets, receivedAt)
      const [sha256, size] = [sha256Of(octets), octets.length]
      store.value.inbound.receive({ source: 'cli', sha256, size, raw, receivedAt })
      store.value.close()
    }
  }

  importOf({ name, address, certificate }: Person): Moment {
    const key = Buffer.from(certificate).toString('base64')
    const organisation = `${name} Inc`
    return this.request({
      kind: 'member-import',
      project: PROJECT,
      organisation,
      name,
      address,
      certificate: key,
    })
  }

  /** The newest mail to a person, as that person reads it. */
  async read(person: Person, { taken }: Pick<World, 'taken'> = this.world): Promise<ReadMail> {
    const mail = taken.findLast(({ to }) => to === person.address)
    assert.ok(mail !== undefined, `no mail to ${person.name}`)
    return person.read(mail.octets, [this.people.ours])
  }

  /** What somebody sends who taps the first link of the newest mail that has one, here or in another world. */
  async tapped(person: Person, world: Pick<World, 'taken'> = this.world): Promise<Uint8Array> {
    for (const mail of world.taken.filter(({ to }) => to === person.address).toReversed()) {
      // A mail under the key that is to follow is not for this one.
      const read = await person.read(mail.octets, [this.people.ours])
      const [link] = read.encryption === 'undecryptable' ? [] : linksIn(read.text)
      if (link !== undefined) return person.writeSigned(tap(link))
    }
    throw new Error(`no mail to ${person.name} has a link`)
  }

  /** From now on one can ask to join: nobody need vouch, and one other admin confirms. */
  openList(): void {
    const { review, ...others } = BARE_MEMBERSHIP
    this.govern({ membership: { ...others, vouch: undefined, review: { ...review, quorum: 1 } } })
  }

  /** Ann's request, in which nothing is missing. */
  application(): Uint8Array {
    const { ann } = this.people
    const text = 'apply\n\nOrganisation: New Linux\nName: Ann\n1. We distribute it.\n'
    const files = [{ fileName: 'ann.asc', text: ann.certificate }]
    return ann.writeClear({ to: LIST, subject: 'We want to join', text, files })
  }

  /** Riya's report has been taken in; the answer is its case. */
  async reported(): Promise<string> {
    const { riya, ours } = this.people
    const letter = { to: SECURITY, subject: 'A crash', text: 'It crashes.\n' }
    const report = await riya.writeEncrypted(letter, ours)
    await this.pass(world => world.deliver(report))
    return found(/C-[0-9]{6}/, (await this.read(riya)).text)
  }

  /** A signed mail of commands. */
  commandOf(person: Person, ...lines: readonly string[]): Promise<Uint8Array> {
    const text = `embargod acme\n${lines.join('\n')}\n`
    return person.writeSigned({ to: COMMAND, subject: 'commands', text })
  }

  /** Three contacts and a case are there; the answer is Alice's command for a notice to them at that instant. */
  async noticePlan(sendAt: Instant): Promise<Uint8Array> {
    for (const contact of this.people.contacts) await this.pass(this.importOf(contact))
    const theCase = await this.reported()
    const head = `notice ${theCase} stage=early-disclosure send=${formatInstant(sendAt)} <<`
    return this.commandOf(this.people.alice, head, 'Do not restore anything.', '.')
  }

  /** The plan has been sent; the answer is Alice's confirmation of it. */
  async noticeConfirmation(sendAt: Instant): Promise<Uint8Array> {
    const { alice } = this.people
    const plan = await this.noticePlan(sendAt)
    await this.pass(world => world.deliver(plan))
    const text = `${found(/confirm acme [a-z2-7]{16}/, (await this.read(alice)).text)}\n`
    return alice.writeSigned({ to: COMMAND, subject: 'confirm', text })
  }

  /** The one notice there is. */
  noticeNamed(): string {
    return this.#stored('SELECT id FROM notices')
  }

  contactNamed(address: string): string {
    return this.#stored(`SELECT id FROM contacts WHERE address = '${address}'`)
  }

  #stored(query: string): string {
    const database = new DatabaseSync(join(this.world.directory, DATABASE_FILE), { readOnly: true })
    const row = database.prepare(query).get()
    database.close()
    return String(row?.['id'])
  }

  /** What changes the notice, written with N in its place, was sent and waits; the answer is Alice's confirmation of it. */
  async changeOfNotice(line: string): Promise<Uint8Array> {
    const { alice } = this.people
    const plan = await this.commandOf(alice, line.replace(' N ', ` ${this.noticeNamed()} `))
    await this.pass(world => world.deliver(plan))
    const text = `${found(/confirm acme [a-z2-7]{16}/, (await this.read(alice)).text)}\n`
    return alice.writeSigned({ to: COMMAND, subject: 'confirm', text })
  }

  /** A whole second about an hour from now. */
  inAnHour(): Instant {
    return instant(Math.ceil((this.world.now() + HOUR) / SECOND) * SECOND)
  }
}

export function found(pattern: RegExp, text: string): string {
  const [first] = pattern.exec(text) ?? []
  assert.ok(first !== undefined, `a mail lacks ${pattern}`)
  return first
}

async function initialise(folder: string, admins: readonly Person[]): Promise<string> {
  const file = join(folder, 'embargod.yaml')
  await writeFile(join(folder, 'imap.password'), 'secret', { mode: 0o600 })
  for (const { name, certificate } of admins) await writeFile(join(folder, `${name}.asc`), certificate)
  const made = await cli(
    ...['--config', file, 'init', '--instance', 'acme', '--security', SECURITY],
    ...['--data', join(folder, 'data'), '--project', `${PROJECT}=distributors@acme.example`],
    ...['--imap-host', '127.0.0.1', '--imap-port', '1', '--imap-tls', 'none'],
    ...['--imap-user', 'security', '--imap-password-file', join(folder, 'imap.password')],
    ...['--smtp-host', '127.0.0.1', '--smtp-port', '1', '--smtp-tls', 'none'],
    ...admins.flatMap(({ name, address }) => [
      '--admin',
      `${name.toLowerCase()} <${address}> ${join(folder, `${name}.asc`)}`,
    ]),
  )
  assert.equal(made.code, 0, made.problem + made.out)
  return file
}

/** Keys without a passphrase, and our certificate: to unlock one takes longer than all else that a life does. */
async function withOpenKeys(
  config: Config,
  folder: string,
): Promise<{ readonly config: Config; readonly ours: Certificate }> {
  const make = async (name: string): Promise<{ readonly key: KeyFile; readonly certificate: string }> => {
    const owner = { userName: name, address: SECURITY, passphrase: undefined, now: present() }
    const { armored, certificate } = await generateSecretKey(owner)
    const file = join(folder, `open-${name}.asc`)
    await writeFile(file, armored, { mode: 0o600 })
    return { key: { file, passphrase: undefined }, certificate }
  }
  const mail = await make('mail')
  const storage = await make('storage')
  const lists = new Map(config.keys.lists)
  for (const project of lists.keys()) lists.set(project, (await make(project)).key)
  const ours = await parseCertificate(Buffer.from(mail.certificate))
  assert.ok(ours.ok)
  const keys = { ...config.keys, mail: mail.key, storage: storage.key, lists }
  return { config: { ...config, keys }, ours: ours.value }
}
