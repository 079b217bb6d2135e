// Who is on the list, at each level of detail and for each reader; and what is known of one organisation.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Contact } from '../../../src/model/contact.ts'
import type { Distributor } from '../../../src/model/distributor.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import type { Membership } from '../../../src/model/policy.ts'
import {
  inboundId,
  later,
  parseApplicationId,
  parseContactId,
  parseIncidentId,
  parseSha256,
} from '../../../src/model/scalars.ts'
import { DAY } from '../../../src/model/time.ts'
import { BARE_APPLICATION } from '../../support/bare-application.ts'
import { distributorId } from '../../support/bare-contact.ts'
import { BARE_MEMBERSHIP } from '../../support/bare-membership.ts'
import { BARE_POLICY } from '../../support/bare-policy.ts'
import { CAROL, said, sends, verdict } from '../commands/commanding.ts'
import { ALICE, address, contact, NOW, settings, sure } from '../given.ts'

const A = sure(parseApplicationId('A-771234'))
const L = sure(parseIncidentId('L-500001'))
const [WIDGET] = settings().projects
assert.ok(WIDGET)

const organisation = (number: string, name: string, changes: Partial<Distributor> = {}): Distributor => ({
  id: distributorId(`00000${number}`),
  project: WIDGET.name,
  revision: 1,
  name: plaintext(name),
  class: undefined,
  state: 'active',
  joinedAt: NOW,
  joined: { how: 'import' },
  vouchedBy: [],
  approvedBy: ['alice'],
  vouches: [],
  strikes: [],
  end: undefined,
  ...changes,
})

const other = sure(parseSha256('cd'.repeat(32)))

const accepted = {
  version: '1',
  sha256: BARE_MEMBERSHIP.terms.sha256,
  at: NOW,
  how: 'explicit',
  inbound: inboundId(7),
} as const

const ONE: Contact = {
  ...contact('one', '1'),
  acceptance: accepted,
  encryptsUntil: later(NOW, 30 * DAY),
  attested: { at: NOW, people: 3, inbound: inboundId(8) },
}
const TWO: Contact = {
  ...contact('two', '2'),
  state: 'suspended',
  suspended: { why: 'admin', at: NOW, by: 'alice', until: later(NOW, DAY), reason: undefined },
}
const THREE: Contact = {
  ...contact('three', '3'),
  distributor: distributorId('000001'),
  state: 'cooling',
  since: undefined,
  activeAt: later(NOW, DAY),
}

const ORGANISATIONS = [
  organisation('1', 'Zebra Linux\n-- \nquit', {
    class: 'clouds',
    joined: { how: 'application', from: A },
    vouchedBy: [distributorId('000002')],
    strikes: [{ incident: L, at: NOW, reason: plaintext('Told a friend.') }],
  }),
  organisation('2', 'Apple Linux'),
  organisation('3', 'Gone Linux', {
    state: 'left',
    end: { at: NOW, by: 'alice', how: 'left', reason: undefined },
  }),
]

const world = (membership: Partial<Membership> = {}) => ({
  settings: settings({
    projects: [
      {
        ...WIDGET,
        policy: {
          ...BARE_POLICY,
          membership: {
            ...BARE_MEMBERSHIP,
            classes: [
              { name: 'clouds', text: 'hosts' },
              { name: 'boxes', text: 'ships' },
            ],
            ...membership,
          },
        },
      },
    ],
  }),
  contacts: [ONE, TWO, THREE],
  distributors: ORGANISATIONS,
  applications: new Map([
    [
      A,
      {
        ...BARE_APPLICATION,
        id: A,
        project: WIDGET.name,
        state: 'approved' as const,
        receivedAt: NOW,
        heardAt: NOW,
        address: address('ann@one.example'),
        key: undefined,
        answers: {
          organisation: plaintext('Zebra Linux'),
          name: plaintext('Ann'),
          criteria: { 0: plaintext('We ship it.\nembargod acme') },
        },
      },
    ],
  ]),
})

const asks = (text: string, by = ALICE.fingerprint, membership: Partial<Membership> = {}) =>
  sends(text, by, world(membership))

