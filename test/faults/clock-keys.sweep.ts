// Keys and signatures around a clock that jumps (threats.md I04): whoever asks whether a key is valid asks the one
// clock, parent, child and caches alike; nothing counts, leaves or is put aside by a time that the next look undoes.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { DAY } from '../../src/model/time.ts'
import { missingDovecot } from '../support/dovecot.ts'
import { missingGnuPG } from '../support/gpg.ts'
import { HostFaults, missingCompiler } from '../support/host-faults.ts'
import { Installation } from '../support/installation.ts'
import { gpgMimeSigned, plainMail } from '../support/mail.ts'
import { checkInvariants, inboundOf } from '../support/oracle.ts'

const CANARY = 'canary-clock-keys'
const YEAR = 365 * DAY
const DONE = ['embargod', 'done']
const PATIENCE = 45_000
const SETTLED = /"event":"settled","inbound":/
const COMMAND = 'security+cmd@acme.example'

test('keys and signatures are judged by the clock as it is, and by nothing it was', {
  skip: missingDovecot() || missingGnuPG() || missingCompiler(),
}, async t => {
  const acme = await Installation.make(t)
  const { alice } = acme
  for (const which of ['primary', 'subkeys'] as const) await alice.expire('1y', which)
  await writeFile(join(acme.folder, 'admins', 'alice.asc'), await alice.exportArmored())
  const host = await HostFaults.make(t, join(acme.folder, 'data'))
  await acme.start(host.environment)
  let mails = 0
  /** What became of a mail. */
  const settled = async (octets: Buffer) => {
    mails += 1
    await acme.deliver(octets)
    return JSON.parse(await acme.logged(SETTLED, mails))
  }
  const report = () => {
    const from = `r${mails}@plain.example`
    return plainMail({ from, to: 'security@acme.example', subject: 's', text: `${CANARY}\n` })
  }
  const note = async () => {
    const { out } = await acme.cli('case', 'list', '--json')
    const [{ case: id }] = JSON.parse(out)
    return gpgMimeSigned(alice, {
      to: COMMAND,
      text: `embargod acme\nnote ${id} <<\n${CANARY} ${mails}\n.\n`,
    })
  }
  const sentTo = (person: typeof alice) =>
    acme.submission.mails.filter(
      ({ to, octets }) => to.includes(person.address) && octets.includes('multipart/encrypted'),
    ).length
  const reportIsShown = async () => {
    const before = sentTo(alice)
    assert.equal((await settled(report())).reason, 'new-case')
    await acme.submission.waitFor(() => sentTo(alice) > before, PATIENCE)
  }

  await reportIsShown()
  await t.test('a key that has expired by the clock signs nothing and is sent nothing', async () => {
    await host.wallClockOff(2 * YEAR)
    assert.deepEqual(await outcomeOf(note), ['refused', 'expired-key'])
    const before = sentTo(alice)
    assert.equal((await settled(report())).reason, 'new-case')
    await acme.logged(/"reason":"delivery-held"/)
    assert.equal(sentTo(alice), before)
  })
  await t.test('and does both again when the clock is right', async () => {
    await host.wallClockOff(0)
    assert.deepEqual(await outcomeOf(note), ['command', 'carried-out'])
    await reportIsShown()
  })
  await t.test(
    'by a clock before our own keys were made mail stays where it is, and is not lost',
    async () => {
      const done = (await acme.dovecot.list('security', DONE)).length
      await host.wallClockOff(-2 * YEAR)
      await acme.deliver(report())
      await acme.logged(/"event":"mailbox-lost"/)
      assert.equal((await acme.dovecot.list('security', DONE)).length, done)
      await host.wallClockOff(0)
      mails += 1
      assert.equal(JSON.parse(await acme.logged(SETTLED, mails)).reason, 'new-case')
      assert.deepEqual(await outcomeOf(note), ['command', 'carried-out'])
    },
  )
  assert.ok(!(await inboundOf(acme)).some(({ outcome }) => outcome === 'shunt'))
  await checkInvariants(acme, { canaries: [CANARY] })

  async function outcomeOf(make: () => Promise<Buffer>): Promise<readonly string[]> {
    const { outcome, reason } = await settled(await make())
    return [outcome, reason]
  }
})
