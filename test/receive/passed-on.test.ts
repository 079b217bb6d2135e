// What of an opened mail is handed on, by the octets of its parts.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCommandMail } from '../../src/decide/commands/grammar.ts'
import type { OpenedMail } from '../../src/model/mail.ts'
import { openMail } from '../../src/receive/open.ts'
import { passedOn } from '../../src/receive/passed-on.ts'
import { openPgpFor } from '../../src/sandbox/open-pgp.ts'
import { plainMail } from '../support/mail.ts'
import { attachmentEntity, resolve } from '../support/mime.ts'
import { mail, mixed } from '../support/pgp-mime.ts'
import { nothingConfigured, now } from './opening.ts'

const to = 'security@project.org'
const from = 'ann@example.org'
const file = (fileName: string, size: number) =>
  attachmentEntity({ fileName, mediaType: 'application/octet-stream', content: Buffer.alloc(size, fileName) })
const withFiles = (...sizes: readonly number[]): Buffer =>
  mail(resolve({ to, subject: 'A hole' }, from), mixed(sizes.map((size, i) => file(`f${i}`, size))))

const opened = async (octets: Uint8Array): Promise<OpenedMail> => {
  const found = await openMail(
    octets,
    openPgpFor(async () => []),
    [],
    nothingConfigured,
    now,
  )
  assert.ok(found.ok)
  return found.value.mail
}

const cases: readonly [name: string, sizes: readonly number[], limit: number, left: readonly number[]][] = [
  ['all of what fits', [10, 20], 30, []],
  ['nothing of what does not', [31], 30, [31]],
  ['smaller files after a larger one', [31, 30], 30, [31]],
  ['what fits beside what went before', [20, 11, 10], 30, [11]],
]
for (const [name, sizes, limit, left] of cases)
  test(`${name} is passed on`, async () => {
    const whole = await opened(withFiles(...sizes))
    const { parts } = passedOn(whole, limit)
    assert.deepEqual(
      parts.flatMap(({ leftOut }) => leftOut ?? []),
      left,
    )
    assert.deepEqual(
      parts.map(({ sha256 }) => sha256),
      whole.parts.map(({ sha256 }) => sha256),
    )
    for (const { leftOut, octets } of parts) assert.equal(octets.length === 0, leftOut !== undefined)
  })

test('a text that is left out is shown by its beginning', async () => {
  const whole = await opened(plainMail({ from, to, text: `${'word '.repeat(40_000)}\n` }))
  const [part] = passedOn(whole, 1_000).parts
  assert.ok(part?.leftOut !== undefined && part.leftOut > 190_000)
  assert.equal(part.text?.length, 100_000)
})

test('of a long text no more is passed on as a possible command than shows that it is none', async () => {
  const whole = await opened(plainMail({ from, to, text: `embargod acme\n${'take C-1\n'.repeat(150_000)}` }))
  const read = ({ authored: { kind, text } }: OpenedMail) => {
    assert.equal(kind, 'unsigned')
    return readCommandMail(text?.open() ?? '', 'fixed', ['take'])
  }
  const lighter = passedOn(whole, 10_000_000)
  assert.equal(lighter.authored.text?.length, 1_100_000)
  assert.match(JSON.stringify(read(lighter)), /the text is longer than/)
  assert.deepEqual(read(lighter), read(whole))
})
