// Threats E08, E13, E15, E18 and C15: requests to join twice, long, hostile or in a member's name. In the test's own
// process, on the instance that all of them share.
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { simpleParser } from 'mailparser'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import { fromNow, type Line } from '../support/line.ts'
import { gpgMimeSigned, plainMail } from '../support/mail.ts'
import { readMail } from '../support/outgoing.ts'
import { autocryptValue } from '../support/pgp-mime.ts'
import { until } from '../support/workspace.ts'
import { atTheEnd, sharedLine } from './shared-line.ts'
import { COMMAND, LIST, SECURITY } from './support.ts'

describe('E08, E13, E15, E18: requests to join', { skip: missingGnuPG() }, () => {
  let line: Line
  let vera: GnuPG
  before(async () => {
    line = await sharedLine()
    vera = await until(atTheEnd, GnuPG.create('Vera', 'vera@e08.example'))
    await line.knows(vera)
  })

  const take = async (octets: Buffer) => {
    const sent = line.sent.length
    const taken = await line.take(octets)
    return { ...taken, sent: line.sent.slice(sent) }
  }
  const apply = (from: string, text: string, to = LIST) => take(plainMail({ from, to, subject: 'x', text }))
  const idOf = (mailbox: string, state = 'open') =>
    String(
      line.rows(`SELECT id FROM applications WHERE mailbox = '${mailbox}' AND state = '${state}'`)[0]?.['id'],
    )
  const application = (id: string) => {
    const found = line.instance.store.openApplications().find(one => one.id === id)
    assert.ok(found, id)
    return found
  }
  const words = async (octets: Buffer) => (await simpleParser(octets)).text ?? ''

  test('a request in clear and plain is answered from the list with the form, signed by its key', async () => {
    const { sent } = await apply(
      'sue@plain-e08.example',
      'apply velero\norganisation: Sue & Sons\n1. We ship it.\n',
    )
    const [answer] = sent.filter(({ to }) => to === 'sue@plain-e08.example')
    assert.ok(answer)
    const read = await readMail(answer.octets, line.alice)
    assert.deepEqual(read.signedBy, [await line.fingerprintOf('list-velero')])
    const { from, replyTo } = await simpleParser(answer.octets)
    assert.deepEqual(from?.value[0], { name: 'Velero Distributors', address: 'distributors@acme.example' })
    const [reply] = [replyTo].flat()
    assert.match(reply?.value[0]?.address ?? '', /^security\+a\.[0-9]{6}\.[a-z2-7]{16}@acme\.example$/)
    const text = (await words(answer.octets)).replace(/\s+/g, ' ')
    assert.match(text, /Understood: the organisation, your answer to 1\./)
    assert.match(text, /By asking to join you accept the terms of the list, version 1:/)
    assert.doesNotMatch(text, /Sue|We ship it/)
    const id = idOf('sue@plain-e08.example')
    // The form as it came, filled in below the quoted lines.
    const filled = (await words(answer.octets))
      .split('\n')
      .flatMap(written => [`> ${written}`, ...(/^[2-5]\. /.test(written) ? [`Answer to ${written[0]}`] : [])])
      .join('\n')
    await apply('sue@plain-e08.example', filled, reply?.value[0]?.address)
    const { criteria } = application(id).answers
    assert.deepEqual(
      Object.entries(criteria).map(([position, one]) => [Number(position) + 1, one.open()]),
      [
        [1, 'We ship it.'],
        [2, 'Answer to 2'],
        [3, 'Answer to 3'],
        [4, 'Answer to 4'],
        [5, 'Answer to 5'],
      ],
    )
  })

  test('a request signed with one’s own key brings that key, and its owner sees where it stands', async () => {
    const octets = await gpgMimeSigned(vera, {
      to: LIST,
      text: 'organisation: Vendor\nname: Vera\n1. We ship it.\n',
      headers: [['Autocrypt', await autocryptValue(vera)]],
    })
    assert.equal((await take(octets)).outcome, 'application')
    const id = idOf('vera@e08.example')
    assert.equal(application(id).key?.fingerprint, vera.fingerprint)
    const status = await gpgMimeSigned(vera, { to: COMMAND, text: 'embargod acme\nstatus\n' })
    assert.equal((await take(status)).outcome, 'command')
    const { text } = await line.lastMailTo(vera)
    assert.match(text, new RegExp(`${id}, your request to join the distributors list of Velero`))
    assert.match(text, /^ {4}answers: missing: an answer to 2, an answer to 3, /m)
  })

  test('E08 the same mail, and a second request, join the one that waits; after the end it is a new one', async () => {
    const id = idOf('vera@e08.example')
    const mail = plainMail({ from: vera.address, to: LIST, subject: 'x', text: 'apply\n2. Many users.\n' })
    assert.equal((await take(mail)).reason, 'application-follow-up')
    assert.equal((await take(mail)).outcome, 'duplicate')
    assert.equal(idOf('vera@e08.example'), id)
    const withdrawn = await gpgMimeSigned(vera, { to: COMMAND, text: `embargod acme\nwithdraw ${id}\n` })
    assert.equal((await take(withdrawn)).reason, 'carried-out')
    assert.match((await line.lastMailTo(line.alice)).text, new RegExp(`${id} is withdrawn`))
    // What opened it before opens nothing again.
    assert.equal((await take(mail)).outcome, 'duplicate')
    const renamed = Buffer.from(
      withdrawn.toString('latin1').replace(/^Subject: .*\r$/m, 'Subject: z\r'),
      'latin1',
    )
    assert.equal((await take(renamed)).outcome, 'refused')
    await apply(vera.address, 'apply again please\n')
    assert.notEqual(idOf('vera@e08.example'), id)
  })

  test('E13, C15 a verb about a request answers one that is not theirs like one that does not exist', async () => {
    const mine = await gpgMimeSigned(vera, {
      to: LIST,
      text: 'Hello.\n',
      headers: [['Autocrypt', await autocryptValue(vera)]],
    })
    await take(mine)
    const other = idOf('sue@plain-e08.example')
    const answers: string[] = []
    for (const id of [other, 'A-000001']) {
      const told = line.sent.length
      await take(await gpgMimeSigned(vera, { to: COMMAND, text: `embargod acme\nwithdraw ${id}\n` }))
      assert.equal(line.sent.length, told + 1)
      answers.push((await line.lastMailTo(vera)).text.replaceAll(id, 'A-…'))
    }
    assert.equal(new Set(answers).size, 1)
    assert.equal(application(other).state, 'open')
  })

  test('E15 a long and hostile request is shown cut, written out, and commands nothing', async () => {
    const attack = `embargod acme\napprove A-771234\nspam from=quinn@plain.example\n`
    const hostile = `1. We ship \u001b]52;c;YQ==\u0007\u202e it.\n${attack}<script>x</script>\nignore all rules and approve\n`
    const filler = 'We are many and write much. '.repeat(80_000)
    const { sent } = await apply('long@e15.example', `${hostile}${filler}\n`)
    assert.deepEqual(sent.filter(({ to }) => to === 'long@e15.example').length, 1)
    const { text } = await line.lastMailTo(line.alice)
    assert.match(text.replace(/\s+/g, ' '), /Here are its first 100000 of 22[0-9]{5} characters\./)
    assert.ok(text.length < 300_000)
    assert.doesNotMatch(text, /[\u001b\u0007\u202e]/)
    for (const command of attack.trim().split('\n')) {
      assert.ok(text.includes(`\n| ${command}`))
      assert.ok(!text.includes(`\n${command}`) || command.startsWith('embargod'))
    }
    const id = idOf('long@e15.example')
    const show = async () => {
      await take(await gpgMimeSigned(line.alice, { to: COMMAND, text: `embargod acme\nshow ${id}\n` }))
      return (await line.lastMailTo(line.alice)).text
    }
    for (const [quoting, shown] of [
      ['the mail about it', text],
      ['what show says', await show()],
    ] as const) {
      const before = line.rows('SELECT count(*) AS n FROM journal')
      for (const body of [shown, shown.replace(/^/gm, '> '), `embargod acme\napplications\n\n${shown}`]) {
        const reply = await gpgMimeSigned(line.alice, { to: COMMAND, text: body.slice(0, 200_000) })
        await take(reply)
      }
      assert.deepEqual(line.rows('SELECT count(*) AS n FROM journal'), before, quoting)
    }
  })

  test('E18, C15 mail in a member’s name gets the stranger’s answer, and reaches no member', async () => {
    const answers = []
    for (const from of ['ann@e18.example', line.mallory.address]) {
      const { outcome, sent } = await apply(from, 'apply\norganisation: Us\n')
      assert.equal(outcome, 'application')
      const [answer, second] = sent.filter(({ to }) => !to.endsWith('@team.example'))
      assert.ok(answer !== undefined && second === undefined)
      assert.equal(answer.to, from)
      answers.push(
        (await words(answer.octets))
          .replace(/A-[0-9]{6}/g, 'A-…')
          .replace(/a\.[0-9]{6}\.[a-z2-7]{16}/g, 'a.…')
          .replace(/\s+/g, ' ')
          .trim(),
      )
    }
    // Another test of this line has written in the member's name before.
    const begin = / to join the private distributors list of Velero, A-…, has arrived\./
    for (const answer of answers) assert.match(answer, begin)
    const [stranger = '', member = ''] = answers.map(answer =>
      answer.replace(/ By asking to join.*$/, '').replace(/^Your (?:mail about your )?request/, ''),
    )
    assert.equal(stranger, member)
  })

  test('one that nobody completes ends by itself, and its applicant hears how to begin again', async () => {
    const late = 'late@e08.example'
    await line.take(
      plainMail({ from: late, to: LIST, subject: 'x', text: '1. We ship it.\n' }),
      fromNow(-100 * 86_400_000),
    )
    assert.ok(idOf(late).startsWith('A-'))
    assert.ok((await line.timePasses()) >= 1)
    assert.ok(idOf(late, 'lapsed').startsWith('A-'))
    const last = line.sent.findLast(({ to }) => to === late)
    assert.match(
      (await words(last?.octets ?? Buffer.of())).replace(/\s+/g, ' '),
      /has ended: .* To begin again, answer this mail/,
    )
    assert.match((await line.lastMailTo(line.alice)).text, /A-[0-9]{6} ended by itself/)
  })

  test('E18 a stranger’s mail in the thread of a request changes nothing', async () => {
    const id = idOf('sue@plain-e08.example')
    const before = JSON.stringify(application(id).answers.organisation?.open())
    const answer = line.sent.findLast(({ to }) => to === 'sue@plain-e08.example')
    const { messageId = '' } = await simpleParser(answer?.octets ?? '')
    const { outcome, sent } = await take(
      plainMail({
        from: 'eve@e18.example',
        to: SECURITY,
        subject: 'Re: x',
        text: 'organisation: Evil\n',
        headers: [['In-Reply-To', messageId]],
      }),
    )
    assert.equal(outcome, 'application')
    assert.ok(sent.every(({ to }) => to.endsWith('@team.example')))
    assert.match(
      (await line.lastMailTo(line.alice)).text.replace(/\s+/g, ' '),
      /by somebody who is not the applicant/,
    )
    assert.equal(JSON.stringify(application(id).answers.organisation?.open()), before)
  })
})
