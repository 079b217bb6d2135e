// The demo as a newcomer runs it, as one without the development packages runs it, and on a program that
// does not do what it promises: then it must say so.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Secret } from '../../src/config/secret.ts'
import { Submission } from '../../src/deliver/smtp.ts'
import { addressOf } from '../../src/demo/mail-program.ts'
import { octetsOf } from '../../src/model/octets.ts'
import { checkMailbox } from '../../src/receive/mailbox-check.ts'
import { plainMail } from '../support/mail.ts'
import { run } from '../support/program.ts'
import { type TestEnd, tempDir } from '../support/workspace.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** No gpg or any other program can be found. */
const demo = (root: string, ...args: readonly string[]) =>
  run(process.execPath, [join(root, 'src/launch.js'), 'demo', '--slack', '15', ...args], {
    env: { PATH: '' },
  })

/** A copy of the program with these packages. */
async function programWith(t: TestEnd, packages: readonly string[]): Promise<string> {
  const root = await tempDir(t)
  for (const folder of ['src', 'config'])
    await cp(join(ROOT, folder), join(root, folder), { recursive: true })
  await cp(join(ROOT, 'package.json'), join(root, 'package.json'))
  for (const name of packages) {
    const link = join(root, 'node_modules', name)
    await mkdir(dirname(link), { recursive: true })
    await symlink(join(ROOT, 'node_modules', name), link)
  }
  return root
}

async function packages(
  ...lists: readonly ('dependencies' | 'devDependencies')[]
): Promise<readonly string[]> {
  const manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))
  return lists.flatMap(list => Object.keys(manifest[list]))
}

/** Resolves when the story is told and all is open to a mail program. */
async function keptDemo(t: TestEnd, ...args: readonly string[]) {
  const child = spawn(
    process.execPath,
    [join(ROOT, 'src/launch.js'), 'demo', '--slack', '15', '--keep', ...args],
    {
      env: { ...process.env, PATH: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  t.after(() => void child.kill())
  const exit = once(child, 'exit')
  let problems = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    problems += text
  })
  let told = ''
  for await (const part of child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    told += part
    if (told.includes('Ctrl-C ends it')) break
  }
  assert.match(told, /Ctrl-C ends it/, problems)
  const end = async () => {
    child.kill('SIGTERM')
    const [code] = await exit
    return { code, problems }
  }
  return { told, end }
}

/** A report from a mail program: its acknowledgement lies in the folder of whoever wrote it. */
async function writeAsZoe(told: string): Promise<void> {
  const [imap = 0, smtp = 0] = [...told.matchAll(/127\.0\.0\.1, port ([0-9]+)/g)].map(([, port]) =>
    Number(port),
  )
  const [, user = '', password = ''] = /user (\S+), password "([^"]+)"/.exec(told) ?? []
  const [, security = ''] = /^The key of (\S+):/m.exec(told) ?? []
  const server = { host: '127.0.0.1', tls: 'none' } as const
  const [from, to] = [addressOf('zoe@x.example'), addressOf(security)]
  const submission = new Submission({ server: { ...server, port: smtp }, connections: 1 })
  const octets = plainMail({ from, to, subject: 's', text: 'A bug.\n' })
  assert.equal((await submission.send({ from, to, octets: octetsOf(octets) })).kind, 'accepted')
  await submission.close()
  const mailbox = {
    ...server,
    port: imap,
    user,
    password: new Secret(password),
    mailbox: from,
    done: ['none'],
  }
  for (let tries = 0; ; tries += 1) {
    const report = await checkMailbox(mailbox)
    if (report.kind === 'ok') return assert.equal(report.mails, 1)
    assert.ok(tries < 100, 'no acknowledgement')
    await pause(100)
  }
}

test('the demo tells its story to the end and leaves the mails in the order of it', async t => {
  const folder = join(await tempDir(t), 'kept')
  await mkdir(folder)
  await writeFile(join(folder, '99-of-an-earlier-demo.eml'), '')
  await writeFile(join(folder, 'notes.txt'), 'mine')
  const { told, end } = await keptDemo(t, '--keep-mail', folder)
  await t.test('and stays up for a mail program, until it is asked to end', async () => {
    await writeAsZoe(told)
    const [, keys = ''] = /^ {2}alice@team\.example +(.+)$/m.exec(told) ?? []
    assert.match(await readFile(keys, 'utf8'), /BEGIN PGP PRIVATE KEY BLOCK/)
    assert.deepEqual(await end(), { code: 0, problems: '' })
    await assert.rejects(readFile(keys), { code: 'ENOENT' })
  })
  assert.ok(told.includes(`${folder}\n\nembargod runs on.`))
  for (const line of [
    /acknowledged as C-[0-9]{6}, [0-9]{1,5} ms after the fetch/,
    /refused: nothing changed/,
    /three reports, three cases/,
    /started again, [0-9.]+ s before the instant/,
    /three copies, all within [0-9]{1,5} ms after the instant, none before/,
    /36 mails left, each signed, each to one recipient, none twice/,
  ])
    assert.match(told, line)

  const kept = await readdir(folder)
  assert.equal(kept.length, 2 * 36 + 1)
  assert.ok(kept.includes('notes.txt'))
  assert.match(await readFile(join(folder, '01-acknowledgement-to-riya.eml'), 'utf8'), /BEGIN PGP MESSAGE/)
  assert.match(
    await readFile(join(folder, '01-acknowledgement-to-riya.txt'), 'utf8'),
    /Thank you for your report/,
  )
  assert.match(await readFile(join(folder, '29-notice-to-cedar.txt'), 'utf8'), /EMBARGOED/)
})

test('the demo fails and names the part when a signature is not the one it should be', async t => {
  const root = await programWith(t, await packages('dependencies', 'devDependencies'))
  const file = join(root, 'src/instance/keyring.ts')
  const text = await readFile(file, 'utf8')
  const altered = text.replace(/return key\n {4}return this\.#mail/, 'return key\n    return this.storage')
  assert.notEqual(altered, text)
  await writeFile(file, altered)
  const { code, stderr } = await demo(root, '--keep-mail', join(root, 'kept'))
  assert.equal(code, 1)
  assert.match(stderr, /This does not hold\. A report comes in: .*does not bear our signature/)
})

test('without the packages for development it is one sentence', async t => {
  const root = await programWith(t, await packages('dependencies'))
  const { code, stdout, stderr } = await demo(root)
  assert.equal(code, 69)
  assert.equal(stdout.length, 0)
  assert.equal(stderr.trimEnd().split('\n').length, 1)
  assert.match(stderr, /npm ci/)
})
