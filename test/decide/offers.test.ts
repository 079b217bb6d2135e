// The one table of what a mail of ours offers: by state and by who reads it, each as a command that its reader
// may indeed send.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { MARKER, mailtoLink } from '../../src/compose/links.ts'
import { type Occasion, OFFERS } from '../../src/decide/case-offers.ts'
import { readCommandMail } from '../../src/decide/commands/grammar.ts'
import { commandNamed, VERBS } from '../../src/decide/commands/registry.ts'
import { decide } from '../../src/decide/decide.ts'
import { MOST_OFFERED, offersFor } from '../../src/decide/offers.ts'
import type { Case, CaseState } from '../../src/model/case.ts'
import { CASE_WAY, REJECTIONS } from '../../src/model/case.ts'
import type { Decision } from '../../src/model/decision.ts'
import type { Engineer } from '../../src/model/person.ts'
import { inboundId, later, parseProjectName, UNROUTED } from '../../src/model/scalars.ts'
import { DAY } from '../../src/model/time.ts'
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
  sure,
  unsignedText,
} from './given.ts'

const CAROL = { name: 'carol', address: address('carol@acme.example'), fingerprint: fingerprint('C') }
const ERIN: Engineer = {
  name: 'erin',
  address: address('erin@vendor.example'),
  fingerprint: fingerprint('E'),
  since: NOW,
  key: { fingerprint: fingerprint('E'), certificate: new Uint8Array([1]), keyIds: ['eeeeeeeeeeeeeeee'] },
}
const RIYA = {
  address: address('riya@research.example'),
  key: { fingerprint: fingerprint('1'), certificate: new Uint8Array(), keyIds: [] },
}
const ours = settings({
  projects: settings().projects.map(project => ({ ...project, maintainers: [CAROL] })),
})
const everybodys = (changes: Partial<Case>): Case =>
  aCase({ sharedWith: 'maintainers', fixTeam: [ERIN], reporter: RIYA, ...changes })

const readers = {
  alice: { who: ALICE.fingerprint, name: 'alice' },
  carol: { who: CAROL.fingerprint, name: 'carol' },
  erin: { who: ERIN.fingerprint, name: 'erin' },
  riya: { who: RIYA.key.fingerprint, name: 'reporter' },
  stranger: { who: fingerprint('9'), name: 'stranger' },
} as const
type ReaderName = keyof typeof readers

/** The second line of each, which is the command. */
const commandsFor = (theCase: Case, name: ReaderName, occasion: Occasion = 'asked') =>
  offersFor(theCase, readers[name], ours, occasion, NOW).map(({ body }) => body.split('\n')[1])

const every: readonly Case[] = [...CASE_WAY, ...REJECTIONS].flatMap((state: CaseState) => [
  everybodys({ state }),
  everybodys({ state, lead: 'alice', leadOffered: 'carol' }),
  everybodys({ state, protection: 'encrypted', reporter: { ...RIYA, key: undefined } }),
  everybodys({ state, reporter: { ...RIYA, key: undefined } }),
  everybodys({ state, milestones: { received: NOW } }),
  everybodys({
    state,
    milestones: { received: NOW },
    embargo: { state: 'active', disclose: later(NOW, DAY) },
    wishes: { ...aCase().wishes, position: { kind: 'propose', instant: later(NOW, 2 * DAY) } },
  }),
  everybodys({ state, project: UNROUTED }),
  everybodys({ state, thread: [{ inbound: inboundId(1), at: NOW, from: 'other', claims: 'public' }] }),
])
/** The same with its gaps filled in. */
const filledIn = (body: string): string =>
  body.replace('<<\n\n.', '<<\nwords\n.').replace(/ url=$/m, ' url=https://blog.example/hole')

