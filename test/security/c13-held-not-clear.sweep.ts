// C13: what cannot be encrypted to its one key must not leave at all, and must not go unnoticed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openInstance } from '../../src/instance/instance.ts'
import { SCHEDULER } from '../../src/model/event.ts'
import { parseContactId, parseFingerprint } from '../../src/model/scalars.ts'
import { dearmor } from '../openpgp/material.ts'
import { decision, settle } from '../store/support.ts'
import { findCanary } from '../support/canary.ts'
import { GnuPG } from '../support/gpg.ts'
import { Installation } from '../support/installation.ts'
import { plainMail } from '../support/mail.ts'
import { planNotice, secondAhead } from '../support/notices.ts'
import { checkInvariants } from '../support/oracle.ts'
import { SECURITY, skip } from './support.ts'

const SECRET = 'canary-disclosure-81e4'
const MINUTE = 60_000

/**
 * A certificate of 2020 that is well signed and never expires. Its Curve25519 subkey is the point zero, to
 * which nothing can be encrypted.
 */
const BROKEN = `-----BEGIN PGP PUBLIC KEY BLOCK-----

xjMEXgvhABYJKwYBBAHaRw8BAQdAeG48ShlNacnaNe18UObPL4v+Vuz7tR8/
0MAKOGpCwMHNJkNvbnRhY3QgQnJva2VuIDxvbmNhbGxAYnJva2VuLmV4YW1w
bGU+wsATBBMWCgCFBYJeC+EAAwsJBwkQ3xKGnEMhYn9FFAAAAAAAHAAgc2Fs
dEBub3RhdGlvbnMub3BlbnBncGpzLm9yZ/X5ook60EKzUiYZj+J8ZZklQpxd
1FJ/Ywmy7dWw9in/BRUKCA4MBBYAAgECGQECmwMCHgEWIQSOgs2c/6sPjQRf
sh7fEoacQyFifwAAyK0A/1IOLWZGhkBKBkk+plIqWvKFdwN/8GifNCSHjKRT
Qh7/AQC8EU5PbmpKh7dcMFuu71b8ft7lbUJVVWqKfO2jSs+aDM44BF4L4QAS
CisGAQQBl1UBBQEBB0AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
AAMBCAfCvgQYFgoAcAWCXgvhAAkQ3xKGnEMhYn9FFAAAAAAAHAAgc2FsdEBu
b3RhdGlvbnMub3BlbnBncGpzLm9yZ4haIPP1tV701Xd6yazi8t0GlHwwCUP9
jVAiTabBvJBkApsMFiEEjoLNnP+rD40EX7Ie3xKGnEMhYn8AAOdAAQDw3WZz
9SaXg2P8Y7xxa2anlWJWA2wRZ057HmvJMnsjPAEAgU/OhWKKKfBxgb1MuRRi
wwWt1EAUwQBQROoF2cZMYAI=
=xgy+
-----END PGP PUBLIC KEY BLOCK-----
`

/** Pins it to a contact as if it had been good once: nobody's key is taken any more that cannot be encrypted to. */
async function breakKey(acme: Installation, id: string): Promise<void> {
  const [fingerprint = ''] = await acme.alice.importKey(BROKEN)
  const key = parseFingerprint(fingerprint)
  const contact = parseContactId(id)
  assert.ok(key && contact)
  const opened = await openInstance(acme.config, () => undefined)
  assert.ok(opened.ok)
  const { store, clock } = opened.value
  const now = clock.now()
  const event = {
    kind: 'key-changed',
    at: now,
    actor: SCHEDULER,
    contact,
    key: { fingerprint: key, certificate: dearmor(BROKEN), keyIds: [key.slice(-16).toLowerCase()] },
  } as const
  settle(store, [event], { now, decision: { ...decision([event]), actor: SCHEDULER } })
  await opened.value.close()
}

type Row = {
  readonly id: number
  readonly state: string
  readonly kind: string
  readonly about: string
  readonly contact: string
  readonly why: string
}

async function copiesOf(acme: Installation, notice: string): Promise<readonly Row[]> {
  const { out } = await acme.cli('outbox', 'list', '--json')
  const rows: readonly Row[] = JSON.parse(out)
  return rows.filter(row => row.about === notice)
}

/** The alerts of held mail that a person got so far, each as `notice N-…, to M-… (why)`. */
async function heldAlertsTo(acme: Installation, person: GnuPG): Promise<readonly string[]> {
  const texts = (await acme.inboxOf(person)).map(({ text }) => text.replace(/\s+/g, ' '))
  return texts.flatMap(text => {
    const [, held] = /A mail is held: ([^.]+)\./.exec(text) ?? []
    const [, notice, copies = ''] = /do not have (N-\d+): (.*)/.exec(text) ?? []
    const each = [...copies.matchAll(/(M-\d+), \S+ cannot be encrypted to their key \(([a-z-]+)\)/g)]
    return [
      ...(held === undefined ? [] : [held]),
      ...each.map(([, to, why]) => `notice ${notice}, to ${to} (${why})`),
    ]
  })
}

