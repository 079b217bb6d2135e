// `backup` beside the running daemon and without one: whole, encrypted to the storage key, private, and never
// over a file that is there.
import assert from 'node:assert/strict'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { decryptKey, readPrivateKey } from 'openpgp'
import { missingDovecot } from '../support/dovecot.ts'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import { Installation } from '../support/installation.ts'
import { plainMail } from '../support/mail.ts'

const skip = missingDovecot() || missingGnuPG()

test('a backup is the whole database, which the storage key opens in any OpenPGP program', {
  skip,
}, async t => {
  const acme = await Installation.make(t)
  await acme.start()
  await acme.deliver(
    plainMail({
      from: 'Quinn <quinn@plain.example>',
      to: 'security@acme.example',
      subject: 'bug',
      text: 'x\n',
    }),
  )
  await acme.logged(/"reason":"new-case"/)
  const beside = join(acme.folder, 'beside.pgp')
  const made = await acme.cli('backup', beside)
  assert.equal(made.code, 0, made.problem)
  assert.equal((await stat(beside)).mode & 0o777, 0o600)
  assert.equal(acme.log.filter(line => line.includes('"reason":"backup-made"')).length, 1)

  const holder = await GnuPG.withoutKey('Holder', 'holder@acme.example')
  t.after(() => holder.close())
  await holder.importKey(await storageKeyOf(acme))
  const restored = join(acme.folder, 'restored.db')
  await writeFile(restored, (await holder.decrypt(await readFile(beside))).octets)
  const database = new DatabaseSync(restored, { readOnly: true })
  assert.equal(database.prepare('SELECT count(*) AS n FROM cases').get()?.['n'], 1)
  assert.equal(database.prepare('PRAGMA integrity_check').get()?.['integrity_check'], 'ok')
  database.close()

  const again = await acme.cli('backup', beside)
  assert.deepEqual([again.code, again.problem.includes('left alone')], [65, true])
  const nowhere = await acme.cli('backup', join(acme.folder, 'no-such-folder', 'b.pgp'))
  assert.deepEqual([nowhere.code, nowhere.problem.includes('ENOENT')], [65, true])

  await acme.stop()
  assert.equal((await acme.cli('backup', join(acme.folder, 'alone.pgp'))).code, 0)
  const left = [...(await readdir(acme.folder)), ...(await readdir(join(acme.folder, 'data')))]
  assert.deepEqual(
    left.filter(name => name.endsWith('.part')),
    [],
  )
  assert.equal((await acme.cli('audit', 'verify')).code, 0)
})

/** Without its passphrase, for which the other program would ask a person. */
async function storageKeyOf(acme: Installation): Promise<string> {
  const [armoredKey, passphrase] = await Promise.all(
    ['storage.asc', 'passphrase'].map(name => readFile(join(acme.folder, 'keys', name), 'utf8')),
  )
  const privateKey = await readPrivateKey({ armoredKey: armoredKey ?? '' })
  return (await decryptKey({ privateKey, passphrase: (passphrase ?? '').trimEnd() })).armor()
}
