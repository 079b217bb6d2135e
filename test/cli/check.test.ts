import assert from 'node:assert/strict'
import { chmod, mkdir, readFile, rm } from 'node:fs/promises'
import { after, describe, test } from 'node:test'
import { loadConfig } from '../../src/config/config.ts'
import { configServices } from '../../src/instance/config-services.ts'
import { copyRules } from '../../src/instance/copy-rules.ts'
import { Keyring } from '../../src/instance/keyring.ts'
import { instant } from '../../src/model/scalars.ts'
import { InstanceLock } from '../../src/store/lock.ts'
import { openStore } from '../../src/store/store.ts'
import { missingDovecot, startDovecot } from '../support/dovecot.ts'
import { missingGnuPG } from '../support/gpg.ts'
import { startSubmission } from '../support/submission.ts'
import { until } from '../support/workspace.ts'
import { Desk, type Ended, person, SMTP_PASSWORD } from './command-line.ts'

const skip = missingGnuPG()
const withServers = { skip: skip || missingDovecot() }
const alice = skip === false ? await person({ after }, 'alice') : undefined
const bob = skip === false ? await person({ after }, 'bob') : undefined

/** A new instance of alice and bob, made by `init`. */
async function instanceOf(
  test: Parameters<typeof Desk.open>[0],
  options: (desk: Desk) => readonly string[] | Promise<readonly string[]> = () => [],
): Promise<Desk> {
  const desk = await Desk.open(test)
  assert.ok(alice !== undefined && bob !== undefined)
  await desk.write('alice.asc', await alice.exportArmored())
  await desk.write('bob.asc', await bob.exportArmored())
  const team = [...desk.admin('alice', 'alice.asc'), ...desk.admin('bob', 'bob.asc')]
  const made = await desk.init(...team, ...(await options(desk)))
  assert.deepEqual([made.code, made.problems], [0, ''])
  return desk
}

/** What `check` says, without the desk's directory and fingerprints; it must never hold a secret. */
async function checked(desk: Desk, ...args: readonly string[]): Promise<Ended> {
  const ended = await desk.check('--no-mail', ...args)
  assert.equal(ended.problems, '')
  const passphrase = await readFile(desk.path('acme/keys/passphrase'), 'utf8').catch(() => 'nothing')
  for (const secret of [passphrase.trim(), SMTP_PASSWORD])
    assert.ok(!ended.lines.some(line => line.includes(secret)))
  const bare = (line: string) =>
    line.replaceAll(`${desk.directory}/`, '').replace(/\b[0-9A-F]{40}\b/g, 'FINGERPRINT')
  return { ...ended, lines: ended.lines.map(bare) }
}

const LOCAL = [
  'ok    config    acme/embargod.yaml, instance acme',
  'ok    data      acme/data is private',
  'ok    key       FINGERPRINT signs and opens mail at security@example.org',
  'ok    key       FINGERPRINT seals what is stored',
  'ok    key       FINGERPRINT signs and opens mail at distributors@example.org',
  'ok    team      2 admins, quorum 0',
  'ok    admin     alice <alice@example.net> FINGERPRINT',
  'ok    admin     bob <bob@example.net> FINGERPRINT',
  'ok    database  none yet; the first start makes it',
]

const NO_SERVERS = [
  'fail  imap      127.0.0.1:9 (no TLS) is not listening: look at imap.host and imap.port, and whether the server runs',
  'fail  smtp      127.0.0.1:9 (no TLS) is not listening: look at smtp.host and smtp.port, and whether the server runs',
]

/** The lines of a check without servers, one of them changed. */
const withLine = (from: RegExp, ...to: readonly string[]): readonly string[] =>
  [...LOCAL, ...NO_SERVERS].flatMap(line => (from.test(line) ? to : [line]))

