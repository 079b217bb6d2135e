// Threat A08: a command that an admin truly signed and that ran, put into the mailbox again.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gpgInlineEncryptedSigned, gpgMimeSigned, thunderbirdEncryptedSigned } from '../support/mail.ts'
import {
  ALICE_ADDRESS,
  type Attack,
  COMMAND,
  fieldChanged,
  fieldPutAbove,
  SECURITY,
  Siege,
  skip,
} from './support.ts'

const duplicate = (name: string, mail: Buffer): Attack => ({
  name,
  mail,
  outcome: 'duplicate',
  reason: 'seen-before',
})
const replayed = (name: string, mail: Buffer): Attack => ({
  name,
  mail,
  reason: 'E-REPLAY',
  courtesy: ALICE_ADDRESS,
})

test('A08 a command runs once, however often its mail comes', { skip }, async t => {
  const siege = await Siege.make(t)
  const { acme, canary } = siege
  const { alice } = acme
  const ours = [await acme.fingerprintOf('mail')]
  const written = (word: string) => ({
    to: COMMAND,
    text: `embargod acme\nnote ${siege.id} <<\n${word} ${canary}\n.\n`,
  })
  const mails = {
    signed: await gpgMimeSigned(alice, written('one')),
    encrypted: await thunderbirdEncryptedSigned(alice, ours, written('two')),
    'in one message': await gpgInlineEncryptedSigned(alice, ours, written('three')),
  }

  await t.test('each ran when it came first, though two copies came at once', async () => {
    const copies = Object.values(mails).flatMap(mail => [mail, mail])
    const outcomes = (await siege.settle(copies)).map(({ outcome }) => outcome)
    assert.deepEqual(outcomes, ['command', 'duplicate', 'command', 'duplicate', 'command', 'duplicate'])
    assert.equal((await siege.theCase())['notes'], 3)
  })

  const attacks = (when: string): readonly Attack[] =>
    Object.entries(mails).flatMap(([name, mail], i) => {
      const elsewhere = fieldChanged(mail, 'To', SECURITY)
      return [
        duplicate(`${name}, the same octets ${when}`, mail),
        duplicate(`${name}, through another server ${when}`, fieldPutAbove(mail, 'Received', `from ${when}`)),
        replayed(
          `${name}, under another Message-ID ${when}`,
          fieldChanged(mail, 'Message-ID', `<${when}${i}@x.example>`),
        ),
        replayed(
          `${name}, to the security address under another Message-ID ${when}`,
          fieldChanged(elsewhere, 'Message-ID', `<s${when}${i}@x.example>`),
        ),
      ]
    })

  await siege.stand(t, attacks('later'))
  await t.test('the daemon ends and starts anew', async () => {
    assert.equal(await acme.stop(), 0)
    await acme.start()
  })
  await siege.stand(
    t,
    attacks('restarted').map(attack => ({ ...attack, courtesy: undefined })),
  )
  await t.test('the daemon is killed and starts anew', async () => {
    await acme.kill()
    await acme.start()
  })
  await siege.stand(
    t,
    attacks('killed').map(attack => ({ ...attack, courtesy: undefined })),
  )

  await t.test('all in all there is one note of each', async () => {
    const { noted } = await siege.theCase()
    for (const word of ['one', 'two', 'three'])
      assert.equal(String(noted).split(`${word} ${canary}`).length, 2, word)
  })
  await siege.end(t)
})
