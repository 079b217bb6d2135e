// What the tests of early disclosure start from: a policy with a stage of each sort, three organisations of two classes,
// and a case that is accepted and described.
import assert from 'node:assert/strict'
import { decide } from '../../../src/decide/decide.ts'
import { type Case, isOpen } from '../../../src/model/case.ts'
import type { Contact } from '../../../src/model/contact.ts'
import type { Decision, Snapshot } from '../../../src/model/decision.ts'
import type { Part } from '../../../src/model/mail.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import type { Policy, Stage } from '../../../src/model/policy.ts'
import { instant, parseSha256 } from '../../../src/model/scalars.ts'
import type { Settings } from '../../../src/model/settings.ts'
import { BARE_POLICY, BARE_STAGE } from '../../support/bare-policy.ts'
import {
  ALICE,
  aCase,
  address,
  caseId,
  contact,
  fresh,
  mail,
  settings,
  signedText,
  snapshot,
  sure,
} from '../given.ts'
import { MEMBERSHIP, organisation, resultOf } from '../members.ts'

export const EARLY: Stage = BARE_STAGE
export const PATCHES: Stage = { ...BARE_STAGE, name: 'patches', text: 'the patches', patches: 'needed' }
export const USERS: Stage = { ...BARE_STAGE, name: 'users', text: 'a fix comes', to: 'users' }

export const policyWith = (stages: readonly Stage[], changes: Partial<Policy> = {}): Policy => ({
  ...BARE_POLICY,
  notices: { ...BARE_POLICY.notices, stages },
  membership: {
    ...MEMBERSHIP,
    classes: [
      { name: 'vendors', text: 'ship it' },
      { name: 'clouds', text: 'run it' },
    ],
  },
  ...changes,
})

export const withPolicy = (policy: Policy, changes: Partial<Settings> = {}): Settings =>
  settings({
    defaultPolicy: policy,
    projects: settings().projects.map(one => ({ ...one, policy, users: [address('announce@list.example')] })),
    ...changes,
  })

export const ONE = contact('one', '1')
export const TWO = contact('two', '2')
export const THREE = contact('three', '3')

export const DISCLOSE = instant(Date.UTC(2026, 11, 16, 16))

const ofClass = (one: Contact, name: string | undefined) => ({ ...organisation(one), class: name })

/** Described so far that users could be told. */
export const described = (changes: Partial<Case> = {}): Case =>
  aCase({
    state: 'accepted',
    title: plaintext('Gate opens to strangers'),
    severity: { version: '3.1', vector: 'CVSS:3.1/AV:N', score: 8.1 },
    mitigations: plaintext('Close it at night.'),
    embargo: { state: 'active', disclose: DISCLOSE },
    ...changes,
  })

/** A case, a list of three, and the stages. */
export function world(
  changes: Partial<Snapshot> & { readonly theCase?: Case; readonly stages?: readonly Stage[] } = {},
): Snapshot {
  const { theCase = described(), stages = [EARLY, PATCHES, USERS], ...rest } = changes
  assert.ok(isOpen(theCase) || theCase.state === 'closed')
  return snapshot({
    settings: withPolicy(policyWith(stages)),
    cases: new Map([[caseId('482107'), theCase]]),
    contacts: [ONE, TWO, THREE],
    distributors: [ofClass(ONE, 'vendors'), ofClass(TWO, 'clouds'), ofClass(THREE, undefined)],
    ...rest,
  })
}

/** A file in the signed mail. */
export const file = (name: string, octets: Uint8Array = Buffer.from('--- a\n+++ b\n')): Part => ({
  mediaType: 'text/x-patch',
  disposition: 'attachment',
  fileName: plaintext(name),
  text: undefined,
  octets,
  sha256: sure(parseSha256(Buffer.from(name.padEnd(32, '.')).toString('hex').slice(0, 64))),
  encrypted: false,
  signature: { kind: 'none' },
})

/** One line or block of commands, signed by an admin, with these files. */
export function sends(
  text: string,
  before: Snapshot = world(),
  files: readonly Part[] = [],
  by: { readonly fingerprint: typeof ALICE.fingerprint } = ALICE,
): Decision {
  const body = text.startsWith('confirm ') ? text : `embargod acme\n${text}\n`
  const authored = signedText(body, by.fingerprint, before.now)
  assert.equal(authored.kind, 'signed')
  return decide(
    mail({ authored: { ...authored, attachments: files }, receivedAt: before.now }),
    before,
    fresh,
  )
}

/** The same confirmed, as it is carried out. */
export function confirmed(text: string, before: Snapshot = world(), files: readonly Part[] = []): Decision {
  const { plan } = sends(text, before, files)
  assert.equal(plan?.kind, 'issued')
  return sends(`confirm acme ${fresh.token}\n`, { ...before, pending: plan.plan })
}

/** What the sender reads: the code or state, and the words. */
export const answered = (...given: Parameters<typeof sends>) => resultOf(sends(...given))

export const SEND = 'send=2026-12-09T16:00Z'
export const TEXT = '<<\nThe gate opens for anyone.\n.'
