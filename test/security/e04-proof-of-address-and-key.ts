// Threats E04, E09 and C15 where somebody joins: the token goes to the address under the offered key, and only both
// together bring it back. In the test's own process, with real keys, on the instance that all of them share.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { before, describe, test } from 'node:test'
import type { ApplicationId } from '../../src/model/scalars.ts'
import { applicationOf, apply, tapped } from '../support/applying.ts'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import type { Line } from '../support/line.ts'
import { gpgMimeSigned, plainMail } from '../support/mail.ts'
import { fieldOf, readMail } from '../support/outgoing.ts'
import { until } from '../support/workspace.ts'
import { atTheEnd, sharedLine } from './shared-line.ts'
import { COMMAND } from './support.ts'

const LIST = 'distributors@acme.example'

describe('E04: who asks to join proves address and key', { skip: missingGnuPG() }, () => {
  let line: Line
  let ann: GnuPG
  let eve: GnuPG

  before(async () => {
    line = await sharedLine()
    ann = await until(atTheEnd, GnuPG.create('Ann', 'ann@e04.example'))
    eve = await until(atTheEnd, GnuPG.create('Eve', 'eve@e04.example'))
    for (const person of [ann, eve]) await line.knows(person)
  })

  /** In the name of one, with the key of another. */
  const asks = async (from: string, key: GnuPG): Promise<ApplicationId> => {
    const attachments = [{ fileName: 'key.asc', content: await key.exportArmored() }]
    const id = await apply(
      line,
      plainMail({ from, to: LIST, subject: 'x', text: 'May I join?\n', attachments }),
    )
    assert.match(id, /^A-[0-9]{6}$/)
    return id as ApplicationId
  }
  const sends = async (person: GnuPG, text: string) =>
    line.take(await gpgMimeSigned(person, { to: COMMAND, text }))
  const newest = (to: string) => {
    const mail = line.sent.findLast(one => one.to === to)
    assert.ok(mail, `no mail to ${to}`)
    return mail.octets
  }

  test('with both: the answer is ready in the mail, and the policy that it accepts can be checked', async () => {
    const id = await asks(ann.address, ann)
    const mail = await readMail(newest(ann.address), ann)
    assert.equal(mail.outerSubject, '[...]')
    assert.equal(mail.innerSubject, `${id}: prove your address and key`)
    assert.match(
      fieldOf(mail.outerHeaders, 'from') ?? '',
      /^Velero Distributors <distributors@acme.example>$/,
    )
    assert.deepEqual(mail.signedBy, [await line.fingerprintOf('list-velero')])
    const [file] = mail.attachments
    const sha256 = createHash('sha256')
      .update(file?.content ?? '')
      .digest('hex')
    assert.equal(file?.fileName, 'embargo-policy-1.txt')
    const answer = tapped(mail.text)
    assert.match(answer, new RegExp(`^prove ${id} [a-z2-7]{16} version=1 \\\\\nsha256=${sha256}$`, 'm'))

    assert.equal((await sends(ann, answer)).reason, 'carried-out')
    const { proven, acceptance } = applicationOf(line, id)
    assert.ok(proven)
    assert.deepEqual([acceptance?.how, acceptance?.sha256], ['implied', sha256])
    assert.equal((await sends(ann, `${answer}\n`)).reason, 'nothing-changed')
  })

  test('with the mailbox and not the key: the token cannot be read', async () => {
    await asks(ann.address, eve)
    await assert.rejects(readMail(newest(ann.address), ann), /cannot decrypt/)
  })

  test('with the key and not the mailbox: nothing comes, and guessing ends after five wrong tokens', async () => {
    const id = applicationOf(line, await asks('victim@e04.example', eve)).id
    const right = applicationOf(line, id).challenge?.token ?? ''
    assert.match(right, /^[a-z2-7]{16}$/)
    assert.equal(
      line.sent.some(({ to }) => to === eve.address),
      false,
    )
    const { terms } = line.instance.config.settings.projects[0]?.policy.membership ?? {}
    const guess = (token: string) =>
      sends(eve, `embargod acme\nprove ${id} ${token} version=1 sha256=${terms?.sha256}\n`)
    for (let count = 0; count < 5; count += 1)
      assert.equal((await guess(`aaaaaaaaaaaaaaa${'bcdef'[count]}`)).reason, 'E-UNKNOWN')
    assert.equal((await guess(right)).reason, 'E-UNKNOWN')
    assert.equal(applicationOf(line, id).proven, undefined)
    // Whose address it is got the token and five answers, and no more.
    assert.equal(line.sent.filter(({ to }) => to === 'victim@e04.example').length, 6)
  })

  test('a token that another key signs, or nobody, proves nothing', async () => {
    const id = await asks('other@e04.example', ann)
    const token = applicationOf(line, id).challenge?.token
    const text = `embargod acme\nprove ${id} ${token}\n`
    assert.equal((await sends(line.mallory, text)).outcome, 'refused')
    assert.equal((await line.take(plainMail({ from: ann.address, to: COMMAND, text }))).reason, 'unsigned')
    assert.equal(applicationOf(line, id).proven, undefined)
  })

  test("a member's key in another's name is treated like any, so that nobody learns who is on the list", async () => {
    const stranger = await until(atTheEnd, GnuPG.create('Nobody', 'nobody@e04.example'))
    const seen: string[][] = []
    for (const key of [stranger, line.mallory]) {
      const id = await asks(`probe-${key.address}`, key)
      const mail = await readMail(newest(applicationOf(line, id).address), key)
      seen.push([mail.outerSubject ?? '', (mail.innerSubject ?? '').replace(id, 'A-')])
      if (key !== line.mallory) continue
      // And who holds that key cannot join with it a second time.
      assert.equal((await sends(line.mallory, tapped(mail.text))).reason, 'E-KEY')
      assert.match((await line.lastMailTo(line.mallory)).text, /in use here for somebody else/)
      assert.equal(applicationOf(line, id).proven, undefined)
    }
    assert.deepEqual(seen[0], seen[1])
  })
})
