// Whoever knows somebody's public key, as everybody does, sends it with a report of their own: that makes it the
// key of a case, and must change nothing for the key's owner in the cases where they are known.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { decide } from '../../src/decide/decide.ts'
import type { Case } from '../../src/model/case.ts'
import { later } from '../../src/model/scalars.ts'
import { MINUTE } from '../../src/model/time.ts'
import { aCase, address, caseId, fingerprint, fresh, mail, NOW, signedText, snapshot } from './given.ts'

const KEY = { fingerprint: fingerprint('E'), certificate: new Uint8Array([1]), keyIds: [] }
const THEIRS = { address: address('erin@fixing.example'), key: KEY }
const engineer = { name: 'erin', address: THEIRS.address, fingerprint: KEY.fingerprint, key: KEY, since: NOW }

/** Newer than the other, and so the first that a look at the key's cases finds. */
const planted = aCase({
  id: caseId('666666'),
  receivedAt: later(NOW, MINUTE),
  reporter: { address: address('mallory@attack.example'), key: { ...KEY, certificate: new Uint8Array([2]) } },
})

const recipientsOf = (line: string, theCase: Case) =>
  decide(
    mail({ authored: signedText(`embargod acme\n${line}\n`, KEY.fingerprint) }),
    snapshot({ cases: new Map([planted, theCase].map(one => [one.id, one])) }),
    fresh,
  ).mails.map(({ to, encryptTo }) => [to, encryptTo])

const own = [[THEIRS.address, { kind: 'offered', certificate: KEY.certificate }]]

suite('A key that a stranger attached to a report of theirs leads no answer to the stranger', () => {
  test('that of an engineer', () => {
    const theCase = aCase({ fixTeam: [engineer], state: 'fixing' })
    for (const line of ['show C-482107', 'help', 'list', 'show C-999999'])
      assert.deepEqual(recipientsOf(line, theCase), own, line)
  })

  test('that of a reporter, in the case that they name, and where they name none that is theirs', () => {
    for (const line of ['status C-482107', 'help', 'status C-999999', 'agree'])
      assert.deepEqual(recipientsOf(line, aCase({ reporter: THEIRS })), own, line)
  })

  test('though the stranger came first, in the case that they name', () => {
    const later_ = aCase({ reporter: THEIRS, receivedAt: later(NOW, 2 * MINUTE) })
    assert.deepEqual(recipientsOf('status C-482107', later_), own)
  })
})

test('what an engineer signed before they joined a case does not count in it, though it does in another', () => {
  const signed = later(NOW, -MINUTE)
  const older = aCase({ fixTeam: [{ ...engineer, since: later(NOW, -2 * MINUTE) }] })
  const newer = aCase({ id: caseId('777777'), fixTeam: [engineer] })
  const outcomeOf = (line: string) =>
    decide(
      mail({ authored: signedText(`embargod acme\n${line}\n`, KEY.fingerprint, signed) }),
      snapshot({ cases: new Map([older, newer].map(one => [one.id, one])) }),
      fresh,
    ).reason
  assert.equal(outcomeOf('note C-482107 <<\nIt crashes.\n.'), 'carried-out')
  assert.equal(outcomeOf('note C-777777 <<\nIt crashes.\n.'), 'E-ROLE')
  assert.equal(outcomeOf('note C-482107 <<\nx\n.\nnote C-777777 <<\nx\n.'), 'E-ROLE')
})
