import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { after, describe, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { instant } from '../../src/model/scalars.ts'
import { loadSecretKey, type SecretKey, sessionKeys, signPackets } from '../../src/openpgp/secret-keys.ts'
import { Sandbox } from '../../src/sandbox/sandbox.ts'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import * as mails from '../support/mail.ts'
import { attachmentEntity, resolve } from '../support/mime.ts'
import { mail, mixed } from '../support/pgp-mime.ts'
import { until } from '../support/workspace.ts'

const skip = missingGnuPG()
const now = instant(Date.now() + 60_000)
const automatic = { ownAddresses: [], lists: [], spamHeader: undefined, returnPathRecorded: 'no' } as const
const to = 'security@project.org'
const plain = Buffer.from('From: ann@example.org\r\nSubject: A hole\r\n\r\nHello\r\n')

// Set before any child starts.
process.env['EMBARGOD_CANARY'] = 'do-not-inherit'

const whoKnowsNothing = (): Sandbox =>
  new Sandbox({ sessionKeys: async () => [], certificates: () => [] }, automatic)

const noProc = !existsSync('/proc/self/status') && 'this system has no /proc'

const isAlive = (pid: number): boolean => {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'))
  } catch {
    return false
  }
}

describe('the child', () => {
  // One for all tests but the last, which ends it.
  const sandbox = whoKnowsNothing()
  after(() => sandbox.close())

  test('opens a mail in another process', async () => {
    const opened = await sandbox.open(plain, now)
    assert.ok(opened.ok)
    assert.equal(opened.value.machine, 'human')
    assert.equal(opened.value.mail.header.subject.open(), 'A hole')
    assert.equal(opened.value.mail.authored.text?.open(), 'Hello\n')
    assert.notEqual(sandbox.pid, process.pid)
  })

  test('says what it cannot read, and works on', async () => {
    const deep = Array.from(
      { length: 60 },
      (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\n\n--b${i}\n`,
    )
    assert.deepEqual(await sandbox.open(Buffer.from(deep.join('')), now), { ok: false, error: 'too-deep' })
    assert.deepEqual(await sandbox.inspect(plain, now), { ok: false, error: 'unreadable' })
    assert.ok((await sandbox.open(plain, now)).ok)
  })

  test('takes many jobs at once and answers each its own', async () => {
    const subjects = Array.from({ length: 20 }, (_, i) => `hole ${i}`)
    const opened = await Promise.all(
      subjects.map(subject => sandbox.open(Buffer.from(`Subject: ${subject}\r\n\r\n`), now)),
    )
    assert.deepEqual(
      opened.map(one => one.ok && one.value.mail.header.subject.open()),
      subjects,
    )
  })

  test('J08 that is killed under a job fails it alone, and is replaced', async () => {
    assert.ok((await sandbox.open(plain, now)).ok)
    const first = sandbox.pid
    assert.ok(first !== undefined)
    const victim = sandbox.open(plain, now)
    process.kill(first, 'SIGKILL')
    assert.deepEqual(await victim, { ok: false, error: 'sandbox-died' })
    assert.ok((await sandbox.open(plain, now)).ok)
    assert.notEqual(sandbox.pid, first)
  })

  test('J03 outlives what tells the parent to stop, which has a job to end', async () => {
    assert.ok((await sandbox.open(plain, now)).ok)
    const { pid } = sandbox
    assert.ok(pid !== undefined)
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
      process.kill(pid, signal)
      assert.ok((await sandbox.open(plain, now)).ok)
    }
    assert.equal(sandbox.pid, pid)
  })

  test('has no environment and may write no file and start no process', { skip: noProc }, async () => {
    assert.ok((await sandbox.open(plain, now)).ok)
    const environment = readFileSync(`/proc/${sandbox.pid}/environ`, 'latin1')
    assert.doesNotMatch(environment, /CANARY|HOME|PATH/)
    assert.match(readFileSync(`/proc/${sandbox.pid}/cmdline`, 'latin1'), /--permission/)
  })

  test('ends when its parent is killed', { skip: noProc }, async () => {
    const module = new URL('../../src/sandbox/sandbox.ts', import.meta.url)
    const program = `import { Sandbox } from ${JSON.stringify(module.href)}
      const sandbox = new Sandbox({ sessionKeys: async () => [], certificates: () => [] }, { ownAddresses: [], lists: [], spamHeader: undefined, returnPathRecorded: 'no' })
      await sandbox.open(Buffer.from('A: b'), 0)
      console.log(sandbox.pid)`
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const [printed]: unknown[] = await once(parent.stdout, 'data')
    const child = Number(String(printed))
    assert.ok(isAlive(child))
    parent.kill('SIGKILL')
    const deadline = performance.now() + 45_000
    while (isAlive(child) && performance.now() < deadline) await setImmediate()
    assert.ok(!isAlive(child))
  })

  test('survives a mail of 25 MB within its bounds of memory', async t => {
    const base64 = Buffer.alloc(18_000_000, 1).toString('base64').replace(/.{76}/g, '$&\r\n')
    const octets = Buffer.from(
      `Content-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64}`,
    )
    // How long it may take, a busy machine cannot tell.
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const opened = await sandbox.open(octets, now)
    t.mock.timers.reset()
    assert.ok(opened.ok, opened.ok ? '' : opened.error)
    assert.equal(opened.value.mail.parts[0]?.octets.length, 18_000_000)
    assert.ok((await sandbox.open(plain, now)).ok)
  })

  test('ends with the sandbox, and jobs still waiting are told', { skip: noProc }, async () => {
    assert.ok((await sandbox.open(plain, now)).ok)
    const { pid } = sandbox
    const waiting = [sandbox.open(plain, now), sandbox.open(plain, now)]
    await sandbox.close()
    for (const job of waiting) assert.deepEqual(await job, { ok: false, error: 'sandbox-died' })
    assert.deepEqual(await sandbox.open(plain, now), { ok: false, error: 'sandbox-died' })
    assert.ok(pid !== undefined && !isAlive(pid))
  })
})

type People = { readonly own: SecretKey; readonly ownPerson: GnuPG; readonly admin: GnuPG }

async function people(): Promise<People> {
  const [ownPerson, admin] = await Promise.all(
    ['Project', 'Admin'].map(name =>
      until({ after }, GnuPG.create(name, `${name.toLowerCase()}@example.org`)),
    ),
  )
  assert.ok(ownPerson && admin)
  const own = await loadSecretKey(await ownPerson.exportSecret(), undefined)
  assert.ok(own.ok)
  return { own: own.value, ownPerson, admin }
}

if (skip === false) withKeys(await people())
else test('the child with keys', { skip }, () => {})

function withKeys({ own, ownPerson, admin }: People): void {
  describe('the child with keys', () => {
    const sandbox = new Sandbox(
      { sessionKeys: packets => sessionKeys(packets, [own], now), certificates: () => [] },
      automatic,
    )
    after(() => sandbox.close())
    const enrolled = async () => {
      const inspected = await sandbox.inspect(await admin.exportPublic(), now)
      assert.ok(inspected.ok)
      return [{ fingerprint: inspected.value.fingerprint, octets: inspected.value.octets }]
    }

    test('asks for session keys and verifies with the enrolled certificates', async () => {
      sandbox.enrol(await enrolled())
      const octets = await mails.gpgMimeEncryptedSigned(admin, [ownPerson], { to, text: 'embargod x' })
      const opened = await sandbox.open(octets, now)
      assert.ok(opened.ok)
      const { authored, encryption, parts } = opened.value.mail
      assert.equal(encryption, 'encrypted')
      assert.equal(authored.kind === 'signed' && authored.signature.kind, 'good')
      assert.equal(
        Buffer.from(parts[0]?.octets ?? [])
          .toString()
          .trim(),
        'embargod x',
      )
      assert.match(`${authored.text}`, /^\[embargoed\]$/)
    })

    test('that replaces a dead one knows the enrolled certificates', async () => {
      sandbox.enrol(await enrolled())
      const octets = await mails.gpgMimeSigned(admin, { to, text: 'embargod x' })
      const verdict = async () => {
        const opened = await sandbox.open(octets, now)
        if (!opened.ok) return opened.error
        const { authored } = opened.value.mail
        return authored.kind === 'signed' ? authored.signature.kind : authored.kind
      }
      assert.equal(await verdict(), 'good')
      const victim = verdict()
      process.kill(sandbox.pid ?? 0, 'SIGKILL')
      assert.equal(await victim, 'sandbox-died')
      assert.equal(await verdict(), 'good')
      sandbox.enrol([])
      assert.equal(await verdict(), 'refused')
    })

    let answer = (): Promise<never> => Promise.reject(new Error('locked'))
    const unanswered = new Sandbox({ sessionKeys: () => answer(), certificates: () => [] }, automatic)
    after(() => unanswered.close())

    test('whose question fails finds the mail undecryptable', async () => {
      const octets = await mails.gpgMimeEncrypted(admin, [ownPerson], { to, text: 'x' })
      const opened = await unanswered.open(octets, now)
      assert.equal(opened.ok && opened.value.mail.encryption, 'undecryptable')
    })

    test('whose question is never answered is killed at the deadline', async t => {
      const asked = Promise.withResolvers<void>()
      answer = () => {
        asked.resolve()
        return new Promise(() => {})
      }
      const octets = await mails.gpgMimeEncrypted(admin, [ownPerson], { to, text: 'x' })
      t.mock.timers.enable({ apis: ['setTimeout'] })
      const opened = unanswered.open(octets, now)
      await asked.promise
      t.mock.timers.tick(9_999)
      assert.equal(await Promise.race([opened, setImmediate('it waits')]), 'it waits')
      t.mock.timers.tick(1)
      assert.deepEqual(await opened, { ok: false, error: 'sandbox-timeout' })
      t.mock.timers.reset()
      assert.ok((await unanswered.open(plain, now)).ok)
    })

    test('J08 that grows beyond its memory is killed, and the next mail is opened', {
      skip: noProc,
    }, async t => {
      // Each attachment is within the bounds of one message; together they are not.
      const large = Buffer.concat([randomBytes(800_000), Buffer.alloc(60_000_000)])
      const content = await admin.encryptSign([ownPerson], large, { signed: 'unsigned' })
      const attached = attachmentEntity({ fileName: 'a.asc', mediaType: 'application/octet-stream', content })
      const octets = mail(resolve({ to }, admin.mailbox), mixed(Array.from({ length: 10 }, () => attached)))
      // However slow this machine is, no deadline comes before the memory is full.
      t.mock.timers.enable({ apis: ['setTimeout'] })
      assert.deepEqual(await sandbox.open(octets, now), { ok: false, error: 'sandbox-memory' })
      t.mock.timers.reset()
      assert.ok((await sandbox.open(plain, now)).ok)
    })

    test('inspects a stranger’s certificate and encrypts to it what the parent signed', async () => {
      const certificate = await admin.exportPublic()
      const inspected = await sandbox.inspect(certificate, now)
      assert.ok(inspected.ok)
      assert.equal(inspected.value.fingerprint, admin.fingerprint)
      assert.equal(inspected.value.encryptable, true)
      const packets = await signPackets(Buffer.from('to you alone'), own, now)
      const encrypted = await sandbox.encrypt(packets, inspected.value.octets, now)
      assert.ok(encrypted.ok)
      const decrypted = await admin.decrypt(encrypted.value.armored)
      assert.equal(decrypted.octets.toString(), 'to you alone')
      assert.deepEqual(
        decrypted.keyIds.map(id => id.toLowerCase()),
        [encrypted.value.subkey],
      )
    })
  })
}
