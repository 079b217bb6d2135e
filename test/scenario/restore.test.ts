// A lost host (threats.md L01, L02, L08): a backup made while the daemon ran, life goes on, all is lost but the
// mailbox and the backup. After the restore nothing is sent twice, nobody is acknowledged twice, no old command
// runs, and what came meanwhile is there again.
import assert from 'node:assert/strict'
import { readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { decryptKey, readPrivateKey } from 'openpgp'
import { missingDovecot } from '../support/dovecot.ts'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import { Installation } from '../support/installation.ts'
import { gpgMimeSigned, plainMail } from '../support/mail.ts'
import { planNotice, secondAhead } from '../support/notices.ts'
import { checkInvariants } from '../support/oracle.ts'

const skip = missingDovecot() || missingGnuPG()
const NOTICE = 'canary-notice-88d2'
const CANARIES = [NOTICE, 'It crashes for']

const report = (who: string) =>
  plainMail({
    from: `${who} <${who}@plain.example>`,
    to: 'security@acme.example',
    subject: `bug of ${who}`,
    text: `It crashes for ${who}.\n`,
  })

test('a restored backup replays nothing and loses nothing', { skip }, async t => {
  const acme = await Installation.make(t)
  const { alice, submission } = acme
  const contact = await acme.person('Contact One', 'oncall@one.example')
  assert.equal((await acme.importMember(contact, 'Distro One')).code, 0)
  const sentTo = (address: string) => submission.mails.filter(({ to }) => to.includes(address)).length
  const commanded = async (text: string) =>
    acme.deliver(
      await gpgMimeSigned(alice, {
        to: 'security+cmd@acme.example',
        text: `embargod acme\n${text}\n`,
      }),
    )
  const cases = async () => JSON.parse((await acme.cli('case', 'list', '--json')).out)
  await acme.start()
  await acme.deliver(report('first'))
  await acme.logged(/"reason":"new-case"/)
  const [{ case: first }] = await cases()
  const sendAt = secondAhead(acme, 8_000)
  const { notice, confirm } = await planNotice(acme, alice, { case: first, sendAt, text: NOTICE })
  await acme.deliver(confirm)
  await acme.logged(/"reason":"carried-out"/)
  const file = join(acme.folder, 'backup.pgp')
  const made = await acme.cli('backup', file)
  assert.equal(made.code, 0, made.problem)
  const again = await acme.cli('backup', file)
  assert.deepEqual([again.code, again.problem.includes('left alone')], [65, true])

  // What the backup does not know of.
  const stale = `take ${first}`
  await commanded(stale)
  await acme.logged(/"reason":"carried-out"/, 2)
  await acme.deliver(report('second'))
  await acme.logged(/"reason":"new-case"/, 2)
  await submission.waitFor(({ to }) => to.includes(contact.address), 60_000)
  await submission.waitFor(({ to }) => to.includes('second@plain.example'))
  await acme.stop()
  await checkInvariants(acme, { canaries: CANARIES })

  const full = await acme.cli('restore', file)
  assert.deepEqual([full.code, full.problem.includes('embargod.db')], [1, true])
  await rename(join(acme.folder, 'data'), join(acme.folder, 'lost'))
  const octets = await readFile(file)
  const cut = join(acme.folder, 'cut.pgp')
  for (const broken of [octets.subarray(0, -40), flipped(octets)]) {
    await writeFile(cut, broken)
    assert.equal((await acme.cli('restore', cut)).code, 1)
  }
  const restored = await acme.cli('restore', file)
  assert.equal(restored.code, 0, restored.problem)
  await acme.edit(text => text.replace(/^ *- name: "?bob"?\n(?: +[^-\s].*\n)+/m, ''))

  const before = submission.mails.length
  await acme.deliver(report('third'))
  await acme.start()
  await acme.logged(/"event":"rescanned"/)
  await acme.logged(/"event":"received"/, 6)
  const status = JSON.parse((await acme.cli('status', '--json')).out)
  assert.deepEqual([status.mode, status.openCases, status.inbound.waiting], ['safe', 1, 3])
  assert.equal(submission.mails.length, before)

  const unseen = await acme.cli('restore', '--confirm', '--sent', 'all')
  assert.equal(unseen.code, 65)
  assert.match(unseen.problem, /--sent all --members 1$/m)
  const settledBefore = acme.log.filter(line => line.includes('"event":"settled","inbound"')).length
  const confirmed = await acme.cli('restore', '--confirm', '--sent', 'all', '--members', '1')
  assert.equal(confirmed.code, 0, confirmed.problem)
  assert.match(confirmed.out, new RegExp(`${notice} counts as sent`))
  await acme.logged(/"event":"settled","inbound"/, settledBefore + 4)
  await submission.waitFor(({ to }) => to.includes('third@plain.example'))
  assert.equal((await acme.cli('restore', '--confirm', '--sent', 'none')).code, 65)

  await t.test('a team that changed with the restore is told after it, not before', async () => {
    await acme.logged(/"reason":"team-changed"/)
    const told = (await acme.inboxOf(acme.bob)).filter(({ text }) => /bob left: /.test(text))
    assert.equal(told.length, 1)
  })
  await t.test('each report is a case, and each reporter was acknowledged once', async () => {
    assert.equal((await cases()).length, 3)
    // The first heard that their case was taken, too, in the life that is lost.
    for (const [who, mails] of Object.entries({ first: 2, second: 1, third: 1 }))
      assert.equal(sentTo(`${who}@plain.example`), mails, who)
  })
  await t.test('the notice is not sent again', async () => {
    assert.equal(sentTo(contact.address), 1)
    assert.deepEqual(JSON.parse((await acme.cli('status', '--json')).out).scheduled, [])
  })
  await t.test('the command of the meantime is answered, not run; one signed now runs', async () => {
    const lead = async () => JSON.parse((await acme.cli('case', 'show', first, '--json')).out).lead
    assert.equal(await lead(), 'nobody')
    await acme.logged(/"reason":"E-STALE"/)
    await commanded(`${stale}\n# signed anew`)
    await acme.logged(/"reason":"carried-out"/, 3)
    assert.equal(await lead(), 'alice')
  })
  await t.test('what must always hold holds', () =>
    checkInvariants(acme, { canaries: CANARIES, forgotten: before }),
  )
  await t.test('the audit chain is whole, and its admin was told of the old command', async () => {
    await acme.stop()
    assert.equal((await acme.cli('audit', 'verify')).code, 0)
    const told = (await acme.inboxOf(alice)).filter(({ text }) =>
      text.includes('before embargod was restored'),
    )
    assert.equal(told.length, 1)
  })
  await t.test(
    'a backup is private, leaves nothing beside it, and opens in any OpenPGP program',
    async () => {
      assert.equal((await stat(file)).mode & 0o777, 0o600)
      const left = [...(await readdir(acme.folder)), ...(await readdir(join(acme.folder, 'data')))]
      assert.deepEqual(
        left.filter(name => name.endsWith('.part')),
        [],
      )
      const holder = await GnuPG.withoutKey('Holder', 'holder@acme.example')
      t.after(() => holder.close())
      await holder.importKey(await storageKeyOf(acme))
      const copy = join(acme.folder, 'copy.db')
      await writeFile(copy, (await holder.decrypt(octets)).octets)
      const database = new DatabaseSync(copy, { readOnly: true })
      assert.equal(database.prepare('PRAGMA integrity_check').get()?.['integrity_check'], 'ok')
      assert.equal(database.prepare('SELECT count(*) AS n FROM cases').get()?.['n'], 1)
      database.close()
    },
  )
})

function flipped(octets: Buffer): Buffer {
  const changed = Buffer.from(octets)
  const middle = changed.length >> 1
  changed[middle] = (changed[middle] ?? 0) ^ 1
  return changed
}

/** Without its passphrase, for which the other program would ask a person. */
async function storageKeyOf(acme: Installation): Promise<string> {
  const [armoredKey, passphrase] = await Promise.all(
    ['storage.asc', 'passphrase'].map(name => readFile(join(acme.folder, 'keys', name), 'utf8')),
  )
  const privateKey = await readPrivateKey({ armoredKey: armoredKey ?? '' })
  return (await decryptKey({ privateKey, passphrase: (passphrase ?? '').trimEnd() })).armor()
}
