// smtp.maxPerMinute with a real daemon: copies leave one after the other as the plan foretold, a preflight is answered
// between them, and a cancel keeps back all that had not begun.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { missingDovecot } from '../support/dovecot.ts'
import { missingGnuPG } from '../support/gpg.ts'
import { Installation } from '../support/installation.ts'
import { gpgMimeSigned, plainMail } from '../support/mail.ts'
import { planNotice, secondAhead } from '../support/notices.ts'
import { checkInvariants } from '../support/oracle.ts'

const skip = missingDovecot() || missingGnuPG()
const NOTICE = 'canary-notice-4d10'
const NAMES = Array.from({ length: 8 }, (_, number) => `site${number}`)
const addressOf = (name: string) => `oncall@${name}.example`
const COMMAND = 'security+cmd@acme.example'

async function pace(t: TestContext): Promise<void> {
  const acme = await Installation.make(t)
  const { submission } = acme
  await acme.edit(text =>
    text.replace(`port: ${submission.port}`, `port: ${submission.port}\n  maxPerMinute: 60`),
  )
  for (const name of NAMES) {
    const imported = await acme.importMember(await acme.person(`On call ${name}`, addressOf(name)), name)
    assert.equal(imported.code, 0, imported.problem)
  }
  await acme.start()
  const from = 'r@plain.example'
  await acme.deliver(plainMail({ from, to: 'security@acme.example', subject: 'bug', text: 'Bug.\n' }))
  const acknowledgement = () => submission.mails.find(({ to }) => to.includes(from))
  await submission.waitFor(() => acknowledgement() !== undefined)
  const [theCase = ''] = /C-[0-9]{6}/.exec(acknowledgement()?.octets.toString('latin1') ?? '') ?? []
  const sendAt = secondAhead(acme, 25_000)
  const { notice, confirm } = await planNotice(acme, acme.alice, { case: theCase, sendAt, text: NOTICE })
  await acme.deliver(confirm)
  await acme.logged(/carried-out/)
  const asked = await gpgMimeSigned(acme.alice, { to: COMMAND, text: `embargod acme\npreflight ${notice}\n` })
  await acme.deliver(asked)
  const reply = async () => {
    const mails = await acme.inboxOf(acme.alice)
    return mails.find(({ text }) => text.includes(`${notice} about ${theCase} at`))?.text
  }
  const copies = () => submission.mails.filter(({ to }) => NAMES.some(name => to.includes(addressOf(name))))
  await submission.waitFor(() => copies().length === 4, 60_000)
  assert.match((await reply()) ?? '', /At 60 mails a minute \(smtp\.maxPerMinute\)\s+the last copy leaves at/)
  const elapsed = Date.now() - sendAt
  assert.ok(elapsed >= 3_000, `four copies within ${elapsed} ms`)
  await acme.deliver(
    await gpgMimeSigned(acme.bob, { to: COMMAND, text: `embargod acme\ncancel ${notice}\n` }),
  )
  await acme.logged(/"event":"settled".*"reason":"carried-out"/, 2)
  const gone = copies().length
  assert.ok(gone < NAMES.length, `${gone} had gone`)
  assert.equal(await acme.stop(), 0)
  assert.ok(copies().length <= gone + 1)
  await checkInvariants(acme, { canaries: [NOTICE] })
}

test('copies leave no faster than the server may be sent mail', { skip }, pace)
