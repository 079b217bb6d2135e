// When mail can be encrypted to no admin, a mail in clear without content asks each of them to run `check`, at
// most one a day (product.md §11); what it is about stays held.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { verifiedElsewhere } from '../interop/sent.ts'
import { missingDovecot } from '../support/dovecot.ts'
import { missingGnuPG } from '../support/gpg.ts'
import { Installation } from '../support/installation.ts'
import { plainMail } from '../support/mail.ts'
import { checkInvariants } from '../support/oracle.ts'

const skip = missingDovecot() || missingGnuPG()
const TEAM = ['alice@team.example', 'bob@team.example']

test('admins whose keys have all expired are asked once, in clear, to look', { skip }, async t => {
  const acme = await Installation.make(t)
  const { submission } = acme
  const expire = async (person: typeof acme.alice) => {
    await person.expire('seconds=1', 'subkeys')
    // OpenPGP counts in whole seconds.
    await pause(2_000)
    await writeFile(
      join(acme.folder, 'admins', `${person.name.split(' ')[0]?.toLowerCase()}.asc`),
      await person.exportArmored(),
    )
  }
  const report = async (from: string) => {
    await acme.deliver(
      plainMail({ from, to: 'security@acme.example', subject: 's', text: 'canary-secret\n' }),
    )
    assert.equal((await acme.cli('once')).code, 0)
  }
  const recipients = () => submission.mails.flatMap(({ to }) => to).toSorted()

  await expire(acme.bob)
  await report('first@x.example')
  // The report, that bob cannot read it, and that his key has ended.
  assert.deepEqual(recipients(), [...Array<string>(3).fill('alice@team.example'), 'first@x.example'])

  await expire(acme.alice)
  await report('second@x.example')
  await report('third@x.example')
  const later = submission.mails.slice(4)
  assert.deepEqual(later.flatMap(({ to }) => to).toSorted(), [...TEAM, 'second@x.example', 'third@x.example'])
  for (const { octets } of later.filter(mail => TEAM.includes(mail.to[0] ?? ''))) {
    const text = octets.toString('latin1')
    assert.match(text, /embargod check/)
    await verifiedElsewhere(acme, octets)
    assert.match(text, /^Subject: Something needs you\r$/m)
    assert.doesNotMatch(text, /canary|[CN]-[0-9]{6}|x\.example/)
  }
  await checkInvariants(acme, { canaries: ['canary-secret'] })
})
