// What a reporter says without a command: kept as a statement or not, adopted or not (threats.md E19).
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { decide } from '../../src/decide/decide.ts'
import { sayingsIn } from '../../src/decide/statements.ts'
import { type Case, changesByPeople } from '../../src/model/case.ts'
import type { CaseEvent } from '../../src/model/case-event.ts'
import { evolveCase } from '../../src/model/case-evolution.ts'
import type { AuthoredText, OpenedMail } from '../../src/model/mail.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import { sayingLines } from '../../src/model/saying.ts'
import { inboundId } from '../../src/model/scalars.ts'
import {
  ALICE,
  aCase,
  caseId,
  fingerprint,
  fresh,
  mail,
  NOW,
  signature,
  signedText,
  snapshot,
  unsignedText,
} from './given.ts'
import { C, keyed, RIYA, resultOf, sent } from './sent.ts'

const ID = caseId('482107')
const said = (text: string) => sayingsIn(text, 'fixed', ID, NOW).map(sayingLines)

suite('lines that say something', () => {
  const TEXTS: readonly (readonly [name: string, text: string, lines: readonly string[]])[] = [
    ['a line alone', 'agree', ['agree']],
    ['in any case of letters', 'CONSENT Yes', ['consent yes']],
    [
      'among prose',
      'Hello,\n\nthank you for the fix.\nconsent yes\nprivate no\n\nRiya',
      ['consent yes', 'private no'],
    ],
    [
      'as a whole command',
      `embargod acme\nagree ${C}\ncredit ${C} name="Riya Ross"`,
      ['agree', 'credit name="Riya Ross"'],
    ],
    [
      'with a reason',
      'object <<\nIt is too late.\nagree\n.\nconsent no',
      ['object\nIt is too late.\nagree', 'consent no'],
    ],
    ['a date', 'propose date=2026-12-09T16:00Z', ['propose date=2026-12-09T16:00Z']],
    ['no credit', 'credit none', ['credit none']],
    ['of another case', 'agree C-111111', []],
    [
      'prose that begins with a verb',
      'agree with the date, mostly\nobject storage is hit\nprivate data leaks\ncredit where due',
      [],
    ],
    ['verbs that are not the reporter’s', `accept ${C}\ntake ${C}\nreply ${C} <<\nx\n.`, []],
    ['a typing error', 'agre\nconsent maybe\ncredit name=', []],
    ['a past date', 'propose date=2025-12-09T16:00Z', []],
    ['below a quoted mail', 'On Sat, Riya wrote:\n> consent no\n\nconsent yes', ['consent yes']],
    ['within a quoted mail', 'Thanks!\n\nOn Sat, the team wrote:\n> agree\n> consent yes', []],
    ['below our marker', 'Thanks!\n--- embargod: write above this line ---\nagree', []],
    ['below a signature', 'Thanks!\n-- \nagree', []],
    ['in a text without an end', 'object <<\nnever\nagree', []],
    ['with characters that nobody sees', 'agr\u200bee\nconsent\u202e yes', []],
  ]
  for (const [name, text, lines] of TEXTS) test(name, () => assert.deepEqual(said(text), lines))
})

type Written = {
  readonly authored: AuthoredText
  readonly from?: string
  readonly machine?: 'human' | 'automatic'
  readonly mail?: Partial<OpenedMail>
}

/** A mail into the thread, as whoever has the case's reply address can send it. */
const written = (given: Written, theCase: Partial<Case> = {}) =>
  decide(
    mail({ from: RIYA, addressed: { kind: 'case', case: ID }, ...given }),
    snapshot({ cases: new Map([[ID, aCase(theCase)]]) }),
    fresh,
  )

const statementsOf = ({ events }: ReturnType<typeof written>) =>
  events.flatMap(event =>
    event.kind === 'statement-made' ? [`${event.statement} ${event.by} ${sayingLines(event.saying)}`] : [],
  )

const signedInside = (who: string, text: string): Written => ({
  authored: signedText(text, fingerprint(who)),
  mail: { author: signature(fingerprint(who)) },
})