describe('with its servers', withServers, () => {
  test('a sound instance passes, over TLS with authorities of its own', async t => {
    const dovecot = await until(t, startDovecot({ users: ['security'] }))
    const credentials = { user: 'security', password: SMTP_PASSWORD }
    const submission = await until(t, startSubmission({ tls: 'implicit', credentials }))
    await dovecot.deliver('security', 'Subject: waiting\r\n\r\n')
    const desk = await instanceOf(t, async one => {
      await one.write('imap.pem', dovecot.certificate.certificate)
      await one.write('smtp.pem', submission.certificate.certificate)
      return [
        ...['--imap-tls', 'implicit', '--imap-port', `${dovecot.imapsPort}`],
        ...['--imap-certificate-authority', one.path('imap.pem')],
        ...['--smtp-tls', 'implicit', '--smtp-port', `${submission.port}`],
        ...['--smtp-user', 'security', '--smtp-password-file', one.path('smtp.password')],
        ...['--smtp-certificate-authority', one.path('smtp.pem')],
      ]
    })

    const { code, lines } = await checked(desk)
    assert.deepEqual(lines, [
      ...LOCAL,
      `ok    imap      127.0.0.1:${dovecot.imapsPort} (TLS) security has 1 mail in INBOX; new ones are heard of at once (IDLE) and filed by move in embargod/done`,
      `ok    smtp      127.0.0.1:${submission.port} (TLS) lets security in`,
    ])
    assert.equal(code, 0)
    assert.equal((await dovecot.list('security')).length, 1)
    assert.deepEqual(submission.attempts, [])

    const json: unknown = JSON.parse((await checked(desk, '--json')).lines.join('\n'))
    assert.ok(Array.isArray(json))
    assert.deepEqual(json.length, lines.length)
    assert.deepEqual(json[0], { result: 'ok', about: 'config', text: 'acme/embargod.yaml, instance acme' })
  })

  test('refused logins are told from servers that cannot be reached', async t => {
    const dovecot = await until(t, startDovecot({ users: ['security'] }))
    const credentials = { user: 'security', password: 'another' }
    const submission = await until(t, startSubmission({ credentials }))
    const desk = await instanceOf(t, one => [
      ...['--imap-port', `${dovecot.imapPort}`, '--imap-password-file', one.path('smtp.password')],
      ...['--smtp-port', `${submission.port}`, '--smtp-user', 'security'],
      ...['--smtp-password-file', one.path('smtp.password')],
    ])
    const { code, lines } = await checked(desk)
    assert.deepEqual(lines.slice(LOCAL.length), [
      `fail  imap      127.0.0.1:${dovecot.imapPort} (no TLS) refuses the login: look at imap.user and the password that imap names`,
      `fail  smtp      127.0.0.1:${submission.port} (no TLS) refuses the login (535): look at smtp.user and the password that smtp names`,
    ])
    assert.equal(code, 78)
  })

  test('a submission server that knows no login, or refuses us for now, is told from a wrong password', async t => {
    const dovecot = await until(t, startDovecot({ users: ['security'] }))
    const submission = await until(t, startSubmission())
    const desk = await instanceOf(t, one => [
      ...['--imap-port', `${dovecot.imapPort}`, '--smtp-port', `${submission.port}`],
      ...['--smtp-user', 'security', '--smtp-password-file', one.path('smtp.password')],
    ])
    const place = `127.0.0.1:${submission.port} (no TLS)`
    const noLogin = await checked(desk)
    assert.equal(
      noLogin.lines.at(-1),
      `fail  smtp      ${place} offers no login (500): look at smtp.port and smtp.tls, or leave smtp.user out`,
    )
    assert.equal(noLogin.code, 78)
    submission.script({ at: 'connect', answer: '421 4.3.2 closing' })
    const closing = await checked(desk)
    assert.equal(
      closing.lines.at(-1),
      `fail  smtp      ${place} refuses us (421): try later, or ask its operator`,
    )
    assert.equal(closing.code, 69)
  })

  test('a mailbox that is not there is named', async t => {
    const dovecot = await until(t, startDovecot({ users: ['security'] }))
    const submission = await until(t, startSubmission())
    const ports = ['--imap-port', `${dovecot.imapPort}`, '--smtp-port', `${submission.port}`]
    const desk = await instanceOf(t, () => ports)
    await desk.edit('#mailbox: INBOX', 'mailbox: Reports')
    const { code, lines } = await checked(desk)
    assert.deepEqual(lines.slice(LOCAL.length), [
      `fail  imap      127.0.0.1:${dovecot.imapPort} (no TLS) has no usable mailbox Reports (NONEXISTENT): look at imap.mailbox`,
      `ok    smtp      127.0.0.1:${submission.port} (no TLS) takes us without a login`,
    ])
    assert.equal(code, 78)
  })

  test('certificates that are not trusted, and TLS where none is spoken, come with what to change', async t => {
    const dovecot = await until(t, startDovecot({ users: ['security'] }))
    const submission = await until(t, startSubmission({ tls: 'implicit' }))
    const desk = await instanceOf(t, () => [
      ...['--imap-tls', 'implicit', '--imap-port', `${dovecot.imapsPort}`],
      ...['--smtp-tls', 'implicit', '--smtp-port', `${submission.port}`],
    ])
    const untrusted = await checked(desk)
    assert.equal(untrusted.code, 69)
    for (const [i, name, port] of [
      [0, 'imap', dovecot.imapsPort],
      [1, 'smtp', submission.port],
    ] as const)
      assert.equal(
        untrusted.lines[LOCAL.length + i],
        `fail  ${name}      127.0.0.1:${port} (TLS) has a certificate that is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT): write ${name}.host as the certificate does, or name your own authority as ${name}.certificateAuthority`,
      )

    const clear = await until(t, startSubmission())
    await desk.edit(`port: ${dovecot.imapsPort}`, `port: ${dovecot.imapPort}`)
    await desk.edit(`port: ${submission.port}`, `port: ${clear.port}`)
    const mismatched = await checked(desk)
    assert.equal(mismatched.code, 69)
    const [imap = '', smtp = ''] = mismatched.lines.slice(LOCAL.length)
    assert.match(imap, /^fail {2}imap .* does not begin TLS \([A-Z_]+\): imap\.tls must fit the port, /)
    assert.match(smtp, /^fail {2}smtp .* does not begin TLS \([A-Z_]+\): smtp\.tls must fit the port, /)

    await desk.edit('tls: implicit', 'tls: starttls')
    await desk.edit('tls: implicit', 'tls: starttls')
    const unoffered = await checked(desk)
    assert.match(unoffered.lines.at(-1) ?? '', /^fail {2}smtp .*\(STARTTLS\) does not begin TLS \(ETLS\)/)
    assert.match(unoffered.lines.at(-2) ?? '', /^fail {2}imap .*\(STARTTLS\) has a certificate that is not /)
  })
})

