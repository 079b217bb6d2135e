// The threads of the cases of two projects at one security address: who talks to whom, who hears of what, and
// that nobody of the one project ever reads a word of the other.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import { Line } from '../support/line.ts'
import {
  encryptedReport,
  gpgMimeEncryptedSigned,
  gpgMimeSigned,
  plainMail,
  thunderbirdEncryptedSigned,
} from '../support/mail.ts'
import { addressesOf, fieldOf, type ReadMail, readMail } from '../support/outgoing.ts'
import { until } from '../support/workspace.ts'

const skip = missingGnuPG()
const COMMAND = 'security+cmd@acme.example'
const SECURITY = 'security@acme.example'

test('cases of two projects at one address are talked of apart from each other', { skip }, async t => {
  const line = await Line.make(t)
  const { alice, bob, mallory } = line
  const ours = [await line.fingerprintOf('mail')]
  const month = { fakedTime: Date.now() - line.keyAge * 3_600_000 }
  const person = async (name: string, address: string) => {
    const made = await until(t, GnuPG.create(name, address, month))
    await made.importKey(await line.publicKey('mail'))
    await writeFile(join(line.folder, `${address}.asc`), await made.exportArmored())
    return made
  }
  const carol = await person('Carol Maintainer', 'carol@one.example')
  const dora = await person('Dora Maintainer', 'dora@two.example')
  const riya = await person('Riya Reporter', 'riya@research.example')
  const maintainer = (name: string, who: GnuPG) =>
    [
      '    maintainers:',
      `      - name: ${name}`,
      `        address: ${who.address}`,
      `        key: ${join(line.folder, `${who.address}.asc`)}`,
      `        fingerprint: ${who.fingerprint}`,
    ].join('\n')
  const second = `  - name: two\n    profile: velero\n${maintainer('dora', dora)}\n`
  await line.restart(text =>
    text
      .replace(/^ +profile: velero$/m, found => `${found}\n${maintainer('carol', carol)}`)
      .replace(/^projects:\n/m, found => `${found}${second}`),
  )
  const command = async (by: GnuPG, text: string) =>
    line.take(await gpgMimeSigned(by, { to: COMMAND, text: `embargod acme\n${text}\n` }))
  const inbox = async (who: GnuPG): Promise<readonly ReadMail[]> =>
    Promise.all(line.sent.filter(({ to }) => to === who.address).map(({ octets }) => readMail(octets, who)))
  const mailsTo = (who: GnuPG) => line.sent.filter(({ to }) => to === who.address).length
  const threadAddress = async (who: GnuPG, id: string) => {
    const named = /<mailto:(security%2Bc\.[^@>]+@[^>]+)>/.exec((await line.lastMailTo(who)).text)
    assert.ok(named?.[1], `no address for the discussion of ${id}`)
    return decodeURIComponent(named[1])
  }

  const known = new Set<string>()
  const newCase = async (words: string, from = riya) => {
    await line.take(
      await encryptedReport(from, ours, {
        to: SECURITY,
        subject: words,
        text: `${words}\n`,
        autocrypt: 'header',
      }),
    )
    const found = line.instance.store.allCases({ limit: 10 }).find(({ id }) => !known.has(id))
    assert.ok(found)
    known.add(found.id)
    return found.id
  }
  const one = await newCase('CANARY-ONE')
  const two = await newCase('CANARY-TWO')
  await newCase('CANARY-NEITHER')

  await t.test('before it is routed a report is for the admins alone', async () => {
    for (const id of [one, two]) assert.equal(line.theCase(id).project, 'unrouted')
    for (const who of [carol, dora, mallory]) assert.equal(mailsTo(who), 0)
    for (const admin of [alice, bob]) {
      const all = (await inbox(admin)).map(mail => mail.text).join()
      for (const words of ['ONE', 'TWO', 'NEITHER']) assert.match(all, new RegExp(`CANARY-${words}`))
    }
  })

  await t.test('routed and shared it is for the maintainers of its own project, too', async () => {
    const { outcome } = await command(
      alice,
      `route ${one} velero\nshare ${one} with=maintainers\nroute ${two} two\nshare ${two} with=maintainers`,
    )
    assert.equal(outcome, 'command')
    assert.match((await line.lastMailTo(carol)).text, /\| CANARY-ONE/)
    assert.match((await line.lastMailTo(dora)).text, /\| CANARY-TWO/)
  })

  await t.test(
    'what an insider signs reaches the others, under their keys, and not the reporter',
    async () => {
      const before = mailsTo(riya)
      const to = await threadAddress(carol, one)
      const text = 'I would wait for the release. CANARY-ONE-TALK\n'
      const taken = await line.take(await gpgMimeEncryptedSigned(carol, ours, { to, text }))
      assert.deepEqual(taken, { outcome: 'follow-up', reason: 'follow-up-team', mails: 2 })
      for (const admin of [alice, bob]) {
        const mail = await line.lastMailTo(admin)
        assert.match(mail.text, new RegExp(`^carol writes about ${one}`, 'm'))
        assert.match(mail.text, /\| I would wait for the release\./)
        assert.match(mail.text, /, the\s+key of carol$/m)
        assert.deepEqual([mail.wasEncrypted, mail.signedBy], [true, ours])
        assert.doesNotMatch(mail.outerSubject ?? '', /CANARY|carol/)
      }
      // An admin answers in Thunderbird; the maintainer and the other admin read it.
      const answer = { to, subject: 'Re: ...', text: 'So would I. CANARY-ONE-TALK\n' }
      const answered = await line.take(await thunderbirdEncryptedSigned(bob, ours, answer))
      assert.deepEqual([answered.reason, answered.mails], ['follow-up-team', 2])
      assert.match((await line.lastMailTo(carol)).text, new RegExp(`^bob writes about ${one}`, 'm'))
      assert.equal(mailsTo(riya), before)
    },
  )

  await t.test('the same signature in another mail is refused, and reaches nobody', async () => {
    const to = await threadAddress(carol, one)
    const words = await gpgMimeSigned(carol, { to, text: 'Once.\n' })
    assert.equal((await line.take(words)).reason, 'follow-up-team')
    const again = Buffer.from(words.toString('latin1').replace(/^Message-ID: </im, '$&again'), 'latin1')
    assert.notDeepEqual(again, words)
    const sent = line.sent.length
    assert.equal((await line.take(again)).reason, 'E-REPLAY')
    // Its owner alone hears of it.
    assert.deepEqual(
      line.sent.slice(sent).map(({ to }) => to),
      [carol.address],
    )
  })

  await t.test('signed words at the command address are refused with where to send them', async () => {
    await line.take(await gpgMimeSigned(alice, { to: await threadAddress(bob, one), text: 'Ready?\n' }))
    const shown = await line.lastMailTo(carol)
    const inReplyTo = fieldOf(shown.outerHeaders, 'message-id') ?? ''
    const headers = [['In-Reply-To', inReplyTo]] as const
    const sent = line.sent.length
    const taken = await line.take(await gpgMimeSigned(carol, { to: COMMAND, text: 'Yes.\n', headers }))
    assert.deepEqual([taken.outcome, taken.reason], ['refused', 'E-SYNTAX'])
    assert.equal(line.sent.length, sent + 1)
    const answer = await line.lastMailTo(carol)
    assert.match(answer.text, /Nobody was sent your words/)
    assert.match(await threadAddress(carol, one), /^security\+c\./)
    assert.match(answer.text, new RegExp(`To the others on ${one}, never to the reporter`))
  })

  await t.test(
    'a reply to the acknowledgement is not acknowledged again, and reaches the insiders',
    async () => {
      const own = line.sent.filter(({ to }) => to === riya.address)
      const [acknowledgement] = own
      const [to = ''] = acknowledgement ? await addressesOf(acknowledgement.octets, 'replyTo') : []
      const before = mailsTo(riya)
      const text = 'Thanks. CANARY-ONE-MORE\n'
      const inReplyTo = fieldOf((await inbox(riya))[0]?.outerHeaders ?? [], 'message-id') ?? ''
      const headers = [['In-Reply-To', inReplyTo]] as const
      const taken = await line.take(
        await thunderbirdEncryptedSigned(riya, ours, { to, subject: 'Re:', text, headers }),
      )
      assert.deepEqual([taken.reason, taken.mails], ['follow-up-reporter', 3])
      assert.equal(mailsTo(riya), before)
      const read = await line.lastMailTo(carol)
      assert.match(read.text, /CANARY-ONE-MORE/)
      assert.doesNotMatch(read.text, /riya@research\.example/)
      assert.match((await line.lastMailTo(alice)).text, /riya@research\.example/)
    },
  )

  await t.test('a key that the old one signed is the key of the case; any other is an offer', async () => {
    const next = await person('Riya Anew', 'riya@research.example')
    const eve = await person('Eve Elsewhere', 'eve@elsewhere.example')
    const to = await threadAddress(alice, one)
    await line.take(
      await thunderbirdEncryptedSigned(eve, ours, { to, text: 'Use this key.\n', autocrypt: 'header' }),
    )
    assert.equal(line.theCase(one).reporter.key?.fingerprint, riya.fingerprint)
    assert.deepEqual(
      line.theCase(one).offers.map(({ key }) => key.fingerprint),
      [eve.fingerprint],
    )
    const offered = await line.lastMailTo(alice)
    assert.match(offered.text, new RegExp(`reporter ${one} key=${eve.fingerprint}`))
    assert.match(offered.text, /from another sender/)
    await line.take(await thunderbirdEncryptedSigned(riya, ours, { to, text: 'My new key.\n', keyOf: next }))
    assert.equal(line.theCase(one).reporter.key?.fingerprint, next.fingerprint)
  })

  await t.test('nobody reads a word of a case in which they have no part', async () => {
    await line.take(
      plainMail({
        from: 'x@y.example',
        to: await threadAddress(alice, one),
        subject: 's',
        text: 'CANARY-ONE-OTHER\n',
      }),
    )
    const words = async (who: GnuPG) => {
      const all = (await inbox(who))
        .map(mail => `${mail.innerSubject}${mail.outerSubject}${mail.entity}`)
        .join()
      return [...new Set(all.match(/CANARY-(?:ONE|TWO|NEITHER)/g))]
    }
    assert.deepEqual(await words(carol), ['CANARY-ONE'])
    assert.deepEqual(await words(dora), ['CANARY-TWO'])
    assert.deepEqual(await words(mallory), [])
    assert.deepEqual(await words(riya), [])
    assert.equal((await words(alice)).length, 3)
    for (const { octets } of line.sent) assert.doesNotMatch(octets.toString('latin1'), /CANARY/)
  })
})
