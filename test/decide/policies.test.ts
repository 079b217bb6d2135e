// The five policies in force: what a report is promised, what is due when, and what moves it, by the profiles that
// come along.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { simpleParser } from 'mailparser'
import { compose, payloadOf } from '../../src/compose/compose.ts'
import { PACKAGED_PROFILES, readProfile } from '../../src/config/profile.ts'
import { clocksOf, embargoOf } from '../../src/decide/time/clocks.ts'
import type { Case } from '../../src/model/case.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import type { Policy } from '../../src/model/policy.ts'
import { type Instant, later } from '../../src/model/scalars.ts'
import { DAY, HOUR } from '../../src/model/time.ts'
import { settings as composed, contextWith, PROJECT, parsed } from '../compose/given.ts'
import { everyOrder } from '../compose/orders.ts'
import { flat, POLICY_NAMES, type PolicyName } from '../support/policy-text.ts'
import { said, sends } from './commands/commanding.ts'
import { ALICE, aCase, address, fingerprint, NOW, settings } from './given.ts'

const after = (milliseconds: number): Instant => later(NOW, milliseconds)

const policies = new Map<string, Policy>()
for (const name of POLICY_NAMES) {
  const read = await readProfile(join(PACKAGED_PROFILES, `${name}.yaml`), name)
  assert.ok(read.ok)
  policies.set(name, read.value)
}
function policyOf(name: PolicyName): Policy {
  const policy = policies.get(name)
  assert.ok(policy)
  return policy
}

/** What runs in a case received on a Saturday noon, and when it is due; what does not, and why. */
function due(name: PolicyName, changes: Partial<Case> = {}): Readonly<Record<string, number | string>> {
  const theCase = aCase({ milestones: { received: NOW }, ...changes })
  const found = clocksOf(theCase, policyOf(name)).map(running => [
    running.clock.name,
    running.state === 'running' ? (running.dueAt - NOW) / HOUR : running.state,
  ])
  return Object.fromEntries(found)
}

/** As somebody reads it whose report came in clear at that time. */
async function acknowledged(name: PolicyName): Promise<string> {
  const projects = [{ name: PROJECT, policy: policyOf(name), distributors: undefined, maintainers: [] }]
  const order = {
    ...parsed(everyOrder['acknowledgement']),
    content: { kind: 'acknowledgement', receivedAt: NOW },
  } as const
  const draft = compose(order, contextWith({ settings: { ...composed, projects }, now: NOW }))
  const { text = '' } = await simpleParser(Buffer.from(payloadOf(draft, 'clear')))
  return flat(text)
}

const BUSINESS: readonly PolicyName[] = [
  'velero',
  'sonobuoy',
  'tanzu-framework',
  'container-service-extension',
]
const WITH_LIST: readonly PolicyName[] = ['velero', 'sonobuoy', 'tanzu-framework']

for (const name of BUSINESS)
  test(`${name}: a conversation and a plan are due within 3 business days, and promised to the reporter`, async () => {
    const { conversation, plan } = due(name)
    assert.deepEqual([conversation, plan], [4 * 24, 4 * 24])
    const text = await acknowledged(name)
    assert.match(text, /By Wed 25 Nov 2026, 12:00 UTC, we start a conversation with you\./)
    assert.match(text, /By Wed 25 Nov 2026, 12:00 UTC, we send you a detailed plan to investigate the issue/)
  })

for (const name of WITH_LIST) {
  test(`${name}: critical with a straightforward mitigation is to be public 14 business days after the report`, () => {
    const severity = { version: '3.1', vector: 'CVSS:3.1', score: 9 } as const
    assert.equal(due(name, { severity, mitigation: 'straightforward' })['disclosure'], 19 * 24)
    assert.equal(due(name, { severity })['disclosure'], 'elsewhere')
    assert.equal(
      due(name, { severity: { ...severity, score: 8.9 }, mitigation: 'straightforward' })['disclosure'],
      'elsewhere',
    )
  })

  test(`${name}: disclosure is a few weeks after the report at the latest, and at once if it is public`, async () => {
    const theCase = aCase({ milestones: { received: NOW } })
    assert.equal(embargoOf(theCase, policyOf(name))?.dueAt, after(21 * DAY))
    const known = { ...theCase, public: { at: after(DAY), url: plaintext('https://x.example/') } }
    assert.equal(embargoOf(known, policyOf(name))?.dueAt, after(DAY))
    assert.match(await acknowledged(name), /publish it by Sat 12 Dec 2026, 12:00 UTC at the latest/)
  })
}

