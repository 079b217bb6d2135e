// A leak that somebody tells of: taken from anybody at any address, whatever is wrong with the mail, never shown to know
// of a case or an incident; and what admins make of it.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { decide } from '../../../src/decide/decide.ts'
import { timePassed, wakeAt } from '../../../src/decide/time/timed.ts'
import type { Decision, NoticeCopy, Snapshot, Sorted } from '../../../src/model/decision.ts'
import { evolveIncident, type Incident } from '../../../src/model/incident.ts'
import type { AuthoredText } from '../../../src/model/mail.ts'
import type { IncidentEvent } from '../../../src/model/member-event.ts'
import {
  type Fingerprint,
  inboundId,
  later,
  parseContactId,
  parseIncidentId,
} from '../../../src/model/scalars.ts'
import { DAY, HOUR } from '../../../src/model/time.ts'
import {
  ALICE,
  aCase,
  address,
  aNotice,
  BOB,
  caseId,
  fingerprint,
  fresh,
  type Given,
  mail,
  NOW,
  settings,
  signedText,
  sure,
  unsignedText,
} from '../given.ts'
import { byAdmin, CASE, given, LIST, mailsOf, PEOPLE, resultOf, under } from './sharing-world.ts'

const L = sure(parseIncidentId('L-500000'))
const project = sure(settings().projects[0]).name

/** The incident as these decisions leave it. */
const incidentAfter = (decisions: readonly Decision[], before?: Incident): Incident => {
  const events = decisions.flatMap(one => one.events).filter(event => 'incident' in event)
  const incident = events.reduce<Incident | undefined>(
    (one, event) => evolveIncident(one, event as IncidentEvent),
    before,
  )
  assert.ok(incident)
  return incident
}

const ADDRESSES: Readonly<Record<string, Sorted['addressed']>> = {
  security: { kind: 'security' },
  command: { kind: 'command' },
  distributors: { kind: 'distributors', project },
  'a case': { kind: 'case', case: caseId('482107') },
}

const SIGNERS: Readonly<Record<string, Fingerprint>> = {
  member: PEOPLE.one.fingerprint,
  'suspended member': PEOPLE.cut.fingerprint,
  admin: ALICE.fingerprint,
  'key that nobody knows': fingerprint('9'),
}

const TEXTS = {
  'first line': `leak ${CASE}\n\nIt is on a pastebin.\n`,
  'first line, of no case': 'leak C-999999\n\nIt is on a pastebin.\n',
  'first line alone': 'leak\n\nIt is on a pastebin.\n',
  command: `embargod acme\nleak ${CASE} <<\nIt is on a pastebin.\n.\n`,
  'command that is not closed': `embargod acme\nleak ${CASE} <<\nIt is on a pastebin.\n`,
  'command beside one that fails': `embargod acme\naccept C-999999\nleak ${CASE} <<\nIt is on a pastebin.\n.\n`,
  'command for another instance': `embargod other\nleak ${CASE} <<\nIt is on a pastebin.\n.\n`,
} as const

const ALICE_SAYS = { kind: 'admin', name: 'alice', fingerprint: ALICE.fingerprint } as const
const OF_A_STRANGER: Partial<Snapshot> = { cases: new Map([[caseId('482107'), aCase()]]) }
const take = (mailed: Given, world: Partial<Snapshot> = {}): Decision =>
  decide(mail(mailed), given({ world: { ...OF_A_STRANGER, ...world } }), fresh)

const isTold = (decision: Decision, what: string) => {
  assert.ok(
    decision.events.some(({ kind }) => kind === 'incident-opened'),
    `${what}: not recorded`,
  )
  const alarmed = mailsOf(decision, 'leak').map(({ to }) => to)
  assert.deepEqual(alarmed, [ALICE.address, BOB.address], what)
  for (const { offers = [] } of mailsOf(decision, 'leak'))
    assert.equal(offers.at(-1)?.body, `embargod acme\nincident ${L}\n`, what)
  // What it does to the embargo stands in doubt.test.ts.
  const ofCases = decision.events.filter(event => 'case' in event).map(({ kind }) => kind)
  assert.ok(
    ofCases.every(kind => kind === 'embargo-doubted'),
    what,
  )
  assert.ok(['command', 'report'].includes(decision.outcome), `${what}: ${decision.outcome}`)
}

