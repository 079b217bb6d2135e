// `check` sends a mail to each address of ours and finds it again, with a daemon beside it or without, and
// neither it nor the daemon makes anything else of it. What does not come back, it names.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { verifiedElsewhere } from '../interop/sent.ts'
import { missingDovecot } from '../support/dovecot.ts'
import { missingGnuPG } from '../support/gpg.ts'
import { Installation } from '../support/installation.ts'
import { checkInvariants } from '../support/oracle.ts'

const skip = missingDovecot() || missingGnuPG()
const DONE = ['embargod', 'done']
const OWN = /@acme\.example$/

/** Hands what is sent to our addresses to the mailbox, as a mail system does; only what `accepts`. */
function relay(t: TestContext, acme: Installation, accepts: (address: string) => boolean): void {
  let passed = 0
  const pass = async () => {
    const mail = acme.submission.mails[passed]
    if (mail === undefined) return
    passed += 1
    const [to = ''] = mail.to
    if (OWN.test(to) && accepts(to))
      await acme.deliver(Buffer.concat([Buffer.from(`Delivered-To: ${to}\r\n`), mail.octets]))
  }
  const looking = setInterval(() => void pass(), 20)
  t.after(() => clearInterval(looking))
}

/** Lines about mail, tokens left out. */
const aboutMail = (out: string): readonly string[] =>
  out
    .split('\n')
    .filter(line => /^\w+ +mail /.test(line))
    .map(line => line.replace(/\+c\.000000\.[a-z2-7]{16}@/, '+c.000000.TOKEN@'))

test('what does not arrive is named, and what does makes nothing but a line', { skip }, async t => {
  const acme = await Installation.make(t)
  let subaddresses: 'delivered' | 'lost' = 'lost'
  relay(t, acme, address => subaddresses === 'delivered' || !address.startsWith('security+c.'))
  acme.submission.script({
    at: 'recipient',
    recipient: 'distributors@acme.example',
    answer: '550 5.1.1 none',
  })
  const failed = await acme.cli('check', '--wait', '1')
  assert.deepEqual(aboutMail(failed.out).slice(2, 4), [
    'fail  mail      smtp does not take a mail to distributors@acme.example (550, at rcpt): ask its operator why',
    'fail  mail      to security+c.000000.TOKEN@acme.example did not arrive within 1 s, but others did: let the server deliver subaddresses, or set addresses.separator',
  ])
  assert.equal(failed.code, 78)

  // Begins with the mails of that check still in the mailbox.
  await acme.start()
  subaddresses = 'delivered'
  const { code, out } = await acme.cli('check', '--wait', '10')
  assert.deepEqual(aboutMail(out), [
    'ok    mail      to security@acme.example arrives; Delivered-To names it',
    'ok    mail      to security+cmd@acme.example arrives; Delivered-To names it',
    'ok    mail      to distributors@acme.example arrives; Delivered-To names it',
    'ok    mail      to security+c.000000.TOKEN@acme.example arrives, so that subaddresses work; Delivered-To names it',
    'warn  mail      whom a mail in blind copy is for is not known: if your server itself writes Delivered-To, name it in delivery.headers',
  ])
  assert.equal(code, 0)
  await acme.logged(/"outcome":"own","reason":"check"/, 6)
  assert.equal(acme.submission.mails.length, 3 + 4)
  const [sent] = acme.submission.mails
  assert.ok(sent)
  await verifiedElsewhere(acme, Buffer.from(sent.octets))
  assert.equal((await acme.dovecot.waitForCount('security', DONE, 6)).length, 6)

  await acme.edit(text => text.replace('  #headers: []', '  headers: [Delivered-To]'))
  const again = await acme.cli('check', '--wait', '10')
  assert.equal(aboutMail(again.out).at(-1), 'ok    mail      delivery.headers tell whom a mail is for')
  assert.doesNotMatch(again.out, /another embargod/)

  // Another data directory on the same mailbox.
  await acme.dovecot.waitForCount('security', DONE, 10)
  await checkInvariants(acme, { canaries: ['canary-nothing'] })
  await acme.edit(text => text.replace(/^dataDirectory: .*$/m, `dataDirectory: ${acme.folder}/other`))
  assert.match(
    (await acme.cli('check', '--no-mail')).out,
    /^warn {2}imap {6}10 of the last 10 mails in embargod\/done are not in our database: if another/m,
  )
})
