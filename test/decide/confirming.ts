// Plans that wait for a confirmation, and confirmations of them.
import assert from 'node:assert/strict'
import { decide } from '../../src/decide/decide.ts'
import type { Decision, Fresh, PendingPlan, Snapshot } from '../../src/model/decision.ts'
import type { Transcript } from '../../src/model/order.ts'
import type { Fingerprint } from '../../src/model/scalars.ts'
import { ALICE, address, BOB, fingerprint, fresh, mail, signedText, snapshot } from './given.ts'

export const CAROL = { name: 'carol', address: address('carol@team.example'), fingerprint: fingerprint('C') }
export const DAVE = { name: 'dave', address: address('dave@team.example'), fingerprint: fingerprint('D') }
export const TEAM = [ALICE, BOB, CAROL, DAVE]
export const NOTICE = 'notice C-482107 stage=early-disclosure send=2026-12-09T16:00Z <<\nAll of it.\n.\n'

export const sent = (
  text: string,
  by: Fingerprint,
  world: Partial<Snapshot> = {},
  drawn: Fresh = fresh,
): Decision => decide(mail({ authored: signedText(text, by) }), snapshot(world), drawn)

/** A plan of Alice's that waits. */
export function waiting(commands: string, world: Partial<Snapshot> = {}): PendingPlan {
  const { plan } = sent(`embargod acme\n${commands}`, ALICE.fingerprint, world)
  assert.equal(plan?.kind, 'issued')
  return plan.plan
}

export const confirmed = (
  world: Partial<Snapshot>,
  by: Fingerprint = ALICE.fingerprint,
  token = fresh.token,
) => sent(`confirm acme ${token}\n`, by, world)

export const kinds = (decision: Decision) => decision.events.map(event => event.kind)

/** What somebody reads of what came of commands. */
export function transcriptTo(decision: Decision, who: { readonly address: string }): Transcript {
  const order = decision.mails.find(one => one.to === who.address && one.content.kind === 'transcript')
  assert.equal(order?.content.kind, 'transcript')
  return order.content
}
