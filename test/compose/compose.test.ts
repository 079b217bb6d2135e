// What stands in the header of our mail, outside and inside, for every kind.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AddressObject, simpleParser } from 'mailparser'
import { compose, type Draft, encryptedMail, payloadOf, signedMail } from '../../src/compose/compose.ts'
import type { Content } from '../../src/model/order.ts'
import { plaintext } from '../../src/model/plaintext.ts'
import { UNROUTED } from '../../src/model/scalars.ts'
import { fieldOf } from '../support/outgoing.ts'
import {
  address,
  alice,
  at,
  contextWith,
  handling,
  mailWith,
  notice,
  orderOf,
  PROJECT,
  parsed,
  policy,
  RECEIVED,
  settings,
  textPart,
} from './given.ts'
import { everyOrder } from './orders.ts'

const ARMOR = '-----BEGIN PGP MESSAGE-----\n\nwcBMA0\n-----END PGP MESSAGE-----\n'

const draftOf = (name: string): Draft => compose(parsed(everyOrder[name]), contextWith())

const inEncryption = (draft: Draft): Buffer => Buffer.from(encryptedMail(draft, Buffer.from(ARMOR)))

/** As it would leave: encrypted where its order says so. */
function outgoing(name: string): Buffer {
  const draft = draftOf(name)
  if (parsed(everyOrder[name]).encryptTo.kind !== 'nobody') return inEncryption(draft)
  return Buffer.from(signedMail(draft, payloadOf(draft, 'clear'), ARMOR, 'pgp-sha512'))
}

async function header(octets: Uint8Array): Promise<readonly (readonly [string, string])[]> {
  const { headerLines } = await simpleParser(Buffer.from(octets))
  return headerLines.map(({ key, line }) => [
    key,
    line
      .slice(line.indexOf(':') + 1)
      .replace(/\r\n/g, '')
      .trim(),
  ])
}

const names = Object.keys(everyOrder)

test('every kind is 7-bit with CRLF and short lines, inside and outside', () => {
  for (const name of names) {
    const order = parsed(everyOrder[name])
    const inside = payloadOf(draftOf(name), order.encryptTo.kind === 'nobody' ? 'clear' : 'encrypted')
    for (const octets of [outgoing(name), Buffer.from(inside)]) {
      const text = octets.toString('latin1')
      assert.match(text, /^[\t\r\n\x20-\x7e]*$/, name)
      assert.doesNotMatch(text, /[^\r]\n|\r[^\n]/, name)
      for (const line of text.split('\r\n')) {
        assert.ok(line.length <= 76, `${name}: ${line}`)
        assert.doesNotMatch(line, /^From |^\.| $/, name)
      }
    }
  }
})

test('every kind names one recipient, one author, a date and an id, and no list, copy or receipt', async () => {
  for (const name of names) {
    const fields = await header(outgoing(name))
    const once = ['from', 'to', 'reply-to', 'subject', 'date', 'message-id', 'autocrypt', 'mime-version']
    for (const field of once)
      assert.equal(fields.filter(([key]) => key === field).length, 1, `${name} ${field}`)
    assert.equal(fieldOf(fields, 'to'), parsed(everyOrder[name]).to)
    const known = [
      ...once,
      'in-reply-to',
      'references',
      'auto-submitted',
      'x-auto-response-suppress',
      'content-type',
    ]
    assert.deepEqual(
      fields.filter(([key]) => !known.includes(key)),
      [],
      name,
    )
  }
})

const SECURITY = 'security@harbor.example'
const COMMAND = 'security+cmd@harbor.example'
const APPLICATION_ADDRESS = 'security+a.771234.abcdefghijklmnop@harbor.example'
const CASE_ADDRESS = 'security+c.482107.abcdefghijklmnop@harbor.example'

const replyTo: Readonly<Record<string, string>> = {
  acknowledgement: CASE_ADDRESS,
  reply: CASE_ADDRESS,
  'request-key': CASE_ADDRESS,
  'news-bare': CASE_ADDRESS,
  'news-rejected': SECURITY,
  application: COMMAND,
  'application-answer': APPLICATION_ADDRESS,
  'application-which': SECURITY,
  'application-circulated': COMMAND,
  'application-complete': COMMAND,
  'application-declined': APPLICATION_ADDRESS,
  'application-standing': APPLICATION_ADDRESS,
  'member-welcome': COMMAND,
  report: COMMAND,
  'follow-up': COMMAND,
  transcript: COMMAND,
  alert: COMMAND,
  change: COMMAND,
  'help-admin': COMMAND,
  'help-anyone': SECURITY,
  refusal: SECURITY,
  key: SECURITY,
  notice: SECURITY,
  'answer-wanted': COMMAND,
  'roll-up': COMMAND,
  feedback: COMMAND,
  'users-notice': SECURITY,
  'users-notice-text': COMMAND,
  'share-request-team': COMMAND,
  'share-granted': COMMAND,
  contribution: COMMAND,
  leak: COMMAND,
  'leak-thanks': SECURITY,
  strike: COMMAND,
  'challenge-implied': APPLICATION_ADDRESS,
  'challenge-key': COMMAND,
  'reacceptance-asked': COMMAND,
}

