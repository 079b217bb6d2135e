// Mail that says that all is public already: the admins are alarmed by the first of a case, whoever wrote it, and
// by no other.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide } from '../../src/decide/decide.ts'
import { type Case, claimsPublicNow } from '../../src/model/case.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import { inboundId } from '../../src/model/scalars.ts'
import {
  ALICE,
  aCase,
  address,
  BOB,
  caseId,
  fresh,
  mail,
  NOTHING_FOUND,
  NOW,
  snapshot,
  unsignedText,
} from './given.ts'

const CASE = caseId('482107')
const CLAIM = { ...NOTHING_FOUND, claimsPublic: 'yes' } as const
const first = { inbound: inboundId(7), at: NOW, from: 'reporter' } as const

/** Whether the admins are alarmed by a follow-up to this case that says or does not say so. */
function alarmed(changes: Partial<Case>, extract: typeof CLAIM | typeof NOTHING_FOUND = CLAIM) {
  const theCase = aCase({ thread: [first], ...changes })
  const input = mail({
    authored: unsignedText('It is already public.'),
    addressed: { kind: 'case', case: CASE },
    from: address('passer-by@elsewhere.example'),
    arrival: { extract },
  })
  const { mails } = decide(input, snapshot({ cases: new Map([[CASE, theCase]]) }), fresh)
  assert.deepEqual(
    mails.map(({ to }) => to),
    [ALICE.address, BOB.address],
  )
  return mails.map(({ content }) => {
    assert.ok(content.kind === 'report' && content.theCase !== undefined)
    return claimsPublicNow(content.theCase)
  })
}

for (const [name, changes, extract, expected] of [
  ['the first mail of a case that says so alarms', {}, CLAIM, true],
  [
    'so it does where the report was looked through and said nothing',
    { extract: NOTHING_FOUND },
    CLAIM,
    true,
  ],
  ['a mail that does not say so alarms nobody', {}, NOTHING_FOUND, false],
  ['nor does one after a report that said so', { extract: CLAIM }, CLAIM, false],
  ['nor one after a mail that said so', { thread: [first, { ...first, claims: 'public' }] }, CLAIM, false],
  [
    'nor any mail once an admin said so',
    { public: { at: NOW, url: plaintext('https://blog.example/hole') } },
    CLAIM,
    false,
  ],
] as const)
  test(name, () => assert.deepEqual(alarmed(changes, extract), [expected, expected]))
