// Every kind of mail that the running daemon sends, opened by other programs: GnuPG opens each of them, Sequoia
// one of each kind, and both find the same octets under a good signature of the right key.
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { simpleParser } from 'mailparser'
import { ENCRYPTED_KINDS, type EveryKind, type SentMail } from '../support/every-kind.ts'
import type { GnuPG } from '../support/gpg.ts'
import type { HostFaults } from '../support/host-faults.ts'
import type { Installation } from '../support/installation.ts'
import { fieldOf, readMail } from '../support/outgoing.ts'
import { missingSequoia, sequoiaDecrypt, sequoiaVerify } from '../support/sequoia.ts'

/** RFC 5322 §2.1.1, without the line end. */
const LONGEST_LINE = 998

const protectionOf = ({ read }: SentMail): 'encrypted' | 'in clear' =>
  read.wasEncrypted ? 'encrypted' : 'in clear'

/** The part of this type, decoded. */
async function partOf(octets: Buffer, mediaType: string): Promise<Buffer> {
  const { attachments } = await simpleParser(octets)
  const part = attachments.find(({ contentType }) => contentType === mediaType)
  assert.ok(part, `no ${mediaType} in ${octets}`)
  return part.content
}

async function verifiedBySequoia(
  octets: Buffer,
  entity: Buffer,
  signer: Buffer,
  environment: HostFaults['environment'] = {},
): Promise<void> {
  const signature = await partOf(octets, 'application/pgp-signature')
  assert.deepEqual(await sequoiaVerify(signature, entity, signer, environment), { good: true })
}

/** A mail in clear of our security address: GnuPG and, where it is installed, Sequoia find its signature good. */
export async function verifiedElsewhere(acme: Installation, octets: Buffer): Promise<void> {
  const { entity, signedBy, badSignatures, wasEncrypted } = await readMail(octets, acme.alice)
  assert.deepEqual(
    { signedBy, badSignatures, wasEncrypted },
    {
      signedBy: [await acme.fingerprintOf('mail')],
      badSignatures: [],
      wasEncrypted: false,
    },
  )
  if (missingSequoia() === false) await verifiedBySequoia(octets, entity, await acme.publicKey('mail'))
}

/** Opens or verifies as Sequoia does; what it refuses, it says. */
async function bySequoia(
  mail: SentMail,
  people: readonly GnuPG[],
  signer: Buffer,
  { environment }: HostFaults,
): Promise<Buffer> {
  if (!mail.read.wasEncrypted) {
    await verifiedBySequoia(mail.octets, mail.read.entity, signer, environment)
    return mail.read.entity
  }
  const person = people.find(({ address }) => address === mail.to)
  assert.ok(person)
  const message = await partOf(mail.octets, 'application/octet-stream')
  const opened = await sequoiaDecrypt(message, {
    recipientKey: await person.exportSecret(),
    signers: [signer],
    environment,
  })
  assert.ok('octets' in opened, JSON.stringify(opened))
  return opened.octets
}

/** What brings our key as a file, too. */
const WITH_KEY: readonly SentMail['kind'][] = [
  'acknowledgement',
  'acknowledgement-list',
  'application-answer',
  'key',
  'leak-thanks',
  'member-welcome',
]

/** Encrypted to a key that was proven, in clear where none is known. */
const OF_REQUESTS = ['application-answer', 'application-standing', 'application-declined'] as const

export async function readElsewhere(
  t: TestContext,
  acme: Installation,
  { mails, people, host }: EveryKind,
): Promise<void> {
  const isOfList = ({ read }: SentMail) =>
    fieldOf(read.outerHeaders, 'from')?.includes('<distributors@') === true
  const keyOf = async (mail: SentMail) => (isOfList(mail) ? 'list-velero' : 'mail')

  // One more, an alert in clear, takes a team whose keys are all unusable.
  await t.test('every kind was sent encrypted, or in clear, and some both ways', () => {
    const sent = new Set(mails.map(mail => `${mail.kind} ${protectionOf(mail)}`))
    const both = ['acknowledgement', 'news', 'reply', 'request', 'key', 'leak-thanks', ...OF_REQUESTS]
    const clear = [...both, 'acknowledgement-list', 'application-which', 'refusal', 'help', 'users-notice']
    const expected = [
      ...ENCRYPTED_KINDS.map(kind => `${kind} encrypted`),
      ...clear.map(kind => `${kind} in clear`),
    ]
    assert.deepEqual([...sent].sort(), expected.sort())
  })

  await t.test('GnuPG finds one good signature, by the key of the sending address', async () => {
    for (const mail of mails) {
      const { kind, to, read } = mail
      assert.deepEqual(read.signedBy, [await acme.fingerprintOf(await keyOf(mail))], `${kind} to ${to}`)
      assert.deepEqual(read.badSignatures, [], `${kind} to ${to}`)
      assert.ok(read.text.trim() !== '', `${kind} to ${to}`)
    }
  })

  const seen = new Set<string>()
  for (const mail of mails) {
    const name = `${mail.kind}, ${protectionOf(mail)}`
    if (seen.has(name)) continue
    seen.add(name)
    await t.test(`Sequoia reads the same: ${name}`, { skip: missingSequoia() }, async () => {
      const opened = await bySequoia(mail, people, await acme.publicKey(await keyOf(mail)), host)
      const inner = await simpleParser(opened)
      assert.equal(inner.subject, mail.read.innerSubject)
      assert.ok(opened.equals(mail.read.entity), 'GnuPG and Sequoia differ')
    })
  }

  await t.test('the Autocrypt field and the attached key are the key that signed', async () => {
    const known = new Map<string, readonly string[]>()
    const fingerprintsIn = async (key: Buffer): Promise<readonly string[]> => {
      const digits = key.toString('hex')
      const found = known.get(digits) ?? (await acme.alice.importKey(key))
      known.set(digits, found)
      return found
    }
    for (const mail of mails) {
      const ours = await acme.fingerprintOf(await keyOf(mail))
      const field = fieldOf(mail.read.outerHeaders, 'autocrypt') ?? ''
      const [, address, keydata = ''] = /^addr=([^;]+);.* keydata=(.*)$/.exec(field) ?? []
      assert.equal(address, isOfList(mail) ? 'distributors@acme.example' : 'security@acme.example')
      assert.deepEqual(await fingerprintsIn(Buffer.from(keydata, 'base64')), [ours])
      const attached = mail.read.attachments.find(({ mediaType }) => mediaType === 'application/pgp-keys')
      const expected = WITH_KEY.includes(mail.kind)
      assert.equal(attached !== undefined, expected, mail.kind)
      if (attached) assert.deepEqual(await fingerprintsIn(attached.content), [ours])
    }
  })

  await t.test('no relay has a reason to touch them: 7-bit, CRLF, short lines', () => {
    for (const { kind, octets } of mails) {
      const text = octets.toString('latin1')
      assert.match(text, /^[\t\r\n -~]*$/, kind)
      assert.doesNotMatch(text, /[^\r]\n|\r[^\n]/, kind)
      assert.ok(Math.max(...text.split('\r\n').map(line => line.length)) <= LONGEST_LINE, kind)
    }
  })
}
