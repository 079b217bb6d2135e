// The operator's day: what is stuck is seen in `status` and mended by one verb; `compose` writes what an admin
// signs; and a head from a transcript shows whether the audit chain was rewritten.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { rewriteAudit } from '../support/audit.ts'
import { missingDovecot } from '../support/dovecot.ts'
import { missingGnuPG } from '../support/gpg.ts'
import { Installation } from '../support/installation.ts'
import { gpgMimeSigned, plainMail } from '../support/mail.ts'
import { checkInvariants } from '../support/oracle.ts'

const skip = missingDovecot() || missingGnuPG()

test('stuck mail is mended, composed commands run, a rewritten audit chain is found', { skip }, async t => {
  const acme = await Installation.make(t)
  const { alice, bob } = acme
  const status = async () => JSON.parse((await acme.cli('status', '--json')).out)
  acme.submission.script({
    at: 'recipient',
    recipient: bob.address,
    answer: '550 no such user',
  })
  await acme.start()
  await acme.deliver(
    plainMail({
      from: 'Quinn <quinn@plain.example>',
      to: 'security@acme.example',
      subject: 'bug',
      text: 'canary-report\n',
    }),
  )
  await acme.logged(/"event":"delivery-failed"/)

  const failed = JSON.parse((await acme.cli('outbox', 'list', '--json')).out).find(
    (row: { readonly state: string }) => row.state === 'failed',
  )
  assert.match((await acme.cli('status')).out, /^! 1 failed; look with: embargod outbox list$/m)
  const retried = await acme.cli('outbox', 'retry', String(failed.id))
  assert.equal(retried.code, 0, retried.problem)
  await acme.logged(new RegExp(`"event":"delivery-accepted","outbox":${failed.id},`))
  const { mailbox, smtp, outbox } = await status()
  assert.equal(outbox.failed, 0)
  assert.deepEqual([mailbox.state, mailbox.refused, smtp.trouble], ['connected', null, null])
  assert.ok(Date.parse(mailbox.lastLook) >= Date.parse(mailbox.since))
  assert.ok(Date.parse(smtp.lastAccepted) >= Date.parse(mailbox.since))
  assert.equal((await acme.cli('status', '--health')).code, 0)
  assert.equal((await acme.cli('outbox', 'drop', String(failed.id))).code, 65)
  assert.equal((await acme.cli('shunt', 'retry', '1')).code, 65)
  assert.equal((await acme.cli('outbox', 'retry', '0')).code, 64)

  const [{ case: id }] = JSON.parse((await acme.cli('case', 'list', '--json')).out)
  assert.equal((await acme.cli('compose', `tke ${id}`)).code, 65)
  const composed = await acme.cli('compose', 'list', `take ${id}`)
  const [header = '', text = ''] = composed.out.split(/\n\n(.*)/s)
  assert.equal(header, 'To: security+cmd@acme.example\nSubject: embargod')
  const to = 'security+cmd@acme.example'
  await acme.deliver(await gpgMimeSigned(alice, { to, subject: 'embargod', text }))
  await acme.logged(/"reason":"carried-out"/)
  let transcript = await acme.mailTo(alice, 2)
  for (let position = 3; transcript.innerSubject !== 'What came of your commands'; position += 1)
    transcript = await acme.mailTo(alice, position)
  await acme.stop()
  const line = `^ {4}${id} {2}velero {2}new {2}[-0-9T:]+Z {2}lead nobody\\s+conversation due `
  assert.match(transcript.text, new RegExp(line, 'm'))
  await checkInvariants(acme, { canaries: ['canary-report'] })
  const { auditChain } = transcript.json as { readonly auditChain: { row: number; hash: string } }
  assert.ok(transcript.text.includes(`Audit chain, row ${auditChain.row}:\n    ${auditChain.hash}`))

  const verify = () => acme.cli('audit', 'verify', '--head', auditChain.hash)
  assert.equal((await verify()).code, 0)
  const rows = (await acme.cli('audit', 'export')).out
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  assert.equal(rows[auditChain.row - 1].hash, auditChain.hash)
  const listed = await acme.cli('cmd', 'list')
  const head = /^Audit chain, row \d+:\n {4}([0-9a-f]{64})$/m.exec(listed.out)?.[1] ?? ''
  assert.equal((await acme.cli('audit', 'verify', '--head', head)).code, 0)
  const path = join(acme.folder, 'data', 'embargod.db')
  rewriteAudit(path, row => (row['seq'] === 1 ? { ...row, at: Number(row['at']) - 1 } : row))
  letAnHourPass(path)
  assert.equal((await acme.cli('audit', 'verify')).code, 0)
  const unread = await acme.cli('status', '--health')
  assert.deepEqual([unread.code, unread.problem.includes('not read')], [69, true])
  const found = await verify()
  assert.deepEqual([found.code, found.problem.includes('rewritten')], [1, true])
})

/** Since the mailbox was last looked at. */
function letAnHourPass(path: string): void {
  const database = new DatabaseSync(path)
  try {
    database.exec('UPDATE mailboxes SET looked_at = looked_at - 3600000')
  } finally {
    database.close()
  }
}
