// Broken and hostile mail: it is opened or refused, always the same way, and soon (threats.md F06 to F08, F12).
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { type OpenedInbound, openMail } from '../../src/receive/open.ts'
import { octetsOf, splitEntity, subtree } from '../../src/receive/structure.ts'
import { openPgpFor } from '../../src/sandbox/open-pgp.ts'
import { Dice } from '../forgery/dice.ts'
import { mutated } from '../fuzz/mutate.ts'
import { processorTime } from '../support/processor-time.ts'
import { upTo } from '../support/sweep.ts'
import { nothingConfigured, now, wire } from './opening.ts'

const openPgp = openPgpFor(async () => [])
const open = (octets: Uint8Array) => openMail(octets, openPgp, [], nothingConfigured, now)

const corpus = new URL('../../../shared/corpora/mime/', import.meta.url)
const skip = !existsSync(corpus) && 'put the corpora beside the project: ../shared/corpora'
const files = skip === false ? readdirSync(corpus).filter(name => name.endsWith('.msg')) : []
const read = (name: string): Buffer => readFileSync(new URL(name, corpus))

/** What the mail gave, texts opened, so that two runs can be compared. */
function facts({ mail, machine }: OpenedInbound): unknown {
  const parts = mail.parts.map(part => [
    part.mediaType,
    part.fileName?.open(),
    part.text?.open(),
    part.sha256,
  ])
  return [machine, mail.authored.kind, mail.authored.text?.open(), mail.encryption, mail.header.fields, parts]
}

describe('broken mail of many programs', { skip }, () => {
  for (const name of files)
    test(`${name} is opened, twice the same`, async () => {
      const [first, second] = [await open(read(name)), await open(read(name))]
      assert.ok(first.ok && second.ok)
      assert.ok(first.value.mail.parts.length > 0)
      assert.deepEqual(facts(first.value), facts(second.value))
    })
})

const seeds: readonly Buffer[] = [
  wire(
    'From: a@x.org\nSubject: =?utf-8?b?Z3LDvG4=?=\nContent-Type: multipart/signed; protocol="application/pgp-signature"; boundary="b"\n\n' +
      '--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\nembargod x\n--c\nContent-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n<p>=\n=3D\n--c--\n' +
      '--b\nContent-Type: application/pgp-signature\n\n-----BEGIN PGP SIGNATURE-----\n\niQEz\n=abcd\n-----END PGP SIGNATURE-----\n--b--\n',
  ),
  wire(
    'From: b@x.org\nAutocrypt: addr=b@x.org; keydata=mDME\nContent-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="e"\n\n' +
      '--e\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--e\nContent-Type: application/octet-stream\n\n-----BEGIN PGP MESSAGE-----\n\nhF4D\n=abcd\n-----END PGP MESSAGE-----\n--e--\n',
  ),
  wire('From: c@x.org\n\n-----BEGIN PGP MESSAGE-----\n\nhF4D\n-----END PGP MESSAGE-----\n'),
  ...files.map(read),
]

test('all ranges of a mutated mail lie within each other and within it', () => {
  const dice = new Dice(4821)
  for (let run = 0; run < upTo(500, 30_000); run += 1) {
    const octets = mutated(seeds, dice)
    const split = splitEntity(octets)
    if (!split.ok) continue
    for (const entity of subtree(split.value)) {
      const { whole, header, body } = entity
      assert.ok(0 <= whole.start && whole.start === header.start && header.start <= header.end, `run ${run}`)
      assert.ok(header.end <= body.start && body.start <= body.end && body.end === whole.end, `run ${run}`)
      assert.ok(whole.end <= octets.length && octetsOf(entity, body).length === body.end - body.start)
      for (const child of entity.children)
        assert.ok(body.start <= child.whole.start && child.whole.end <= body.end, `run ${run}`)
    }
  }
})

