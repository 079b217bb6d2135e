// Threat F13: a mail that ends the child each time it is opened is put aside after three tries, counted before each
// and over a restart; what came after it is taken up.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { missingDovecot } from '../support/dovecot.ts'
import { missingGnuPG } from '../support/gpg.ts'
import { Installation } from '../support/installation.ts'
import { plainMail } from '../support/mail.ts'
import { attachmentEntity, resolve } from '../support/mime.ts'
import { checkInvariants, inboundOf } from '../support/oracle.ts'
import { mail, mixed } from '../support/pgp-mime.ts'

const skip = missingDovecot() || missingGnuPG()
const SECURITY = 'security@acme.example'
const CANARY = 'canary-poison-17c2'

test('F13 a poisonous mail is put aside after three tries, over a restart, and others go on', {
  skip,
}, async t => {
  const acme = await Installation.make(t)
  const riya = await acme.person('Riya', 'riya@research.example')
  const ourKey = await acme.fingerprintOf('mail')
  // Each attachment is within the bounds of one message; together they are beyond the child's memory.
  const large = Buffer.concat([randomBytes(800_000), Buffer.alloc(60_000_000)])
  const compressed = { signed: 'unsigned', gpgOptions: ['--compress-algo', 'zip'] } as const
  const content = await riya.encryptSign([ourKey], large, compressed)
  const attached = attachmentEntity({ fileName: 'a.asc', mediaType: 'application/octet-stream', content })
  const poison = mail(
    resolve({ to: SECURITY, subject: CANARY }, riya.mailbox),
    mixed(Array(10).fill(attached)),
  )

  await acme.start()
  await acme.deliver(poison)
  await acme.deliver(plainMail({ from: 'quinn@plain.example', to: SECURITY, text: `${CANARY}\n` }))
  await acme.logged(/"event":"not-opened".*"attempts":1/)
  await acme.kill()
  await acme.start()
  // One after the other, so that patience is for each.
  await acme.logged(/"event":"not-opened".*"attempts":3/)
  for (const count of [1, 2]) await acme.logged(/"event":"settled","inbound":/, count)
  const outcomes = (await inboundOf(acme)).map(({ outcome }) => outcome)
  assert.deepEqual(outcomes.toSorted(), ['report', 'shunt'])
  const attempts = acme.log
    .filter(line => line.includes('"event":"not-opened"'))
    .map(line => JSON.parse(line))
  assert.ok(attempts.length >= 2 && attempts.length <= 3, `${attempts.length}`)
  // On a busy machine its time ends before its memory.
  assert.ok(attempts.every(({ why }) => why === 'sandbox-memory' || why === 'sandbox-timeout'))
  // Where the second was under way when the daemon was killed, it was counted and not told.
  assert.equal(attempts.at(-1)?.attempts, 3)
  // The acknowledgement and the report to both admins, and to both that a mail was put aside.
  await acme.submission.waitForCount(5, 15_000)
  await checkInvariants(acme, { canaries: [CANARY] })
})
