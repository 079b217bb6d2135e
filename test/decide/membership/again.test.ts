// Who was declined and asks again too soon hears when they may, and nothing is opened; nobody else hears of it (C15).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide } from '../../../src/decide/decide.ts'
import type { Application } from '../../../src/model/application.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import { later } from '../../../src/model/scalars.ts'
import { DAY } from '../../../src/model/time.ts'
import { fingerprint, fresh, mail, NOW, signature, signedText, unsignedText } from '../given.ts'
import { ANN, kinds, mailsOf, type Rules, request, ruled, withRequest, world } from './joining.ts'

const MONTHS = { review: { again: { count: 90, unit: 'day' } as const } }
const declined = (changes: Partial<Application> = {}): Partial<Application> => ({
  state: 'declined',
  end: { at: later(NOW, -DAY), by: 'alice', reason: plaintext('You ship to nobody.') },
  ...changes,
})

function asked(
  from: string,
  changes: Partial<Application> = {},
  rules: Rules = MONTHS,
  key: typeof ANN | undefined = undefined,
) {
  const given = world({ settings: ruled(rules), ...withRequest(declined(changes)) })
  const { project } = request()
  const input = mail({
    from,
    addressed: { kind: 'distributors', project },
    authored:
      key === undefined ? unsignedText('Please let us in.\n') : signedText('Please let us in.\n', key),
    ...(key === undefined ? {} : { mail: { author: signature(key) } }),
  })
  return decide(input, given, fresh)
}

test('the mailbox and the key of then hear the reason and the date again, and open nothing', () => {
  for (const decision of [
    asked('ann@vendor.example'),
    asked('Ann+again@vendor.example'),
    asked('other@elsewhere.example', {}, MONTHS, ANN),
  ]) {
    assert.equal(decision.outcome, 'application')
    assert.deepEqual(decision.events, [])
    const [letter, second] = mailsOf(decision, 'application-declined')
    assert.equal(second, undefined)
    // To the address of then, under the key of then, whoever wrote.
    assert.deepEqual([letter?.to, letter?.encryptTo.kind], ['ann@vendor.example', 'offered'])
    assert.equal(letter?.content.again, later(NOW, 89 * DAY))
    assert.equal(mailsOf(decision, 'application').length, 2, 'the admins see the mail')
  }
})

test('anybody else is told nothing of it, and opens a request', () => {
  for (const decision of [
    asked('other@vendor.example'),
    asked('other@elsewhere.example', {}, MONTHS, fingerprint('9')),
    // Nobody had proven that the address was theirs.
    asked('ann@vendor.example', { proven: undefined }),
    // Time is over, or there is none.
    asked('ann@vendor.example', {
      end: { at: later(NOW, -90 * DAY), by: 'alice', reason: plaintext('No.') },
    }),
    asked('ann@vendor.example', {}, { review: { again: undefined } }),
    asked('ann@vendor.example', { state: 'withdrawn' }),
  ]) {
    assert.equal(kinds(decision)[0], 'application-opened')
    assert.deepEqual(mailsOf(decision, 'application-declined'), [])
  }
})
