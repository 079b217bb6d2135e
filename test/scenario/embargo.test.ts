// An embargo that nobody watched: the team is reminded, a bad date comes back with good ones, a second person confirms
// the one beyond the policy's longest, and the reporter reads it, encrypted.
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { DAY } from '../../src/model/time.ts'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import { fromNow, Line } from '../support/line.ts'
import { encryptedReport, gpgMimeSigned } from '../support/mail.ts'
import { type ReadMail, readMail } from '../support/outgoing.ts'
import { until } from '../support/workspace.ts'

const skip = missingGnuPG()
const COMMAND = 'security+cmd@acme.example'
const SECURITY = 'security@acme.example'

const PROFILE = `displayName: Gate
team: Gate Team
calendar: { zone: Europe/Berlin }
embargo:
  maximum: 14d
  overrun: block
  quorumBeyond: 1
  reasons:
    - name: not-tested
      text: the solution is not well-tested
slots:
  hours: { from: "14:00", to: "17:00" }
  weekdays: [1, 2, 3, 4]
notices:
  stages:
    - name: early-disclosure
      text: early disclosure
`

/** A Saturday three weeks from now, at three in the afternoon in Berlin. */
function saturday(): string {
  const today = Temporal.Now.zonedDateTimeISO('Europe/Berlin').add({ days: 21 })
  const day = today.add({ days: (6 - today.dayOfWeek + 7) % 7 }).toPlainDate()
  return `${day}T15:00[Europe/Berlin]`
}

test('an embargo is watched, and its new date agreed on and told', { skip }, async t => {
  const line = await Line.make(t)
  const { alice, bob } = line
  const ours = [await line.fingerprintOf('mail')]
  const month = { fakedTime: Date.now() - line.keyAge * 3_600_000 }
  const riya = await until(t, GnuPG.create('Riya Reporter', 'riya@research.example', month))
  await riya.importKey(await line.publicKey('mail'))
  const profiles = join(line.folder, 'profiles')
  await mkdir(profiles)
  await writeFile(join(profiles, 'gate.yaml'), PROFILE)
  await line.restart(
    text => `${text.replace(/^( +)profile: velero$/m, '$1profile: gate')}\nprofiles: ${profiles}\n`,
  )
  const inbox = async (who: GnuPG): Promise<readonly ReadMail[]> =>
    Promise.all(line.sent.filter(({ to }) => to === who.address).map(({ octets }) => readMail(octets, who)))
  const command = async (by: GnuPG, text: string) => line.take(await gpgMimeSigned(by, { to: COMMAND, text }))

  await line.take(
    await encryptedReport(riya, ours, { to: SECURITY, subject: 'Root', text: 'CANARY runs as root.\n' }),
    fromNow(-15 * DAY),
  )
  const [{ id } = assert.fail()] = line.instance.store.allCases({ limit: 1 })

  await t.test('what fell due while nobody looked is told to every admin, once', async () => {
    assert.equal(await line.timePasses(), 1)
    for (const admin of [alice, bob]) {
      const mail = await line.lastMailTo(admin)
      assert.deepEqual([mail.innerSubject, mail.wasEncrypted], [`${id}: overdue`, true])
      assert.match(
        mail.text.replace(/\s+/g, ' '),
        /It was to be public 1 day ago, by .*: the policy allows no longer embargo\./,
      )
      assert.match(
        mail.text.replace(/\s+/g, ' '),
        /beyond the longest needs one of these reasons: not-tested \(the solution is not well-tested\), and 1 other to confirm it/,
      )
    }
    const known = line.sent.length
    await line.close()
    await line.open()
    assert.equal(await line.timePasses(), 0)
    assert.equal(line.sent.length, known)
  })

  let offered = ''
  await t.test('a bad date comes back as a good one, for a reason of the policy', async () => {
    await command(alice, `embargod acme\naccept ${id}\n`)
    const answer = await command(
      alice,
      `embargod acme\nplan ${id} disclose=${saturday()} <<\nThe release.\n.\n`,
    )
    assert.deepEqual([answer.outcome, answer.reason], ['refused', 'E-POLICY'])
    const { text } = await line.lastMailTo(alice)
    offered = /^ {4}(extend C-[0-9]+ until=\S+ reason=not-tested) <<$/m.exec(text)?.[1] ?? assert.fail(text)
    assert.match(text, /^ {4}The release\.$/m)
    const refused = await command(
      alice,
      `embargod acme\n${offered.replace(/until=\S+/, `until=${saturday()}`)} <<\nx\n.\n`,
    )
    assert.equal(refused.reason, 'E-DATE')
    assert.match((await line.lastMailTo(alice)).text, /is a Saturday; the policy\s+discloses on Monday/)
    assert.equal(line.theCase(id).embargo.state, 'none')
  })

  await t.test('beyond the longest embargo it waits for another person', async () => {
    const asked = await command(alice, `embargod acme\n${offered} <<\nThe release.\n.\n`)
    assert.equal(asked.reason, 'waits-for-confirmation')
    assert.doesNotMatch((await line.lastMailTo(alice)).text, /mailto:[^ ]*confirm/)
    const [token = ''] = /confirm acme [a-z2-7]{16}/.exec((await line.lastMailTo(bob)).text) ?? []
    assert.equal((await command(alice, `${token}\n`)).reason, 'E-QUORUM')
    assert.equal(line.theCase(id).embargo.state, 'none')
    assert.equal((await command(bob, `${token}\n`)).reason, 'carried-out')
  })

  await t.test(
    'its reporter reads the date, encrypted, and the team is reminded no more until it is near',
    async () => {
      const { state, disclose } = line.theCase(id).embargo
      assert.equal(state, 'active')
      const told = (await inbox(riya)).at(-1) ?? assert.fail()
      assert.deepEqual([told.wasEncrypted, told.signedBy], [true, ours])
      assert.match(
        told.text.replace(/\s+/g, ' '),
        new RegExp(`We disclose ${id} in public on .*Europe/Berlin`),
      )
      assert.equal(await line.timePasses(), 0)
      const next = line.instance.pipeline.nextWake()
      assert.deepEqual(next, { of: id, at: (disclose ?? 0) - 7 * DAY })
    },
  )
})