suite('it is never refused', () => {
  for (const [where, addressed] of Object.entries(ADDRESSES))
    for (const [form, text] of Object.entries(TEXTS)) {
      const shown = addressed.kind === 'command' || !form.includes('other')
      if (!shown) continue
      test(`unsigned, to ${where}: ${form}`, () => {
        const decision = take({ authored: unsignedText(text), addressed })
        isTold(decision, form)
        assert.equal(decision.outcome, 'report')
        assert.deepEqual(
          decision.mails.filter(({ content }) => content.kind !== 'leak').map(({ content }) => content),
          [{ kind: 'leak-thanks', incident: L }],
        )
      })
      for (const [who, key] of Object.entries(SIGNERS))
        for (const [age, created] of [
          ['now', NOW],
          ['long ago', later(NOW, -90 * DAY)],
          ['tomorrow', later(NOW, DAY)],
        ] as const)
          test(`signed by a ${who} ${age}, to ${where}: ${form}`, () => {
            const decision = take({ authored: signedText(text, key, created), addressed })
            isTold(decision, form)
            const counts = who !== 'key that nobody knows' && age !== 'tomorrow'
            assert.equal(decision.outcome, counts ? 'command' : 'report')
            assert.equal(decision.actor.kind === 'outsider', !counts)
            assert.equal(
              decision.oneShot === undefined,
              who === 'key that nobody knows' || (!counts && form.startsWith('first')),
            )
          })
    }

  const BROKEN: Readonly<Record<string, AuthoredText>> = {
    'a bad signature': {
      ...signedText(TEXTS.command, ALICE.fingerprint),
      signature: { kind: 'refused', fault: 'bad', claimed: ALICE.fingerprint },
    } as AuthoredText,
    'a signature in the text': {
      kind: 'misshapen',
      fault: 'cleartext-signed',
      text: unsignedText(TEXTS.command).text,
      signature: { kind: 'none' },
    } as AuthoredText,
  }
  for (const [what, authored] of Object.entries(BROKEN))
    test(`with ${what}`, () => isTold(take({ authored }), what))

  test('encrypted to us and not signed', () => {
    const authored = { ...unsignedText(TEXTS['first line']), encrypted: true } as AuthoredText
    isTold(take({ authored }), 'encrypted')
  })

  test('whoever signs more than they may hears of it, and so does the team', () => {
    const text = `embargod acme\ntake ${CASE}\nleak ${CASE} <<\nIt is on a pastebin.\n.\n`
    const decision = take({ authored: signedText(text, PEOPLE.one.fingerprint) })
    isTold(decision, 'attempt')
    assert.deepEqual(
      decision.mails.flatMap(({ content }) => (content.kind === 'alert' ? content.alert.kind : [])),
      ['member-command', 'member-command'],
    )
    const [order] = mailsOf(decision, 'transcript')
    assert.ok(order?.content.kind === 'transcript')
    assert.deepEqual(
      order.content.results.map(({ code, status }) => code ?? status),
      ['E-ROLE', 'ok'],
    )
  })

  test('beside what waits for a confirmation it is kept at once', () => {
    const send = '2026-11-25T16:00Z'
    const text = `embargod acme\nnotice ${CASE} stage=early-disclosure send=${send} <<\nFix.\n.\nleak ${CASE} <<\nHere.\n.\n`
    const decision = take({ authored: signedText(text, ALICE.fingerprint) })
    isTold(decision, 'plan')
    assert.equal(decision.plan, undefined)
  })

  test('the key of a reporter counts, and its unproven address is answered as any', () => {
    const reporter = {
      address: address('riya@research.example'),
      key: { fingerprint: fingerprint('7'), certificate: new Uint8Array([1]), keyIds: [] },
    }
    const cases = new Map([[caseId('482107'), aCase({ reporter })]])
    const acknowledged = { address: 5, domain: 5, all: 5 }
    const decision = take(
      { authored: signedText(TEXTS['first line'], fingerprint('7')) },
      { cases, acknowledged },
    )
    isTold(decision, 'reporter')
    assert.equal(decision.outcome, 'command')
    assert.deepEqual(mailsOf(decision, 'leak-thanks'), [])
  })

  test('from a machine it is kept and told, and not answered', () => {
    const decision = take({ authored: unsignedText(TEXTS['first line']), machine: 'automatic' })
    assert.equal(decision.outcome, 'report-noack')
    assert.deepEqual(mailsOf(decision, 'leak-thanks'), [])
    assert.equal(mailsOf(decision, 'leak').length, 2)
  })

  test('beyond the limits of acknowledgements it is kept and told, and not answered', () => {
    const acknowledged = { address: 5, domain: 5, all: 5 }
    const decision = take({ authored: unsignedText(TEXTS['first line']) }, { acknowledged })
    isTold(decision, 'limit')
    assert.deepEqual(mailsOf(decision, 'leak-thanks'), [])
  })

  test('after a restore an older signature counts as none, and the leak all the same', () => {
    const authored = signedText(TEXTS.command, PEOPLE.one.fingerprint, later(NOW, -HOUR))
    const decision = take({ authored }, { restoredAt: NOW })
    isTold(decision, 'restore')
    assert.equal(decision.outcome, 'report')
  })

  for (const form of ['first line', 'command'] as const)
    test(`the same signature a second time changes nothing: ${form}`, () => {
      const authored = signedText(TEXTS[form], PEOPLE.one.fingerprint)
      const decision = take({ authored }, { signature: 'used' })
      assert.deepEqual([decision.outcome, decision.reason, decision.events], ['refused', 'E-REPLAY', []])
    })
})

