// Who may command, and when, with the running daemon (threats.md A12, A14): a team that changes while mail waits,
// keys exchanged, a daemon killed while it tells of it, and a token that is three days old.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { readAudit } from '../support/audit.ts'
import { missingDovecot } from '../support/dovecot.ts'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import { HostFaults, missingCompiler } from '../support/host-faults.ts'
import { Installation } from '../support/installation.ts'
import { gpgMimeSigned, plainMail } from '../support/mail.ts'
import { planNotice, secondAhead } from '../support/notices.ts'
import { checkInvariants } from '../support/oracle.ts'
import { until } from '../support/workspace.ts'

const skip = missingDovecot() || missingGnuPG() || missingCompiler()
const COMMAND = 'security+cmd@acme.example'
const CANARY = 'canary-authority-51d0'
const HOUR = 3_600_000
const TOLD = /"reason":"team-changed"/

/** Kept off the same second, in which OpenPGP dates all alike. */
const secondAfter = (): Promise<void> => pause(1_100)

const commandOf = (person: GnuPG, text: string, fakedTime?: number): Promise<Buffer> =>
  gpgMimeSigned(person, { to: COMMAND, text, signing: fakedTime === undefined ? {} : { fakedTime } })

async function reported(acme: Installation): Promise<string> {
  await acme.deliver(
    plainMail({
      from: 'quinn@plain.example',
      to: 'security@acme.example',
      subject: 's',
      text: `${CANARY}\n`,
    }),
  )
  await acme.logged(/"reason":"new-case"/)
  const [{ case: id }] = JSON.parse((await acme.cli('case', 'list', '--json')).out)
  return id
}

/** How an entry of the team stands in the configuration. */
async function entryOf(acme: Installation, name: string, person: GnuPG): Promise<string> {
  const [fingerprint] = await person.keyFingerprints()
  const key = join(acme.folder, `${fingerprint}.asc`)
  await writeFile(key, await person.exportArmored())
  await person.importKey(await acme.publicKey('mail'))
  const lines = [
    `  - name: ${name}`,
    `address: ${person.address}`,
    `key: ${key}`,
    `fingerprint: ${fingerprint}`,
  ]
  return `${lines.join('\n    ')}\n`
}

const entry = (name: string) => new RegExp(`^ *- name: "?${name}"?\\n(?: +[^-\\s].*\\n)+`, 'm')

/** The mails to a person that tell of another team. */
const toldOf = async (acme: Installation, person: GnuPG): Promise<number> => {
  const mine = acme.submission.mails.filter(({ to }) => to.includes(person.address))
  let count = 0
  for (const { octets } of mine) {
    // Of two keys with one address each opens its own.
    const armored = /-----BEGIN PGP MESSAGE-----[\s\S]*-----END PGP MESSAGE-----/.exec(
      String(Buffer.from(octets)),
    )
    if (armored === null) continue
    const opened = await person.decrypt(Buffer.from(armored[0])).catch(() => undefined)
    if (opened?.octets.toString('latin1').includes('names another team')) count += 1
  }
  return count
}

