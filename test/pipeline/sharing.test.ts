// One story through the real store, keys and mail: members are told of a case, one asks to tell others and the list
// agrees, something leaks, an admin sees who had what, and breaks the embargo.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HOUR } from '../../src/model/time.ts'
import { type GnuPG, missingGnuPG } from '../support/gpg.ts'
import { Line } from '../support/line.ts'
import { gpgMimeSigned, plainMail } from '../support/mail.ts'
import { type ReadMail, readMail } from '../support/outgoing.ts'
import { joined, tellMembers } from './told-members.ts'

const COMMAND = 'security+cmd@acme.example'
const LIST = 'distributors@acme.example'
const HIDDEN = ['vera@second.example', 'walt@third.example', 'Second Distro', 'Third Distro']

/** The newest mail of that subject to somebody. */
async function mailNamed(line: Line, person: GnuPG, subject: string): Promise<ReadMail> {
  for (const { to, octets } of line.sent.toReversed()) {
    const read = to === person.address ? await readMail(octets, person) : undefined
    if (read?.innerSubject === subject) return read
  }
  throw new Error('no such mail')
}

test('from a request to tell others to a leak', { skip: missingGnuPG() }, async t => {
  const line = await Line.make(t)
  const { alice, mallory } = line
  const [vera, walt] = await joined(line, t)
  await line.restart(text => text.replace('    profile: velero', '    profile: volcano'))
  const id = await line.report()
  const sends = async (person: GnuPG, command: string): Promise<string> => {
    const text = `embargod acme\n${command}\n`
    return (await line.take(await gpgMimeSigned(person, { to: COMMAND, text }))).outcome
  }
  const ask = `ask-share ${id} with="Buildfarm Ltd" <<\nThey build our images.\n.`

  assert.equal(await sends(mallory, ask.replace('They', 'Please: they')), 'refused')
  await tellMembers(line, id)
  assert.equal(await sends(mallory, ask), 'command')
  const contactOf = ({ address }: GnuPG): string => {
    const { store, config } = line.instance
    const found = store.contacts(config.settings).find(one => one.address === address)
    assert.ok(found)
    return found.id
  }
  const asker = contactOf(mallory)
  const asked = await line.lastMailTo(vera)
  assert.equal(asked.innerSubject, `${id}: may they be told?`)
  assert.match(asked.text, /^\| They build our images\.$/m)
  assert.deepEqual(asked.signedBy, [await line.fingerprintOf('list-velero')])
  assert.doesNotMatch(asked.text, /Distro|mallory/)
  const tap = new RegExp(`^    grant-share ${id} to=${asker}$`, 'm')
  assert.match(asked.text, tap)

  assert.equal(await sends(vera, `grant-share ${id} to=${asker}`), 'command')
  assert.equal(await sends(walt, `grant-share ${id} to=${asker}`), 'command')
  const all: ReadMail[] = []
  for (const { to, octets } of line.sent)
    if (to === mallory.address) all.push(await readMail(octets, mallory))
  const granted = all.find(({ innerSubject }) => innerSubject === `${id}: what you asked to share`)
  assert.match(granted?.text ?? '', /^Granted: you may tell of C-[0-9]{6}/m)
  assert.match(granted?.text ?? '', /need-to-know/)
  for (const words of HIDDEN) assert.ok(!all.some(({ text }) => text.includes(words)), words)

  assert.equal(await sends(mallory, `contribute ${id} task=test <<\nAll tests pass.\n.`), 'command')
  assert.match((await line.lastMailTo(walt)).text, /^\| All tests pass\.$/m)

  const told = plainMail({
    from: 'quinn@plain.example',
    to: LIST,
    subject: 'x',
    text: `leak ${id}\n\nIt is on a pastebin.\n`,
  })
  assert.deepEqual(await line.take(told), { outcome: 'report', reason: 'leak-new', mails: 3 })
  const alarm = await line.lastMailTo(alice)
  assert.match(alarm.text, /^\| It is on a pastebin\.$/m)
  const incident = /incident (L-[0-9]{6})/.exec(alarm.text)?.[1] ?? ''
  const thanks = line.sent.findLast(({ to }) => to === 'quinn@plain.example')
  const messageId = /^Message-ID: (.*)\r$/m.exec(thanks?.octets.toString('latin1') ?? '')?.[1] ?? ''
  const more = plainMail({
    from: 'quinn@plain.example',
    to: 'security@acme.example',
    subject: 'Re: Thank you',
    text: 'Since noon, and anyone can read it.\n',
    headers: [['In-Reply-To', messageId]],
  })
  assert.deepEqual(await line.take(more), { outcome: 'report', reason: 'leak-more', mails: 2 })
  const signed = await gpgMimeSigned(vera, { to: LIST, text: `leak ${id}\n\nWe saw it, too.\n` })
  assert.equal((await line.take(signed)).outcome, 'command')
  const doubt = await line.lastMailTo(alice)
  assert.match(doubt.text, new RegExp(`^ {4}break ${id} <<$`, 'm'))
  assert.match(doubt.text, /^\|.*walt@third\.example: sent/m)

  assert.equal(await sends(alice, `incident ${incident}`), 'command')
  const { text } = await line.lastMailTo(alice)
  for (const words of [
    ...HIDDEN,
    'mallory@member.example',
    'Since noon',
    'Buildfarm Ltd',
    'Retrospective of',
  ])
    assert.ok(text.includes(words), words)
  assert.equal(text.match(/: sent 20/g)?.length, 3)

  const open = line.instance.store.openIncidents()
  assert.equal(open.length, 2)
  assert.equal(await line.timePasses(), 0)
  const wake = line.instance.pipeline.nextWake()
  assert.ok(wake && wake.at > Date.now() + HOUR)

  assert.equal(await sends(alice, `break ${id} <<\nIt is on a pastebin.\n.`), 'command')
  assert.equal(line.instance.store.openIncidents().length, 2)
  const tasks = await mailNamed(line, alice, `${id}: the embargo is broken`)
  assert.match(tasks.text, new RegExp(`note it: ${incident}\\.`))
  for (const member of [vera, walt, mallory]) {
    const over = await line.lastMailTo(member)
    assert.equal(over.innerSubject, `${id}: the embargo is over`)
    assert.deepEqual(over.signedBy, [await line.fingerprintOf('list-velero')])
    assert.doesNotMatch(over.text, /pastebin|Distro|alice/)
  }
})
