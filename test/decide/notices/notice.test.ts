// `notice` to distributors: whose word it is, for which cases, with which files, for whom, and what is shown before it
// is confirmed.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { worded } from '../../../src/compose/compose.ts'
import type { Audience } from '../../../src/model/notice.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import { contextWith } from '../../compose/given.ts'
import { ALICE, BOB, fingerprint, settings } from '../given.ts'
import { organisation } from '../members.ts'
import {
  answered,
  confirmed,
  described,
  EARLY,
  file,
  ONE,
  PATCHES,
  policyWith,
  SEND,
  sends,
  TEXT,
  THREE,
  TWO,
  withPolicy,
  world,
} from './early.ts'

const C = 'C-482107'
const PLAIN = `notice ${C} stage=early-disclosure ${SEND} ${TEXT}`

/** What is scheduled, once it is confirmed. */
function scheduled(
  text: string,
  ...given: Parameters<typeof confirmed> extends [string, ...infer R] ? R : never
) {
  const [event] = confirmed(text, ...given).events
  assert.equal(event?.kind, 'notice-scheduled')
  return event
}

test('a stage that is meant for other cases asks for anyway=yes, and says so', () => {
  const remote = { ...EARLY, when: { severity: undefined, tags: ['remote'], mitigation: undefined } }
  const given = world({ stages: [remote] })
  const refused = answered(PLAIN, given)
  assert.equal(refused.status, 'E-POLICY')
  assert.match(refused.text, /not for C-482107\. Only for cases with the tag remote\. .*anyway=yes/)
  const anyway = answered(PLAIN.replace(' <<', ' anyway=yes <<'), given)
  assert.equal(anyway.status, 'wait')
  assert.match(anyway.text, /The policy does not mean early-disclosure for this case: Only for cases with/)
  const fits = answered(PLAIN, world({ stages: [remote], theCase: described({ tags: ['remote'] }) }))
  assert.equal(fits.status, 'wait')
  assert.doesNotMatch(fits.text, /does not mean/)
})

describe('where the lead decides on a stage', () => {
  const stages = [{ ...EARLY, decidedBy: 'lead' as const }]
  const yes = (by: string) => ({ as: 'yes' as const, at: described().receivedAt, by, reason: plaintext('x') })
  for (const [name, theCase, by, becomes] of [
    ['nobody leads: any admin sends it', described(), ALICE, 'wait'],
    ['the lead sends it', described({ lead: 'alice' }), ALICE, 'wait'],
    ['another admin does not', described({ lead: 'alice' }), BOB, 'E-POLICY'],
    [
      'a yes of the lead is not their word to send',
      described({ lead: 'alice', earlyDisclosure: yes('alice') }),
      BOB,
      'E-POLICY',
    ],
    ['a lead who is no admin has to say yes', described({ lead: 'lea' }), ALICE, 'E-POLICY'],
    ['somebody else said yes', described({ lead: 'lea', earlyDisclosure: yes('bob') }), ALICE, 'E-POLICY'],
    ['then any admin sends it', described({ lead: 'lea', earlyDisclosure: yes('lea') }), ALICE, 'wait'],
  ] as const)
    test(name, () => {
      const { status, text } = answered(PLAIN, world({ stages, theCase }), [], by)
      assert.equal(status, becomes)
      if (becomes === 'E-POLICY') assert.match(text, new RegExp(`the lead decides .* is ${theCase.lead}`))
    })
})

test('a stage waits for as many others as its policy says, and never for more than there are', () => {
  for (const [quorum, others] of [
    [0, 0],
    [1, 1],
    [7, 1],
  ] as const) {
    const { plan, mails } = sends(PLAIN, world({ stages: [{ ...EARLY, quorum }] }))
    assert.equal(plan?.kind, 'issued')
    const told = mails.find(({ to }) => to === ALICE.address)
    assert.equal(told?.content.kind, 'transcript')
    const words = told.content.results[0]?.text.open() ?? ''
    assert.match(words, others === 0 ? /\. Send by/ : /1 other of the team must send by/)
  }
})

