// A stranger's words in the mail to an admin: behind the bar, in parts of their own, and nothing of them in our voice.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simpleParser } from 'mailparser'
import { compose, payloadOf } from '../../src/compose/compose.ts'
import type { Attached } from '../../src/model/case.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import { inboundId, instant, parseSha256 } from '../../src/model/scalars.ts'
import { ALICES_KEY, caseWith, contextWith, mailWith, orderOf, parsed, part, textPart } from './given.ts'
import { good, halves, MARKER, newReport, read } from './reports.ts'

const hostile = [
  MARKER,
  'embargod harbor',
  'accept C-482107',
  'Protection: encrypted to us',
  '\r--- a lone carriage return',
  'a line separator\u2028embargod harbor',
  'next line\u0085embargod harbor',
  '\u202Erobrah dogrebme\u202C',
  '\u001b[2J\u001b[1;1HSignature: signed by key',
  'zero\u200Bwidth and tag\u{E0041}',
  `${'x '.repeat(60)}embargod harbor`,
  `${'y'.repeat(2_000)}`,
  '火'.repeat(100),
].join('\n')

test('every line of the stranger stands behind the bar, however it is written', async () => {
  const mail = mailWith([textPart(hostile)])
  const subject = plaintext(`Hi\r\n${MARKER}\r\nembargod harbor`)
  const content = newReport({ ...mail, header: { ...mail.header, subject } })
  const [, theirs] = await halves(content)
  const unbarred = theirs
    .split(/[\r\n\u0085\u2028\u2029\v\f]/)
    .filter(line => line !== '' && !/^\|( |$)/.test(line))
  assert.deepEqual(unbarred, [
    'What follows is not ours. Each line begins with a bar; hidden characters',
    'are written as <U+…>. Open the files with care.',
    'The mail of alice@reporters.example, as it came:',
    'Not encrypted, not signed. Exactly as it came: the file message.txt.',
  ])
  assert.doesNotMatch(theirs, /[\u202a-\u202e\u2066-\u2069\u001b\u200b\u{e0041}]/u)
  for (const shown of ['<U+202E>', '<U+001B>', '<U+200B>', '<U+E0041>', '<U+2028>'])
    assert.ok(theirs.includes(shown), shown)
  for (const line of theirs.split('\n')) assert.ok(line.length <= 72, line)
})

test('what was changed for showing goes along as it came; what was not, does not', async () => {
  const { attachments } = await read(newReport(mailWith([textPart(hostile)])))
  assert.deepEqual(
    attachments.map(file => [file.filename, file.content.toString()]),
    [['message.txt', hostile]],
  )
  assert.equal((await read(newReport(mailWith([textPart('short\n\nand plain')])))).attachments.length, 0)
})

test('the stranger’s words are parts of their own', async () => {
  const draft = compose(
    orderOf(newReport(mailWith([textPart('one'), textPart('two', { encrypted: true })]))),
    contextWith(),
  )
  const texts = draft.leaves.filter(leaf => leaf.kind === 'text')
  assert.equal(texts.length, 3)
  assert.ok(!parsed(texts[0]).text.includes('| '))
  assert.match(parsed(texts[2]).text, /^Encrypted to us, not signed\.\n\n\| two\n$/)
})

test('files are octet for octet, without type or path of the sender', async () => {
  const octets = Buffer.from([0, 255, 10, 13, 46, 10])
  const names = ['../../etc/passwd', 'C:\\x\\a b;"c".diff', '.bashrc', '/', '報告.pdf', 'passwd']
  const files = names.map(name =>
    part({ mediaType: 'text/x-patch', disposition: 'attachment', fileName: plaintext(name), octets }),
  )
  const draft = compose(orderOf(newReport(mailWith([textPart('x'), ...files]))), contextWith())
  const payload = Buffer.from(payloadOf(draft, 'encrypted'))
  assert.equal(payload.toString('latin1').match(/^Content-Type: application\/octet-stream/gm)?.length, 6)
  const { attachments } = await simpleParser(payload)
  assert.deepEqual(
    attachments.map(file => file.filename),
    ['passwd', 'a_b_c.diff', 'attachment.bashrc', 'attachment', 'attachment.pdf', 'passwd-2'],
  )
  for (const file of attachments) assert.deepEqual(file.content, octets)
})

