// What an admin is shown of a stranger's mail: our facts and commands on top, and nothing of theirs that
// could pass for ours.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ParsedMail, simpleParser } from 'mailparser'
import { compose, payloadOf } from '../../src/compose/compose.ts'
import type { Attached } from '../../src/model/case.ts'
import type { OpenedMail } from '../../src/model/mail.ts'
import type { Content } from '../../src/model/order.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import { type CaseId, inboundId, instant, parseSha256, UNROUTED } from '../../src/model/scalars.ts'
import {
  ALICES_KEY,
  address,
  alice,
  CASE,
  caseWith,
  contextWith,
  mailWith,
  orderOf,
  parsed,
  part,
  textPart,
} from './given.ts'
import { everyOrder } from './orders.ts'

type Report = Extract<Content, { kind: 'report' }>

const newReport = (mail: OpenedMail, changes: Partial<Report> = {}): Report => ({
  kind: 'report',
  what: 'new',
  theCase: caseWith(),
  mail,
  inside: 'own',
  unanswered: undefined,
  ...changes,
})

async function read(content: Report, theCase: CaseId | undefined = CASE): Promise<ParsedMail> {
  const draft = compose(orderOf(content, { case: theCase }), contextWith())
  return simpleParser(Buffer.from(payloadOf(draft, 'encrypted')))
}

/** Our part and theirs: the seam is the line of ours that speaks of the bar. */
async function halves(content: Report): Promise<readonly [ours: string, theirs: string]> {
  const { text = '' } = await read(content)
  const seam = text.indexOf('What follows is not ours.')
  assert.ok(seam > 0)
  return [text.slice(0, seam), text.slice(seam)]
}

const MARKER = '--- embargod: write above this line ---'
const key = { fingerprint: ALICES_KEY, certificate: Buffer.of(1), keyIds: [] }
const good = {
  kind: 'good',
  signature: { primary: ALICES_KEY, created: instant(0), hashValue: 'ab' },
} as const

test('the marker is the first line, the facts follow', async () => {
  const [ours] = await halves(newReport(mailWith([textPart('x')])))
  assert.equal(ours.split('\n')[0], MARKER)
  assert.match(ours, /^New report C-482107 for Harbor Light\.$/m)
  assert.match(ours, /^Received: Thu 10 Dec 2026, 00:30 Europe\/Berlin/m)
  assert.match(ours, /^From: alice@reporters\.example/m)
  assert.match(ours, /^Protection: none, it came in clear$/m)
  assert.match(ours, /^Signature: not signed$/m)
  assert.match(ours, /By Tue 15 Dec 2026, 00:30 Europe\/Berlin/)
})

test('each command is offered as a link that opens the whole mail, and as the same text', async () => {
  const [ours] = await halves(newReport(mailWith([textPart('x')])))
  const links = [...ours.matchAll(/^ {4}(embargod harbor\n(?:(?: {4}.*)?\n)+)<(mailto:[^>\s]+)>$/gm)]
  const bodies = links.map(([, text = '', link = '']) => {
    const url = new URL(link)
    assert.equal(decodeURIComponent(url.pathname), 'security+cmd@harbor.example')
    const body = url.searchParams.get('body') ?? ''
    assert.doesNotMatch(body, /[^\r]\n/)
    assert.equal(body.replace(/\r\n/g, '\n'), text.replace(/^ {4}/gm, ''))
    return body.split('\r\n')[1]
  })
  assert.deepEqual(bodies, [
    'take C-482107',
    'accept C-482107',
    'reject C-482107 <<',
    'reply C-482107 clear=yes <<',
    'spam C-482107',
    'note C-482107 <<',
    'show C-482107',
  ])
})

test('an answer is offered encrypted where there is a key, and never in clear to what came encrypted', async () => {
  const mail = mailWith([textPart('x', { encrypted: true })], { encryption: 'encrypted' })
  const [keyed] = await halves(
    newReport(mail, { theCase: caseWith({ protection: 'encrypted', reporter: { address: alice, key } }) }),
  )
  assert.match(keyed, /^ {4}reply C-482107 <<$/m)
  assert.match(keyed, /^Answers: to alice@reporters\.example, encrypted to\n {2}A11CE/m)
  const [keyless] = await halves(newReport(mail, { theCase: caseWith({ protection: 'encrypted' }) }))
  assert.doesNotMatch(keyless, /reply C-/)
})

