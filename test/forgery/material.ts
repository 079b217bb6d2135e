// What a forger holds: mails of an admin's that ran already or say something else, signatures too old, too new
// or for another instance, and whatever other people's keys can sign. Everything here is signed by GnuPG, once.
import { GnuPG } from '../support/gpg.ts'
import type { Line } from '../support/line.ts'
import { crlf, octetsOf, typed } from '../support/mime.ts'
import { multipartEncrypted, signedBy, textEntity } from '../support/pgp-mime.ts'
import { type TestEnd, until } from '../support/workspace.ts'

const HOUR = 3_600_000

/** One text under one signature, in the forms in which it can be sent on. */
export type SignedWords = {
  readonly name: string
  /** The entity, and the armored signature over exactly its octets. */
  readonly inner: string
  readonly signature: string
  /** An armored message that holds the same words, signed and not encrypted. */
  readonly message: string
  /** The same cleartext-signed. */
  readonly cleartext: string
}

export type Material = {
  readonly line: Line
  /** The case that every forgery is after. */
  readonly id: string
  readonly ourKey: Buffer
  /** Ran once already. */
  readonly used: readonly SignedWords[]
  /** Honest signatures that never were good for a command here, or no longer are. */
  readonly worthless: readonly SignedWords[]
  /** The forger's own signatures. */
  readonly foreign: readonly SignedWords[]
  /** Encrypted to us by the admin with the signature inside, and run; without the encryption too. */
  readonly encrypted: { readonly message: string; readonly unwrapped: Buffer }
  readonly keys: readonly string[]
}

/** Makes it all and has what is to be used up run, once. */
export async function makeMaterial(t: TestEnd, line: Line): Promise<Material> {
  const { alice, mallory } = line
  const impostor = await until(t, GnuPG.create('Alice Admin', 'alice@team.example'))
  const id = await line.report()
  const ours = await line.fingerprintOf('mail')
  const ourKey = await line.publicKey('mail')
  let count = 0
  const words = async (
    name: string,
    signer: GnuPG,
    text: (mark: string) => string,
    ageInHours = 0,
  ): Promise<SignedWords> => {
    const mark = `${name} ${++count}`
    const at = ageInHours === 0 ? {} : { fakedTime: Date.now() - ageInHours * HOUR }
    const inner = textEntity(text(`${mark} a`))
    return {
      name,
      inner,
      signature: await signer.detachSign(octetsOf(inner), at),
      message: await signer.sign(typed(text(`${mark} b`)), {
        ...at,
        gpgOptions: ['--compress-algo', 'none'],
      }),
      cleartext: await signer.clearsign(crlf(text(`${mark} c`)), at),
    }
  }
  const command = (mark: string) => `embargod acme\nnote ${id} <<\n${mark}\n.\n`
  const used = await words('used', alice, command)
  const inside = textEntity(command('inside'))
  const encrypted = await alice.encryptSign([ours, alice], octetsOf(inside))
  for (const content of [
    signedBy(used.signature, used.inner),
    textEntity(used.message),
    multipartEncrypted(encrypted),
  ]) {
    const { outcome } = await line.take(
      octetsOf(`From: ${alice.mailbox}\r\nTo: security+cmd@acme.example\r\nMIME-Version: 1.0\r\n${content}`),
    )
    if (outcome !== 'command') throw new Error(`an honest command was ${outcome}`)
  }
  return {
    line,
    id,
    ourKey,
    used: [used],
    worthless: [
      await words('another text', alice, mark => `I read it on the train and agree.\n${mark}\n`),
      await words('too old', alice, command, 25),
      await words('too new', alice, command, -1),
      await words('another instance', alice, mark => command(mark).replace('acme', 'staging')),
      await words(
        'quoted',
        alice,
        mark => `I would not write this:\n\n${command(mark).replace(/^/gm, '> ')}`,
      ),
    ],
    foreign: [await words('member', mallory, command), await words('impostor', impostor, command)],
    encrypted: { message: encrypted, unwrapped: await alice.unwrap(encrypted) },
    keys: [await alice.exportArmored(), await mallory.exportArmored(), await impostor.exportArmored()],
  }
}
