// A list that takes requests to join, and mail of people who make them: what the tests of applications start from.
import { decide } from '../../../src/decide/decide.ts'
import { fold, ownState } from '../../../src/decide/known.ts'
import type { Application } from '../../../src/model/application.ts'
import type { Decision, Snapshot } from '../../../src/model/decision.ts'
import type { OfferedCertificate } from '../../../src/model/mail.ts'
import type { Content } from '../../../src/model/order.ts'
import type { Membership } from '../../../src/model/policy.ts'
import {
  type Fingerprint,
  inboundId,
  parseApplicationId,
  parseProjectName,
} from '../../../src/model/scalars.ts'
import type { Project, Settings } from '../../../src/model/settings.ts'
import { BARE_APPLICATION } from '../../support/bare-application.ts'
import { BARE_MEMBERSHIP } from '../../support/bare-membership.ts'
import {
  address,
  fingerprint,
  fresh,
  type Given,
  mail,
  NOW,
  settings,
  signature,
  signedText,
  snapshot,
  sure,
} from '../given.ts'

export const PROJECT = sure(parseProjectName('widget'))
export const VERA = address('vera@vendor.example')
export const VERAS_KEY = fingerprint('6')
export const A = sure(parseApplicationId('A-771234'))
/** The first id that is drawn. */
export const FIRST = sure(parseApplicationId('A-770000'))
export const LIST = { kind: 'distributors', project: PROJECT } as const
export const THREAD = { kind: 'application', application: A } as const

const [first, ...rest] = BARE_MEMBERSHIP.criteria
/** Two to answer, one by acceptance, one by a vouch. */
const criteria = [
  sure(first),
  { text: 'Have users of your own.', signs: ['users'], by: 'answer' } as const,
  ...rest,
]

/** Projects with a list each, under these rules. */
export const lists = (membership: Partial<Membership> = {}, ...others: readonly string[]): Settings => {
  const [project] = settings().projects
  const open = (one: Project): Project => ({
    ...one,
    policy: { ...one.policy, membership: { ...BARE_MEMBERSHIP, criteria, ...membership } },
  })
  const one = sure(project)
  return settings({
    projects: [
      open(one),
      ...others.map(name =>
        open({ ...one, name: sure(parseProjectName(name)), distributors: address(`${name}@acme.example`) }),
      ),
    ],
  })
}

export const anApplication = (changes: Partial<Application> = {}): Application => ({
  ...BARE_APPLICATION,
  id: A,
  project: PROJECT,
  receivedAt: NOW,
  heardAt: NOW,
  address: VERA,
  key: undefined,
  thread: [inboundId(9)],
  ...changes,
})

export const offered = (
  key: Fingerprint,
  place: OfferedCertificate['place'],
  changes: Partial<OfferedCertificate> = {},
): OfferedCertificate => ({
  place,
  octets: new Uint8Array([Number.parseInt(key[0] ?? '0', 16)]),
  fingerprint: key,
  keyIds: [],
  encryptable: true,
  ...changes,
})

export const keyOf = (key: Fingerprint) => ({
  fingerprint: key,
  certificate: new Uint8Array([Number.parseInt(key[0] ?? '0', 16)]),
  keyIds: [],
})

export const world = (changes: Partial<Snapshot> = {}, one?: Application): Snapshot =>
  snapshot({
    settings: lists(),
    applications: new Map(one === undefined ? [] : [[one.id, one]]),
    ...changes,
  })

/** A mail of Vera's at the list, unless it is said to be another. */
export const takes = (given: Given, seen: Snapshot = world()): Decision =>
  decide(mail({ from: VERA, addressed: LIST, ...given }), seen, fresh)

/** The same signed by a key. */
export const signed = (text: string, key: Fingerprint, given: Partial<Given> = {}): Given => ({
  authored: signedText(text, key),
  ...given,
  mail: { author: signature(key), ...given.mail },
})

/** Each application as the decision leaves it. */
export const after = (decision: Decision, seen: Snapshot = world()): ReadonlyMap<string, Application> =>
  fold(ownState(seen), decision.events).applications

export const contentTo = (decision: Decision, to: string): Content | undefined =>
  decision.mails.find(order => order.to === to)?.content

export const said = ({ answers }: Application) => ({
  ...(answers.organisation && { organisation: answers.organisation.open() }),
  ...(answers.name && { name: answers.name.open() }),
  ...Object.fromEntries(
    Object.entries(answers.criteria).map(([position, text]) => [Number(position) + 1, text.open()]),
  ),
})
