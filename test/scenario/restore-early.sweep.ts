// A lost host in the middle of early disclosure (threats.md L01): the backup holds a post that waits for an admin, and two
// notices whose copies are made and not sent. What went out since is not sent again, and what did not is not lost.
import assert from 'node:assert/strict'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { missingDovecot } from '../support/dovecot.ts'
import { type GnuPG, missingGnuPG } from '../support/gpg.ts'
import { Installation } from '../support/installation.ts'
import { gpgMimeSigned, plainMail } from '../support/mail.ts'
import { planNotice, secondAhead } from '../support/notices.ts'
import { checkInvariants } from '../support/oracle.ts'

const skip = missingDovecot() || missingGnuPG()
const WORDS = { first: 'canary-first-11a', gone: 'canary-gone-22b', later: 'canary-later-33c' }
const POST = 'canary-post-44d'

test('a backup restored while a post and prepared copies waited', { skip }, async t => {
  const acme = await Installation.make(t)
  const { alice, bob, submission } = acme
  const one = await acme.person('Contact One', 'oncall@one.example')
  const two = await acme.person('Contact Two', 'oncall@two.example')
  for (const [person, name] of [
    [one, 'Distro One'],
    [two, 'Distro Two'],
  ] as const)
    assert.equal((await acme.importMember(person, name)).code, 0)
  const to = 'security+cmd@acme.example'
  const signed = async (by: GnuPG, text: string) =>
    acme.deliver(await gpgMimeSigned(by, { to, text: `embargod acme\n${text}\n` }))
  const hasRead = async (who: GnuPG, word: string) =>
    (await acme.inboxOf(who)).filter(({ text }) => text.includes(word)).length
  const announce = async (theCase: string, ahead: number, text: string) => {
    const planned = await planNotice(acme, alice, { case: theCase, sendAt: secondAhead(acme, ahead), text })
    await acme.deliver(planned.confirm)
    return planned.notice
  }
  const fourthTo = (who: GnuPG) => () =>
    submission.mails.filter(mail => mail.to.includes(who.address)).length >= 4
  await acme.start()
  await acme.deliver(
    plainMail({
      from: 'riya@plain.example',
      to: 'security@acme.example',
      subject: 'bug',
      text: 'It crashes.\n',
    }),
  )
  await acme.logged(/"reason":"new-case"/)
  const [{ case: id }] = JSON.parse((await acme.cli('case', 'list', '--json')).out)
  await announce(id, 6_000, WORDS.first)
  for (const who of [one, two]) await submission.waitFor(mail => mail.to.includes(who.address), 60_000)
  await signed(bob, `leak ${id} <<\nSomebody talks.\n.`)
  await acme.deliver(
    await gpgMimeSigned(one, { to: 'distributors@acme.example', subject: `Re: ${id}`, text: `${POST}\n` }),
  )
  await acme.logged(/"reason":"post-waits-doubted"/)
  const later = await announce(id, 50_000, WORDS.later)
  const gone = await announce(id, 15_000, WORDS.gone)
  await acme.logged(/"reason":"carried-out"/, 4)
  const file = join(acme.folder, 'backup.pgp')
  assert.equal((await acme.cli('backup', file)).code, 0)

  // What the backup does not know of.
  const asked = (await acme.inboxOf(alice)).map(({ text }) => text).find(text => text.includes('P-'))
  const [post] = /P-[0-9]{6}/.exec(asked ?? '') ?? []
  assert.ok(post)
  await signed(alice, `relay ${post}`)
  await acme.logged(/"reason":"carried-out"/, 5)
  // The first notice, of the post either itself or that it waits, and the second notice.
  await Promise.all([one, two].map(who => acme.mailTo(who, 3)))
  await acme.stop()
  await checkInvariants(acme, { canaries: [...Object.values(WORDS), POST] })
  await rename(join(acme.folder, 'data'), join(acme.folder, 'lost'))
  assert.equal((await acme.cli('restore', file)).code, 0)
  const before = submission.mails.length
  await acme.start()
  await acme.logged(/"event":"rescanned"/)
  const confirmed = await acme.cli('restore', '--confirm', '--sent', 'all', '--members', '2')
  assert.equal(confirmed.code, 0, confirmed.problem)
  assert.match(confirmed.out, new RegExp(`${gone} counts as sent; it is held`))
  assert.match(confirmed.out, new RegExp(`${later} is still to go out`))
  assert.match(confirmed.out, new RegExp(`as at the backup: ${post}`))
  await Promise.all([one, two].map(who => submission.waitFor(fourthTo(who), 120_000)))
  await acme.logged(/"reason":"E-STALE"/)
  for (const who of [one, two])
    for (const word of Object.values(WORDS))
      assert.equal(await hasRead(who, word), 1, `${who.address} ${word}`)
  // Let through in the life that is lost, and not again by the command of then.
  assert.equal(await hasRead(two, POST), 1)
  assert.match((await acme.cli('cmd', `show ${id}`)).out, new RegExp(`${post}`))
  await checkInvariants(acme, { canaries: [...Object.values(WORDS), POST], forgotten: before })
})
