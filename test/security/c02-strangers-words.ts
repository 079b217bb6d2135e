// C02: our automatic answers must not carry what a stranger wrote, to the stranger or to anybody whose address
// a stranger put into From.
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { findCanary } from '../support/canary.ts'
import { type EveryKind, type Kind, PASSED_ON, type SentMail } from '../support/every-kind.ts'
import { STRANGERS_WORDS } from '../support/every-words.ts'
import { fieldOf } from '../support/outgoing.ts'

const WORDS = Object.values(STRANGERS_WORDS)
/** These answer no mail: a token follows from whatever brought the key, the others from what somebody decides. */
const OF_THEMSELVES: readonly Kind[] = [
  'challenge',
  'application-standing',
  'application-declined',
  'member-welcome',
  'reacceptance',
]

/** Says the same of a mail whatever its case, key and minute are. */
const constantPart = ({ read }: SentMail): string =>
  read.text
    .replace(/C-[0-9]{6}/g, 'C-…')
    .replace(/\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\s+[0-9]{1,2}\s\w{3}\s[0-9]{4},\s[0-9]{2}:[0-9]{2}/g, 'when')
    .replace(/\s+/g, ' ')

export async function strangersWords(
  t: TestContext,
  { mails, messageIds, contacts }: EveryKind,
): Promise<void> {
  const members = contacts.map(({ address }) => address)
  const toAdmins = mails.filter(mail => mail.to.endsWith('@team.example'))
  const toOthers = mails.filter(mail => !toAdmins.includes(mail))
  const answers = toOthers.filter(({ kind }) => kind !== 'notice' && kind !== 'users-notice')

  await t.test('the words did come in: the admins read each of them', () => {
    const shown = toAdmins.filter(({ kind }) =>
      [
        ...['report', 'follow-up', 'list-mail', 'application', 'application-review'],
        ...['share-request', 'contribution', 'feedback', 'leak'],
      ].includes(kind),
    )
    const read = Buffer.concat(shown.map(({ read: { entity } }) => entity))
    const found = new Set(findCanary(WORDS, read).map(({ needle }) => needle))
    // The command was no report, and names and references prove nothing.
    const { command, displayName, reference, ...told } = STRANGERS_WORDS
    assert.deepEqual([...found].sort(), Object.values(told).sort())
  })

  const constant = [
    'acknowledgement',
    'acknowledgement-list',
    'application-answer',
    'application-which',
    'application-standing',
    'application-declined',
    'refusal',
    'help',
    'key',
    'leak-thanks',
  ] as const
  for (const kind of [...constant, 'news', 'reply', 'request'] as const)
    await t.test(`${kind}: no subject, text, file name, display name or reference`, () => {
      const mine = answers.filter(mail => mail.kind === kind)
      assert.ok(mine.length > 0)
      for (const { octets, read } of mine) {
        assert.deepEqual(findCanary(WORDS, octets), [])
        assert.deepEqual(findCanary(WORDS, read.entity), [])
      }
    })

  await t.test('References and In-Reply-To name the Message-ID of the recipient alone', () => {
    for (const { kind, to, read } of answers.filter(mail => !OF_THEMSELVES.includes(mail.kind))) {
      const [inReplyTo, references] = ['in-reply-to', 'references'].map(name =>
        fieldOf(read.outerHeaders, name),
      )
      // A command is answered without: it may have been replayed by anybody.
      const isApart = kind === 'transcript' || (members.includes(to) && kind !== 'post-answer')
      const theirs = isApart ? [undefined] : messageIds.get(to)
      assert.ok(
        theirs?.some(one => one === inReplyTo),
        `${kind} to ${to}`,
      )
      assert.equal(references, inReplyTo, `${kind} to ${to}`)
    }
  })

  await t.test('acknowledgements of different reports are the same but for case and time', () => {
    // What was due before a report was passed on to us is promised to nobody.
    const sent = answers.filter(({ kind, to }) => kind === 'acknowledgement' && to !== PASSED_ON)
    const [encrypted, clear] = [true, false].map(
      how => new Set(sent.filter(({ read }) => read.wasEncrypted === how).map(constantPart)),
    )
    assert.ok(sent.length > 5)
    assert.deepEqual([encrypted?.size, clear?.size], [1, 1], [...(clear ?? [])].join('\n'))
  })
}
