// C04: a mail must not tell its reader, or the servers on its way, who else is told.
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { findCanary } from '../support/canary.ts'
import { ENCRYPTED_KINDS, type EveryKind, KINDS } from '../support/every-kind.ts'
import type { GnuPG } from '../support/gpg.ts'
import { addressesOf, fieldOf } from '../support/outgoing.ts'

/** All that would give a person away: address, name, fingerprints and key ids. */
async function tracesOf(person: GnuPG): Promise<readonly string[]> {
  const fingerprints = await person.keyFingerprints()
  const ids = fingerprints.map(fingerprint => fingerprint.slice(-16))
  const hex = [...fingerprints, ...ids].flatMap(text => [text, text.toLowerCase()])
  return [person.address, person.name, ...hex]
}

export async function oneRecipient(t: TestContext, { mails, people, applicant }: EveryKind): Promise<void> {
  const traces = new Map<string, readonly string[]>()
  for (const person of people) traces.set(person.address, await tracesOf(person))
  const ofOthers = (to: string) => [...traces].flatMap(([address, words]) => (address === to ? [] : words))

  await t.test(
    'one recipient in the envelope, the same alone in To, and no other recipient field',
    async () => {
      assert.deepEqual([...new Set(mails.map(mail => mail.kind))].sort(), [...KINDS].sort())
      for (const { kind, attempt, octets, read } of mails) {
        assert.equal(attempt.to.length, 1, kind)
        assert.deepEqual(await addressesOf(octets, 'to'), attempt.to, kind)
        const fields = [...read.outerHeaders, ...read.innerHeaders].map(([name]) => name)
        const revealing = fields.filter(name =>
          /^(?:b?cc|resent-.*|list-.*|delivered-to|received)$/.test(name),
        )
        assert.deepEqual(revealing, [], kind)
        for (const headers of [read.outerHeaders, read.innerHeaders]) {
          const from = fieldOf(headers, 'from')
          if (from !== undefined)
            assert.match(from, /^Velero (?:Security|Distributors) <(?:security|distributors)@acme\.example>$/)
        }
      }
    },
  )

  await t.test('gpg lists one key that opens an encrypted mail: a subkey of its recipient', async () => {
    const encrypted = mails.filter(mail => mail.read.wasEncrypted)
    assert.ok(encrypted.length >= ENCRYPTED_KINDS.length)
    for (const { kind, to, read } of encrypted) {
      const person = people.find(({ address }) => address === to)
      const [, subkey = ''] = (await person?.keyFingerprints()) ?? []
      assert.deepEqual(read.encryptedTo, [subkey.slice(-16)], `${kind} to ${to}`)
    }
  })

  await t.test('the octets on the wire name no other person', () => {
    for (const { kind, to, octets } of mails)
      assert.deepEqual(findCanary(ofOthers(to), octets), [], `${kind} to ${to}`)
  })

  await t.test('C16 what members and reporters decrypt names no other member, admin or reporter', () => {
    const read = mails.filter(mail => !mail.to.endsWith('@team.example'))
    assert.deepEqual(
      [...new Set(read.map(mail => mail.kind))].sort(),
      [
        'acknowledgement',
        'acknowledgement-list',
        'answer-wanted',
        ...['application-answer', 'application-which', 'application-circulated', 'application-standing'],
        ...['application-declined', 'member-welcome', 'membership', 'reacceptance'],
        'challenge',
        'help',
        'key',
        'news',
        ...['notice', 'users-notice'],
        ...['post', 'post-answer'],
        'refusal',
        'reply',
        'request',
        ...['transcript', 'share-outcome', 'contribution', 'leak-thanks', 'strike', 'embargo-over'],
        'disclosure-date',
      ].sort(),
    )
    // Members are asked about an applicant by address and key, and read neither but where they name the key themselves.
    const applicants = traces.get(applicant.address) ?? []
    for (const { kind, to, read: opened } of read) {
      const others = ofOthers(to)
      const isAsked = kind === 'application-circulated' || /vouch A-[0-9]{6}/.test(opened.text)
      const secret = isAsked ? others.filter(one => !applicants.includes(one)) : others
      assert.deepEqual(findCanary(secret, opened.entity), [], `${kind} to ${to}`)
    }
  })

  await t.test('the search would find them: the admins do read who is told', () => {
    const [one] = people.filter(({ address }) => address === 'oncall@one.example')
    const transcripts = mails.filter(mail => mail.kind === 'transcript').map(({ read }) => read.entity)
    assert.ok(findCanary([one?.address ?? ''], Buffer.concat(transcripts)).length > 0)
  })
}
