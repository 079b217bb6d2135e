// Our mail as its readers open it: gpg verifies and decrypts, an independent parser reads.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { compose, encryptedMail, payloadOf, signedMail } from '../../src/compose/compose.ts'
import type { MailOrder } from '../../src/model/order.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import { findCanary } from '../support/canary.ts'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import { readMail } from '../support/outgoing.ts'
import { until } from '../support/workspace.ts'
import { alice, contextWith, orderOf, PATCH, parsed } from './given.ts'
import { everyOrder } from './orders.ts'

const skip = missingGnuPG()
const us =
  skip === false ? await until({ after }, GnuPG.create('Security', 'security@harbor.example')) : undefined
const reader =
  skip === false ? await until({ after }, GnuPG.create('Reader', 'reader@example.org')) : undefined
if (us !== undefined) await reader?.importKey(await us.exportPublic())

async function clear(order: MailOrder): Promise<Buffer> {
  const draft = compose(order, contextWith())
  const payload = payloadOf(draft, 'clear')
  const signature = await parsed(us).detachSign(payload, { digest: 'SHA512' })
  return Buffer.from(signedMail(draft, payload, signature, 'pgp-sha512'))
}

async function encrypted(order: MailOrder): Promise<Buffer> {
  const draft = compose(order, contextWith())
  const armored = await parsed(us).encryptSign([parsed(reader)], payloadOf(draft, 'encrypted'))
  return Buffer.from(encryptedMail(draft, Buffer.from(armored)))
}

for (const [name, order] of Object.entries(everyOrder))
  test(`gpg accepts our signature, and our words are readable: ${name}`, { skip }, async () => {
    const inClear = order.encryptTo.kind === 'nobody'
    const mail = await readMail(await (inClear ? clear(order) : encrypted(order)), parsed(reader))
    assert.deepEqual(mail.signedBy, [parsed(us).fingerprint])
    assert.deepEqual(mail.badSignatures, [])
    assert.equal(mail.wasEncrypted, !inClear)
    assert.ok(mail.text.length > 40)
    if (!inClear) assert.notEqual(mail.innerSubject, mail.outerSubject)
  })

const awkward = [
  'From the start\n.\n..\n-- \ntrailing blank \n\ttab\t\n',
  'lone \r carriage return and \u0000 control',
  `${'long '.repeat(400)}\n${'x'.repeat(3_000)}`,
  'Grüße 火山 🔥 \ud800 end\n--=_mail\n',
  '火'.repeat(2_000),
]

for (const [index, text] of awkward.entries())
  test(`a signature outlives relays that trim, fold and stuff: ${index}`, { skip }, async () => {
    const mail = await clear(
      orderOf({ kind: 'reply', text: plaintext(text) }, { to: alice, encryptTo: { kind: 'nobody' } }),
    )
    const relayed = mail
      .toString('latin1')
      .split('\r\n')
      .map(line => line.replace(/[ \t]+$/, '').replace(/^From /, '>From '))
      .join('\r\n')
    assert.equal(relayed, mail.toString('latin1'))
    const read = await readMail(mail, parsed(reader))
    assert.deepEqual(read.signedBy, [parsed(us).fingerprint])
    const words = text.toWellFormed().replace(/\r\n?/g, '\n').trimEnd()
    assert.ok(read.text.startsWith(`${words}\n\nThis is about`), JSON.stringify(read.text.slice(0, 200)))
  })

test('the patch of a notice arrives octet for octet', { skip }, async () => {
  const { attachments } = await readMail(await encrypted(parsed(everyOrder['notice'])), parsed(reader))
  assert.deepEqual(attachments[0]?.content, PATCH)
})

test('outside an encryption nothing of what it says can be found', { skip }, async () => {
  const needles = [
    'knock twice',
    'Knocking twice',
    'Hole in the gate',
    'alice@reporters.example',
    'shut_the_gate',
    'early disclosure',
  ]
  for (const name of ['report', 'follow-up', 'notice', 'transcript'])
    assert.deepEqual(findCanary(needles, await encrypted(parsed(everyOrder[name]))), [], name)
})
