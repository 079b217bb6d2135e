// A daemon whose wall clock jumps (threats.md I01, I02): no notice leaves before its instant, not by a restart
// either, and the operator may vouch for the clock while the daemon runs.
import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { HOUR, MINUTE, SECOND } from '../../src/model/time.ts'
import type { GnuPG } from '../support/gpg.ts'
import type { HostFaults } from '../support/host-faults.ts'
import type { Installation } from '../support/installation.ts'
import { plainMail } from '../support/mail.ts'
import { planNotice, secondAhead } from '../support/notices.ts'

type Scene = {
  readonly acme: Installation
  readonly host: HostFaults
  readonly contact: GnuPG
  readonly theCase: string
  readonly text: string
}

/** Begins and ends with a daemon that runs; its last mails may still be under way. */
export async function outlastJumps({ acme, host, contact, theCase, text }: Scene): Promise<void> {
  const sent = acme.submission.mails.filter(({ to }) => to.includes(contact.address)).length
  const logged = (words: RegExp) => acme.log.filter(line => words.test(line)).length
  const [told0, released0] = [logged(/"reason":"notice-waits"/), logged(/"reason":"notice-released"/)]
  const copies = () => acme.submission.mails.filter(({ to }) => to.includes(contact.address)).length - sent
  /** A mail makes the daemon look around at once. */
  const stir = async () => {
    const cases = logged(/"reason":"new-case"/)
    const from = `r${cases}@plain.example`
    await acme.deliver(plainMail({ from, to: 'security@acme.example', subject: 's', text: 'Bug.\n' }))
    await acme.logged(/"reason":"new-case"/, cases + 1)
  }
  const schedule = async (sendAt: number) => {
    const { confirm } = await planNotice(acme, acme.bob, { case: theCase, sendAt, text })
    const before = logged(/carried-out/)
    await acme.deliver(confirm)
    await acme.logged(/carried-out/, before + 1)
  }
  const told = (times: number) => acme.logged(/"reason":"notice-waits"/, told0 + times)
  const vouch = async () => {
    const vouched = await acme.cli('clock', 'trust')
    assert.equal(vouched.code, 0, vouched.problem)
    assert.match(vouched.out, /trusted again: it is 20/)
  }
  await schedule(secondAhead(2 * HOUR))
  await host.wallClockOff(2 * HOUR + MINUTE)
  await stir()
  await told(1)
  await acme.kill()
  await acme.start(host.environment)
  await told(2)
  assert.equal(copies(), 0, 'sent before its instant')

  await vouch()
  await acme.logged(/"reason":"notice-released"/, released0 + 1)
  await acme.submission.waitFor(() => copies() === 1, 15_000)

  // The clock is set right, and the audit chain ends in what is the future now.
  assert.equal(await acme.stop(), 0)
  await host.wallClockOff(0)
  await acme.start(host.environment)
  const soon = secondAhead(3 * SECOND)
  await schedule(soon)
  await pause(Math.max(0, soon - Date.now()))
  await told(3)
  assert.equal(copies(), 1)
  await vouch()
  await acme.logged(/"reason":"notice-released"/, released0 + 2)
  await acme.submission.waitFor(() => copies() === 2, 15_000)
}
