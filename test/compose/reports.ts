// Mails of strangers as an admin is shown them, read by a parser of mail.
import assert from 'node:assert/strict'
import { type ParsedMail, simpleParser } from 'mailparser'
import { compose, payloadOf } from '../../src/compose/compose.ts'
import type { OpenedMail } from '../../src/model/mail.ts'
import type { Content } from '../../src/model/order.ts'
import { type CaseId, instant } from '../../src/model/scalars.ts'
import { ALICES_KEY, CASE, caseWith, contextWith, orderOf } from './given.ts'

export type Report = Extract<Content, { kind: 'report' }>

export const newReport = (mail: OpenedMail, changes: Partial<Report> = {}): Report => ({
  kind: 'report',
  what: 'new',
  theCase: caseWith(),
  mail,
  inside: 'own',
  unanswered: undefined,
  ...changes,
})

export async function read(content: Report, theCase: CaseId | undefined = CASE): Promise<ParsedMail> {
  const draft = compose(orderOf(content, { case: theCase }), contextWith())
  return simpleParser(Buffer.from(payloadOf(draft, 'encrypted')))
}

/** Our part and theirs: the seam is the line of ours that speaks of the bar. */
export async function halves(content: Report): Promise<readonly [ours: string, theirs: string]> {
  const { text = '' } = await read(content)
  const seam = text.indexOf('What follows is not ours.')
  assert.ok(seam > 0)
  return [text.slice(0, seam), text.slice(seam)]
}

export const MARKER = '--- embargod: write above this line ---'
export const key = { fingerprint: ALICES_KEY, certificate: Buffer.of(1), keyIds: [] }
export const good = {
  kind: 'good',
  signature: { primary: ALICES_KEY, created: instant(0), hashValue: 'ab' },
} as const
