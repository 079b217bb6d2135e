// The example is never wrong: it loads, its defaults are the defaults, and it is what `init` fills in.
import assert from 'node:assert/strict'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { parse } from 'yaml'
import type { Config } from '../../src/config/config.ts'
import { type Answers, EXAMPLE, renderConfig } from '../../src/config/render.ts'
import { formatProblem } from '../../src/config/source.ts'
import { alice, bob, load, writeInstance, writePrivate } from './support.ts'

const example = await readFile(EXAMPLE, 'utf8')
const withRealKeys = (text: string) =>
  text.replace('1'.repeat(40), alice.fingerprint).replace('2'.repeat(40), bob.fingerprint)

async function loaded(context: TestContext, text: string): Promise<Config> {
  const directory = await writeInstance(context, text)
  for (const own of ['profiles', 'templates']) await mkdir(join(directory, own))
  const config = await load(directory)
  if (!config.ok) assert.fail(config.error.map(formatProblem).join('\n'))
  return config.value
}

describe('the example', () => {
  test('loads as it is', async context => {
    const { settings } = await loaded(context, withRealKeys(example))
    assert.equal(settings.addresses.command, 'security+cmd@example.org')
    assert.equal(settings.quorum, 0)
  })

  test('states every default as it is', async context => {
    const stated = withRealKeys(example).replaceAll(/^( *)#(?!credential:)([A-Za-z]+:)/gm, '$1$2')
    assert.doesNotMatch(stated, /^ *#(?!credential:)\w/m)
    const explicit = await loaded(context, stated)
    const { smtp, imap, keys, intake, certificates, ...rest } = await loaded(context, withRealKeys(example))
    assert.deepEqual(explicit.settings, rest.settings)
    assert.deepEqual(explicit.delivery, rest.delivery)
    assert.equal(explicit.zone, rest.zone)
    const { certificateAuthority: imapAuthority, ...explicitImap } = explicit.imap
    const { certificateAuthority: smtpAuthority, ...explicitSmtp } = explicit.smtp
    assert.deepEqual(explicitImap, imap)
    assert.deepEqual(explicitSmtp, smtp)
    assert.match(`${imapAuthority} ${smtpAuthority}`, /^\S+\/ca\.pem \S+\/ca\.pem$/)
    assert.equal(intake.spamHeader, undefined)
    assert.deepEqual(explicit.intake, { ...intake, spamHeader: { name: 'X-Spam-Flag', value: 'YES' } })
    assert.deepEqual([...explicit.keys.lists.keys()], [...keys.lists.keys()])
    assert.equal(explicit.certificates.size, certificates.size)
  })
})

test('the example’s credentials load in place of its files', async context => {
  const before = process.env['CREDENTIALS_DIRECTORY']
  context.after(() => {
    if (before === undefined) delete process.env['CREDENTIALS_DIRECTORY']
    else process.env['CREDENTIALS_DIRECTORY'] = before
  })
  const text = withRealKeys(example).replaceAll(
    /^( *)(pass(?:word|phrase)File:.*)\n((?: *# .*\n)?)( *)#credential:/gm,
    '$1#$2\n$3$4credential:',
  )
  const directory = await writeInstance(context, text)
  for (const name of ['imap-password', 'smtp-password', 'mail-passphrase', 'storage-passphrase'])
    await writePrivate(join(directory, 'credentials', name), name)
  process.env['CREDENTIALS_DIRECTORY'] = join(directory, 'credentials')
  const config = await load(directory)
  if (!config.ok) assert.fail(config.error.map(formatProblem).join('\n'))
  const { imap, smtp, keys } = config.value
  assert.deepEqual(
    [imap.password, smtp.password, keys.mail.passphrase, keys.storage.passphrase].map(secret =>
      secret?.open(),
    ),
    ['imap-password', 'smtp-password', 'mail-passphrase', 'storage-passphrase'],
  )
})

const server = { host: 'mail.acme.example', passwordFile: 'password' }
const answers: Answers = {
  instance: 'acme',
  dataDirectory: '/srv/acme: data #1',
  zone: 'Europe/Berlin',
  addresses: { security: 'security@acme.example', separator: '-' },
  imap: { ...server, user: 'yes', tls: 'starttls', port: 1143 },
  smtp: { host: '::1', tls: 'none', port: 25 },
  keys: {
    mail: { file: "it's.asc", credential: 'mail-passphrase' },
    storage: { file: 'storage.asc', passphraseFile: 'a\nquorum: 9' },
  },
  admins: [{ name: 'null', address: 'a@acme.test', fingerprint: '1'.repeat(40), key: '- "x": {}' }],
  defaultProfile: 'velero',
  projects: [
    { name: 'one', profile: 'velero' },
    { name: 'two', distributors: 'd@acme.example', listKey: { file: '!two', passphraseFile: '*two' } },
  ],
}

/** The values of a text, without the sections that only hold comments. */
const valuesOf = (text: string): unknown =>
  parse(text, (_, value: unknown) => (value === null ? undefined : value))

describe('a new configuration', () => {
  test('with the example’s own answers is the example', () => {
    assert.equal(renderConfig(valuesOf(example) as Answers), example)
  })

  test('says what was answered and nothing else, whatever characters it holds', () => {
    assert.deepEqual(valuesOf(renderConfig(answers)), answers)
  })

  test('keeps every comment, and shows what was not answered as off', () => {
    const rendered = renderConfig(answers).split('\n')
    const comments = (lines: readonly string[]) => lines.filter(line => /^ *# /.test(line))
    assert.deepEqual(comments(rendered), comments(example.split('\n')))
    assert.ok(rendered.includes('  #user: security@example.org'))
    assert.ok(rendered.includes('#quorum: 0'))
  })
})
