import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { type AutomaticSettings, automaticKind } from '../../src/receive/automatic.ts'
import type { OpenPgp } from '../../src/receive/offered.ts'
import { openMail } from '../../src/receive/open.ts'
import { mailHeader } from '../../src/receive/parse.ts'
import { splitEntity } from '../../src/receive/structure.ts'
import { address, nothingConfigured, now, wire } from './opening.ts'

const settings: AutomaticSettings = {
  ownAddresses: [address('security@project.org')],
  lists: ['security@lists.project.org'],
  spamHeader: { name: 'X-Spam-Flag', value: 'yes' },
}

async function kind(header: string, firstText = 'Hello, I found a hole in your parser.'): Promise<string> {
  const split = splitEntity(wire(`${header}\n\n`))
  assert.ok(split.ok)
  const { fields, mediaType } = split.value
  return automaticKind(await mailHeader(fields), { mediaType, childTypes: [], firstText }, settings)
}

const person = 'From: Ann <ann@example.org>\nReturn-Path: <ann@example.org>\nSubject: A hole'

describe('a person', () => {
  test('who simply writes is human', async () => assert.equal(await kind(person), 'human'))

  const likeBounce: readonly (readonly [string, string, string])[] = [
    [
      'asks whether a report got lost',
      'From: ann@example.org\nSubject: Undelivered: my report got lost?',
      'I got "550 5.1.1 user unknown" when I wrote to you, it could not be delivered.',
    ],
    [
      'forwards a bounce',
      'From: ann@example.org\nSubject: Fwd: Undelivered Mail Returned to Sender',
      'This is the mail system at host mx.example.org. Your message could not be delivered.',
    ],
    [
      'answers a bounce',
      'From: ann@example.org\nSubject: Re: Delivery Status Notification (Failure)',
      'Why was my mail not delivered?',
    ],
    [
      'reports a hole in bounce handling',
      'From: ann@example.org\nSubject: Mail delivery failed notices leak addresses',
      'A permanent error 5.1.1 shows the address.',
    ],
    [
      'is a postmaster',
      'From: postmaster@example.org\nSubject: Your server is an open relay',
      'Hello, your relay accepts mail from anyone.',
    ],
    [
      'reports a hole in out-of-office replies',
      'From: ann@example.org\nSubject: Out of office messages allow XSS',
      'Hi',
    ],
    ['sends Auto-Submitted: no', `${person}\nAuto-Submitted: no`, 'Hi'],
  ]
  for (const [name, header, text] of likeBounce)
    test(`who ${name} stays human`, async () => assert.equal(await kind(header, text), 'human'))

  test('behind a configured list is human, whatever the list adds', async () => {
    const list =
      'From: "Ann via security" <security@lists.project.org>\nX-Original-From: Ann <ann@example.org>\n' +
      'List-ID: Security <security.lists.project.org>\nList-Post: <mailto:security@lists.project.org>\nPrecedence: list'
    assert.equal(await kind(list), 'human')
  })
})

describe('a machine', () => {
  const automatic = [
    'Auto-Submitted: auto-replied',
    'auto-submitted: AUTO-GENERATED; owner="x"',
    'Auto-Submitted: (vacation) auto-replied',
    'Auto-Submitted:\n auto-notified',
    'Auto-Submitted: no\nAuto-Submitted: auto-replied',
    'Precedence: Bulk',
    'Precedence: auto_reply',
    'List-Id: <other.lists.org>',
    'List-Unsubscribe: <mailto:x@y.org>',
    'X-Autoreply: yes',
    'X-Autorespond: y',
    'X-Auto-Response-Suppress: DR, AutoReply',
    'X-Loop: security@project.org',
    'Feedback-ID: 1:2:3',
    'X-Spam-Flag: YES',
  ]
  for (const field of automatic)
    test(`is known by ${JSON.stringify(field)}`, async () =>
      assert.equal(await kind(`${person}\n${field}`), 'automatic'))

  for (const author of [
    'noreply@x.org',
    'no-reply@x.org',
    'owner-list@x.org',
    'list-request@x.org',
    'security@project.org',
  ])
    test(`is known by its address ${author}`, async () =>
      assert.equal(await kind(`From: ${author}\nSubject: s`), 'automatic'))

  for (const subject of [
    'Auto reply: A hole',
    'Out of office',
    'Automatic reply: x',
    'Abwesenheitsnotiz: x',
    '自动回复：x',
  ])
    test(`is known by its subject ${subject}`, async () => {
      const word = `=?utf-8?b?${Buffer.from(subject).toString('base64')}?=`
      assert.equal(await kind(`From: ann@example.org\nSubject: ${word}`), 'automatic')
    })

  test('is known by the null return path, but not by a missing one', async () => {
    assert.equal(await kind('From: ann@example.org\nReturn-Path: <>\nSubject: s'), 'automatic')
    assert.equal(await kind('From: ann@example.org\nSubject: s'), 'human')
  })

  test('that reports on delivery is a bounce, by type, sender or words of a mail system', async () => {
    assert.equal(await kind(`${person}\nContent-Type: multipart/report; report-type=x; boundary=b`), 'bounce')
    assert.equal(await kind('From: Mail Delivery System <MAILER-DAEMON@x.org>\nSubject: s'), 'bounce')
    assert.equal(await kind('From: postmaster@x.org\nSubject: Undeliverable: A hole'), 'bounce')
    assert.equal(
      await kind('From: postmaster@x.org\nSubject: s', 'The mail could not be delivered.'),
      'bounce',
    )
    assert.equal(await kind(`${person}\nX-Failed-Recipients: a@b.org`), 'bounce')
  })
})

const corpus = new URL('../../../shared/corpora/machine-mail/', import.meta.url)
const noCorpus = !existsSync(corpus) && 'put the corpora beside the project: ../shared/corpora'
/** Nothing is opened or verified in these mails. */
const withoutKeys: OpenPgp<never> = {
  openMessage: async () => ({ ok: false, error: 'undecryptable' }),
  verifyDetached: async () => ({ kind: 'refused', fault: 'unknown-key', claimed: undefined }),
  inspect: async () => [],
}

test('at least 98 of 100 machine mails of many systems are told from people', {
  skip: noCorpus,
}, async () => {
  const taken: string[] = []
  const names = readdirSync(corpus).filter(name => name.endsWith('.eml'))
  for (const name of names) {
    const opened = await openMail(
      readFileSync(new URL(name, corpus)),
      withoutKeys,
      [],
      nothingConfigured,
      now,
    )
    if (!opened.ok || opened.value.machine === 'human') taken.push(name)
  }
  assert.ok(names.length > 300)
  assert.ok(taken.length <= names.length * 0.02, taken.join(' '))
})
