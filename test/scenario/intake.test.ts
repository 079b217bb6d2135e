// What happens when a report arrives, with the real daemon: what admins are told of it, which case it may be the
// same as, the ways in that get no acknowledgement, and one that is owed through a kill.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { missingDovecot } from '../support/dovecot.ts'
import { missingGnuPG } from '../support/gpg.ts'
import { Installation } from '../support/installation.ts'
import { encryptedReport, gpgMimeSigned, plainMail } from '../support/mail.ts'
import { checkInvariants } from '../support/oracle.ts'

const SECURITY = 'security@acme.example'
const COMMAND = 'security+cmd@acme.example'
const LIST = 'security@lists.acme.example'
const CANARY = 'canary-restore_hooks.go'

const WORDS =
  'I plan to publish this on 2031-03-01. CVE-2026-12345 is in version 1.14.0: restoreHooks() in ' +
  `${CANARY} calls parse_manifest twice.\n`

const advisory = (comment: number) =>
  plainMail({
    from: 'Ada <notifications@github.com>',
    to: SECURITY,
    subject: '[acme/widget] A crash (GHSA-2222-3333-4444)',
    messageId: `<acme/widget/repository-advisories/4821/comments/${comment}@github.com>`,
    text: `Words ${comment}: https://github.com/acme/widget/security/advisories/GHSA-2222-3333-4444\n`,
    headers: [['List-ID', 'acme/widget <widget.acme.github.com>']],
  })

test('a report arrives', { skip: missingDovecot() || missingGnuPG() }, async t => {
  const acme = await Installation.make(t)
  await acme.edit(text => text.replace(/^ {2}#lists: \[\]$/m, `  lists: [${LIST}]`))
  const riya = await acme.person('Riya Reporter', 'riya@research.example')
  const ours = await acme.fingerprintOf('mail')
  await acme.start()
  let settled = 0
  const deliver = async (octets: Buffer) => {
    settled += 1
    await acme.deliver(octets)
    return acme.logged(/"event":"settled","inbound":/, settled)
  }
  const newest = async () => {
    const mails = await acme.inboxOf(acme.alice)
    return mails.at(-1) ?? assert.fail('no mail')
  }
  const sentTo = (address: string) => acme.submission.mails.filter(({ to }) => to.includes(address)).length
  const told = (count: number) => acme.submission.waitFor(() => sentTo(acme.alice.address) >= count)
  let first = ''

  await t.test('what it seems to hold and lack stands above it, with a reply ready to send', async () => {
    await deliver(await encryptedReport(riya, [ours], { to: SECURITY, subject: 'A crash', text: WORDS }))
    await told(1)
    const { text, innerSubject } = await newest()
    first = /^(C-[0-9]{6}): new report$/.exec(innerSubject ?? '')?.[1] ?? assert.fail(innerSubject)
    const flat = text.replace(/\s+/g, ' ')
    assert.match(flat, /It names CVE-2026-12345, 1\.14\.0\./)
    assert.match(flat, /It seems to ask for disclosure: 2031-03-01\. Our policy allows .* at the latest\./)
    assert.match(flat, /It seems to lack: \* Basic identity information/)
    const command = /^ {4}(embargod acme\n {4}reply C-[0-9]{6} <<\n {4}Hello,[\s\S]*?\n {4}\.)\n/m.exec(
      text,
    )?.[1]
    assert.ok(command, text)
    assert.ok(text.indexOf(command) < text.indexOf('| I plan to publish'))
    const signed = await gpgMimeSigned(acme.alice, {
      to: COMMAND,
      text: `${command.replace(/^ {4}/gm, '')}\n`,
    })
    assert.match(await deliver(signed), /carried-out/)
    const reply = await acme.mailTo(riya, 2)
    assert.match(
      reply.text.replace(/\s+/g, ' '),
      /later than our policy allows\. We propose .* Do you agree\?/,
    )
    assert.ok(reply.wasEncrypted)
  })

  await t.test('another report of the same is told to be perhaps the same, to admins alone', async () => {
    const before = sentTo(acme.alice.address)
    const text = `It is already public that RestoreHooks in ${CANARY} and parse_manifest crash: see CVE-2026-12345.\n`
    await deliver(plainMail({ from: 'Quinn <quinn@plain.example>', to: SECURITY, subject: 'x', text }))
    await told(before + 1)
    const report = await newest()
    assert.match(report.innerSubject ?? '', /: new report, said to be PUBLIC$/)
    assert.match(report.text, new RegExp(`It may be the same as ${first}\\.`))
    assert.match(report.text, new RegExp(`^ {4}merge C-[0-9]{6} into=${first}$`, 'm'))
    const answer = acme.submission.mails.find(({ to }) => to.includes('quinn@plain.example'))
    assert.ok(answer && !answer.octets.includes(first) && !answer.octets.includes('CVE'))
  })

  await t.test('an advisory opens one case, and nobody is answered by mail', async () => {
    assert.match(await deliver(advisory(1)), /"reason":"new-case-advisory"/)
    assert.match(await deliver(advisory(2)), /"outcome":"follow-up"/)
    assert.equal(sentTo('notifications@github.com'), 0)
  })

  await t.test('mail through a list in front of us is acknowledged to its author', async () => {
    const headers = [
      ['List-ID', '<security.lists.acme.example>'],
      ['Precedence', 'list'],
      ['X-Original-From', 'Noor <noor@research.example>'],
    ] as const
    const from = `"Noor via Security" <${LIST}>`
    const text = 'It crashes.\n'
    assert.match(await deliver(plainMail({ from, to: LIST, subject: 'x', text, headers })), /"new-case"/)
    await acme.submission.waitFor(({ to }) => to.includes('noor@research.example'))
    assert.equal(sentTo(LIST), 0)
  })

  await t.test('what a limit postponed is sent when the day is over, after a kill, and once', async () => {
    const pavel = (tag: number) =>
      plainMail({ from: `pavel+${tag}@plain.example`, to: SECURITY, subject: `${tag}`, text: 'Bug.\n' })
    for (let tag = 1; tag <= 5; tag += 1) await deliver(pavel(tag))
    assert.match(await deliver(pavel(6)), /"reason":"new-case-capped"/)
    await acme.submission.waitFor(({ to }) => to.includes('pavel+5@plain.example'))
    await acme.kill()
    const database = new DatabaseSync(join(acme.folder, 'data/embargod.db'))
    database.exec('UPDATE outbox SET created_at = created_at - 86400000')
    database.close()
    await acme.start()
    await acme.submission.waitFor(({ to }) => to.includes('pavel+6@plain.example'))
    await acme.kill()
    await acme.start()
    await deliver(plainMail({ from: 'olga@plain.example', to: SECURITY, subject: 'x', text: 'Bug.\n' }))
    await acme.submission.waitFor(({ to }) => to.includes('olga@plain.example'))
    assert.equal(sentTo('pavel+6@plain.example'), 1)
  })

  await t.test('what must always hold holds', () => checkInvariants(acme, { canaries: [CANARY] }))
})
