// What a forger holds: mails of an admin's that ran already or say something else, signatures too old, too new
// or for another instance, and whatever other people's keys can sign. Everything here is signed by GnuPG, once.
import { GnuPG } from '../support/gpg.ts'
import type { Line } from '../support/line.ts'
import { crlf, octetsOf, typed } from '../support/mime.ts'
import { multipartEncrypted, signedBy, textEntity } from '../support/pgp-mime.ts'
import { type TestEnd, until } from '../support/workspace.ts'
import { type Members, verbsOfMembers } from './members.ts'

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

/** The people, and somebody who takes mail: the line in this process, or a daemon. */
export type Desk = Pick<
  Line,
  'alice' | 'bob' | 'mallory' | 'report' | 'take' | 'fingerprintOf' | 'publicKey'
> & {
  /** Hours since the people's keys were made: nothing can be signed as if before. */
  readonly keyAge: number
}

export type Material = {
  readonly line: Desk
  /** The case that every forgery is after. */
  readonly id: string
  /** Where the verbs of members are forged, too. */
  readonly members: Members | undefined
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
  /** The same with new signatures, none of which was sent yet. */
  readonly renewed: () => Promise<Material>
  /** What no forger has: a command that an admin signs now, and what an admin signs and encrypts. */
  readonly honest: {
    readonly words: () => Promise<SignedWords>
    readonly sign: (entity: string) => Promise<string>
    readonly encryptSign: (entity: string) => Promise<string>
  }
}

/** Makes it all and has what is to be used up run, once. */
export async function makeMaterial(t: TestEnd, line: Desk, members?: Members): Promise<Material> {
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
  const aged = (hours: number) => hours * (1 + (count % 10) / 10)
  const signatures = async (): Promise<Pick<Material, 'worthless' | 'foreign'>> => ({
    worthless: [
      await words('another text', alice, mark => `I read it on the train and agree.\n${mark}\n`),
      ...(line.keyAge > 50 ? [await words('too old', alice, command, aged(25))] : []),
      await words('too new', alice, command, -aged(0.1)),
      await words('another instance', alice, mark => command(mark).replace('acme', 'staging')),
      await words(
        'quoted',
        alice,
        mark => `I would not write this:\n\n${command(mark).replace(/^/gm, '> ')}`,
      ),
    ],
    foreign: [
      await words('member', mallory, command),
      await words('impostor', impostor, command),
      ...(members === undefined ? [] : await ofMembers(members)),
    ],
  })
  /** Each verb of members by people who are none. */
  const ofMembers = async (them: Members): Promise<readonly SignedWords[]> => {
    const verbs = verbsOfMembers(them, id)
    const made: SignedWords[] = []
    for (const signer of [them.applicant, them.former, impostor]) {
      const verb = verbs[count % verbs.length] ?? ''
      made.push(await words(`${signer.name}: ${verb}`, signer, mark => `embargod acme\n${verb}\n# ${mark}\n`))
    }
    return made
  }
  const material: Material = {
    line,
    id,
    members,
    ourKey,
    used: [used],
    encrypted: { message: encrypted, unwrapped: await alice.unwrap(encrypted) },
    keys: [await alice.exportArmored(), await mallory.exportArmored(), await impostor.exportArmored()],
    ...(await signatures()),
    renewed: async () => ({ ...material, ...(await signatures()) }),
    honest: {
      words: () => words('honest', alice, command),
      sign: content => alice.detachSign(octetsOf(content)),
      encryptSign: content => alice.encryptSign([ours, alice], octetsOf(content)),
    },
  }
  return material
}