describe('each stage takes the files that its policy wants', () => {
  const none = { ...EARLY, name: 'words', patches: 'none' as const }
  const given = world({ stages: [EARLY, PATCHES, none] })
  const patch = file('0001-shut.patch')
  for (const [stage, files, becomes] of [
    ['early-disclosure', [], 'wait'],
    ['early-disclosure', [patch], 'wait'],
    ['patches', [], 'E-POLICY'],
    ['patches', [file('notes.txt')], 'E-POLICY'],
    ['patches', [file('fix.diff'), file('notes.txt')], 'wait'],
    ['words', [], 'wait'],
    ['words', [patch], 'E-POLICY'],
  ] as const)
    test(`${stage} with ${files.map(one => one.fileName?.open()).join(', ') || 'none'}`, () => {
      const attached = files.map(one => `att:${one.fileName?.open()}`).join(' ')
      const text = `notice ${C} stage=${stage} ${SEND} ${attached} ${TEXT}`
      assert.equal(answered(text, given, files).status, becomes)
    })
})

describe('an archive is refused, whatever it is called', () => {
  const tar = Buffer.alloc(512)
  tar.write('ustar', 257)
  for (const [name, octets] of [
    ['patches.zip', Buffer.from('x')],
    ['patches.tar.gz', Buffer.from('x')],
    ['PATCHES.7Z', Buffer.from('x')],
    ['fix.patch', Buffer.from([0x50, 0x4b, 3, 4, 0])],
    ['fix.patch', Buffer.from([0x1f, 0x8b, 8])],
    ['fix.patch', tar],
  ] as const)
    test(`${name} ${octets.subarray(0, 2).toString('hex')}`, () => {
      const text = `notice ${C} stage=early-disclosure ${SEND} att:${name} ${TEXT}`
      const { status, text: why } = answered(text, world(), [file(name, octets)])
      assert.deepEqual([status, why.includes('attach the patches themselves')], ['E-POLICY', true])
    })
  test('and a short file is none', () => {
    const text = `notice ${C} stage=early-disclosure ${SEND} att:a.patch ${TEXT}`
    for (const octets of [new Uint8Array(0), Buffer.from('P')])
      assert.equal(answered(text, world(), [file('a.patch', octets)]).status, 'wait')
  })
})

test('what its readers may do is as the stage says, or as may= says instead', () => {
  const given = world({ stages: [{ ...EARLY, may: ['rebuild'] }] })
  const may = (word: string) => scheduled(PLAIN.replace(' <<', `${word} <<`), given).may
  assert.deepEqual(may(''), ['rebuild'])
  assert.deepEqual(may(' may=none'), [])
  assert.deepEqual(may(' may=tell-customers,rebuild'), ['rebuild', 'tell-customers'])
  assert.equal(answered(PLAIN.replace(' <<', ' may=publish <<'), given).status, 'E-SYNTAX')
})

