// The lint of profiles: keys that disagree or have no effect are refused by line, and a policy's own contradictions
// are told and taken.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { lintProfile, listProfiles, PACKAGED_PROFILES } from '../../src/config/profile.ts'
import { formatProblem } from '../../src/config/source.ts'
import { tempDir } from '../support/workspace.ts'
import { writePrivate } from './support.ts'

const least = `displayName: Acme
team: Acme Security
calendar: { zone: UTC }
embargo: { maximum: 21d }
`
const fix = 'name: fix, kind: aim, until: fix-ready, text: we have a fix'
/** On line 6. */
const clock = (text: string) => `${least}clocks:\n  - { ${text} }\n`

const listed = `${least}notices: { stages: [{ name: early, text: early }] }\n`
const terms = `acceptance: implied, terms: { version: '1', text: Keep it. }`
const criteria = '[{ text: Ship it. }, { text: Be known., by: vouch }]'
/** On line 6. */
const membership = (keys: string, asked: string = criteria) =>
  `${listed}membership: { ${terms}, criteria: ${asked}, ${keys} }\n`
const vouched = 'vouch: { bootstrap: { below: 3 } }'

async function linted(t: TestContext, text: string) {
  const file = join(await tempDir(t), 'acme.yaml')
  await writePrivate(file, text)
  const read = await lintProfile(file, 'acme', '2026-11-21')
  const lines = (problems: readonly Parameters<typeof formatProblem>[0][]) =>
    problems.map(problem => formatProblem(problem).slice(file.length + 1))
  return read.ok
    ? { faults: [], warnings: lines(read.value.warnings) }
    : { faults: lines(read.error), warnings: [] }
}

type Row = readonly [name: string, text: string, ...lines: string[]]

