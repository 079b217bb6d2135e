// Members who were told of a case write to each other through the real store, keys and mail: each reads the others under
// their own key, in their own thread, and learns nothing of them but what they write.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { type GnuPG, missingGnuPG } from '../support/gpg.ts'
import { Line } from '../support/line.ts'
import { gpgMimeEncryptedSigned, gpgMimeSigned, thunderbirdEncryptedSigned } from '../support/mail.ts'
import { addressesOf, fieldOf, type ReadMail, readMail } from '../support/outgoing.ts'
import type { TestEnd } from '../support/workspace.ts'
import { joined, tellMembers } from './told-members.ts'

const LIST = 'distributors@acme.example'
const COMMAND = 'security+cmd@acme.example'
const PATCH = {
  fileName: 'backport.patch',
  mediaType: 'text/x-patch',
  content: Buffer.from('--- a\n+++ b\n'),
}

async function toldList(t: TestEnd, profile?: string) {
  const line = await Line.make(t)
  const [vera, walt] = await joined(line, t)
  if (profile !== undefined)
    await line.restart(text => text.replace('    profile: velero', `    profile: ${profile}`))
  const id = await line.report()
  await tellMembers(line, id)
  const { alice, bob, mallory } = line
  const listKey = await line.fingerprintOf('list-velero')
  return { line, id, alice, bob, mallory, vera, walt, listKey }
}

/** Our Message-ID of the newest mail to somebody. */
const lastId = (line: Line, { address }: GnuPG): string => {
  const mail = line.sent.findLast(({ to }) => to === address)
  return /^Message-ID: (.*)\r$/m.exec(mail?.octets.toString('latin1') ?? '')?.[1] ?? ''
}

suite('members write to each other', { skip: missingGnuPG() }, () => {
  test('each reads it under their own key, in their own thread, and learns nothing else', async t => {
    const { line, id, alice, bob, mallory, vera, walt, listKey } = await toldList(t)
    const copies = new Map([vera, walt].map(one => [one, lastId(line, one)]))
    const posted = await gpgMimeSigned(mallory, {
      to: LIST,
      subject: 'Re: your notice',
      text: 'It applies to our branch; all tests pass.\n',
      attachments: [PATCH],
      headers: [['In-Reply-To', lastId(line, mallory)]],
    })
    assert.deepEqual(await line.take(posted), { outcome: 'post', reason: 'post-relayed', mails: 4 })
    const own = /^Message-ID: (.*)\r$/im.exec(posted.toString('latin1'))?.[1] ?? ''
    const { fingerprint } = mallory
    for (const reader of [vera, walt, alice, bob]) {
      const sent = line.sent.findLast(({ to }) => to === reader.address)
      assert.ok(sent)
      const read = await readMail(sent.octets, reader)
      assert.equal(read.encryptedTo.length, 1)
      assert.deepEqual(read.signedBy, [await line.fingerprintOf('list-velero')])
      assert.deepEqual(await addressesOf(sent.octets, 'from'), [LIST])
      assert.deepEqual(await addressesOf(sent.octets, 'replyTo'), [LIST])
      assert.equal(read.outerSubject, `[...] ${id}`)
      assert.match(read.text, /^\| It applies to our branch; all tests pass\.$/m)
      assert.match(read.text, /^Not encrypted, signed by M-[0-9]{6}\.$/m)
      assert.deepEqual(
        read.attachments.map(({ fileName, content }) => [fileName, content.toString()]),
        [['backport.patch', PATCH.content.toString()]],
      )
      assert.equal(fieldOf(read.outerHeaders, 'in-reply-to'), copies.get(reader))
      // Nothing of who wrote it, and nothing of the other readers.
      const whole = `${sent.octets.toString('latin1')}\n${read.entity.toString('latin1')}`
      const others = [mallory, vera, walt].filter(one => one !== reader)
      for (const word of [
        own,
        fingerprint,
        fingerprint.slice(-16),
        'Mallory',
        'Distro',
        ...others.map(one => one.address),
      ])
        assert.ok(!whole.includes(word), `${reader.address} reads ${word}`)
    }
    const ids = [vera, walt, alice, bob].map(one => lastId(line, one))
    assert.equal(new Set(ids).size, 4)

    await t.test('an answer stands below the own mail of who is answered', async () => {
      const answer = await gpgMimeSigned(vera, {
        to: LIST,
        subject: 'Re: said on the list',
        text: 'Here, too.\n',
        headers: [['In-Reply-To', lastId(line, vera)]],
      })
      const toWalt = lastId(line, walt)
      assert.deepEqual(await line.take(answer), { outcome: 'post', reason: 'post-relayed', mails: 4 })
      const thread = async (person: GnuPG) =>
        fieldOf((await line.lastMailTo(person)).outerHeaders, 'in-reply-to')
      assert.equal(await thread(mallory), own)
      assert.equal(await thread(walt), toWalt)
    })

    await t.test('the same octets again, or the same signature in others, reach nobody', async () => {
      assert.equal((await line.take(posted)).outcome, 'duplicate')
      const altered = Buffer.from(
        posted.toString('latin1').replace(/^Message-ID: <.*$/im, 'Message-ID: <other@x.example>\r'),
        'latin1',
      )
      assert.equal((await line.take(altered)).reason, 'E-REPLAY')
    })

    await t.test(
      'what Thunderbird encrypts, with its key and a second form in HTML, arrives as text alone',
      async () => {
        const second = await thunderbirdEncryptedSigned(mallory, [listKey], {
          to: LIST,
          subject: `${id}: works`,
          text: 'All tests pass.\n',
          html: '<p>All tests pass.</p>',
        })
        assert.deepEqual(await line.take(second), { outcome: 'post', reason: 'post-relayed', mails: 4 })
        const read: ReadMail = await line.lastMailTo(vera)
        assert.match(read.text, /^Encrypted to us, signed by M-[0-9]{6}\.$/m)
        assert.match(read.text, /^\| All tests pass\.$/m)
        assert.deepEqual(read.attachments, [])
      },
    )
  })

  test('moderated, it goes out when an admin lets it through, from what was stored', async t => {
    const { line, id, alice, mallory, vera, walt, listKey } = await toldList(t, 'volcano')
    const before = lastId(line, vera)
    const posted = await gpgMimeEncryptedSigned(mallory, [listKey], {
      to: LIST,
      subject: `${id}: works`,
      text: 'All tests pass.\n',
      attachments: [PATCH],
    })
    assert.deepEqual(await line.take(posted), { outcome: 'post', reason: 'post-waits-moderated', mails: 3 })
    assert.match((await line.lastMailTo(mallory)).text, /^Nobody else has your mail yet/m)
    assert.equal(lastId(line, vera), before)
    const asked = await line.lastMailTo(alice)
    const tap = /^ {4}(relay P-[0-9]{6})$/m.exec(asked.text)?.[1] ?? ''
    assert.match(asked.text, /^\| All tests pass\.$/m)
    const command = await gpgMimeSigned(alice, { to: COMMAND, text: `embargod acme\n${tap}\n` })
    assert.equal((await line.take(command)).outcome, 'command')
    for (const reader of [vera, walt]) {
      const read = await line.lastMailTo(reader)
      assert.match(read.text, /^\| All tests pass\.$/m)
      assert.deepEqual(
        read.attachments.map(({ fileName }) => fileName),
        ['backport.patch'],
      )
    }
    const again = await gpgMimeSigned(line.bob, { to: COMMAND, text: `embargod acme\n${tap}\n` })
    assert.equal((await line.take(again)).outcome, 'refused')
    assert.match((await line.lastMailTo(line.bob)).text, /went out already/)
  })
})
