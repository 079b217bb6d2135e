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

const copiesIn = ({ acme, contact }: Scene): number =>
  acme.submission.mails.filter(({ to }) => to.includes(contact.address)).length

function countsIn(scene: Scene) {
  const { acme } = scene
  const logged = (words: RegExp) => acme.log.filter(line => words.test(line)).length
  return {
    copies: copiesIn(scene),
    waits: logged(/"reason":"notice-waits"/),
    releases: logged(/"reason":"notice-released"/),
    cases: logged(/"reason":"new-case"/),
    carriedOut: logged(/carried-out/),
  }
}

/** A mail makes the daemon look around at once. */
async function stir(scene: Scene): Promise<void> {
  const { cases } = countsIn(scene)
  const from = `r${cases}@plain.example`
  const mail = plainMail({ from, to: 'security@acme.example', subject: 's', text: 'Bug.\n' })
  await scene.acme.deliver(mail)
  await scene.acme.logged(/"reason":"new-case"/, cases + 1)
}

async function schedule(scene: Scene, sendAt: number): Promise<void> {
  const { acme, theCase, text } = scene
  const { confirm } = await planNotice(acme, acme.bob, { case: theCase, sendAt, text })
  const { carriedOut } = countsIn(scene)
  await acme.deliver(confirm)
  await acme.logged(/carried-out/, carriedOut + 1)
}

/** The operator vouches, and a notice that waited goes. */
async function vouch(scene: Scene): Promise<void> {
  const { acme } = scene
  const { releases, copies } = countsIn(scene)
  const vouched = await acme.cli('clock', 'trust')
  assert.equal(vouched.code, 0, vouched.problem)
  assert.match(vouched.out, /trusted again: it is 20/)
  await acme.logged(/"reason":"notice-released"/, releases + 1)
  await acme.submission.waitFor(() => copiesIn(scene) === copies + 1)
}

/** Begins with a daemon that runs, and ends with one whose clock is two hours ahead and vouched for. */
export async function outlastJump(scene: Scene): Promise<void> {
  const { acme, host } = scene
  const before = countsIn(scene)
  await schedule(scene, secondAhead(acme, 2 * HOUR))
  await host.wallClockOff(2 * HOUR + MINUTE)
  await stir(scene)
  await acme.logged(/"reason":"notice-waits"/, before.waits + 1)
  assert.equal(await acme.stop(), 0)
  await acme.start(host.environment)
  await stir(scene)
  const { copies, waits } = countsIn(scene)
  assert.equal(copies, before.copies, 'sent before its instant')
  assert.equal(waits, before.waits + 1, 'told again after a restart')
  await vouch(scene)
}

/** Then the clock is set right, and the audit chain ends in what is the future now. */
export async function outlastFutureRows(scene: Scene): Promise<void> {
  const { acme, host } = scene
  const before = countsIn(scene)
  assert.equal(await acme.stop(), 0)
  await host.wallClockOff(0)
  await acme.start(host.environment)
  const soon = secondAhead(acme, 3 * SECOND)
  await schedule(scene, soon)
  await pause(Math.max(0, soon - Date.now()))
  await acme.logged(/"reason":"notice-waits"/, before.waits + 1)
  assert.equal(countsIn(scene).copies, before.copies)
  await vouch(scene)
}
