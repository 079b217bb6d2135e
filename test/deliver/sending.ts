// What the tests of the submission share: mails of several sizes, and ways to a real or a scripted server.
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Deadlines } from '../../src/deliver/connection.ts'
import { DEADLINES, Submission } from '../../src/deliver/smtp.ts'
import { octetsOf } from '../../src/model/octets.ts'
import { parseEmailAddress } from '../../src/model/scalars.ts'
import { type SubmissionOptions, startSubmission } from '../support/submission.ts'
import { until } from '../support/workspace.ts'
import { type Script, ScriptedServer } from './scripted-server.ts'

export const MEGABYTE = 1_048_576

function address(text: string) {
  const parsed = parseEmailAddress(text)
  assert.ok(parsed.ok)
  return parsed.value
}

export const mailOf = (octets: Uint8Array | string, to = 'member@example.org') => ({
  from: address('security@example.com'),
  to: address(to),
  octets: octetsOf(Buffer.from(octets)),
})
export const MAIL = mailOf('Subject: x\r\n\r\ntext\r\n')
const line = `${'x'.repeat(62)}\r\n`
export const LARGE = mailOf(Buffer.alloc(MEGABYTE, line))
/** More than the buffers on the way hold. */
export const HUGE = mailOf(Buffer.alloc(32 * MEGABYTE, line))

export const deadlines = (shorter: Partial<Deadlines>): Deadlines => ({ ...DEADLINES, ...shorter })

type Way = { readonly connections?: number; readonly deadlines?: Deadlines; readonly idle?: number }

/** A submission to a real server, without TLS. */
export async function toServer(t: TestContext, options: SubmissionOptions = {}, way: Way = {}) {
  const server = await until(t, startSubmission(options))
  const { host, port } = server
  const submission = new Submission({ server: { host, port, tls: 'none' }, connections: 1, ...way })
  t.after(() => submission.close(0))
  return { server, submission }
}

export async function toScript(t: TestContext, script: Script, way: Way = {}) {
  const server = await until(t, new ScriptedServer(script).listen())
  const submission = new Submission({
    server: { host: '127.0.0.1', port: server.port, tls: 'none' },
    connections: 1,
    ...way,
  })
  t.after(() => submission.close(0))
  return { server, submission }
}
