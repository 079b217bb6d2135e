// Who comes on the list while the embargo lasts gets the notices that went out before, where the policy says so.
import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { silent } from '../../src/decide/outcomes.ts'
import type { Event } from '../../src/model/event.ts'
import { later, parseCaseId } from '../../src/model/scalars.ts'
import { HOUR, MINUTE } from '../../src/model/time.ts'
import { noticesOwed } from '../../src/pipeline/copies.ts'
import type { Store } from '../../src/store/store.ts'
import { ownKey } from '../openpgp/material.ts'
import { contactId, imported, noticeChanged, noticeId, scheduled, settle } from '../store/support.ts'
import { missingGnuPG } from '../support/gpg.ts'
import { Line } from '../support/line.ts'

const VELERO = fileURLToPath(new URL('../../config/profiles/velero.yaml', import.meta.url))

const bySchedule = (store: Store, events: readonly Event[]): void =>
  settle(store, events, {
    decision: { ...silent('command', 'set-up'), actor: { kind: 'scheduler', name: 'scheduler' }, events },
  })

for (const lateJoiners of ['embargoed', 'nothing'] as const)
  test(`lateJoiners: ${lateJoiners}`, { skip: missingGnuPG() }, async t => {
    const line = await Line.make(t)
    const directory = join(line.folder, 'profiles')
    await mkdir(directory)
    const profile = await readFile(VELERO, 'utf8')
    await writeFile(
      join(directory, 'late.yaml'),
      profile.replace(/^membership:$/m, `membership:\n  lateJoiners: ${lateJoiners}`),
    )
    await line.restart(text =>
      text
        .replace(/^#profiles: .*$/m, `profiles: ${directory}`)
        .replace(/^ {4}profile: velero$/m, '    profile: late'),
    )
    const about = parseCaseId(await line.report())
    assert.ok(about)
    const { store, clock, config, pipeline } = line.instance
    const [mallory] = store.contacts(config.settings)
    assert.ok(mallory)
    const { project } = mallory
    const notice = noticeId(1)
    const anHourAgo = later(clock.now(), -HOUR)
    bySchedule(store, [
      { ...scheduled(notice, about, anHourAgo), project, stage: 'early-disclosure' } as const,
    ])
    const [planned] = store.scheduledNotices()
    assert.ok(planned)
    const goesOn = new AbortController().signal
    const until = later(clock.now(), MINUTE)
    assert.equal(await pipeline.prepareCopies(planned, until, goesOn), 'made')
    bySchedule(store, [noticeChanged('notice-released', notice)])
    assert.deepEqual(pipeline.noticesOwed(), [], 'all who were there have it')

    const { fingerprint, certificate } = await ownKey('contact1')
    const key = { fingerprint, certificate: certificate.octets, keyIds: [] }
    bySchedule(store, [imported(900_001, { project, key, at: clock.now() })])
    const owed = pipeline.noticesOwed()
    assert.deepEqual(
      owed.map(({ id }) => id),
      lateJoiners === 'embargoed' ? [notice] : [],
    )
    for (const one of owed) assert.equal(await pipeline.prepareCopies(one, until, goesOn), 'made')
    const copies = store.outbox.list({ notice }).filter(({ contact }) => contact === contactId(900_001))
    assert.deepEqual(
      copies.map(({ state }) => state),
      lateJoiners === 'embargoed' ? ['ready'] : [],
    )
    assert.deepEqual(noticesOwed(line.instance), [], 'once')
  })
