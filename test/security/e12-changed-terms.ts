// Threats E11 and E12 with real keys: the terms change at a restart, every member is asked, and nothing but the signed
// version and SHA-256 of the text that holds, without a word beside it, is an acceptance. On the instance that all share.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { tapped } from '../support/applying.ts'
import { GnuPG, missingGnuPG } from '../support/gpg.ts'
import type { Line } from '../support/line.ts'
import { gpgMimeSigned, plainMail } from '../support/mail.ts'
import { fieldOf } from '../support/outgoing.ts'
import { until } from '../support/workspace.ts'
import { atTheEnd, sharedLine } from './shared-line.ts'
import { COMMAND } from './support.ts'

/** The profile of the project with other terms; it is looked for before that of the package. */
async function withOtherTerms(line: Line): Promise<void> {
  const profile = await readFile(new URL('../../config/profiles/velero.yaml', import.meta.url), 'utf8')
  const other = profile
    .replace("version: '1'", "version: '2'")
    .replace('must not be made public', 'must never be made public')
  assert.equal(other.length, profile.length + 2)
  const folder = join(line.folder, 'profiles')
  await mkdir(folder)
  await writeFile(join(folder, 'velero.yaml'), other)
  await line.restart(text => `${text}\nprofiles: ${folder}\n`)
}

test('E11, E12: terms that have changed', { skip: missingGnuPG() }, async t => {
  const line = await sharedLine()
  const stranger = await until(atTheEnd, GnuPG.create('Sam', 'sam@stranger.example'))
  const contact = () => {
    const { store, config } = line.instance
    const only = store.contacts(config.settings).find(one => one.fingerprint === line.mallory.fingerprint)
    assert.ok(only)
    return only
  }
  const sends = async (person: GnuPG, text: string) =>
    line.take(await gpgMimeSigned(person, { to: COMMAND, text }))
  await line.timePasses()
  const former = contact().acceptance
  assert.deepEqual([former?.version, former?.how], ['1', 'operator-vouched'])

  await withOtherTerms(line)
  assert.ok((await line.timePasses()) > 0)
  const mail = await line.lastMailTo(line.mallory)
  assert.match(mail.innerSubject ?? '', /^M-[0-9]{6}: please accept the embargo policy$/)
  assert.match(fieldOf(mail.outerHeaders, 'from') ?? '', /^Velero Distributors </)
  assert.match(mail.text.replace(/\s+/g, ' '), /You accepted version 1; now version 2 holds/)
  const [file] = mail.attachments
  const sha256 = createHash('sha256')
    .update(file?.content ?? '')
    .digest('hex')
  assert.match(file?.content.toString() ?? '', /must never be made public/)
  const right = tapped(mail.text)
  assert.match(right, new RegExp(`^accept-policy ${contact().id} version=2 \\\\\nsha256=${sha256}$`, 'm'))

  await t.test('unsigned, or signed by somebody else, are not accepted', async () => {
    assert.equal(
      (await line.take(plainMail({ from: line.mallory.address, to: COMMAND, text: right }))).reason,
      'unsigned',
    )
    assert.equal((await sends(stranger, right)).outcome, 'refused')
    assert.equal((await sends(line.alice, right)).reason, 'E-ROLE')
    assert.equal(contact().acceptance?.version, '1')
  })

  await t.test(
    'of an older version, or with conditions, are not accepted, and the answer brings the right line',
    async () => {
      const old = right.replace('version=2', 'version=1').replace(sha256, former?.sha256 ?? '')
      assert.equal((await sends(line.mallory, old)).reason, 'E-POLICY')
      const answer = await line.lastMailTo(line.mallory)
      assert.equal(tapped(answer.text), right)
      assert.match(answer.text.replace(/\n\s*\| /g, ' '), /must never be made public/)
      for (const words of [
        `${right}\nI accept, but I tell my customers.\n`,
        right.replace('\n', '\n# unless my lawyers object\n'),
        `${right}\n> must never be made public\n\nNot this.\n`,
      ]) {
        assert.equal((await sends(line.mallory, words)).reason, 'E-POLICY')
        const { text } = await line.lastMailTo(line.mallory)
        assert.match(text.replace(/\s+/g, ' '), /Accept the policy without conditions/)
        assert.equal(tapped(text), right)
      }
      assert.equal(contact().acceptance?.version, '1')
    },
  )

  await t.test('are accepted by what the mail offers, quoted mail and signature and all', async () => {
    const signed = `${right}\n\n-- \nMallory, on call\n\n> The embargo policy has changed.\n`
    assert.equal((await sends(line.mallory, signed)).reason, 'carried-out')
    const { acceptance, asked } = contact()
    assert.deepEqual(
      [acceptance?.version, acceptance?.sha256, acceptance?.how, asked],
      ['2', sha256, 'explicit', undefined],
    )
    assert.ok(acceptance?.inbound)
    await line.close()
    await line.open()
    const sent = line.sent.length
    await line.timePasses()
    assert.deepEqual(
      line.sent.slice(sent).filter(({ to }) => to === line.mallory.address),
      [],
    )
  })
})
