// The mails that are mutated: every shape of report and command that we know, made with real keys, and all corpora
// that are there.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { TestContext } from 'node:test'
import { CHARSETS, REPORTS } from '../interop/report-shapes.ts'
import { GnuPG } from '../support/gpg.ts'
import {
  gpgMimeEncryptedSigned,
  gpgMimeSigned,
  muttSigned,
  plainMail,
  thunderbirdSigned,
} from '../support/mail.ts'
import { until } from '../support/workspace.ts'

const corpora = new URL('../../../shared/corpora/', import.meta.url)

/** Reason to go without them, false where they are there. */
export const missingCorpora = (): string | false =>
  !existsSync(corpora) && 'put the corpora beside the project: ../shared/corpora'

/** Every mail of a corpus, by its name. */
export function corpus(name: 'machine-mail' | 'mime'): readonly (readonly [string, Buffer])[] {
  if (missingCorpora() !== false) return []
  const folder = new URL(`${name}/`, corpora)
  const files = readdirSync(folder).filter(file => /\.(?:eml|msg)$/.test(file))
  return files.map(file => [file, readFileSync(new URL(file, folder))])
}

/** To `certificate`, whose fingerprint is `ourKey`, from `admin` and from strangers. */
export async function fixtures(
  t: TestContext,
  ourCertificate: Buffer,
  ourKey: string,
  admin: GnuPG,
): Promise<readonly Buffer[]> {
  const reporter = await until(t, GnuPG.create('Riya', 'riya@research.example'))
  const stranger = await until(t, GnuPG.create('Sam', 'sam@research.example'))
  for (const person of [reporter, stranger, admin]) await person.importKey(ourCertificate)
  const writer = { reporter, stranger, ourKey, ourCertificate }
  const mails: Buffer[] = CHARSETS.map(({ mail }) => mail(writer))
  for (const { write } of REPORTS) mails.push(await write('a hole', writer))
  const command = { to: 'security+cmd@acme.example', text: 'embargod acme\ntake C-482107\n' }
  for (const write of [gpgMimeSigned, muttSigned, thunderbirdSigned]) mails.push(await write(admin, command))
  mails.push(await gpgMimeEncryptedSigned(admin, [ourKey], command))
  const requests = await requestsToJoin(stranger, ourKey)
  // The corpora are many, and say nothing of lists.
  mails.push(...Array.from({ length: 10 }, () => requests).flat())
  for (const name of ['machine-mail', 'mime'] as const)
    mails.push(...corpus(name).map(([, octets]) => octets))
  return mails
}

/** The list of the installation, and that of settings made by hand. */
const LISTS = 'distributors@acme.example, list@acme.example'
/** In the thread of an application; outside settings made by hand nobody's. */
export const IN_THREAD = 'security+a.771234.abcdefghijklmnop@acme.example'

/** What applicants and members write: the form and answers to it, keys attached, tokens sent back, words for others. */
async function requestsToJoin(person: GnuPG, ourKey: string): Promise<readonly Buffer[]> {
  const key = {
    fileName: 'key.asc',
    mediaType: 'application/pgp-keys',
    content: await person.exportArmored(),
  }
  const answers = ['organisation: Linux of Sam', 'name: Sam', '1. We ship it.', '2. yes', '3. M-100001']
  const form = `apply velero\n\n${answers.join('\n')}\n`
  const from = person.mailbox
  const command = { to: 'security+cmd@acme.example' }
  const says = (line: string) => `embargod acme\n${line}\n`
  const proof = says('prove A-771234 token=abcdefghijklmnopqrstuvwxyz234567')
  return [
    plainMail({ from, to: LISTS, subject: 'Join', text: form, attachments: [key] }),
    plainMail({
      from,
      to: LISTS,
      subject: 'Join',
      text: 'We would like to join your list, as we ship it.\n',
    }),
    plainMail({
      from,
      to: IN_THREAD,
      subject: 'Re: Your request',
      text: `On Friday you wrote:\n> 1. Be an active distributor.\nWe are one.\n> 2. Accept it.\n${answers.join('\n')}\n`,
      attachments: [key],
    }),
    await thunderbirdSigned(person, { to: IN_THREAD, subject: 'Re: Your request', text: form }),
    await gpgMimeSigned(person, { ...command, text: proof }),
    await gpgMimeEncryptedSigned(person, [ourKey], { ...command, text: proof }),
    await gpgMimeSigned(person, {
      ...command,
      text: says(`vouch A-771234 for=${person.fingerprint} <<\nWe know them.\n.`),
    }),
    await gpgMimeSigned(person, {
      ...command,
      text: says('contact add name="Tess" address=tess@research.example kind=person att:key.asc'),
      attachments: [key],
    }),
    await gpgMimeSigned(person, { ...command, text: says('key add att:key.asc'), attachments: [key] }),
  ]
}