test('authority is judged at signing and at processing', { skip }, async t => {
  const acme = await Installation.make(t)
  const { alice, bob } = acme
  const carol = await acme.person('Carol Admin', 'carol@team.example')
  const newAlice = await until(t, GnuPG.create('Alice Admin', alice.address))
  await acme.start()
  const id = await reported(acme)
  const leadIs = async (name: string) => {
    const shown = JSON.parse((await acme.cli('case', 'show', id, '--json')).out)
    assert.equal(shown.lead, name)
  }
  const settled = (reason: string, count = 1) =>
    acme.logged(new RegExp(`"inbound":.*"reason":"${reason}"`), count)
  const audited = () =>
    readAudit(join(acme.folder, 'data', 'embargod.db')).filter(({ ids }) => ids['reason'] === 'team-changed')

  await t.test('of mail that waited neither that of who left runs nor that of who joined', async () => {
    assert.equal(await acme.stop(), 0)
    await acme.deliver(await commandOf(bob, `embargod acme\ntake ${id}\n`))
    await acme.deliver(await commandOf(carol, `embargod acme\ntake ${id}\n`))
    await secondAfter()
    const joining = await entryOf(acme, 'carol', carol)
    await acme.edit(text => text.replace(entry('bob'), joining))
    await acme.start()
    await settled('unknown-key')
    await settled('E-ROLE')
    await leadIs('nobody')
    await acme.deliver(await commandOf(carol, `embargod acme\ntake ${id}\n# again\n`))
    await settled('carried-out')
    await leadIs('carol')
    const [row, second] = audited()
    assert.equal(second, undefined)
    const fingerprints = await Promise.all([carol, bob].map(person => person.keyFingerprints()))
    assert.deepEqual(
      [row?.ids['joined'], row?.ids['left']],
      fingerprints.map(([first]) => [first]),
    )
    for (const person of [alice, bob, carol]) assert.equal(await toldOf(acme, person), 1, person.name)
  })

  await t.test('an exchanged key counts from the exchange on, the old one no more', async () => {
    assert.equal(await acme.stop(), 0)
    await acme.deliver(await commandOf(alice, `embargod acme\ntake ${id}\n`))
    await acme.deliver(await commandOf(newAlice, `embargod acme\ntake ${id}\n`))
    await secondAfter()
    const renewed = await entryOf(acme, 'alice', newAlice)
    await acme.edit(text => text.replace(entry('alice'), renewed))
    await acme.start()
    await settled('unknown-key', 2)
    await settled('E-ROLE', 2)
    await leadIs('carol')
    await acme.deliver(await commandOf(newAlice, `embargod acme\ntake ${id}\n# again\n`))
    await settled('carried-out', 2)
    await leadIs('alice')
    assert.deepEqual([await toldOf(acme, alice), await toldOf(acme, newAlice)], [2, 1])
    assert.deepEqual([await toldOf(acme, carol), await toldOf(acme, bob)], [2, 1])
  })

  await t.test('a daemon killed at its start tells of the change once', async () => {
    assert.equal(await acme.stop(), 0)
    const joining = await entryOf(acme, 'bob', bob)
    await acme.edit(text => text.replace(entry('carol'), match => `${match}${joining}`))
    for (const moment of [/"event":"started"/, TOLD] as const) {
      const before = acme.log.filter(line => moment.test(line)).length
      const starting = acme.start().catch(() => undefined)
      await acme.logged(moment, before + 1)
      await acme.kill()
      await starting
    }
    await acme.start()
    assert.equal(audited().length, 3)
    const underWay = async (): Promise<boolean> => {
      const rows: readonly { readonly kind: string; readonly state: string }[] = JSON.parse(
        (await acme.cli('outbox', 'list', '--json')).out,
      )
      return rows.some(({ kind, state }) => kind === 'alert' && (state === 'ready' || state === 'sending'))
    }
    for (const end = Date.now() + 45_000; await underWay(); await pause(100)) assert.ok(Date.now() < end)
    for (const [person, most] of [
      [newAlice, 2],
      [carol, 3],
      [bob, 2],
    ] as const)
      assert.ok([most - 1, most].includes(await toldOf(acme, person)), person.name)
  })

  await t.test('what must always hold holds', () => checkInvariants(acme, { canaries: [CANARY] }))
})

test('a token holds three days to the second, after which it is no token', { skip }, async t => {
  const acme = await Installation.make(t)
  const host = await HostFaults.make(t, join(acme.folder, 'data'))
  await acme.start(host.environment)
  const id = await reported(acme)
  const contact = await acme.person('Contact One', 'oncall@one.example')
  assert.equal((await acme.importMember(contact, 'Distro One')).code, 0)
  const sendAt = secondAhead(acme, 200 * HOUR)
  const plans: string[] = []
  for (const text of [`One ${CANARY}.`, `Two ${CANARY}.`]) {
    await planNotice(acme, acme.alice, { case: id, sendAt, text })
    const last = (await acme.inboxOf(acme.alice)).findLast(mail => mail.text.includes('confirm acme '))
    plans.push(/confirm acme [a-z2-7]{16}/.exec(last?.text ?? '')?.[0] ?? '')
  }
  const [first = '', second = ''] = plans
  assert.notEqual(first, second)

  const confirm = async (words: string, hours: number, by: GnuPG) => {
    await host.wallClockOff(Math.round(hours * HOUR))
    await acme.deliver(await commandOf(by, `${words}\n`, Date.now() + Math.round(hours * HOUR)))
  }
  await confirm(first, 71.9, acme.alice)
  await acme.logged(/"reason":"carried-out"/)
  await confirm(second, 72.1, acme.bob)
  await acme.logged(/"reason":"E-UNKNOWN"/)
  const scheduled = JSON.parse((await acme.cli('status', '--json')).out).scheduled
  assert.equal(scheduled.length, 1)

  await t.test('what must always hold holds', () => checkInvariants(acme, { canaries: [CANARY] }))
})
