import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, describe, test } from 'node:test'
import { loadConfig } from '../../src/config/config.ts'
import { listProfiles, PACKAGED_PROFILES } from '../../src/config/profile.ts'
import { configServices } from '../../src/instance/config-services.ts'
import { loadSecretKey } from '../../src/openpgp/secret-keys.ts'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import { until } from '../support/workspace.ts'
import { Desk, embargod, person } from './command-line.ts'

const skip = missingGnuPG()
const alice = skip === false ? await person({ after }, 'alice') : undefined
const bob = skip === false ? await person({ after }, 'bob') : undefined

/** A desk with the key files of alice (armored) and bob (binary). */
async function deskOf(test: Parameters<typeof Desk.open>[0]): Promise<Desk> {
  const desk = await Desk.open(test)
  assert.ok(alice !== undefined && bob !== undefined)
  await desk.write('alice.asc', await alice.exportArmored())
  await desk.write('bob.pgp', await bob.exportPublic())
  return desk
}

const both = (desk: Desk): readonly string[] => [
  ...desk.admin('alice', 'alice.asc'),
  ...desk.admin('bob', 'bob.pgp'),
]

async function configOf(desk: Desk) {
  const config = await loadConfig(desk.configFile, configServices)
  assert.ok(config.ok)
  return config.value
}

describe('a new instance', { skip }, () => {
  test('loads, holds what was asked for, and is open to nobody else', async t => {
    const desk = await deskOf(t)
    const ended = await desk.init(...both(desk), '--zone', 'Europe/Berlin', '--separator', '-')
    assert.deepEqual([ended.code, ended.problems], [0, ''])

    const { settings, dataDirectory, zone, imap } = await configOf(desk)
    assert.deepEqual(
      settings.admins.map(({ name, fingerprint }) => [name, fingerprint]),
      [
        ['alice', alice?.fingerprint],
        ['bob', bob?.fingerprint],
      ],
    )
    assert.equal(settings.addresses.command, 'security-cmd@example.org')
    assert.deepEqual([dataDirectory, zone, imap.port], [desk.path('acme/data'), 'Europe/Berlin', 9])

    const modes = [...(await desk.everything())]
      .filter(([name]) => name.startsWith('acme'))
      .map(([name, entry]) => `${name} ${entry.slice(0, 3)}`)
      .toSorted()
    assert.deepEqual(modes, [
      'acme 700',
      'acme/admins 700',
      'acme/admins/alice.asc 600',
      'acme/admins/bob.pgp 600',
      'acme/data 700',
      'acme/embargod.yaml 600',
      'acme/keys 700',
      'acme/keys/list-velero.asc 600',
      'acme/keys/list-velero.pub.asc 600',
      'acme/keys/mail.asc 600',
      'acme/keys/mail.pub.asc 600',
      'acme/keys/passphrase 600',
      'acme/keys/storage.asc 600',
      'acme/revocation 700',
      'acme/revocation/list-velero.rev.asc 600',
      'acme/revocation/mail.rev.asc 600',
    ])
  })

  test('is described without a secret, with the fingerprints and the next two commands', async t => {
    const desk = await deskOf(t)
    const { lines } = await desk.init(...both(desk))
    const passphrase = (await readFile(desk.path('acme/keys/passphrase'), 'utf8')).trim()
    assert.match(passphrase, /^[A-Za-z0-9_-]{32}$/)
    assert.ok(!lines.join('\n').includes(passphrase))
    assert.deepEqual(lines.slice(-2), [
      `next   embargod --config ${desk.configFile} check`,
      `then   embargod --config ${desk.configFile} run`,
    ])
    assert.ok(lines.includes(`admin  ${alice?.fingerprint}  alice <alice@example.net>, compare by voice`))
    const secretKey = await readFile(desk.path('acme/keys/mail.asc'))
    const unlocked = await loadSecretKey(secretKey, passphrase)
    assert.ok(unlocked.ok)
    const published = `security@example.org, publish ${desk.path('acme/keys/mail.pub.asc')}`
    assert.ok(lines.includes(`key    ${unlocked.value.fingerprint}  ${published}`))
    assert.deepEqual(await loadSecretKey(secretKey, undefined), { ok: false, error: 'locked' })
  })

  test('has keys that GnuPG takes, and revocation certificates that end them', async t => {
    const desk = await deskOf(t)
    await desk.init(...both(desk))
    const { keys } = await configOf(desk)
    const reporter = await person(t, 'reporter')
    for (const [name, file] of [
      ['mail', keys.mail],
      ['list-velero', keys.lists.values().next().value],
    ] as const) {
      assert.ok(file !== undefined)
      const certificate = await readFile(desk.path(`acme/keys/${name}.pub.asc`))
      const [fingerprint = ''] = await reporter.importKey(certificate)
      const own = await loadSecretKey(await readFile(file.file), file.passphrase?.open())
      assert.ok(own.ok)
      assert.equal(own.value.fingerprint, fingerprint)
      if (name === 'mail') {
        // As a mail program looks for the key of whom it writes to.
        const found = await reporter.encryptSign(['<security+cmd@example.org>'], 'x', { signed: 'unsigned' })
        assert.match(found, /^-----BEGIN PGP MESSAGE-----/)
      }
      const encrypting = () => reporter.encryptSign([fingerprint], 'a report', { signed: 'unsigned' })
      assert.match(await encrypting(), /^-----BEGIN PGP MESSAGE-----/)

      const revocation = await readFile(desk.path(`acme/revocation/${name}.rev.asc`), 'utf8')
      assert.match(revocation, /^Move this file off the host\./)
      await reporter.importKey(revocation)
      await assert.rejects(encrypting(), /revoked|[Uu]nusable public key/)
    }
    const holder = await until(t, GnuPG.withoutKey('Operator', 'operator@example.org'))
    for (const name of ['mail', 'storage', 'list-velero'])
      assert.equal((await holder.importKey(await readFile(desk.path(`acme/keys/${name}.asc`)))).length, 1)
  })

  test('names what lies beside it relatively, may keep its data elsewhere, and uses a passphrase that is there', async t => {
    const desk = await deskOf(t)
    await desk.directoryFor('acme')
    await desk.write('acme/passphrase', 'correct horse\n')
    await desk.directoryFor('elsewhere')
    const ended = await desk.init(
      ...both(desk),
      ...['--data', desk.path('elsewhere'), '--passphrase-file', desk.path('acme/passphrase')],
      ...['--project', 'mail:velero=mail-distributors@example.org', '--project', 'storage:velero'],
    )
    assert.deepEqual([ended.code, ended.problems], [0, ''])
    const text = await readFile(desk.configFile, 'utf8')
    assert.match(text, /^ {4}passphraseFile: passphrase$/m)
    assert.match(text, new RegExp(`^dataDirectory: ${desk.path('elsewhere')}$`, 'm'))
    const { keys, settings } = await configOf(desk)
    assert.deepEqual(
      settings.projects.map(({ name, policy, distributors }) => [name, policy.name, distributors]),
      [
        ['velero', 'velero', 'distributors@example.org'],
        ['mail', 'velero', 'mail-distributors@example.org'],
        ['storage', 'velero', undefined],
      ],
    )
    for (const { file } of [keys.mail, keys.storage, ...keys.lists.values()])
      assert.ok((await loadSecretKey(await readFile(file), 'correct horse')).ok)
    assert.ok(![...(await desk.everything()).keys()].includes('acme/keys/passphrase'))
  })

  test('is never made over another one', async t => {
    const desk = await deskOf(t)
    assert.equal((await desk.init(...both(desk))).code, 0)
    const before = await desk.everything()
    const again = await desk.init(...both(desk))
    assert.equal(again.code, 78)
    const there = 'is there already, and nothing is overwritten: name another place with --config'
    assert.deepEqual(again.problems.replaceAll(`${desk.directory}/`, '').trimEnd().split('\n'), [
      `acme/embargod.yaml ${there}`,
      `acme/keys ${there}`,
      `acme/revocation ${there}`,
      `acme/admins ${there}`,
      'Nothing was made.',
    ])
    assert.deepEqual(await desk.everything(), before)
  })
})