for (const [name, expected] of Object.entries(replyTo))
  test(`an answer to ${name} goes to ${expected}`, async () => {
    assert.equal(fieldOf(await header(outgoing(name)), 'reply-to'), expected)
  })

test('without separator an answer of a reporter goes to the security address', async () => {
  const separator = { ...settings, addresses: { ...settings.addresses, separator: 'none' as const } }
  const draft = compose(parsed(everyOrder['reply']), contextWith({ settings: separator }))
  assert.equal(fieldOf(await header(inEncryption(draft)), 'reply-to'), SECURITY)
})

const PERSONAL = [
  'reply',
  'request-key',
  'request-private',
  'news-rejected',
  'news-dropped',
  'notice',
  'notice-planned',
  'users-notice',
  'application-declined',
  'member-welcome',
  ...['share-request-team', 'share-request-list', 'share-granted', 'share-denied-team'],
  ...['share-denied-member', 'contribution', 'strike', 'feedback', 'feedback-insider'],
  ...['post', 'post-named', 'post-team', 'post-reporter', 'post-list', 'post-gone'],
  ...['embargo-over', 'embargo-over-public'],
]

for (const name of names) {
  const personal = PERSONAL.includes(name)
  const what = personal ? 'is a person speaking: nothing marks it automatic' : 'tells machines not to answer'
  test(`${name} ${what}`, async () => {
    const fields = await header(outgoing(name))
    const submitted = fieldOf(fields, 'auto-submitted') ?? 'none'
    assert.match(submitted, personal ? /^none$/ : /^auto-(replied|generated)$/)
    assert.equal(fieldOf(fields, 'x-auto-response-suppress'), personal ? undefined : 'All')
  })
}

const FROM_LIST =
  /^(?:notice|challenge-|reacceptance-|member-welcome|application-(?:answer|key-fault|reminded|lapsed|circulated|standing|declined))/

test('mail to members and applicants comes from the distributors address, all else from the security address, both by name', async () => {
  for (const name of names) {
    const isOfList = name.startsWith('notice') || everyOrder[name]?.from === 'list'
    const [field] = (await header(outgoing(name))).filter(([key]) => key === 'from')
    const list = 'Harbor Light Distributors <distributors@harbor.example>'
    const { content } = parsed(everyOrder[name])
    const isList =
      isOfList || FROM_LIST.test(name) || (content.kind === 'membership' && content.reader !== 'admin')
    assert.equal(field?.[1], isList ? list : 'Harbor Light Security <security@harbor.example>')
    assert.equal(draftOf(name).from, isList ? 'distributors@harbor.example' : SECURITY)
  }
})

test('mail about no known project bears the name of the default profile', async () => {
  const order = orderOf({ kind: 'help', role: 'admin' }, { project: UNROUTED })
  const draft = compose(
    order,
    contextWith({ settings: { ...settings, defaultPolicy: { ...policy, displayName: 'Whole Team' } } }),
  )
  assert.equal(
    fieldOf(await header(inEncryption(draft)), 'from'),
    'Whole Team Security <security@harbor.example>',
  )
})

test('a project name that is no plain phrase arrives as it is written', async () => {
  for (const displayName of [
    'Käse & Söhne — 火山, a project with a name that is far longer than a line',
    'A "quoted" name, Inc.',
  ]) {
    const projects = [
      { name: PROJECT, policy: { ...policy, displayName }, distributors: undefined, maintainers: [] },
    ]
    const draft = compose(parsed(everyOrder['alert']), contextWith({ settings: { ...settings, projects } }))
    const { from } = await simpleParser(inEncryption(draft))
    assert.equal((from as AddressObject).value[0]?.name, `${displayName} Security`)
    assert.equal((from as AddressObject).value[0]?.address, SECURITY)
  }
})

test('a name with a line break does not reach the header', () => {
  const projects = [
    {
      name: PROJECT,
      policy: { ...policy, displayName: 'A\r\nBcc: eve@evil.example' },
      distributors: undefined,
      maintainers: [],
    },
  ]
  const draft = compose(parsed(everyOrder['alert']), contextWith({ settings: { ...settings, projects } }))
  assert.doesNotMatch(inEncryption(draft).toString('latin1'), /^Bcc:/m)
})

test('the subject outside an encryption is constant but for an id, the true one stands inside', async () => {
  for (const name of names) {
    if (parsed(everyOrder[name]).encryptTo.kind === 'nobody') continue
    const draft = draftOf(name)
    assert.match(
      fieldOf(await header(inEncryption(draft)), 'subject') ?? '',
      /^\[\.\.\.\]( [ACN]-[0-9]{6})?$/,
    )
    const inside = await header(payloadOf(draft, 'encrypted'))
    const subject = fieldOf(inside, 'subject') ?? ''
    assert.doesNotMatch(subject, /^$|\[\.\.\.\]/)
    assert.ok(!inEncryption(draft).toString('latin1').includes(subject))
  }
})

