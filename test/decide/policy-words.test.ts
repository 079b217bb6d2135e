// A policy in plain words: every key of it is in them, and a change of any changes them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { policyInWords } from '../../src/decide/policy-words.ts'
import type { Policy } from '../../src/model/policy.ts'
import { parseSha256 } from '../../src/model/scalars.ts'
import { BARE_CLOCK, BARE_NOTICES, BARE_POLICY, BARE_STAGE } from '../support/bare-policy.ts'
import { asAdmin, CAROL, casesOf, said, sends, verdict } from './commands/commanding.ts'
import { sure } from './given.ts'

const day = { count: 1, unit: 'day' } as const

const FULL: Policy = {
  ...BARE_POLICY,
  calendar: { zone: 'Europe/Berlin', weekend: [6, 7], holidays: ['2030-12-25'] },
  intake: {
    proposedContent: [{ text: 'Your name.', signs: [] }],
    outOfScope: ['Findings of scanners.'],
    share: 'on-accept',
  },
  links: { tracker: 'https://a.example/', advisories: 'https://b.example/', policy: 'https://c.example/' },
  priorities: [
    {
      name: 'urgent',
      text: 'critical',
      when: { severity: { atLeast: 7, below: 9.5 }, tags: ['remote'], mitigation: 'straightforward' },
    },
  ],
  lead: { volunteer: day, answer: { count: 4, unit: 'hour' } },
  fixTeam: { needs: ['terms', 'access'], terms: 'Keep it to yourself.' },
  slow: { below: 4, text: 'around holidays' },
  fix: { release: 'the next one', backport: 'latest' },
  versions: { supported: 'listed', text: 'The last two.' },
  clocks: [
    {
      ...BARE_CLOCK,
      earliest: day,
      after: ['fix-ready'],
      when: { severity: { atLeast: 7, below: 9.5 }, tags: ['remote'], mitigation: 'straightforward' },
      yields: ['slow', 'upstream'],
      nags: { ...BARE_CLOCK.nags, escalate: day },
    },
  ],
  embargo: {
    ...BARE_POLICY.embargo,
    preferred: day,
    overrun: 'block',
    reasons: [{ name: 'upstream', text: 'not ready' }],
    quorumBeyond: 1,
    yields: ['upstream'],
    remind: { before: [day], every: day },
  },
  slots: {
    hours: { from: '14:00', to: '18:00' },
    weekdays: [2, 3],
    blackout: [{ from: '2030-12-20', to: '2031-01-06', why: 'holidays' }],
    holidays: 'avoided',
  },
  notices: {
    stages: [
      {
        ...BARE_STAGE,
        decidedBy: 'lead',
        when: { severity: { atLeast: 7, below: 9.5 }, tags: ['remote'], mitigation: 'straightforward' },
        quorum: 1,
        patches: 'needed',
        may: ['rebuild', 'tell-customers'],
      },
    ],
    blind: 'block',
    answers: { within: day, every: day, most: 3 },
    agreement: 'most',
  },
  discussion: { posts: 'moderated' },
  membership: {
    requests: 'distributors',
    criteria: [{ text: 'Ship it.', signs: [], by: 'answer' }],
    terms: { version: '1', text: 'Keep it.\n', sha256: sure(parseSha256('ab'.repeat(32))) },
    acceptance: 'explicit',
    vouch: {
      count: 2,
      covers: 'person',
      perYear: 3,
      after: day,
      bootstrap: { below: 3, quorum: 1 },
    },
    review: { within: day, weekly: 1, lapse: day, objection: day, quorum: 1, again: day },
    contacts: { kind: 'role', most: 5, approval: 'team', coolingOff: day },
    most: 40,
    classes: [{ name: 'clouds', text: 'who hosts it' }],
    attestation: { every: day, within: day, silent: 'suspend' },
    reacceptance: { within: day, silent: 'suspend' },
    keyWarnings: [day],
    lateJoiners: 'nothing',
    roster: 'hidden',
    contributing: { tasks: [{ name: 'review', text: 'read patches' }], told: 'list' },
    leak: { strikes: 2, removal: 'permanent', retrospective: 'held' },
    breakEmbargo: { within: { count: 24, unit: 'hour' }, doubt: 'publish' },
  },
  sharing: { approvedBy: 'list', count: 2, within: day },
}

