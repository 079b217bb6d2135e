// From the members to the notice at its instant, with a power cut in between, their answers, and the account of all
// that was sent: each function acts, checks, and tells what it saw.
import assert from 'node:assert/strict'
import { member } from '../cli/member.ts'
import { outbox } from '../cli/outbox.ts'
import { type Instant, instant } from '../model/scalars.ts'
import { formatInstant, SECOND } from '../model/time.ts'
import { wallClock } from './feed.ts'
import type { Received } from './inboxes.ts'
import { linksIn, type Person, tap } from './mail-program.ts'
import { type Scene, SECRET } from './scene.ts'

/** A copy is accepted at most this long after its instant, or after the daemon is back if that is later. */
const PUNCTUAL = 2 * SECOND
const FEEDBACK = 'It holds, and builds for 1.15 as well.'
const PATCH = '--- a/restore.go\n+++ b/restore.go\n@@ -1 +1 @@\n-run(hook)\n+run(allowed(hook))\n'

export async function members(scene: Scene): Promise<void> {
  const { alice, bob, distributors } = scene.cast
  const { teller, embargod, names } = scene.stage
  for (const { name, address, certificate } of distributors) {
    const key = await embargod.write(`${name}.asc`, certificate)
    const who = ['--organisation', `${name} Inc`, '--name', name, '--address', address, '--key', key]
    await embargod.cli(member, 'import', '--project', names.project, ...who)
    for (const admin of [alice, bob])
      await scene.inboxes.next(admin, `change-import-${name.toLowerCase()}`, scene.encrypted)
  }
  teller.tell('the operator adds three distributors while it runs: embargod member import …')
}

/** The answer is the copies, in the order of the distributors. */
export async function disclosure(scene: Scene): Promise<readonly Received[]> {
  const { distributors } = scene.cast
  const { teller, embargod } = scene.stage
  const sendAt = await schedule(scene)
  await embargod.kill()
  teller.tell('confirmed; and kill -9')
  await scene.start()
  const back = wallClock()
  teller.tell(`started again, ${inSeconds(sendAt - back)} the instant`)

  const copies: Received[] = []
  for (const distributor of distributors)
    copies.push(await scene.inboxes.next(distributor, 'notice', scene.fromList))
  const first = Math.min(...copies.map(copy => copy.begunAt))
  const last = Math.max(...copies.map(copy => copy.acceptedAt))
  assert.ok(first >= sendAt, `a copy left ${sendAt - first} ms before its instant`)
  const late = last - Math.max(sendAt, back)
  assert.ok(late <= PUNCTUAL * scene.stage.slack, `a copy arrived ${late} ms late`)
  for (const { text, files } of copies) {
    assert.ok(text.includes(SECRET), 'a copy lacks the text')
    const patch = files.find(({ fileName }) => fileName === 'fix.patch')
    assert.equal(patch?.text, PATCH, 'a copy lacks the patch')
  }
  await onlyForItsReader(scene, copies)
  teller.tell(`three copies, all within ${last - sendAt} ms after the instant, none before:`, instant(last))
  teller.more('each with text and patch, signed by the list key, to be opened by its reader alone')
  return copies
}

/** Each distributor answers by a link of their copy, and the team reads what all said. */
export async function answers(scene: Scene, copies: readonly Received[]): Promise<void> {
  const { alice, bob, distributors } = scene.cast
  const { teller } = scene.stage
  const [arbor, borealis, cedar] = distributors.map((person, i) => ({ person, copy: copies[i] }))
  await answer(scene, cedar, /^feedback /m)
  for (const admin of [alice, bob]) {
    const { text } = await scene.inboxes.next(admin, 'feedback', scene.encrypted)
    assert.ok(text.includes(FEEDBACK), 'the feedback lacks its words')
  }
  teller.tell(
    'Cedar writes in the gap of a link of its copy what it thinks of the fix: Alice and Bob read it',
  )
  await answer(scene, arbor, /^affected .* yes$/m)
  await answer(scene, borealis, /^affected .* no$/m)
  for (const admin of [alice, bob]) {
    const { text } = await scene.inboxes.next(admin, 'roll-up', scene.encrypted)
    for (const said of ['Arbor Inc: is affected', 'Borealis Inc: is not affected', 'Cedar Inc: feedback: 1'])
      assert.ok(text.includes(said), `the roll-up does not say: ${said}`)
  }
  teller.tell(
    'Arbor taps that it is affected, Borealis that it is not: Alice and Bob read what all have said,',
  )
  teller.more('and none of the three reads anything of another')
}