test('a payload to encrypt says what the outside shows of each of its fields (RFC 9788)', async () => {
  for (const name of ['report', 'notice', 'news-rejected']) {
    const draft = draftOf(name)
    const outside = await header(inEncryption(draft))
    const inside = await header(payloadOf(draft, 'encrypted'))
    assert.match(fieldOf(inside, 'content-type') ?? '', /; hp="cipher"/)
    const shown = inside.filter(([key]) => key === 'hp-outer').map(([, value]) => value)
    const own = inside.filter(([key]) => !key.startsWith('content-') && key !== 'hp-outer')
    assert.ok(own.length >= 4)
    assert.equal(shown.length, own.length)
    for (const value of shown) {
      const [field = '', ...rest] = value.split(': ')
      assert.equal(fieldOf(outside, field), rest.join(': '), `${name} ${field}`)
    }
  }
})

test('a payload in clear repeats the outer fields and hides none', async () => {
  const draft = draftOf('reply')
  const payload = await header(payloadOf(draft, 'clear'))
  const outside = await header(outgoing('reply'))
  assert.match(fieldOf(payload, 'content-type') ?? '', /; hp="clear"/)
  assert.equal(fieldOf(payload, 'hp-outer'), undefined)
  assert.equal(fieldOf(payload, 'subject'), fieldOf(outside, 'subject'))
  assert.equal(fieldOf(payload, 'to'), alice)
})

test('reports, transcripts, changes and notices are never made in clear', () => {
  for (const name of ['report', 'follow-up', 'list-mail', 'transcript', 'change', 'notice'])
    assert.throws(() => payloadOf(draftOf(name), 'clear'), name)
})

test('the copies of a notice share a payload that names no member, and nothing random outside is shared', async () => {
  const [first, second] = ['carol@distro.example', 'dave@other.example'].map(member =>
    compose(
      orderOf({ kind: 'notice', notice, handling }, { to: address(member), notice: notice.id }),
      contextWith(),
    ),
  )
  const payload = Buffer.from(payloadOf(parsed(first), 'encrypted'))
  for (const inner of ['To', 'Message-ID'])
    assert.doesNotMatch(payload.toString('latin1'), new RegExp(`^(HP-Outer: )?${inner}:`, 'm'))
  assert.doesNotMatch(payload.toString('latin1'), /carol|dave/)
  const [a, b] = [await header(inEncryption(parsed(first))), await header(inEncryption(parsed(second)))]
  for (const field of ['to', 'message-id', 'content-type'])
    assert.notEqual(fieldOf(a, field), fieldOf(b, field))
  assert.equal(fieldOf(b, 'subject'), fieldOf(a, 'subject'))
})

test('a notice that is prepared ahead bears the date at which it leaves', async () => {
  assert.equal(fieldOf(await header(outgoing('notice')), 'date'), 'Wed, 16 Dec 2026 16:00:00 +0000')
  const late = compose(parsed(everyOrder['notice']), contextWith({ now: at('2026-12-16T16:00:07Z') }))
  assert.equal(fieldOf(await header(inEncryption(late)), 'date'), 'Wed, 16 Dec 2026 16:00:07 +0000')
})

test('only the recipient’s own message is referred to', async () => {
  const fields = await header(outgoing('acknowledgement'))
  assert.equal(fieldOf(fields, 'in-reply-to'), '<report-1@reporters.example>')
  assert.equal(fieldOf(fields, 'references'), '<report-1@reporters.example>')
  assert.equal(fieldOf(await header(outgoing('report')), 'references'), undefined)
})

test('Autocrypt carries the key of the sending address whole (Autocrypt Level 1 §2.1)', async () => {
  const value = fieldOf(await header(outgoing('alert')), 'autocrypt') ?? ''
  const attributes = new Map(value.split(';').map(one => one.trim().split(/=(.*)/s) as [string, string]))
  assert.equal(attributes.get('addr'), SECURITY)
  assert.equal(attributes.get('prefer-encrypt'), 'mutual')
  assert.equal(
    attributes.get('keydata')?.replace(/\s/g, ''),
    contextWith().key(settings.addresses.security).autocrypt,
  )
})

test('nothing a stranger wrote stands outside the encryption of the report to an admin', () => {
  const canary = 'KRAKEN-CANARY-77'
  const mail = mailWith([textPart(canary, { fileName: plaintext(`${canary}.txt`) })], {
    protectedSubject: plaintext(canary),
  })
  const content: Content = {
    kind: 'report',
    what: 'list-mail',
    theCase: undefined,
    mail,
    inside: 'own',
    unanswered: undefined,
  }
  const draft = compose(orderOf(content, { case: undefined }), contextWith())
  assert.ok(Buffer.from(payloadOf(draft, 'encrypted')).includes(canary))
  assert.ok(!inEncryption(draft).includes(canary))
})

test('a boundary token that could be guessed is a fault', () => {
  assert.throws(() => compose(parsed(everyOrder['key']), contextWith({ boundaries: () => 'x' })))
})

test('a letter to a reporter without a case is a fault', () => {
  assert.throws(() =>
    compose(orderOf({ kind: 'acknowledgement', receivedAt: RECEIVED }, { case: undefined }), contextWith()),
  )
})
