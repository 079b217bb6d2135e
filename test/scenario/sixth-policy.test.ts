// A policy that nobody knew when the program was written runs by one more file: its reporters read their own
// acknowledgement, and its admins its name.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { lintProfile } from '../../src/config/profile.ts'
import { Line } from '../support/line.ts'
import { fieldOf, readMail } from '../support/outgoing.ts'
import { flat } from '../support/policy-text.ts'

const directory = fileURLToPath(new URL('../config/sixth/profiles', import.meta.url))

test('a profile that was added is what its reporters are promised', async t => {
  const linted = await lintProfile(`${directory}/lanternfish.yaml`, 'lanternfish', '2026-11-21')
  assert.ok(linted.ok, JSON.stringify(linted))
  assert.deepEqual(linted.value.warnings, [])

  const line = await Line.make(t)
  await line.restart(text =>
    text
      .replace(/^#profiles: .*$/m, `profiles: ${directory}`)
      .replace(/^defaultProfile: .*$/m, 'defaultProfile: lanternfish')
      .replace(/^ {4}profile: velero$/m, '    profile: lanternfish'),
  )
  const id = await line.report('quinn@plain.example')

  const mail = line.sent.find(({ to }) => to === 'quinn@plain.example')
  assert.ok(mail)
  const { text, outerHeaders } = await readMail(mail.octets, line.alice)
  const words = flat(text)
  assert.match(fieldOf(outerHeaders, 'from') ?? '', /^"?Lanternfish Security"? </)
  assert.match(words, new RegExp(`its number is ${id}\\.`))
  assert.match(words, /It is with the Lanternfish Watch now\./)
  assert.match(words, /By [^.]* Europe\/Oslo \([^)]*UTC\), we answer you\./)
  assert.match(words, /we tell you whether we take it for a vulnerability\./)
  assert.match(words, /The version that you use\. \S A file that shows the problem\./)
  assert.match(words, /https:\/\/lanternfish\.example\/bugs/)
  assert.doesNotMatch(words, /Velero|we have a fix/)

  assert.match((await line.lastMailTo(line.alice)).text, /Lanternfish/)
})
