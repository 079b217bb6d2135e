// Which key a new case answers to. Whoever relays a mail can put a key on its outside, or an old copy of one.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide } from '../../src/decide/decide.ts'
import type { OfferedCertificate, OpenedMail } from '../../src/model/mail.ts'
import { fingerprint, fresh, mail, signature, snapshot, unsignedText } from './given.ts'

const RIYA = fingerprint('7')
const RELAY = fingerprint('8')

const offer = (
  place: OfferedCertificate['place'],
  key: typeof RIYA,
  octets = 'copy',
): OfferedCertificate => ({
  place,
  fingerprint: key,
  octets: Buffer.from(octets),
  keyIds: [],
  encryptable: true,
})

/** Fingerprint and copy of the key of the case that this mail opens. */
function keyOf(given: Pick<OpenedMail, 'encryption' | 'offered'>, signer?: typeof RIYA) {
  const author = signer === undefined ? undefined : signature(signer)
  const input = mail({ authored: unsignedText('It crashes.'), mail: { ...given, author } })
  const [event] = decide(input, snapshot({ cases: new Map() }), fresh).events
  assert.equal(event?.kind, 'case-opened')
  const { key } = event.reporter
  return key && `${key.fingerprint} ${Buffer.from(key.certificate)}`
}

test('the key that signed inside the encryption counts, wherever its certificate stood', () => {
  assert.equal(keyOf({ encryption: 'encrypted', offered: [offer('autocrypt', RIYA)] }, RIYA), `${RIYA} copy`)
})

test('of two copies the one inside the encryption counts', () => {
  const offered = [offer('autocrypt', RIYA, 'old'), offer('inside', RIYA, 'new')]
  assert.equal(keyOf({ encryption: 'encrypted', offered }, RIYA), `${RIYA} new`)
})

test('a key on the outside of an encrypted mail counts for nothing unless it signed inside', () => {
  const offered = [offer('autocrypt', RELAY)]
  assert.equal(keyOf({ encryption: 'encrypted', offered }), undefined)
  assert.equal(keyOf({ encryption: 'encrypted', offered }, RIYA), undefined)
  assert.equal(keyOf({ encryption: 'partly', offered }, RELAY), undefined)
})

test('a key that came inside the encryption counts without a signature', () => {
  const offered = [offer('autocrypt', RELAY), offer('inside', RIYA)]
  assert.equal(keyOf({ encryption: 'encrypted', offered }), `${RIYA} copy`)
})

test('a key on a clear mail counts', () => {
  assert.equal(keyOf({ encryption: 'clear', offered: [offer('autocrypt', RIYA)] }), `${RIYA} copy`)
})
