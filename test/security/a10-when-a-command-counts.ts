// Threats A10, A12 and A14: a signature that is good, at a time or by a person for which it does not count. In
// the test's own process, on one instance that all of them share.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { instant } from '../../src/model/scalars.ts'
import { DAY, HOUR, MINUTE } from '../../src/model/time.ts'
import { loadSecretKey, signDetached } from '../../src/openpgp/secret-keys.ts'
import { Dice } from '../forgery/dice.ts'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import type { Line } from '../support/line.ts'
import { gpgMimeSigned } from '../support/mail.ts'
import { octetsOf, resolve } from '../support/mime.ts'
import { readMail } from '../support/outgoing.ts'
import { mail, signedBy, textEntity } from '../support/pgp-mime.ts'
import { upTo } from '../support/sweep.ts'
import { atTheEnd, Target } from './shared-line.ts'
import { COMMAND } from './support.ts'

/** The last of them is right, and by then none counts any more. */
const GUESSES = upTo(7, 10_000)

describe('A: a command counts in its time and by its author', { skip: missingGnuPG() }, () => {
  let target: Target
  let line: Line
  let id: string

  before(async () => {
    target = await Target.make()
    ;({ line, id } = target)
  })

  const note = () => target.note()
  const signed = (person: GnuPG, text: string, fakedTime?: number) =>
    gpgMimeSigned(person, {
      to: COMMAND,
      text: `${text}\n# ${target.next()}\n`,
      signing: fakedTime === undefined ? {} : { fakedTime },
    })
  const by = async (person: GnuPG, text: string) => line.take(await signed(person, text))
  const unchanged = () => target.unchanged()
  /** The token that the newest mail to a person offers. */
  const tokenFor = async (person: GnuPG): Promise<string> => {
    const { text } = await line.lastMailTo(person)
    const [, token] = /confirm acme ([a-z2-7]{16})/.exec(text) ?? []
    assert.ok(token, text)
    return token
  }
  const notice = () => {
    const sendAt = new Date(Date.now() + 2 * DAY).toISOString().replace(/:\d\d\.\d+Z/, 'Z')
    return `embargod acme\nnotice ${id} stage=early-disclosure send=${sendAt} <<\nAll of it.\n.`
  }

  test('A10 a command is stale a day after it was signed, to the second', async () => {
    const madeAt = Math.floor((Date.now() - 2 * DAY) / 1000) * 1000
    const late = await line.take(await signed(line.alice, note(), madeAt), instant(madeAt + DAY + 1))
    assert.equal(`${late.outcome} ${late.reason}`, 'refused E-STALE')
    unchanged()
    const inTime = await line.take(await signed(line.alice, note(), madeAt), instant(madeAt + DAY))
    assert.equal(inTime.outcome, 'command')
    target.changed()
  })

  test('A10 a command may be signed a few minutes ahead, not more', async () => {
    for (const [ahead, expected] of [
      [6 * MINUTE, 'refused E-STALE'],
      [9 * HOUR, 'refused E-STALE'],
      [2 * DAY, 'refused bad'],
    ] as const) {
      const taken = await line.take(await signed(line.alice, note(), Date.now() + ahead))
      assert.equal(`${taken.outcome} ${taken.reason}`, expected)
      unchanged()
    }
    const skewed = await line.take(await signed(line.alice, note(), Date.now() + 3 * MINUTE))
    assert.equal(skewed.outcome, 'command')
    target.changed()
  })

  test('A12 a token counts for one plan, once, and from the team alone', async () => {
    assert.equal((await by(line.alice, notice())).reason, 'waits-for-confirmation')
    const first = await tokenFor(line.alice)
    target.changed()
    const changedToken = first.replace(/.$/, last => (last === 'a' ? 'b' : 'a'))
    assert.equal((await by(line.mallory, `confirm acme ${first}`)).reason, 'E-UNKNOWN')
    assert.equal((await by(line.alice, `confirm staging ${first}`)).outcome, 'refused')
    assert.equal((await by(line.alice, `confirm acme ${changedToken}`)).reason, 'E-UNKNOWN')
    const unsigned = await signed(line.alice, `confirm acme ${first}`)
    const other = Buffer.from(
      unsigned.toString('latin1').replace(/multipart\/signed/, 'multipart/mixed'),
      'latin1',
    )
    assert.equal((await line.take(other)).outcome, 'refused')
    unchanged()

    // The case moves on: the plan is shown anew, and the token that was shown before is void.
    assert.equal((await by(line.alice, note())).outcome, 'command')
    assert.equal((await by(line.alice, `confirm acme ${first}`)).reason, 'waits-for-confirmation')
    assert.equal(line.instance.store.scheduledNotices().length, 0)
    const second = await tokenFor(line.alice)
    assert.notEqual(second, first)
    assert.equal((await by(line.alice, `confirm acme ${second}`)).reason, 'carried-out')
    assert.equal(line.instance.store.scheduledNotices().length, 1)
    target.changed()
    for (const token of [first, second])
      assert.equal((await by(line.alice, `confirm acme ${token}`)).reason, 'E-UNKNOWN')
    unchanged()
  })

  test(`A12 ${GUESSES} guesses are answered alike, and after some even the right one is refused`, async () => {
    assert.equal((await by(line.bob, notice())).reason, 'waits-for-confirmation')
    const right = await tokenFor(line.bob)
    target.changed()
    // Signed in this process: GnuPG would take minutes for as many.
    const key = await loadSecretKey(await line.bob.exportSecret(), undefined)
    assert.ok(key.ok)
    const dice = new Dice(20261121)
    const answers = new Set<string>()
    for (let i = 0; i < GUESSES; i += 1) {
      const token = i === GUESSES - 1 ? right : Array.from({ length: 16 }, () => dice.pick(BASE32)).join('')
      const inner = textEntity(`confirm acme ${token}\n`)
      const signature = await signDetached(octetsOf(inner), key.value, line.instance.clock.now())
      const guess = mail(resolve({ to: COMMAND }, line.bob.mailbox), signedBy(signature, inner))
      assert.equal((await line.take(guess)).reason, 'E-UNKNOWN')
      // To read each would take GnuPG minutes too.
      if (i % Math.ceil(GUESSES / 100) === 0 || i > GUESSES - 8)
        answers.add(withoutHead((await line.lastMailTo(line.bob)).text))
    }
    assert.equal(answers.size, 1)
    unchanged()
  })

  test('A14 whoever left or joined the team while the mail waited commands nothing by it', async () => {
    const carol = await GnuPG.create('Carol Admin', 'carol@team.example')
    atTheEnd.after(() => carol.close())
    const [fingerprint] = await carol.keyFingerprints()
    const key = join(line.folder, `${carol.address}.asc`)
    await writeFile(key, await carol.exportArmored())
    await carol.importKey(await line.publicKey('mail'))
    const [left, joined] = [await signed(line.bob, note()), await signed(carol, `embargod acme\ntake ${id}`)]
    await secondAfter(Date.now())
    const entry = [
      `  - name: "carol"`,
      `address: "${carol.address}"`,
      `key: "${key}"`,
      `fingerprint: "${fingerprint}"`,
    ]
    await line.restart(text =>
      text.replace(/^ *- name: "?bob"?\n(?: +[^-\s].*\n)+/m, `${entry.join('\n    ')}\n`),
    )
    const fromBob = await line.take(left)
    assert.equal(`${fromBob.outcome} ${fromBob.reason}`, 'refused unknown-key')
    assert.equal((await by(line.bob, note())).outcome, 'refused')
    const fromCarol = await line.take(joined)
    assert.equal(`${fromCarol.outcome} ${fromCarol.reason}`, 'refused E-ROLE')
    assert.match((await line.lastMailTo(carol)).text, /signed before you belonged to the team/)
    unchanged()
    for (const admin of [line.alice, carol]) assert.equal((await by(admin, note())).outcome, 'command')

    // Bob hears of it under the key that was his.
    for (const person of [line.alice, line.bob, carol]) {
      const mails = line.sent.filter(({ to }) => to === person.address)
      const read = await Promise.all(mails.slice(-4).map(({ octets }) => readMail(octets, person)))
      const told = read.filter(({ text }) => text.includes('names another team'))
      assert.equal(told.length, 1, person.address)
      assert.match(told[0]?.text.replace(/\s+/g, ' ') ?? '', /carol joined: .* bob left: /)
    }
  })
})

/** Resolves in the second after this one: what was signed in one second is dated alike. */
const secondAfter = (at: number): Promise<void> => pause(1_000 - (at % 1_000))

const BASE32 = [...'abcdefghijklmnopqrstuvwxyz234567']

/** The head of the audit chain differs in every transcript and tells nothing of a token. */
const withoutHead = (text: string): string => text.replace(/Audit chain, row [0-9]+:\s+[0-9a-f]{64}/, '')
