// The running daemon behind connections that break: each report becomes one case with one acknowledgement, or none
// and a doubt on record; each report reaches each admin; a command has one effect (threats.md G01, H01 to H03, H06,
// H07, H13). One fault by default, in a sweep as many of the 140 as EMBARGOD_FAULTS says, or all.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { readAudit } from '../support/audit.ts'
import { missingDovecot } from '../support/dovecot.ts'
import { type Fault, FaultProxy, HARMS, type Harm } from '../support/fault-proxy.ts'
import { missingGnuPG } from '../support/gpg.ts'
import { Installation } from '../support/installation.ts'
import { plainMail } from '../support/mail.ts'
import { checkInvariants, inboundOf } from '../support/oracle.ts'
import { SWEEP } from '../support/sweep.ts'
import { until } from '../support/workspace.ts'
import { IMAP_PLACES, type Place, SMTP_PLACES } from './places.ts'
import { passTime } from './time.ts'

const skip = missingDovecot() || missingGnuPG()
const WORDS = 'canary-words'
/** What a stalled connection costs is minutes: that is tested where the deadlines can be shortened. */
const WAYS = HARMS.filter(harm => harm !== 'stall')

type Cell = { readonly on: 'imap' | 'smtp'; readonly place: Place; readonly harm: Harm }

const every: readonly Cell[] = [
  ...IMAP_PLACES.map(place => ({ on: 'imap', place }) as const),
  ...SMTP_PLACES.map(place => ({ on: 'smtp', place }) as const),
].flatMap(at => WAYS.map(harm => ({ ...at, harm })))

/** Of all cells, that many, spread over places and ways. */
const spread = (many: number): readonly Cell[] =>
  every.filter((_, i) => Math.floor(((i + 1) * many) / every.length) > Math.floor((i * many) / every.length))

const cells =
  SWEEP !== undefined
    ? spread(Number(process.env['EMBARGOD_FAULTS'] ?? every.length))
    : every.filter(({ place, harm }) => place.name === 'inside the literal' && harm === 'reset')

test('whatever breaks, no report is lost and nothing is done twice but in doubt', {
  skip,
  timeout: 1_200_000,
}, async t => {
  const acme = await Installation.make(t)
  const imap = await until(t, new FaultProxy(acme.dovecot.imapPort).listen())
  const smtp = await until(t, new FaultProxy(acme.submission.port).listen())
  await acme.edit(text =>
    text
      .replace(`port: ${acme.dovecot.imapPort}`, `port: ${imap.port}`)
      .replace(`port: ${acme.submission.port}`, `port: ${smtp.port}`),
  )
  let reports = 0
  const run = async ({ on, place, harm }: Cell) => {
    const [proxy, fault]: [FaultProxy, Fault] = [on === 'imap' ? imap : smtp, { ...place, harm }]
    const before = proxy.happened
    proxy.script(fault)
    reports += 1
    await acme.deliver(
      plainMail({
        // A day has fewer acknowledgements for one domain than there are cells.
        from: `r@plain${reports}.example`,
        to: 'security@acme.example',
        subject: 'bug',
        // Dots and line ends that a careless server would take for the end of the mail.
        text: `${WORDS}\n.\n..\n.\nMAIL FROM:<eve@evil.example>\nthe end\n`,
      }),
    )
    await acme.start()
    await acme.logged(/"outcome":"report"/, reports)
    for (const end = Date.now() + 45_000; proxy.happened === before && Date.now() < end; ) await pause(5)
    assert.equal(proxy.happened, before + 1, 'nothing broke')
    await acme.dovecot.waitForCount('security', ['embargod', 'done'], reports)
    assert.equal(await acme.stop(), 0)
    // What is in doubt is sent again after ten minutes, all else sooner.
    passTime(acme, 11)
    const ended = await acme.cli('once')
    assert.equal(ended.code, 0, ended.problem)
  }
  for (const cell of cells)
    await t.test(`${cell.harm} ${cell.on}: ${cell.place.name}`, () => run(cell).finally(() => acme.kill()))

  const rows = await inboundOf(acme)
  assert.deepEqual(
    rows.map(({ outcome }) => outcome),
    Array(reports).fill('report'),
  )
  const audit = readAudit(join(acme.folder, 'data', 'embargod.db'))
  const dropped = audit.filter(({ ids }) => ids['state'] === 'dropped').length
  const acknowledged = acme.submission.mails.filter(({ to }) => /@plain[0-9]+\.example$/.test(to.join()))
  const addresses = new Set(acknowledged.map(({ to }) => to.join()))
  assert.equal(addresses.size, acknowledged.length, 'an acknowledgement went twice')
  assert.ok(addresses.size + dropped >= reports, 'an acknowledgement is missing and was not dropped in doubt')
  for (const admin of [acme.alice, acme.bob]) {
    const mails = acme.submission.mails.filter(({ to }) => to.includes(admin.address))
    const ids = new Set(
      mails.map(({ octets }) => /^Message-ID: (.*)$/im.exec(octets.toString('latin1'))?.[1]),
    )
    assert.equal(ids.size, reports, 'each report reaches each admin')
    for (const { text } of await acme.inboxOf(admin)) assert.ok(text.includes(WORDS))
  }
  await checkInvariants(acme, { canaries: [WORDS] })
})
