// kill -9 at any moment and a restart: nothing lost, nothing decided twice (threats.md J01, J02). The daemon
// is its own process, mailbox and submission are real servers; at the end all that came, was decided and was
// sent is compared. A sweep makes many kills at random and then also waits for what is in doubt; EMBARGOD_SEED
// chooses their moments.
import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { missingDovecot } from '../support/dovecot.ts'
import { type GnuPG, missingGnuPG } from '../support/gpg.ts'
import { Installation } from '../support/installation.ts'
import { planNotice, secondAhead } from '../support/notices.ts'
import { checkInvariants, inboundOf } from '../support/oracle.ts'
import { upTo } from '../support/sweep.ts'
import { headerOf, Ledger } from './ledger.ts'

const skip = missingDovecot() || missingGnuPG()
const NOTICE = 'canary-notice-41aa'
/** Milliseconds in which a start, or a few mails, are over and done with; random kills fall into them. */
const BUSY = 1_500
/** Milliseconds from a plan to its instant: on a busy host the confirmation takes seconds, and must not be late. */
const AHEAD = 8_000
/** How often it is killed at random. */
const KILLS = upTo(1, 100)

const seed = Number(process.env['EMBARGOD_SEED'] ?? randomInt(2 ** 31))

/** Numbers in [0, 1) that the seed alone determines (mulberry32). */
function drawing(from: number): () => number {
  let state = from >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Kills the daemon while the server has a whole mail to each of these and has not answered yet. */
async function killAtFinalDot(
  acme: Installation,
  holds: readonly { readonly recipient: string; readonly mail: 'kept' | 'lost' }[],
  act: () => Promise<unknown>,
): Promise<void> {
  const gate = Promise.withResolvers<void>()
  const reached = holds.map(hold => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const until = () => {
      resolve()
      return gate.promise
    }
    acme.submission.script({ ...hold, at: 'hold', until })
    return promise
  })
  await act()
  await Promise.all(reached)
  await acme.kill()
  while (acme.submission.connections > 0) await pause(1)
  gate.resolve()
}

/** Starts the daemon and kills it as soon as it logs such a line, were it before it is connected. */
async function killAt(acme: Installation, line: RegExp): Promise<void> {
  const before = acme.log.filter(text => line.test(text)).length
  const starting = acme.start().catch(() => 'killed')
  await acme.logged(line, before + 1)
  await acme.kill()
  await starting
}

/** Starts, settles and sends all that can be sent now, and ends. */
async function settle(acme: Installation): Promise<void> {
  const once = await acme.cli('once')
  assert.equal(once.code, 0, once.problem)
  acme.log.push(...once.problem.split('\n'))
}

/** Lets mail that three kills in a row fell into, and that was put aside for it (F13), be handled once more. */
async function retryStruck(acme: Installation, tell: (told: string) => void): Promise<void> {
  const shunted = (await inboundOf(acme)).filter(({ outcome }) => outcome === 'shunt')
  for (const { id, reason } of shunted) {
    assert.equal(reason, 'three-strikes')
    const retried = await acme.cli('shunt', 'retry', String(id))
    assert.equal(retried.code, 0, retried.problem)
  }
  tell(`${shunted.length} mails were struck three times`)
  if (shunted.length > 0) await settle(acme)
}

async function withContacts(acme: Installation): Promise<readonly GnuPG[]> {
  const contacts: GnuPG[] = []
  for (const name of ['one', 'two', 'three']) {
    const contact = await acme.person(`Contact ${name}`, `oncall@${name}.example`)
    const imported = await acme.importMember(contact, `Distro ${name}`)
    assert.equal(imported.code, 0, imported.problem)
    contacts.push(contact)
  }
  return contacts
}

