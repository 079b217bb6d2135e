// Dot-stuffing of our own: what a server gets is the mail, however its octets come in pieces.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dotStuffed } from '../../src/deliver/data.ts'

const LF = 0x0a
const latin1 = (octets: Uint8Array) => Buffer.from(octets).toString('latin1')

/** As a server undoes it, which takes CRLF, CR or LF for the end of a line. */
const undone = (text: string) => text.replace(/(^|[\r\n])\./g, '$1')

const mails = [
  '',
  '.',
  '..\r\n',
  '.a\r\n..\r\n.\r\nb.c\r\n...d\r\n',
  'a\r\n\r\n.\r\n.\r\nMAIL FROM:<e@example.net>\r\n',
  'bare\n.\nand\r.\rmore\r\n',
]

test('H13 no line of a mail begins with a single dot, wherever it is cut', () => {
  for (const mail of mails)
    for (let cut = 0; cut <= mail.length; cut += 1) {
      const [head, tail] = [Buffer.from(mail.slice(0, cut)), Buffer.from(mail.slice(cut))]
      const stuffed = latin1(dotStuffed(head, LF)) + latin1(dotStuffed(tail, head.at(-1) ?? LF))
      assert.doesNotMatch(stuffed, /(?:^|[\r\n])\.(?:[^.]|$)/)
      assert.equal(undone(stuffed), mail)
    }
})

test('what has no such line is handed on as it is', () => {
  const octets = Buffer.from('a.b\r\nc\r\n')
  assert.equal(dotStuffed(octets, LF), octets)
})
