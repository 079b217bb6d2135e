// A notice by the real line, from the signed command to what its readers open with GnuPG: patches that git takes, and
// words for users that anybody may read.
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { silent } from '../../src/decide/outcomes.ts'
import type { Event } from '../../src/model/event.ts'
import { later } from '../../src/model/scalars.ts'
import { DAY, formatInstant, HOUR } from '../../src/model/time.ts'
import { settle } from '../store/support.ts'
import { missingGnuPG } from '../support/gpg.ts'
import { Line } from '../support/line.ts'
import { thunderbirdEncryptedSigned } from '../support/mail.ts'
import { readMail } from '../support/outgoing.ts'
import { findProgram, run } from '../support/program.ts'
import { wholeOf } from '../support/whole.ts'

const COMMAND = 'security+cmd@acme.example'
const skip = missingGnuPG() || (findProgram('git') === undefined && 'install git: apt-get install git')

/** Commits with long lines, blanks at ends of lines, CRLF, no end of the last line, and Unicode. */
const FILES = {
  'gate.go': 'open \n\tshut\n.\nFrom here on\n',
  'crlf.txt': 'one\r\ntwo\r\n',
  'wide.txt': `${'x'.repeat(2_000)}\n`,
  'end.txt': 'Grüße 火 without an end',
}

/** Carries a command out, confirmed where it must be. */
async function carriesOut(
  line: Line,
  text: string,
  attachments: readonly { fileName: string; content: string }[] = [],
) {
  const ours = [await line.fingerprintOf('mail')]
  const mail = { to: COMMAND, text: `embargod acme\n${text}\n`, attachments }
  await line.take(await thunderbirdEncryptedSigned(line.alice, ours, mail))
  const answer = await line.lastMailTo(line.alice)
  const [confirm] = /confirm acme [a-z2-7]{16}/.exec(answer.text) ?? []
  if (confirm === undefined) return answer
  await line.take(await thunderbirdEncryptedSigned(line.alice, ours, { to: COMMAND, text: `${confirm}\n` }))
  return answer
}

async function describedCase(line: Line) {
  const id = await line.report()
  const date = formatInstant(later(line.instance.clock.now(), 7 * DAY))
  await carriesOut(
    line,
    [
      `accept ${id}`,
      `severity ${id} cvss=CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N`,
      `mitigate ${id} <<\nRestore only from backups that you made.\n.`,
      `plan ${id} disclose=${date} <<\nThe release is then.\n.`,
    ].join('\n'),
  )
  return id
}

const scheduledOf = (line: Line) => {
  const [notice] = line.instance.store.scheduledNotices()
  assert.ok(notice)
  return notice
}

