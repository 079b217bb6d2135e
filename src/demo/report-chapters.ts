// From the report to the reply, and through a power cut: each function acts, checks, and tells what it saw.
import assert from 'node:assert/strict'
import { SECOND } from '../model/time.ts'
import type { Expected, Received } from './inboxes.ts'
import { linksIn, type Person, tap } from './mail-program.ts'
import { type Scene, SECRET } from './scene.ts'

/** An acknowledgement is accepted by the server at most this long after the report was fetched. */
const ACKNOWLEDGED_WITHIN = SECOND

export async function reports(scene: Scene): Promise<void> {
  const { riya, quinn } = scene.cast
  const { teller, names } = scene.stage
  const letter = {
    to: names.security,
    subject: 'The restore hook runs anything',
    text: `How to see it: ${SECRET}, as whoever runs the restore.\n`,
  }
  teller.tell(`Riya writes to ${names.security}, encrypted, her key in the Autocrypt field`)
  const report = await riya.writeEncrypted(letter, scene.ours)
  const first = await acknowledgement(scene, riya, report, scene.encrypted)
  assert.ok(!first.mail.text.includes(SECRET), 'the acknowledgement repeats what the report says')
  teller.tell(first.told, first.mail.acceptedAt)
  teller.more('encrypted to her key, signed by ours, with nothing of her mail in it')
  scene.theCase = caseIn(first.mail.text)

  teller.tell('Quinn, who has no PGP, writes in clear')
  const second = await acknowledgement(scene, quinn, plainReport(scene, quinn), scene.clear)
  assert.equal(masked(second.mail.text), masked(first.mail.text), 'the two acknowledgements differ')
  teller.tell(second.told, second.mail.acceptedAt)
  teller.more('the same words in clear, signed, but for the ones about a key')
}

export async function reading(scene: Scene): Promise<void> {
  const { alice, bob } = scene.cast
  const { teller } = scene.stage
  for (const admin of [alice, bob]) {
    const { text } = await scene.inboxes.next(admin, 'report-of-riya', scene.encrypted)
    assert.match(text, new RegExp(`^\\| .*${SECRET}`, 'm'), `the report to ${admin.name} is not whole`)
    scene.links = linksIn(text)
  }
  // The last link leads to the others on the case, and holds no command.
  const verbs = [...new Set(scene.links.flatMap(link => tap(link).text.split(/\s+/)[2] || []))]
  for (const verb of ['take', 'accept', 'reply'])
    assert.ok(verbs.includes(verb), `the report offers no ${verb}`)
  teller.tell("Alice and Bob each have Riya's whole report, encrypted to their own key alone,")
  teller.more(`with a command to tap for ${verbs.join(', ')}`)
  for (const admin of [alice, bob]) await scene.inboxes.next(admin, 'report-of-quinn', scene.encrypted)
  teller.tell("they have Quinn's too, encrypted, though it came in clear")
}

export async function forgery(scene: Scene): Promise<void> {
  const { alice } = scene.cast
  const { teller } = scene.stage
  const before = await scene.cases()
  teller.tell(`a stranger sends "accept ${scene.theCase}" in Alice's name, unsigned`)
  const outcome = await scene.settled(alice.writeClear(scene.tapped('accept')))
  assert.equal(outcome, 'refused', `a forged command is settled as ${outcome}`)
  assert.deepEqual(await scene.cases(), before, 'a forged command changed something')
  await scene.inboxes.next(alice, 'refusal', scene.clear)
  teller.tell('refused: nothing changed, and Alice is told so')
}

export async function acceptance(scene: Scene): Promise<void> {
  const { alice, bob, riya } = scene.cast
  const { teller } = scene.stage
  teller.tell('Alice taps accept in her report and signs the mail that opens (multipart/signed)')
  scene.deliver(await alice.writeSigned(scene.tapped('accept')))
  const { text } = await scene.inboxes.next(alice, 'transcript-accept', scene.encrypted)
  assert.match(text, new RegExp(`^ok: accept ${scene.theCase}`, 'm'), 'accept was not done')
  await scene.inboxes.next(riya, 'news', scene.encrypted)
  await scene.inboxes.next(bob, 'change-accept', scene.encrypted)
  teller.tell('done: Alice has the transcript, Bob knows of it, Riya has the news, all encrypted')
}

