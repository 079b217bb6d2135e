// A lost host whose server cannot file mail (threats.md L01, L02): all mail lies in the mailbox, and what came since
// the backup looks new after the restore. Nobody is acknowledged twice; the team hears which mails those are.
import assert from 'node:assert/strict'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { missingDovecot } from '../support/dovecot.ts'
import { missingGnuPG } from '../support/gpg.ts'
import { Installation } from '../support/installation.ts'
import { plainMail } from '../support/mail.ts'
import { checkInvariants } from '../support/oracle.ts'

const skip = missingDovecot() || missingGnuPG()

const report = (who: string) =>
  plainMail({
    from: `${who} <${who}@plain.example>`,
    to: 'security@acme.example',
    subject: `bug of ${who}`,
    text: `It crashes for ${who}.\n`,
  })

for (const [start, passphrases] of [
  ['with its passphrase', 'in place'],
  ['locked at first', 'away'],
] as const)
  test(`a host restored ${start} acknowledges nothing that its mailbox kept`, { skip }, async t => {
    const acme = await Installation.make(t)
    const { alice, dovecot, submission } = acme
    const passphrase = join(acme.folder, 'keys', 'passphrase')
    await dovecot.halt()
    await dovecot.start({ capability: 'IMAP4rev1 IDLE' })
    const acknowledged = (who: string) =>
      submission.mails.filter(({ to }) => to.includes(`${who}@plain.example`)).length
    await acme.start()
    await acme.deliver(report('first'))
    await submission.waitFor(({ to }) => to.includes('first@plain.example'))
    const file = join(acme.folder, 'backup.pgp')
    assert.equal((await acme.cli('backup', file)).code, 0)
    await acme.deliver(report('second'))
    await submission.waitFor(({ to }) => to.includes('second@plain.example'))
    await acme.stop()
    const forgotten = submission.attempts.length
    await rename(join(acme.folder, 'data'), join(acme.folder, 'lost'))
    assert.equal((await acme.cli('restore', file)).code, 0)

    if (passphrases === 'away') {
      await rename(passphrase, `${passphrase}.away`)
      await acme.start()
      await acme.logged(/"event":"received"/, 3)
      await acme.stop()
      await rename(`${passphrase}.away`, passphrase)
    }
    assert.equal((await acme.cli('restore', '--confirm', '--sent', 'all')).code, 0)
    await acme.start()
    await acme.logged(/"event":"rescanned"/)
    await acme.deliver(report('third'))
    await submission.waitFor(({ to }) => to.includes('third@plain.example'))

    assert.equal(JSON.parse((await acme.cli('case', 'list', '--json')).out).length, 3)
    for (const who of ['first', 'second', 'third']) assert.equal(acknowledged(who), 1, who)
    const told = (await acme.inboxOf(alice)).filter(({ text }) =>
      /older than\s+the\s+restore\s+from\s+a\s+backup/.test(text),
    )
    assert.equal(told.length, 1)
    assert.match(told[0]?.text ?? '', /bug of second/)
    assert.doesNotMatch(told[0]?.text ?? '', /The reporter was told/)
    await checkInvariants(acme, { canaries: ['It crashes for second'], forgotten, filing: 'refused' })
  })
