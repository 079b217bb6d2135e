// C15, C20, D11, D12: whom we answer, that members are answered like strangers, and what a terminal is shown.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { simpleParser } from 'mailparser'
import { missingGnuPG } from '../support/gpg.ts'
import type { Line } from '../support/line.ts'
import { plainMail } from '../support/mail.ts'
import { cli } from '../support/verbs.ts'
import { sharedLine } from './shared-line.ts'
import { ADMINS, COMMAND, fieldPutAbove, LIST, SECURITY } from './support.ts'

describe('C and D: answers', { skip: missingGnuPG() }, () => {
  let line: Line
  let count = 0
  before(async () => {
    line = await sharedLine()
  })

  const stranger = () => `lou@answers${++count}.example`
  const sentBy = async (octets: Buffer) => {
    const before = line.sent.length
    const taken = await line.take(octets)
    return { ...taken, sent: line.sent.slice(before) }
  }
  /** Without the number and the address that are drawn for each request. */
  const words = async (octets: Buffer) =>
    (await simpleParser(octets)).text
      ?.replace(/A-[0-9]{6}/g, 'A-…')
      .replace(/a\.[0-9]{6}\.[a-z2-7]{16}/g, 'a.…')
      .replace(/\s+/g, ' ')

  for (const [name, to, text] of [
    ['a command', COMMAND, 'embargod acme\nlist\n'],
    ['a vouch', COMMAND, 'embargod acme\nvouch A-771204 for=0000 <<\nyes\n.\n'],
    ['a mail to the list', LIST, 'I vouch for them.\n'],
    ['an application', LIST, 'May we join?\n'],
  ] as const)
    test(`C15 ${name}, unsigned, is answered the same to a member's address and to a stranger's`, async () => {
      const answers = []
      // Whoever had the one line of the day has had it in both places.
      for (const from of ['lou@answers.example', line.mallory.address]) {
        const { outcome, sent } = await sentBy(plainMail({ from, to, subject: 'x', text }))
        const mine = sent.filter(one => one.to === from)
        answers.push([outcome, await Promise.all(mine.map(one => words(one.octets)))])
      }
      assert.deepEqual(answers[0], answers[1])
    })

  test('C20 what a terminal would obey in a subject is written out', async () => {
    const hostile = '\u001b]52;c;YQ==\u0007 \u001b[2J \u202eevil\u2066 \u009b31m'
    await line.take(plainMail({ from: stranger(), to: SECURITY, subject: hostile, text: `${hostile}\n` }))
    const id = String(line.instance.store.allCases({ limit: 1 })[0]?.id)
    for (const args of [
      ['case', 'show', id, '--reveal'],
      ['case', 'show', id, '--reveal', '--json'],
    ]) {
      const { code, out } = await cli('--config', join(line.folder, 'embargod.yaml'), ...args)
      assert.equal(code, 0)
      assert.match(out, /evil/, args.join(' '))
      assert.doesNotMatch(out, /(?!\n)[\p{Cc}\u202a-\u202e\u2066-\u2069]/u, args.join(' '))
    }
  })

  test('D11 an answer to the acknowledgement joins its case, is shown, and not acknowledged again', async () => {
    const person = stranger()
    const [acknowledgement] = (
      await sentBy(plainMail({ from: person, to: SECURITY, subject: 'x', text: 'Bug.\n' }))
    ).sent
    const { messageId = '', replyTo } = await simpleParser(acknowledgement?.octets ?? '')
    const cases = () => line.instance.store.allCases({ limit: 100_000 }).length
    const before = cases()
    const back = [replyTo].flat()[0]?.value[0]?.address ?? ''
    for (const [to, headers] of [
      [SECURITY, [['In-Reply-To', messageId]]],
      [back, []],
    ] as const) {
      const { outcome, sent } = await sentBy(
        plainMail({ from: person, to, subject: 'Re: x', text: 'Thanks, and more.\n', headers }),
      )
      assert.equal(outcome, 'follow-up')
      assert.deepEqual(sent.map(one => one.to).sort(), [...ADMINS].sort())
      assert.match((await line.lastMailTo(line.alice)).text, /^\| Thanks, and more\.$/m)
    }
    assert.equal(cases(), before)
  })

  test('D12 the one address of From is answered, and no other that a mail names', async () => {
    const person = stranger()
    const many = Array.from({ length: 50 }, (_, i) => `r${i}@crowd.example`).join(', ')
    const octets = plainMail({
      from: person,
      to: SECURITY,
      subject: 'x',
      text: 'Bug.\n',
      headers: [
        ['Reply-To', many],
        ['Sender', 'sender@crowd.example'],
        ['Resent-From', 'resent@crowd.example'],
      ],
    })
    const { sent } = await sentBy(fieldPutAbove(octets, 'Return-Path', '<path@crowd.example>'))
    assert.deepEqual(sent.map(({ to }) => to).sort(), [...ADMINS, person].sort())
  })

  for (const from of [
    'a@crowd.example, b@crowd.example',
    'undisclosed-recipients:;',
    '<@relay.example:a@crowd.example>',
    '"a b"@crowd.example',
    'a@[192.0.2.1]',
  ])
    test(`D12 From: ${from} is answered to nobody`, async () => {
      const { outcome, sent } = await sentBy(plainMail({ from, to: SECURITY, subject: 'x', text: 'Bug.\n' }))
      assert.equal(outcome, 'report-noack')
      assert.deepEqual(sent.map(({ to }) => to).sort(), [...ADMINS].sort())
    })
})
