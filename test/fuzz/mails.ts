// The mails that are mutated: every shape of report and command that we know, made with real keys, and all corpora
// that are there.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { TestContext } from 'node:test'
import { CHARSETS, REPORTS } from '../interop/report-shapes.ts'
import { GnuPG } from '../support/gpg.ts'
import { gpgMimeEncryptedSigned, gpgMimeSigned, muttSigned, thunderbirdSigned } from '../support/mail.ts'
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
  for (const person of [reporter, admin]) await person.importKey(ourCertificate)
  const writer = { reporter, stranger, ourKey, ourCertificate }
  const mails: Buffer[] = CHARSETS.map(({ mail }) => mail(writer))
  for (const { write } of REPORTS) mails.push(await write('a hole', writer))
  const command = { to: 'security+cmd@acme.example', text: 'embargod acme\ntake C-482107\n' }
  for (const write of [gpgMimeSigned, muttSigned, thunderbirdSigned]) mails.push(await write(admin, command))
  mails.push(await gpgMimeEncryptedSigned(admin, [ourKey], command))
  for (const name of ['machine-mail', 'mime'] as const)
    mails.push(...corpus(name).map(([, octets]) => octets))
  return mails
}
