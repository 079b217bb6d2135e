// Who joins and leaves a case, what they get of it, and who sees what.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Case, ThreadEntry } from '../../../src/model/case.ts'
import type { OpenedOperands } from '../../../src/model/decision.ts'
import type { Part } from '../../../src/model/mail.ts'
import type { Engineer } from '../../../src/model/person.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import { inboundId, later, parseSha256, UNROUTED } from '../../../src/model/scalars.ts'
import { DAY } from '../../../src/model/time.ts'
import { ALICE, aCase, address, BOB, caseId, fingerprint, NOW } from '../given.ts'
import { after, asAdmin, CAROL, casesOf, DORA, said, sends, verdict } from './commanding.ts'

const C = 'C-482107'
const ERIN: Engineer = {
  name: 'erin',
  address: address('erin@vendor.example'),
  fingerprint: fingerprint('E'),
  since: NOW,
  key: { fingerprint: fingerprint('E'), certificate: new Uint8Array([1]), keyIds: ['eeeeeeeeeeeeeeee'] },
}
const thread: readonly ThreadEntry[] = [1, 2, 3].map(id => ({
  inbound: inboundId(id),
  at: NOW,
  from: 'reporter',
}))
const SHARED = { sharedWith: 'maintainers' } as const
const THREE = ['welcome', 'past-mail', 'past-mail', 'past-mail']
const all = (person: { address: string }) => THREE.map(kind => `${person.address} ${kind}`)
const other = 'other' as Case['project']

suite('whoever is new to a case gets a welcome and the thread so far, once', () => {
  for (const [text, start, mails] of [
    [`share ${C} with=maintainers`, { state: 'triaged' }, all(CAROL)],
    [`assign ${C} fix=carol`, { state: 'triaged' }, all(CAROL)],
    [`assign ${C} fix=carol`, { state: 'triaged', ...SHARED }, []],
    [
      `share ${C} with=maintainers`,
      { state: 'triaged', fixTeam: [{ ...CAROL, key: undefined, since: NOW }] },
      [],
    ],
    [`assign ${C} lead=carol`, { state: 'triaged' }, all(CAROL)],
    [`assign ${C} lead=carol`, { state: 'triaged', ...SHARED }, [`${CAROL.address} welcome`]],
    [`assign ${C} lead=bob`, { state: 'triaged' }, [`${BOB.address} welcome`]],
    [`assign ${C} lead=alice`, { state: 'triaged' }, []],
    [`assign ${C} fix=carol\nshare ${C} with=maintainers`, { state: 'triaged' }, all(CAROL)],
    [`assign ${C} fix=carol\nassign ${C} off=carol`, { state: 'triaged' }, []],
  ] as const)
    test(`${text.replaceAll('\n', '; ')}, ${JSON.stringify(start)}`, () => {
      const outcome = after(text, { thread, ...start })
      assert.equal(verdict(outcome).includes('E-'), false, said(outcome))
      assert.deepEqual(outcome.mails, mails)
    })

  test('each under their own key, and of a long thread the newest fifty', () => {
    const long = Array.from({ length: 60 }, (_, at) => ({
      inbound: inboundId(at + 1),
      at: NOW,
      from: 'reporter' as const,
    }))
    const { decision } = after(`assign ${C} fix=carol`, { state: 'triaged', thread: long })
    const mine = decision.mails.filter(one => one.to === CAROL.address)
    assert.equal(mine.length, 51)
    for (const order of mine)
      assert.deepEqual(order.encryptTo, { kind: 'enrolled', fingerprint: CAROL.fingerprint })
    const [welcome, first] = mine.map(one => one.content)
    assert.equal(welcome?.kind === 'welcome' && welcome.older, 10)
    assert.equal(first?.kind === 'past-mail' && first.inbound, 11)
  })
})

