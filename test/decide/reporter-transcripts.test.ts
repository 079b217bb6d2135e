// What a reporter's commands are answered with: five mails a day and no more, since nobody proved their address.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide } from '../../src/decide/decide.ts'
import { aCase, address, fingerprint, fresh, mail, signedText, snapshot } from './given.ts'

const HERS = fingerprint('5')
const reporter = {
  address: address('riya@research.example'),
  key: { fingerprint: HERS, certificate: new Uint8Array(), keyIds: [] },
}
const theCase = aCase({ reporter })

for (const [before, answered] of [
  [4, 1],
  [5, 0],
] as const)
  test(`after ${before} transcripts of a day the command runs, and ${answered} more is sent`, () => {
    const command = `embargod acme\nconsent ${theCase.id} yes\n`
    const world = snapshot({
      cases: new Map([[theCase.id, theCase]]),
      transcripts: new Map([[reporter.address, before]]),
    })
    const decision = decide(
      mail({ authored: signedText(command, HERS), addressed: { kind: 'command' } }),
      world,
      fresh,
    )
    assert.deepEqual([decision.outcome, decision.events.length], ['command', 1])
    assert.equal(decision.mails.filter(({ to }) => to === reporter.address).length, answered)
  })