suite('a mail that only begins with the word is none', () => {
  for (const text of [
    'Leak of memory in the parser\n\nWhen I feed it …\n',
    'leak detected\n\nvalgrind says so\n',
    'leaks C-482107\n',
    'Leakage\n',
    '> leak C-482107\nIs that so?\n',
  ])
    test(JSON.stringify(text), () => {
      const decision = take({ authored: unsignedText(text), addressed: { kind: 'security' } })
      assert.equal(decision.reason, 'new-case')
    })
})

suite('whoever tells it learns nothing by it', () => {
  const said = (decision: Decision) =>
    JSON.stringify(
      decision.mails
        .filter(({ content }) => content.kind !== 'leak')
        .map(({ to, encryptTo, content, project: of }) => [to, encryptTo, content, of]),
    ).replaceAll('C-999999', CASE)
  for (const [who, authored] of Object.entries({
    unsigned: (id: string) => unsignedText(`leak ${id}\n\nHere.\n`),
    'a member who was not told': (id: string) =>
      signedText(`embargod acme\nleak ${id} <<\nHere.\n.\n`, PEOPLE.late.fingerprint),
  }))
    test(`${who}: the same of a case that exists and of one that does not`, () => {
      assert.equal(said(take({ authored: authored(CASE) })), said(take({ authored: authored('C-999999') })))
    })

  test('of an incident of somebody else as of none: theirs is another one', () => {
    const theirs = {
      ...incidentAfter([take({ authored: unsignedText(TEXTS['first line']), from: 'eve@else.example' })]),
      id: sure(parseIncidentId('L-599999')),
    }
    const incidents = new Map([[theirs.id, theirs]])
    const line = signedText('embargod acme\nleak L-599999 <<\nMore.\n.\n', PEOPLE.one.fingerprint)
    const [known, unknown] = [take({ authored: line }, { incidents }), take({ authored: line })]
    assert.deepEqual(resultOf(known), resultOf(unknown))
    assert.deepEqual(
      known.events.map(({ kind }) => kind),
      ['incident-opened'],
    )
  })
})

suite('more of the same leak', () => {
  const first = take({ authored: signedText(TEXTS.command, PEOPLE.two.fingerprint) })
  const incident = incidentAfter([first])
  const incidents = new Map([[L, incident]])

  test('by the organisation that told it', () => {
    const line = `embargod acme\nleak ${L} <<\nTo three people.\n.\n`
    const more = take({ authored: signedText(line, PEOPLE.sister.fingerprint) }, { incidents })
    assert.equal(incidentAfter([more], incident).told.length, 2)
  })

  test('by an answer to what we wrote, whoever sends it, told to the team as what it is', () => {
    const authored = unsignedText('To three people.\n')
    const more = take({ authored, addressed: { kind: 'security' } }, { incidents, threadIncident: L })
    assert.equal(more.outcome, 'report')
    assert.equal(incidentAfter([more], incident).told.at(-1)?.text.open(), 'To three people.\n')
    for (const { content } of mailsOf(more, 'leak')) {
      assert.ok(content.kind === 'leak')
      assert.equal(content.member, undefined)
    }
  })

  test('what is closed is open again when there is news', () => {
    const closed = { ...incident, state: 'closed' as const }
    const line = `embargod acme\nleak ${L} <<\nAnother one.\n.\n`
    const more = take(
      { authored: signedText(line, PEOPLE.two.fingerprint) },
      { incidents: new Map([[L, closed]]) },
    )
    assert.equal(incidentAfter([more], closed).state, 'open')
  })
})