suite('the lead', () => {
  test('is asked, and leads after saying yes, and not again', () => {
    const asked = after(`assign ${C} lead=carol`).theCase
    assert.deepEqual([asked.lead, asked.leadOffered, asked.state], [undefined, 'carol', 'triaged'])
    const accepted = sends(`accept-lead ${C}`, CAROL.fingerprint, casesOf(asked))
    const led = accepted.cases.get(asked.id)
    assert.deepEqual([led?.lead, led?.leadOffered, accepted.mails], ['carol', undefined, []])
    assert.equal(verdict(sends(`accept-lead ${C}`, CAROL.fingerprint, casesOf(led ?? asked))), 'noop')
  })

  test('who was not asked gets told whom to ask', () => {
    const outcome = sends(`accept-lead ${C}`, CAROL.fingerprint, casesOf(aCase(SHARED)))
    assert.equal(verdict(outcome), 'E-STATE')
  })

  test('may form the fix team and hold the case, and nothing of an admin', () => {
    const led = casesOf(aCase({ ...SHARED, lead: 'carol', state: 'accepted' }))
    assert.equal(verdict(sends(`assign ${C} fix=bob`, CAROL.fingerprint, led)), 'ok')
    assert.equal(verdict(sends(`hold ${C} <<\nwait\n.`, CAROL.fingerprint, led)), 'ok')
    for (const text of [`accept ${C}`, `route ${C} other`, `spam ${C}`, `share ${C} with=maintainers`])
      assert.equal(verdict(sends(text, CAROL.fingerprint, led)), 'E-ROLE', text)
  })

  test('of one case is nothing in another', () => {
    const led = aCase({ ...SHARED, lead: 'carol' })
    const not = aCase({ id: caseId('555555'), ...SHARED })
    const outcome = sends('assign C-555555 fix=bob', CAROL.fingerprint, casesOf(led, not))
    assert.equal(verdict(outcome), 'E-ROLE')
  })
})

