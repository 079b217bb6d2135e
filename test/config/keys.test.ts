// What a single key of embargod.yaml may not be, with the very lines that the operator reads.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { bob, complete, problemsOf, refuses, type Spoiled, TLS_ALLOWED, writeInstance } from './support.ts'

const spoiled: readonly Spoiled[] = [
  ['an unknown kind of TLS', 'tls: none', 'tls: ssl', `embargod.yaml:12: smtp.tls: ${TLS_ALLOWED}`],
  [
    'a key id for a fingerprint',
    `"${bob.fingerprint}"`,
    `"${bob.fingerprint.slice(-16)}"`,
    'embargod.yaml:24: admins[1].fingerprint: must be a full fingerprint, 40 hex digits in quotes',
  ],
  [
    'a profile outside of the directory',
    'defaultProfile: velero',
    'defaultProfile: ../velero',
    'embargod.yaml:27: defaultProfile: must be a name of lower-case letters, digits and -, beginning with a letter, at most 40 characters',
  ],
  [
    'a misspelt key',
    'passwordFile: imap',
    'pasword-file: imap',
    'embargod.yaml:9: imap.pasword-file: is not known: did you mean passwordFile? Allowed are host, port, tls, certificateAuthority, passwordFile, credential, user, mailbox, done, poll',
  ],
  [
    'an unknown section',
    'intake:',
    'intakes:',
    'embargod.yaml:37: intakes: is not known: did you mean intake? Allowed are instance, dataDirectory, zone, addresses, imap, smtp, keys, admins, quorum, profiles, templates, defaultProfile, projects, delivery, intake, limits',
  ],
  [
    'an unknown key of a project',
    'profile: velero',
    'profil: velero',
    'embargod.yaml:33: projects[1].profil: is not known: did you mean profile? Allowed are name, profile, distributors, listKey, users, maintainers',
  ],
  [
    'a key that JavaScript knows',
    'instance: acme',
    '__proto__: {}\ninstance: acme',
    'embargod.yaml:1: __proto__: is not known: did you mean profiles? Allowed are instance, dataDirectory, zone, addresses, imap, smtp, keys, admins, quorum, profiles, templates, defaultProfile, projects, delivery, intake, limits',
  ],
  [
    'a key that JavaScript knows, further in',
    'port: 25',
    'port: 25\n  __proto__: { host: x }',
    'embargod.yaml:14: smtp.__proto__: is not known: did you mean port? Allowed are host, port, tls, certificateAuthority, passwordFile, credential, user, connections, maxPerMinute, mailFrom',
  ],
  [
    'a missing section',
    'keys:\n  mail: { file: keys/mail.asc, passphraseFile: keys/mail.passphrase }\n  storage: { file: keys/storage.asc }\n',
    '',
    'embargod.yaml:1: keys: is missing: must be a map with the keys mail, storage',
  ],
  [
    'a key without a value',
    'host: imap.acme.example',
    'host:',
    'embargod.yaml:7: imap.host: is missing: must be a host name or an IP address',
  ],
  [
    'a host that is none',
    'host: imap.acme.example',
    'host: imaps://imap.acme.example',
    'embargod.yaml:7: imap.host: must be a host name or an IP address',
  ],
  [
    'a port that is none',
    'port: 25',
    'port: 70000',
    'embargod.yaml:13: smtp.port: must be a whole number from 1 to 65535',
  ],
  [
    'a quoted number',
    'port: 25',
    'port: "25"',
    'embargod.yaml:13: smtp.port: must be a whole number from 1 to 65535',
  ],
  [
    'an unknown zone',
    'Europe/Berlin',
    'Europe/Bonn',
    'embargod.yaml:3: zone: must be an IANA time zone such as UTC or Europe/Berlin',
  ],
  [
    'an offset for a zone',
    'Europe/Berlin',
    '"+01:00"',
    'embargod.yaml:3: zone: must be an IANA time zone such as UTC or Europe/Berlin',
  ],
  [
    'an address without a domain',
    'security@acme.example\nimap',
    'security\nimap',
    'embargod.yaml:5: addresses.security: must be a plain address: this one is not an address like name@example.org',
  ],
  [
    'a limit beyond its range',
    'maxMail: 10 MB',
    'maxMail: 10 GB\n  maxLate: 2d\n  commandMaxAge: 24',
    'embargod.yaml:41: limits.maxMail: must be a size from 1 MB to 100 MB',
    'embargod.yaml:42: limits.maxLate: must be a time from 1m to 24h, as 90s, 30m, 24h or 7d',
    'embargod.yaml:43: limits.commandMaxAge: must be a time from 1h to 7d, as 90s, 30m, 24h or 7d',
  ],
  [
    'a header field that is none',
    '[Delivered-To]',
    '[Delivered-To, "X-Original To"]',
    'embargod.yaml:35: delivery.headers[1]: must be the name of a header field, such as Delivered-To',
  ],
  [
    'a list where a map belongs',
    'spamHeader: { name: X-Spam-Flag, value: "YES" }',
    'spamHeader: [X-Spam-Flag]',
    'embargod.yaml:39: intake.spamHeader: must be a map with the keys name, value',
  ],
]

describe('a configuration is refused for', () => {
  for (const one of spoiled) refuses(one)

  for (const [name, text] of [
    ['no keys at all', '- instance\n'],
    ['nothing but text', 'instance\n'],
  ] as const)
    test(name, async context => {
      assert.deepEqual(await problemsOf(await writeInstance(context, text)), [
        'embargod.yaml:1: must be a map with the keys instance, dataDirectory, zone, addresses, imap, smtp, keys, admins, quorum, profiles, templates, defaultProfile, projects, delivery, intake, limits',
      ])
    })

  test('every problem at once, in the order of the file', async context => {
    const text = complete
      .replace('imap.acme.example', 'imap acme')
      .replace('tls: none', 'tls: no')
      .replace('bob@example.net', 'alice@example.net')
      .replace('quorum: 1', 'quorum: 5')
      .replace('defaultProfile: velero', 'defaultProfile: none')
      .replace('maxMail', 'mail')
    assert.deepEqual(await problemsOf(await writeInstance(context, text)), [
      'embargod.yaml:7: imap.host: must be a host name or an IP address',
      `embargod.yaml:12: smtp.tls: ${TLS_ALLOWED}`,
      'embargod.yaml:23: admins[1].address: must be another than that of admins[0]',
      'embargod.yaml:26: quorum: must be a whole number from 0 to 1, the other admins',
      'embargod.yaml:27: defaultProfile: must name a profile that exists: container-service-extension, sonobuoy, tanzu-framework, velero, volcano',
      'embargod.yaml:41: limits.mail: is not known: did you mean maxMail? Allowed are maxMail, passedOn, commandMaxAge, confirmationMaxAge, maxLate, inDoubtWait, acknowledgementsPerAddressAndDay, acknowledgementsPerDomainAndDay, acknowledgementsPerDay',
    ])
  })

  test('a file that is not there, without a line', async context => {
    const directory = await writeInstance(context, complete)
    const problems = await problemsOf(join(directory, 'none'))
    assert.deepEqual(problems, ['embargod.yaml: does not exist'])
  })
})

test('a configuration cut off anywhere is either whole or refused, with a line for every problem', async context => {
  const directory = await writeInstance(context, complete)
  for (let end = 0; end < complete.length; end += 29) {
    await writeFile(join(directory, 'embargod.yaml'), complete.slice(0, end))
    for (const line of await problemsOf(directory)) assert.match(line, /^embargod\.yaml:[1-9][0-9]*: \S/)
  }
})