const profiles = [...(await listProfiles(PACKAGED_PROFILES)).keys()].sort().join(', ')

type Refused = {
  readonly options: (desk: Desk) => readonly string[]
  readonly prepare?: (desk: Desk) => Promise<void>
  readonly code: number
  /** Without the desk's directory. */
  readonly problems: readonly string[]
}

const withAlice =
  (...more: readonly string[]): Refused['options'] =>
  desk => [...desk.admin('alice', 'alice.asc'), ...more]

const refused: Readonly<Record<string, Refused>> = {
  'a key file with two certificates': {
    prepare: async desk => {
      const alices = await readFile(desk.path('alice.asc'))
      await desk.write('two.asc', Buffer.concat([alices, Buffer.from((await bob?.exportArmored()) ?? '')]))
    },
    options: desk => desk.admin('alice', 'two.asc'),
    code: 78,
    problems: [
      '--admin alice: two.asc holds several certificates, and which is meant cannot be guessed: it must be one exported OpenPGP certificate, armored or binary, of at most 256 KB',
    ],
  },
  'a secret key, and a file that is not there, both in one answer': {
    prepare: async desk => desk.write('secret.pgp', (await alice?.exportSecret()) ?? ''),
    options: desk => [...desk.admin('alice', 'secret.pgp'), ...desk.admin('bob', 'bob.asc')],
    code: 78,
    problems: [
      '--admin alice: secret.pgp holds a secret key, which must never leave its owner: export the public key',
      '--admin bob: bob.asc does not exist',
    ],
  },
  'an admin whose mail would come back to us': {
    options: desk => ['--admin', `alice <security+alice@example.org> ${desk.path('alice.asc')}`],
    code: 78,
    problems: [
      "--admin alice: address: must be a person's own: mail to security+alice@example.org comes back to us",
    ],
  },
  'two admins with one key': {
    options: desk => [...desk.admin('alice', 'alice.asc'), ...desk.admin('carol', 'alice.asc')],
    code: 78,
    problems: ['--admin carol: fingerprint: must be another than that of admins[0]'],
  },
  'no TLS to another host': {
    options: withAlice('--imap-host', 'imap.example.org'),
    code: 78,
    problems: ['--imap-tls: must be implicit, starttls or none (none only for loopback)'],
  },
  'a profile that does not exist': {
    options: withAlice('--project', 'other'),
    code: 78,
    problems: [`--project other: must name a profile that exists: ${profiles}`],
  },
  'a password that others may read': {
    prepare: desk => desk.write('open.password', 'pw\n', 0o644),
    options: desk => [
      ...desk.admin('alice', 'alice.asc'),
      ...['--imap-password-file', desk.path('open.password')],
    ],
    code: 78,
    problems: [
      '--imap-password-file: open.password is open to other users (mode 0644): run chmod 600 open.password',
    ],
  },
  'an empty passphrase file': {
    prepare: desk => desk.write('passphrase', '\n'),
    options: desk => [...desk.admin('alice', 'alice.asc'), ...['--passphrase-file', desk.path('passphrase')]],
    code: 78,
    problems: ['--passphrase-file: passphrase is absent or empty'],
  },
  'a data directory that holds something': {
    options: desk => [...desk.admin('alice', 'alice.asc'), '--data', desk.directory],
    code: 78,
    problems: [' is not empty: name a new or an empty directory with --data'],
  },
  'what turns out to be in the way only while it is made': {
    options: desk => [...desk.admin('alice', 'alice.asc'), '--data', desk.path('acme/keys/data')],
    code: 1,
    problems: ['acme/keys cannot be written (EEXIST)'],
  },
}