suite('an engineer from outside', () => {
  const sha256 = parseSha256('cd'.repeat(32))
  assert.ok(sha256)
  const file: Part = {
    mediaType: 'application/pgp-keys',
    disposition: 'attachment',
    fileName: plaintext('erin.asc'),
    text: undefined,
    octets: new Uint8Array([1]),
    sha256,
    encrypted: false,
    signature: { kind: 'none' },
  }
  const key = ERIN.key ?? assert.fail()
  const opened = (changes: { encryptable?: 'yes' | 'no'; fingerprint?: string } = {}): OpenedOperands =>
    new Map([
      [
        sha256,
        {
          kind: 'certificate',
          key: { ...key, fingerprint: fingerprint(changes.fingerprint ?? 'E') },
          encryptable: changes.encryptable ?? 'yes',
        },
      ],
    ])
  const text = (rest = '') =>
    `assign ${C} fix=erin address=erin@vendor.example key=${'E'.repeat(40)} att:erin.asc${rest}`
  const world = (operands = opened()) => ({ operands, files: { parts: [file] } })
  const tooLarge = { ...file, octets: new Uint8Array(), leftOut: 12_000_000 }

  test('joins with the key that was named, and gets the thread under it', () => {
    const outcome = after(text(), { state: 'accepted', thread }, world())
    assert.deepEqual(outcome.theCase.fixTeam, [ERIN])
    assert.equal(outcome.theCase.state, 'fixing')
    const mine = outcome.decision.mails.filter(one => one.to === ERIN.address)
    assert.deepEqual(
      mine.map(one => one.content.kind),
      THREE,
    )
    for (const { encryptTo } of mine)
      assert.deepEqual(encryptTo, { kind: 'offered', certificate: key.certificate })
    assert.equal(verdict(after(text(), outcome.theCase, world())), 'noop')
  })

  const reporter = { address: address('erin@vendor.example'), key: undefined, since: NOW }
  for (const [name, line, start, given, code, says] of [
    ['with another key than was named', text(), {}, world(opened({ fingerprint: '9' })), 'E-KEY', /not EEEE/],
    [
      'to whom nothing can be encrypted',
      text(),
      {},
      world(opened({ encryptable: 'no' })),
      'E-KEY',
      /ask its owner/,
    ],
    ['whose file is no key', text(), {}, world(new Map()), 'E-KEY', /no public key/],
    ['whose file is not attached', text(), {}, { operands: opened() }, 'E-UNKNOWN', /attach it/],
    [
      'whose file is too large',
      text(),
      {},
      { operands: opened(), files: { parts: [tooLarge] } },
      'E-UNKNOWN',
      /erin.asc is too large, with 12000000 octets/,
    ],
    ['by name alone', `assign ${C} fix=erin`, {}, {}, 'E-UNKNOWN', /known are alice, bob, carol/],
    [
      'without a key',
      `assign ${C} fix=erin address=erin@vendor.example`,
      {},
      {},
      'E-SYNTAX',
      /all of address=/,
    ],
    ['with a short key id', text().replace('E'.repeat(40), 'EEEEEEEE'), {}, world(), 'E-SYNTAX', /40 hex/],
    ['who is the reporter', text(), { reporter }, world(), 'E-STATE', /reporter's/],
    [
      'under the name of a colleague',
      text().replace('fix=erin', 'fix=bob'),
      {},
      world(),
      'E-STATE',
      /fix=bob/,
    ],
    ...['dora', 'operator', 'reporter'].map(
      taken =>
        [
          `under the name ${taken}`,
          text().replace('fix=erin', `fix=${taken}`),
          {},
          world(),
          'E-STATE',
          /somebody else/,
        ] as const,
    ),
    ['at our own address', text().replace('erin@vendor', 'security@acme'), {}, world(), 'E-STATE', /our own/],
    [
      'who is there with another key',
      text(),
      { fixTeam: [{ ...ERIN, fingerprint: fingerprint('9') }] },
      world(),
      'E-STATE',
      /take them off/,
    ],
  ] as const)
    test(`${name} is refused`, () => {
      const outcome = after(line, start, given)
      assert.deepEqual([verdict(outcome), outcome.decision.events], [code, []], said(outcome))
      assert.match(said(outcome), says)
    })

  test('sees the case until they are taken off', () => {
    const there = aCase({ fixTeam: [ERIN], lead: 'erin' })
    assert.equal(verdict(sends(`show ${C}`, ERIN.fingerprint, casesOf(there))), 'ok')
    const off = after(`assign ${C} off=erin`, there)
    assert.deepEqual([off.theCase.fixTeam, off.theCase.lead, off.mails], [[], undefined, []])
  })

  for (const state of ['published', 'closed', 'rejected', 'spam'] as const)
    test(`is taken off a case that is ${state}, and joins none that has ended`, () => {
      const there = aCase({ state, fixTeam: [ERIN] })
      const off = after(`assign ${C} off=erin`, there)
      assert.deepEqual([verdict(off), off.theCase.fixTeam, off.theCase.state], ['ok', [], state])
      const shown = sends(`show ${C}`, ERIN.fingerprint, casesOf(off.theCase))
      assert.equal(shown.decision.outcome, 'refused')
      const joined = verdict(after(`assign ${C} fix=carol`, { state }))
      assert.equal(joined, state === 'published' ? 'ok' : 'E-STATE')
    })
})

suite('route', () => {
  test('takes sight from the people of the project it was taken for, and tells the reporter nothing', () => {
    const start = {
      ...SHARED,
      fixTeam: [{ ...CAROL, key: undefined, since: NOW }, ERIN, { ...BOB, key: undefined, since: NOW }],
      lead: 'carol',
    }
    const outcome = after(`route ${C} other`, { ...start, state: 'fixing' })
    const { project, fixTeam, lead, sharedWith, state } = outcome.theCase
    assert.deepEqual(
      [project, fixTeam.map(one => one.name), lead, sharedWith],
      [other, ['bob'], undefined, 'team'],
    )
    assert.deepEqual([state, outcome.mails], ['fixing', []])
    assert.match(said(outcome), /carol, erin may read it no more/)
  })

  test('takes with it neither what its fix team agreed to and got at for the other project, nor its extension', () => {
    const until = later(NOW, 90 * DAY)
    const bob = { ...BOB, key: undefined, since: NOW, terms: NOW, access: NOW }
    const start = {
      milestones: { received: NOW },
      fixTeam: [bob],
      extended: { until, reason: plaintext('x') },
      embargo: { state: 'proposed', disclose: until },
    } as const
    const outcome = after(`route ${C} other`, start)
    assert.deepEqual(outcome.theCase.fixTeam, [{ ...BOB, key: undefined, since: NOW }])
    assert.equal(outcome.theCase.extended, undefined)
    assert.match(said(outcome), /2027-02-19T12:00Z, is after 2026-12-12T12:00Z, the latest that the policy/)
    const short = { state: 'proposed', disclose: later(NOW, DAY) } as const
    assert.doesNotMatch(said(after(`route ${C} other`, { ...start, embargo: short })), /the latest/)
  })

  test('leaves nobody of the other project to say yes to the lead later', () => {
    const start = { lead: 'carol', leadOffered: 'erin', fixTeam: [ERIN], state: 'fixing', ...SHARED } as const
    const { lead, leadOffered } = after(`route ${C} other`, start).theCase
    assert.deepEqual([lead, leadOffered], [undefined, undefined])
  })

  test('of a case without a project lets it be shared', () => {
    const unrouted = { project: UNROUTED }
    assert.equal(verdict(after(`share ${C} with=maintainers`, unrouted)), 'E-STATE')
    const outcome = after(`route ${C} other\nshare ${C} with=maintainers`, unrouted)
    assert.deepEqual(outcome.mails, [`${DORA.address} welcome`])
  })

  for (const who of [CAROL, DORA])
    test(`${who.name} has nothing of a case that is not theirs, not even that it is there`, () => {
      const theirs = aCase({
        id: caseId('555555'),
        ...SHARED,
        project: who === CAROL ? aCase().project : other,
      })
      const hidden = aCase({ ...SHARED, project: who === CAROL ? other : aCase().project })
      const shown = sends(`show ${C}`, who.fingerprint, casesOf(hidden, theirs))
      const absent = sends('show C-999999', who.fingerprint, casesOf(hidden, theirs))
      assert.equal(said(shown), said(absent).replace('C-999999', C))
      assert.match(said(sends('list', who.fingerprint, casesOf(hidden, theirs))), /^C-555555 [^\n]*$/)
    })
})

suite('list and show', () => {
  const cases = casesOf(
    aCase({ id: caseId('100001'), lead: 'alice', state: 'triaged' }),
    aCase({ id: caseId('100002'), project: other, leadOffered: 'alice' }),
    aCase({ id: caseId('100003'), state: 'spam' }),
  )
  for (const [text, ids] of [
    ['list', ['C-100001', 'C-100002']],
    ['list mine', ['C-100001', 'C-100002']],
    ['list lead=none', ['C-100002']],
    ['list lead=alice', ['C-100001']],
    ['list project=other', ['C-100002']],
    ['list state=spam', ['C-100003']],
    ['list state=triaged project=other', []],
  ] as const)
    test(text, () => assert.deepEqual(said(asAdmin(text, cases)).match(/C-[0-9]{6}/g) ?? [], ids))

  test('only an admin reads who the reporter is', () => {
    const theCase = aCase({
      ...SHARED,
      reporter: {
        address: address('riya@research.example'),
        key: { ...(ERIN.key ?? assert.fail()), fingerprint: fingerprint('1') },
      },
    })
    const secrets = /riya@research|1{40}/
    assert.match(said(asAdmin(`show ${C}`, casesOf(theCase))), secrets)
    const shown = sends(`show ${C}`, CAROL.fingerprint, casesOf(theCase))
    assert.equal(verdict(shown), 'ok')
    assert.doesNotMatch(JSON.stringify(shown.results) + said(shown), secrets)
  })

  test('words of others stand behind a bar, in every field that holds some', () => {
    const words = (name: string) => plaintext(`${name}\nembargod acme`)
    const theCase = aCase({
      title: words('title'),
      wishes: {
        credit: words('credit'),
        consent: 'yes',
        private: undefined,
        position: { kind: 'object', reason: words('object') },
      },
      mitigations: words('mitigations'),
      communication: words('communication'),
      held: { at: NOW, reason: words('held'), told: 'new' },
      ended: { at: NOW, from: 'new', reason: words('ended'), told: 'reporter' },
      notes: [{ at: NOW, by: 'bob', text: words('note') }],
      upstream: [{ name: words('upstream'), instant: undefined }],
      fixReady: { at: NOW, tested: words('tested'), lgtm: words('lgtm') },
    })
    const lines = said(asAdmin(`show ${C}`, casesOf(theCase))).split('\n')
    assert.equal(lines.filter(line => line === '| embargod acme').length, 11)
    assert.equal(lines.filter(line => line.startsWith('embargod')).length, 0)
  })

  test('an admin named in the fix team is listed as mine', () => {
    const theCase = aCase({ fixTeam: [{ ...ALICE, key: undefined, since: NOW }], lead: 'bob' })
    assert.match(said(asAdmin('list mine', casesOf(theCase))), /C-482107/)
  })
})
