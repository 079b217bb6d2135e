// One story through the real store, keys and mail: members are told of a case, one acknowledges it, another answers the
// notice with a signed mail, and those who work on the case hear who has answered.
import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { formatInstant } from '../../src/model/time.ts'
import { type GnuPG, missingGnuPG } from '../support/gpg.ts'
import { fromNow, Line } from '../support/line.ts'
import { gpgMimeSigned, plainMail, thunderbirdEncryptedSigned } from '../support/mail.ts'
import { readMail } from '../support/outgoing.ts'
import { cli } from '../support/verbs.ts'
import { joined, tellMembers } from './told-members.ts'

const COMMAND = 'security+cmd@acme.example'
const SECURITY = 'security@acme.example'
const DAY = 24 * 3_600_000

/** Three days to answer. */
async function givingTime(line: Line): Promise<void> {
  const policy = await readFile(new URL('../../config/profiles/velero.yaml', import.meta.url), 'utf8')
  const folder = join(line.folder, 'profiles')
  await mkdir(folder)
  const answers = '$&  answers: { within: 3d, most: 2 }\n'
  await writeFile(join(folder, 'velero.yaml'), policy.replace(/^notices:\n/m, answers))
  await line.restart(text => text.replace('#profiles: profiles', 'profiles: profiles'))
}

test('members answer a notice', { skip: missingGnuPG() }, async t => {
  const line = await Line.make(t)
  const { alice, bob, mallory } = line
  const [vera, walt] = await joined(line, t)
  await givingTime(line)
  const id = await line.report()
  await tellMembers(line, id)
  let sent = 0
  const sends = async (person: GnuPG, command: string): Promise<string> => {
    // The same words are not signed twice alike.
    sent += 1
    const text = `embargod acme\n${command}\n${'\n'.repeat(sent)}`
    await line.take(await gpgMimeSigned(person, { to: COMMAND, text }))
    return (await line.lastMailTo(person)).text
  }
  const since = line.sent.length
  const notice = line.sent.findLast(({ to }) => to === vera.address)
  const messageId = /^Message-ID: (.*)\r$/m.exec(notice?.octets.toString('latin1') ?? '')?.[1] ?? ''
  const theNotice = /N-[0-9]{6}/.exec((await readMail(notice?.octets ?? Buffer.of(), vera)).text)?.[0]

  assert.match(await sends(mallory, `ack ${theNotice}`), /your organisation looks at it/)
  assert.match(await sends(vera, 'my'), new RegExp(`^ *Of ${id} an answer is still wanted`, 'm'))
  assert.match(await sends(alice, `show ${id}`), /^ *organisations told: 3, silent: 2$/m)
  const until = formatInstant(fromNow(6 * DAY))
  const foreseen = await sends(alice, `simulate until=${until}`)
  // Lines of our mail are folded.
  const asked = foreseen.replace(/\s+/g, ' ').matchAll(/answer-wanted \S+ to (\S+), (\S+) /g)
  assert.deepEqual(
    [...asked].map(([, ...to]) => to.toSorted()),
    [1, 2].map(() => [vera.address, walt.address]),
    foreseen,
  )

  const config = join(line.folder, 'embargod.yaml')
  const host = await cli('--config', config, 'simulate', `until=${until}`)
  assert.match(host.out, /answer-wanted C-[0-9]{6} {2}to (?:vera|walt)@/)

  const answer = async (person: GnuPG, to: string) =>
    line.take(
      await thunderbirdEncryptedSigned(person, [await line.fingerprintOf('mail')], {
        to,
        text: 'On arm64 the second test fails.\n',
        headers: [['In-Reply-To', messageId]],
      }),
    )
  assert.deepEqual(await answer(vera, SECURITY), {
    outcome: 'follow-up',
    reason: 'follow-up-member',
    mails: 2,
  })
  const passedOn = await line.lastMailTo(bob)
  assert.match(passedOn.text, /^M-[0-9]{6}, Second Distro, was told of C-[0-9]{6}/m)
  assert.match(passedOn.text, /^\| On arm64 the second test fails\.$/m)
  assert.doesNotMatch(passedOn.text, /^ {4}reply /m)

  // The very words unsigned are another sender's, and Walt is as silent as before.
  const stranger = plainMail({
    from: walt.address,
    to: SECURITY,
    subject: 'Re: x',
    text: 'It fails.\n',
    headers: [['In-Reply-To', messageId]],
  })
  assert.equal((await line.take(stranger)).reason, 'follow-up-other')
  assert.match(await sends(alice, `show ${id}`), /^ *organisations told: 3, silent: 1$/m)

  const before = line.sent.length
  assert.match(await sends(walt, `affected ${id} no`), /your organisation is not affected/)
  const heard = line.sent.slice(before).map(({ to }) => to)
  assert.deepEqual(heard.toSorted(), [alice.address, bob.address, walt.address])
  const rollUp = await line.lastMailTo(bob)
  assert.equal(rollUp.innerSubject, `${id}: all have answered`)
  assert.match(rollUp.text, /^D-[0-9]{6} Third Distro: is not affected$/m)
  assert.match(rollUp.text, /^D-[0-9]{6} Second Distro: feedback: 1$/m)

  const shown = await cli('--config', config, 'case', 'show', id, '--reveal', '--json')
  assert.equal(JSON.parse(shown.out).silent, 0)
  assert.match(JSON.parse(shown.out).answers, /^D-[0-9]{6} Third Distro: is not affected$/m)

  // Nothing of it reached the reporter or another member.
  for (const { to, octets } of line.sent.slice(since)) {
    assert.notEqual(to, 'quinn@plain.example')
    const reader = [mallory, vera, walt].find(({ address }) => address === to)
    if (reader === undefined) continue
    const { text } = await readMail(octets, reader)
    assert.doesNotMatch(text, /arm64/)
    for (const other of [mallory, vera, walt].filter(one => one !== reader))
      assert.ok(!text.includes(other.address), other.address)
  }
})
