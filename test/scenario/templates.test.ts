// An instance with words of its own: they stand in the mails that arrive, and what a stranger writes is no template.
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { missingGnuPG } from '../support/gpg.ts'
import { Line } from '../support/line.ts'
import { plainMail } from '../support/mail.ts'
import { readMail } from '../support/outgoing.ts'
import { packagedTexts } from '../support/templates.ts'

const TRICK = 'Is {{case}} of {{{team}}} {{#offers}}?'

test('own words arrive, and braces of a stranger stay braces', { skip: missingGnuPG() }, async t => {
  const line = await Line.make(t)
  const words = join(line.folder, 'words')
  await mkdir(words, { mode: 0o700 })
  const change = async (name: string, from: string, to: string) => {
    const text = packagedTexts.get(name) ?? ''
    assert.ok(text.includes(from))
    await writeFile(join(words, `${name}.txt`), text.replace(from, to))
  }
  await change('acknowledgement', 'Thank you for your report.', 'Ahoy, {{team}} here!')
  await change('report', 'New report {{case}} for', 'Avast! {{case}} is a report for')
  await line.restart(text => text.replace(/^#templates: templates$/m, `templates: ${words}`))

  const from = 'quinn@plain.example'
  await line.take(plainMail({ from, to: 'security@acme.example', subject: TRICK, text: `${TRICK}\n` }))
  const [theCase] = line.instance.store.allCases({ limit: 1 })
  assert.ok(theCase)
  const answer = line.sent.find(({ to }) => to === from)
  assert.ok(answer)
  const { text } = await readMail(answer.octets, line.alice)
  assert.match(text, /^Ahoy, [A-Za-z ]+ here! It has\s+reached us, and its number is/)
  assert.ok(text.includes(theCase.id))

  const report = await line.lastMailTo(line.alice)
  assert.ok(
    report.text.startsWith(
      `--- embargod: write above this line ---\n\nAvast! ${theCase.id} is a report for Velero.\n`,
    ),
    report.text,
  )
  assert.ok(report.text.includes(`| Subject: ${TRICK}`), report.text)
  assert.ok(report.text.includes(`| ${TRICK}\n`), report.text)
})
