// C18 and D04: answers come back to us and to no person; what machines wrote says so, what people wrote does not.
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { EveryKind, Kind } from '../support/every-kind.ts'
import { addressesOf, fieldOf } from '../support/outgoing.ts'

const OURS = /^(?:security(?:\+[a-z0-9.]+)?|distributors)@acme\.example$/
/** A request is what an admin asks for; help desks set aside what says otherwise. */
const PEOPLES_WORDS: readonly Kind[] = [
  'reply',
  'request',
  'notice',
  'users-notice',
  'share-request',
  'share-outcome',
  'contribution',
  'post',
  'feedback',
  'strike',
  'embargo-over',
  'application-declined',
  'member-welcome',
]

const LIST = 'distributors@acme.example'
const COMMAND = 'security+cmd@acme.example'
const SECURITY = 'security@acme.example'
const THREAD = /^security\+a\.[0-9]{6}\.[a-z2-7]{16}@acme\.example$/

/** Who mail about joining comes from, and where answers go: into the thread, to be read as commands, or to the team. */
const OF_JOINING: Readonly<Partial<Record<Kind, readonly [string, string | RegExp]>>> = {
  'application-answer': [LIST, THREAD],
  'application-standing': [LIST, THREAD],
  'application-declined': [LIST, THREAD],
  challenge: [LIST, THREAD],
  'application-circulated': [LIST, COMMAND],
  'member-welcome': [LIST, COMMAND],
  reacceptance: [LIST, COMMAND],
  'application-which': [SECURITY, SECURITY],
  'application-review': [SECURITY, COMMAND],
  'applications-pending': [SECURITY, COMMAND],
}

export async function answersComeBack(t: TestContext, { mails }: EveryKind): Promise<void> {
  await t.test('C18 From and Reply-To are addresses of ours, in every mail to anybody', async () => {
    for (const { kind, octets } of mails)
      for (const field of ['from', 'replyTo'] as const) {
        const addresses = await addressesOf(octets, field)
        assert.equal(addresses.length, 1, kind)
        assert.match(addresses[0] ?? '', OURS, kind)
      }
  })

  await t.test(
    'C18 mail about joining is from the list, and answers to it reach what it is about',
    async () => {
      for (const { kind, octets } of mails) {
        const [sender, answers = ''] = OF_JOINING[kind] ?? []
        if (sender === undefined) continue
        const [from = ''] = await addressesOf(octets, 'from')
        const [replyTo = ''] = await addressesOf(octets, 'replyTo')
        assert.equal(from, sender, kind)
        if (typeof answers === 'string') assert.equal(replyTo, answers, kind)
        else assert.match(replyTo, answers, kind)
      }
    },
  )

  await t.test('D04 mail that a machine wrote says so, and people’s words do not', () => {
    for (const { kind, read } of mails) {
      const marks = ['auto-submitted', 'x-auto-response-suppress'].map(name =>
        fieldOf(read.outerHeaders, name),
      )
      if (PEOPLES_WORDS.includes(kind)) assert.deepEqual(marks, [undefined, undefined], kind)
      else if (kind !== 'news') {
        assert.match(marks[0] ?? '', /^auto-(?:replied|generated)$/, kind)
        assert.equal(marks[1], 'All', kind)
      }
    }
  })

  await t.test('D04 an acknowledgement has the null sender or a return address of its own', () => {
    const senders = mails.filter(({ kind }) => kind === 'acknowledgement').map(({ attempt }) => attempt.from)
    assert.ok(senders.length > 1)
    assert.equal(new Set(senders).size, senders.length)
    for (const sender of senders) assert.match(sender, /^(?:|security\+b\.[a-z2-7]+@acme\.example)$/)
  })
}
