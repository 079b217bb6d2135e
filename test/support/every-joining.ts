// The part of the story of every kind of mail in which people ask to join the list: one comes onto it, one is declined
// under their key and one in clear, and two wait until time has passed and the terms are others.
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { instant, parseEmailAddress } from '../../src/model/scalars.ts'
import { generateSecretKey } from '../../src/openpgp/secret-keys.ts'
import { tapped } from './applying.ts'
import { STRANGERS_WORDS, TEAMS_WORDS } from './every-words.ts'
import type { GnuPG } from './gpg.ts'
import type { Installation } from './installation.ts'
import { gpgMimeSigned, plainMail } from './mail.ts'
import { type ReadMail, readMail } from './outgoing.ts'

const COMMAND = 'security+cmd@acme.example'
const LIST = 'distributors@acme.example'

/** Has no key that we know of, and waits. */
const WAITS = 'petra@waits.example'
/** Has none either, and is declined in clear. */
const TURNED_AWAY = 'nils@away.example'
/** Names none of the lists that there are. */
const UNSURE = 'una@unsure.example'

export type Desk = {
  /** Has all of these settled, one after the other. */
  readonly deliver: (...mails: readonly Buffer[]) => Promise<void>
  /** Waits until everything that follows from them is sent. */
  readonly sent: () => Promise<void>
}

export type Applicants = {
  /** Comes onto the list. */
  readonly ann: GnuPG
  /** Is declined. */
  readonly dan: GnuPG
  /** Has asked already, and waits. */
  readonly riya: GnuPG
}

/** Everybody asks; what can be decided at once is. `member`: who is asked about ann and vouches for her. */
export async function askToJoin(
  acme: Installation,
  { ann, dan, riya }: Applicants,
  member: GnuPG,
  { deliver, sent }: Desk,
): Promise<void> {
  const { alice } = acme
  const newest = async (address: string, person: GnuPG, subject: RegExp): Promise<ReadMail> => {
    await sent()
    for (const { to, octets } of acme.submission.mails.toReversed()) {
      const mail = to.includes(address) ? await readMail(Buffer.from(octets), person) : undefined
      if (mail !== undefined && subject.test(mail.innerSubject ?? '')) return mail
    }
    throw new Error(`nothing like ${subject} to ${address}`)
  }
  const idIn = ({ innerSubject }: ReadMail): string => /A-[0-9]{6}/.exec(innerSubject ?? '')?.[0] ?? ''
  const says = (who: GnuPG, text: string) => gpgMimeSigned(who, { to: COMMAND, text })
  const commands = (who: GnuPG, text: string) => says(who, `embargod acme\n${text}\n`)

  await deliver(
    asking(ann.address, [await ann.exportArmored()]),
    asking(dan.address, [await dan.exportArmored()]),
    asking(WAITS),
    asking(TURNED_AWAY),
  )
  const ids: string[] = []
  for (const person of [ann, dan, riya]) {
    const challenge = await newest(person.address, person, /prove your address and key$/)
    ids.push(idIn(challenge))
    await deliver(await says(person, tapped(challenge.text)))
  }
  const [anns = '', dans = ''] = ids
  const away = idIn(await newest(TURNED_AWAY, alice, /^Your request A-/))
  await deliver(await commands(alice, `circulate ${anns}`))
  const vouch = tapped((await newest(member.address, member, /do you know them\?$/)).text)
  assert.match(vouch, /\nvouch A-/)
  await deliver(await says(member, vouch.replace('<<\n', `<<\n${STRANGERS_WORDS.vouch}`)))
  await deliver(
    await commands(alice, `approve ${anns}`),
    await commands(alice, `decline ${dans} <<\n${TEAMS_WORDS.decline}\n.`),
    await commands(alice, `decline ${away} clear=yes <<\nYou distribute nothing.\n.`),
  )
  await sent()
  const transcripts = (await acme.inboxOf(alice)).map(
    ({ text }) => /confirm acme [a-z2-7]{16}/.exec(text)?.[0],
  )
  await deliver(await says(alice, `${transcripts.findLast(found => found)}\n`))
  await newest(ann.address, ann, /^You are on the list$/)
}

/** Between an end and a start: the terms are others, and there is a second list. */
export async function whileDown(acme: Installation): Promise<void> {
  const profile = join(acme.folder, 'profiles', 'velero.yaml')
  const terms = await readFile(profile, 'utf8')
  const others = terms
    .replace("version: '1'", "version: '2'")
    .replace('must not be made', 'must never be made')
  await writeFile(profile, others)
  const address = parseEmailAddress('restic-list@acme.example')
  assert.ok(address.ok)
  const now = instant(Date.now())
  const owner = { userName: 'Restic Distributors', address: address.value, passphrase: undefined, now }
  const key = join(acme.folder, 'list-restic.asc')
  await writeFile(key, (await generateSecretKey(owner)).armored, { mode: 0o600 })
  const second = `- name: restic\n    profile: velero\n    distributors: ${address.value}\n    listKey: { file: ${key} }`
  await acme.edit(text => text.replace(/^projects:$/m, `$&\n  ${second}`))
}

/** To the security address, where several lists can be meant. */
export const askWhich = (): Buffer => asking(UNSURE, [], 'security@acme.example')

const asking = (from: string, keys: readonly string[] = [], to = LIST): Buffer =>
  plainMail({
    from: `${STRANGERS_WORDS.displayName} <${from}>`,
    to,
    subject: STRANGERS_WORDS.subject,
    text: [
      'apply',
      '',
      `organisation: ${STRANGERS_WORDS.organisation}`,
      `name: ${STRANGERS_WORDS.applicant}`,
      '1. Yes.',
      '2. Many.',
      '3. Ours.',
      '4. No.',
      `5. ${STRANGERS_WORDS.answer}`,
      '',
    ].join('\n'),
    attachments: keys.map(content => ({ fileName: 'key.asc', content })),
    headers: [['References', `<${STRANGERS_WORDS.reference}@joining.example>`]],
  })
