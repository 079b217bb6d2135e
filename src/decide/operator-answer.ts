// What a request on the command line is answered, in the shape of a transcript; nobody but the operator reads it.
import type { Decision } from '../model/decision.ts'
import { OPERATOR } from '../model/event.ts'
import type { ErrorCode, Transcript } from '../model/order.ts'
import { plaintext } from '../model/plaintext.ts'
import { silent } from './outcomes.ts'

/** `source`: what was asked, as it is typed; `code` undefined: it was done. */
export const operatorAnswer = (
  source: string,
  text: string,
  code?: ErrorCode,
  facts: Readonly<Record<string, string | number>> = {},
): Transcript => ({
  kind: 'transcript',
  results: [{ source, status: code === undefined ? 'ok' : 'error', code, text: plaintext(text), facts }],
  suggestions: [],
  ignored: 0,
  dryRun: 'run',
})

/** Nothing is changed, and the operator alone hears why. */
export const refusedRequest = (source: string, text: string, code: ErrorCode = 'E-STATE'): Decision => ({
  ...silent('refused', code),
  actor: OPERATOR,
  answer: operatorAnswer(source, text, code),
})
