// What the keys of embargod.yaml, and the files they name, may not be to each other: the lines that the
// operator reads.
import assert from 'node:assert/strict'
import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import {
  alice,
  bob,
  complete,
  problemsOf,
  refuses,
  type Spoiled,
  TLS_ALLOWED,
  writeInstance,
  writePrivate,
} from './support.ts'

const spoiled: readonly Spoiled[] = [
  ['no TLS beyond loopback', '127.0.0.1', 'smtp.acme.example', `embargod.yaml:12: smtp.tls: ${TLS_ALLOWED}`],
  [
    'no TLS to a name that looks like loopback',
    '127.0.0.1',
    '127.0.0.1.example',
    `embargod.yaml:12: smtp.tls: ${TLS_ALLOWED}`,
  ],
  [
    'no TLS for IMAP beyond loopback',
    'user: security\n',
    'user: security\n  tls: none\n',
    `embargod.yaml:9: imap.tls: ${TLS_ALLOWED}`,
  ],
  [
    'distributors at the address of commands, in other case',
    'distributors@acme.example',
    'Security+CMD@acme.example',
    'embargod.yaml:30: projects[0].distributors: must be another address than addresses.command',
  ],
  [
    'commands at security although there is a separator',
    '@acme.example\nimap',
    '@acme.example\n  command: security@acme.example\nimap',
    'embargod.yaml:6: addresses.command: must be another address than addresses.security',
  ],
  [
    'an admin at our address',
    'alice@example.net',
    'SECURITY@acme.example',
    "embargod.yaml:19: admins[0].address: must be a person's own: mail to SECURITY@acme.example comes back to us",
  ],
  [
    'an admin at a subaddress of ours',
    'alice@example.net',
    'Distributors+alice@acme.example',
    "embargod.yaml:19: admins[0].address: must be a person's own: mail to Distributors+alice@acme.example comes back to us",
  ],
  [
    'an admin at a list in front of us',
    'alice@example.net',
    'security@lists.acme.example',
    "embargod.yaml:19: admins[0].address: must be a person's own: mail to security@lists.acme.example comes back to us",
  ],
  [
    'two admins of one name',
    'name: bob',
    'name: Alice',
    'embargod.yaml:22: admins[1].name: must be another than that of admins[0]',
  ],
  [
    'two admins with one address',
    'bob@example.net',
    'Alice@example.net',
    'embargod.yaml:23: admins[1].address: must be another than that of admins[0]',
  ],
  [
    'two admins with one key',
    `"${bob.fingerprint}"\n    key: admins/bob.asc`,
    `"${alice.fingerprint}"\n    key: admins/alice.asc`,
    'embargod.yaml:24: admins[1].fingerprint: must be another than that of admins[0]',
  ],
  [
    'a certificate with another fingerprint',
    'key: admins/bob.asc',
    'key: admins/alice.asc',
    `embargod.yaml:24: admins[1].fingerprint: must be that of admins/alice.asc, which is ${alice.fingerprint}`,
  ],
  [
    'a certificate that is none',
    'key: admins/bob.asc',
    'key: ca.pem',
    'embargod.yaml:25: admins[1].key: ca.pem: is no certificate for us (not-a-certificate)',
  ],
  [
    'a certificate that is not there',
    'key: admins/bob.asc',
    'key: admins/carol.asc',
    'embargod.yaml:25: admins[1].key: admins/carol.asc does not exist',
  ],
  [
    'a quorum that needs the one who asks',
    'quorum: 1',
    'quorum: 2',
    'embargod.yaml:26: quorum: must be a whole number from 0 to 1, the other admins',
  ],
  [
    'a default profile that does not exist',
    'defaultProfile: velero',
    'defaultProfile: valero',
    'embargod.yaml:27: defaultProfile: must name a profile that exists: container-service-extension, sonobuoy, tanzu-framework, velero, volcano',
  ],
  [
    'a project without a profile',
    '    profile: velero\n',
    '',
    'embargod.yaml:32: projects[1].name: must name a profile that exists: container-service-extension, sonobuoy, tanzu-framework, velero, volcano',
  ],
  [
    'a directory of profiles that is not there',
    'instance: acme',
    'profiles: own\ninstance: acme',
    'embargod.yaml:1: profiles: own does not exist',
  ],
  [
    'two projects of one name',
    'name: other',
    'name: velero',
    'embargod.yaml:32: projects[1].name: must be another than that of projects[0]',
  ],
  [
    'distributors without a key',
    '    listKey: { file: keys/velero.asc }\n',
    '',
    'embargod.yaml:29: projects[0].listKey: is missing: a distributors address needs a key of its own',
  ],
  [
    'a list key without distributors',
    '    distributors: distributors@acme.example\n',
    '',
    'embargod.yaml:29: projects[0].distributors: is missing: listKey is the key of that address',
  ],
  [
    'one key for two purposes',
    'file: keys/storage.asc',
    'file: ./keys/mail.asc',
    'embargod.yaml:16: keys.storage.file: must be another file than that of keys.mail',
  ],
  [
    'a key that is not there',
    'file: keys/storage.asc',
    'file: keys/none.asc',
    'embargod.yaml:16: keys.storage.file: keys/none.asc does not exist',
  ],
  [
    'a directory for a key',
    'file: keys/storage.asc',
    'file: admins',
    'embargod.yaml:16: keys.storage.file: admins is not a regular file',
  ],
  [
    'a password that is absent',
    'passwordFile: imap.password',
    'passwordFile: none.password',
    'embargod.yaml:9: imap.passwordFile: none.password is absent or empty',
  ],
  [
    'two places for a password',
    'passwordFile: imap.password',
    'passwordFile: imap.password\n  credential: imap',
    'embargod.yaml:10: imap.credential: must be left out where passwordFile is given',
  ],
  [
    'a user without a password',
    'port: 25',
    'user: security',
    'embargod.yaml:10: smtp.passwordFile: is missing: name a file here, or a systemd credential as credential',
  ],
  [
    'a password without a user',
    'port: 25',
    'passwordFile: smtp.password',
    'embargod.yaml:10: smtp.user: is missing: passwordFile needs one (or leave both out)',
  ],
  [
    'no password for IMAP',
    '  passwordFile: imap.password\n',
    '',
    'embargod.yaml:6: imap.passwordFile: is missing: name a file here, or a systemd credential as credential',
  ],
]