describe('an audience', () => {
  const gone = { ...ONE, id: THREE.id, state: 'left' as const }
  const suspended = { ...TWO, state: 'suspended' as const }
  const cooling = { ...TWO, state: 'cooling' as const }
  const all: Audience = { classes: [], include: [], exclude: [] }
  const rule = (words: string) => PLAIN.replace(' <<', ` ${words} <<`)
  for (const [words, audience, readers] of [
    ['', all, [ONE, TWO, THREE]],
    ['class=vendors', { ...all, classes: ['vendors'] }, [ONE]],
    ['class=vendors,clouds', { ...all, classes: ['vendors', 'clouds'] }, [ONE, TWO]],
    [
      `class=vendors include=${THREE.distributor}`,
      { ...all, classes: ['vendors'], include: [THREE.distributor] },
      [ONE, THREE],
    ],
    [`exclude=${ONE.id}`, { ...all, exclude: [ONE.id] }, [TWO, THREE]],
    [`class=clouds exclude=${ONE.id}`, { ...all, classes: ['clouds'], exclude: [ONE.id] }, [TWO]],
  ] as const)
    test(words || 'of all', () => {
      assert.deepEqual(scheduled(rule(words)).audience, audience)
      const { plan } = sends(rule(words), world())
      assert.equal(plan?.kind, 'issued')
      assert.deepEqual(
        plan.plan.audience,
        readers.map(({ address }) => address),
      )
    })

  for (const [words, why] of [
    ['class=gold', /no class gold; the policy has vendors, clouds/],
    ['include=D-999999', /no D-999999; look with: roster/],
    ['exclude=M-999999', /no M-999999/],
    ['include=alice', /no alice/],
    [`include=${ONE.id} exclude=${ONE.id}`, /stands in include= and in exclude=/],
  ] as const)
    test(`${words} is refused by name`, () => {
      const { status, text } = answered(rule(words))
      assert.equal(status, 'E-UNKNOWN')
      assert.match(text, why)
    })

  test('of nobody is refused, with whom it leaves out and why', () => {
    const { status, text } = answered(rule('class=clouds'), world({ contacts: [ONE, suspended] }))
    assert.equal(status, 'E-STATE')
    assert.match(text, /Nobody would get it\. .*not meant: 1 \(M-000001\).*suspended: 1 \(M-000002\)/)
  })

  test('is shown with who gets nothing and why, but for those who have left', () => {
    const { text } = answered(rule('class=vendors,clouds'), world({ contacts: [ONE, cooling, THREE, gone] }))
    assert.match(text, /encrypted to each of 1 contacts:\n {2}M-000001 of D-000001, oncall@one\.example\n/)
    assert.match(text, /^Left out, not on the list yet: 1 \(M-000002\)\.$/m)
    assert.match(text, /^Left out, not meant: 1 \(M-000003\)\.$/m)
  })

  test('of another project is nobody', () => {
    const other = { ...ONE, project: settings().projects[0]?.name ?? ONE.project }
    assert.equal(other.project, ONE.project)
    const elsewhere = { ...organisation(ONE), project: 'other' as typeof ONE.project }
    const given = world({ distributors: [elsewhere], contacts: [TWO] })
    assert.equal(answered(rule(`include=${ONE.distributor}`), given).status, 'E-UNKNOWN')
  })
})

test('before it is confirmed it is shown word for word as it will be sent, inside and outside', () => {
  const patch = file('0001-shut.patch')
  const given = world({ settings: withPolicy(policyWith([EARLY])) })
  const decision = sends(PLAIN.replace(' <<', ' att:0001-shut.patch may=rebuild <<'), given, [patch])
  const order = decision.mails.find(({ to }) => to === ALICE.address)
  assert.equal(order?.content.kind, 'transcript')
  const [result] = order.content.results
  const [copy] = result?.simulated ?? []
  assert.ok(copy)
  // Nothing of the files is kept yet, so that none may be read.
  const context = contextWith({ settings: given.settings, file: () => assert.fail('a file was read') })
  const [shown] = worded(order, context).leaves
  assert.equal(shown?.kind, 'text')
  const [sent] = worded(copy.order, { ...context, now: copy.at, file: () => patch.octets }).leaves
  assert.equal(sent?.kind, 'text')
  // Who tapped a link there would answer as an admin.
  const lines = sent.text.split('\n').filter(line => !line.startsWith('<mailto:'))
  for (const line of lines.slice(2)) assert.ok(shown.text.includes(line), line)
  assert.match(shown.text, /^Subject: N-300001: early disclosure$/m)
  assert.match(shown.text, /its subject is\s+only \[\.\.\.\] N-300001$/m)
  assert.match(shown.text, new RegExp(`^ {2}${patch.sha256}$`, 'm'))
})

test('a text that cannot be shown whole is refused', () => {
  const long = `notice ${C} stage=early-disclosure ${SEND} <<\n${'x'.repeat(100_001)}\n.`
  const { status, text } = answered(long)
  assert.deepEqual([status, text.includes('attach what is long as a file')], ['E-SYNTAX', true])
})

test('somebody who joins while it waits is shown, and asked for again', () => {
  const before = world()
  const { plan } = sends(PLAIN, before)
  assert.equal(plan?.kind, 'issued')
  const newcomer = { ...THREE, id: ONE.id, address: BOB.address, fingerprint: fingerprint('8') }
  const given = { ...before, pending: plan.plan, contacts: [...before.contacts, newcomer] }
  const { events, plan: again } = sends(`confirm acme ${plan.plan.token}\n`, given)
  assert.deepEqual([events, again?.kind], [[], 'issued'])
})