const faults: readonly Row[] = [
  [
    'a clock that starts from what it ends with',
    clock(`${fix}, start: fix-ready, within: 7d`),
    '6: clocks[0].until: disagrees with line 6, clocks[0].start: the clock ends with what it starts from; change one of them',
  ],
  [
    'a clock that ends with what is there when it starts',
    clock('name: talk, kind: aim, start: plan, until: conversation, within: 7d, text: we talk'),
    '6: clocks[0].until: must not be conversation, which is there when the clock starts',
  ],
  [
    'a clock that waits for its own end',
    clock(`${fix}, within: 7d, after: [mitigation, fix-ready]`),
    '6: clocks[0].after: waits for what ends the clock; leave fix-ready out',
  ],
  [
    'a clock that waits for what is there',
    clock(`${fix}, within: 7d, start: accepted, after: decided`),
    '6: clocks[0].after: must not hold decided, which is there when the clock starts; leave it out',
  ],
  [
    'a clock that waits for a notice of no stage',
    clock(`${fix}, within: 7d, after: notice:early`),
    '6: clocks[0].after: notice:early never comes: there are no stages; add the stage to notices.stages, or name another',
  ],
  [
    'a clock that ends with a notice of another stage',
    `${clock('name: list, kind: aim, until: notice:erly, within: 7d, text: we tell')}notices: { stages: [{ name: early, text: early }] }\n`,
    '6: clocks[0].until: notice:erly never comes: there is notice:early; add the stage to notices.stages, or name another',
  ],
  [
    'an embargo that starts with a notice of no stage',
    least.replace('21d', '21d, start: notice:early'),
    '4: embargo.start: notice:early never comes: there are no stages; add the stage to notices.stages, or name another',
  ],
  [
    'an embargo that starts when all is public',
    least.replace('21d', '21d, start: published'),
    '4: embargo.start: must not be published, for then there is nothing left to keep',
  ],
  [
    'a reminder before the clock starts',
    clock(`${fix}, within: 24h, nags: { before: [3h, 1d] }`),
    '6: clocks[0].nags.before[1]: disagrees with line 6, clocks[0].within: nobody would ever be reminded, so early is it; make it shorter',
  ],
  [
    'a reminder before anybody need be done',
    clock(`${fix}, within: 5d..7d, nags: { before: [2d, 1d] }`),
    '6: clocks[0].nags.before[0]: disagrees with line 6, clocks[0].within: nobody would ever be reminded, so early is it; make it shorter',
  ],
  [
    'a reminder before the embargo begins',
    least.replace('21d', '21d, remind: { before: [22d, 1d] }'),
    '4: embargo.remind.before[0]: disagrees with line 4, embargo.maximum: nobody would be reminded before the embargo begins; make it shorter',
  ],
  [
    'a preferred time that can be later than the longest',
    least.replace('21d', '21d, preferred: 16bd'),
    '4: embargo.preferred: disagrees with line 4, embargo.maximum: it can be later than the longest time; make it shorter',
  ],
  [
    'a preferred time that can be later because of a holiday',
    least.replace('UTC', 'UTC, holidays: [2030-12-25]').replace('21d', '21d, preferred: 15bd'),
    '4: embargo.preferred: disagrees with line 4, embargo.maximum: it can be later than the longest time; make it shorter',
  ],
  [
    'a quorum that nobody is asked for',
    least.replace('21d', '21d, overrun: publish, quorumBeyond: 1'),
    '4: embargo.quorumBeyond: disagrees with line 4, embargo.overrun: nobody is asked, for no later date is taken; leave it out',
  ],
  [
    'an overrun of no longest time',
    least.replace('maximum: 21d', 'overrun: block'),
    '4: embargo.overrun: has no effect, for there is no longest time; leave it out, or name embargo.maximum',
  ],
  [
    'slow, which stops no clock',
    `${clock(`${fix}, within: 7d`)}slow: { below: 4.0, text: may be slowed }\n`,
    '7: slow: stops no clock; add yields: [slow] to those that it stops, or leave it out',
  ],
  [
    'slow below every score',
    `${clock(`${fix}, within: 7d, yields: [slow]`)}slow: { below: 0, text: may be slowed }\n`,
    '7: slow.below: no score is below 0; give a higher one',
  ],
  [
    'a clock that yields to slow, which is refused',
    clock(`${fix}, within: 7d, yields: [slow]`),
    '6: clocks[0].yields: names slow, but no case can be slowed down; take it out, or add the section slow',
  ],
  [
    'terms that are needed and not there',
    `${clock('name: team, kind: aim, until: fix-team, within: 24h, text: we begin, nags: { before: [] }')}fixTeam: { needs: [terms] }\n`,
    '7: fixTeam.needs: names terms, but there are none; add fixTeam.terms',
  ],
  [
    'terms that nobody is asked for',
    `${least}fixTeam: { terms: keep it to yourself }\n`,
    '5: fixTeam.terms: nobody is asked to agree; add terms to fixTeam.needs, or leave them out',
  ],
  [
    'a fix team that nothing waits for',
    `${least}fixTeam: { needs: [access] }\n`,
    '5: fixTeam.needs: no clock waits for the fix team; add one with until: fix-team',
  ],
  [
    'a condition that says nothing',
    clock(`${fix}, within: 7d, when: {}`),
    '6: clocks[0].when: says nothing; leave it out, or give severity, tags or mitigation',
  ],
  [
    'a severity without bounds',
    clock(`${fix}, within: 7d, when: { severity: {} }`),
    '6: clocks[0].when.severity: says nothing; leave it out, or give atLeast or below',
  ],
  [
    'a condition that can never hold',
    clock(`${fix}, within: 7d, when: { severity: { atLeast: 7.0, below: 4.0 } }`),
    '6: clocks[0].when.severity.below: holds never, for no score is 7 and below 4; give a higher one',
  ],
  [
    'a condition that is known when the clock has ended',
    clock(
      'name: score, kind: aim, until: severity, within: 7d, text: we score it, when: { severity: { atLeast: 7.0 } }',
    ),
    '6: clocks[0].when.severity: is known only when the clock has ended; leave it out',
  ],
  [
    'a priority that an earlier one takes all cases from',
    `${least}priorities:\n  - { name: high, text: high, when: { severity: { atLeast: 7.0 } } }\n  - { name: highest, text: highest, when: { severity: { atLeast: 9.0 }, tags: [remote] } }\n`,
    '7: priorities[1].when: disagrees with line 6, priorities[0].when: it holds only for cases that come under that one; change their order, or one of them',
  ],
  [
    'slots without a day',
    `${least}slots: { weekdays: [] }\n`,
    '5: slots.weekdays: leaves no day; name one at least, or leave it out',
  ],
  [
    'members where users alone are told',
    `${membership(vouched).replace(/^notices.*\n/m, '')}notices: { stages: [{ name: users, text: users, to: users }] }\n`,
    '5: membership: has no effect, for there is no list; name notices.stages to distributors, or leave it out',
  ],
  [
    'answers where there is no list',
    `${least}notices: { answers: { within: 3d } }\n`,
    '5: notices.answers: has no effect, for there is no list; name notices.stages to distributors, or leave it out',
  ],
  [
    'members who write to each other where there is no list',
    `${least}discussion: { posts: relayed }\n`,
    '5: discussion: has no effect, for there is no list; name notices.stages to distributors, or leave it out',
  ],
  [
    'files for users',
    `${least}notices:\n  stages:\n    - name: users\n      text: users\n      to: users\n      patches: needed\n`,
    '10: notices.stages[0].patches: disagrees with line 9, notices.stages[0].to: has no effect, for users are told in clear and get no files; leave it out',
  ],
  [
    'leave for users',
    `${least}notices:\n  stages:\n    - name: users\n      text: users\n      to: users\n      may: [rebuild]\n`,
    '10: notices.stages[0].may: disagrees with line 9, notices.stages[0].to: has no effect, for users are told in clear and get no files; leave it out',
  ],
  [
    'answers that are asked for when the embargo is over',
    `${least}notices: { stages: [{ name: early, text: early }], answers: { within: 30d } }\n`,
    '5: notices.answers.within: disagrees with line 4, embargo.maximum: the embargo would be over before anybody is asked; make it shorter',
  ],
  [
    'a stage whose condition says nothing',
    `${least}notices: { stages: [{ name: early, text: early, when: {} }] }\n`,
    '5: notices.stages[0].when: says nothing; leave it out, or give severity, tags or mitigation',
  ],
  [
    'members where there is no list',
    membership(vouched).replace(/^notices.*\n/m, ''),
    '5: membership: has no effect, for there is no list; name notices.stages to distributors, or leave it out',
  ],
  [
    'sharing where there is no list',
    `${least}sharing: { approvedBy: list }\n`,
    '5: sharing: has no effect, for there is no list; name notices.stages to distributors, or leave it out',
  ],
  [
    'how many of the list agree where the team does',
    `${listed}sharing: { approvedBy: team, count: 2 }\n`,
    '6: sharing.count: disagrees with line 6, sharing.approvedBy: no organisation is asked; leave it out',
  ],
  [
    'a criterion that is a word of nobody',
    membership('most: 9'),
    '6: membership.criteria[1].by: nobody is asked to vouch; add membership.vouch, or make it an answer',
  ],
  [
    'a word that no criterion asks for',
    membership(vouched, '[Ship it.]'),
    '6: membership.vouch: none of the criteria asks for it; add one with by: vouch, or leave it out',
  ],
  [
    'an acceptance asked for twice',
    membership('most: 9', '[{ text: Say yes., by: acceptance }, { text: Agree., by: acceptance }]'),
    '6: membership.criteria[1].by: disagrees with line 6, membership.criteria[0].by: one of the two is enough; make the other an answer',
  ],
  [
    'words to look for in what nobody writes',
    membership('most: 9', '[{ text: Say yes., by: acceptance, signs: [yes] }]'),
    '6: membership.criteria[0].signs: it is not looked for in what somebody writes, but by: acceptance; leave it out',
  ],
  [
    'fewer on the list than must vouch, and no way past it',
    membership('vouch: { count: 3, bootstrap: { below: 2 } }'),
    '6: membership.vouch.bootstrap.below: disagrees with line 6, membership.vouch.count: with 2 on the list nobody finds 3 who vouch; give a higher one',
  ],
  [
    'a list that is full before anybody must vouch',
    membership(`${vouched}, most: 3`),
    '6: membership.vouch.bootstrap.below: disagrees with line 6, membership.most: the list is full before anybody must vouch; make one of them fit the other',
  ],
  [
    'a decision that is due before anybody may take it',
    membership(`${vouched}, review: { within: 3d, objection: 7d }`),
    '6: membership.review.objection: disagrees with line 6, membership.review.within: it would be due before anybody may approve it; make it shorter',
  ],
  [
    'less than a day to say no to a new key',
    membership(`${vouched}, contacts: { coolingOff: 23h }`),
    '6: membership.contacts.coolingOff: must be a time of a day or more such as 24h, 2d or 1bd',
  ],
  [
    'an attestation asked for again before it is due',
    membership(`${vouched}, attestation: { every: 7d, within: 8d }`),
    '6: membership.attestation.within: disagrees with line 6, membership.attestation.every: they would be asked again before it is due; make it shorter',
  ],
  [
    'an attestation that nobody is asked for',
    membership(`${vouched}, attestation: { every: 365d }, contacts: { kind: person }`),
    '6: membership.attestation: disagrees with line 6, membership.contacts.kind: nobody is asked, for behind the address of a person reads that person; leave it out',
  ],
  [
    'more who must agree than there can be',
    `${membership(`${vouched}, most: 4`)}sharing: { approvedBy: list, count: 4 }\n`,
    '7: sharing.count: disagrees with line 6, membership.most: there are never so many others who could agree; make it lower',
  ],
  [
    'one class alone',
    membership(`${vouched}, classes: [{ name: clouds, text: hosts }]`),
    '6: membership.classes: one class divides nothing; name two at least, or leave it out',
  ],
  [
    'an approval of contacts that there cannot be',
    membership(`${vouched}, contacts: { most: 1, approval: team }`),
    '6: membership.contacts.approval: disagrees with line 6, membership.contacts.most: there is no further contact to approve; leave it out',
  ],
  [
    'something to be done in return that is nothing',
    membership(`${vouched}, contributing: { tasks: [] }`),
    '6: membership.contributing.tasks: names no task; name one at least, or leave contributing out',
  ],
]