suite('what an admin sees and does', () => {
  const told = take({ authored: signedText(TEXTS.command, PEOPLE.one.fingerprint) })
  const incident = incidentAfter([told])
  const copy = (
    number: string,
    state: NoticeCopy['state'],
    doubt: NoticeCopy['doubt'] = 'none',
  ): NoticeCopy => ({
    case: caseId('482107'),
    notice: aNotice().id,
    contact: sure(parseContactId(`M-${number}`)),
    to: PEOPLE.one.address,
    state,
    doubt,
    at: state === 'held' ? undefined : NOW,
    subkey: '0123456789ABCDEF',
  })
  const world: Partial<Snapshot> = {
    incidents: new Map([[L, incident]]),
    notices: new Map([[aNotice().id, aNotice({ state: 'released', releasedAt: NOW })]]),
    copies: [copy('000001', 'sent'), copy('000002', 'ready', 'in-doubt'), copy('000004', 'held')],
  }
  const situation = { settings: under(LIST), world }

  test('who had what and when, in one answer, with the draft of the retrospective', () => {
    const [status, text] = resultOf(byAdmin(`incident ${L}`, situation))
    assert.equal(status, 'ok')
    for (const line of [
      /^L-500000 \(widget\), open, told 2026-11-21T12:00Z by M-000001, one$/m,
      /^\| It is on a pastebin\.$/m,
      /^- its reporter, riya@research\.example, before 2026-11-21T12:00Z$/m,
      /^- alice, admin, since 2026-11-21T12:00Z$/m,
      /^- M-000001, one\n {2}N-300001 to oncall@one\.example: sent 2026-11-21T12:00Z\n {2}key 1{40}\n {2}subkey 0123456789ABCDEF$/m,
      /^- M-000002, two\n {2}N-300001 to oncall@one\.example: ready, and may have arrived 2026/m,
      /^- M-000004, four\n {2}N-300001 to oncall@one\.example: held, never handed over$/m,
      /^Retrospective of L-500000$/m,
      /^- 2026-11-21T12:00Z N-300001 \(early-disclosure\) went to members$/m,
      /^- What changes, with us and with the member/m,
    ])
      assert.match(text, line)
  })

  test('no draft where the policy holds no retrospective', () => {
    const leak = { strikes: 2, removal: 'removed', retrospective: 'none' } as const
    const rules = { ...situation, settings: under(LIST, { leak }) }
    assert.doesNotMatch(resultOf(byAdmin(`incident ${L}`, rules))[1], /Retrospective/)
  })

  test('the case, a note and the end are recorded', () => {
    const decision = byAdmin(`incident ${L} close=yes <<\nIt was a test mail.\n.`, situation)
    const after = incidentAfter([decision], incident)
    assert.deepEqual([after.state, after.told.at(-1)?.by], ['closed', 'alice'])
    assert.equal(resultOf(byAdmin('incident L-500001', situation))[0], 'E-UNKNOWN')
  })

  test('a case that does not exist is said to be none', () => {
    const about = { ...incident, about: caseId('999999') }
    const text = resultOf(byAdmin(`incident ${L}`, { world: { incidents: new Map([[L, about]]) } }))[1]
    assert.match(text, /It names C-999999, which does not exist: incident L-500000 about=C-…/)
  })

  test('however many are open, each admin gets one mail', () => {
    const others = ['L-500001', 'L-500002', 'L-500003'].map((id, index) => ({
      ...incident,
      id: sure(parseIncidentId(id)),
      touchedAt: later(NOW, index * 8 * HOUR),
    }))
    const incidents = new Map([incident, ...others].map(one => [one.id, one]))
    const decision = timePassed(incident, given({ now: later(NOW, DAY), world: { incidents } }))
    assert.ok(decision)
    assert.equal(decision.mails.length, 2)
    // The last of them is due in sixteen hours.
    assert.deepEqual(
      decision.events.map(event => ('incident' in event ? event.incident : '')),
      ['L-500000', 'L-500001', 'L-500002'],
    )
  })

  test('whoever adds to it without end adds no more than is kept in sight', () => {
    let many = incident
    for (let count = 0; count < 60; count += 1) {
      const more = {
        at: NOW,
        actor: ALICE_SAYS,
        incident: L,
        kind: 'incident-told' as const,
        inbound: inboundId(count + 2),
        text: incident.told[0]?.text ?? assert.fail(),
      }
      many = evolveIncident(many, more)
    }
    assert.equal(many.told.length, 50)
    assert.deepEqual([many.told[0]?.inbound, many.told.at(-1)?.inbound], [inboundId(1), inboundId(61)])
  })

  test('all admins are reminded after a day, and daily, until somebody touches or closes it', () => {
    const rules = under(LIST)
    const at = later(NOW, DAY)
    assert.equal(wakeAt(incident, rules), at)
    const decision = timePassed(incident, given({ now: at, world }))
    assert.ok(decision)
    assert.deepEqual(
      decision.mails.map(({ to, content }) => [to, content.kind]),
      [ALICE, BOB].map(({ address }) => [address, 'alert']),
    )
    const reminded = incidentAfter([decision], incident)
    assert.equal(wakeAt(reminded, rules), later(at, DAY))
    const noted = incidentAfter(
      [byAdmin(`incident ${L} <<\nI ask them.\n.`, { ...situation, now: later(at, HOUR) })],
      reminded,
    )
    assert.equal(wakeAt(noted, rules), later(at, HOUR + DAY))
    assert.equal(wakeAt({ ...noted, state: 'closed' }, rules), undefined)
  })
})