describe('without its servers', { skip }, () => {
  test('all else is looked at, and the exit code says that they cannot be reached', async t => {
    const desk = await instanceOf(t)
    const { code, lines } = await checked(desk)
    assert.deepEqual(lines, [...LOCAL, ...NO_SERVERS])
    assert.equal(code, 69)
  })

  test('every problem of the configuration is a line, and nothing else is tried', async t => {
    const desk = await instanceOf(t)
    await desk.edit('separator', 'seperator')
    await desk.edit('#seperator: "+"', 'seperator: "+"')
    await desk.edit('#zone: UTC', 'zone: Berlin')
    const { code, lines } = await checked(desk)
    assert.equal(code, 78)
    assert.equal(lines.length, 2)
    assert.match(lines[0] ?? '', /^fail {2}config {4}acme\/embargod\.yaml:\d+: zone: must be an IANA /)
    assert.match(lines[1] ?? '', /: addresses\.seperator: is not known: did you mean separator\?/)
  })

  test('words of its own are named, and one at fault is a line with its place', async t => {
    const desk = await instanceOf(t)
    const text = 'Subject: {{case}}\n\n{{case}}\n\n{{reply}}\n'
    await mkdir(desk.path('acme/words'))
    await desk.write('acme/words/reply.txt', text)
    await desk.edit('#templates: templates', 'templates: words')
    const sound = await checked(desk)
    assert.deepEqual(sound.lines.slice(0, 2), [LOCAL[0], 'ok    config    words of your own for reply'])
    assert.equal(sound.code, 69)
    await desk.write('acme/words/reply.txt', text.replace('\n{{reply}}', ''))
    const faulty = await checked(desk)
    assert.deepEqual(faulty.lines, [
      'fail  config    acme/words/reply.txt:3: must say {{reply}} in every mail: what the admin wrote',
    ])
    assert.equal(faulty.code, 78)
  })

  test('modes that let others look come with the chmod that mends them', async t => {
    const desk = await instanceOf(t)
    await chmod(desk.path('acme/data'), 0o755)
    const { code, lines } = await checked(desk)
    const fault = 'acme/data is open to other users (mode 0755): run chmod 700 acme/data'
    assert.deepEqual(lines, withLine(/^ok {4}data /, `fail  data      ${fault}`))
    assert.equal(code, 78)
  })

  test('a data directory that is not there yet is left for the daemon to make', async t => {
    const desk = await instanceOf(t)
    await rm(desk.path('acme/data'), { recursive: true })
    const { lines } = await checked(desk)
    assert.deepEqual(
      lines,
      withLine(/^ok {4}data /, 'warn  data      acme/data does not exist; the first start makes it'),
    )
    assert.ok(!(await desk.everything()).has('acme/data'))
  })

  test('a wrong passphrase is found', async t => {
    const desk = await instanceOf(t)
    await desk.write('acme/keys/passphrase', 'not this one\n')
    const { code, lines } = await checked(desk)
    const fault =
      'acme/keys/storage.asc: its passphrase is wrong; put the right one where the config says, or leave the file empty'
    assert.deepEqual(
      lines.filter(line => /^\w+ +(key|database)/.test(line)),
      [`fail  key       ${fault}`],
    )
    assert.equal(code, 78)
  })

  test('keys of admins that end soon are warned of, those that have ended fail', async t => {
    const desk = await instanceOf(t)
    const renewed = async (name: string, options: Parameters<typeof person>[2]) => {
      const owner = await person(t, name, options)
      await desk.write(`acme/admins/${name}.asc`, await owner.exportArmored())
      const former = name === 'alice' ? alice?.fingerprint : bob?.fingerprint
      await desk.edit(former ?? '', owner.fingerprint)
    }
    await renewed('alice', { expire: '30d' })
    await renewed('bob', { expire: '1d', fakedTime: Date.parse('2020-01-01T00:00:00Z') })
    const { code, lines } = await checked(desk)
    const [first = '', second = ''] = lines.filter(line => /^\w+ +admin/.test(line))
    assert.match(
      first,
      /^warn {2}admin {5}alice <alice@example\.net> FINGERPRINT, can be encrypted to for (29|30) more days: ask for the renewed key and put it where admins\[0\]\.key says$/,
    )
    assert.match(
      second,
      /^fail {2}admin {5}bob <bob@example\.net> FINGERPRINT, whose key has expired, .* put it where admins\[1\]\.key says$/,
    )
    assert.equal(code, 78)
  })

  test('a team of one person is warned of', async t => {
    const desk = await Desk.open(t)
    await desk.write('alice.asc', (await alice?.exportArmored()) ?? '')
    assert.equal((await desk.init(...desk.admin('alice', 'alice.asc'))).code, 0)
    const { lines } = await checked(desk)
    assert.equal(
      lines[5],
      'warn  team      one person only: nobody else can confirm, or act when that key is lost; add a second admin',
    )
  })
})

