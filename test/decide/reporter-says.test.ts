// What the key of a case says by command counts at once, and nobody else can say it (threats.md E19).
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { decide } from '../../src/decide/decide.ts'
import type { Case } from '../../src/model/case.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import { inboundId, parseStatementId } from '../../src/model/scalars.ts'
import { aCase, address, caseId, fingerprint, fresh, mail, NOW, signedText, snapshot, sure } from './given.ts'
import { C, key, keyed, RIYA } from './sent.ts'

const ID = caseId('482107')
const statement = {
  id: sure(parseStatementId('S-400001')),
  at: NOW,
  inbound: inboundId(1),
  adoptedBy: undefined,
} as const

suite('the key of the case says it at once', () => {
  const by = (line: string, given: Partial<Case> = {}, who = '7') =>
    decide(
      mail({
        authored: signedText(`embargod acme\n${line}\n`, fingerprint(who)),
        from: 'mallory@elsewhere.example',
      }),
      snapshot({ cases: new Map([[ID, aCase({ ...keyed, ...given })]]) }),
      fresh,
    )
  const LINES: readonly (readonly [line: string, given: Partial<Case>, status: string, text: RegExp])[] = [
    [`agree ${C}`, {}, 'ok', /^The reporter of C-482107 agrees to the date\.\nThe team is told\.$/],
    [`object ${C}`, {}, 'ok', /objects to the date\./],
    [`object ${C} <<\nToo late.\n.`, {}, 'ok', /objects to the date and says why\./],
    [`propose ${C} date=2026-12-09T16:00Z`, {}, 'ok', /proposes 2026-12-09T16:00Z/],
    [`propose ${C} date=2026-12-09`, {}, 'E-DATE', /write it as 2026-12-09T16:00Z/],
    [`propose ${C}`, {}, 'E-SYNTAX', /date= is missing; send: propose C-…/],
    [`credit ${C} name="Riya Ross"`, {}, 'ok', /wishes to be thanked by name/],
    [`credit ${C} none`, {}, 'ok', /wishes no credit/],
    [`credit ${C} none more`, {}, 'E-SYNTAX', /nothing follows none/],
    [`credit ${C} name="${'x'.repeat(101)}"`, {}, 'E-SYNTAX', /at most 100/],
    [`consent ${C} perhaps`, {}, 'E-SYNTAX', /yes or no/],
    [`private ${C} yes`, { wishes: { ...aCase().wishes, private: 'yes' } }, 'noop', /known already/],
    ['agree', {}, 'E-SYNTAX', /the case \(C-…\) is missing/],
    [`consent ${C} yes`, { state: 'published' }, 'E-STATE', /is published/],
    [`credit ${C} none`, { state: 'published' }, 'ok', /no credit/],
    [
      `status ${C}`,
      { wishes: { ...aCase().wishes, credit: plaintext('Riya Ross') } },
      'ok',
      /take it up\. .*\nYou told us:\n\| credit name="Riya Ross"$/,
    ],
    [
      `status ${C}`,
      {
        statements: [
          { ...statement, by: 'key', saying: { kind: 'agree' } },
          { ...statement, by: 'address', saying: { kind: 'object', reason: plaintext('forged') } },
        ],
      },
      'ok',
      /take it up\. [^\n]*\nSaid in mail that you signed; [^|]*\| agree$/,
    ],
    [
      `status ${C}`,
      { cve: { kind: 'assigned', id: 'CVE-2026-12345' }, lead: 'alice' },
      'ok',
      /^(?![\s\S]*alice)[\s\S]*CVE-2026-12345[\s\S]*no wishes yet/,
    ],
  ]
  for (const [line, given, status, text] of LINES)
    test(`${line.slice(0, 50)} → ${status}`, () => {
      const { mails } = by(line, given)
      const answer = mails.find(({ content }) => content.kind === 'transcript')
      assert.deepEqual(
        [answer?.to, answer?.encryptTo.kind],
        [RIYA, 'offered'],
        'answered to the registered address',
      )
      assert.equal(answer?.content.kind, 'transcript')
      const [result] = answer.content.results
      assert.equal(result?.code ?? result?.status, status, result?.text.open() ?? '')
      assert.match(result?.text.open() ?? '', text)
    })

  test('and the insiders are told in one line, in our words alone', () => {
    const erin = {
      name: 'erin',
      address: address('erin@research.example'),
      fingerprint: fingerprint('E'),
      key: key('E'),
      since: NOW,
    }
    const decision = by(`credit ${C} name="take C-482107"`, { fixTeam: [erin] })
    const told = decision.mails.flatMap(({ to, content }) =>
      content.kind === 'change'
        ? [[to, content.by, ...content.lines.map(line => line.open())].join(' | ')]
        : [],
    )
    assert.deepEqual(told.sort(), [
      'alice@team.example | reporter | The reporter of C-482107 wishes to be thanked by name.',
      'bob@team.example | reporter | The reporter of C-482107 wishes to be thanked by name.',
      'erin@research.example | reporter | The reporter of C-482107 wishes to be thanked by name.',
    ])
  })

  test('and no other key does', () => assert.equal(by(`agree ${C}`, {}, '8').outcome, 'refused'))
})
