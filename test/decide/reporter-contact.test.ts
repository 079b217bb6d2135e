// What reaches a reporter, under which key and at which address, and how these are set: given a case and one
// command, then who is written to.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Case } from '../../src/model/case.ts'
import type { Decision, OpenedOperand } from '../../src/model/decision.ts'
import { type Fingerprint, later } from '../../src/model/scalars.ts'
import { DAY } from '../../src/model/time.ts'
import { address, NOW } from './given.ts'
import { after, C, held, key, keyed, RIYA, resultOf, sent } from './sent.ts'

const toRiya = (decision: Decision) => decision.mails.filter(({ to }) => to === RIYA)

suite('fix-ready', () => {
  const line = `fix-ready ${C} tested=ci lgtm=carol`
  test('is news to the reporter, once', () => {
    const decision = sent(line, { ...keyed, state: 'fixing' })
    assert.deepEqual(
      toRiya(decision).map(({ content, encryptTo }) => [content.kind, encryptTo.kind]),
      [['news', 'offered']],
    )
    assert.deepEqual(toRiya(sent(line, { ...keyed, state: 'fix-ready' })), [])
  })
  test('tells nobody while the case is on hold', () =>
    assert.deepEqual(toRiya(sent(line, { ...keyed, ...held, state: 'fixing' })), []))
})

suite('reply', () => {
  const OTHER = address('carla@vendor.example')
  const block = '<<\nThank you.\n.'
  const replies: readonly (readonly [
    given: Partial<Case>,
    words: string,
    status: string,
    text: RegExp,
    to?: string,
  ])[] = [
    [keyed, '', 'ok', /encrypted to 7{40}\.$/, RIYA],
    [{}, '', 'E-KEY', /ask-key C-482107; or.*clear=yes/],
    [{}, 'clear=yes', 'ok', /in clear/, RIYA],
    [
      { protection: 'encrypted' },
      'clear=yes',
      'E-KEY',
      /nothing goes out in clear\. Ask for the key: ask-key/,
    ],
    [{ protection: 'encrypted' }, '', 'E-KEY', /ask-key/],
    [keyed, 'plan=yes', 'ok', /It counts as the plan/, RIYA],
    [keyed, 'plan=maybe', 'E-SYNTAX', /plan= is yes or no/],
    [{ ...keyed, ...held }, '', 'E-STATE', /on hold.*release C-482107/],
    [{ reporter: { address: undefined, key: key('7') } }, '', 'E-STATE', /reporter C-482107 address=/],
    [
      { ...keyed, otherAuthors: [OTHER] },
      '',
      'E-STATE',
      /came from riya@research\.example, and inside it says carla@vendor\.example\. .*to=riya@research\.example or to=carla/,
    ],
    [
      { ...keyed, otherAuthors: [OTHER] },
      'to=carla@vendor.example',
      'ok',
      /goes to carla@vendor\.example, encrypted/,
      OTHER,
    ],
    [
      { ...keyed, otherAuthors: [OTHER] },
      'to=RIYA@research.example',
      'ok',
      /goes to riya@research\.example/,
      RIYA,
    ],
    [{ ...keyed, otherAuthors: [OTHER] }, 'to=eve@evil.example', 'E-UNKNOWN', /wrote nothing in C-482107/],
    [keyed, 'to=eve@evil.example', 'E-UNKNOWN', /wrote nothing/],
    [keyed, 'to=nobody', 'E-SYNTAX', /to= is not an address/],
  ]
  for (const [given, words, status, text, to] of replies)
    test(`with "${words}" → ${status}${to === undefined ? '' : ` to ${to}`}`, () => {
      const decision = sent(`reply ${C} ${words} ${block}`, given)
      const result = resultOf(decision)
      assert.equal(result.status, status, result.text)
      assert.match(result.text, text)
      const letters = decision.mails.filter(({ content }) => content.kind === 'reply')
      assert.deepEqual(
        letters.map(one => one.to),
        to === undefined ? [] : [to],
      )
    })

  test('with plan=yes is the instant at which the plan was told, the first one', () => {
    const first = after(sent(`reply ${C} plan=yes ${block}`, keyed), keyed)
    assert.equal(first.milestones.plan, NOW)
    const before = later(NOW, -DAY)
    const again = { ...keyed, milestones: { ...keyed.milestones, plan: before } }
    assert.equal(after(sent(`reply ${C} plan=yes ${block}`, again), again).milestones.plan, before)
    assert.equal(after(sent(`reply ${C} ${block}`, keyed), keyed).milestones.plan, undefined)
  })
})

