// C01: what stands in the outer header of our mail must not tell what it is about.
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { ENCRYPTED_KINDS, type EveryKind, KINDS, type Kind } from '../support/every-kind.ts'
import { fieldOf } from '../support/outgoing.ts'

/** The true subject of each kind that may go in clear; all others leave it inside. */
const IN_CLEAR: Readonly<Partial<Record<Kind, RegExp>>> = {
  'application-answer': /^Your request A-[0-9]{6}$/,
  'application-declined': /^Your request to join A-[0-9]{6}$/,
  'application-standing': /^Your request A-[0-9]{6} is still under review$/,
  'application-which': /^Which list do you want to join\?$/,
  acknowledgement: /^Your report C-[0-9]{6} has arrived$/,
  'acknowledgement-list': /^Your other reports have arrived$/,
  news: /^News of your report C-[0-9]{6}$/,
  request: /^A question about your report C-[0-9]{6}$/,
  reply: /^Your report C-[0-9]{6}$/,
  refusal: /^Your mail changed nothing$/,
  help: /^How to write to us$/,
  key: /^Our public key$/,
  'leak-thanks': /^Thank you for telling us$/,
  'users-notice': /^A security fix for Velero is planned$/,
}

export async function subjectOutside(t: TestContext, { mails }: EveryKind): Promise<void> {
  assert.deepEqual([...new Set(mails.map(mail => mail.kind))].sort(), [...KINDS].sort())

  await t.test('an encrypted mail shows a placeholder, and its subject only inside (RFC 9788)', () => {
    const encrypted = mails.filter(mail => mail.read.wasEncrypted)
    assert.deepEqual([...new Set(encrypted.map(mail => mail.kind))].sort(), [...ENCRYPTED_KINDS].sort())
    for (const { kind, read } of encrypted) {
      assert.match(read.outerSubject ?? '', /^\[\.\.\.\](?: [CN]-[0-9]{6})?$/, kind)
      assert.notEqual(read.innerSubject, read.outerSubject, kind)
      const shown = read.innerHeaders.filter(([name]) => name === 'hp-outer').map(([, value]) => value)
      assert.ok(shown.includes(`Subject: ${read.outerSubject}`), `${kind}: ${shown.join('; ')}`)
    }
  })

  await t.test('a mail in clear has one of fourteen constant subjects', () => {
    const clear = mails.filter(mail => !mail.read.wasEncrypted)
    assert.deepEqual([...new Set(clear.map(mail => mail.kind))].sort(), Object.keys(IN_CLEAR).sort())
    for (const { kind, read } of clear) {
      assert.match(read.outerSubject ?? '', IN_CLEAR[kind] ?? /^$/, kind)
      assert.equal(read.innerSubject, read.outerSubject, kind)
    }
  })

  await t.test('no other field outside depends on what a mail says', () => {
    const names = new Set(mails.flatMap(({ read }) => read.outerHeaders.map(([name]) => name)))
    const expected = [
      'from',
      'reply-to',
      'subject',
      'date',
      'to',
      'message-id',
      'mime-version',
      'content-type',
    ]
    const sometimes = ['in-reply-to', 'references', 'auto-submitted', 'x-auto-response-suppress', 'autocrypt']
    assert.deepEqual([...names].sort(), [...expected, ...sometimes].sort())
    for (const { kind, read } of mails)
      assert.match(
        fieldOf(read.outerHeaders, 'content-type') ?? '',
        /^multipart\/(?:encrypted|signed); [ -~]*boundary="=_[a-z2-7]{24}"$/,
        kind,
      )
  })
}
