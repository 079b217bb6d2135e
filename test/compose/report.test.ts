// What an admin is shown of a stranger's mail: our facts and commands on top, and nothing of theirs that
// could pass for ours.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simpleParser } from 'mailparser'
import { compose, payloadOf } from '../../src/compose/compose.ts'
import type { Case } from '../../src/model/case.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import { inboundId, instant, UNROUTED } from '../../src/model/scalars.ts'
import {
  ALICES_KEY,
  address,
  alice,
  caseWith,
  contextWith,
  mailWith,
  orderOf,
  parsed,
  part,
  textPart,
} from './given.ts'
import { everyOrder } from './orders.ts'
import { good, halves, key, MARKER, newReport, type Report, read } from './reports.ts'

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

test('an insider reads who may adopt, and nowhere who the reporter is', async () => {
  const { content } = parsed(everyOrder['said'])
  assert.equal(content.kind, 'report')
  const [ours, theirs] = await halves({ ...content, reader: 'insider' })
  assert.match(ours, /Each counts only when an admin adopts it:/)
  assert.match(theirs, /^The mail, as it came:$/m)
  assert.doesNotMatch(ours + theirs, /alice@reporters\.example/)
})

test('a follow-up that says that it is public alarms, in the list of mails, too; the next one does not', async () => {
  const claim = { inbound: inboundId(1), at: instant(0), from: 'other', claims: 'public' } as const
  const followUp = (changes: Partial<Case>, reader: Report['reader'] = 'admin') =>
    newReport(mailWith([textPart('x')]), { what: 'follow-up', theCase: caseWith(changes), reader })
  const [ours] = await halves(followUp({ thread: [claim] }))
  assert.match(ours, /^ALARM: it seems to say that this is public already\. If it is, say where,$/m)
  assert.match(ours, /^ {4}public C-482107 url=$/m)
  assert.match((await read(followUp({ thread: [claim] }))).subject ?? '', /: new mail, said to be PUBLIC$/)
  const [theirs] = await halves(followUp({ thread: [claim] }, 'insider'))
  assert.match(theirs, /^ALARM: .*\. The admins are$/m)
  const after = followUp({ thread: [claim, { inbound: inboundId(2), at: instant(0), from: 'other' }] })
  assert.doesNotMatch((await halves(after))[0], /ALARM/)
  assert.match((await read(after)).subject ?? '', /: new mail$/)
})

test('what Outlook packed into winmail.dat is said to be there, with the answer that asks for it otherwise', async () => {
  const packed = part({
    octets: Buffer.from('789f3e22', 'hex'),
    mediaType: 'application/ms-tnef',
    disposition: 'attachment',
    fileName: plaintext('winmail.dat'),
  })
  const [alone] = await halves(newReport(mailWith([packed])))
  assert.match(
    unfilled(alone),
    /All of it is packed into winmail\.dat by Outlook\. .* ask for it as plain text\./,
  )
  assert.match(alone, /^ {4}reply C-482107 clear=yes <<\n {4}Hello,\n\n {4}your mail program packed/m)
  const [beside] = await halves(newReport(mailWith([textPart('Hello.'), packed])))
  assert.match(unfilled(beside), /Something of it, perhaps its files, is packed/)
  const secret = { theCase: caseWith({ protection: 'encrypted' }) } as const
  for (const changes of [{ reader: 'insider' }, { what: 'follow-up', writer: 'erin' }, secret] as const) {
    const [ours] = await halves(newReport(mailWith([packed]), changes))
    assert.match(ours, /winmail\.dat/)
    assert.doesNotMatch(ours, /your mail program packed/)
  }
  assert.doesNotMatch((await halves(newReport(mailWith([textPart('x')]))))[0], /winmail/)
})

const unfilled = (text: string): string => text.replace(/\s+/g, ' ')
