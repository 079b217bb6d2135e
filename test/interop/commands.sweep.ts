// Command mail in the shapes in which honest people's programs make it: the running daemon carries each out
// once, with exactly the words that were typed, and nothing of what stands quoted in it.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { missingDovecot } from '../support/dovecot.ts'
import { missingGnuPG } from '../support/gpg.ts'
import { Installation } from '../support/installation.ts'
import { plainMail } from '../support/mail.ts'
import { checkInvariants, inboundOf } from '../support/oracle.ts'
import { PATCH, SHAPES } from './shapes.ts'

const skip = missingDovecot() || missingGnuPG()

/** Longer than a line of any program, with letters, blanks and dashes that each encodes its own way. */
const wordsOf = (position: number): string =>
  `shape-${String(position).padStart(2, '0')}: Überprüft – the restore hook runs “anything”, 100 % of it, =3D and all, and this line is longer than what a mail program leaves on one line.`

test('a command in any honest shape is carried out once, in its own words', { skip }, async t => {
  const acme = await Installation.make(t)
  const { alice } = acme
  const ourKey = await acme.fingerprintOf('mail')
  const contact = await acme.person('Contact One', 'oncall@one.example')
  const imported = await acme.importMember(contact, 'Distro One')
  assert.equal(imported.code, 0, imported.problem)
  await acme.start()
  await acme.deliver(
    plainMail({
      from: 'Quinn <quinn@plain.example>',
      to: 'security@acme.example',
      subject: 'bug',
      text: 'It crashes: canary-report-6e1d\n',
    }),
  )
  // The report as alice got it: it offers commands, each of which would change the case.
  const answered = await acme.mailTo(alice, 2)
  const [id = ''] = /C-[0-9]{6}/.exec(answered.innerSubject ?? '') ?? []
  assert.match(answered.text, new RegExp(`^ {4}accept ${id}$`, 'm'))

  const mails: Buffer[] = []
  for (const [position, { write }] of SHAPES.entries()) {
    const commands = `embargod acme\nnote ${id} <<\n${wordsOf(position)}\n.\n`
    mails.push(await write(commands, { admin: alice, ourKey, answered }))
  }
  for (const octets of mails) await acme.deliver(octets)
  await acme.logged(/"event":"settled","inbound"/, mails.length + 1)
  const settled = (await inboundOf(acme)).filter(({ source }) => source === 'imap').slice(1)
  const caseNow = async () => JSON.parse((await acme.cli('case', 'show', id, '--reveal', '--json')).out)
  const notes: readonly string[] = String((await caseNow()).noted).split('\n')

  // The order of arrival is the order of delivery, so that each mail can be named.
  for (const [position, { name }] of SHAPES.entries())
    await t.test(name, () => {
      const { outcome, reason } = settled[position] ?? {}
      assert.deepEqual({ outcome, reason }, { outcome: 'command', reason: 'carried-out' })
      const mine = notes.filter(note => note.includes(wordsOf(position).slice(0, 9)))
      assert.deepEqual(
        mine.map(note => note.replace(/^alice, \S+: /, '')),
        [wordsOf(position)],
      )
    })

  await t.test('nothing else ran: no quoted command, no HTML', async () => {
    const { state, lead, notes: count } = await caseNow()
    assert.deepEqual({ state, lead, count }, { state: 'new', lead: 'nobody', count: SHAPES.length })
  })

  await t.test('a patch attached by any of them arrives octet for octet', async () => {
    const sendAt = new Date(Date.now() + 3_600_000).toISOString().replace(/:[0-9.]+Z$/, 'Z')
    const commands = `embargod acme dry-run\nnotice ${id} stage=early-disclosure send=${sendAt} att:fix.patch <<\nSee the patch.\n.\n`
    const attaching = SHAPES.filter(({ name }) => name.includes('with a patch'))
    assert.equal(attaching.length, 4)
    for (const { write } of attaching)
      await acme.deliver(await write(commands, { admin: alice, ourKey, answered }))
    await acme.logged(/"event":"settled".*"reason":"dry-run"/, attaching.length)
    const sha256 = createHash('sha256').update(PATCH.content).digest('hex')
    // Beside its change and the report, a transcript each.
    const transcripts = 2 + mails.length + attaching.length
    const hers = () => acme.submission.mails.filter(({ to }) => to.includes(alice.address)).length
    await acme.submission.waitFor(() => hers() >= transcripts, 30_000)
    const dryRuns = (await acme.inboxOf(alice)).filter(({ text }) => text.includes('A dry run'))
    assert.equal(dryRuns.length, attaching.length)
    for (const { text } of dryRuns)
      assert.match(text.replace(/\s+/g, ' '), new RegExp(`fix\\.patch, [0-9]+ octets ${sha256}`))
  })

  await t.test('the same octets again are duplicates, and silent', async () => {
    const [sent, before] = [acme.submission.mails.length, (await inboundOf(acme)).length]
    for (const octets of mails) await acme.deliver(octets)
    await acme.logged(/"event":"settled","inbound":.*"outcome":"duplicate"/, mails.length)
    const again = (await inboundOf(acme)).slice(before)
    assert.equal(again.length, mails.length)
    assert.deepEqual([...new Set(again.map(({ outcome }) => outcome))], ['duplicate'])
    assert.equal((await caseNow()).notes, SHAPES.length)
    assert.equal(acme.submission.mails.length, sent)
  })

  await checkInvariants(acme, { canaries: ['canary-report-6e1d', 'Überprüft'] })
})
