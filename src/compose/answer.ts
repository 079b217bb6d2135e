// What came of a request of the command line, as the terminal shows it: results first, then what can be
// sent next.
import type { Transcript } from '../model/order.ts'
import { type Plaintext, plaintext } from '../model/plaintext.ts'

export function answerText({ results, suggestions }: Transcript): Plaintext {
  const lines = results.flatMap(({ source, status, code, text }) => [
    [[status, code].filter(word => word !== undefined).join(' '), source].filter(Boolean).join(': '),
    ...text
      .open()
      .split('\n')
      .map(line => `    ${line}`),
  ])
  const next = suggestions.flatMap(({ label, body }) => [
    `${label}:`,
    ...body
      .trimEnd()
      .split('\n')
      .map(line => `    ${line}`),
  ])
  return plaintext([...lines, ...next].join('\n'))
}
