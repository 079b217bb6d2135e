// Which key of a mail is meant as its author's, what is said of one that cannot be used, and whose it is already
// (threats.md E09, E10, C15).
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { decide } from '../../../src/decide/decide.ts'
import { keyForMember, keyOfOperand, takenFrom } from '../../../src/decide/membership/keys.ts'
import type { Sorted } from '../../../src/model/decision.ts'
import type { KeyFault } from '../../../src/model/key-fault.ts'
import { keyMaterial, sharesMaterial } from '../../../src/model/key-material.ts'
import type { OfferedCertificate, OpenedMail, Part } from '../../../src/model/mail.ts'
import { plaintext } from '../../../src/model/plaintext.ts'
import { fingerprint, fresh, mail, signature, snapshot, unsignedText } from '../given.ts'
import { ANN, keyOf, member, OTHER_SHA256 } from './proving.ts'

const OURS = fingerprint('0')
const EVE = fingerprint('E')
const offer = (changes: Partial<OfferedCertificate> = {}): OfferedCertificate => ({
  place: 'outer',
  octets: new Uint8Array([1]),
  fingerprint: ANN,
  keyIds: [],
  encryptable: true,
  ...changes,
})
const opened = (changes: Partial<OpenedMail>): OpenedMail => {
  const input = mail({ authored: unsignedText('x'), mail: changes })
  assert.equal(input.kind, 'mail')
  return input.mail
}

const ROWS: Readonly<Record<string, readonly [Partial<OpenedMail>, KeyFault | 'ann']>> = {
  'one that is attached': [{ offered: [offer()] }, 'ann'],
  'attached and by Autocrypt, the same': [{ offered: [offer({ place: 'autocrypt' }), offer()] }, 'ann'],
  'attached, beside another by Autocrypt': [
    { offered: [offer({ place: 'autocrypt', fingerprint: EVE }), offer()] },
    'ann',
  ],
  'by Autocrypt alone': [{ offered: [offer({ place: 'autocrypt' })] }, 'ann'],
  'outside and inside of an encryption': [{ offered: [offer(), offer({ place: 'inside' })] }, 'ann'],
  'the one that signed, of several': [
    { offered: [offer({ fingerprint: EVE }), offer()], author: signature(ANN) },
    'ann',
  ],
  'beside one of ours': [{ offered: [offer({ fingerprint: OURS }), offer()] }, 'ann'],
  'several, unsigned': [{ offered: [offer({ fingerprint: EVE }), offer()] }, 'several'],
  'one of ours alone': [{ offered: [offer({ fingerprint: OURS })] }, 'ours'],
  none: [{}, 'none'],
  'one with a fault': [{ offered: [offer({ fault: 'sha1' })] }, 'sha1'],
  'one that could not be read': [{ refusedKeys: ['version'] }, 'version'],
  'one that could not be read, and another by Autocrypt': [
    { refusedKeys: ['version'], offered: [offer({ place: 'autocrypt' })] },
    'version',
  ],
  'a good one and a secret one': [{ refusedKeys: ['secret-key'], offered: [offer()] }, 'secret-key'],
}
suite('a mail offers', () => {
  for (const [name, [changes, expected]] of Object.entries(ROWS))
    test(name, () => {
      const key = keyForMember(opened(changes), [OURS])
      assert.equal(key.ok ? (key.value.fingerprint === ANN ? 'ann' : 'another') : key.error, expected)
    })
})

