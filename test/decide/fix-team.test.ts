// A fix team in place: who reads what before they agree, who counts since when, and who still lacks what.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide } from '../../src/decide/decide.ts'
import { reachedAt } from '../../src/decide/time/clocks.ts'
import { timePassed } from '../../src/decide/time/timed.ts'
import type { Case } from '../../src/model/case.ts'
import { evolveCase } from '../../src/model/case-evolution.ts'
import type { Decision } from '../../src/model/decision.ts'
import type { Engineer } from '../../src/model/person.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import type { Policy } from '../../src/model/policy.ts'
import { type Fingerprint, inboundId, instant, later } from '../../src/model/scalars.ts'
import { DAY, HOUR } from '../../src/model/time.ts'
import { BARE_CLOCK, BARE_POLICY } from '../support/bare-policy.ts'
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
} from './given.ts'

const C = 'C-482107'
const TERMS = 'Tell nobody who does not work on it.'
const policy: Policy = {
  ...BARE_POLICY,
  fixTeam: { needs: ['terms', 'access'], terms: TERMS },
  clocks: [
    { ...BARE_CLOCK, name: 'team', kind: 'aim', until: 'fix-team', within: { count: 24, unit: 'hour' } },
  ],
}
const CAROL = { name: 'carol', address: address('carol@team.example'), fingerprint: fingerprint('C') }
const ours = settings({
  projects: settings().projects.map(one => ({ ...one, policy, maintainers: [CAROL] })),
})
const ERIN: Engineer = {
  name: 'erin',
  address: address('erin@vendor.example'),
  fingerprint: fingerprint('E'),
  key: { fingerprint: fingerprint('E'), certificate: new Uint8Array([1]), keyIds: [] },
  since: instant(0),
}
const thread = [1, 2].map(id => ({ inbound: inboundId(id), at: NOW, from: 'reporter' }) as const)
const accepted = (changes: Partial<Case> = {}) =>
  aCase({ state: 'accepted', lead: 'alice', milestones: { received: NOW }, thread, ...changes })

function sends(by: Fingerprint, line: string, theCase: Case, at = NOW): Decision {
  const seen = { now: at, settings: ours, cases: new Map([[theCase.id, theCase]]) }
  const authored = signedText(`embargod acme\n${line}\n`, by, at)
  return decide(mail({ authored, receivedAt: at }), snapshot(seen), fresh)
}

const after = (theCase: Case, { events }: Decision): Case =>
  events.reduce<Case>(
    (one, event) => ('case' in event && !('notice' in event) ? evolveCase(one, event) : one),
    theCase,
  )

const answer = ({ mails }: Decision): string => {
  for (const { content } of mails)
    if (content.kind === 'transcript') return content.results.map(one => one.text.open()).join('\n')
  return assert.fail('no answer')
}

const sentTo = ({ mails }: Decision, to: string) =>
  mails
    .filter(order => order.to === to)
    .map(({ content }) => (content.kind === 'welcome' ? `welcome ${content.as}` : content.kind))

test('an engineer reads the terms alone, and the thread when they have agreed', () => {
  const before = accepted({ state: 'fixing', fixTeam: [ERIN] })
  assert.equal(sends(ERIN.fingerprint, `show ${C}`, before).reason, 'E-ROLE')
  const agreed = sends(ERIN.fingerprint, `accept-terms ${C}`, before, later(NOW, HOUR))
  assert.match(answer(agreed), /erin agrees to the terms/)
  assert.deepEqual(sentTo(agreed, ERIN.address), ['welcome engineer', 'past-mail', 'past-mail', 'transcript'])
  const now = after(before, agreed)
  assert.equal(sends(ERIN.fingerprint, `show ${C}`, now, later(NOW, HOUR)).outcome, 'command')
  const again = sends(ERIN.fingerprint, `accept-terms ${C}`, now, later(NOW, 2 * HOUR))
  assert.deepEqual([again.events, sentTo(again, ERIN.address)], [[], ['transcript']])
})

test('whoever is named is asked to agree, colleagues too, and nobody twice', () => {
  for (const name of ['carol', 'bob']) {
    const named = sends(ALICE.fingerprint, `assign ${C} fix=${name}`, accepted())
    const to = name === 'bob' ? BOB.address : CAROL.address
    const welcome = named.mails.find(order => order.to === to && order.content.kind === 'welcome')
    assert.equal(welcome?.content.kind === 'welcome' && welcome.content.as, 'invited')
    assert.deepEqual(welcome?.offers?.[0]?.body, `embargod acme\naccept-terms ${C}\n`)
    const now = after(accepted(), named)
    const note = sends(ALICE.fingerprint, `assign ${C} fix=${name}`, now)
    assert.deepEqual(
      note.mails.filter(({ content }) => content.kind === 'welcome'),
      [],
    )
  }
})

