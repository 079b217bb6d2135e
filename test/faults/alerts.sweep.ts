// What the admins are told when the mail servers fail, each once and without a word of the server's: a refused
// login, a missing mailbox, mail that cannot be filed, a mailbox that is numbered anew or set back, mail that is
// late (threats.md G03 to G05, G09, H01, H12, L08). Among 500 mails, and with a server that cannot file.
import assert from 'node:assert/strict'
import { chown, readdir, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { ScriptedImap } from '../receive/scripted-imap.ts'
import { lockFiling } from '../receive/watched-mailbox.ts'
import { missingDovecot } from '../support/dovecot.ts'
import { missingGnuPG } from '../support/gpg.ts'
import { Installation } from '../support/installation.ts'
import { gpgMimeSigned, plainMail } from '../support/mail.ts'
import { checkInvariants, inboundOf } from '../support/oracle.ts'
import { upTo } from '../support/sweep.ts'
import { until } from '../support/workspace.ts'
import { passTime } from './time.ts'

const skip = missingDovecot() || missingGnuPG()
const SECURITY = 'security@acme.example'
const COMMAND = 'security+cmd@acme.example'
const PASSWORD = 'canary-password'
const WORDS = 'canary-words'

/** Exit code of `once` where a server is not to be had. */
const UNAVAILABLE = 69

const report = (n: number, from = `r${n}@plain.example`): Buffer =>
  plainMail({ from, to: SECURITY, subject: 'bug', text: `It crashes (${n}): ${WORDS}.\n` })

/** Runs until all is settled and sent that can be now. */
async function once(acme: Installation, code = 0): Promise<void> {
  const ended = await acme.cli('once')
  acme.log.push(...ended.problem.split('\n'))
  assert.equal(ended.code, code, ended.problem)
}

/** How many mails to the admins say so; both are told the same. */
async function told(acme: Installation, words: RegExp): Promise<number> {
  const counts: number[] = []
  for (const admin of [acme.alice, acme.bob])
    counts.push(
      (await acme.inboxOf(admin)).filter(({ text }) => words.test(text.replace(/\s+/g, ' '))).length,
    )
  assert.equal(counts[0], counts[1])
  return counts[0] ?? 0
}

test('what the mail servers fail in is told once, and nothing is lost or done twice', { skip }, async t => {
  const acme = await Installation.make(t)
  const { submission, dovecot } = acme
  // A sweep has more reports from one domain than are acknowledged in a day.
  await acme.edit(text =>
    text.replace(/^ {2}#(acknowledgementsPer(?:Domain)?(?:And)?Day): .*$/gm, '  $1: 1000'),
  )
  const unfiled = /does not let us file away mail/
  const locked = await lockFiling(dovecot)
  const usePort = async (port: number, password: string) => {
    await acme.edit(text => text.replace(/^( {2}port: )(?:[0-9]+)( *.*)$/m, `$1${port}$2`))
    await writeFile(join(acme.folder, 'imap.password'), password, { mode: 0o600 })
  }

  await t.test('mail that is late, after 15 minutes and an hour; others do not wait', async () => {
    const late =
      /is late: acknowledgement C-[0-9]{6}, to the reporter of C-[0-9]{6}\. It is still being tried/
    const only = { recipient: 'r1@plain.example' } as const
    const answer = `451 4.3.0 user:${PASSWORD} later` as const
    const round = async (minutes: number, fault: Parameters<typeof submission.script>[0]) => {
      if (minutes > 0) passTime(acme, minutes)
      submission.script(fault)
      await once(acme)
      return told(acme, late)
    }
    await acme.deliver(report(1))
    assert.equal(await round(0, { ...only, at: 'recipient', answer }), 0)
    assert.deepEqual(submission.mails.map(({ to }) => to.join()).sort(), [
      ...['alice@team.example', 'alice@team.example'],
      ...['bob@team.example', 'bob@team.example'],
    ])
    assert.equal(await round(15, { ...only, at: 'data', answer }), 1)
    assert.equal(await round(10, { at: 'mail-from', answer }), 1, 'once for each time')
    assert.equal(await round(20, { at: 'connect', answer }), 1)
    assert.equal(await round(30, { ...only, at: 'recipient', answer }), 2)
    passTime(acme, 200)
    await once(acme)
    assert.equal(await told(acme, late), 2)
    assert.equal(submission.mails.filter(({ to }) => to.includes(only.recipient)).length, 1)
  })

  await t.test('mail that cannot be filed, which is no reason to read it again', async () => {
    assert.equal(await told(acme, unfiled), 1)
    assert.equal((await dovecot.list('security')).length, 1)
    await locked.open()
  })

  await t.test('a refused login and a missing mailbox, until it works again', async t => {
    const server = await until(t, new ScriptedImap().listen())
    const [login, missing] = [/refuses our login/, /our mailbox is missing/]
    const refusal = `TAG NO [AUTHENTICATIONFAILED] security:${PASSWORD} is wrong\r\n`
    server.replace = command => (/^(LOGIN|AUTHENTICATE)/.test(command) ? refusal : undefined)
    await usePort(server.port, PASSWORD)
    await once(acme, UNAVAILABLE)
    await once(acme, UNAVAILABLE)
    assert.equal(await told(acme, login), 1)
    server.replace = command => {
      if (command.startsWith('SELECT')) return 'TAG NO [NONEXISTENT] none\r\n'
      return command.startsWith('LIST') ? 'TAG OK done\r\n' : undefined
    }
    await once(acme, UNAVAILABLE)
    await once(acme, UNAVAILABLE)
    assert.deepEqual([await told(acme, login), await told(acme, missing)], [1, 1])
    await usePort(dovecot.imapPort, dovecot.password)
    await once(acme)
    await usePort(server.port, PASSWORD)
    await once(acme, UNAVAILABLE)
    assert.deepEqual([await told(acme, login), await told(acme, missing)], [1, 2])
    await usePort(dovecot.imapPort, dovecot.password)
    const spoken = [...acme.log, ...submission.attempts.map(({ octets }) => octets.toString('latin1'))]
    assert.ok(!spoken.some(text => text.includes(PASSWORD)))
  })

  await checkInvariants(acme, { canaries: [WORDS, PASSWORD] })

  await t.test('a mailbox that is numbered anew', async () => {
    const more = upTo(2, 498)
    for (let n = 2; n <= more + 1; n += 1) await acme.deliver(report(n))
    const [first] = await acme.inboxOf(acme.alice)
    const [theCase = ''] = /C-[0-9]{6}/.exec(first?.text ?? '') ?? []
    const take = { to: COMMAND, text: `embargod acme\ntake ${theCase}\n` }
    await acme.deliver(await gpgMimeSigned(acme.alice, take))
    await once(acme)
    const before = await inboundOf(acme)
    const sent = submission.mails.length
    await dovecot.halt()
    await moveBack(acme)
    await dovecot.renewUidValidity('security')
    await dovecot.start()
    // Under a UID that was another mail's before.
    await acme.deliver(report(0))
    await once(acme)
    await once(acme)
    const outcomes = (await inboundOf(acme)).slice(before.length).map(({ outcome }) => outcome)
    // The server numbers mails that it finds together in any order.
    assert.deepEqual(outcomes.toSorted(), [...before.map(() => 'duplicate'), 'report'])
    assert.equal(await told(acme, /numbers the mails of our mailbox anew/), 1)
    // One acknowledgement, and to each admin one report and one alert.
    assert.equal(submission.mails.length, sent + 5)
    assert.equal(await told(acme, unfiled), 1)
  })

  await t.test(
    'a mailbox that is set back: old mail is there again, and a new one has the UID of another',
    async () => {
      const [before, sent] = [await inboundOf(acme), submission.mails.length]
      await dovecot.halt()
      await moveBack(acme)
      await dovecot.reuseUids('security')
      assert.ok((await dovecot.list('security')).length >= 5)
      await dovecot.start()
      await acme.deliver(report(0, 'after@plain.example'))
      await once(acme)
      const rows = (await inboundOf(acme)).slice(before.length)
      assert.deepEqual(
        rows.map(({ outcome }) => outcome),
        ['report'],
      )
      assert.equal(submission.mails.length, sent + 3)
      assert.deepEqual(await dovecot.list('security'), [])
    },
  )

  await t.test('a mailbox that is restored: all of its mail is there again under new numbers', async () => {
    const [before, sent] = [await inboundOf(acme), submission.mails.length]
    await dovecot.halt()
    await moveBack(acme)
    await dovecot.start()
    const mails = (await dovecot.list('security')).length
    await once(acme)
    const outcomes = (await inboundOf(acme)).slice(before.length).map(({ outcome }) => outcome)
    assert.ok(mails >= upTo(2, 498))
    assert.deepEqual(outcomes, Array(mails).fill('duplicate'))
    assert.equal(submission.mails.length, sent)
  })

  await t.test('a server that cannot file mail: it stays, and is acknowledged once', async t => {
    const server = await until(t, new ScriptedImap().listen())
    server.capabilities = 'IMAP4rev1'
    for (const n of [1, 2]) server.mails.set(n, report(n, `stays${n}@plain.example`))
    await usePort(server.port, PASSWORD)
    const acknowledged = () => submission.mails.filter(({ to }) => to.join().startsWith('stays')).length
    await once(acme)
    assert.deepEqual([acknowledged(), await told(acme, unfiled)], [2, 2])
    await once(acme)
    server.uidValidity = 9
    await once(acme)
    assert.deepEqual([acknowledged(), await told(acme, unfiled), server.mails.size], [2, 2, 2])
  })
})

/** What was filed lies in the inbox again, as after a restore. */
async function moveBack({ dovecot }: Installation): Promise<void> {
  const inbox = dovecot.maildir('security')
  const done = join(inbox, '.embargod.done')
  for (const part of ['new', 'cur'])
    for (const name of await readdir(join(done, part)))
      await rename(join(done, part, name), join(inbox, part, name))
  const { uid, gid } = await stat(inbox)
  for (const name of await readdir(done))
    if (name.startsWith('dovecot')) await chown(join(done, name), uid, gid)
}