test('patches arrive as git takes them, whatever is in them', { skip }, async t => {
  const line = await Line.make(t)
  const id = await describedCase(line)
  const repository = join(line.folder, 'theirs')
  const target = join(line.folder, 'member')
  await mkdir(repository)
  const git = async (where: string, ...args: readonly string[]) => {
    const who = ['-c', 'user.name=A', '-c', 'user.email=a@a.example', '-c', 'core.autocrlf=false']
    const ran = await run('git', ['-C', where, ...who, ...args])
    assert.equal(ran.code, 0, ran.stderr)
    return ran
  }
  await git(repository, 'init', '-q')
  await git(repository, 'commit', '-q', '--allow-empty', '-m', 'Begin')
  await git(line.folder, 'clone', '-q', repository, target)
  for (const [name, text] of Object.entries(FILES)) await writeFile(join(repository, name), text)
  await git(repository, 'add', '.')
  await git(repository, 'commit', '-q', '-m', 'Shut the gate')
  const { stdout } = await git(repository, 'format-patch', '--stdout', '--binary', '-1')
  const patch = stdout.toString()

  const { clock, store, pipeline } = line.instance
  const send = formatInstant(later(clock.now(), HOUR))
  const notice = `notice ${id} stage=early-disclosure send=${send} att:0001-gate.patch <<\nPlease test it.\n.`
  const shown = await carriesOut(line, notice, [{ fileName: '0001-gate.patch', content: patch }])
  assert.match(shown.text, /^EMBARGOED\. Velero: early disclosure/m)
  const planned = scheduledOf(line)
  await pipeline.prepareCopies(planned, later(clock.now(), HOUR), new AbortController().signal)
  bySchedule(line, [{ at: planned.sendAt, actor: SCHEDULER, notice: planned.id, kind: 'notice-released' }])
  const [copy] = store.outbox.exchange([], 1, planned.sendAt)
  assert.ok(copy)
  const read = await readMail(wholeOf(copy.octets), line.mallory)
  assert.deepEqual(read.signedBy, [await line.fingerprintOf('list-velero')])
  const [file] = read.attachments
  assert.equal(file?.mediaType, 'text/x-patch')
  assert.equal(file.content.toString(), patch)
  const saved = join(line.folder, 'got.patch')
  await writeFile(saved, file.content)
  await git(target, 'am', '-q', '--keep-cr', saved)
  assert.equal((await git(target, 'diff', '--stat', 'HEAD', '--', '.')).stdout.toString(), '')
  const tree = async (where: string) => (await git(where, 'rev-parse', 'HEAD^{tree}')).stdout.toString()
  assert.equal(await tree(target), await tree(repository))
})

test('what users are told goes in clear, signed, and the team gets its text', { skip }, async t => {
  const line = await Line.make(t)
  await line.restart(text =>
    text.replace('\n    listKey:', '\n    users: [announce@list.example]\n    listKey:'),
  )
  const id = await describedCase(line)
  const { clock, pipeline } = line.instance
  const shown = await carriesOut(
    line,
    `notice ${id} stage=users send=${formatInstant(later(clock.now(), HOUR))}`,
  )
  assert.match(shown.text, /^To: announce@list\.example$/m)
  const planned = scheduledOf(line)
  const before = { at: clock.now(), actor: SCHEDULER, notice: planned.id } as const
  bySchedule(line, [{ ...before, kind: 'notice-rescheduled', sendAt: clock.now() }])
  const around = { clock: 'trusted', mailbox: 'settled', waitingSince: 0 } as const
  assert.equal(
    await pipeline.prepareCopies(scheduledOf(line), clock.now(), new AbortController().signal),
    'made',
  )
  assert.equal(await pipeline.releaseNotice(scheduledOf(line), around), 'settled')
  await line.timePasses()
  const told = line.sent.find(({ to }) => to === 'announce@list.example')
  assert.ok(told)
  const read = await readMail(told.octets, line.mallory)
  assert.deepEqual([read.wasEncrypted, read.signedBy], [false, [await line.fingerprintOf('mail')]])
  assert.match(
    read.text,
    /Severity: high, 7\.5 \(CVSS 3\.1\)[\s\S]*Restore only from backups that you made\./,
  )
  assert.doesNotMatch(told.octets.toString(), new RegExp(`${id}|${planned.id}|It crashes|quinn`))
  // News of what alice did may come to bob after it.
  const toBob = line.sent.filter(({ to }) => to === line.bob.address)
  const mails = await Promise.all(toBob.map(({ octets }) => readMail(octets, line.bob)))
  const text = mails.find(mail => mail.text.includes(read.text.trim()))
  assert.equal(text?.wasEncrypted, true)
  assert.deepEqual(
    line.sent.filter(({ to }) => to === line.mallory.address),
    [],
  )
})

const SCHEDULER = { kind: 'scheduler', name: 'scheduler' } as const

/** What no mail of anybody's brought about. */
const bySchedule = (line: Line, events: readonly Event[]): void =>
  settle(line.instance.store, events, {
    decision: { ...silent('command', 'set-up'), actor: SCHEDULER, events },
  })
