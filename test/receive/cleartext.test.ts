// A signature that is written into a text: what is said of it, whatever is done to the text, and that nobody speaks
// by it. Signed by GnuPG.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import * as mails from '../support/mail.ts'
import { attachmentEntity, octetsOf, resolve, typed } from '../support/mime.ts'
import { mail, mixed, multipartEncrypted, textEntity } from '../support/pgp-mime.ts'
import { until } from '../support/workspace.ts'
import { desk } from './opening.ts'

const to = 'security@project.org'
const WORDS = 'Hello,\n\n- it crashes  \nFrom the start.\n'
const skip = missingGnuPG()

describe('a signature written into a text', { skip }, async () => {
  if (skip !== false) return
  const [own, admin, stranger] = await Promise.all(
    ['own', 'admin', 'stranger'].map(name => until({ after }, GnuPG.create(name, `${name}@example.org`))),
  )
  assert.ok(own && admin && stranger)
  const at = await desk(own, [admin])
  const real = await admin.clearsign(typed(WORDS))
  const sent = (text: string, more: readonly string[] = []) => {
    const content = more.length === 0 ? textEntity(text) : mixed([textEntity(text), ...more])
    return mail(resolve({ to, subject: 's' }, stranger.mailbox), content)
  }

  /** What is said of the text, and how much of it the signature covers. */
  async function told(octets: Uint8Array): Promise<readonly (string | undefined)[]> {
    const opened = await at.mail(octets)
    assert.equal(opened.author, undefined, 'nobody speaks by it')
    const [part] = opened.parts
    assert.equal(part?.signature.kind, 'none')
    const { verdict, around } = part?.cleartextSignature ?? {}
    if (verdict?.kind === 'good') assert.equal(verdict.signature.primary, admin?.fingerprint)
    return [verdict?.kind === 'refused' ? verdict.fault : verdict?.kind, around]
  }

  for (const [name, text, expected] of [
    ['holds', real, ['good', 'nothing']],
    [
      'holds whatever blanks end its lines',
      real.replace(/crashes *\r?$/m, 'crashes \t '),
      ['good', 'nothing'],
    ],
    ['does not cover what stands above', `Pay me.\n\n${real}`, ['good', 'words']],
    ['does not cover what stands below', `${real}\nPay me.\n`, ['good', 'words']],
    ['does not hold over other words', real.replace('crashes', 'shines'), ['bad', 'nothing']],
    ['is one of several', `${real}\n${real}`, ['several', 'words']],
    ['is damaged', real.replace(/\n[A-Za-z0-9+/=]{10,}\n/, '\n'), ['malformed', 'nothing']],
    ['has no end', real.slice(0, real.indexOf('-----END')), ['malformed', 'words']],
    ['has words for a header', real.replace('\nHash:', '\nComment: pay\nHash:'), ['malformed', 'words']],
    ['ends its header by a form feed', real.replace(/\n\r?\n/, '\n\f\nPay\n\n'), ['malformed', 'words']],
    ['is none behind a mark', real.replace(/^/gm, '> '), [undefined, undefined]],
  ] as const)
    test(name, async () => assert.deepEqual(await told(sent(text)), expected))

  test('is by a key that we do not know, or by one that came with the mail', async () => {
    const theirs = await stranger.clearsign(typed(WORDS))
    assert.deepEqual(await told(sent(theirs)), ['unknown-key', 'nothing'])
    const key = attachmentEntity({ fileName: 'key.asc', content: await stranger.exportArmored() })
    const opened = await at.mail(sent(theirs, [key]))
    const [part] = opened.parts
    assert.equal(part?.cleartextSignature?.verdict.kind, 'good')
    assert.equal(opened.author, undefined)
  })

  test('is seen within an encryption, too', async () => {
    const ciphertext = await admin.encryptSign([own], octetsOf(textEntity(real)), { signed: 'unsigned' })
    const octets = mail(resolve({ to, subject: 's' }, admin.mailbox), multipartEncrypted(ciphertext))
    assert.deepEqual(await told(octets), ['good', 'nothing'])
    const inText = await admin.encryptSign([own], typed(real), { signed: 'unsigned' })
    assert.deepEqual(await told(sent(inText)), ['good', 'nothing'])
  })

  test('is not verified without end', async () => {
    const many = mixed(Array.from({ length: 30 }, () => textEntity(real)))
    const { parts } = await at.mail(mail(resolve({ to, subject: 's' }, admin.mailbox), many))
    assert.equal(parts.filter(one => one.cleartextSignature !== undefined).length, 10)
  })

  test('of GnuPG as a mail program would send it holds', async () => {
    assert.deepEqual(await told(await mails.gpgClearsigned(admin, { to, text: WORDS })), ['good', 'nothing'])
  })
})
