// A case of which three organisations were told, and commands about it by any of their keys: what the tests of sharing
// start from.
import { decide } from '../../../src/decide/decide.ts'
import { isOfCase } from '../../../src/decide/known.ts'
import type { Case } from '../../../src/model/case.ts'
import { evolveCase } from '../../../src/model/case-evolution.ts'
import type { Contact } from '../../../src/model/contact.ts'
import type { Decision, Snapshot } from '../../../src/model/decision.ts'
import type { MailOrder } from '../../../src/model/order.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import type { Membership, Sharing } from '../../../src/model/policy.ts'
import { type Fingerprint, type Instant, parseSha256 } from '../../../src/model/scalars.ts'
import type { Settings } from '../../../src/model/settings.ts'
import {
  ALICE,
  aCase,
  address,
  contact,
  fresh,
  mail,
  NOW,
  settings,
  signedText,
  snapshot,
  sure,
} from '../given.ts'

export const CASE = 'C-482107'

/** `two` and `sister` are of one organisation; `cut` is suspended; `late` was not told. */
export const PEOPLE = {
  one: contact('one', '1'),
  two: contact('two', '2'),
  sister: { ...contact('sister', '3'), distributor: contact('two', '2').distributor },
  four: contact('four', '4'),
  cut: { ...contact('cut', '5'), state: 'suspended' as const },
  late: contact('late', '6'),
} satisfies Readonly<Record<string, Contact>>
export type Name = keyof typeof PEOPLE

export const BARE_MEMBERSHIP: Membership = {
  requests: 'distributors',
  criteria: [],
  terms: { version: '1', text: 'Keep it closed.\nNeed to know.', sha256: sure(parseSha256('ab'.repeat(32))) },
  acceptance: 'explicit',
  vouch: undefined,
  review: {
    within: undefined,
    weekly: undefined,
    lapse: { count: 90, unit: 'day' },
    objection: undefined,
    quorum: 0,
    again: undefined,
  },
  contacts: { kind: 'any', most: 5, approval: 'none', coolingOff: { count: 24, unit: 'hour' } },
  most: undefined,
  classes: [],
  attestation: undefined,
  reacceptance: { within: { count: 30, unit: 'day' }, silent: 'keep' },
  keyWarnings: [],
  lateJoiners: 'nothing',
  roster: 'hidden',
  contributing: { tasks: [{ name: 'test', text: 'Test the proposed patches' }], told: 'list' },
  leak: { strikes: 2, removal: 'permanent', retrospective: 'held' },
  breakEmbargo: { within: { count: 24, unit: 'hour' }, doubt: 'publish' },
}

export const LIST: Sharing = { approvedBy: 'list', count: 2, within: { count: 2, unit: 'day' } }
export const TEAM: Sharing = { ...LIST, approvedBy: 'team' }

export const under = (sharing: Sharing | undefined, membership: Partial<Membership> = {}): Settings =>
  settings({
    projects: settings().projects.map(project => ({
      ...project,
      policy: { ...project.policy, sharing, membership: { ...BARE_MEMBERSHIP, ...membership } },
    })),
  })

export type Given = {
  readonly theCase?: Partial<Case>
  readonly settings?: Settings
  readonly told?: readonly Name[]
  readonly world?: Partial<Snapshot>
  readonly now?: Instant
}

export const ALL_TOLD: readonly Name[] = ['one', 'two', 'sister', 'four', 'cut']

export function given({
  theCase,
  settings: rules = under(LIST),
  told = ALL_TOLD,
  world,
  now = NOW,
}: Given): Snapshot {
  const one = aCase({ state: 'fixing', ...theCase })
  return snapshot({
    now,
    settings: rules,
    cases: new Map([[one.id, one]]),
    contacts: Object.values(PEOPLE),
    told: new Map([[one.id, told.map(name => PEOPLE[name].fingerprint)]]),
    distributors: [],
    ...world,
  })
}

/** One command, signed now by that key. */
export const signedBy = (key: Fingerprint, line: string, situation: Given = {}): Decision =>
  decide(
    mail({
      authored: signedText(`embargod acme\n${line}\n`, key, situation.now ?? NOW),
      receivedAt: situation.now ?? NOW,
    }),
    given(situation),
    fresh,
  )

export const by = (name: Name, line: string, situation: Given = {}): Decision =>
  signedBy(PEOPLE[name].fingerprint, line, situation)

export const byAdmin = (line: string, situation: Given = {}): Decision =>
  signedBy(ALICE.fingerprint, line, situation)

/** The code or status of the one command, and its words. */
export function resultOf({ mails }: Decision): readonly [string, string] {
  for (const { content } of mails)
    if (content.kind === 'transcript') {
      const [result] = content.results
      return [result?.code ?? result?.status ?? 'nothing', result?.text.open() ?? '']
    }
  return ['nothing', '']
}

/** The case as these decisions leave it, one after the other. */
export const after = (decisions: readonly Decision[], before: Partial<Case> = {}): Case =>
  decisions
    .flatMap(one => one.events)
    .filter(isOfCase)
    .reduce<Case>(evolveCase, aCase({ state: 'fixing', ...before }))

export const mailsOf = (decision: Decision, kind: MailOrder['content']['kind']): readonly MailOrder[] =>
  decision.mails.filter(({ content }) => content.kind === kind)

export const addressOf = (name: Name) => PEOPLE[name].address
export const WORDS = plaintext('They rebuild what we ship.')
export const ASK = `ask-share ${CASE} with="Buildfarm Ltd" <<\n${WORDS.open()}\n.`
export const STRANGER = address('stranger@elsewhere.example')
