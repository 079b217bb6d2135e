// The mails of the demo as files to look at: each as it was sent, and beside it what its reader sees. It
// replaces what an earlier demo left in the folder, and touches nothing else there.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Person, ReadMail } from './mail-program.ts'

const leftByADemo = /^[0-9]{2}-[a-z0-9-]{1,80}\.(?:eml|txt)$/

export class MailFolder {
  readonly path: string
  #count = 0

  private constructor(path: string) {
    this.path = path
  }

  /** Makes the folder, or empties it of an earlier demo's mails. */
  static async open(path: string): Promise<MailFolder> {
    await mkdir(path, { recursive: true })
    for (const name of await readdir(path)) if (leftByADemo.test(name)) await rm(join(path, name))
    return new MailFolder(path)
  }

  /** Numbers in the order of the calls: `01-acknowledgement-to-riya.eml`, and `.txt`. */
  async keep(label: string, octets: Uint8Array, mail: ReadMail, reader: Person): Promise<void> {
    this.#count += 1
    const name = join(this.path, `${String(this.#count).padStart(2, '0')}-${label}`)
    await writeFile(`${name}.eml`, octets)
    await writeFile(`${name}.txt`, asRead(mail, reader))
  }
}

function asRead(mail: ReadMail, reader: Person): string {
  const { from, subject, text, files, encryption, encryptedTo, signedBy } = mail
  const header = [
    `From:       ${from}`,
    `To:         ${reader.address}`,
    `Subject:    ${subject}`,
    `Encrypted:  ${encryption === 'clear' ? 'no' : `to the key ${encryptedTo.join(', ')}`}`,
    `Signed:     ${signedBy === undefined ? 'no' : `by ${signedBy}, good`}`,
    ...(files.length === 0 ? [] : [`Files:      ${files.map(({ fileName }) => fileName).join(', ')}`]),
  ]
  return `${header.join('\n')}\n\n${text}`
}
