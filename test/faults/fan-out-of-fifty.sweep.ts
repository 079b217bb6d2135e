// A notice to fifty contacts whose daemon ends on the way. kill -9 at some points of it: nobody is left out, and who
// has it twice was in doubt (threats.md H04). Told to stop: nothing new begins, what is under way has ten seconds, the
// exit is in order, and the next start goes on (J03).
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { armor, ownKey } from '../openpgp/material.ts'
import { headerOf, Ledger } from '../scenario/ledger.ts'
import { missingDovecot } from '../support/dovecot.ts'
import { FaultProxy } from '../support/fault-proxy.ts'
import { missingGnuPG } from '../support/gpg.ts'
import { Installation } from '../support/installation.ts'
import { planNotice, secondAhead } from '../support/notices.ts'
import { checkInvariants } from '../support/oracle.ts'
import { until } from '../support/workspace.ts'
import { passTime } from './time.ts'

const skip = missingDovecot() || missingGnuPG()
const NOTICE = 'canary-notice-fifty'
const CONTACTS = 50
const CONNECTIONS = 3
/** Milliseconds from a plan to its instant. */
const AHEAD = 8_000
/** Milliseconds that a stop may take: ten seconds for what is under way, and some to end. */
const STOP = 12_000

async function withContacts(acme: Installation): Promise<readonly { readonly address: string }[]> {
  const contacts: { readonly address: string }[] = []
  for (let n = 1; n <= CONTACTS; n += 1) {
    const [name, address] = [`contact${n}`, `contact${n}@example.org`]
    const file = join(acme.folder, `${name}.asc`)
    await writeFile(file, armor('PUBLIC KEY BLOCK', (await ownKey(name)).certificate.octets))
    const imported = await acme.cli(
      ...['member', 'import', '--project', 'velero', '--organisation', name],
      ...['--name', name, '--address', address, '--key', file],
    )
    assert.equal(imported.code, 0, imported.problem)
    contacts.push({ address })
  }
  return contacts
}

test('a notice to fifty contacts outlives the end of its daemon', { skip, timeout: 600_000 }, async t => {
  const acme = await Installation.make(t)
  const { submission } = acme
  const proxy = await until(t, new FaultProxy(submission.port).listen())
  await acme.edit(text => text.replace(`port: ${submission.port}`, `port: ${proxy.port}`))
  const ledger = new Ledger(acme)
  const contacts = await withContacts(acme)
  await acme.start()
  await ledger.open()

  const copiesOf = (notice: string) =>
    submission.mails.filter(mail => headerOf(mail).includes(`Subject: [...] ${notice}`))
  const madeOf = (notice: string): number => {
    const database = new DatabaseSync(join(acme.folder, 'data', 'embargod.db'), { readOnly: true })
    const made = database.prepare('SELECT count(*) AS made FROM outbox WHERE notice_id = ?').get(notice)
    database.close()
    return Number(made?.['made'])
  }
  const confirm = async () => {
    const sendAt = secondAhead(acme, AHEAD)
    const plan = { case: ledger.baseCase, sendAt, text: NOTICE }
    const { notice, confirm } = await planNotice(acme, acme.bob, plan)
    await acme.deliver(confirm)
    ledger.notice(notice, sendAt)
    return { notice, sendAt }
  }
  /** The next mails, as many as there are connections, get no answer before `answer`. */
  const holdAll = () => {
    const gate = Promise.withResolvers<void>()
    const held = Promise.withResolvers<void>()
    let waiting = 0
    const hold = () => {
      waiting += 1
      if (waiting === CONNECTIONS) held.resolve()
      return gate.promise
    }
    for (const { address } of contacts)
      submission.script({ at: 'hold', recipient: address, until: hold, mail: 'kept' })
    return { held: held.promise, answer: () => gate.resolve() }
  }
  const once = async () => {
    const ended = await acme.cli('once')
    assert.equal(ended.code, 0, ended.problem)
    acme.log.push(...ended.problem.split('\n'))
  }
  /** Sends what waits, and after its ten minutes what is in doubt. */
  const settle = async () => {
    await once()
    passTime(acme, 11)
    await once()
  }

  await t.test('H04 killed while copies are made, at the instant, and after some of them', async t => {
    const { notice, sendAt } = await confirm()
    while (madeOf(notice) < CONTACTS / 3) await pause(1)
    await acme.kill()
    t.diagnostic(`killed with ${madeOf(notice)} copies made`)
    await acme.start()
    await pause(Math.max(0, sendAt - Date.now()))
    await acme.kill()
    // Each time as many are in doubt as there are connections, and wait.
    for (const some of [1, 15, 30, CONTACTS - 10]) {
      t.diagnostic(`killed with ${copiesOf(notice).length} copies sent`)
      await acme.start()
      await submission.waitFor(() => copiesOf(notice).length >= some)
      await acme.kill()
    }
    await settle()
    assert.ok(copiesOf(notice).length >= CONTACTS)
  })

  await t.test('H04 killed before the server answers', async () => {
    await acme.start()
    const { notice } = await confirm()
    const { held, answer } = holdAll()
    await held
    await acme.kill()
    answer()
    await settle()
    assert.equal(copiesOf(notice).length, CONTACTS + CONNECTIONS)
  })

  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    await t.test(`J03 ${signal} amid the fan-out`, async () => {
      await acme.start()
      const { notice } = await confirm()
      const { held, answer } = holdAll()
      await held
      const envelopes = () => proxy.requests.match(/RCPT TO:/g)?.length ?? 0
      const [before, began] = [envelopes(), performance.now()]
      const ending = acme.stop(signal)
      // One of the servers never answers in time.
      if (signal !== 'SIGHUP') {
        await pause(500)
        answer()
      }
      assert.equal(await ending, 0)
      const took = performance.now() - began
      assert.ok(took < STOP, `${took} ms`)
      answer()
      assert.equal(envelopes(), before, 'an envelope was begun after the signal')
      assert.match(acme.log.at(-1) ?? '', /"event":"stopped"/)
      await settle()
      assert.equal(copiesOf(notice).length, CONTACTS + (signal === 'SIGHUP' ? CONNECTIONS : 0))
    })

  await t.test('in the end everybody has each notice, and twice only what was in doubt', async t => {
    const { due, doubts } = await ledger.compare(contacts)
    assert.equal(due, undefined)
    t.diagnostic(`${doubts} mails were in doubt`)
    assert.ok(doubts >= 2 * CONNECTIONS)
  })

  await checkInvariants(acme, { canaries: [NOTICE] })
})