const id = 'C-482107'
for (const [why, theCase, expected] of [
  [
    'a new report in clear',
    aCase(),
    [
      `take ${id}`,
      `accept ${id}`,
      `reject ${id} <<`,
      `reply ${id} clear=yes <<`,
      `spam ${id}`,
      `note ${id} <<`,
      `show ${id}`,
    ],
  ],
  [
    'a new report by somebody with a key',
    aCase({ reporter: RIYA }),
    [
      `take ${id}`,
      `accept ${id}`,
      `reject ${id} <<`,
      `reply ${id} <<`,
      `spam ${id}`,
      `note ${id} <<`,
      `show ${id}`,
    ],
  ],
  [
    'a triaged one that came encrypted, without a key',
    aCase({ state: 'triaged', lead: 'bob', protection: 'encrypted' }),
    [`accept ${id}`, `reject ${id} <<`, `note ${id} <<`, `show ${id}`],
  ],
  [
    'an accepted one',
    aCase({ state: 'accepted', lead: 'bob', reporter: RIYA }),
    [`reply ${id} <<`, `share ${id} with=maintainers`, `note ${id} <<`, `show ${id}`],
  ],
  [
    'one whose newest mail says that it is public',
    aCase({
      state: 'accepted',
      lead: 'bob',
      thread: [{ inbound: inboundId(1), at: NOW, from: 'other', claims: 'public' }],
    }),
    [
      `public ${id} url=`,
      `reply ${id} clear=yes <<`,
      `share ${id} with=maintainers`,
      `note ${id} <<`,
      `show ${id}`,
    ],
  ],
  ['a rejected one', aCase({ state: 'rejected', reporter: RIYA }), [`reply ${id} <<`, `show ${id}`]],
] as const)
  test(`an admin is offered, of ${why}: what it waits for`, () => {
    assert.deepEqual(commandsFor(theCase, 'alice'), expected)
  })

test('an admin is offered, of a case without a project: each of the projects, up to four, and then the rest', () => {
  const [project] = ours.projects
  assert.ok(project)
  const named = (name: string) => ({ ...project, name: sure(parseProjectName(name)) })
  const routed = (count: number, theCase = aCase({ project: UNROUTED })) =>
    offersFor(
      theCase,
      readers.alice,
      { ...ours, projects: ['one', 'two', 'three', 'four', 'five'].slice(0, count).map(named) },
      'asked',
      NOW,
    ).map(({ body }) => body.split('\n')[1])
  assert.deepEqual(routed(2).slice(0, 3), [`route ${id} one`, `route ${id} two`, `take ${id}`])
  assert.deepEqual(routed(5).slice(3, 5), [`route ${id} four`, `take ${id}`])
  assert.deepEqual(routed(5, aCase()).slice(0, 1), [`take ${id}`])
})

suite('whatever is offered', () => {
  test('is a command of the registry, and one that can be taken back', () => {
    for (const { verb } of OFFERS) {
      const command = commandNamed(verb)
      assert.ok(command, `${verb} is offered and no command`)
      assert.notEqual(command.nature, 'irreversible')
    }
  })

  test('opens a whole command mail of one command, and fits a link', () => {
    for (const theCase of every)
      for (const name of ['alice', 'carol', 'erin'] as const)
        for (const { body } of offersFor(theCase, readers[name], ours, 'asked', NOW)) {
          const filled = filledIn(body)
          // As it stands, and as the top of an answer that quotes one of ours without any mark.
          for (const text of [filled, `${filled}\nSent from my phone\n\n${MARKER}\n\n${filled}`]) {
            const reading = readCommandMail(text.replaceAll('\n', '\r\n'), 'fixed', VERBS)
            assert.equal(reading.kind === 'commands' && reading.commands.length, 1, body)
          }
          assert.ok(mailtoLink(ours.addresses.command, body).length < 2_000)
        }
  })

  test('may be sent by whoever it is offered to: no E-ROLE, no E-SYNTAX, no E-UNKNOWN', () => {
    for (const theCase of every)
      for (const [name, reader] of Object.entries(readers))
        for (const { body } of offersFor(theCase, reader, ours, 'asked', NOW)) {
          const authored = signedText(filledIn(body), reader.who)
          const world = snapshot({ settings: ours, cases: new Map([[theCase.id, theCase]]) })
          const { reason } = decide(mail({ authored }), world, fresh)
          assert.doesNotMatch(reason, /E-(?:ROLE|SYNTAX|UNKNOWN)/, `${name}, ${theCase.state}: ${body}`)
        }
  })

  test('is nothing to a stranger, and no verb of an admin to anybody else', () => {
    for (const theCase of every) {
      assert.deepEqual(commandsFor(theCase, 'stranger'), [])
      for (const name of ['carol', 'erin', 'riya'] as const)
        for (const line of commandsFor(theCase, name)) {
          const roles = commandNamed(line?.split(' ')[0] ?? '')?.roles ?? []
          assert.ok(
            roles.some(role => role !== 'admin'),
            `${name} is offered ${line}`,
          )
        }
    }
  })

  test('with a gap is refused until it is filled in', () => {
    const gaps = every
      .flatMap(theCase => offersFor(theCase, readers.alice, ours, 'asked', NOW))
      .filter(({ body }) => body !== filledIn(body))
    assert.ok(gaps.some(({ body }) => body.includes('<<')) && gaps.some(({ body }) => body.includes('url=')))
    for (const { body } of gaps) {
      const decision = decide(mail({ authored: signedText(body, ALICE.fingerprint) }), snapshot(), fresh)
      assert.equal(decision.reason, 'E-SYNTAX', body)
    }
  })

  test('is never more than a phone shows', () => {
    for (const theCase of every) assert.ok(commandsFor(theCase, 'alice').length <= MOST_OFFERED)
  })
})

