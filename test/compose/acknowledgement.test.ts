// The acknowledgement says what was promised and repeats nothing of what it answers.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simpleParser } from 'mailparser'
import { compose, payloadOf } from '../../src/compose/compose.ts'
import type { MailOrder } from '../../src/model/order.ts'
import type { Policy } from '../../src/model/policy.ts'
import { type CaseId, type Instant, parseCaseId, parseMessageId } from '../../src/model/scalars.ts'
import {
  address,
  at,
  CASE,
  contextWith,
  OUR_KEY,
  PROJECT,
  parsed,
  policy,
  RECEIVED,
  settings,
} from './given.ts'
import { everyOrder } from './orders.ts'

const boundaries = () => 'aaaaaaaaaaaaaaaaaaaa'

function acknowledgement(theCase: CaseId, receivedAt: Instant, changes: Partial<MailOrder> = {}): string {
  const order = {
    ...parsed(everyOrder['acknowledgement']),
    case: theCase,
    ...changes,
    content: { kind: 'acknowledgement', receivedAt },
  } as const
  return Buffer.from(payloadOf(compose(order, contextWith({ boundaries })), 'clear')).toString('latin1')
}

async function read(with_: Policy = policy): Promise<string> {
  const projects = [{ name: PROJECT, policy: with_, distributors: undefined, maintainers: [] }]
  const draft = compose(
    parsed(everyOrder['acknowledgement']),
    contextWith({ settings: { ...settings, projects } }),
  )
  const { text = '' } = await simpleParser(Buffer.from(payloadOf(draft, 'clear')))
  return text
}

const unwrapped = (text: string): string => text.replace(/\s+/g, ' ')

test('to whoever and whatever it answers, the body is the same', () => {
  const body = (mail: string) => mail.slice(mail.indexOf('\r\n\r\n'))
  const plain = acknowledgement(CASE, RECEIVED)
  const other = acknowledgement(CASE, RECEIVED, {
    to: address('mallory@evil.example'),
    inReplyTo: parseMessageId('<accept-all@evil.example>'),
  })
  assert.equal(body(other), body(plain))
})

test('two cases received at once differ in nothing but the case number', () => {
  const first = acknowledgement(CASE, RECEIVED)
  const second = acknowledgement(parsed(parseCaseId('C-000001')), RECEIVED)
  const blank = (mail: string) => mail.replace(/482107|000001/g, '######').replace(/<mail[0-9]+@/g, '<mail@')
  assert.notEqual(second, first)
  assert.equal(blank(second), blank(first))
})

test('each clock is told with its instant in the policy’s zone and in UTC, a promise and an aim apart', async () => {
  const text = unwrapped(await read())
  assert.ok(
    text.includes(
      'By Mon 14 Dec 2026, 15:30 America/Los_Angeles (23:30 UTC), we start a conversation with you.',
    ),
  )
  assert.ok(
    text.includes(
      'Our aim, not a promise: by Wed 16 Dec 2026, 15:30 America/Los_Angeles (23:30 UTC), we have a fix.',
    ),
  )
})

test('a local time on another day than UTC gives both days', async () => {
  const calendar = { ...policy.calendar, zone: 'Asia/Shanghai' }
  const text = unwrapped(await read({ ...policy, calendar }))
  assert.ok(text.includes('By Tue 15 Dec 2026, 07:30 Asia/Shanghai (Mon 14 Dec 2026, 23:30 UTC), we'), text)
})

test('a named time is never later than the one we keep', () => {
  const mail = acknowledgement(CASE, at('2026-12-09T23:30:59.999Z'))
  const text = mail.slice(mail.indexOf('\r\n\r\n'))
  assert.match(text, /23:30\s+UTC/)
  assert.doesNotMatch(text, /23:31/)
})

test('it asks for all the policy asks for, and tells how to go on', async () => {
  const text = unwrapped(await read())
  for (const wanted of policy.intake.proposedContent) assert.ok(text.includes(wanted.text), wanted.text)
  for (const told of [
    'its number is C-482107',
    'Wed 30 Dec 2026, 15:30 America/Los_Angeles',
    'If your mail was encrypted to another key, we cannot read it. Please send it again',
    'Attach your own public key, outside the encryption. Without it we can answer only in clear.',
    'Please open no public issue about it.',
    'https://bugs.example/harbor-light/new',
    'just answer this mail',
    'Harbor Light Security Team',
  ])
    assert.ok(text.includes(told), told)
  assert.equal(text.replace(/\s/g, '').split(OUR_KEY).length, 2, 'our fingerprint')
})

test('whoever it is encrypted to is not asked for a key that we have, and all else is the same', () => {
  const body = (mail: string) => unwrapped(mail.slice(mail.indexOf('\r\n\r\n')))
  const clear = body(acknowledgement(CASE, RECEIVED))
  const secret = body(
    acknowledgement(CASE, RECEIVED, { encryptTo: { kind: 'offered', certificate: Buffer.of(1) } }),
  )
  const asked = 'Attach your own public key, outside the encryption. Without it we can answer only in clear.'
  const known =
    'This mail is encrypted to the key that came with yours. If you want answers under another key, attach that one.'
  assert.ok(clear.includes(asked) && !clear.includes(known))
  assert.equal(secret, clear.replace(asked, known))
})

test('our public key goes along under its fingerprint', async () => {
  const draft = compose(parsed(everyOrder['acknowledgement']), contextWith())
  const { attachments } = await simpleParser(Buffer.from(payloadOf(draft, 'clear')))
  assert.equal(attachments.length, 1)
  assert.equal(attachments[0]?.contentType, 'application/pgp-keys')
  assert.equal(attachments[0]?.filename, `openpgp-${OUR_KEY.toLowerCase()}.asc`)
  assert.match(attachments[0]?.content.toString('latin1') ?? '', /^-----BEGIN PGP PUBLIC KEY BLOCK-----/)
})

test('a policy without clocks, content or tracker leaves no gap', async () => {
  const bare: Policy = {
    ...policy,
    clocks: [],
    intake: { proposedContent: [], outOfScope: [], share: 'by-hand' },
    links: { tracker: undefined, advisories: undefined, policy: undefined },
  }
  const text = await read(bare)
  assert.doesNotMatch(text, /What happens next|What helps us|undefined|\n\n\n\n/)
})

test('a date of publication is named only where it is known when the report arrives', async () => {
  const { embargo } = policy
  for (const other of [{ maximum: undefined }, { start: 'accepted' } as const]) {
    const text = await read({ ...policy, embargo: { ...embargo, ...other } })
    assert.doesNotMatch(text, /publish it by/)
    assert.match(text, /^Please open no public issue about it\.$/m)
  }
})

test('its lines are short enough for a phone', async () => {
  for (const line of (await read()).split('\n')) assert.ok(line.length <= 72, line)
})

test('what was due before anybody opened the report is promised to nobody', async () => {
  const clocks = /By [^*]* we start a conversation/
  const told = async (now: Instant) => {
    const draft = compose(parsed(everyOrder['acknowledgement']), contextWith({ now }))
    return unwrapped((await simpleParser(Buffer.from(payloadOf(draft, 'clear')))).text ?? '')
  }
  assert.match(await told(RECEIVED), clocks)
  assert.doesNotMatch(await told(at('2027-02-01T00:00Z')), /What happens next|By [A-Z]|at the latest/)
})