test('kill -9 at any moment and a restart: nothing lost, nothing decided twice', { skip }, async t => {
  t.diagnostic(`EMBARGOD_SEED=${seed}`)
  const draw = drawing(seed)
  const acme = await Installation.make(t)
  await acme.edit(text => text.replace(/^ {2}#inDoubtWait: .*$/m, '  inDoubtWait: 1m'))
  const ledger = new Ledger(acme)
  const copiesOf = (notice: string) =>
    acme.submission.mails.filter(mail => headerOf(mail).includes(`Subject: [...] ${notice}`))
  /** Confirms a notice for that instant while the daemon runs. */
  const confirmNotice = async (sendAt: number): Promise<string> => {
    const plan = { case: ledger.baseCase, sendAt, text: NOTICE }
    const { notice, confirm } = await planNotice(acme, acme.bob, plan)
    const carriedOut = acme.log.filter(line => line.includes('carried-out')).length
    await acme.deliver(confirm)
    await acme.logged(/carried-out/, carriedOut + 1)
    ledger.notice(notice, sendAt)
    return notice
  }

  await acme.start()
  const contacts = await withContacts(acme)
  await ledger.open()

  let first = ''
  await t.test('killed between the confirmation and the instant', async () => {
    first = await confirmNotice(secondAhead(acme, 5_000))
    await acme.kill()
    assert.deepEqual(copiesOf(first), [])
  })

  await t.test('killed right after a start', async () => {
    await killAt(acme, /"event":"started"/)
    await killAt(acme, /"event":"mailbox","state":"connected"/)
  })

  await t.test('killed right after a mail was stored', async () => {
    await ledger.report()
    await ledger.command()
    await killAt(acme, /"event":"received"/)
  })

  await t.test('killed at the final dot of an acknowledgement that the server kept', async () => {
    await acme.start()
    const recipient = ledger.nextAddress
    await killAtFinalDot(acme, [{ recipient, mail: 'kept' }], () => ledger.report())
    assert.equal(acme.submission.mails.filter(({ to }) => to.includes(recipient)).length, 1)
  })

  await t.test('killed at the final dot of a transcript and of a reply, both lost', async () => {
    await settle(acme)
    await acme.start()
    const recipients = [acme.alice.address, ledger.baseAddress]
    const before = acme.submission.mails.length
    await killAtFinalDot(
      acme,
      recipients.map(recipient => ({ recipient, mail: 'lost' }) as const),
      () => ledger.command(),
    )
    const sent = acme.submission.mails.slice(before).flatMap(({ to }) => to)
    for (const recipient of recipients) assert.ok(!sent.includes(recipient))
  })

  await t.test('killed amid a fan-out, one copy kept and one lost without an answer', async () => {
    await acme.start()
    await acme.submission.waitFor(() => copiesOf(first).length === contacts.length, 60_000)
    const [one, two] = contacts
    const holds = [
      { recipient: one?.address ?? '', mail: 'kept' },
      { recipient: two?.address ?? '', mail: 'lost' },
    ] as const
    let notice = ''
    await killAtFinalDot(acme, holds, async () => {
      notice = await confirmNotice(secondAhead(acme, 5_000))
    })
    assert.ok(copiesOf(notice).length < contacts.length)
  })

  await t.test('killed at random', async () => {
    for (let kill = 0; kill < KILLS; kill += 1) {
      const [kind, moment] = [draw(), draw()]
      if (kind < 0.3) {
        // About the instant of a notice: while it is prepared, released, or sent to its contacts.
        await acme.start()
        const sendAt = secondAhead(acme, AHEAD)
        await confirmNotice(sendAt)
        await pause(Math.max(0, sendAt - Date.now() + (moment - 0.2) * 500))
      } else if (kind < 0.6) {
        await acme.start()
        await ledger.report()
        await ledger.command()
        await pause(moment * BUSY)
      } else {
        await ledger.command()
        await ledger.report()
        const starting = acme.start().catch(() => 'killed')
        while (acme.pid === undefined) await pause(1)
        await pause(moment * BUSY)
        await acme.kill()
        await starting
      }
      await acme.kill()
    }
  })

  await t.test('after a restart everything is there, once', async inner => {
    await settle(acme)
    await retryStruck(acme, told => inner.diagnostic(told))
    let compared = await ledger.compare(contacts)
    // What was in doubt early in a long run has been sent again meanwhile.
    assert.ok(compared.doubts > 0, 'nothing was in doubt, so the kills missed')
    for (; compared.due !== undefined; compared = await ledger.compare(contacts)) {
      await pause(Math.max(0, compared.due - Date.now() + 1_000))
      await settle(acme)
    }
  })

  await checkInvariants(acme, { canaries: [NOTICE] })
})
