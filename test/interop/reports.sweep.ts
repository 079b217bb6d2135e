// Reports in every shape that real programs send: each opens a case of the right protection, is shown to the
// admins with what is known of each part, and is never called more than it was (product.md §5, threats.md B10).
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import { Line } from '../support/line.ts'
import { until } from '../support/workspace.ts'
import { missing, PROGRAMS } from './report-programs.ts'
import { CHARSETS, REPORTS } from './report-shapes.ts'
import type { ReportShape, Writer } from './shape-writing.ts'

const skip = missingGnuPG()

const protections = {
  none: 'none, it came in clear',
  encrypted: 'encrypted to us',
  partly: 'partly encrypted; each part below says how it came',
  undecryptable: 'encrypted, but it could not be decrypted: to another key, or damaged',
}
const states = {
  'encrypted, signed': 'Encrypted to us, signed by key [0-9A-F]{40}\\.',
  encrypted:
    'Encrypted to us, (?:not signed|signature not accepted: made by a key we do not know|signed by key [0-9A-F]{40})\\.',
  'clear, signed': 'Not encrypted, signed by key [0-9A-F]{40}\\.',
  clear: 'Not encrypted, not signed\\.',
  'signed in the text':
    'Not encrypted, not signed\\. The words between its PGP lines: signed by key [0-9A-F]{40}\\. That is no authority here\\.',
}

async function shows(line: Line, shape: ReportShape, writer: Writer, position: number): Promise<void> {
  const words = `words-${position} of the hole`
  const before = new Set(line.instance.store.allCases({ limit: 1_000 }).map(({ id }) => id))
  const taken = await line.take(await shape.write(words, writer))
  assert.equal(taken.outcome, shape.outcome ?? 'report')
  const opened = line.instance.store.allCases({ limit: 1_000 }).find(({ id }) => !before.has(id))
  assert.equal(opened?.protection, shape.protection === 'none' ? 'clear' : 'encrypted')
  const read = await line.lastMailTo(line.alice)
  const text = read.text.replace(/\s+/g, ' ')
  assert.ok(text.includes(` Protection: ${protections[shape.protection]} `), text.slice(0, 1_000))
  // Called signed as a whole only if every text of it was.
  const isSigned = shape.state?.endsWith('signed') === true
  // From their second report on the reporter's key is known.
  if (isSigned) assert.match(text, / Signature: signed by key /)
  if (shape.state === undefined) assert.ok(!text.includes(words))
  else if (shape.state.startsWith('file ')) {
    const file = read.attachments.find(({ fileName }) => `file ${fileName}` === shape.state)
    assert.ok(file?.content.includes(words))
  } else {
    const state = states[shape.state as keyof typeof states]
    assert.match(
      text,
      new RegExp(
        `${state}(?: Of the HTML[^|]*)?(?: \\|[^|]*)*? \\|[^|]*${words}|Subject inside: ${words} ${state}`,
      ),
    )
  }
  // Every line of theirs stands behind a bar.
  for (const row of read.text.split('\n').filter(one => one.includes(words))) assert.match(row, /^\| /)
}

async function arrange(t: TestContext): Promise<{ readonly line: Line; readonly writer: Writer }> {
  const line = await Line.make(t)
  const reporter = await until(t, GnuPG.create('Riya', 'riya@research.example'))
  const stranger = await until(t, GnuPG.create('Sam', 'sam@research.example'))
  const ourCertificate = await line.publicKey('mail')
  await reporter.importKey(ourCertificate)
  return { line, writer: { reporter, stranger, ourKey: await line.fingerprintOf('mail'), ourCertificate } }
}

test('a report in any shape opens a case with the right protection', { skip }, async t => {
  const { line, writer } = await arrange(t)
  let position = 0
  for (const shape of REPORTS) {
    position += 1
    await t.test(shape.name, () => shows(line, shape, writer, position))
  }
  for (const shape of PROGRAMS) {
    position += 1
    await t.test(shape.name, { skip: missing(shape) }, () => shows(line, shape, writer, position))
  }
  for (const { label, words, mail } of CHARSETS)
    await t.test(`a text in ${label} is read`, async () => {
      assert.equal((await line.take(mail(writer))).outcome, 'report')
      const { text } = await line.lastMailTo(line.alice)
      assert.ok(text.includes(`\n| ${words}`), text.slice(-200))
    })
  await t.test('a ciphertext that somebody else has forwarded is marked', async () => {
    const shape = REPORTS.find(({ name }) => name.includes('inside a mail that was forwarded'))
    assert.ok(shape)
    await line.take(await shape.write('again', writer))
    const { text } = await line.lastMailTo(line.alice)
    assert.match(text.replace(/\s+/g, ' '), /embedded in foreign mail; inside it says riya@research\.example/)
  })
})