for (const [why, words] of [
  ['machine', /because a machine seems to have written\s+this/],
  ['no-author', /because there is no single\s+address/],
  ['restored', /older than\s+the\s+restore\s+from\s+a\s+backup/],
  ['capped', /as many today as\s+the limits allow/],
] as const)
  test(`a report without acknowledgement says why: ${why}`, async () => {
    const [ours] = await halves(newReport(mailWith([textPart('x')]), { unanswered: why }))
    assert.match(ours, words)
  })

for (const [encryption, words] of [
  ['encrypted', 'encrypted to us'],
  ['partly', 'partly encrypted; each part below says how it came'],
  ['undecryptable', 'encrypted, but it could not be decrypted: to another key, or'],
] as const)
  test(`the facts say how it was protected: ${encryption}`, async () => {
    const [ours] = await halves(newReport(mailWith([textPart('x')], { encryption })))
    assert.ok(ours.includes(`Protection: ${words}`))
  })

test('a signature is told with its key, and whether it is the key of the case', async () => {
  const mail = mailWith([textPart('x', { signature: good })], { author: good.signature })
  const [known] = await halves(newReport(mail, { theCase: caseWith({ reporter: { address: alice, key } }) }))
  assert.match(known.replace(/\s+/g, ' '), /Signature: signed by key A11CEA11[0-9A-F]+, the key of this case/)
  const [unknown] = await halves(newReport(mail))
  assert.doesNotMatch(unknown, /the key of this case/)
})

test('a signature that does not hold is told as such', async () => {
  const refused = { kind: 'refused', fault: 'bad', claimed: ALICES_KEY } as const
  const authored = { kind: 'misshapen', fault: 'partly-signed', text: undefined, signature: refused } as const
  const [ours, theirs] = await halves(
    newReport(mailWith([textPart('x', { signature: refused })], { authored })),
  )
  assert.match(ours, /^Signature: signature not accepted: does not match the words$/m)
  assert.match(theirs, /^Not encrypted, signature not accepted: does not match the words\.$/m)
})

test('a mail from several authors is shown as one', async () => {
  const mail = mailWith([textPart('x')])
  const header = { ...mail.header, authors: [alice, address('bob@team.example')] }
  const [ours] = await halves(newReport({ ...mail, header }))
  assert.match(ours, /^From: 2 addresses, alice@reporters\.example, bob@team\.example/m)
})

test('a follow-up names who it is from', async () => {
  const thread = [{ inbound: parsed(caseWith().thread[0]).inbound, at: instant(0), from: 'other' }] as const
  const [ours] = await halves(
    newReport(mailWith([textPart('x')]), { what: 'follow-up', theCase: caseWith({ thread }) }),
  )
  assert.match(ours, /^New mail in C-482107, Harbor Light, from another sender\.$/m)
})

test('mail at the distributors address offers no command', async () => {
  const content = newReport(mailWith([textPart('x')]), { what: 'list-mail', theCase: undefined })
  const [ours] = await halves(content)
  assert.match(ours, /distributors address of Harbor Light/)
  assert.doesNotMatch(ours, /mailto:/)
})

test('a case of no known project says so', async () => {
  const content = newReport(mailWith([textPart('x')]), { theCase: caseWith({ project: UNROUTED }) })
  const draft = compose(orderOf(content, { project: UNROUTED }), contextWith())
  const { text = '' } = await simpleParser(Buffer.from(payloadOf(draft, 'encrypted')))
  assert.match(text, /^New report C-482107 for a project not known yet\.$/m)
})

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

test('a mail that could not be read at all still makes a report', async () => {
  const [, theirs] = await halves(newReport(mailWith([], { encryption: 'undecryptable' })))
  assert.match(theirs, /There is nothing in it that could be read\./)
})

test('an insider reads who may adopt, and nowhere who the reporter is', async () => {
  const { content } = parsed(everyOrder['said'])
  assert.equal(content.kind, 'report')
  const [ours, theirs] = await halves({ ...content, reader: 'insider' })
  assert.match(ours, /Each counts only when an admin adopts it:/)
  assert.match(theirs, /^The mail, as it came:$/m)
  assert.doesNotMatch(ours + theirs, /alice@reporters\.example/)
})
