// Threat A04: a command with a signature written into its text, honestly or with one of the armor tricks that
// make readers and verifiers see different texts.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plainMail } from '../support/mail.ts'
import { octetsOf, typed } from '../support/mime.ts'
import {
  alternative,
  htmlEntity,
  mixed,
  multipartEncrypted,
  multipartSigned,
  textEntity,
} from '../support/pgp-mime.ts'
import { ADMINS, ALICE, type Attack, COMMAND, fromAlice, SECURITY, Siege, skip } from './support.ts'

const BEGIN = '-----BEGIN PGP SIGNED MESSAGE-----'
const WORDS = 'I will look at it tomorrow.\n'

test('A04 a signature written into the text is no command, whatever it covers', { skip }, async t => {
  const siege = await Siege.make(t)
  const { acme, canary } = siege
  const { alice } = acme
  const ours = [await acme.fingerprintOf('mail')]
  const clearsigned = async (text: string) => alice.clearsign(typed(text))
  const { command } = siege
  const real = await clearsigned(siege.command)
  const other = await clearsigned(WORDS)
  const dashed = other.replace(BEGIN, `${BEGIN}\n${command}`)

  const texts: Readonly<Record<string, string>> = {
    'an honest one': real,
    'one with words above': `Hello,\n\n${real}`,
    'an unsigned command above a signed text': `${command}\n${other}`,
    'an unsigned command below a signed text': `${other}\n${command}`,
    'the command before the Hash header': dashed,
    'the command in a Comment header': other.replace(
      '\nHash:',
      `\nComment: ${command.replaceAll('\n', ' ')}\nHash:`,
    ),
    'the command as unknown headers': other.replace(
      /\nHash: \w+\n/,
      found => `${found}${command.replaceAll('\n', ': x\n').replace(/: x\n$/, '\n')}`,
    ),
    'no Hash header': real.replace(/Hash: \w+\n/, ''),
    'a Hash header that lies': real.replace(/Hash: \w+/, 'Hash: MD5'),
    NotDashEscaped: real.replace(/Hash: (\w+)/, 'Hash: $1\nNotDashEscaped: You need GnuPG to verify'),
    'a form feed in the line that ends the headers': other.replace(/\n\n/, `\n\f\n${command}\n\n`),
    'a form feed before the command': other.replace(/\n\n/, `\n\n\f${command}`),
    'a vertical tab in the line that ends the headers': other.replace(/\n\n/, `\n\v\n${command}\n\n`),
    'blanks in the line that ends the headers': other.replace(/\n\n/, `\n \t\n${command}\n\n`),
    'a carriage return alone in the text': other.replace(/\n\n/, `\n\n${command.replaceAll('\n', '\r')}`),
    'the command dash-escaped': real.replace(/^embargod/m, '- embargod').replace(/^accept/m, '- accept'),
    'the command dash-escaped twice': real.replace(/^embargod/m, '- - embargod'),
    'a block begun within a block': other.replace(/\n\n/, `\n\n- ${BEGIN}\nHash: SHA256\n\n${command}`),
    'two blocks, the command in the second': `${other}\n${BEGIN}\nHash: SHA256\n\n${command}${other.slice(other.indexOf('-----BEGIN PGP SIGNATURE'))}`,
    'two blocks, the command in the first': `${BEGIN}\nHash: SHA256\n\n${command}${other.slice(other.indexOf('-----BEGIN PGP SIGNATURE'))}\n${other}`,
    'two honest blocks': `${real}\n${await clearsigned(siege.command)}`,
    'the signature cut off': real.slice(0, real.indexOf('-----BEGIN PGP SIGNATURE')),
    'the signature twice': `${real}${real.slice(real.indexOf('-----BEGIN PGP SIGNATURE'))}`,
    'blanks behind the first line': real.replace(BEGIN, `${BEGIN}   `),
  }
  assert.equal(new Set(Object.values(texts)).size, Object.keys(texts).length, 'a trick that changed nothing')
  /** Each of its own address, so that each gets its answer of the day. */
  const writer = (position: number) => `sender${position}@team.example`
  const refused = (name: string, mail: (from: string) => Buffer, position: number): Attack => ({
    name,
    mail: mail(writer(position)),
    reason: 'cleartext-signed',
    courtesy: writer(position),
  })
  const asText = (text: string) => (from: string) =>
    plainMail({ from, to: COMMAND, subject: canary, text: `${text}\n${canary}\n` })
  const asContent = (content: string) => (from: string) => fromAlice(content, { from, subject: canary })
  const attacks = Object.entries(texts).map(([name, text], i) => refused(name, asText(text), i))
  const wrapped: Readonly<Record<string, (from: string) => Buffer>> = {
    'in an alternative': asContent(alternative([textEntity(real), htmlEntity(`<pre>${real}</pre>`)])),
    'in the first of two texts': asContent(mixed([textEntity(real), textEntity(WORDS)])),
    'in base64': asContent(textEntity(real, 'text/plain; charset=utf-8', 'base64')),
    'in format=flowed': asContent(textEntity(real, 'text/plain; format=flowed')),
    'encrypted to us': asContent(
      multipartEncrypted(await alice.encryptSign(ours, octetsOf(textEntity(real)), { signed: 'unsigned' })),
    ),
    'encrypted to us in one message': asContent(
      textEntity(await alice.encryptSign(ours, typed(real), { signed: 'unsigned' })),
    ),
  }
  const more = Object.entries(wrapped).map(([name, mail], i) => refused(name, mail, attacks.length + i))

  await siege.stand(t, [
    ...attacks,
    ...more,
    {
      name: 'within a mail that is truly signed: the block is words, and opens nothing',
      mail: fromAlice(await multipartSigned(alice, textEntity(real))),
      reason: 'E-SYNTAX',
      told: ['alice@team.example'],
    },
    {
      name: 'an honest one at the security address is a report',
      mail: plainMail({ from: ALICE, to: SECURITY, subject: canary, text: real }),
      outcome: 'report',
      reason: 'new-case',
      told: ['alice@team.example', ...ADMINS],
    },
    {
      name: 'a command before the Hash header at the security address is a report',
      mail: plainMail({ from: ALICE, to: SECURITY, subject: canary, text: dashed }),
      outcome: 'report',
      reason: 'new-case',
      told: ['alice@team.example', ...ADMINS],
    },
  ])

  await t.test('each was told how to do it right, in one and the same constant text', () => {
    const answers = [...attacks, ...more].map(({ courtesy = '' }) => siege.sentTo(courtesy))
    const texts = answers.map(
      ([answer = '']) => /^Your mail changed nothing[\s\S]*?\r\n\r\n/m.exec(answer)?.[0],
    )
    assert.equal(new Set(texts).size, 1)
    assert.match(
      texts[0]?.replace(/\s+/g, ' ') ?? '',
      /written into the text does not count.*signed as PGP\/MIME/,
    )
  })
  await siege.end(t)
})
