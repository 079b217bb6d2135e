// A sample of the forgeries through the running daemon, from mailbox to submission server, with what must always
// hold checked at the end.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { missingDovecot } from '../support/dovecot.ts'
import { missingGnuPG } from '../support/gpg.ts'
import { Installation } from '../support/installation.ts'
import type { Taken } from '../support/line.ts'
import { gpgMimeSigned, plainMail } from '../support/mail.ts'
import { checkInvariants } from '../support/oracle.ts'
import { forgeContent } from './contents.ts'
import { Dice } from './dice.ts'
import { disguise } from './guises.ts'
import { type Desk, makeMaterial } from './material.ts'

const SEED = Number(process.env['EMBARGOD_SEED'] ?? 20261122)
/** One in forty of the forgeries of the long run, three every day. */
const NUMBER = Math.ceil(Number(process.env['EMBARGOD_FORGERIES'] ?? 120) / 40)

test(`${NUMBER} forgeries from seed ${SEED} change nothing in a running daemon`, {
  skip: missingDovecot() || missingGnuPG(),
}, async t => {
  const acme = await Installation.make(t)
  const mallory = await acme.person('Mallory Member', 'mallory@member.example')
  assert.equal((await acme.importMember(mallory, 'Distro')).code, 0)
  await acme.start()
  const canary = `canary-${randomBytes(16).toString('hex')}`

  let settled = 0
  const take = async (octets: Uint8Array): Promise<Taken> => {
    // IMAP knows no NUL (RFC 9051 §9): the server would store another octet in its place.
    await acme.deliver(octets.map(octet => (octet === 0 ? 0x80 : octet)))
    settled += 1
    return JSON.parse(await acme.logged(/"event":"settled","inbound":/, settled))
  }
  const cases = async (): Promise<readonly Record<string, unknown>[]> =>
    JSON.parse((await acme.cli('case', 'list', '--reveal', '--json')).out)
  const report = async () => {
    await take(plainMail({ from: 'quinn@plain.example', to: 'security@acme.example', text: `${canary}\n` }))
    return String((await cases())[0]?.['case'])
  }
  const { alice, bob } = acme
  const desk: Desk = {
    ...{ alice, bob, mallory, take, report, keyAge: 0 },
    publicKey: which => acme.publicKey(which),
    fingerprintOf: which => acme.fingerprintOf(which),
  }
  const material = await makeMaterial(t, desk)
  const aim = async () => (await cases()).find(one => one['case'] === material.id)
  const before = await aim()
  assert.ok(before)

  const dice = new Dice(SEED)
  for (let i = 0; i < NUMBER; i += 1) {
    const content = await forgeContent(material, dice)
    const { name, mail } = disguise(content.entity, dice)
    const { outcome } = await take(mail)
    assert.notEqual(outcome, 'command', `${i} of seed ${SEED}: ${content.name}; ${name}`)
  }
  assert.deepEqual(await aim(), before)

  const text = `embargod acme\naccept ${material.id}\n`
  const honest = await take(await gpgMimeSigned(alice, { to: 'security+cmd@acme.example', text }))
  assert.equal(honest.outcome, 'command')
  await checkInvariants(acme, { canaries: [canary] })
})
