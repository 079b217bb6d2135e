// Threat B04 with the running daemon: whatever mails ask for, the system calls of the daemon and its child show
// connections to the configured servers and to nothing else.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { missingDovecot } from '../support/dovecot.ts'
import { missingGnuPG } from '../support/gpg.ts'
import { Installation } from '../support/installation.ts'
import { thunderbirdSigned } from '../support/mail.ts'
import { entity, resolve } from '../support/mime.ts'
import { checkInvariants } from '../support/oracle.ts'
import { htmlEntity, mail, mixed, textEntity } from '../support/pgp-mime.ts'
import { findProgram } from '../support/program.ts'

const SECURITY = 'security@acme.example'
const CANARY = 'canary-fetched-2d90'
const skip =
  missingDovecot() ||
  missingGnuPG() ||
  (findProgram('strace') === undefined && 'install strace: apt-get install strace')

/** Watches processes and all they start; resolves when it does, or with what it says where that is forbidden. */
async function watch(pids: readonly number[], file: string): Promise<ChildProcess | string> {
  const attach = pids.flatMap(pid => ['-p', String(pid)])
  const strace = spawn('strace', ['-f', '-q', '-e', 'trace=connect,sendto,sendmsg', '-o', file, ...attach], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  strace.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  for (;;) {
    if (strace.exitCode !== null) return `strace may not watch: ${said}`
    const traced = await Promise.all(pids.map(isTraced))
    if (traced.every(Boolean)) return strace
    await new Promise(setImmediate)
  }
}

const isTraced = async (pid: number): Promise<boolean> =>
  /^TracerPid:\s+[1-9]/m.test(await readFile(`/proc/${pid}/status`, 'latin1'))

test('B04 no mail makes the daemon connect to anything but its servers', { skip }, async t => {
  const acme = await Installation.make(t)
  const riya = await acme.person('Riya', 'riya@research.example')
  await acme.start()
  const pid = acme.pid ?? 0
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'latin1')).split(' ').filter(Boolean)
  assert.ok(children.length > 0, 'the child runs')
  const file = join(acme.folder, 'calls')
  const strace = await watch([pid, ...children.map(Number)], file)
  if (typeof strace === 'string') return t.skip(strace)
  t.after(() => strace.kill('SIGKILL'))

  const url = `http://192.0.2.7/${CANARY}`
  const html = `<img src="${url}"><link rel=stylesheet href="${url}"><style>@import "${url}"</style><form action="${url}"><iframe src="${url}"></iframe><script src="${url}"></script><meta http-equiv=refresh content="0;url=${url}">`
  const external = entity(
    `message/external-body; access-type=URL; URL="${url}"`,
    'Content-Type: text/plain\r\n\r\n',
  )
  const ftp = entity(
    'message/external-body; access-type=anon-ftp; site="192.0.2.7"; name=x',
    'Content-Type: text/plain\r\n\r\n',
  )
  const asking = (['Reply-To', 'Disposition-Notification-To', 'Return-Receipt-To', 'Errors-To'] as const).map(
    name => [name, 'victim@elsewhere.example'] as const,
  )
  const links = [
    ['OpenPGP', `url=${url}`],
    ['X-PGP-Key', url],
    ['Face', url],
    ['BIMI-Location', `v=BIMI1; l=${url}`],
  ] as const
  const from = (author: string, content: string) =>
    mail(resolve({ to: SECURITY, headers: [...asking, ...links] }, author), content)
  const mails = [
    from('a@plain.example', htmlEntity(html)),
    from('b@plain.example', mixed([textEntity('x\n'), external, ftp])),
    from(
      'c@plain.example',
      mixed([
        htmlEntity(html),
        entity('image/svg+xml', `<svg><image href="${url}"/></svg>`),
        entity('text/calendar', `ATTACH:${url}\r\n`),
      ]),
    ),
    await thunderbirdSigned(riya, { to: SECURITY, text: url, html, key: 'absent' }),
  ]
  for (const octets of mails) await acme.deliver(octets)
  await acme.logged(/"event":"settled"/, mails.length)
  // To its author and to both admins.
  await acme.submission.waitForCount(3 * mails.length, 15_000)
  strace.kill('SIGTERM')
  await once(strace, 'exit')

  const calls = (await readFile(file, 'latin1')).split('\n')
  const named = calls.filter(call => /\bsa_family=AF_INET6?\b/.test(call))
  const targets = new Set(
    named.map(
      call =>
        `${/inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"/.exec(call)?.slice(1).join('')}:${/htons\(([0-9]+)\)/.exec(call)?.[1]}`,
    ),
  )
  const { dovecot, submission } = acme
  const allowed = [`${dovecot.host}:${dovecot.imapPort}`, `${submission.host}:${submission.port}`]
  assert.ok(targets.has(allowed[1] ?? ''), 'the submission server was called while it was watched')
  assert.deepEqual(
    [...targets].filter(target => !allowed.includes(target)),
    [],
  )
  assert.equal(acme.submission.mails.filter(({ to }) => to.includes('victim@elsewhere.example')).length, 0)
  await checkInvariants(acme, { canaries: [CANARY] })
})