describe('a database', { skip }, () => {
  test('is read beside the process that holds the instance lock', async t => {
    const desk = await instanceOf(t)
    const config = await loadConfig(desk.configFile, configServices)
    assert.ok(config.ok)
    const keyring = await Keyring.load(config.value)
    assert.ok(keyring.ok)
    const lock = InstanceLock.take(desk.path('acme/data'))
    assert.ok(lock.ok)
    t.after(() => lock.value.release())
    const now = instant(Date.now())
    const store = await openStore({
      directory: desk.path('acme/data'),
      mode: 'write',
      rules: copyRules(config.value),
      wrap: octets => keyring.value.encryptForStorage(octets, now),
      unwrap: octets => keyring.value.decryptFromStorage(octets, now),
    })
    assert.ok(store.ok)
    t.after(() => store.value.close())
    const { seq, hash } = store.value.audit.head()
    const { lines } = await checked(desk)
    assert.deepEqual(
      lines,
      withLine(/^ok {4}database/, `ok    database  opens; its audit chain has ${seq} rows, head ${hash}`),
    )
  })

  test('that is damaged fails with what to do', async t => {
    const desk = await instanceOf(t)
    await desk.write('acme/data/embargod.db', 'this is no database, however long it may be '.repeat(100))
    const { code, lines } = await checked(desk)
    assert.deepEqual(
      lines.filter(line => /^\w+ +database/.test(line)),
      ['fail  database  embargod.db cannot be opened (SQLITE_NOTADB): restore a backup.'],
    )
    assert.equal(code, 78)
  })
})
