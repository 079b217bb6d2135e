// NeoMutt itself, on a terminal: it taps our links, answers our mail above and below what it quotes, signs and
// encrypts by gpg and by GPGME, with flowed lines and without; and shows our mail as we meant it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { missingGnuPG } from '../support/gpg.ts'
import { Line } from '../support/line.ts'
import { missingNeoMutt, NeoMutt } from '../support/neomutt.ts'

const skip = missingGnuPG() || missingNeoMutt()

const ways = [
  { gpgme: 'no', flowed: 'yes', protect: 'encrypt' },
  { gpgme: 'yes', flowed: 'no', protect: 'sign' },
] as const

test('what NeoMutt sends is done as its user meant it', { skip }, async t => {
  const line = await Line.make(t)
  const id = await line.report()
  const report = line.sent.findLast(({ to }) => to === line.alice.address)
  assert.ok(report)
  const offered = await line.lastMailTo(line.alice)
  const linkTo = (command: string): string => {
    const links = offered.text.match(/(?<=^<)mailto:[^>]+(?=>$)/gm) ?? []
    const link = links.find(one => decodeURIComponent(one).includes(`\r\n${command}`))
    assert.ok(link, `no link to ${command}`)
    return link
  }
  const ourKey = await line.fingerprintOf('mail')
  const expected: string[] = []

  for (const way of ways) {
    const program = await NeoMutt.make(t, line.alice, { ...way, ourKey })
    // A program that flows text leaves a blank where the line goes on.
    const typed = (words: string) => (way.flowed === 'yes' ? words.replace('\n', ' \n') : words)
    const meant = (words: string) => (way.flowed === 'yes' ? words.replace('\n', ' ') : words)
    const named = `${way.protect}, gpgme ${way.gpgme}, flowed ${way.flowed}`
    const note = (words: string) => `embargod acme\nnote ${id} <<\n${typed(words)}\n.\n`

    for (const [how, send] of [
      ['a link with its gap filled in', (words: string) => program.tap(linkTo('note'), `${typed(words)}\n`)],
      ['above what is quoted', (words: string) => program.reply(report.octets, `${note(words)}\n`, 'above')],
      ['below what is quoted', (words: string) => program.reply(report.octets, `\n${note(words)}`, 'below')],
    ] as const)
      await t.test(`${how}; ${named}`, async () => {
        const words = `Überprüft – ${how}; ${named}:\n100 % of it, the dot too.`
        const { outcome, reason } = await line.take(await send(words))
        assert.deepEqual({ outcome, reason }, { outcome: 'command', reason: 'carried-out' })
        expected.push(meant(words))
        assert.deepEqual(
          line.theCase(id).notes.map(({ text }) => text.open()),
          expected,
        )
      })

    await t.test(`our mail is shown with its subject, links and a good signature; ${named}`, async () => {
      const shown = await program.show(report.octets)
      assert.match(shown, /Good signature from:? "?Velero Security/)
      assert.match(shown, new RegExp(`^Subject: ${id}: new report$`, 'm'))
      assert.match(shown, /^--- embargod: write above this line ---$/m)
      assert.ok(shown.includes(`<${linkTo('take')}>`))
    })
  }

  await t.test('a link tapped and sent as it is, and nothing that stood quoted', async () => {
    assert.deepEqual([line.theCase(id).state, line.theCase(id).lead], ['new', undefined])
    const program = await NeoMutt.make(t, line.alice, { ...ways[0], ourKey })
    assert.equal((await line.take(await program.tap(linkTo('take')))).reason, 'carried-out')
    assert.deepEqual([line.theCase(id).state, line.theCase(id).lead], ['triaged', 'alice'])
  })
})
