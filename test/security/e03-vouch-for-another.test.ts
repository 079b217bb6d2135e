// threats.md E03: a vouch is sent again for a second application, or made to serve another key, address or organisation
// than those it was given for.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide } from '../../src/decide/decide.ts'
import { type Application, evolveApplication } from '../../src/model/application.ts'
import type { ApplicationEvent } from '../../src/model/member-event.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import { inboundId, parseApplicationId } from '../../src/model/scalars.ts'
import { ALICE, fingerprint, fresh, mail, NOW, signedText, sure } from '../decide/given.ts'
import { A, ANN, answer, request, signed, vouchOf, withRequest, world } from '../decide/membership/joining.ts'

const ONE = fingerprint('1')
const B = sure(parseApplicationId('A-880001'))
const EVE = fingerprint('E')

test('the very mail does nothing a second time', () => {
  const text = `embargod acme\nvouch ${A} for=${ANN} <<\nGood people.\n.\n`
  const given = world({ signature: 'used' })
  const decision = decide(mail({ authored: signedText(text, ONE) }), given, fresh)
  assert.deepEqual([decision.reason, decision.events], ['E-REPLAY', []])
})

test('a vouch for one application is none for another of another key', () => {
  const other = request({ id: B, key: { fingerprint: EVE, certificate: new Uint8Array([2]), keyIds: [] } })
  const given = world({
    applications: new Map([
      [A, request()],
      [B, other],
    ]),
  })
  // The words of a vouch for A, under the number of B.
  const decision = signed(`vouch ${B} for=${ANN} <<\nGood people.\n.`, ONE, given)
  assert.equal(answer(decision, given, ONE).code, 'E-UNKNOWN')
  assert.deepEqual(decision.events, [])
})

test('a vouch that names no key, half of one, or another, is refused', () => {
  for (const named of ['', `for=${ANN.slice(-16)}`, `for=${EVE}`]) {
    const decision = signed(`vouch ${A} ${named} <<\nGood people.\n.`, ONE, world())
    assert.deepEqual(decision.events, [], named)
  }
})

test('another key or another organisation ends every vouch, and so does a way back', () => {
  const fact = { at: NOW, actor: { kind: 'outsider', name: 'outsider' }, application: A } as const
  const key = (of: typeof ANN) => ({ fingerprint: of, certificate: new Uint8Array([2]), keyIds: [] })
  const answers = (organisation: string) => ({ ...request().answers, organisation: plaintext(organisation) })
  const said = (organisation: string): ApplicationEvent => ({
    ...fact,
    kind: 'application-followed-up',
    inbound: inboundId(9),
    answers: answers(organisation),
  })
  const sets = (of: typeof ANN): ApplicationEvent => ({ ...fact, kind: 'application-key-set', key: key(of) })
  for (const changes of [
    [sets(EVE)],
    [sets(EVE), sets(ANN)],
    [said('Other')],
    [said('Other'), said('Vendor')],
  ]) {
    const before = request({ vouches: [vouchOf('1')], completeAt: NOW })
    const after = changes.reduce<Application>((one, event) => evolveApplication(one, event), before)
    assert.deepEqual([after.vouches, after.completeAt], [[], undefined])
    const given = world(withRequest({ ...after }))
    assert.equal(signed(`approve ${A}`, ALICE.fingerprint, given).plan, undefined)
  }
})
