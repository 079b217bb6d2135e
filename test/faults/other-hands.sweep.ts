// What others do to our mailbox: a mail that is delivered twice is one report (threats.md G06); flags that somebody
// set hide nothing, and mail that somebody takes away before it was read is told to the admins, once (G08).
import assert from 'node:assert/strict'
import { readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { ScriptedImap } from '../receive/scripted-imap.ts'
import { missingDovecot } from '../support/dovecot.ts'
import { missingGnuPG } from '../support/gpg.ts'
import { Installation } from '../support/installation.ts'
import { plainMail } from '../support/mail.ts'
import { checkInvariants, inboundOf } from '../support/oracle.ts'
import { until } from '../support/workspace.ts'

const skip = missingDovecot() || missingGnuPG()
const WORDS = 'canary-other-hands'
const VANISHED = [11, 12, 13] as const

const report = (name: string): Buffer =>
  plainMail({
    from: `${name}@plain.example`,
    to: 'security@acme.example',
    subject: 'bug',
    text: `${WORDS}\n`,
  })

const through = (server: string, mail: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(`Received: from ${server} by mx.acme.example; ${new Date().toUTCString()}\r\n`),
    mail,
  ])

test('what others do to our mailbox loses no report and makes no second one', { skip }, async t => {
  const acme = await Installation.make(t)
  const { dovecot, submission } = acme
  const once = async () => {
    const ended = await acme.cli('once')
    assert.equal(ended.code, 0, ended.problem)
  }
  const acknowledged = (name: string) =>
    submission.mails.filter(({ to }) => to.includes(`${name}@plain.example`)).length
  const told = async (words: RegExp) => {
    const mails = [...(await acme.inboxOf(acme.alice)), ...(await acme.inboxOf(acme.bob))]
    return mails.flatMap(({ text }) => words.exec(text.replace(/\s+/g, ' '))?.[0] ?? [])
  }

  await t.test('G06 a mail delivered twice is one case, acknowledged once', async () => {
    const twice = report('twice')
    // A server that lost our 250 tries again at once, another one that has a copy hours later.
    await acme.deliver(through('mx1.relay.example', twice))
    await acme.deliver(through('mx1.relay.example', through('mx0.relay.example', twice)))
    await once()
    await acme.deliver(through('mx2.relay.example', twice))
    await once()
    const [first, ...more] = await inboundOf(acme)
    assert.equal(first?.outcome, 'report')
    assert.deepEqual(
      more.map(({ outcome, duplicateOf }) => [outcome, duplicateOf]),
      [1, 2].map(() => ['duplicate', first?.id]),
    )
    assert.equal(JSON.parse((await acme.cli('case', 'list', '--json')).out).length, 1)
    assert.deepEqual([acknowledged('twice'), submission.mails.length], [1, 3])
  })

  await t.test(
    'G08 mail that another client has read, answered or marked as deleted is a report',
    async () => {
      const inbox = dovecot.maildir('security')
      for (const flags of ['S', 'RS', 'FST']) {
        await acme.deliver(report(`flagged-${flags.toLowerCase()}`))
        const [name = ''] = await readdir(join(inbox, 'new'))
        await rename(join(inbox, 'new', name), join(inbox, 'cur', `${name}:2,${flags}`))
      }
      await once()
      assert.deepEqual(
        (await inboundOf(acme)).slice(3).map(({ outcome }) => outcome),
        ['report', 'report', 'report'],
      )
      for (const flags of ['s', 'rs', 'fst']) assert.equal(acknowledged(`flagged-${flags}`), 1)
      assert.deepEqual(await dovecot.list('security'), [])
    },
  )

  await checkInvariants(acme, { canaries: [WORDS] })

  await t.test(
    'G08 mail that vanishes before it is read is told once, and no other waits for it',
    async t => {
      const server = await until(t, new ScriptedImap().listen())
      server.mails.set(20, report('stays'))
      server.replace = (command, { mails }) =>
        command.startsWith('UID SEARCH')
          ? `* SEARCH ${[...VANISHED, ...mails.keys()].join(' ')}\r\nTAG OK done\r\n`
          : undefined
      await acme.edit(text => text.replace(`port: ${dovecot.imapPort}`, `port: ${server.port}`))
      await once()
      assert.equal(acknowledged('stays'), 1)
      server.replace = () => undefined
      await once()
      const [first = '', ...more] = await told(/[^.]*gone before we could read[^.]*\./)
      assert.match(first, /3 mails were in our mailbox/)
      assert.deepEqual(more, [first], 'each admin once')
    },
  )
})
