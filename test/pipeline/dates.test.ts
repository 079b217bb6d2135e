// One story through the real store, keys and mail: members are told of a case, its date is set and moved, one objects and
// the others agree, one is suspended meanwhile and comes back, and the case ends.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { instant } from '../../src/model/scalars.ts'
import { DAY, formatInstant } from '../../src/model/time.ts'
import { type GnuPG, missingGnuPG } from '../support/gpg.ts'
import { Line } from '../support/line.ts'
import { gpgMimeSigned } from '../support/mail.ts'
import { type ReadMail, readMail } from '../support/outgoing.ts'
import { joined, tellMembers } from './told-members.ts'

const COMMAND = 'security+cmd@acme.example'
const OTHERS = ['vera@second.example', 'walt@third.example', 'Second Distro', 'Third Distro', 'build farm']

test('from a date to its end', { skip: missingGnuPG() }, async t => {
  const line = await Line.make(t)
  const { alice, bob, mallory } = line
  const [vera, walt] = await joined(line, t)
  const id = await line.report()
  const sends = async (person: GnuPG, command: string): Promise<string> => {
    const text = `embargod acme\n${command}\n`
    return (await line.take(await gpgMimeSigned(person, { to: COMMAND, text }))).outcome
  }
  /** What came since then of mails with a file for calendars: the method and number of each, and the text. */
  const dates = async (person: GnuPG, from: number) => {
    const found: (readonly [method: string, sequence: string, mail: ReadMail])[] = []
    for (const { to, octets } of line.sent.slice(from)) {
      if (to !== person.address) continue
      const mail = await readMail(octets, person)
      const file = mail.attachments.find(({ fileName }) => fileName === `${id}.ics`)
      const [, method, sequence] =
        /METHOD:(\w+)\r\n[\s\S]*SEQUENCE:(\d+)\r\n/.exec(file?.content.toString() ?? '') ?? []
      if (method !== undefined && sequence !== undefined) found.push([method, sequence, mail])
    }
    return found
  }
  const contactOf = ({ address }: GnuPG): string => {
    const { store, config } = line.instance
    const found = store.contacts(config.settings).find(one => one.address === address)
    assert.ok(found)
    return found.id
  }
  const members = [mallory, vera, walt]
  // A weekday at a time that any slot has.
  const wednesday = (weeks: number): string => {
    const now = new Date(line.instance.clock.now() + 2 * DAY + (weeks - 1) * 7 * DAY)
    const days = (3 - now.getUTCDay() + 7) % 7
    const day = new Date(now.getTime() + days * DAY)
    return formatInstant(instant(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate(), 16)))
  }
  const [first, second] = [wednesday(1), wednesday(2)]

  assert.equal(await sends(alice, `accept ${id}`), 'command')
  let since = line.sent.length
  assert.equal(await sends(alice, `plan ${id} disclose=${first} <<\nIt is ready by then.\n.`), 'command')
  for (const member of members)
    assert.deepEqual(await dates(member, since), [], 'of a case that they know nothing of')
  for (const admin of [alice, bob]) assert.equal((await dates(admin, since)).length, 1)

  await tellMembers(line, id)
  since = line.sent.length
  assert.equal(await sends(vera, `object ${id} <<\nOur build farm is down.\n.`), 'command')
  for (const admin of [alice, bob]) {
    const { text } = await line.lastMailTo(admin)
    assert.match(text, /^\| Our build farm is down\.$/m)
    assert.match(text, /Organisations told: 3\. 0 agree, 2 said nothing\./)
    assert.match(text, /Second Distro/)
  }
  assert.equal(await sends(vera, `propose ${id} date=${wednesday(3)}`), 'command', 'a better one at once')
  assert.equal(await sends(vera, `object ${id} <<\nIt is down still.\n.`), 'refused', 'that soon after')
  assert.equal(line.sent.slice(since).filter(({ to }) => to === walt.address).length, 0)

  assert.equal(await sends(bob, `suspend ${contactOf(walt)} <<\nFor now.\n.`), 'command')
  since = line.sent.length
  assert.equal(
    await sends(alice, `plan ${id} disclose=${second} <<\nA week for the build farm.\n.`),
    'command',
  )
  for (const member of [mallory, vera]) {
    const [news, more] = await dates(member, since)
    assert.ok(news !== undefined && more === undefined)
    const [method, sequence, { text, signedBy, wasEncrypted }] = news
    assert.deepEqual([method, sequence, wasEncrypted], ['PUBLISH', '1', true])
    assert.deepEqual(signedBy, [await line.fingerprintOf('list-velero')])
    assert.match(text, new RegExp(`^    agree ${id}$`, 'm'))
    for (const words of OTHERS) assert.ok(!text.includes(words), words)
  }
  assert.deepEqual(await dates(walt, since), [])

  assert.equal(await sends(mallory, `agree ${id}`), 'command')
  assert.equal(await sends(vera, `agree ${id}`), 'command')
  assert.deepEqual(
    line.theCase(id).embargo.agreed && [
      line.theCase(id).embargo.agreed?.agreed,
      line.theCase(id).embargo.agreed?.of,
    ],
    [2, 2],
  )
  assert.match((await line.lastMailTo(bob)).innerSubject ?? '', /the list agrees to its date$/)

  since = line.sent.length
  assert.equal(await sends(bob, `resume ${contactOf(walt)}`), 'command')
  assert.deepEqual(
    (await dates(walt, since)).map(([method, sequence]) => [method, sequence]),
    [['PUBLISH', '1']],
  )

  assert.equal(
    await sends(
      bob,
      `suspend ${contactOf(walt)} <<
Once more.
.`,
    ),
    'command',
  )
  since = line.sent.length
  assert.equal(await sends(bob, `reject ${id} <<\nIt is as it should be.\n.`), 'command')
  for (const member of [mallory, vera])
    assert.deepEqual(
      (await dates(member, since)).map(([method, sequence]) => [method, sequence]),
      [['CANCEL', '2']],
    )
  assert.equal(await sends(mallory, `agree ${id}`), 'refused')
})
