// A notice to several contacts through a server that fails each in its own way (threats.md H02, H06, H07): what is
// refused for good is told within a minute and never tried again, a copy that hangs holds no other, and where every
// connection ends after one mail the next goes on with the next.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { missingDovecot } from '../support/dovecot.ts'
import { FaultProxy } from '../support/fault-proxy.ts'
import { missingGnuPG } from '../support/gpg.ts'
import { Installation } from '../support/installation.ts'
import { plainMail } from '../support/mail.ts'
import { planNotice, secondAhead } from '../support/notices.ts'
import { checkInvariants } from '../support/oracle.ts'
import { until } from '../support/workspace.ts'
import { passTime } from './time.ts'

const skip = missingDovecot() || missingGnuPG()
const NOTICE = 'canary-notice-77c1'
const NAMES = ['one', 'two', 'no-such-user', 'three', 'no-such-mail', 'slow', 'four', 'five'] as const
const addressOf = (name: (typeof NAMES)[number]) => `oncall@${name}.example`
const failed =
  /do not have N-[0-9]{6}: M-[0-9]{6}, \S+ (?:refused by its server \(550 5\.1\.1\)|refused for what it contains, not for the address \(554 5\.7\.1\)) M-[0-9]{6}, /

async function failEach(t: TestContext): Promise<void> {
  const acme = await Installation.make(t)
  const { submission } = acme
  const proxy = await until(t, new FaultProxy(submission.port).listen())
  await acme.edit(text => text.replace(`port: ${submission.port}`, `port: ${proxy.port}`))
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
  const sendAt = secondAhead(acme, 10_000)
  const { confirm } = await planNotice(acme, acme.alice, { case: theCase, sendAt, text: NOTICE })
  await acme.deliver(confirm)
  await acme.logged(/carried-out/)

  submission.script({ at: 'recipient', recipient: addressOf('no-such-user'), answer: '550 5.1.1 who?' })
  submission.script({ at: 'data', recipient: addressOf('no-such-mail'), answer: '554 5.7.1 no' })
  const gate = Promise.withResolvers<void>()
  submission.script({ at: 'hold', recipient: addressOf('slow'), until: () => gate.promise })
  proxy.script({ request: /\r\n\.\r\n/, at: 'answer', pass: /250 [^\r]*\r\n/, harm: 'close', times: 3 })

  const copiesFor = (name: (typeof NAMES)[number]) =>
    submission.mails.filter(({ to }) => to.includes(addressOf(name))).length
  const sound = NAMES.filter(name => !/no-such|slow/.test(name))
  await submission.waitFor(() => sound.every(name => copiesFor(name) === 1), 60_000)
  const told = async () => {
    const mails = [...(await acme.inboxOf(acme.alice)), ...(await acme.inboxOf(acme.bob))]
    return mails.filter(({ text }) => failed.test(text.replace(/\s+/g, ' '))).length
  }
  await acme.logged(/"event":"settled".*"reason":"copies-ended"/)
  assert.ok(Date.now() - sendAt < 60_000)
  assert.equal(copiesFor('slow'), 0)
  assert.equal(proxy.happened, 3)
  gate.resolve()
  await submission.waitFor(() => copiesFor('slow') === 1)
  assert.equal(await acme.stop(), 0)

  passTime(acme, 120)
  const ended = await acme.cli('once')
  assert.equal(ended.code, 0, ended.problem)
  assert.equal(await told(), 2)
  for (const name of NAMES) {
    const tries = submission.attempts.filter(({ to }) => to.includes(addressOf(name))).length
    assert.deepEqual([name, copiesFor(name), tries], [name, /no-such/.test(name) ? 0 : 1, 1])
  }
  await checkInvariants(acme, { canaries: [NOTICE] })
}

test('each contact fails alone: the others have their copy once, and the admins know', { skip }, failEach)
