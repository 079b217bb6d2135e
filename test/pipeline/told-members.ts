// Members on the list of a running line, and a notice that goes to all of them: where stories of early disclosure begin.
import assert from 'node:assert/strict'
import { silent } from '../../src/decide/outcomes.ts'
import { SCHEDULER } from '../../src/model/event.ts'
import { later, parseCaseId } from '../../src/model/scalars.ts'
import { DAY, MINUTE } from '../../src/model/time.ts'
import { noticeId, scheduled, settle } from '../store/support.ts'
import { GnuPG } from '../support/gpg.ts'
import type { Line } from '../support/line.ts'
import { type TestEnd, until } from '../support/workspace.ts'

/** Two more organisations on the list, whose contacts they are. */
export async function joined(line: Line, t: TestEnd): Promise<readonly [GnuPG, GnuPG]> {
  const fakedTime = Date.now() - 30 * DAY
  const [vera, walt] = await Promise.all([
    until(t, GnuPG.create('Vera', 'vera@second.example', { fakedTime })),
    until(t, GnuPG.create('Walt', 'walt@third.example', { fakedTime })),
  ])
  await line.join(vera, 'Second Distro', 'On call')
  await line.join(walt, 'Third Distro', 'On call')
  return [vera, walt]
}

/** A notice of the case goes to every contact now. */
export async function tellMembers(line: Line, id: string): Promise<void> {
  const { store, clock, config, pipeline } = line.instance
  const about = parseCaseId(id)
  const [contact] = store.contacts(config.settings)
  assert.ok(about && contact)
  const now = clock.now()
  const { project } = contact
  const event = {
    ...scheduled(noticeId(1), about, now, 'Please fix.'),
    project,
    stage: 'early-disclosure',
  } as const
  settle(store, [event], {
    decision: { ...silent('command', 'set-up'), actor: SCHEDULER, events: [event] },
  })
  const [notice] = store.scheduledNotices()
  assert.ok(notice)
  const aMinute = later(now, MINUTE)
  assert.equal(await pipeline.prepareCopies(notice, aMinute, new AbortController().signal), 'made')
  const around = { clock: 'trusted', mailbox: 'settled', waitingSince: now } as const
  assert.equal(await pipeline.releaseNotice(notice, around), 'settled')
  // With it goes what waits in the outbox.
  await line.timePasses()
}
