// A distributors list with its people, and a request to join it that lacks nothing but what a test takes away.
import assert from 'node:assert/strict'
import { decide } from '../../../src/decide/decide.ts'
import { fold, type Known, ownState } from '../../../src/decide/known.ts'
import type { Application, Vouch } from '../../../src/model/application.ts'
import type { Contact } from '../../../src/model/contact.ts'
import type { Decision, Snapshot } from '../../../src/model/decision.ts'
import type { Distributor } from '../../../src/model/distributor.ts'
import type { Content } from '../../../src/model/order.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import type { Membership, Policy } from '../../../src/model/policy.ts'
import {
  type Fingerprint,
  type Instant,
  inboundId,
  later,
  parseApplicationId,
  parseDistributorId,
} from '../../../src/model/scalars.ts'
import type { Settings } from '../../../src/model/settings.ts'
import { DAY } from '../../../src/model/time.ts'
import { BARE_APPLICATION } from '../../support/bare-application.ts'
import { BARE_MEMBERSHIP } from '../../support/bare-membership.ts'
import { BARE_POLICY } from '../../support/bare-policy.ts'
import { transcriptTo } from '../confirming.ts'
import {
  ALICE,
  address,
  BOB,
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

export const A = sure(parseApplicationId('A-771234'))
export const ANN = fingerprint('6')
const YEAR_AGO = later(NOW, -400 * DAY)

export const organisation = (number: string, changes: Partial<Distributor> = {}): Distributor => ({
  id: sure(parseDistributorId(`D-00000${number}`)),
  project: sure(settings().projects[0]).name,
  revision: 1,
  name: plaintext(`Distro ${number}`),
  class: undefined,
  state: 'active',
  joinedAt: YEAR_AGO,
  joined: { how: 'import' },
  vouchedBy: [],
  approvedBy: ['operator'],
  vouches: [],
  strikes: [],
  end: undefined,
  ...changes,
})

/** Contact M-00000n of organisation D-00000n, whose key is n throughout. */
export const member = (number: string, changes: Partial<Contact> = {}): Contact => ({
  ...contact(`distro${number}`, number),
  ...changes,
})

export const vouchOf = (number: string, changes: Partial<Vouch> = {}): Vouch => ({
  contact: member(number).id,
  distributor: organisation(number).id,
  fingerprint: ANN,
  at: NOW,
  inbound: inboundId(3),
  text: plaintext('I met them.'),
  ...changes,
})

export const request = (changes: Partial<Application> = {}): Application => ({
  ...BARE_APPLICATION,
  id: A,
  project: sure(settings().projects[0]).name,
  receivedAt: later(NOW, -DAY),
  heardAt: later(NOW, -DAY),
  address: address('ann@vendor.example'),
  key: { fingerprint: ANN, certificate: new Uint8Array([6]), keyIds: ['6666666666666666'] },
  answers: {
    organisation: plaintext('Vendor'),
    name: plaintext('Ann'),
    criteria: { 0: plaintext('We ship it.') },
  },
  proven: { at: later(NOW, -DAY), inbound: inboundId(2) },
  acceptance: {
    version: BARE_MEMBERSHIP.terms.version,
    sha256: BARE_MEMBERSHIP.terms.sha256,
    at: later(NOW, -DAY),
    how: 'implied',
    inbound: undefined,
  },
  ...changes,
})

export type Rules = Partial<Omit<Membership, 'review' | 'vouch'>> & {
  readonly review?: Partial<Membership['review']>
  readonly vouch?: Partial<NonNullable<Membership['vouch']>> | undefined
}

const policyWith = ({ review, vouch, ...rest }: Rules): Policy => ({
  ...BARE_POLICY,
  membership: {
    ...BARE_MEMBERSHIP,
    ...rest,
    review: { ...BARE_MEMBERSHIP.review, ...review },
    vouch: BARE_MEMBERSHIP.vouch && { ...BARE_MEMBERSHIP.vouch, ...vouch },
  },
})

export const ruled = (rules: Rules = {}, changes: Partial<Settings> = {}): Settings =>
  settings({
    projects: settings().projects.map(project => ({ ...project, policy: policyWith(rules) })),
    ...changes,
  })

/** Three organisations and the request; the founding is over. */
export const world = (changes: Partial<Snapshot> = {}): Snapshot =>
  snapshot({
    settings: ruled(),
    contacts: [member('1'), member('2'), member('3')],
    distributors: [organisation('1'), organisation('2'), organisation('3')],
    applications: new Map([[A, request()]]),
    ...changes,
  })

export const withRequest = (changes: Partial<Application>): Partial<Snapshot> => ({
  applications: new Map([[A, request(changes)]]),
})

export const signed = (line: string, by: Fingerprint, given: Snapshot, at: Instant = given.now): Decision =>
  decide(mail({ authored: signedText(`embargod acme\n${line}\n`, by, at), receivedAt: at }), given, fresh)

/** What the decision leaves. */
export const left = (given: Snapshot, { events }: Decision): Known => ({
  ...fold(ownState(given), events),
  copies: given.copies,
  now: given.now,
  settings: given.settings,
  told: given.told,
})

/** What whoever signed it reads of the first command. */
export function answer(decision: Decision, given: Snapshot, by: Fingerprint) {
  const people = [...given.settings.admins, ...given.contacts]
  const reader = sure(people.find(one => one.fingerprint === by))
  const [result] = transcriptTo(decision, reader).results
  assert.ok(result)
  return { code: result.code ?? result.status, text: result.text.open() }
}

export const mailsOf = <K extends Content['kind']>(decision: Pick<Decision, 'mails'>, kind: K) =>
  decision.mails.filter(
    (order): order is typeof order & { readonly content: Extract<Content, { kind: K }> } =>
      order.content.kind === kind,
  )

export const kinds = ({ events }: Pick<Decision, 'events'>) => events.map(({ kind }) => kind)
export const CAROL = { name: 'carol', address: address('carol@team.example'), fingerprint: fingerprint('C') }
export const TEAM = [ALICE, BOB, CAROL]
