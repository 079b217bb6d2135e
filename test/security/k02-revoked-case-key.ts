// Threat K02 for the keys that speak in cases: a mail that carries a revocation is heeded, whoever sent it. In the
// test's own process, with real keys, on the instance that all of them share.
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import type { Line } from '../support/line.ts'
import { encryptedReport, gpgMimeSigned } from '../support/mail.ts'
import { attachmentEntity, resolve } from '../support/mime.ts'
import { mail, mixed, textEntity } from '../support/pgp-mime.ts'
import { until } from '../support/workspace.ts'
import { atTheEnd, sharedLine } from './shared-line.ts'
import { COMMAND, SECURITY } from './support.ts'

describe('K02: a revoked key of a case', { skip: missingGnuPG() }, () => {
  let line: Line
  let id: string
  let erin: GnuPG
  let ruth: GnuPG

  before(async () => {
    line = await sharedLine()
    erin = await until(atTheEnd, GnuPG.create('Erin', 'erin@k02.example'))
    ruth = await until(atTheEnd, GnuPG.create('Ruth', 'ruth@k02.example'))
    const ours = await line.fingerprintOf('mail')
    for (const person of [erin, ruth]) await person.importKey(await line.publicKey('mail'))
    const known = new Set(line.instance.store.allCases({ limit: 100_000 }).map(one => one.id))
    await line.take(await encryptedReport(ruth, [ours], { to: SECURITY, subject: 'x', text: 'It runs.\n' }))
    const opened = line.instance.store.allCases({ limit: 100_000 }).find(one => !known.has(one.id))
    assert.ok(opened)
    id = opened.id
  })

  const command = async (person: GnuPG, text: string, files: { fileName: string; content: string }[] = []) =>
    line.take(
      await gpgMimeSigned(person, { to: COMMAND, text: `embargod acme\n${text}\n`, attachments: files }),
    )
  /** From a stranger, who need not say why. */
  const passedOn = (content: string) =>
    line.take(
      mail(
        resolve({ to: SECURITY, subject: 'a key' }, 'Eve <eve@k02.example>'),
        mixed([textEntity('See there.\n'), attachmentEntity({ fileName: 'key.asc', content })]),
      ),
    )

  test("an engineer's, passed on as a whole by a stranger, ends their part and all they sign", async () => {
    const content = await erin.exportArmored()
    const assign = `assign ${id} fix=erin address=${erin.address} key=${erin.fingerprint} att:erin.asc`
    const file = [{ fileName: 'erin.asc', content }]
    assert.equal((await command(line.alice, assign, file)).reason, 'carried-out')
    assert.equal((await command(erin, `show ${id}`)).reason, 'nothing-changed')
    const mine = await gpgMimeSigned(erin, { to: COMMAND, text: `embargod acme\nnote ${id} <<\nx\n.\n` })

    await erin.revoke()
    assert.equal((await passedOn(await erin.exportArmored())).outcome, 'report')
    assert.deepEqual(line.theCase(id).fixTeam, [])
    const { text } = await line.lastMailTo(line.alice)
    assert.match(
      text.replace(/\s+/g, ' '),
      new RegExp(`erin has revoked the key ${erin.fingerprint}, and so is off ${id}`),
    )
    assert.match(text, new RegExp(`^ {4}show ${id}$`, 'm'))

    assert.equal((await line.take(mine)).outcome, 'refused')
    assert.equal((await command(line.alice, assign, file)).reason, 'E-KEY')
  })

  test("a reporter's, passed on as a bare revocation, leaves the case without a key, and nothing goes in clear", async () => {
    assert.equal(line.theCase(id).reporter.key?.fingerprint, ruth.fingerprint)
    await passedOn(await ruth.revocationCertificate())
    assert.equal(line.theCase(id).reporter.key, undefined)
    const { text } = await line.lastMailTo(line.alice)
    assert.match(text, new RegExp(`The reporter of ${id} has revoked their key`))
    assert.match(text, new RegExp(`^ {4}ask-key ${id}$`, 'm'))
    const reply = await command(line.alice, `reply ${id} clear=yes <<\nIt is fixed.\n.`)
    assert.equal(reply.reason, 'E-KEY')
    assert.equal((await command(line.alice, `ask-key ${id}`)).reason, 'carried-out')
  })
})
