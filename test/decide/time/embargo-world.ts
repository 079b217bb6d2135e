// A case under embargo and commands about its date, decided: what the tests of dates of disclosure start from.
import assert from 'node:assert/strict'
import { decide } from '../../../src/decide/decide.ts'
import type { Case } from '../../../src/model/case.ts'
import type { CaseEvent } from '../../../src/model/case-event.ts'
import { evolveCase } from '../../../src/model/case-evolution.ts'
import type { Decision, Snapshot } from '../../../src/model/decision.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import type { Embargo, Policy } from '../../../src/model/policy.ts'
import { type Instant, instant } from '../../../src/model/scalars.ts'
import type { Admin, Settings } from '../../../src/model/settings.ts'
import { BARE_POLICY } from '../../support/bare-policy.ts'
import {
  ALICE,
  aCase,
  address,
  BOB,
  fingerprint,
  fresh,
  mail,
  NOW,
  settings,
  signedText,
  snapshot,
} from '../given.ts'
import { C } from '../sent.ts'

export const CAROL = { name: 'carol', address: address('carol@team.example'), fingerprint: fingerprint('C') }
export const at = (text: string): Instant => instant(Temporal.Instant.from(text).epochMilliseconds)

/** Of a report on 21 November: 12 December at the latest. */
export const REASONS = [
  { name: 'not-tested', text: 'the solution is not well-tested' },
  { name: 'distributors', text: 'distributor coordination' },
] as const
export const LATEST = '2026-12-12T12:00Z'

export function worldOf(
  embargo: Partial<Embargo> = {},
  { admins = [ALICE, BOB], ...policy }: Partial<Policy> & { readonly admins?: readonly Admin[] } = {},
): Settings {
  const ours = { ...BARE_POLICY, ...policy, embargo: { ...BARE_POLICY.embargo, ...embargo } }
  return settings({
    admins,
    defaultPolicy: ours,
    projects: settings().projects.map(one => ({ ...one, policy: ours })),
  })
}

export const given = (changes: Partial<Case> = {}): Case =>
  aCase({ milestones: { received: NOW }, ...changes })

export function sent(
  line: string,
  theCase: Case,
  ours: Settings,
  changes: Partial<Snapshot> = {},
  by = ALICE,
): Decision {
  const text = line.startsWith('confirm') ? line : `embargod acme\n${line}\n`
  const world = snapshot({ settings: ours, cases: new Map([[theCase.id, theCase]]), ...changes })
  return decide(mail({ authored: signedText(text, by.fingerprint) }), world, fresh)
}

export function answerOf({ mails }: Decision, to = ALICE.address) {
  const order = mails.find(one => one.to === to && one.content.kind === 'transcript')
  assert.equal(order?.content.kind, 'transcript')
  const { results, suggestions } = order.content
  const [result] = results
  assert.ok(result)
  return {
    status: result.code ?? result.status,
    text: result.text.open(),
    offered: suggestions.map(({ body }) => body),
  }
}

export const after = (decision: Decision, before: Case): Case =>
  decision.events.reduce<Case>((one, event) => evolveCase(one, event as CaseEvent), before)

export const plan = (date: string) => `plan ${C} disclose=${date} <<\nAs agreed.\n.`
export const extend = (date: string, reason?: string) =>
  `extend ${C} until=${date}${reason === undefined ? '' : ` reason=${reason}`} <<\nNot yet.\n.`

export type Row = readonly [
  name: string,
  line: string,
  embargo: Partial<Embargo>,
  theCase: Partial<Case>,
  status: string,
  text: RegExp,
  becomes?: string,
]

export const active = (disclose: string): Partial<Case> => ({
  state: 'accepted',
  embargo: { state: 'active', disclose: at(disclose), set: { at: NOW, why: plaintext('x') } },
})
