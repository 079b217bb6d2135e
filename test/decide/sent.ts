// One command of an admin's about one case, decided: what the tests of verbs start from.
import assert from 'node:assert/strict'
import { decide } from '../../src/decide/decide.ts'
import type { Case } from '../../src/model/case.ts'
import type { CaseEvent } from '../../src/model/case-event.ts'
import { evolveCase } from '../../src/model/case-evolution.ts'
import type { Decision, OpenedOperand } from '../../src/model/decision.ts'
import type { Part } from '../../src/model/mail.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import { parseSha256 } from '../../src/model/scalars.ts'
import { ALICE, aCase, address, fingerprint, fresh, mail, NOW, signedText, snapshot } from './given.ts'

export const C = 'C-482107'
export const RIYA = address('riya@research.example')
export const key = (digit: string) => ({
  fingerprint: fingerprint(digit),
  certificate: new Uint8Array([1]),
  keyIds: ['7777777777777777'],
})
export const keyed: Partial<Case> = { reporter: { address: RIYA, key: key('7') }, protection: 'encrypted' }
export const held: Partial<Case> = { held: { at: NOW, reason: plaintext('Wait.'), told: 'new' } }

export function sent(line: string, theCase: Partial<Case> = {}, operand?: OpenedOperand): Decision {
  const sha256 = parseSha256('cd'.repeat(32))
  assert.ok(sha256)
  const file: Part = {
    mediaType: 'application/pgp-keys',
    disposition: 'attachment',
    fileName: plaintext('riya.asc'),
    text: undefined,
    octets: new Uint8Array([1]),
    sha256,
    encrypted: false,
    signature: { kind: 'none' },
  }
  const authored = signedText(`embargod acme\n${line}\n`, ALICE.fingerprint)
  assert.equal(authored.kind, 'signed')
  const input = mail({ authored: { ...authored, attachments: operand === undefined ? [] : [file] } })
  assert.equal(input.kind, 'mail')
  const operands = new Map(operand === undefined ? [] : [[sha256, operand]])
  const given = aCase(theCase)
  return decide({ ...input, operands }, snapshot({ cases: new Map([[given.id, given]]) }), fresh)
}

export function resultOf({ mails }: Decision) {
  const order = mails.find(({ to, content }) => to === ALICE.address && content.kind === 'transcript')
  assert.equal(order?.content.kind, 'transcript')
  const [result] = order.content.results
  assert.ok(result)
  return { status: result.code ?? result.status, text: result.text.open() }
}

/** The case as the decision leaves it. */
export const after = (decision: Decision, before: Partial<Case> = {}): Case =>
  decision.events.reduce<Case>((one, event) => evolveCase(one, event as CaseEvent), aCase(before))
