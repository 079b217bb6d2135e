// What arrives for the people of the demo. Every mail is looked at as its reader would, with the reader's own
// key; what holds for all of embargod's mail is checked here, and each mail is kept as a file.
import assert from 'node:assert/strict'
import type { Certificate } from '../openpgp/certificates.ts'
import type { MailFolder } from './mail-folder.ts'
import type { Person, ReadMail } from './mail-program.ts'
import type { SentMail, Servers } from './servers.ts'

/** `clear` is signed all the same. `from`: the certificate whose signature it must bear. */
export type Expected = { readonly protection: 'encrypted' | 'clear'; readonly from: Certificate }

export type Received = ReadMail & Pick<SentMail, 'begunAt' | 'acceptedAt' | 'octets'>

export class Inboxes {
  readonly #servers: Servers
  readonly #folder: MailFolder
  readonly #senders: readonly Certificate[]
  readonly #taken = new Set<SentMail>()

  /** `senders`: what everybody knows of our keys. */
  constructor(servers: Servers, folder: MailFolder, senders: readonly Certificate[]) {
    this.#servers = servers
    this.#folder = folder
    this.#senders = senders
  }

  /** Waits for the next mail to a person, reads it and keeps it as `<label>-to-<person>`. */
  async next(person: Person, label: string, { protection, from }: Expected): Promise<Received> {
    const what = `mail for ${person.name} (${label})`
    const sent = await this.#servers.sent.find(
      what,
      mail => mail.to.includes(person.address) && !this.#taken.has(mail),
    )
    this.#taken.add(sent)
    const mail = await person.read(sent.octets, this.#senders)
    await this.#folder.keep(`${label}-to-${person.name.toLowerCase()}`, sent.octets, mail, person)
    assert.deepEqual(sent.to, [person.address], `the ${what} went to ${sent.to.length} recipients`)
    assert.equal(mail.encryption, protection, `the ${what} is ${mail.encryption}, not ${protection}`)
    assert.deepEqual(
      mail.encryptedTo,
      protection === 'encrypted' ? [await person.subkey()] : [],
      `the ${what} is encrypted to ${mail.encryptedTo.length} keys: ${mail.encryptedTo.join(', ')}`,
    )
    assert.equal(mail.signedBy, from.fingerprint, `the ${what} does not bear our signature`)
    const { begunAt, acceptedAt, octets } = sent
    return { ...mail, begunAt, acceptedAt, octets }
  }

  /** How many mails a person got that were not looked at. */
  unread(person: Person): number {
    return this.#servers.sent.items.filter(mail => mail.to.includes(person.address) && !this.#taken.has(mail))
      .length
  }

  /** Whether a mail to somebody else stays closed to this person. */
  async isClosedTo(person: Person, octets: Uint8Array): Promise<boolean> {
    return (await person.read(octets, this.#senders)).encryption === 'undecryptable'
  }
}