test('mail of the thread passes by whoever has not agreed', () => {
  const unsigned = {
    kind: 'unsigned',
    text: plaintext('more'),
    layout: 'fixed',
    encrypted: false,
  } as const
  const theCase = accepted({ fixTeam: [ERIN] })
  const sent = (one: Case) =>
    decide(
      mail({ authored: unsigned, addressed: { kind: 'case', case: one.id } }),
      snapshot({ settings: ours, cases: new Map([[one.id, one]]) }),
      fresh,
    ).mails.map(({ to }) => to)
  assert.deepEqual(sent(theCase), [ALICE.address, BOB.address])
  const agreed = { ...theCase, fixTeam: [{ ...ERIN, terms: NOW }] }
  assert.deepEqual(sent(agreed), [ALICE.address, BOB.address, ERIN.address])
})

test('the team is in place when the last of what all need is there', () => {
  const joined = accepted({ fixTeam: [ERIN] })
  const granted = sends(ALICE.fingerprint, `access ${C} Erin granted`, joined, later(NOW, HOUR))
  assert.match(answer(granted), /erin has access to the code .* Still: erin has not agreed to the terms\./)
  const half = after(joined, granted)
  assert.equal(reachedAt(half, 'fix-team', policy), undefined)
  const whole = after(half, sends(ERIN.fingerprint, `accept-terms ${C}`, half, later(NOW, 2 * HOUR)))
  assert.equal(reachedAt(whole, 'fix-team', policy), later(NOW, 2 * HOUR))
  const back = sends(ALICE.fingerprint, `access ${C} erin withdrawn`, whole, later(NOW, 3 * HOUR))
  assert.equal(reachedAt(after(whole, back), 'fix-team', policy), undefined)
  assert.match(answer(sends(ALICE.fingerprint, `access ${C} erin withdrawn`, joined)), /no access anyway/)
  assert.match(
    answer(sends(ALICE.fingerprint, `access ${C} dan granted`, joined)),
    /team of C-482107 is erin/,
  )
})

test('show and the reminder say who lacks what, and offer what ends it', () => {
  const theCase = accepted({ fixTeam: [{ ...ERIN, terms: NOW }] })
  assert.match(
    answer(sends(ALICE.fingerprint, `show ${C}`, theCase)),
    /fix team: erin; erin has no access to the code$/m,
  )
  const now = later(NOW, DAY)
  const reminded = timePassed(
    theCase,
    snapshot({ now, settings: ours, cases: new Map([[theCase.id, theCase]]) }),
  )
  const [order] = reminded?.mails ?? []
  assert.equal(order?.content.kind, 'reminder')
  assert.equal(order.offers?.[0]?.body, `embargod acme\naccess ${C} erin granted\n`)
})

test('what comes of an assignment offers to say that access was given, until it was', () => {
  const offered = ({ mails }: Decision) =>
    mails.flatMap(({ offers = [] }) => offers.map(({ body }) => body.split('\n')[1] ?? ''))
  const line = `access ${C} erin granted`
  const joined = accepted({ fixTeam: [ERIN] })
  assert.ok(offered(sends(ALICE.fingerprint, `tag ${C} remote`, joined)).includes(line))
  assert.ok(offered(sends(ERIN.fingerprint, `accept-terms ${C}`, joined)).includes(line))
  assert.ok(!offered(sends(ALICE.fingerprint, line, joined)).includes(line))
})

test('where the policy has no terms there is nothing to agree to, and they read all at once', () => {
  const plain = { ...policy, fixTeam: { needs: [], terms: undefined } }
  const projects = settings().projects.map(one => ({ ...one, policy: plain }))
  const theCase = accepted({ fixTeam: [ERIN] })
  const seen = { settings: settings({ projects }), cases: new Map([[theCase.id, theCase]]) }
  const line = (text: string) =>
    decide(
      mail({ authored: signedText(`embargod acme\n${text}\n`, ERIN.fingerprint) }),
      snapshot(seen),
      fresh,
    )
  assert.equal(line(`show ${C}`).outcome, 'command')
  assert.match(answer(line(`accept-terms ${C}`)), /nothing in C-482107 that you still have to agree to/)
  assert.match(answer(sends(BOB.fingerprint, `accept-terms ${C}`, theCase)), /You are not on the fix team/)
})

test('a team that was in place stays so when somebody joins later, who is waited for by name alone', () => {
  const at = (hours: number) => later(NOW, hours * HOUR)
  const ready: Engineer = { ...ERIN, since: NOW, terms: at(1), access: at(2) }
  const reached = (...fixTeam: readonly Engineer[]) => reachedAt(accepted({ fixTeam }), 'fix-team', policy)
  assert.equal(reached(ready), at(2))
  assert.equal(reached(ready, { ...ERIN, name: 'otto', since: at(3) }), at(2))
  assert.equal(reached(ready, { ...ERIN, name: 'otto', since: at(1) }), undefined)
  assert.equal(reached(ready, { ...ready, name: 'otto', since: at(1), access: at(5) }), at(5))
})
