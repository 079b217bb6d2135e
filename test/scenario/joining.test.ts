// From a stranger's first mail to a place on the list, with real keys: what applicant, member and team read and send, and
// that who comes late gets what is still embargoed.
import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { silent } from '../../src/decide/outcomes.ts'
import type { Event } from '../../src/model/event.ts'
import { later, parseCaseId } from '../../src/model/scalars.ts'
import { HOUR, MINUTE } from '../../src/model/time.ts'
import { noticeChanged, noticeId, scheduled, settle } from '../store/support.ts'
import { tapped } from '../support/applying.ts'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import { Line } from '../support/line.ts'
import { gpgMimeSigned, plainMail } from '../support/mail.ts'
import { fieldOf, type ReadMail, readMail } from '../support/outgoing.ts'
import { cli } from '../support/verbs.ts'
import { until } from '../support/workspace.ts'

const VELERO = fileURLToPath(new URL('../../config/profiles/velero.yaml', import.meta.url))
const COMMAND = 'security+cmd@acme.example'
const LIST = 'distributors@acme.example'

/** Velero's own, but without founding members and time for objections, and with what is embargoed for late joiners. */
async function profile(line: Line): Promise<string> {
  const directory = join(line.folder, 'profiles')
  await mkdir(directory)
  const text = (await readFile(VELERO, 'utf8'))
    .replace(/^membership:$/m, 'membership:\n  lateJoiners: embargoed')
    .replace(/^ {4}objection: 7d\n/m, '')
    .replace(/^ {4}bootstrap: .*\n/m, '')
  await writeFile(join(directory, 'late.yaml'), text)
  return directory
}