describe('what is hostile by size', () => {
  const many = upTo(200_000, 1_000_000)
  const within = async (octets: Uint8Array, milliseconds: number): Promise<string> => {
    const start = processorTime()
    const opened = await open(octets)
    const took = processorTime() - start
    assert.ok(took < milliseconds, `${took} ms`)
    return opened.ok ? 'opened' : opened.error
  }
  const cases: readonly (readonly [string, () => Buffer, string])[] = [
    [
      'base64 with a line break behind each letter',
      () => wire(`Content-Transfer-Encoding: base64\n\n${'Q\n'.repeat(many)}`),
      'opened',
    ],
    [
      'a text of many armor headers',
      () => wire(`\n${'-----BEGIN PGP MESSAGE-----\n'.repeat(many / 2)}`),
      'opened',
    ],
    [
      'a text of many empty messages',
      () => wire(`\n${'-----BEGIN PGP MESSAGE-----\n-----END PGP MESSAGE-----\n'.repeat(many / 5)}`),
      'opened',
    ],
    [
      'blanks in an HTML text with a message in it',
      () =>
        wire(
          `Content-Type: text/html\n\n-----BEGIN PGP MESSAGE-----\nx${' '.repeat(many)}x\n-----END PGP MESSAGE-----\n`,
        ),
      'opened',
    ],
    [
      'angles in an HTML text with a message in it',
      () => wire(`Content-Type: text/html\n\n-----BEGIN PGP MESSAGE-----\n${'<br '.repeat(many)}\n`),
      'opened',
    ],
    [
      'mails in mails in mails',
      () => wire(`${'Content-Type: message/rfc822\n\n'.repeat(many / 10)}x\n`),
      'opened',
    ],
    ['one line of 25 MB', () => Buffer.alloc(25_000_000, 'a'), 'header-too-large'],
    [
      'a body of 25 MB without a line break',
      () => Buffer.concat([wire('A: b\n\n'), Buffer.alloc(25_000_000, 'a')]),
      'opened',
    ],
    [
      'quoted-printable of nothing but =',
      () => wire(`Content-Transfer-Encoding: quoted-printable\n\n${'='.repeat(4 * many)}`),
      'opened',
    ],
    [
      'blanks before every line break',
      () =>
        wire(
          `Content-Transfer-Encoding: quoted-printable\n\n${`${' '.repeat(5_000)}\n`.repeat(many / 1_250)}`,
        ),
      'opened',
    ],
    [
      'many blanks within a line of quoted-printable',
      () => wire(`Content-Transfer-Encoding: quoted-printable\n\n${' '.repeat(many)}x\n`),
      'opened',
    ],
    [
      'quoted-printable in one line',
      () => wire(`Content-Transfer-Encoding: quoted-printable\n\n${'=41'.repeat(8 * many)}`),
      'opened',
    ],
    [
      'base64 of many padded pieces',
      () => wire(`Content-Transfer-Encoding: base64\n\n${'QQ==\n'.repeat(many)}`),
      'opened',
    ],
    [
      'many parts, each with an encoding, a charset and a name',
      () => {
        const part =
          'Content-Type: text/plain; charset=koi8-r; name="=?koi8-r?q?=C4?="\nContent-Transfer-Encoding: base64\n\nxA==\n'
        return wire(
          `Content-Type: multipart/mixed; boundary=b\n\n${`--b\n${part}`.repeat(Math.min(many / 500, 1_999))}`,
        )
      },
      'opened',
    ],
    [
      'a key block of 400 KB of rubbish',
      () =>
        wire(
          `Content-Type: application/pgp-keys\n\n-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n${`${'A'.repeat(64)}\n`.repeat(6_000)}-----END PGP PUBLIC KEY BLOCK-----\n`,
        ),
      'opened',
    ],
  ]
  for (const [name, make, expected] of cases)
    test(`${name} is done within five seconds`, async () =>
      assert.equal(await within(make(), 5_000), expected))
})
