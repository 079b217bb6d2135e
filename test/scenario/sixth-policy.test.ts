// A policy that nobody knew when the program was written runs by one more file: its reporters read their own
// acknowledgement, and its admins its name.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { lintProfile, readProfile } from '../../src/config/profile.ts'
import type { Policy } from '../../src/model/policy.ts'
import { later } from '../../src/model/scalars.ts'
import { DAY } from '../../src/model/time.ts'
import { ALICE, fingerprint } from '../decide/given.ts'
import { Line } from '../support/line.ts'
import { at, FROM, GONE, lived, NEW, NEXT, ONE, TWO, told, whole } from '../support/list-life.ts'
import { fieldOf, readMail } from '../support/outgoing.ts'
import { flat } from '../support/policy-text.ts'

const directory = fileURLToPath(new URL('../config/sixth/profiles', import.meta.url))

async function added(): Promise<Policy> {
  const read = await readProfile(`${directory}/lanternfish.yaml`, 'lanternfish')
  assert.ok(read.ok)
  return read.value
}

test('a profile that was added is what its reporters are promised', async t => {
  const linted = await lintProfile(`${directory}/lanternfish.yaml`, 'lanternfish', '2026-11-21')
  assert.ok(linted.ok, JSON.stringify(linted))
  assert.deepEqual(linted.value.warnings, [])

  const line = await Line.make(t)
  await line.restart(text =>
    text
      .replace(/^#profiles: .*$/m, `profiles: ${directory}`)
      .replace(/^defaultProfile: .*$/m, 'defaultProfile: lanternfish')
      .replace(/^ {4}profile: velero$/m, '    profile: lanternfish'),
  )
  const id = await line.report('quinn@plain.example')

  const mail = line.sent.find(({ to }) => to === 'quinn@plain.example')
  assert.ok(mail)
  const { text, outerHeaders } = await readMail(mail.octets, line.alice)
  const words = flat(text)
  assert.match(fieldOf(outerHeaders, 'from') ?? '', /^"?Lanternfish Security"? </)
  assert.match(words, new RegExp(`its number is ${id}\\.`))
  assert.match(words, /It is with the Lanternfish Watch now\./)
  assert.match(words, /By [^.]* Europe\/Oslo \([^)]*UTC\), we answer you\./)
  assert.match(words, /we tell you whether we take it for a vulnerability\./)
  assert.match(words, /The version that you use\. \S A file that shows the problem\./)
  assert.match(words, /https:\/\/lanternfish\.example\/bugs/)
  assert.doesNotMatch(words, /Velero|we have a fix/)

  assert.match((await line.lastMailTo(line.alice)).text, /Lanternfish/)
})

test('the mails of joining its list are what the added profile says', async () => {
  const policy = await added()
  const sixth = { key: NEW, address: 'oncall@trawler.example', name: 'Tia' }
  const mails = lived(
    30,
    list => {
      whole(list, sixth)
      list.admits(3, 'approve', sixth)
      list.vouches(4, TWO, sixth)
      list.admits(5, 'approve', sixth)
      list.admits(24 * 11, 'approve', sixth)
      list.says(24 * 12, NEW, 'roster')
      list.says(24 * 12, NEW, 'contact add name="P" address=p@trawler.example kind=person att:k.asc', NEXT)
      list.says(24 * 12, NEW, 'contact add name="P" address=p@trawler.example att:key.asc', NEXT)
    },
    { size: 5 },
  )({ policy, written: policy, word: 'x' })
  const words = flat(mails)
  for (const part of [
    /you also need the word of 2 organisations that are on the list/,
    /The embargo policy of Lanternfish, version quiet-1/,
    /It accepts the embargo policy below, too, by a line of its own\./,
    /It needs no vouches, since too few are on the list to give any\./,
    /error E-STATE: approve A-\d+ class=distribution Too few are on the list to vouch for anybody; send: found A-\d+/,
    /error E-POLICY: approve A-\d+ class=distribution Objections to A-\d+ may come until 2026-12-07T17:30Z/,
    /2026-12-02T08:00:00\.000Z To: alice\S+ Subject: Requests to join that wait for you/,
    /You are on the distributors list of Lanternfish, as M-\d+ of D-\d+: oncall@trawler\.example/,
    /Notices of cases that are still under embargo follow now\./,
    /say by Tue 22 Dec 2026, 17:30 Europe\/Oslo/,
    /On the list: \| New Linux \| four \| one \| three \| two/,
    /The policy wants addresses of kind role alone/,
    /2026-12-22T\S+ To: oncall@trawler\.example Subject: .{1,200} You get no notices for now\./,
  ])
    assert.match(words, part)
  // A further contact needs an admin, and no word for the key.
  assert.match(words, /Proven now, they are on the list from 2026-12-12T16:30Z, and an admin must approve it/)
  assert.doesNotMatch(words, /vouches for each person|Velero/)
})

