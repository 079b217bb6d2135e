// What the tests of proof and acceptance start from: a policy that one can join, an application with a key, and mails
// signed by that key, decided.
import assert from 'node:assert/strict'
import { decide } from '../../../src/decide/decide.ts'
import { fold, ownState } from '../../../src/decide/known.ts'
import type { Application } from '../../../src/model/application.ts'
import type { Contact } from '../../../src/model/contact.ts'
import type { Decision, Snapshot } from '../../../src/model/decision.ts'
import type { Membership } from '../../../src/model/policy.ts'
import { type Fingerprint, instant, parseApplicationId, parseSha256 } from '../../../src/model/scalars.ts'
import type { Settings } from '../../../src/model/settings.ts'
import { BARE_APPLICATION } from '../../support/bare-application.ts'
import { BARE_MEMBERSHIP } from '../../support/bare-membership.ts'
import {
  address,
  contact,
  fingerprint,
  fresh,
  mail,
  NOW,
  settings,
  signedText,
  snapshot,
  sure,
} from '../given.ts'

export const TOKEN = 'abcdefghij234567'
export const ANN = fingerprint('6')
export const A = sure(parseApplicationId('A-771234'))
export const TERMS = BARE_MEMBERSHIP.terms
export const OTHER_SHA256 = sure(parseSha256('0e'.repeat(32)))
export const keyOf = (key: Fingerprint) => ({
  fingerprint: key,
  certificate: new Uint8Array([1]),
  keyIds: [],
})

export const joinable = (changes: Partial<Membership> = {}): Settings => {
  const bare = settings()
  return settings({
    projects: bare.projects.map(project => ({
      ...project,
      policy: { ...project.policy, membership: { ...BARE_MEMBERSHIP, ...changes } },
    })),
  })
}

export const application = (changes: Partial<Application> = {}): Application => ({
  ...BARE_APPLICATION,
  id: A,
  project: contact('one', '1').project,
  receivedAt: NOW,
  heardAt: NOW,
  address: address('ann@new.example'),
  key: keyOf(ANN),
  challenge: { token: TOKEN, at: NOW },
  ...changes,
})

export const member = (changes: Partial<Contact> = {}): Contact => ({
  ...contact('one', '1'),
  acceptance: { version: TERMS.version, sha256: TERMS.sha256, at: NOW, how: 'explicit', inbound: undefined },
  ...changes,
})

export type Given = {
  readonly policy?: Partial<Membership>
  readonly application?: Application
  readonly contacts?: readonly Contact[]
  readonly snapshot?: Partial<Snapshot>
}

export const worldOf = (given: Given): Snapshot => {
  const one = given.application ?? application()
  return snapshot({
    settings: joinable(given.policy),
    applications: new Map([[one.id, one]]),
    contacts: given.contacts ?? [],
    ...given.snapshot,
  })
}

/** A mail of commands, decided. */
export const sent = (text: string, by: Fingerprint, given: Given = {}): Decision => {
  const signed = signedText(`embargod acme\n${text}\n`, by, given.snapshot?.now ?? NOW)
  const receivedAt = given.snapshot?.now ?? NOW
  return decide(mail({ authored: signed, receivedAt }), worldOf(given), fresh)
}

/** What its sender is told of the command that failed, or of the first. */
export function told({ mails }: Decision): { readonly status: string; readonly text: string } {
  const [transcript] = mails.flatMap(({ content }) => (content.kind === 'transcript' ? [content] : []))
  const result = transcript?.results.find(({ status }) => status === 'error') ?? transcript?.results[0]
  assert.ok(result, 'no answer')
  return { status: result.code ?? result.status, text: result.text.open() }
}

/** What the answer offers to send instead. */
export const offered = ({ mails }: Decision): readonly string[] =>
  mails.flatMap(({ content }) =>
    content.kind === 'transcript' ? content.suggestions.map(({ body }) => body) : [],
  )

export const kinds = ({ events }: Decision): readonly string[] => events.map(({ kind }) => kind)

/** The application as the decision leaves it. */
export function after(decision: Decision, given: Given = {}): Application {
  const folded = fold(ownState(worldOf(given)), decision.events).applications.get(A)
  assert.ok(folded)
  return folded
}

export const contactAfter = (decision: Decision, given: Given): Contact => {
  const [folded] = fold(ownState(worldOf(given)), decision.events).contacts
  assert.ok(folded)
  return folded
}

export const dayLater = (days: number) => instant(NOW + days * 86_400_000)