suite('whose words become statements', () => {
  const CONSENT = unsignedText('consent yes')
  const WRITERS: readonly (readonly [
    name: string,
    mail: Written,
    given: Partial<Case>,
    kept: readonly string[],
  ])[] = [
    [
      'the reporter’s, from their address, in a case without a key',
      { authored: CONSENT },
      {},
      ['S-400001 address consent yes'],
    ],
    [
      'not those of another sender with a leaked reply address',
      { authored: CONSENT, from: 'eve@evil.example' },
      {},
      [],
    ],
    ['not those of a machine', { authored: CONSENT, machine: 'automatic' }, {}, []],
    ['in a case with a key, not unsigned ones from its address', { authored: CONSENT }, keyed, []],
    ['nor those signed by another key', signedInside('8', 'consent yes'), keyed, []],
    ['but those that its key signed', signedInside('7', 'consent yes'), keyed, ['S-400001 key consent yes']],
    [
      'and of these only what the signature covers',
      { authored: CONSENT, mail: { author: signature(fingerprint('7')) } },
      keyed,
      [],
    ],
    [
      'each once, however often they are said',
      { authored: unsignedText('agree\nagree\nconsent no') },
      {},
      ['S-400001 address agree', 'S-400002 address consent no'],
    ],
    ['not what is known', { authored: CONSENT }, { wishes: { ...aCase().wishes, consent: 'yes' } }, []],
    ['nor what waits already', { authored: CONSENT }, { statements: [waiting(1)] }, []],
    ['nor what changes nothing any more', { authored: CONSENT }, { state: 'rejected' }, []],
    [
      'nor what is too much',
      { authored: CONSENT },
      { statements: Array.from({ length: 20 }, (_, at) => waiting(at + 2)) },
      [],
    ],
  ]
  for (const [name, given, theCase, kept] of WRITERS)
    test(name, () => {
      const decision = written(given, theCase)
      assert.deepEqual(statementsOf(decision), kept)
      assert.equal(decision.outcome, 'follow-up')
      // Contact, key and wishes stay what they were, whatever the mail says or offers.
      const after = decision.events.reduce<Case>(
        (one, event) => evolveCase(one, event as CaseEvent),
        aCase(theCase),
      )
      assert.deepEqual([after.reporter, after.wishes], [aCase(theCase).reporter, aCase(theCase).wishes])
    })

  test('a key that the mail offers does not become the key of the case', () => {
    const offered = {
      place: 'autocrypt',
      fingerprint: fingerprint('8'),
      octets: new Uint8Array(),
      keyIds: [],
      encryptable: true,
    } as const
    const decision = written({ authored: CONSENT, mail: { offered: [offered] } }, keyed)
    assert.deepEqual(
      decision.events.map(({ kind }) => kind),
      ['case-followed-up', 'key-offered'],
    )
    assert.equal(decision.reason, 'follow-up-other')
  })

  test('a plan that waits for the case is not voided by them: anyone may write', () => {
    const before = aCase({ revision: 1, thread: [{ inbound: inboundId(9), at: NOW, from: 'reporter' }] })
    const { events } = written({ authored: unsignedText('agree\nconsent no') }, before)
    const after = events.reduce<Case>((one, event) => evolveCase(one, event as CaseEvent), before)
    assert.deepEqual([after.revision, changesByPeople(after)], [4, changesByPeople(before)])
  })

  test('the admins read them with the mail', () => {
    const order = written({ authored: CONSENT }).mails.find(({ to }) => to === ALICE.address)
    assert.equal(order?.content.kind, 'report')
    assert.deepEqual(
      order.content.theCase?.statements.map(one => one.id),
      ['S-400001'],
    )
  })
})

function waiting(
  number: number,
  changes: Partial<Case['statements'][number]> = {},
): Case['statements'][number] {
  const [made] = written({ authored: unsignedText('consent yes') }).events.filter(
    one => one.kind === 'statement-made',
  )
  assert.ok(made)
  const { statement, at, inbound, by } = made
  const saying = number === 1 ? made.saying : ({ kind: 'credit', name: plaintext(`Riya ${number}`) } as const)
  return { id: statement, at, inbound, by, saying, adoptedBy: undefined, ...changes }
}

suite('adopt', () => {
  const ROWS: readonly (readonly [name: string, given: Partial<Case>, status: string, text: RegExp])[] = [
    [
      'lets it count',
      { statements: [waiting(1)] },
      'ok',
      /The reporter of C-482107 consents to the publication, by S-400001/,
    ],
    ['once', { statements: [waiting(1, { adoptedBy: 'bob' })] }, 'noop', /bob adopted S-400001 already/],
    ['not what nobody said', {}, 'E-UNKNOWN', /no statement S-400001/],
    [
      'not what came unsigned, once the case has a key',
      { ...keyed, statements: [waiting(1)] },
      'E-KEY',
      /say it again, signed/,
    ],
    ['but what the key signed', { ...keyed, statements: [waiting(1, { by: 'key' })] }, 'ok', /consents/],
    [
      'nothing in a case that ended',
      { state: 'rejected', statements: [waiting(1)] },
      'E-STATE',
      /is rejected/,
    ],
  ]
  for (const [name, given, status, text] of ROWS)
    test(name, () => {
      const decision = sent('adopt S-400001', given)
      const result = resultOf(decision)
      assert.equal(result.status, status, result.text)
      assert.match(result.text, text)
      const after = decision.events.reduce<Case>(
        (one, event) => evolveCase(one, event as CaseEvent),
        aCase(given),
      )
      assert.equal(after.wishes.consent, status === 'ok' ? 'yes' : undefined)
      if (status === 'ok')
        assert.deepEqual(
          after.statements.map(one => one.adoptedBy),
          ['alice'],
        )
    })
})