describe('nothing is made, and nothing is left, for', { skip }, () => {
  for (const [name, { options, prepare, code, problems }] of Object.entries(refused))
    test(name, async t => {
      const desk = await deskOf(t)
      await prepare?.(desk)
      const before = await desk.everything()
      const ended = await desk.init(...options(desk))
      const said = ended.problems.replaceAll(`${desk.directory}/`, '').replaceAll(desk.directory, '')
      assert.deepEqual(said.trimEnd().split('\n'), [...problems, 'Nothing was made.'])
      assert.deepEqual([ended.code, ended.lines], [code, []])
      assert.deepEqual(await desk.everything(), before)
    })

  test('a key that has expired', async t => {
    const desk = await deskOf(t)
    const long = await person(t, 'carol', { expire: '1d', fakedTime: Date.parse('2020-01-01T00:00:00Z') })
    await desk.write('carol.asc', await long.exportArmored())
    const ended = await desk.init(...desk.admin('carol', 'carol.asc'))
    assert.equal(ended.code, 78)
    assert.match(ended.problems, /^--admin carol: the key in \S+ has expired, or is not valid yet: /)
    assert.ok(!(await desk.everything()).has('acme'))
  })
})

test('what cannot be understood is answered with every problem and how it is written', async () => {
  const ended = await embargod(
    '--config',
    '/nowhere/embargod.yaml',
    'init',
    ...['--imap-port', 'imaps', '--smtp-tls', 'yes', '--separator', '/', '--security', 'here'],
    ...['--admin', 'alice', '--project', 'Velero', '--project', 'velero=list', 'stray'],
  )
  assert.equal(ended.code, 64)
  const lines = ended.problems.trimEnd().split('\n')
  assert.match(lines.pop() ?? '', /^usage: embargod init --instance NAME /)
  assert.deepEqual(lines, [
    'stray belongs to no option: quote values with blanks',
    '--project Velero: must be NAME[:PROFILE][=ADDRESS]; names have lower-case letters, digits and -, and are not unrouted',
    '--project velero=list: must be a plain address: list is not an address like name@example.org',
    '--instance is missing',
    '--security: must be a plain address: here is not an address like name@example.org',
    '--separator: must be +, - or none',
    '--imap-port: must be a whole number from 1 to 65535',
    '--imap-host is missing',
    '--imap-user is missing',
    '--imap-password-file is missing',
    '--smtp-tls: must be implicit, starttls or none (none only for loopback)',
    '--smtp-host is missing',
    '--admin alice: must be "NAME <ADDRESS> KEYFILE"; a name has letters, digits, . _ and -, at most 40',
  ])
})
