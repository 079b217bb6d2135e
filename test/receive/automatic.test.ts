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
  lists: [address('security@lists.project.org')],
  spamHeader: { name: 'X-Spam-Flag', value: 'yes' },
  returnPathRecorded: 'no',
}

/** Nothing is opened or verified in these mails. */
const withoutKeys: OpenPgp<never> = {
  openMessage: async () => ({ ok: false, error: 'undecryptable' }),
  verifyDetached: async () => ({ kind: 'refused', fault: 'unknown-key', claimed: undefined }),
  inspect: async () => ({ certificates: [], refused: [] }),
}

async function kind(header: string, firstText = 'Hello, I found a hole in your parser.'): Promise<string> {
  const split = splitEntity(wire(`${header}\n\n`))
  assert.ok(split.ok)
  const { fields, mediaType } = split.value
  return automaticKind(
    await mailHeader(fields, settings.lists),
    { mediaType, childTypes: [], firstText },
    settings,
  )
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
    [
      'is a postmaster and speaks of ports and versions',
      'From: Postmaster <postmaster@example.org>\nSubject: Hole in 5.1.1',
      'Version 5.1.1 answers 500 - internal error on port 443 when /503 is asked for.',
    ],
    [
      'is a postmaster and answers a bounce',
      'From: postmaster@example.org\nSubject: AW: Undelivered Mail Returned to Sender',
      'Your report of 10 May was not delivered, 550 5.7.1, since our filter took it. It is repaired.',
    ],
    [
      'writes of answering machines',
      'From: ann@example.org\nSubject: Automatic replies leak the calendar',
      'Out of office notices carry the whole calendar.',
    ],
    [
      'reports what a scanner found',
      'From: ann@example.org\nSubject: Scan result',
      'This is an automated scan of your project, checked by hand.',
    ],
  ]
  for (const [name, header, text] of likeBounce)
    test(`who ${name} stays human`, async () => assert.equal(await kind(header, text), 'human'))

  test('who passes a delivery report on as an attachment stays human', async () => {
    const attached =
      'Content-Type: message/delivery-status\nContent-Disposition: attachment\n\nAction: failed\n'
    const mail = `${person}\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nWhat is this?\n--b\n${attached}--b--\n`
    const opened = await openMail(wire(mail), withoutKeys, [], settings, now)
    assert.equal(opened.ok && opened.value.machine, 'human')
  })

  test('of a mail system’s office who speaks of delivery is not answered, but seen', async () => {
    const from = 'From: postmaster@example.org\nSubject: Your mails'
    assert.equal(await kind(from, 'Many of them could not be delivered since Monday.'), 'automatic')
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
    'X-Precedence: bulk',
    'X-FC-MachineGenerated: true',
    'X-POST-MessageClass: 9; Autoresponder',
    'Delivered-To: Autoresponder',
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
    'noreply-dmarc-support@x.org',
    'jira.no-reply+4821@x.org',
    'auto-reply@x.org',
    'bounces+4821@x.org',
  ])
    test(`is known by its address ${author}`, async () =>
      assert.equal(await kind(`From: ${author}\nSubject: s`), 'automatic'))

  for (const subject of [
    'Auto reply: A hole',
    'Out of office',
    'Automatic reply: x',
    'Abwesenheitsnotiz: x',
    '自动回复：x',
    'Out of Office AutoReply: A hole',
    '[Auto-Reply] A hole',
    'Réponse automatique : A hole',
    'Autosvar: A hole',
    'Report Domain: project.org Submitter: x.org Report-ID: <1>',
  ])
    test(`is known by its subject ${subject}`, async () => {
      const word = `=?utf-8?b?${Buffer.from(subject).toString('base64')}?=`
      assert.equal(await kind(`From: ann@example.org\nSubject: ${word}`), 'automatic')
    })

  test('is known by the null return path, and by a missing one where every mail has one', async () => {
    assert.equal(await kind('From: ann@example.org\nReturn-Path: <>\nSubject: s'), 'automatic')
    const bare = wire('From: ann@example.org\nSubject: s\n\nx\n')
    for (const [returnPathRecorded, expected] of [
      ['no', 'human'],
      ['yes', 'automatic'],
    ] as const) {
      const opened = await openMail(bare, withoutKeys, [], { ...settings, returnPathRecorded }, now)
      assert.equal(opened.ok && opened.value.machine, expected)
    }
  })

  for (const words of [
    'This is an automated response. We have received your request.',
    'Dies ist eine automatische Antwort.',
    'This message was automatically generated by the help desk.',
  ])
    test(`is known by its first words ${words}`, async () =>
      assert.equal(await kind('From: help@x.org\nSubject: [#4821] A hole', words), 'automatic'))

  test('that reports on delivery is a bounce, by type, sender or words of a mail system', async () => {
    assert.equal(await kind(`${person}\nContent-Type: multipart/report; report-type=x; boundary=b`), 'bounce')
    assert.equal(await kind('From: Mail Delivery System <MAILER-DAEMON@x.org>\nSubject: s'), 'bounce')
    assert.equal(await kind('From: postmaster@x.org\nSubject: Undeliverable: A hole'), 'bounce')
    assert.equal(
      await kind('From: postmaster@x.org\nSubject: s', 'It could not be delivered: 550 5.1.1 no such user'),
      'bounce',
    )
    assert.equal(await kind('From: "Mail Delivery Service" <x@x.org>\nSubject: s', 'mailbox full'), 'bounce')
    assert.equal(
      await kind('From: x@x.org\nReturn-Path: <>\nSubject: =?utf-8?b?W3hdIOmFjeS/oeS4jeiDvQ==?='),
      'bounce',
    )
    assert.equal(await kind(`${person}\nX-Failed-Recipients: a@b.org`), 'bounce')
  })
})

const corpus = new URL('../../../shared/corpora/machine-mail/', import.meta.url)
const noCorpus = !existsSync(corpus) && 'put the corpora beside the project: ../shared/corpora'
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