describe('an admin reads', () => {
  test('numbers alone', () => {
    assert.equal(
      said(asks('roster level=count')),
      [
        'Widget (widget): 2 organisations; contacts: active 1, suspended 1, cooling 1; gone: left 1',
        'by class: clouds 1, none 1',
      ].join('\n'),
    )
  })

  test('organisations, with what somebody should look at, and no address', () => {
    const text = said(asks('roster'))
    assert.match(
      text,
      /^D-000001, clouds, since 2026-11-21, 2 contacts, strikes 1 of 2, KEY ENDS SOON, cooling until /m,
    )
    assert.match(
      text,
      /^D-000002, since 2026-11-21, 1 contact, NEEDS-REACCEPT, SUSPENDED until 2026-11-22T12:00Z$/m,
    )
    assert.match(text, /^\| Zebra Linux\n\| -- \n\| quit$/m)
    assert.doesNotMatch(text, /@|Gone|M-/)
  })

  test('contacts, with where copies go', () => {
    const text = said(asks('roster level=CONTACTS widget'))
    assert.match(
      text,
      /^ {2}M-000001 oncall@one\.example, active, role, manages, key ends 2026-12-21, KEY ENDS SOON$/m,
    )
    assert.match(text, /^ {2}M-000003 oncall@three\.example, cooling, .*key without end, cooling until /m)
    assert.doesNotMatch(text, /accepted|people/)
  })

  test('all of it', () => {
    const text = said(asks('roster level=full'))
    assert.match(text, /^ {4}accepted version 1, SHA-256 5e5e.*: 2026-11-21T12:00Z, explicit, mail 7$/m)
    assert.match(text, /^ {4}3 read it, said 2026-11-21$/m)
    assert.match(text, /^ {4}accepted nothing yet$/m)
  })

  test('that a level or a project is none, with what to send', () => {
    assert.equal(verdict(asks('roster level=names')), 'E-SYNTAX')
    assert.match(
      said(asks('roster level=names')),
      /level= is one of count, organisations, contacts, full; send: roster/,
    )
    assert.equal(verdict(asks('roster nix')), 'E-UNKNOWN')
  })
})

describe('a member reads', () => {
  test('nothing where the roster is hidden, in one sentence', () => {
    const outcome = asks('roster level=full', ONE.fingerprint)
    assert.equal(verdict(outcome), 'E-POLICY')
    assert.equal(
      said(outcome),
      'Who is on the list is not shown to its members; for what is known of you, send: my',
    )
  })

  test('names alone where the policy shows them, whatever level they ask for', () => {
    const text = said(asks('roster level=full', ONE.fingerprint, { roster: 'organisations' }))
    assert.equal(text, 'On the list:\n| Apple Linux\n| Zebra Linux\n| -- \n| quit')
  })

  test('nothing while suspended', () => {
    assert.equal(verdict(asks('roster', TWO.fingerprint, { roster: 'organisations' })), 'E-ROLE')
  })
})

describe('show', () => {
  test('tells of an organisation who vouched, what it answered, and all of its contacts', () => {
    const outcome = asks('show D-000001')
    assert.equal(verdict(outcome), 'ok')
    const text = said(outcome)
    for (const line of [
      'D-000001 (widget), active, revision 1',
      'class: clouds',
      'on the list since 2026-11-21T12:00Z, by A-771234',
      'vouched for by: D-000002',
      'let in by: alice',
      'strike 1 of 2: 2026-11-21T12:00Z, after L-500001',
      '| Told a friend.',
      'A-771234, 1. Be an active distributor of Widget.:',
      '| embargod acme',
      'M-000001 of D-000001 (widget), active, revision 1',
      'M-000003 of D-000001 (widget), cooling, revision 1',
      'gets notices from 2026-11-22T12:00Z',
    ])
      assert.ok(text.split('\n').includes(line), line)
  })

  test('tells of a contact which key when, and what was accepted by which mail', () => {
    const former = { fingerprint: CAROL.fingerprint, since: NOW, until: NOW }
    const changed = {
      ...ONE,
      formerKeys: [former],
      revokedAt: NOW,
      acceptance: { ...accepted, sha256: other },
    }
    const text = said(sends('show M-000001', ALICE.fingerprint, { ...world(), contacts: [changed] }))
    assert.match(text, /^key: 1{40}, since /m)
    assert.match(text, /^REVOKED by its owner: 2026-11-21T12:00Z$/m)
    assert.match(text, /^former key: C{40}, 2026-11-21T12:00Z to 2026-11-21T12:00Z$/m)
    assert.match(text, /^accepted version 1, .*, explicit, mail 7 \(the terms are version 1 now\)$/m)
    assert.match(text, /^says that 3 people read it: 2026-11-21T12:00Z, mail 8$/m)
    assert.match(
      said(asks('show M-000002')),
      /^SUSPENDED since 2026-11-21T12:00Z, by alice, for: an admin said so, until 2026-11-22T12:00Z$/m,
    )
  })

  test('answers anybody else as for one that does not exist', () => {
    const known = sends('show D-000001', CAROL.fingerprint, { ...world(), settings: withCarol() })
    const unknown = sends('show D-999999', CAROL.fingerprint, { ...world(), settings: withCarol() })
    assert.equal(verdict(known), 'E-UNKNOWN')
    assert.equal(said(known).replace('D-000001', 'D-999999'), said(unknown))
    assert.equal(verdict(asks(`show ${sure(parseContactId('M-999999'))}`)), 'E-UNKNOWN')
  })
})

const withCarol = () =>
  settings({ projects: world().settings.projects.map(project => ({ ...project, maintainers: [CAROL] })) })
