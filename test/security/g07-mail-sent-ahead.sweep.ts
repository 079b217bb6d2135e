// Threat G07: whoever can read a mail on its way sends it ahead, under its Message-ID and with its body, in a
// guise in which it is nothing; the true one must not be taken for a second delivery of that.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gpgMimeSigned, plainMail } from '../support/mail.ts'
import { checkInvariants } from '../support/oracle.ts'
import { COMMAND, fieldChanged, fieldPutAbove, SECURITY, Siege, skip } from './support.ts'

const DISTRIBUTORS = 'distributors@acme.example'

const guises: readonly (readonly [name: string, disguise: (mail: Buffer) => Buffer])[] = [
  ['in another name', mail => fieldChanged(mail, 'From', 'eve@x.example')],
  ['as what a machine wrote', mail => fieldPutAbove(mail, 'Auto-Submitted', 'auto-replied')],
  ['as a bounce', mail => fieldPutAbove(mail, 'X-Failed-Recipients', 'x@x.example')],
  ['to the distributors', mail => fieldChanged(mail, 'To', DISTRIBUTORS)],
  ['under another subject', mail => fieldChanged(mail, 'Subject', 'Cheap watches')],
  ['as an attachment', mail => fieldPutAbove(mail, 'Content-Disposition', 'attachment')],
  ['with a body of another type', mail => retyped(mail)],
  ['as an answer in a thread', mail => fieldPutAbove(mail, 'In-Reply-To', '<x@x.example>')],
]

/** The same body under a label by which nobody can read it. */
function retyped(mail: Buffer): Buffer {
  const text = mail.toString('latin1')
  const changed = text.replace(
    /^Content-Type:.*\r\n(?:[ \t].*\r\n)*/m,
    'Content-Type: application/x-nothing\r\n',
  )
  assert.notEqual(changed, text)
  return Buffer.from(changed, 'latin1')
}

test('G07 a mail sent ahead in another guise does not silence the true one', { skip }, async t => {
  const siege = await Siege.make(t)
  const { acme, canary, id } = siege

  const reports = guises.map(([name], i) =>
    plainMail({
      from: `r${i}@research.example`,
      to: SECURITY,
      subject: name,
      text: `It crashes, ${name}.\n`,
    }),
  )
  const ahead = reports.map((report, i) => guises[i]?.[1](report) ?? report)
  await siege.settle(ahead)
  const settled = await siege.settle(reports)
  for (const [i, [name]] of guises.entries())
    await t.test(`a report, ${name}`, () => {
      assert.deepEqual([settled[i]?.outcome, settled[i]?.reason], ['report', 'new-case'])
      assert.ok(siege.sentTo(`r${i}@research.example`).length > 0, 'not acknowledged')
    })

  await t.test('a command that is signed and not encrypted', async () => {
    const command = await gpgMimeSigned(acme.alice, {
      to: COMMAND,
      text: `embargod acme\nnote ${id} <<\n${canary}\n.\n`,
    })
    await siege.settle([retyped(command), fieldPutAbove(command, 'X-Failed-Recipients', 'x@x.example')])
    const [own] = await siege.settle([command])
    assert.equal(own?.outcome, 'command')
  })

  await t.test('G06 a second delivery through another server is one', async () => {
    const again = reports.map(report => fieldPutAbove(report, 'Received', 'from mx2.acme.example'))
    const outcomes = (await siege.settle(again)).map(({ outcome }) => outcome)
    assert.deepEqual([...new Set(outcomes)], ['duplicate'])
  })

  await t.test('what must always hold holds', () => checkInvariants(acme, { canaries: [canary] }))
})