test('sharing on its list takes the word of as many organisations as the added profile says', async () => {
  // The instant at which the story tells the list is none of its slots.
  const policy = { ...(await added()), slots: undefined }
  const mails = lived(
    12,
    list => {
      const id = told(list)
      list.says(GONE, ONE, `ask-share ${id} with="our partner" <<\nThey build it.\n.`)
      list.says(GONE + 1, TWO, `grant-share ${id} to=M-000001`)
      list.says(GONE + 2, fingerprint('3'), `grant-share ${id} to=M-000001`)
    },
    { size: 4 },
  )({ policy, written: policy, word: 'x' })
  const words = flat(mails)
  assert.match(words, /The other organisations that were told are asked, and 3 of them/)
  // Two have agreed; the third says nothing in three days.
  assert.equal(words.match(/ok: grant-share/g)?.length, 2)
  assert.match(words, /If you still need it, ask again: send ask-share/)
})

test('early disclosure goes, is answered and talked of as the added profile says', async () => {
  // The instant at which the story tells the list is none of its slots.
  const policy = { ...(await added()), slots: undefined }
  const mails = lived(
    12,
    list => {
      const id = told(list)
      list.says(GONE, ALICE.fingerprint, `plan ${id} disclose=2026-12-09T16:00Z <<\nIt is ready.\n.`)
      list.says(GONE + 1, ONE, `agree ${id}`)
      list.life.posts(at(GONE + 2), id, 'It holds for us, too.', ONE)
      list.says(GONE + 3, ONE, `ack ${id}`)
      list.says(GONE + 60, TWO, `agree ${id}`)
    },
    { size: 2 },
  )({ policy, written: policy, word: 'x' })
  const words = flat(mails)
  for (const part of [
    /Nothing has happened yet\. 1 other of the team must send by/,
    /You may rebuild packages with the fix, unpublished: yes/,
    /So far nobody else has it\./,
    /2026-12-04T04:30:00\.000Z To: alice\S+ Subject: \S.{0,80} Mail to the list waits for you since 2026-12-03T04:30Z/,
    /2026-12-04T16:00:00\.000Z To: oncall@two\.example Subject: /,
    /2026-12-05T14:30:00\.000Z To: alice\S+ Subject: C-100001: the list agrees to its date/,
  ])
    assert.match(words, part)
  // Who answered is not asked, and one of two is not all.
  assert.doesNotMatch(words, /2026-12-04T16:00:00\.000Z To: oncall@one/)
  assert.equal(words.match(/To: alice\S+ Subject: C-100001: the list agrees to its date/g)?.length, 1)

  const blind = lived(0, told, {
    change: one => (one.fingerprint === TWO ? { ...one, encryptsUntil: later(FROM, DAY) } : one),
  })({ policy, written: policy, word: 'x' })
  assert.match(flat(blind), /error E-\w+: notice C-100001 stage=ahead/)
})