describe('a profile is refused for', () => {
  for (const [name, text, ...lines] of faults)
    test(name, async t => assert.deepEqual((await linted(t, text)).faults, lines))
})

const warnings: readonly Row[] = [
  [
    'a fix for all supported lines where only the latest is supported',
    `${least}fix: { backport: all-supported }\nversions: { supported: latest }\n`,
    '5: fix.backport: disagrees with line 6, versions.supported: a fix for all supported lines, of which there is one, the latest; name the others in versions, or say latest',
  ],
  [
    'a clock that waits for a notice where its stage is not meant to go',
    `${clock('name: list, kind: aim, until: notice:early, within: 7d, when: { tags: [remote, leak] }, text: we tell')}notices: { stages: [{ name: early, text: early, when: { tags: [remote] } }] }\n`,
    '6: clocks[0].until: disagrees with line 7, notices.stages[0].when: the stage is meant for fewer cases than the clock; give the clock the same condition',
  ],
  [
    'a publication that may come after the longest embargo',
    clock('name: out, kind: promise, until: published, within: 30d, text: we publish'),
    '6: clocks[0].within: disagrees with line 4, embargo.maximum: it is to be public within this time, and the embargo may end before; make one of them fit the other',
  ],
  [
    'a clock that waits for what is due later',
    `${clock(`${fix}, within: 14d`)}  - { name: users, kind: aim, until: communication, within: 7d, after: fix-ready, text: we tell }\n`,
    '7: clocks[1].within: disagrees with line 6, clocks[0].within: it waits for fix-ready, which may come later than this; give it more time',
  ],
  [
    'holidays that are all past',
    least.replace('UTC', 'UTC, holidays: [2024-12-25]'),
    '3: calendar.holidays: all are past; add those to come',
  ],
  [
    'a blackout that is past',
    `${least}slots: { blackout: [{ from: 2024-12-20, to: 2025-01-06, why: Christmas }] }\n`,
    '5: slots.blackout[0]: is past; leave it out',
  ],
  [
    'slots that leave no instant',
    `${least}slots: { blackout: [{ from: 2024-12-20, to: 2999-01-06, why: for ever }] }\n`,
    '5: slots: leaves no day within a year from now; free one',
  ],
  [
    'words that nobody can give yet',
    membership('vouch: {}'),
    '6: membership.vouch: nobody is on the list who could vouch for the first ones; add bootstrap, or import them',
  ],
]

describe('its author is warned of', () => {
  for (const [name, text, ...lines] of warnings)
    test(name, async t => assert.deepEqual(await linted(t, text), { faults: [], warnings: lines }))
})

test('a list of members may have all of it', async t => {
  const keys = `${vouched}, most: 4, contacts: { coolingOff: 1d }, attestation: { every: 365d }`
  assert.deepEqual(await linted(t, membership(keys)), { faults: [], warnings: [] })
})

test('a last priority may hold for all that is left', async t => {
  const text = `${least}priorities:\n  - { name: high, text: high, when: { tags: [remote] } }\n  - { name: rest, text: rest, when: {} }\n`
  assert.deepEqual(await linted(t, text), { faults: [], warnings: [] })
})

test('of the profiles that come along two say what their policies contradict themselves in', async () => {
  const found: string[] = []
  for (const [name, file] of await listProfiles(PACKAGED_PROFILES)) {
    const read = await lintProfile(file, name)
    assert.ok(read.ok, read.ok ? '' : read.error.map(formatProblem).join('\n'))
    found.push(...read.value.warnings.map(({ key }) => `${name} ${key}`))
  }
  assert.deepEqual(found, ['sonobuoy fix.backport', 'velero fix.backport'])
})