/** Taps the link of a copy that fits, fills in its gap, and is thanked. */
async function answer(
  scene: Scene,
  who: { readonly person: Person; readonly copy: Received | undefined } | undefined,
  fits: RegExp,
): Promise<void> {
  const link = linksIn(who?.copy?.text ?? '').find(one => fits.test(tap(one).text))
  assert.ok(who !== undefined && link !== undefined, `a copy offers no ${fits}`)
  const letter = tap(link)
  const text = letter.text.replace('<<\n\n.', `<<\n${FEEDBACK}\n.`)
  scene.deliver(await who.person.writeEncrypted({ ...letter, text }, scene.ours))
  await scene.inboxes.next(who.person, 'transcript-answer', scene.fromList)
}

export async function account(scene: Scene): Promise<void> {
  const { teller, embargod, servers } = scene.stage
  await embargod.stop()
  const { riya, quinn, noor, alice, bob, distributors } = scene.cast
  for (const person of [riya, quinn, noor, alice, bob, ...distributors])
    assert.equal(scene.inboxes.unread(person), 0, `${person.name} got a mail that is not in the story`)
  const mails = servers.sent.items
  const messageIds = mails.map(({ octets }) => /^Message-ID: (.*)$/im.exec(octets.toString('latin1'))?.[1])
  assert.equal(new Set(messageIds).size, mails.length, 'a mail was sent twice')
  const open = mails.filter(({ octets }) => octets.includes(SECRET)).length
  assert.equal(open, 0, `${open} mails have the secret in clear`)
  const rows: readonly unknown[] = JSON.parse(await embargod.cli(outbox, 'list', '--json'))
  assert.equal(rows.length, mails.length, 'the outbox holds other mails than were sent')
  assert.equal(servers.count('embargod/done'), scene.delivered, 'not every mail was filed away')
  teller.tell(`stopped: ${mails.length} mails left, each signed, each to one recipient, none twice,`)
  teller.more("and Riya's secret in none of them outside an encryption")
}

/** Alice schedules the notice and confirms it; the answer is its instant. */
async function schedule(scene: Scene): Promise<Instant> {
  const { alice, bob, distributors } = scene.cast
  const { teller, names } = scene.stage
  // Soon, yet late enough for a confirmation, a kill and a start before it, on a slow machine too.
  const lead = SECOND + 2.5 * scene.startTook
  const sendAt = instant(Math.ceil((wallClock() + lead) / SECOND) * SECOND)
  const send = formatInstant(sendAt)
  const text = [
    `embargod ${names.instance}`,
    `notice ${scene.theCase} stage=${names.stage} send=${send} att:fix.patch <<`,
    `Do not restore what strangers made: ${SECRET}. The fix is attached.`,
    '.\n',
  ].join('\n')
  const files = [{ fileName: 'fix.patch', text: PATCH }]
  const letter = { to: scene.tapped('take').to, subject: 'notice', text, files }
  teller.tell(`Alice schedules a notice with a patch for ${send.slice('2026-12-09T'.length)}`)
  scene.deliver(await alice.writeEncrypted(letter, scene.ours))
  const plan = await scene.inboxes.next(alice, 'plan-of-the-notice', scene.encrypted)
  for (const { address } of distributors)
    assert.ok(plan.text.includes(address), `the plan does not name ${address}`)
  await scene.inboxes.next(bob, 'plan-of-the-notice', scene.encrypted)
  const link = linksIn(plan.text).find(one => tap(one).text.startsWith('confirm '))
  assert.ok(link !== undefined, 'the plan offers no confirmation')
  teller.tell('embargod tells her who would get it, and waits; she taps confirm, with its token')
  scene.deliver(await alice.writeSigned(tap(link)))
  const transcript = await scene.inboxes.next(alice, 'transcript-confirm', scene.encrypted)
  assert.match(transcript.text, new RegExp(`^ok: notice ${scene.theCase}`, 'm'), 'no notice is scheduled')
  await scene.inboxes.next(bob, 'change-notice', scene.encrypted)
  return sendAt
}

async function onlyForItsReader({ cast, inboxes }: Scene, copies: readonly Received[]): Promise<void> {
  for (const [i, { octets }] of copies.entries())
    for (const other of cast.distributors.filter((_, at) => at !== i))
      assert.ok(await inboxes.isClosedTo(other, octets), `${other.name} can read a copy of another's`)
}

const inSeconds = (milliseconds: number): string =>
  `${(Math.abs(milliseconds) / SECOND).toFixed(1)} s ${milliseconds >= 0 ? 'before' : 'after'}`
