// A good configuration: what is read from it, its defaults, its secrets.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import type { Config } from '../../src/config/config.ts'
import { alice, bob, complete, load, writeInstance, writePrivate } from './support.ts'

async function loaded(directory: string): Promise<Config> {
  const config = await load(directory)
  if (!config.ok) assert.fail(inspect(config.error))
  return config.value
}

describe('a complete configuration', () => {
  test('is read with its defaults, absolute paths and secrets', async context => {
    const directory = await writeInstance(context, complete)
    const config = await loaded(directory)
    const { settings, imap, smtp, keys } = config
    assert.equal(config.dataDirectory, join(directory, 'data'))
    assert.equal(config.zone, 'Europe/Berlin')
    assert.equal(settings.instance, 'acme')
    assert.deepEqual(settings.addresses, {
      security: 'security@acme.example',
      separator: '+',
      command: 'security+cmd@acme.example',
    })
    assert.deepEqual(
      settings.admins.map(admin => [admin.name, admin.address, admin.fingerprint]),
      [
        ['alice', 'alice@example.net', alice.fingerprint],
        ['bob', 'bob@example.net', bob.fingerprint],
      ],
    )
    assert.deepEqual(
      settings.projects.map(project => [project.name, project.policy.displayName, project.distributors]),
      [
        ['velero', 'Velero', 'distributors@acme.example'],
        ['other', 'Velero', undefined],
      ],
    )
    assert.deepEqual(settings.limits, {
      maxMail: 10 * 1_048_576,
      passedOn: 10 * 1_048_576,
      commandMaxAge: 24 * 3_600_000,
      confirmationMaxAge: 72 * 3_600_000,
      maxLate: 3_600_000,
      inDoubtWait: 600_000,
      acknowledgementsPerAddressAndDay: 5,
      acknowledgementsPerDomainAndDay: 50,
      acknowledgementsPerDay: 300,
    })
    const { password, ...login } = imap
    assert.equal(password.open(), 'imap secret')
    assert.deepEqual(login, {
      host: 'imap.acme.example',
      port: 993,
      tls: 'implicit',
      user: 'security',
      mailbox: 'INBOX',
      done: ['embargod', 'done'],
      pollSeconds: 60,
    })
    assert.deepEqual(smtp, {
      host: '127.0.0.1',
      port: 25,
      tls: 'none',
      connections: 3,
      mailFrom: 'security@acme.example',
    })
    assert.equal(keys.mail.passphrase?.open(), 'mail secret')
    assert.deepEqual(keys.storage, { file: join(directory, 'keys/storage.asc'), passphrase: undefined })
    assert.deepEqual([...keys.lists.keys()], ['velero'])
    assert.deepEqual([...config.certificates.keys()], [alice.fingerprint, bob.fingerprint])
    assert.deepEqual(config.delivery, { headers: ['Delivered-To'], returnPathRecorded: 'yes' })
    assert.deepEqual(config.intake, {
      lists: ['security@lists.acme.example'],
      spamHeader: { name: 'X-Spam-Flag', value: 'YES' },
    })
  })

  test('is frozen, and prints no secret', async context => {
    const config = await loaded(await writeInstance(context, complete))
    for (const part of [
      config,
      config.settings,
      config.settings.admins[0],
      config.imap.done,
      config.keys.mail,
    ])
      assert.ok(Object.isFrozen(part))
    assert.match(inspect(config, { depth: 9 }), /\[secret\]/)
    assert.doesNotMatch(
      `${inspect(config, { depth: 9 })}${JSON.stringify(config)}`,
      /imap secret|mail secret/,
    )
  })

  test('may have an absent or empty passphrase file, for a daemon that starts locked', async context => {
    const directory = await writeInstance(context, complete)
    await writePrivate(join(directory, 'keys/mail.passphrase'), '\n')
    assert.equal((await loaded(directory)).keys.mail.passphrase, undefined)
    const absent = await writeInstance(context, complete.replace('keys/mail.passphrase', 'no-such-file'))
    assert.equal((await loaded(absent)).keys.mail.passphrase, undefined)
  })

  const plain = complete.replace('@acme.example\nimap', '@acme.example\n  separator: none\nimap')

  test('without a separator takes commands at security unless told otherwise', async context => {
    const directory = await writeInstance(context, plain)
    assert.equal((await loaded(directory)).settings.addresses.command, 'security@acme.example')
    const named = plain.replace('separator: none', 'separator: none\n  command: cmd@acme.example')
    await writePrivate(join(directory, 'embargod.yaml'), named)
    assert.equal((await loaded(directory)).settings.addresses.command, 'cmd@acme.example')
  })

  for (const host of ['localhost', '127.9.9.9', '"::1"'])
    test(`may do without TLS for ${host}`, async context => {
      const config = await loaded(await writeInstance(context, complete.replace('127.0.0.1', host)))
      assert.equal(config.smtp.tls, 'none')
    })

  test('takes ports from the kind of TLS', async context => {
    const starttls = complete
      .replace('host: imap.acme.example', 'host: imap.acme.example\n  tls: starttls')
      .replace('  tls: none\n  port: 25\n', '  tls: starttls\n')
    const { imap, smtp } = await loaded(await writeInstance(context, starttls))
    assert.deepEqual([imap.port, smtp.port], [143, 587])
  })

  test('takes a profile of the operator before the package’s', async context => {
    const directory = await writeInstance(context, `${complete}profiles: own\n`)
    await writePrivate(
      join(directory, 'own/velero.yaml'),
      'displayName: Ours\nteam: Our Team\ncalendar: { zone: UTC }\nembargo: { maximum: 7d }\n',
    )
    assert.equal((await loaded(directory)).settings.defaultPolicy.team, 'Our Team')
  })
})
