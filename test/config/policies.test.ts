// The profiles that come along say what their policies say: quoted above each value, and number by number.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { PACKAGED_PROFILES, readProfile } from '../../src/config/profile.ts'
import { formatProblem } from '../../src/config/source.ts'
import type { Clock, Policy, Span, Stage } from '../../src/model/policy.ts'
import { flat, POLICY_NAMES, type PolicyName, policyText } from '../support/policy-text.ts'

async function policyOf(name: PolicyName): Promise<Policy> {
  const read = await readProfile(join(PACKAGED_PROFILES, `${name}.yaml`), name)
  if (!read.ok) assert.fail(read.error.map(formatProblem).join('\n'))
  return read.value
}

/** How much of its policy each profile quotes at least. */
const QUOTES: Readonly<Record<PolicyName, number>> = {
  'container-service-extension': 20,
  sonobuoy: 24,
  'tanzu-framework': 24,
  velero: 24,
  volcano: 27,
}

for (const name of POLICY_NAMES)
  describe(`the profile ${name}`, async () => {
    const written = await readFile(join(PACKAGED_PROFILES, `${name}.yaml`), 'utf8')
    const text = policyText(name)
    const policy = await policyOf(name)

    test('quotes its policy word for word', () => {
      const comments = flat([...written.matchAll(/^ *# (.*)$/gm)].map(match => match[1]).join(' '))
      const quotes = [...comments.matchAll(/"([^"]+)"/g)].map(match => match[1] ?? '')
      assert.ok(quotes.length >= QUOTES[name], `${quotes.length} quotes`)
      const said = text.toLowerCase()
      for (const quote of quotes) assert.ok(said.includes(quote.toLowerCase()), quote)
    })

    test('asks for what the policy asks for, in its words and order', () => {
      const places = policy.intake.proposedContent.map(item => text.indexOf(item.text.replace(/\.$/, '')))
      assert.equal(places.length, name === 'volcano' ? 3 : 5)
      assert.ok(places.every(place => place > 0))
      assert.deepEqual(
        places,
        places.toSorted((a, b) => a - b),
      )
      for (const item of policy.intake.outOfScope) assert.ok(text.includes(item))
    })
  })

const units = { minute: 'm', hour: 'h', day: 'd', 'business-day': 'bd' }
const short = ({ count, unit }: Span) => `${count}${units[unit]}`

/** A clock in one line. */
function line({ name, kind, start, until, earliest, within, after, when, yields, told }: Clock): string {
  const span = earliest === undefined ? short(within) : `${short(earliest)}..${short(within)}`
  const severity = when?.severity?.atLeast === undefined ? [] : [`from ${when.severity.atLeast}`]
  const conditions = [
    ...severity,
    ...(when?.tags ?? []),
    ...(when?.mitigation === undefined ? [] : [when.mitigation]),
  ]
  const parts = [
    ...[name, kind, `${start} to ${until}`, span],
    ...(after.length === 0 ? [] : [`after ${after.join(' or ')}`]),
    ...(conditions.length === 0 ? [] : [`if ${conditions.join(', ')}`]),
    ...(yields.length === 0 ? [] : [`yields ${yields.join(', ')}`]),
    ...(told === 'team' ? ['team'] : []),
  ]
  return parts.join('; ')
}

const ANSWERS = [
  'conversation; promise; received to conversation; 3bd',
  'plan; promise; received to plan; 3bd',
]
const DISCLOSURE = 'disclosure; aim; received to published; 14bd; if from 9, straightforward'
const BOTH = 'yields upstream, slow'

const CLOCKS: Readonly<Record<PolicyName, readonly string[]>> = {
  velero: [...ANSWERS, DISCLOSURE],
  'tanzu-framework': [...ANSWERS, DISCLOSURE],
  sonobuoy: [...ANSWERS, DISCLOSURE],
  'container-service-extension': ANSWERS,
  volcano: [
    'fix-team; aim; received to fix-team; 24h; team',
    'severity; aim; received to severity; 1d..7d; team',
    `fix; aim; received to fix-ready; 1d..7d; ${BOTH}`,
    `users; aim; received to notice:users; 1d..7d; after fix-ready or mitigation; ${BOTH}`,
    `distributors; aim; received to notice:fix-disclosure; 1d..14d; after fix-ready; if remote, privilege-escalation; ${BOTH}; team`,
    `cve; aim; received to cve; 1d..21d; ${BOTH}; team`,
    `release; aim; received to published; 1d..21d; ${BOTH}`,
  ],
}

for (const name of POLICY_NAMES)
  test(`the clocks of ${name} are those of its policy`, async () => {
    const { clocks } = await policyOf(name)
    assert.deepEqual(clocks.map(line), CLOCKS[name])
  })

type Facts = {
  readonly team: string
  readonly share: Policy['intake']['share']
  readonly decidedBy: Policy['severity']['decidedBy']
  readonly cvss: string
  readonly effect: Policy['public']['effect']
  readonly maximum: string | undefined
  readonly reasons: number
  readonly priorities: string
  readonly supported: Policy['versions']['supported']
  readonly backport: Policy['fix']['backport']
  readonly slow: number | undefined
  readonly stages: string
}

const stageLine = ({ name, to, decidedBy, when, patches }: Stage): string =>
  `${name} to ${to} by ${decidedBy}${when === undefined ? '' : ` when ${when.tags.join(' ')}`}${to === 'users' ? '' : `, patches ${patches}`}`

const facts = (policy: Policy): Facts => ({
  team: policy.team,
  share: policy.intake.share,
  decidedBy: policy.severity.decidedBy,
  cvss: policy.severity.versions.join(' '),
  effect: policy.public.effect,
  maximum: policy.embargo.maximum && short(policy.embargo.maximum),
  reasons: policy.embargo.reasons.length,
  priorities: policy.priorities.map(({ when }) => when.tags.join(' ')).join('; '),
  supported: policy.versions.supported,
  backport: policy.fix.backport,
  slow: policy.slow?.below,
  stages: policy.notices.stages.map(stageLine).join('; '),
})

const VMWARE: Facts = {
  team: 'VMware Security Team',
  share: 'on-accept',
  decidedBy: 'team',
  cvss: '3.0 3.1',
  effect: 'disclose-now',
  maximum: '21d',
  reasons: 3,
  priorities: 'confidentiality privilege integrity; availability',
  supported: 'latest',
  backport: 'all-supported',
  slow: undefined,
  stages: 'early-disclosure to distributors by team, patches allowed; users to users by team',
}

const FACTS: Readonly<Record<PolicyName, Facts>> = {
  velero: VMWARE,
  sonobuoy: VMWARE,
  'tanzu-framework': { ...VMWARE, cvss: '3.0 3.1 4.0', supported: 'listed' },
  'container-service-extension': {
    ...VMWARE,
    team: 'maintainers',
    share: 'by-hand',
    cvss: '3.0 3.1 4.0',
    maximum: undefined,
    reasons: 0,
    supported: 'listed',
    stages: 'users to users by team',
  },
  volcano: {
    ...VMWARE,
    team: 'Product Security Team (PST)',
    share: 'by-hand',
    decidedBy: 'lead',
    effect: 'all-asap',
    reasons: 0,
    priorities: 'remote privilege-escalation',
    supported: undefined,
    backport: 'latest',
    slow: 4,
    stages:
      'fix-disclosure to distributors by lead when remote privilege-escalation, patches needed; users to users by lead',
  },
}

for (const name of POLICY_NAMES)
  test(`who decides what, by when and for whom in ${name} is what its policy says`, async () => {
    assert.deepEqual(facts(await policyOf(name)), FACTS[name])
  })

test('a volunteer leads or the next in turn, and the fix team needs access, where the policy says so', async () => {
  const { lead, fixTeam } = await policyOf('volcano')
  assert.ok(lead?.volunteer)
  assert.deepEqual(fixTeam.needs, ['access'])
  for (const name of POLICY_NAMES.filter(one => one !== 'volcano')) {
    const other = await policyOf(name)
    assert.deepEqual([other.lead, other.fixTeam.needs], [undefined, []])
  }
})

/** Those with a list of distributors. */
const WITH_LIST = POLICY_NAMES.filter(name => name !== 'container-service-extension')

for (const name of WITH_LIST)
  test(`who may join the list of ${name}, and what they owe, is what its policy says`, async () => {
    const { membership, sharing } = await policyOf(name)
    assert.ok(membership)
    const text = policyText(name)
    const places = membership.criteria.map(one =>
      text.indexOf(one.text.replace(/\.$/, '').replace(/ that is outlined .*/, '')),
    )
    const found = name === 'volcano' ? places.filter((_, at) => at !== 5) : places
    assert.ok(
      found.every(place => place > 0),
      String(places),
    )
    assert.deepEqual(
      found,
      found.toSorted((a, b) => a - b),
    )
    const ours = name === 'volcano'
    assert.deepEqual(
      {
        by: membership.criteria.map(({ by }) => by).join(' '),
        requests: membership.requests,
        acceptance: membership.acceptance,
        vouch: [membership.vouch?.count, membership.vouch?.covers],
        leak: membership.leak,
        doubt: membership.breakEmbargo.doubt,
        tasks: membership.contributing?.tasks.map(task => task.name).join(' '),
        told: membership.contributing?.told,
        sharing: sharing?.approvedBy,
      },
      {
        by: 'answer answer answer answer answer acceptance vouch',
        requests: ours ? 'security' : 'distributors',
        acceptance: ours ? 'explicit' : 'implied',
        vouch: [1, 'person'],
        leak: ours
          ? { strikes: 2, removal: 'removed', retrospective: 'held' }
          : { strikes: 2, removal: 'permanent', retrospective: 'none' },
        doubt: 'publish',
        tasks: ours ? 'review test drafts release-notes' : undefined,
        told: ours ? 'list' : undefined,
        sharing: ours ? 'list' : 'team',
      },
    )
  })

for (const name of WITH_LIST)
  test(`the terms of ${name} are its embargo policy, word for word`, async () => {
    const { membership } = await policyOf(name)
    const paragraphs = membership?.terms.text.split('\n\n').map(flat) ?? []
    assert.ok(paragraphs.length >= 3)
    const text = policyText(name)
    for (const paragraph of paragraphs) assert.ok(text.includes(paragraph), paragraph)
  })

test('who has no list of distributors has no rules for one', async () => {
  const { membership, sharing } = await policyOf('container-service-extension')
  assert.deepEqual([membership, sharing], [undefined, undefined])
})