/** Of values of which there are but a few, another one. */
const OTHERS: Readonly<Record<string, string>> = {
  'on-accept': 'by-hand',
  terms: 'access',
  access: 'terms',
  team: 'reporter',
  reporter: 'team',
  promise: 'aim',
  received: 'accepted',
  conversation: 'plan',
  'fix-ready': 'mitigation',
  latest: 'all-supported',
  listed: 'latest',
  block: 'warn',
  avoided: 'allowed',
  none: 'all-asap',
  day: 'hour',
  hour: 'day',
  'business-day': 'day',
  distributors: 'security',
  answer: 'vouch',
  explicit: 'implied',
  person: 'organisation',
  role: 'any',
  suspend: 'keep',
  nothing: 'embargoed',
  hidden: 'organisations',
  list: 'team',
  permanent: 'removed',
  held: 'none',
}

type Step = string | number
type Leaf = { readonly path: readonly Step[]; readonly value: string | number }

function* leaves(value: unknown, path: readonly Step[] = []): Generator<Leaf> {
  if (typeof value === 'string' || typeof value === 'number') yield { path, value }
  else if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value)) yield* leaves(inner, [...path, key])
}

function changed({ path, value }: Leaf): Policy {
  const copy = structuredClone(FULL)
  let parent: object = copy
  for (const step of path.slice(0, -1)) parent = Reflect.get(parent, step)
  const free = typeof value === 'number' ? (value > 5 ? value - 1 : value + 1) : `${value}x`
  const isFree = ['name', 'displayName', 'text', 'terms', 'why'].includes(String(path.at(-1)))
  const isTeam = path.length === 1
  Reflect.set(parent, path.at(-1) ?? '', isFree || isTeam ? free : (OTHERS[value] ?? free))
  return copy
}

test('a change of any value is read in the words', () => {
  const words = policyInWords(FULL)
  const seen = [...leaves(FULL)]
  assert.ok(seen.length > 110, `${seen.length} values`)
  for (const leaf of seen) assert.notEqual(policyInWords(changed(leaf)), words, leaf.path.join('.'))
})

test('what a policy leaves out has no sentence', () => {
  const words = policyInWords({ ...BARE_POLICY, slow: undefined, notices: BARE_NOTICES })
  assert.doesNotMatch(words, /undefined|null|\n\n\n|: *$/m)
  assert.match(words, /There is no list of distributors\./)
  assert.match(
    policyInWords({ ...BARE_POLICY, clocks: [BARE_CLOCK] }),
    /within 3 business days from the report/,
  )
})

test('an admin reads the policy of each project once, or of one', () => {
  for (const text of ['policy show', 'policy show widget', 'POLICY SHOW Other']) {
    const outcome = asAdmin(text)
    assert.equal(verdict(outcome), 'ok', said(outcome))
    assert.equal(said(outcome), policyInWords(BARE_POLICY))
  }
})

for (const [text, code, says] of [
  ['policy show nix', 'E-UNKNOWN', /^There is no project nix; send: policy show, and one of widget, other$/],
  ['policy', 'E-SYNTAX', /send: policy show \[PROJECT\]/],
  ['policy lint', 'E-SYNTAX', /send: policy show \[PROJECT\]/],
  ['policy show project=widget', 'E-SYNTAX', /send: policy show \[PROJECT\]/],
] as const)
  test(`${text} is refused with what to send`, () => {
    const outcome = asAdmin(text)
    assert.equal(verdict(outcome), code)
    assert.match(said(outcome), says)
  })

test('who is no admin is not told', () => {
  assert.equal(verdict(sends('policy show', CAROL.fingerprint, casesOf())), 'E-ROLE')
})
