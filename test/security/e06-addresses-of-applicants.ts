// Threats E06, E07, E16: addresses and names that pass for somebody else's, in requests to join. In the test's own
// process, on the instance that all of them share.
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { missingGnuPG } from '../support/gpg.ts'
import type { Line } from '../support/line.ts'
import { plainMail } from '../support/mail.ts'
import { sharedLine } from './shared-line.ts'
import { LIST } from './support.ts'

describe('E06, E07, E16: who seems to apply', { skip: missingGnuPG() }, () => {
  let line: Line
  before(async () => {
    line = await sharedLine()
  })

  const applies = async (from: string, text = 'May we join?\n') => {
    const sent = line.sent.length
    const taken = await line.take(plainMail({ from, to: LIST, subject: 'x', text }))
    const others = line.sent.slice(sent).filter(({ to }) => !to.endsWith('@team.example'))
    return { ...taken, answered: others.map(({ to }) => to), shown: (await line.lastMailTo(line.alice)).text }
  }
  const waiting = () => line.rows(`SELECT id FROM applications WHERE state = 'open'`).length

  for (const from of [
    'lou@e06.example.',
    '"lou"@e06.example',
    '"lou smith"@e06.example',
    'lou(comment)@e06.example',
    '<@relay.example:lou@e06.example>',
    'lou@[192.0.2.7]',
    'lou＠e06.example',
    'lou@e06。example',
    'løu@e06.example',
    'lou@ｅ06.example',
    'l\u200bou@e06.example',
    'lou@e06.example, ann@e06.example',
    'lou\u0000@e06.example',
  ])
    test(`E06 ${JSON.stringify(from)} opens nothing under another address, and an admin sees the mail`, async () => {
      const before = new Set(line.rows('SELECT mailbox FROM applications').map(({ mailbox }) => mailbox))
      const { outcome, answered, shown } = await applies(from)
      assert.equal(outcome, 'application')
      const opened = line
        .rows('SELECT mailbox FROM applications')
        .filter(({ mailbox }) => !before.has(mailbox))
      // Comments are no part of an address (RFC 5322 §3.4.1), and quotes around a plain one say the same.
      for (const { mailbox } of opened) assert.equal(mailbox, 'lou@e06.example')
      assert.deepEqual(
        answered,
        opened.map(({ mailbox }) => mailbox),
      )
      assert.match(shown, /^\| May we join\?$/m)
    })

  test('E06 an A-label is answered as it is written, and its letters are told to admins', async () => {
    const { answered, shown } = await applies('sec@xn--pple-43d.example')
    assert.deepEqual(answered, ['sec@xn--pple-43d.example'])
    assert.match(shown.replace(/\s+/g, ' '), /letters beyond ASCII: xn--pple-43d stands for U\+0430\./)
  })

  for (const [from, words] of [
    ['mallory@rnember.example', /The address looks like that of M-[0-9]{6}, and is another\./],
    ['ma11ory@member.example', /The address looks like that of M-[0-9]{6}, and is another\./],
    ['mallory+x@member.example', /The address reaches the mailbox of M-[0-9]{6}\./],
    ['MALLORY@MEMBER.example', /The address reaches the mailbox of M-[0-9]{6}\./],
    ['mal.lory@member.example', /The address looks like that of M-[0-9]{6}, and is another\./],
    ['alice@tearn.example', /The address looks like that of alice, and is another\./],
  ] as const)
    test(`E06, E07 ${from} is told to admins as like one that they know`, async () => {
      const { shown } = await applies(from)
      assert.match(shown.replace(/\s+/g, ' '), words)
    })

  test('E07 a mailbox has one request, however its address is written, and is answered as it was first', async () => {
    await applies('Vera@E07.example')
    const before = waiting()
    for (const from of ['vera@e07.EXAMPLE', 'vera+list@e07.example'])
      assert.deepEqual((await applies(from, 'apply\n')).answered, ['Vera@e07.example'])
    assert.equal(waiting(), before)
  })

  test('E16 a display name stands nowhere in what we say, nor in place of the address', async () => {
    const { shown } = await applies('"alice (approved by alice@team.example)" <eve@e16.example>')
    const [ours = ''] = shown.split('What follows is not ours')
    assert.doesNotMatch(ours, /approved/)
    assert.match(ours, /^Applicant: eve@e16\.example$/m)
  })
})
