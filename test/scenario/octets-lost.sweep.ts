// Stored octets that are lost (threats.md L05): gone, or altered so that they do not open. The daemon goes on with
// everything else and says whose they are; fetched from the mailbox again, they are what they were.
import assert from 'node:assert/strict'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { missingDovecot } from '../support/dovecot.ts'
import { missingGnuPG } from '../support/gpg.ts'
import { Installation } from '../support/installation.ts'
import { plainMail } from '../support/mail.ts'
import { checkInvariants } from '../support/oracle.ts'

const skip = missingDovecot() || missingGnuPG()

const DONE = ['embargod', 'done']

const report = (who: string) =>
  plainMail({
    from: `${who} <${who}@plain.example>`,
    to: 'security@acme.example',
    subject: `bug of ${who}`,
    text: `It crashes for ${who}.\n`,
  })

test('lost octets are told case by case, stop nothing else, and are fetched again', { skip }, async t => {
  const acme = await Installation.make(t)
  const { alice, submission } = acme
  const edit = (sql: string) => {
    const database = new DatabaseSync(join(acme.folder, 'data', 'embargod.db'))
    database.exec(sql)
    database.close()
  }
  const json = async (...args: readonly string[]) => JSON.parse((await acme.cli(...args, '--json')).out)
  const check = async () => (await acme.cli('check', '--no-mail')).out
  await acme.start()
  for (const who of ['first', 'second']) {
    await acme.deliver(report(who))
    await submission.waitFor(({ to }) => to.includes(`${who}@plain.example`))
  }
  await acme.dovecot.waitForCount('security', DONE, 2)
  await acme.stop()
  assert.match((await acme.cli('inbound', 'verify')).out, /every mail are there/)
  const [second, first] = (await json('case', 'list')).map((one: { readonly case: string }) => one.case)

  // The third is stored while nothing settles it, and then loses its octets before it was ever looked into.
  const passphrase = join(acme.folder, 'keys', 'passphrase')
  await rename(passphrase, `${passphrase}.away`)
  await acme.start()
  await acme.deliver(report('third'))
  await acme.dovecot.waitForCount('security', DONE, 3)
  await acme.stop()
  await rename(`${passphrase}.away`, passphrase)
  edit(`DELETE FROM raw_mail WHERE inbound IN (1, 3);
        UPDATE raw_mail SET octets = CAST(substr(octets, 1, length(octets) - 1) || x'00' AS BLOB) WHERE inbound = 2`)

  await t.test('status, check and verify name the cases', async () => {
    assert.deepEqual((await json('status')).inbound.octetsMissing, [
      { id: 1, cases: [first] },
      { id: 3, cases: [] },
    ])
    assert.match(
      (await acme.cli('status')).out,
      new RegExp(`^! .* 2 mails \\(${first}; 1 of no case\\) are gone`, 'm'),
    )
    const both = [first, second].sort().join(', ')
    assert.match(
      await check(),
      new RegExp(`^fail  database .* 3 mails \\(${both}; 1 of no case\\).* inbound refetch$`, 'm'),
    )
    const verified = await acme.cli('inbound', 'verify')
    assert.equal(verified.code, 1)
    assert.match(
      verified.out,
      new RegExp(`^1  missing  \\S+  ${first}  .*\\n3  missing .*\\n2  altered  \\S+  ${second}  `),
    )
  })

  await t.test('a start tells the admins, and what comes is handled', async () => {
    await acme.start()
    await acme.logged(/"event":"octets-missing","mails":2/)
    await acme.logged(/"event":"shunted","inbound":3,"why":"octets-lost"/)
    await acme.deliver(report('fourth'))
    await submission.waitFor(({ to }) => to.includes('fourth@plain.example'))
    const told = (await acme.inboxOf(alice)).filter(({ text }) => text.includes('inbound refetch'))
    assert.equal(told.length, 1)
    assert.match(told[0]?.text ?? '', new RegExp(`2 stored mails are gone, of ${first}\\.`))
  })

  await t.test('fetched again beside the daemon, they are whole, audited, and wait for nobody', async () => {
    const before = await acme.dovecot.list('security', DONE)
    const fetched = await acme.cli('inbound', 'refetch')
    assert.equal(fetched.code, 0, fetched.problem)
    assert.match(fetched.out, /octets of 3 mails are stored again/)
    assert.equal((await acme.cli('inbound', 'verify')).code, 0)
    assert.doesNotMatch(await check(), /refetch/)
    assert.deepEqual((await json('status')).inbound.octetsMissing, [])
    assert.equal((await acme.dovecot.list('security', DONE)).length, before.length)
    const audited = (await acme.cli('audit', 'export')).out
      .split('\n')
      .filter(line => line.includes('put-back'))
    assert.equal(audited.length, 1)
    assert.deepEqual(JSON.parse(audited[0] ?? '').ids.rows.toSorted(), ['1', '2', '3'])
    assert.equal((await acme.cli('shunt', 'retry', '3')).code, 0)
    await submission.waitFor(({ to }) => to.includes('third@plain.example'))
    assert.equal((await json('case', 'list')).length, 4)
  })

  await t.test('what must always hold holds', () =>
    checkInvariants(acme, { canaries: ['It crashes for second'] }),
  )

  await t.test('what the mailbox no longer has is named, and the rest is fetched', async () => {
    await acme.stop()
    const absent = '0'.repeat(64)
    edit(`UPDATE inbound SET sha256 = '${absent}' WHERE id = 1; DELETE FROM raw_mail WHERE inbound = 2`)
    const fetched = await acme.cli('inbound', 'refetch')
    assert.equal(fetched.code, 1)
    assert.match(fetched.problem, new RegExp(`^Mail 1, of ${first}, is neither in the mailbox`))
    assert.deepEqual(
      (await json('inbound', 'verify')).map(({ id, octets }: { id: number; octets: string }) => [id, octets]),
      [[1, 'altered']],
    )
    assert.equal((await acme.cli('audit', 'verify')).code, 0)
  })

  await t.test('octets whose mail is gone stop the start', async () => {
    edit('PRAGMA foreign_keys = OFF; DELETE FROM inbound WHERE id = 2')
    const refused = await acme.cli('once')
    assert.deepEqual(
      [refused.code, refused.problem],
      [78, 'embargod.db lacks mail that other rows name: restore a backup.\n'],
    )
  })
})
