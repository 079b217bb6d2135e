// A case from its arrival on, with people outside the team: who reads what, under whose key, and how often.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import { Line } from '../support/line.ts'
import { encryptedReport, gpgMimeEncryptedSigned, gpgMimeSigned, plainMail } from '../support/mail.ts'
import { entity, resolve } from '../support/mime.ts'
import { type ReadMail, readMail } from '../support/outgoing.ts'
import { mail, mixed, multipartSigned, textEntity } from '../support/pgp-mime.ts'
import { until } from '../support/workspace.ts'

const skip = missingGnuPG()
const COMMAND = 'security+cmd@acme.example'
const SECURITY = 'security@acme.example'

/** A command mail with the report forwarded as an attachment, as mail programs do. */
async function forwarding(person: GnuPG, text: string, report: Buffer): Promise<Buffer> {
  const file = entity('message/rfc822; name="report.eml"', report.toString('latin1'), [
    ['Content-Disposition', 'attachment; filename="report.eml"'],
  ])
  const signed = await multipartSigned(person, mixed([textEntity(text), file]))
  return mail(resolve({ to: COMMAND }, person.mailbox), signed)
}

test('a case gathers people, and each reads what is theirs', { skip }, async t => {
  const line = await Line.make(t)
  const { alice, bob } = line
  const ours = [await line.fingerprintOf('mail')]
  const month = { fakedTime: Date.now() - line.keyAge * 3_600_000 }
  const person = async (name: string, address: string) => {
    const made = await until(t, GnuPG.create(name, address, month))
    await made.importKey(await line.publicKey('mail'))
    return made
  }
  const [carol, erin, riya] = [
    await person('Carol Maintainer', 'carol@acme.example'),
    await person('Erin Engineer', 'erin@vendor.example'),
    await person('Riya Reporter', 'riya@research.example'),
  ]
  const key = join(line.folder, 'carol.asc')
  await writeFile(key, await carol.exportArmored())
  await line.restart(text =>
    text.replace(
      /^( +)profile: velero$/m,
      `$&\n$1maintainers:\n$1  - name: carol\n$1    address: ${carol.address}\n$1    key: ${key}\n$1    fingerprint: ${carol.fingerprint}`,
    ),
  )
  const command = async (by: GnuPG, text: string, attachments = {}) =>
    line.take(await gpgMimeSigned(by, { to: COMMAND, text: `embargod acme\n${text}\n`, ...attachments }))
  const inbox = async (who: GnuPG): Promise<readonly ReadMail[]> =>
    Promise.all(line.sent.filter(({ to }) => to === who.address).map(({ octets }) => readMail(octets, who)))
  const openCases = () => line.instance.store.allCases({ limit: 100 })

  await line.take(
    await encryptedReport(riya, ours, {
      to: SECURITY,
      subject: 'Root for all',
      text: 'CANARY-ONE runs as root.\n',
    }),
  )
  const id = openCases()[0]?.id ?? assert.fail()

  await t.test('a maintainer has nothing of it before it is shared', async () => {
    assert.deepEqual(await command(carol, `show ${id}`), {
      outcome: 'refused',
      reason: 'E-UNKNOWN',
      mails: 1,
    })
    assert.doesNotMatch((await line.lastMailTo(carol)).text, /CANARY|Root for all/)
  })

  await t.test(
    'sharing brings the welcome and the thread, once, under the key of the maintainer',
    async () => {
      const known = (await inbox(carol)).length
      await command(alice, `take ${id}\nshare ${id} with=maintainers\nassign ${id} fix=carol`)
      const [welcome, report, ...more] = (await inbox(carol)).slice(known)
      assert.ok(welcome && report)
      assert.deepEqual(
        [more, welcome.innerSubject, report.innerSubject],
        [[], `${id}: your part in it`, `${id}: an earlier mail`],
      )
      assert.match(report.text, /\| CANARY-ONE runs as root\./)
      for (const one of [welcome, report]) assert.deepEqual([one.wasEncrypted, one.signedBy], [true, ours])
    },
  )

  await t.test('an engineer from outside joins with a key file, whatever type it has', async () => {
    const file = {
      fileName: 'erin.asc',
      mediaType: 'application/pgp-keys',
      content: await erin.exportArmored(),
    }
    const text = `accept ${id}\nassign ${id} fix=erin address=${erin.address} key=${erin.fingerprint} att:erin.asc`
    assert.equal((await command(alice, text, { attachments: [file] })).outcome, 'command')
    assert.equal(line.theCase(id).state, 'fixing')
    assert.deepEqual(
      (await inbox(erin)).map(one => [one.innerSubject, one.wasEncrypted]),
      [
        [`${id}: your part in it`, true],
        [`${id}: an earlier mail`, true],
      ],
    )
    const shown = await line.take(
      await gpgMimeEncryptedSigned(erin, ours, { to: COMMAND, text: `embargod acme\nshow ${id}\n` }),
    )
    assert.deepEqual([shown.outcome, shown.mails], ['command', 1])
    const { text: told } = await line.lastMailTo(erin)
    assert.match(told, new RegExp(`${id} \\(velero\\), fixing`))
    assert.doesNotMatch(told, /riya@research/)
  })

  await t.test('the reporter heard of each state once, encrypted', async () => {
    const news = (await inbox(riya)).filter(one => one.innerSubject?.startsWith('News'))
    assert.deepEqual(
      news.map(one => [
        /has been (taken up|accepted)|is being (fixed)/.exec(one.text)?.[0],
        one.wasEncrypted,
      ]),
      [
        ['has been taken up', true],
        ['is being fixed', true],
      ],
    )
  })

  await t.test('off the fix team, an engineer has no key here any more', async () => {
    await command(alice, `assign ${id} off=erin`)
    assert.deepEqual((await command(erin, `show ${id}`)).outcome, 'refused')
    assert.doesNotMatch((await line.lastMailTo(erin)).text, new RegExp(id))
  })

  await t.test('who is asked to lead accepts by mail', async () => {
    await command(alice, `assign ${id} lead=carol`)
    assert.match((await line.lastMailTo(carol)).text, new RegExp(`accept-lead ${id}`))
    await command(carol, `accept-lead ${id}`)
    assert.equal(line.theCase(id).lead, 'carol')
  })

  const forwarded = plainMail({
    from: 'Sam <sam@users.example>',
    to: 'alice@team.example',
    subject: 'Crash',
    text: 'CANARY-TWO crashes it.\n',
  })
  let second = ''

  await t.test(
    'a forwarded report is acknowledged to its author, and its clocks run from its receipt',
    async () => {
      const received = new Date(Math.floor(Date.now() / 60_000) * 60_000 - 86_400_000)
      const at = received.toISOString().replace(':00.000Z', 'Z')
      const taken = await line.take(
        await forwarding(
          alice,
          `embargod acme\nopen from=sam@users.example att:report.eml received=${at}\n`,
          forwarded,
        ),
      )
      assert.equal(taken.outcome, 'command')
      const opened = openCases().find(one => one.channel === 'forwarded') ?? assert.fail()
      second = opened.id
      assert.equal(opened.receivedAt, received.getTime())
      const mine = line.sent.filter(({ to }) => to === 'sam@users.example')
      assert.equal(mine.length, 1)
      const { text } = await readMail(mine[0]?.octets ?? Buffer.of(), bob)
      assert.match(text, new RegExp(second))
    },
  )

  await t.test('the same report opens nothing again, forwarded by another or saved to a file', async () => {
    const sent = line.sent.filter(({ to }) => to === 'sam@users.example').length
    const relayed = Buffer.concat([
      Buffer.from('Received: from x by y; Sat, 21 Nov 2026 12:00:00 +0000\r\n'),
      forwarded,
    ])
    await line.take(
      await forwarding(bob, 'embargod acme\nopen from=sam@users.example att:report.eml\n', relayed),
    )
    assert.match((await line.lastMailTo(bob)).text, new RegExp(`That mail is in ${second} already`))
    const content = forwarded.toString('latin1').replaceAll('\r\n', '\n')
    const saved = {
      attachments: [{ fileName: 'report.eml', mediaType: 'application/octet-stream', content }],
    }
    await command(bob, 'open from=sam@users.example att:report.eml', saved)
    assert.match((await line.lastMailTo(bob)).text, new RegExp(`That mail is in ${second} already`))
    assert.equal(line.sent.filter(({ to }) => to === 'sam@users.example').length, sent)
  })

  await t.test('a report that came by itself is not opened again either', async () => {
    const direct = plainMail({
      from: 'kim@users.example',
      to: SECURITY,
      subject: 'Leak',
      text: 'It leaks.\n',
    })
    await line.take(direct)
    const count = openCases().length
    await line.take(
      await forwarding(alice, 'embargod acme\nopen from=kim@users.example att:report.eml\n', direct),
    )
    assert.match((await line.lastMailTo(alice)).text, /That mail is in C-[0-9]{6} already/)
    assert.equal(openCases().length, count)
  })

  await t.test('who is new to a forwarded case reads the report, not how it was forwarded', async () => {
    await command(alice, `assign ${second} fix=carol`)
    const { text } = await line.lastMailTo(carol)
    assert.match(text, /\| CANARY-TWO crashes it\./)
    assert.doesNotMatch(text, /open from=/)
  })

  await t.test(
    'mail to a merged case joins the other, and its reporter is told no more than that',
    async () => {
      const third = await line.report('lee@plain.example')
      await command(alice, `merge ${third} into=${id}`)
      const told = line.sent.findLast(({ to }) => to === 'lee@plain.example') ?? assert.fail()
      assert.doesNotMatch(told.octets.toString('latin1'), new RegExp(id))
      const [, reference = ''] = /^Message-ID: (.*)\r$/m.exec(told.octets.toString('latin1')) ?? []
      const mails = line.theCase(id).thread.length
      await line.take(
        plainMail({
          from: 'lee@plain.example',
          to: SECURITY,
          subject: 'Re: Crash',
          text: 'It also leaks.\n',
          headers: [['In-Reply-To', reference]],
        }),
      )
      assert.equal(line.theCase(id).thread.length, mails + 1)
      assert.match((await line.lastMailTo(bob)).text, new RegExp(`New mail in ${id}`))
    },
  )

  await t.test(
    'a purged case leaves nothing of what was said, and the instance starts and goes on',
    async () => {
      await command(bob, `reject ${second} <<\nno\n.\npurge ${second}`)
      const asked = await line.lastMailTo(bob)
      assert.equal(line.theCase(second).state, 'new', 'nothing happens before it is confirmed')
      const [token = ''] = /confirm acme [a-z2-7]{16}/.exec(asked.text) ?? []
      assert.equal(
        (await line.take(await gpgMimeSigned(bob, { to: COMMAND, text: `${token}\n` }))).outcome,
        'command',
      )
      const purged = line.theCase(second)
      assert.deepEqual([purged.content, purged.state, purged.title.open()], ['purged', 'rejected', ''])
      await command(bob, `show ${second}`)
      assert.match((await line.lastMailTo(bob)).text, /purged: what people wrote is gone/)
    },
  )

  await t.test('who is away is known after a restart', async () => {
    await command(carol, 'away until=14d')
    await line.close()
    await line.open()
    await command(alice, 'away')
    assert.match((await line.lastMailTo(alice)).text, /carol until 20/)
  })

  assert.deepEqual(line.instance.store.journal.misfolded(), [])
  assert.ok(line.instance.store.audit.verify().ok)
})