test('a secret key that comes with a request to join is passed on to nobody, and one in a report is', () => {
  const armored = '-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nxyz\n-----END PGP PRIVATE KEY BLOCK-----\n'
  const part = (octets: Buffer, changes: Partial<Part>): Part => ({
    mediaType: 'application/pgp-keys',
    disposition: 'attachment',
    fileName: undefined,
    text: undefined,
    octets,
    sha256: OTHER_SHA256,
    encrypted: false,
    signature: { kind: 'none' },
    ...changes,
  })
  const words = `Hello\n${armored}Bye\n`
  const text = { mediaType: 'text/plain', disposition: 'inline', text: plaintext(words) } as const
  const letter = {
    refusedKeys: ['secret-key'],
    parts: [
      part(Buffer.from(words), text),
      part(Buffer.from(armored), {}),
      part(Buffer.from(armored), { ...text, disposition: 'attachment' }),
      part(Buffer.of(0x95, 1, 2), {}),
      part(Buffer.of(0xc5, 1, 2), { mediaType: 'application/octet-stream' }),
      part(Buffer.from('a patch'), { mediaType: 'text/x-patch' }),
    ],
  } as const
  const passedOn = (addressed: Sorted['addressed']) => {
    const { mails } = decide(
      mail({ authored: unsignedText('x'), addressed, mail: letter }),
      snapshot(),
      fresh,
    )
    const [content] = mails.flatMap(order => ('mail' in order.content ? [order.content] : []))
    assert.ok(content?.mail)
    return content.mail.parts.map(({ octets }) => Buffer.from(octets).toString())
  }
  assert.deepEqual(passedOn({ kind: 'distributors', project: member().project }), [
    'Hello\n[a secret key, left out]\nBye\n',
    'a patch',
  ])
  assert.equal(passedOn({ kind: 'security' }).length, letter.parts.length)
})

test('a file that a command names is judged in the same way', () => {
  const certificate = { kind: 'certificate', key: keyOf(ANN), encryptable: 'yes' } as const
  const fault = (operand: Parameters<typeof keyOfOperand>[0]) => {
    const key = keyOfOperand(operand, [OURS])
    return key.ok ? 'taken' : key.error
  }
  assert.equal(fault(certificate), 'taken')
  assert.equal(fault({ ...certificate, key: keyOf(OURS) }), 'ours')
  assert.equal(fault({ ...certificate, fault: 'expired' }), 'expired')
  assert.equal(fault({ kind: 'unusable-key', fault: 'version' }), 'version')
  assert.equal(fault(undefined), 'unreadable')
})

/** A packet of version 4 with this material, in the old or the new form of header. */
const packet = (tag: number, material: number, made: number, form: 'old' | 'new' = 'new') => {
  const body = Buffer.from([4, 0, 0, 0, made, 22, material, material])
  return Buffer.concat([
    Buffer.from(form === 'new' ? [0xc0 | tag, body.length] : [0x80 | (tag << 2), body.length]),
    body,
  ])
}
const ONE = Buffer.concat([packet(6, 1, 0), packet(13, 7, 0), packet(14, 2, 0)])

suite('the same key under another primary key', () => {
  test('is found whenever it is said to be made, and in either form of header', () => {
    assert.deepEqual(keyMaterial(ONE), ['160101', '160202'])
    assert.equal(sharesMaterial(ONE, Buffer.concat([packet(6, 3, 0), packet(14, 2, 9, 'old')])), true)
    assert.equal(
      sharesMaterial(ONE, Buffer.concat([packet(6, 3, 0), packet(13, 2, 0), packet(14, 4, 0)])),
      false,
    )
  })
  test('is taken from whoever has it, whatever the project, and cut or odd octets are none', () => {
    const eve = { ...keyOf(EVE), certificate: Buffer.concat([packet(6, 3, 0), packet(14, 2, 0)]) }
    const one = member({ certificate: ONE })
    assert.equal(takenFrom(eve, one.project, [one])?.id, one.id)
    assert.equal(takenFrom(eve, 'another' as never, [one])?.id, one.id)
    assert.equal(takenFrom(eve, one.project, [one], one.id), undefined)
    assert.equal(takenFrom(eve, one.project, [{ ...one, state: 'invited' }]), undefined)
    for (const odd of [
      ONE.subarray(0, 5),
      Buffer.of(0xc6, 0xff),
      Buffer.of(0x9b),
      Buffer.of(1, 2),
      Buffer.of(0xc6, 0xe1, 1),
    ])
      assert.doesNotThrow(() => keyMaterial(odd))
  })
  test('the very same key may be used in two projects', () => {
    const one = member({ fingerprint: ANN })
    assert.equal(takenFrom(keyOf(ANN), one.project, [one])?.id, one.id)
    assert.equal(takenFrom(keyOf(ANN), 'another' as never, [one]), undefined)
  })
})