suite('a decision', () => {
  const offersTo = (decision: Decision, person: { readonly address: string }) =>
    decision.mails.find(({ to }) => to === person.address)?.offers?.map(({ body }) => body.split('\n')[1])
  const sent = (text: string, changes: Parameters<typeof settings>[0] = {}) =>
    decide(
      mail({ authored: signedText(`embargod acme\n${text}\n`, ALICE.fingerprint) }),
      snapshot({ settings: settings(changes) }),
      fresh,
    )

  test('offers every admin of a new report what it waits for', () => {
    const decision = decide(
      mail({ authored: unsignedText('It crashes.'), addressed: { kind: 'security' } }),
      snapshot(),
      fresh,
    )
    for (const admin of [ALICE, BOB]) assert.equal(offersTo(decision, admin)?.[0], 'take C-700000')
  })

  test('offers what is next after a command, and little to those who only hear of it', () => {
    const decision = sent(`take ${id}`)
    assert.deepEqual(offersTo(decision, ALICE)?.slice(0, 2), [`accept ${id}`, `reject ${id} <<`])
    assert.deepEqual(offersTo(decision, BOB), [`show ${id}`])
    assert.equal(offersTo(sent(`accept ${id}`), ALICE)?.[0], `take ${id}`)
  })

  test('offers nothing beside an error, a dry run, or commands about more than one case', () => {
    assert.equal(offersTo(sent(`take C-999999`), ALICE), undefined)
    const dry = `embargod acme dry-run\ntake ${id}\n`
    const decision = decide(mail({ authored: signedText(dry, ALICE.fingerprint) }), snapshot(), fresh)
    assert.equal(offersTo(decision, ALICE), undefined)
    const other = aCase({ id: fresh.case })
    const two = decide(
      mail({ authored: signedText(`embargod acme\ntake ${id}\ntake ${fresh.case}\n`, ALICE.fingerprint) }),
      snapshot({ cases: new Map([aCase(), other].map(one => [one.id, one])) }),
      fresh,
    )
    assert.equal(two.reason, 'carried-out')
    assert.equal(offersTo(two, ALICE), undefined)
  })

  test('offers a confirmation to whoever may give it, and nothing beside it', () => {
    const notice = `notice ${id} stage=early-disclosure send=2026-12-09T16:00Z <<\nAll of it.\n.`
    const confirmations = (decision: Decision) =>
      [ALICE, BOB].map(({ address: to }) => {
        const order = decision.mails.find(one => one.to === to)
        assert.ok(order?.content.kind === 'transcript')
        assert.equal(order.offers, undefined)
        return order.content.suggestions.map(({ body }) => body)
      })
    const confirm = [`confirm acme ${fresh.token}\n`]
    assert.deepEqual(confirmations(sent(notice)), [confirm, confirm])
    assert.deepEqual(confirmations(sent(notice, { quorum: 1 })), [[], confirm], 'its issuer cannot')
  })
})

test('to share is offered only where there are maintainers', () => {
  const accepted = aCase({ state: 'accepted', lead: 'bob', reporter: RIYA })
  const verbs = (where: typeof ours) =>
    offersFor(accepted, readers.alice, where, 'asked', NOW).map(({ body }) => body.split(/[\n ]/)[2])
  const projects = ours.projects.map(one => ({ ...one, maintainers: [] }))
  assert.ok(verbs(ours).includes('share'))
  assert.ok(!verbs({ ...ours, projects }).includes('share'))
})
