import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { plaintext } from '../../src/model/plaintext.ts'
import { later, type MessageId } from '../../src/model/scalars.ts'
import { DAY } from '../../src/model/time.ts'
import {
  caseId,
  decision,
  digest,
  fingerprint,
  imported,
  messageId,
  NOW,
  newStore,
  note,
  noticeId,
  opened,
  outgoing,
  receive,
  reply,
  scheduled,
  settle,
} from './support.ts'

/** A word as it would look in the file if it were there: raw, base64 at every alignment, hex, UTF-16. */
function looks(word: string): readonly Buffer[] {
  const base64 = [0, 1, 2].map(shift => {
    const encoded = Buffer.from('\0'.repeat(shift) + word).toString('base64')
    return Buffer.from(encoded.slice(shift === 0 ? 0 : 4, -4))
  })
  return [
    Buffer.from(word),
    ...base64,
    Buffer.from(Buffer.from(word).toString('hex')),
    Buffer.from(word, 'utf16le'),
  ]
}

test('nothing that people wrote is readable in database, log or mark', async t => {
  const { store, directory } = await newStore(t)
  const planted: string[] = []
  const canary = () => {
    const word = `canary${randomBytes(16).toString('hex')}`
    planted.push(word)
    return word
  }
  const inbound = receive(store)
  const octets = Buffer.from(`--- a\n+++ b\n${canary()}`)
  const attachment = {
    fileName: plaintext(canary()),
    mediaType: 'text/x-patch',
    sha256: digest(octets),
    octets,
  }
  const { token: planToken, ...words } = { token: canary(), text: plaintext(canary()) }
  const foreignId: MessageId = messageId(canary())
  settle(store, [opened(caseId(1), inbound, canary())], {
    inbound,
    messageId: foreignId,
    contentSha256: digest('b'),
    answer: plaintext(canary()),
    outgoing: [
      reply(canary()),
      outgoing({ kind: 'reply', text: plaintext(canary()) }, {}, { kind: 'held', why: 'no-certificate' }),
    ],
    decision: decision([opened(caseId(1), inbound, canary())], {
      files: [attachment],
      plan: {
        kind: 'issued',
        plan: {
          ...words,
          token: planToken,
          layout: 'fixed',
          issuer: fingerprint(1),
          attachments: [attachment],
          expiresAt: later(NOW, DAY),
          revisions: {},
          audience: [],
          noticeIds: [],
          confirmations: [],
        },
      },
    }),
  })
  settle(store, [note(caseId(1), canary())])
  settle(store, [imported(1, { organisation: plaintext(canary()), name: plaintext(canary()) })])
  settle(store, [scheduled(noticeId(1), caseId(1), NOW, canary())])

  const found = () =>
    readdirSync(directory).flatMap(file => {
      const octets = readFileSync(join(directory, file))
      return planted.flatMap((word, i) =>
        looks(word).some(look => octets.includes(look)) ? [`${i} in ${file}`] : [],
      )
    })
  // What is there in clear is found: the search itself works.
  planted.push('security+b.')
  assert.notDeepEqual(found(), [])
  planted.pop()
  assert.deepEqual(found(), [], 'while open, with its log')
  store.close()
  assert.deepEqual(found(), [], 'closed')
})