test('volcano: suggestions are aims, counted from the disclosure to the team', async () => {
  assert.deepEqual(due('volcano'), {
    'fix-team': 24,
    severity: 7 * 24,
    fix: 7 * 24,
    users: 7 * 24,
    distributors: 'elsewhere',
    cve: 21 * 24,
    release: 21 * 24,
  })
  assert.ok(policyOf('volcano').clocks.every(({ kind }) => kind === 'aim'))
  assert.match(
    await acknowledged('volcano'),
    /Our aim, not a promise: [^.]*Sat 12 Dec 2026, 12:00 UTC, we release the fix/,
  )
})

test('volcano: a public disclosure makes all timelines ASAP', () => {
  const known = due('volcano', { public: { at: after(HOUR), url: plaintext('https://x.example/') } })
  for (const name of ['fix-team', 'severity', 'fix', 'users', 'cve', 'release'])
    assert.equal(known[name], 1, name)
})

test('volcano: the timeline of an upstream project moves what waits for the fix', () => {
  const upstream = [{ name: plaintext('libfoo'), instant: after(40 * DAY) }]
  const { 'fix-team': team, severity, fix, users, release } = due('volcano', { upstream })
  assert.deepEqual([team, severity, fix, users, release], [24, 7 * 24, 40 * 24, 40 * 24, 40 * 24])
})

test('volcano: a release process that is slowed down stops what belongs to it', () => {
  const slowed = due('volcano', { slowed: { at: NOW, reason: plaintext('holidays') } })
  assert.deepEqual(
    Object.keys(slowed).filter(name => slowed[name] === 'slowed'),
    ['fix', 'users', 'cve', 'release'],
  )
})

test('volcano: distributors are told early of what is remotely exploitable or escalates privileges', () => {
  for (const tag of ['remote', 'privilege-escalation'])
    assert.equal(due('volcano', { tags: [tag] })['distributors'], 14 * 24)
})

test('volcano: the fix team is there once all of it have access', () => {
  const engineer = {
    name: 'erin',
    fingerprint: fingerprint('E'),
    address: address('erin@volunteer.example'),
    key: undefined,
    since: NOW,
  }
  assert.equal(due('volcano', { fixTeam: [engineer] })['fix-team'], 24)
  assert.equal(due('volcano', { fixTeam: [{ ...engineer, access: after(HOUR) }] })['fix-team'], 'met')
})

test('velero: whoever says what is hit and fixed reads what the policy says of it', () => {
  const world = settings()
  const projects = world.projects.map(project => ({ ...project, policy: policyOf('velero') }))
  const told = (text: string) => said(sends(text, ALICE.fingerprint, { settings: { ...world, projects } }))
  assert.match(
    told('affects C-482107 1.9'),
    /Our policy: Supported: the latest version alone\. Only the most recent version of Velero is supported\./,
  )
  assert.match(
    told('fixed C-482107 1.9.1'),
    /Our policy: A fix comes in: the next patch or minor release\. A fix goes into all supported lines\./,
  )
})

for (const name of BUSINESS)
  test(`${name}: reporters are asked for what the policy proposes, and where other bugs go`, async () => {
    const text = await acknowledged(name)
    const { intake, links } = policyOf(name)
    for (const item of intake.proposedContent) assert.ok(text.includes(item.text), item.text)
    assert.ok(links.tracker !== undefined && text.includes(links.tracker))
  })

for (const name of POLICY_NAMES)
  test(`${name}: reporters are asked to open no public issue and to encrypt`, async () => {
    assert.match(
      await acknowledged(name),
      /Please open no public issue about it\. .* Please encrypt what you write from now on\./,
    )
  })
