// A request to join put into a line by hand: its events as a decision makes them, and all that follows from them. So that
// what proves address and key can be tested by itself, whatever reads requests out of mail.
import assert from 'node:assert/strict'
import { withProofs } from '../../src/decide/membership/consequences.ts'
import { keyForMember } from '../../src/decide/membership/keys.ts'
import { silent } from '../../src/decide/outcomes.ts'
import { AddressTokens } from '../../src/instance/tokens.ts'
import type { Application } from '../../src/model/application.ts'
import { OUTSIDER, SCHEDULER } from '../../src/model/event.ts'
import type { KeyFault } from '../../src/model/key-fault.ts'
import { type ApplicationId, inboundId, parseProjectName } from '../../src/model/scalars.ts'
import { drawFresh } from '../../src/pipeline/fresh.ts'
import { NO_QUERY } from '../../src/pipeline/query.ts'
import { Sealer } from '../../src/pipeline/sealing.ts'
import type { Line } from './line.ts'

/** The application that this mail of a stranger makes, or why its key cannot be used. */
export async function apply(line: Line, octets: Uint8Array): Promise<ApplicationId | KeyFault> {
  const { store, config, clock, keyring, sandbox } = line.instance
  const now = clock.now()
  const opened = await sandbox.open(octets, now)
  assert.ok(opened.ok, JSON.stringify(opened))
  const { mail } = opened.value
  const key = keyForMember(mail, keyring.own)
  if (!key.ok) return key.error
  const [author] = mail.header.authors
  const project = parseProjectName('velero')
  assert.ok(author !== undefined && project !== undefined)
  const fresh = drawFresh(store)
  const [application] = fresh.applications
  assert.ok(application)
  const { settings } = config
  const query = { ...NO_QUERY, now, settings, ownKeys: keyring.own, author }
  const events = [
    {
      kind: 'application-opened',
      at: now,
      actor: OUTSIDER,
      application,
      project,
      receivedAt: now,
      inbound: inboundId(1),
      address: author,
      answers: { organisation: undefined, name: undefined, criteria: {} },
      key: key.value,
    },
  ] as const
  const silently = { ...silent('command', 'new-application'), actor: SCHEDULER, events }
  const decision = withProofs(silently, store.readSnapshot(query), fresh, author)
  const tokens = new AddressTokens(store.key.derive('address tokens'), settings.addresses)
  const sealer = new Sealer(
    config,
    keyring,
    sandbox,
    tokens,
    () => Buffer.alloc(0),
    () => store.audit.head(),
    pieces => store.outbox.prepare(pieces),
  )
  const outgoing = await sealer.sealAll(decision.mails, now, () => false)
  const settled = store.settle({
    inbound: undefined,
    messageId: undefined,
    contentSha256: undefined,
    duplicateOf: undefined,
    tells: undefined,
    now,
    decision,
    outgoing,
    answer: undefined,
    expected: new Map(),
  })
  assert.equal(settled, 'committed')
  await line.timePasses()
  return application
}

export function applicationOf(line: Line, id: ApplicationId): Application {
  const found = line.instance.store.findApplication(id)
  assert.ok(found)
  return found
}

/** The commands that a mail of ours offers, as whoever taps its first link would send them. */
export function tapped(text: string): string {
  const [, body = ''] = /^<mailto:[^?>]+\?subject=embargod&body=([^>]+)>$/m.exec(text) ?? []
  return decodeURIComponent(body).replaceAll('\r\n', '\n')
}