test('a mail of nothing but HTML is shown as words, with the original as a file', async () => {
  const html =
    '<html><head><title>T</title><style>p{}</style></head><p>Hello &lt;you&gt;<br>there</p><script>x()</script>'
  const content = newReport(mailWith([textPart(html, { mediaType: 'text/html' })]))
  const [, theirs] = await halves(content)
  assert.match(theirs, /^\| Hello <you>\n\| there$/m)
  assert.doesNotMatch(theirs, /x\(\)|p\{\}/)
  const { attachments } = await read(content)
  assert.deepEqual(
    attachments.map(file => [file.filename, file.content.toString()]),
    [['message.html', html]],
  )
})

test('HTML beside plain text is a file only', async () => {
  const parts = [textPart('plain'), textPart('<b>rich</b>', { mediaType: 'text/html' })]
  const [, theirs] = await halves(newReport(mailWith(parts)))
  assert.doesNotMatch(theirs, /rich/)
})

test('a long text is cut with its size told, and goes along whole', async () => {
  const long = 'line of text\n'.repeat(10_000)
  const content = newReport(mailWith([textPart(long)]))
  const [, theirs] = await halves(content)
  assert.match(theirs.replace(/\s+/g, ' '), /first 100000 of 130000 characters/)
  assert.equal((await read(content)).attachments[0]?.size, long.length)
})

test('a mail that could not be read at all still makes a report', async () => {
  const [, theirs] = await halves(newReport(mailWith([], { encryption: 'undecryptable' })))
  assert.match(theirs, /There is nothing in it that could be read\./)
})

test('a signature within the text is told beside the text, and never as the one of the mail', async () => {
  for (const [cleartextSignature, said] of [
    [{ verdict: good, around: 'nothing' }, `signed by key ${ALICES_KEY}. That is no authority here.`],
    [
      { verdict: { kind: 'refused', fault: 'bad', claimed: undefined }, around: 'words' },
      'signature not accepted: does not match the words, and what stands around them is not signed.',
    ],
  ] as const) {
    const [ours, theirs] = await halves(newReport(mailWith([textPart('x', { cleartextSignature })])))
    assert.match(ours, /^Signature: only written into the text; see there$/m)
    const told = theirs.replace(/\s+/g, ' ')
    assert.ok(told.includes(`Not encrypted, not signed. The words between its PGP lines: ${said}`), told)
  }
})

test('a file that was left out is told with its size and how to get it, a forwarded mail as a whole', async () => {
  const file = part({ fileName: plaintext('core.bin'), octets: Buffer.alloc(0), leftOut: 12_345_678 })
  const shown = async (came: { readonly attached?: Attached } = {}) => {
    const thread = [{ inbound: inboundId(17), at: instant(0), from: 'reporter', ...came } as const]
    const content = newReport(mailWith([textPart('x'), file]), { theCase: caseWith({ thread }) })
    assert.equal((await read(content)).attachments.length, 0)
    return (await halves(content))[1]
  }
  const command = (sha256: string) => `embargod inbound show 17 --part ${sha256.slice(0, 16)} --reveal > FILE`
  const alone = await shown()
  assert.match(alone, /core\.bin, 12345678 octets/)
  assert.ok(alone.includes(command(file.sha256)), alone)
  const sha256 = parsed(parseSha256('cd'.repeat(32)))
  assert.ok((await shown({ attached: { sha256, identity: sha256 } })).includes(command(sha256)))
  const toList = newReport(mailWith([textPart('x'), file]), {
    what: 'list-mail',
    theCase: undefined,
    inbound: inboundId(17),
  })
  assert.ok((await halves(toList))[1].includes(command(file.sha256)))
  const [, toMaintainer] = await halves(newReport(mailWith([textPart('x'), file]), { reader: 'insider' }))
  assert.match(
    toMaintainer.replace(/\s+/g, ' '),
    /core\.bin, 12345678 octets, .* Please ask the team for it\./,
  )
  assert.doesNotMatch(toMaintainer, /inbound show/)
})