test('an applicant proves, is vouched for, approved, welcomed, and gets what is still embargoed', {
  skip: missingGnuPG(),
}, async t => {
  const line = await Line.make(t)
  const { alice, bob, mallory } = line
  const directory = await profile(line)
  await line.restart(text =>
    text
      .replace(/^#profiles: .*$/m, `profiles: ${directory}`)
      .replace(/^ {4}profile: velero$/m, '    profile: late'),
  )
  const { store, clock, config, pipeline } = line.instance
  const ann = await until(t, GnuPG.create('Ann', 'ann@vendor.example'))
  await line.knows(ann)
  const sends = async (who: GnuPG, text: string) =>
    (await line.take(await gpgMimeSigned(who, { to: COMMAND, text }))).reason
  const commands = (who: GnuPG, text: string) => sends(who, `embargod acme\n${text}\n`)
  const inbox = async (who: GnuPG): Promise<readonly ReadMail[]> =>
    Promise.all(line.sent.filter(({ to }) => to === who.address).map(({ octets }) => readMail(octets, who)))
  const newest = async (who: GnuPG, subject: RegExp): Promise<ReadMail> => {
    const found = (await inbox(who)).findLast(({ innerSubject }) => subject.test(innerSubject ?? ''))
    assert.ok(found, `nothing like ${subject} to ${who.address}`)
    return found
  }

  // A notice went out before she came.
  const about = parseCaseId(await line.report())
  const project = store.contacts(config.settings)[0]?.project
  assert.ok(about && project)
  const bySchedule = (events: readonly Event[]) =>
    settle(store, events, {
      decision: { ...silent('command', 'set-up'), actor: { kind: 'scheduler', name: 'scheduler' }, events },
    })
  const notice = noticeId(1)
  const early = { ...scheduled(notice, about, later(clock.now(), -HOUR)), project, stage: 'early-disclosure' }
  bySchedule([early])
  const [planned] = store.scheduledNotices()
  assert.ok(planned)
  const goesOn = new AbortController().signal
  assert.equal(await pipeline.prepareCopies(planned, later(clock.now(), MINUTE), goesOn), 'made')
  bySchedule([noticeChanged('notice-released', notice)])

  const text = [
    'apply',
    '',
    'organisation: Vendor',
    'name: Ann',
    '1. Yes.',
    '2. Many.',
    '3. Ours.',
    '4. No.',
    '5. Yes.',
  ]
  const attachments = [{ fileName: 'ann.asc', content: await ann.exportArmored() }]
  await line.take(
    plainMail({ from: ann.address, to: LIST, subject: 'Join', text: `${text.join('\n')}\n`, attachments }),
  )
  const [application] = store.openApplications()
  assert.ok(application)
  const { id } = application

  const challenge = await newest(ann, /prove your address and key$/)
  assert.equal(await sends(ann, tapped(challenge.text)), 'carried-out')
  assert.equal(await commands(alice, `approve ${id}`), 'E-STATE')

  assert.equal(await commands(alice, `circulate ${id}`), 'carried-out')
  const asked = await newest(mallory, /do you know them\?$/)
  assert.match(fieldOf(asked.outerHeaders, 'from') ?? '', /^Velero Distributors <distributors@acme.example>$/)
  assert.deepEqual(asked.signedBy, [await line.fingerprintOf('list-velero')])
  assert.match(asked.text, /\n\| Vendor\n/)
  const vouch = tapped(asked.text)
  assert.equal(vouch, `embargod acme\nvouch ${id} for=${ann.fingerprint} <<\n\n.\n`)
  assert.equal(await sends(mallory, vouch), 'E-SYNTAX')
  assert.equal(await sends(mallory, vouch.replace('<<\n\n', '<<\nWe build with them.\n')), 'carried-out')

  for (const admin of [alice, bob]) {
    const ready = await newest(admin, /ready to be decided on$/)
    assert.match(ready.text, new RegExp(`^ {4}embargod acme\n {4}approve ${id}$`, 'm'))
    assert.match(ready.text, /\n\| We build with them\.\n/)
  }
  // Within a second the same words would bear the same signature.
  assert.equal(await commands(alice, `approve ${id}\n# once more`), 'waits-for-confirmation')
  const plan = await line.lastMailTo(alice)
  assert.equal(await sends(alice, tapped(plan.text)), 'carried-out')

  const welcome = await newest(ann, /^You are on the list$/)
  assert.deepEqual(welcome.signedBy, [await line.fingerprintOf('list-velero')])
  assert.equal(welcome.attachments.length, 1)
  assert.equal(await commands(ann, 'my'), 'nothing-changed')

  const owed = pipeline.noticesOwed()
  assert.deepEqual(
    owed.map(one => one.id),
    [notice],
  )
  for (const one of owed)
    assert.equal(await pipeline.prepareCopies(one, later(clock.now(), MINUTE), goesOn), 'made')
  assert.deepEqual(pipeline.noticesOwed(), [])
  await line.timePasses()
  assert.match((await newest(ann, /early disclosure$/)).text, /the notice/)
  assert.equal(
    (await inbox(mallory)).filter(({ innerSubject }) => /disclosure$/.test(innerSubject ?? '')).length,
    1,
  )

  // What she and who vouched for her signed proves itself without us.
  const her = store.contacts(config.settings).find(({ address }) => address === ann.address)
  assert.ok(her)
  const file = join(line.folder, 'evidence.asc')
  const verb = ['member', 'evidence', her.distributor, '--out', file]
  const made = await cli('--config', join(line.folder, 'embargod.yaml'), ...verb)
  assert.equal(made.code, 0, made.problem)
  const record = (await readFile(file, 'utf8')).replaceAll(/^- /gm, '')
  const reader = await until(t, GnuPG.withoutKey('Reader', 'reader@court.example'))
  await reader.importKey(record)
  const signers: string[] = []
  for (const [act] of record.matchAll(/^-----BEGIN PGP MESSAGE-----$[\s\S]+?^-----END PGP MESSAGE-----$/gm)) {
    const { octets, goodSignatures } = await reader.decrypt(act)
    signers.push(...goodSignatures)
    assert.match(octets.toString(), /^(?:prove|vouch) A-/m)
  }
  assert.deepEqual(signers, [ann.fingerprint, mallory.fingerprint])
})