test('a copy that cannot be encrypted is held and the admins are told, once; the others go', {
  skip,
}, async t => {
  const acme = await Installation.make(t)
  const { alice, bob } = acme
  const sound = await acme.person('Contact Sound', 'oncall@sound.example')
  const start = Date.now()
  const expiring = await GnuPG.create('Contact Expiring', 'oncall@expiring.example', {
    expire: 'seconds=300',
  })
  t.after(() => expiring.close())
  for (const key of ['mail', 'list-velero']) await expiring.importKey(await acme.publicKey(key))
  for (const contact of [sound, expiring]) {
    const imported = await acme.importMember(contact, `Distro of ${contact.name}`)
    assert.equal(imported.code, 0, imported.problem)
  }
  const broken = await acme.person('Contact Broken', 'oncall@broken.example')
  const imported = await acme.importMember(broken, 'Distro Broken')
  assert.equal(imported.code, 0, imported.problem)
  await breakKey(acme, /M-[0-9]{6}/.exec(imported.out)?.[0] ?? '')
  const listed = await acme.cli('member', 'list', '--reveal', '--json')
  const members: readonly { readonly contact: string; readonly address: string }[] = JSON.parse(listed.out)
  const idOf = (address: string) => members.find(one => one.address === address)?.contact ?? 'nobody'

  await acme.start()
  await acme.deliver(
    plainMail({ from: 'Quinn <quinn@plain.example>', to: SECURITY, subject: 'bug', text: 'It crashes.\n' }),
  )
  const keydata = BROKEN.split('\n').slice(2, -3).join('')
  await acme.deliver(
    plainMail({
      from: 'Mallory <mallory@plain.example>',
      to: SECURITY,
      subject: 'bug',
      text: 'It crashes.\n',
      headers: [['Autocrypt', `addr=mallory@plain.example; keydata=${keydata}`]],
    }),
  )
  const acknowledgement = await acme.submission.waitFor(({ to }) => to.includes('quinn@plain.example'))
  const id = /C-[0-9]{6}/.exec(acknowledgement.octets.toString('latin1'))?.[0] ?? ''

  /** Schedules a notice, confirms it, and returns its id. */
  const schedule = async (sendAt: number): Promise<string> => {
    const { notice, confirm } = await planNotice(acme, alice, { case: id, sendAt, text: SECRET })
    const carriedOut = acme.log.filter(line => line.includes('carried-out')).length
    await acme.deliver(confirm)
    await acme.logged(/carried-out/, carriedOut + 1)
    return notice
  }

  let later = ''
  await t.test(
    'a key that expires before the instant holds its copy as soon as copies are made',
    async () => {
      later = await schedule(secondAhead(acme, start + 9 * MINUTE - Date.now()))
      await acme.logged(/"event":"settled".*"reason":"copies-ended"/)
      const copies = await copiesOf(acme, later)
      const states = Object.fromEntries(copies.map(({ contact, state, why }) => [contact, `${state} ${why}`]))
      assert.deepEqual(states, {
        [idOf('oncall@sound.example')]: 'ready -',
        [idOf('oncall@expiring.example')]: 'held expired-key',
        [idOf('oncall@broken.example')]: 'held unusable-key',
      })
    },
  )

  let sooner = ''
  await t.test(
    'the same contact gets what leaves while the key is good, and so does everybody else',
    async () => {
      sooner = await schedule(secondAhead(acme, 6_000))
      for (const contact of [sound, expiring]) {
        const copy = await acme.mailTo(contact, 1)
        assert.equal(copy.innerSubject, `${sooner}: early disclosure`)
        assert.match(copy.text, new RegExp(SECRET))
        assert.equal(copy.wasEncrypted, true)
      }
      const copies = await copiesOf(acme, sooner)
      assert.deepEqual(copies.map(({ state }) => state).sort(), ['held', 'sent', 'sent'])
    },
  )

  const expected = (theirCase: string) => [
    `notice ${later}, to ${idOf('oncall@expiring.example')} (expired-key)`,
    `notice ${later}, to ${idOf('oncall@broken.example')} (unusable-key)`,
    `notice ${sooner}, to ${idOf('oncall@broken.example')} (unusable-key)`,
    `acknowledgement ${theirCase}, to the reporter of ${theirCase} (unusable-key)`,
  ]

  await t.test('every admin is told once of each held copy, without content, over restarts too', async () => {
    await acme.logged(/"event":"settled".*"reason":"copies-ended"/, 2)
    assert.equal(await acme.stop(), 0)
    for (const _restart of [1, 2]) {
      // Ends when all that can be sent is sent.
      const once = await acme.cli('once')
      assert.equal(once.code, 0, once.problem)
      const listed = await acme.cli('case', 'list', '--json')
      const cases: readonly { readonly case: string }[] = JSON.parse(listed.out)
      const theirs = cases.find(one => one.case !== id)?.case ?? ''
      for (const admin of [alice, bob])
        assert.deepEqual((await heldAlertsTo(acme, admin)).toSorted(), expected(theirs).sort())
    }
  })

  await t.test('nothing went to whom it could not be encrypted to, and nothing went in clear', async () => {
    const all = acme.submission.attempts
    for (const address of ['oncall@broken.example', 'mallory@plain.example'])
      assert.ok(all.every(({ to }) => !to.includes(address)))
    assert.equal(all.filter(({ to }) => to.includes(expiring.address)).length, 1)
    for (const { octets } of all) assert.deepEqual(findCanary([SECRET], octets), [])
    await checkInvariants(acme, { canaries: [SECRET] })
  })
})