suite('ask-key', () => {
  test('sends the constant request in clear, also where the case came encrypted', () => {
    const decision = sent(`ask-key ${C}`, { protection: 'encrypted' })
    const [order, ...more] = toRiya(decision)
    assert.deepEqual(
      [order?.content, order?.encryptTo],
      [{ kind: 'request', about: 'key' }, { kind: 'nobody' }],
    )
    assert.deepEqual(more, [])
  })
  test('is nothing to do where the key is known, and impossible without an address', () => {
    assert.equal(resultOf(sent(`ask-key ${C}`, keyed)).status, 'noop')
    const nowhere = { reporter: { address: undefined, key: undefined } }
    assert.equal(resultOf(sent(`ask-key ${C}`, nowhere)).status, 'E-STATE')
  })
})

suite('reporter', () => {
  const FPR = '8'.repeat(40)
  const certificate = (digit: string, encryptable: 'yes' | 'no' = 'yes'): OpenedOperand => ({
    kind: 'certificate',
    key: key(digit),
    encryptable,
  })
  const line = `reporter ${C} key=${FPR} att:riya.asc`
  const refusals: readonly (readonly [
    words: string,
    operand: OpenedOperand | undefined,
    status: string,
    text: RegExp,
  ])[] = [
    [line, certificate('9'), 'E-KEY', /is the key 9{40}, not 8{40}/],
    [line, certificate('8', 'no'), 'E-KEY', /Nothing can be encrypted/],
    [line, undefined, 'E-UNKNOWN', /No file riya\.asc is attached/],
    [`reporter ${C} key=${'0'.repeat(40)} att:riya.asc`, certificate('0'), 'E-KEY', /is a key of ours/],
    [`reporter ${C} key=${FPR}`, undefined, 'E-KEY', /attach it, and name the file/],
    [`reporter ${C} key=88888888 att:riya.asc`, certificate('8'), 'E-SYNTAX', /40 hex digits/],
    [`reporter ${C} address=security@acme.example`, undefined, 'E-STATE', /one of our own/],
    [`reporter ${C} address=security+x@acme.example`, undefined, 'E-STATE', /one of our own/],
    [`reporter ${C} address=riya`, undefined, 'E-SYNTAX', /address= is not an address/],
    [
      `reporter ${C} address=riya@research.example att:riya.asc`,
      certificate('8'),
      'E-SYNTAX',
      /only with key=/,
    ],
    [`reporter ${C}`, undefined, 'E-SYNTAX', /address= or key= is missing/],
    [`reporter ${C} address=riya@research.example`, undefined, 'noop', /already/],
  ]
  for (const [words, operand, status, text] of refusals)
    test(`${words.slice(0, 60)} → ${status}`, () => {
      const decision = sent(words, {}, operand)
      const result = resultOf(decision)
      assert.equal(result.status, status, result.text)
      assert.match(result.text, text)
      assert.deepEqual(decision.events, [])
    })

  test('with a key, the case answers to that key from now on', () => {
    const decision = sent(`${line} address=riya@home.example`, keyed, certificate('8'))
    assert.match(
      resultOf(decision).text,
      /at riya@home\.example, key 8{40}\. Before: riya@research\.example, key 7{40}\./,
    )
    const now = after(decision, keyed)
    assert.deepEqual(
      [now.reporter.address, now.reporter.key?.fingerprint],
      ['riya@home.example', FPR as Fingerprint],
    )
  })

  test('with an address, settles which of two authors is meant', () => {
    const foreign = { ...keyed, otherAuthors: [address('carla@vendor.example')] }
    const decision = sent(`reporter ${C} address=riya@research.example`, foreign)
    assert.deepEqual(after(decision, foreign).otherAuthors, [])
  })
})
