// A key that is on two lists: what its owner renewed or revoked on one of them counts, in whichever order its copies come.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseFingerprint } from '../../src/model/scalars.ts'
import { DAY } from '../../src/model/time.ts'
import { keyFaultAt } from '../../src/openpgp/usable.ts'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import { Line } from '../support/line.ts'
import { until } from '../support/workspace.ts'

test('of a key on two lists both copies count', { skip: missingGnuPG() }, async t => {
  const { keyring, clock } = (await Line.make(t)).instance
  const owner = await until(t, GnuPG.create('Olga', 'olga@two.example', { fakedTime: Date.now() - 30 * DAY }))
  const fingerprint = parseFingerprint(owner.fingerprint)
  assert.ok(fingerprint)
  const older = await owner.exportPublic()
  await owner.expire('2y')
  const renewed = await owner.exportPublic()
  await owner.revoke()
  const revoked = await owner.exportPublic()
  const faultOf = async () => {
    const certificate = keyring.certificate(fingerprint)
    return certificate && keyFaultAt(certificate, clock.now())
  }
  const enrolled = (...copies: readonly Buffer[]) =>
    keyring.enrol(copies.map(certificate => ({ fingerprint, certificate })))
  assert.equal(await enrolled(renewed, older), 'changed')
  assert.equal(await faultOf(), undefined)
  assert.equal(await enrolled(older, renewed), 'as-known')
  assert.equal(await enrolled(revoked, renewed, older), 'changed')
  assert.equal(await faultOf(), 'revoked')
  assert.equal(await enrolled(older), 'as-known')
  assert.equal(await faultOf(), 'revoked')
})
