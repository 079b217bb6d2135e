// Threat A03: a member, whose key is enrolled, signs a perfect admin command, in the admin's name or the own.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { readAudit } from '../support/audit.ts'
import { GnuPG } from '../support/gpg.ts'
import {
  gpgInlineEncryptedSigned,
  gpgInlineSigned,
  gpgMimeEncryptedAroundSigned,
  gpgMimeSigned,
  thunderbirdEncryptedSigned,
  thunderbirdSigned,
} from '../support/mail.ts'
import { readMail } from '../support/outgoing.ts'
import { until } from '../support/workspace.ts'
import { ADMINS, ALICE, type Attack, COMMAND, SECURITY, Siege, skip } from './support.ts'

const MEMBER = 'oncall@distro.example'

test("A03 a member's signature opens no admin command, and every admin hears of the attempt", {
  skip,
}, async t => {
  const mia = await until(t, GnuPG.create('Mia Member', MEMBER))
  const siege = await Siege.make(t, async acme => {
    const imported = await acme.importMember(mia, 'Distro')
    assert.equal(imported.code, 0, imported.problem)
  })
  const { acme, canary, id } = siege
  await mia.importKey(await acme.publicKey('mail'))
  const ours = [await acme.fingerprintOf('mail')]
  const written = () => ({ from: ALICE, to: COMMAND, subject: canary, text: siege.command })
  const attempt = (name: string, mail: Buffer): Attack => ({
    name,
    mail,
    reason: 'E-ROLE',
    told: [MEMBER, ...ADMINS],
  })
  const first = await gpgMimeSigned(mia, written())

  const attacks = [
    attempt("in an admin's name", first),
    attempt('in her own name', await gpgMimeSigned(mia, { ...written(), from: mia.mailbox })),
    attempt('as Thunderbird signs', await thunderbirdSigned(mia, written())),
    attempt('signed in one message', await gpgInlineSigned(mia, written())),
    attempt('encrypted with the signature inside', await thunderbirdEncryptedSigned(mia, ours, written())),
    attempt('encrypted in one message', await gpgInlineEncryptedSigned(mia, ours, written())),
    attempt('encrypted around a signed mail', await gpgMimeEncryptedAroundSigned(mia, ours, written())),
    attempt('at the security address', await thunderbirdSigned(mia, { ...written(), to: SECURITY })),
    {
      // Members confirm what they sent themselves: a wrong token of theirs is one of any person's.
      name: 'a confirmation',
      mail: await gpgMimeSigned(mia, { ...written(), text: 'confirm acme abcdefghijklmnop\n' }),
      reason: 'E-UNKNOWN',
      told: [MEMBER],
    },
    attempt(
      'only asking about a case',
      await gpgMimeSigned(mia, { ...written(), text: `embargod acme\nshow ${id}\n` }),
    ),
    attempt(
      'only asking about a case that does not exist',
      await gpgMimeSigned(mia, { ...written(), text: 'embargod acme\nshow C-000000\n' }),
    ),
    {
      name: 'the first one again in other octets, which is not worth another alert',
      mail: Buffer.from(
        first.toString('latin1').replace(/^Message-ID:.*$/m, 'Message-ID: <again@x>'),
        'latin1',
      ),
      reason: 'E-REPLAY',
    },
  ]
  const settled = await siege.stand(t, attacks)

  await t.test(
    'all her attempts got the same answer but for her own words, encrypted to her key',
    async () => {
      const answers = await Promise.all(
        acme.submission.mails.filter(({ to }) => to.includes(MEMBER)).map(mail => readMail(mail.octets, mia)),
      )
      for (const answer of answers) assert.equal(answer.wasEncrypted, true)
      const [toToken, ...more] = answers.filter(({ text }) => text.includes('Nothing waits under this token'))
      assert.ok(toToken)
      assert.deepEqual(more, [])
      // Her own line is repeated to her, whose signature covers it; nothing else differs.
      const attempted = answers
        .filter(answer => answer !== toToken)
        .map(({ text }) =>
          text.replace(/(accept|show) C-\d{6}/, 'VERB C-').replace(/send (accept|show);/, 'send VERB;'),
        )
      assert.equal(new Set(attempted).size, 1)
      assert.match(attempted[0] ?? '', /Nothing was done[\s\S]*error E-ROLE: VERB C-[\s\S]*may not send VERB/)
      assert.doesNotMatch(attempted[0] ?? '', /C-\d{6}/)
    },
  )

  await t.test('alerts name the attempt, and the audit whose key it was', async () => {
    const [contact] = JSON.parse((await acme.cli('member', 'list', '--json')).out)
    const attempts = settled.filter(one => one.reason === 'E-ROLE')
    for (const admin of [acme.alice, acme.bob]) {
      const inbox = (await acme.inboxOf(admin)).map(({ text }) => text.replace(/\s+/g, ' '))
      const alerts = inbox.filter(text => text.includes(`${contact.contact}, a contact on the list`))
      assert.equal(alerts.length, attempts.length)
      for (const { inbound } of attempts)
        assert.ok(
          alerts.some(text => text.includes(`It is inbound ${inbound}.`)),
          `no alert of ${inbound}`,
        )
    }
    const audit = readAudit(join(acme.folder, 'data', 'embargod.db'))
    for (const { inbound } of attempts) {
      const row = audit.find(({ kind, ids }) => kind === 'settled' && ids['inbound'] === inbound)
      assert.equal(row?.ids['fingerprint'], mia.fingerprint)
    }
  })
  await siege.end(t)
})