export async function reply(scene: Scene): Promise<void> {
  const { alice, bob, riya } = scene.cast
  const { teller } = scene.stage
  const words = `Thank you. We see it too: ${SECRET}. A fix is on its way.`
  const letter = scene.tapped('reply')
  const filledIn = { ...letter, text: letter.text.replace('<<\n\n', `<<\n${words}\n`) }
  teller.tell('Bob taps reply, fills in his words, signs and encrypts')
  scene.deliver(await bob.writeEncrypted(filledIn, scene.ours))
  const answer = await scene.inboxes.next(riya, 'reply', scene.encrypted)
  assert.ok(answer.text.includes(words), "Bob's words did not reach Riya")
  const { text } = await scene.inboxes.next(bob, 'transcript-reply', scene.encrypted)
  assert.match(text, new RegExp(`^ok: reply ${scene.theCase}`, 'm'), 'reply was not done')
  await scene.inboxes.next(alice, 'change-reply', scene.encrypted)
  teller.tell('Riya has them, encrypted to her key, signed by ours; Bob has the transcript')
}

export async function powerCut(scene: Scene): Promise<void> {
  const { noor, alice, bob } = scene.cast
  const { teller, embargod } = scene.stage
  const before = embargod.log.items.length
  teller.tell('Noor writes, in clear')
  const uid = scene.deliver(plainReport(scene, noor))
  await embargod.log.find('receipt of the report', ({ event }) => event === 'received', before)
  await embargod.kill()
  const when = scene.inboxes.unread(noor) === 0 ? 'before anybody is told' : 'with the answer just gone'
  teller.tell(`kill -9 as soon as her report is on disk, ${when}`)
  await scene.start()
  await scene.inboxes.next(noor, 'acknowledgement', scene.clear)
  for (const admin of [alice, bob]) await scene.inboxes.next(admin, 'report-of-noor', scene.encrypted)
  assert.equal((await scene.cases()).length, 3, 'three reports did not make three cases')
  const taken = embargod.log.items.filter(({ event, uid: of }) => event === 'received' && of === uid)
  assert.equal(taken.length, 1, 'the report was taken in again, so it was not on disk')
  teller.tell('started again: Noor is acknowledged, Alice and Bob have her report;')
  teller.more('taken in once, three reports, three cases')
}

async function acknowledgement(
  scene: Scene,
  reporter: Person,
  report: Uint8Array,
  expected: Expected,
): Promise<{ readonly mail: Received; readonly told: string }> {
  const uid = scene.deliver(report)
  const mail = await scene.inboxes.next(reporter, 'acknowledgement', expected)
  const [fetchedAt] = scene.stage.servers.fetches(uid)
  assert.ok(fetchedAt !== undefined, 'the report was never fetched')
  const took = mail.acceptedAt - fetchedAt
  assert.ok(took <= ACKNOWLEDGED_WITHIN * scene.stage.slack, `the acknowledgement took ${took} ms`)
  return { mail, told: `acknowledged as ${caseIn(mail.text)}, ${took} ms after the fetch:` }
}

function plainReport({ stage }: Scene, reporter: Person): Uint8Array {
  const text = `It crashes for me.\n${reporter.name}\n`
  return reporter.writeClear({ to: stage.names.security, subject: 'A crash', text })
}

function caseIn(text: string): string {
  const [id] = /C-[0-9]{6}/.exec(text) ?? []
  assert.ok(id !== undefined, 'the acknowledgement names no case')
  return id
}

/** What is left of an acknowledgement without its case and its times. */
/** Without numbers and days, and without the one sentence on their key: whether one came is seen outside. */
const masked = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .replace(/(encrypted to this one\.) .* (With thanks)/, '$1 $2')
    .replace(/\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [0-9]{1,2} [A-Z][a-z]{2} /g, 'DAY ')
    .replace(/[0-9]+/g, 'N')
