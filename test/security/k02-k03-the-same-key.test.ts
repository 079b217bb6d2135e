// K02, K03: a member's key that comes with a mail: revoked, it counts no more, whoever sent it; with a later end it is
// taken where its owner signed the mail, and only what they signed in it.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { instant } from '../../src/model/scalars.ts'
import { parseCertificate } from '../../src/openpgp/certificates.ts'
import { inspect } from '../../src/sandbox/open-pgp.ts'
import {
  ALICE,
  after,
  BOB,
  COLLEAGUE,
  contactIn,
  HOUR,
  keyOf,
  kinds,
  NEW,
  NOW,
  newsIn,
  OLD,
  ONE,
  operandOf,
  resultOf,
  signed,
  TWO,
  withKey,
  world,
} from '../decide/members.ts'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'

const REVOKED = { revoked: true, encryptable: false } as const
const UNTIL = instant(NOW + 700 * 24 * HOUR)
const LONGER = { encryptsUntil: UNTIL, octets: Buffer.of(8) }

suite('K02 a revoked key', () => {
  for (const [who, by] of [
    ['a stranger', undefined],
    ['its owner', OLD],
    ['another member', TWO.fingerprint],
  ] as const)
    test(`passed on by ${who} counts no more, and those who can act are told`, () => {
      const decision = withKey(REVOKED, by)
      assert.ok(kinds(decision).includes('contact-key-revoked'))
      assert.deepEqual(newsIn(decision), [
        ['colleague', COLLEAGUE.address, 'contact-key-revoked'],
        ['admin', ALICE.address, 'contact-key-revoked'],
        ['admin', BOB.address, 'contact-key-revoked'],
      ])
      const left = contactIn(after(decision))
      assert.equal(left.version, ONE.version + 1, 'copies that are made do not go')
      assert.equal(signed('my', OLD, after(decision)).outcome, 'refused')
    })
  test('twice: it is told once', () => {
    const known = after(withKey(REVOKED))
    assert.deepEqual(newsIn(withKey(REVOKED, undefined, known)), [])
  })
  test('what it signed in the very mail that revokes it does nothing', () => {
    const decision = withKey({ ...REVOKED, octets: Buffer.of(7) }, OLD)
    assert.deepEqual(
      kinds(decision).filter(kind => kind === 'key-merged'),
      [],
    )
  })
  test('that was to follow does not', () => {
    const known = after(signed('key add att:new.asc', OLD, world(), operandOf(NEW)))
    const decision = withKey({ ...REVOKED, fingerprint: NEW }, undefined, known)
    assert.deepEqual(kinds(decision).slice(0, 1), ['key-dropped'])
    assert.equal(contactIn(after(decision, known)).nextKey, undefined)
  })
})

suite('K03 a key with a later end', () => {
  test('in any mail that its owner signed is taken at once, and told to them alone', () => {
    const decision = withKey(LONGER, OLD)
    assert.ok(kinds(decision).includes('key-merged'))
    assert.deepEqual(newsIn(decision), [['they', ONE.address, 'key-merged']])
    const left = contactIn(after(decision))
    assert.deepEqual([left.encryptsUntil, left.fingerprint], [UNTIL, OLD])
    assert.deepEqual(
      kinds(withKey(LONGER, OLD, after(decision))).filter(kind => kind === 'key-merged'),
      [],
      'twice',
    )
  })
  test('unsigned, or by another, it is not', () => {
    for (const by of [undefined, TWO.fingerprint, NEW])
      assert.deepEqual(
        kinds(withKey(LONGER, by)).filter(kind => kind === 'key-merged'),
        [],
      )
  })
  test('attached to key add it needs no proof and no waiting', () => {
    const same = { ...operandOf(OLD), key: { ...keyOf(OLD, Buffer.of(8)), encryptsUntil: UNTIL } } as const
    const decision = signed('key add att:new.asc', OLD, world(), same)
    assert.deepEqual(kinds(decision), ['key-merged'])
    assert.match(resultOf(decision).text, /until 2028/)
  })
})

test('K03 gpg’s extension of a key goes into the pinned one, an older copy takes nothing away, no name is added', {
  skip: missingGnuPG(),
}, async t => {
  const month = 30 * 24 * HOUR
  const person = await GnuPG.create('Olga Owner', 'olga@member.example', { fakedTime: Date.now() - month })
  t.after(() => person.close())
  const parsed = async () => {
    const certificate = await parseCertificate(await person.exportPublic())
    assert.ok(certificate.ok)
    return certificate.value
  }
  await person.expire('2m', 'primary')
  await person.expire('2m', 'subkeys')
  const short = await parsed()
  await person.expire('2y', 'primary')
  await person.expire('2y', 'subkeys')
  const long = await parsed()
  // Taken last: a signature that is newer than the instant of looking does not count yet.
  const now = instant(Date.now() + HOUR)
  const pinned = new Map([[short.fingerprint, short]])
  const before = await inspect(short, now, pinned)
  const longer = await inspect(long, now, pinned)
  assert.ok(before.encryptsUntil !== undefined && longer.encryptsUntil !== undefined)
  assert.ok(before.encryptsUntil < now + 90 * 24 * HOUR)
  assert.ok(longer.encryptsUntil > now + 600 * 24 * HOUR)
  assert.notDeepEqual(longer.octets, short.octets)
  const merged = new Map([[longer.fingerprint, longer.certificate]])
  const rolledBack = await inspect(short, now, merged)
  assert.deepEqual(rolledBack.octets, longer.octets)
  assert.equal(rolledBack.encryptsUntil, longer.encryptsUntil)
  const ids = longer.certificate.libraryKey().getUserIDs()
  assert.deepEqual(ids, short.libraryKey().getUserIDs())
})
