// Threats B01 and B07 on the way of posts: what a member wrote to the team alone is not read out to the list for whoever
// got hold of it, nor what they wrote put into a mail that somebody else signed. In the test's own process.
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { missingGnuPG } from '../support/gpg.ts'
import type { Line } from '../support/line.ts'
import { gpgMimeEncryptedSigned } from '../support/mail.ts'
import { octetsOf, resolve } from '../support/mime.ts'
import { readMail } from '../support/outgoing.ts'
import { mail, mixed, multipartEncrypted, multipartSigned, textEntity } from '../support/pgp-mime.ts'
import { sharedLine } from './shared-line.ts'
import { SECURITY } from './support.ts'

const LIST = 'distributors@acme.example'

describe('B01: what the list is not meant to read', { skip: missingGnuPG() }, () => {
  let line: Line
  let team: string
  let list: string

  before(async () => {
    line = await sharedLine()
    team = await line.fingerprintOf('mail')
    list = await line.fingerprintOf('list-velero')
  })

  const written = (keys: readonly string[], to: string, text: string) =>
    gpgMimeEncryptedSigned(line.mallory, keys, { to, subject: 'For you', text })
  const readdressed = (octets: Buffer) =>
    Buffer.from(octets.toString('latin1').replaceAll(SECURITY, LIST), 'latin1')
  const posted = (from: number) =>
    line.sent.slice(from).filter(({ octets }) => /^From:.*<distributors@/m.test(octets.toString('latin1')))

  test('is what was encrypted to the team, whoever sends it to the list', async () => {
    const captured = await written([team], SECURITY, 'I can read every backup.\n')
    const sent = line.sent.length
    assert.equal((await line.take(readdressed(captured))).reason, 'post-other-key')
    assert.deepEqual(
      posted(sent).map(({ to }) => to),
      [line.mallory.address],
    )
    assert.match((await line.lastMailTo(line.mallory)).text, /not encrypted to the key of this list/)
  })

  test('and what was is passed on, also where the team could read it, too', async () => {
    for (const keys of [[list], [team, list]]) {
      const octets = await written(keys, LIST, `For all, under ${keys.length}.\n`)
      assert.equal((await line.take(octets)).reason, 'post-relayed')
      assert.match((await line.lastMailTo(line.alice)).text, /\| For all, under/)
    }
  })

  test('nor what a member signs around the ciphertext of another', async () => {
    const secret = await line.bob.encryptSign([list], octetsOf(textEntity('Nobody else knows.\n')))
    for (const content of [
      multipartEncrypted(secret),
      mixed([textEntity('See:\n'), multipartEncrypted(secret)]),
    ]) {
      const sent = line.sent.length
      const octets = mail(
        resolve({ to: LIST, subject: 'x' }, line.mallory.mailbox),
        await multipartSigned(line.mallory, content),
      )
      assert.notEqual((await line.take(octets)).reason, 'post-relayed')
      for (const one of line.sent.slice(sent).filter(({ to }) => to === line.mallory.address))
        assert.doesNotMatch((await readMail(one.octets, line.mallory)).text, /Nobody else/)
    }
  })
})
