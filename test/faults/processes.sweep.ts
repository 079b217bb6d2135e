// The daemon among processes: a second one on its data directory ends at once, whatever its number, and a lock whose
// holder was killed holds nobody up (threats.md J06); the end of the child that opens mail ends neither the daemon nor
// the mail (J08), and a signal to all of them no mail that is under way (J03).
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { embargodProcess } from '../cli/command-line.ts'
import { missingDovecot } from '../support/dovecot.ts'
import { FaultProxy } from '../support/fault-proxy.ts'
import { missingGnuPG } from '../support/gpg.ts'
import { Installation } from '../support/installation.ts'
import { gpgMimeEncrypted, plainMail } from '../support/mail.ts'
import { checkInvariants, inboundOf } from '../support/oracle.ts'
import { run } from '../support/program.ts'
import { until } from '../support/workspace.ts'

const skip = missingDovecot() || missingGnuPG()
const LAUNCH = fileURLToPath(new URL('../../src/launch.js', import.meta.url))
const SECURITY = 'security@acme.example'
const WORDS = 'canary-processes'
/** Exit code where another process has the data directory. */
const BUSY = 75
/** Milliseconds in which a second daemon has to end. */
const AT_ONCE = 2_000
/** Of a report: long enough that it is being opened for a while. */
const LINES = 300_000

const report = (from: string): Buffer =>
  plainMail({ from, to: SECURITY, subject: 'bug', text: `It crashes: ${WORDS}.\n` })

async function childrenOf(pid = 0): Promise<readonly number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'latin1')
  return children.split(' ').filter(Boolean).map(Number)
}

/** A daemon that is the first process of its own world, as in a container: each of them has the number 1. */
function startAlone(t: TestContext, config: string): ChildProcess {
  const alone = ['--pid', '--fork', '--kill-child', process.execPath, LAUNCH, '--config', config, 'run']
  const daemon = spawn('unshare', alone, { stdio: ['ignore', 'ignore', 'pipe'] })
  t.after(() => daemon.kill('SIGKILL'))
  return daemon
}

function connected({ stderr }: ChildProcess): Promise<void> {
  assert.ok(stderr)
  const lines = createInterface({ input: stderr })
  return new Promise((resolve, reject) => {
    lines.on('line', line => {
      if (line.includes('"event":"mailbox","state":"connected"')) resolve()
    })
    lines.once('close', () => reject(new Error('it ended')))
  })
}

test('a daemon has its data directory alone, and outlives the child that opens mail', { skip }, async t => {
  const acme = await Installation.make(t)
  const { submission } = acme
  const proxy = await until(t, new FaultProxy(acme.dovecot.imapPort).listen())
  await acme.edit(text => text.replace(`port: ${acme.dovecot.imapPort}`, `port: ${proxy.port}`))
  await acme.start()
  await acme.deliver(report('first@plain.example'))
  await submission.waitForCount(3)

  await t.test('J06 a second daemon says why and ends, and so does a pass', async () => {
    const [attempts, connections] = [submission.attempts.length, proxy.connections]
    for (const verb of ['run', 'once']) {
      const began = performance.now()
      const second = await embargodProcess('--config', acme.config, verb)
      const took = performance.now() - began
      assert.equal(second.code, BUSY)
      assert.equal(second.problems, 'Another embargod works on this data directory.\n')
      // Of which half a start is not its own on a busy machine.
      assert.ok(took < Math.max(AT_ONCE, 2 * acme.slowestStart), `${took} ms`)
    }
    assert.deepEqual([submission.attempts.length, proxy.connections], [attempts, connections])
  })

  await t.test('J06 a lock whose holder was killed does not block', async () => {
    await acme.kill()
    await acme.start()
    await acme.deliver(report('second@plain.example'))
    await submission.waitForCount(6)
  })

  const large = async (name: string) => {
    const person = await acme.person(name, `${name}@research.example`)
    const text = `${WORDS}\n`.repeat(LINES)
    return gpgMimeEncrypted(person, [await acme.fingerprintOf('mail')], {
      to: SECURITY,
      subject: 'bug',
      text,
    })
  }
  const settled = () => acme.log.filter(line => /"event":"settled","inbound":/.test(line)).length
  /** Resolves while the mail is being opened. */
  const openingBegins = async (mail: Buffer) => {
    const received = acme.log.filter(line => line.includes('"event":"received"')).length
    await acme.deliver(mail)
    await acme.logged(/"event":"received"/, received + 1)
    await pause(150)
  }

  await t.test('J08 a child that is killed while it opens a mail takes neither with it', async () => {
    const [{ pid }, before] = [acme, settled()]
    await openingBegins(await large('kim'))
    for (const child of await childrenOf(pid)) process.kill(child, 'SIGKILL')
    await acme.logged(/"event":"not-opened".*"why":"sandbox-died","attempts":1/)
    await acme.logged(/"event":"settled","inbound":/, before + 1)
    assert.equal(acme.pid, pid)
    assert.equal((await inboundOf(acme)).at(-1)?.outcome, 'report')
  })

  await t.test('J03 a signal to all processes ends no mail that is being opened', async () => {
    const died = () => acme.log.filter(line => line.includes('"event":"not-opened"')).length
    const before = died()
    await openingBegins(await large('lee'))
    for (const child of await childrenOf(acme.pid)) process.kill(child, 'SIGTERM')
    assert.equal(await acme.stop(), 0)
    assert.equal(died(), before)
    assert.equal((await inboundOf(acme)).at(-1)?.outcome, 'report')
  })

  const ended = await acme.cli('once')
  assert.equal(ended.code, 0, ended.problem)
  await checkInvariants(acme, { canaries: [WORDS] })

  await t.test('J06 one with the same number, in another container, is another all the same', async t => {
    if ((await run('unshare', ['--pid', '--fork', 'true'])).code !== 0)
      return t.skip('this user may not unshare')
    const first = startAlone(t, acme.config)
    await connected(first)
    const second = startAlone(t, acme.config)
    const [code] = await once(second, 'exit')
    assert.equal(code, BUSY)
    first.kill('SIGKILL')
    await connected(startAlone(t, acme.config))
  })
})