describe('a configuration is refused for', () => {
  for (const one of spoiled) refuses(one)

  for (const separator of ['"-"', 'none'])
    test(`an admin at a + variant of ours where the separator is ${separator}`, async context => {
      const text = complete
        .replace('@acme.example\nimap', `@acme.example\n  separator: ${separator}\nimap`)
        .replace('alice@example.net', 'security+alice@acme.example')
      assert.deepEqual(await problemsOf(await writeInstance(context, text)), [
        "embargod.yaml:20: admins[0].address: must be a person's own: mail to security+alice@acme.example comes back to us",
      ])
    })

  test('a secret or key that others may read, with the chmod to run', async context => {
    const directory = await writeInstance(context, complete)
    await chmod(join(directory, 'imap.password'), 0o644)
    await chmod(join(directory, 'keys/mail.asc'), 0o640)
    await chmod(join(directory, 'keys/mail.passphrase'), 0o604)
    assert.deepEqual(await problemsOf(directory), [
      'embargod.yaml:9: imap.passwordFile: imap.password is open to other users (mode 0644): run chmod 600 imap.password',
      'embargod.yaml:15: keys.mail.file: keys/mail.asc is open to other users (mode 0640): run chmod 600 keys/mail.asc',
      'embargod.yaml:15: keys.mail.passphraseFile: keys/mail.passphrase is open to other users (mode 0604): run chmod 600 keys/mail.passphrase',
    ])
  })

  test('an empty password file', async context => {
    const directory = await writeInstance(context, complete)
    await writePrivate(join(directory, 'imap.password'), '\n')
    assert.deepEqual(await problemsOf(directory), [
      'embargod.yaml:9: imap.passwordFile: imap.password is absent or empty',
    ])
  })

  test('a profile whose keys disagree', async context => {
    const directory = await writeInstance(context, `${complete}profiles: own\n`)
    await writePrivate(
      join(directory, 'own/velero.yaml'),
      'displayName: Ours\nteam: Our Team\ncalendar: { zone: UTC }\nembargo: { maximum: 9d }\nslow: { text: slowly }\n',
    )
    assert.deepEqual(await problemsOf(directory), [
      'own/velero.yaml:5: slow: stops no clock; add yields: [slow] to those that it stops, or leave it out',
    ])
  })

  test('a faulty profile, named with its own file and line', async context => {
    const directory = await writeInstance(context, `${complete}profiles: own\n`)
    await writePrivate(
      join(directory, 'own/velero.yaml'),
      'team: Our Team\ncalendar: { zone: UTC }\nclock: []\n',
    )
    assert.deepEqual(await problemsOf(directory), [
      'own/velero.yaml:1: displayName: is missing: must be the name as people write it: one line of text, at most 60 characters',
      'own/velero.yaml:3: clock: is not known: did you mean clocks? Allowed are displayName, team, calendar, intake, links, severity, priorities, lead, fixTeam, slow, fix, versions, public, clocks, embargo, slots, notices, discussion, membership, sharing',
    ])
  })
})
