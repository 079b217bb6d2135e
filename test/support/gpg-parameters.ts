// What gpg is told about a key that it shall make (unattended key generation, doc/DETAILS of GnuPG).

type KeyAlgorithm = 'ed25519' | 'rsa2048' | 'rsa3072' | 'rsa4096'

export type KeyOptions = {
  /** Primary key and encryption subkey; Ed25519 with Curve25519 by default. */
  readonly algorithm?: KeyAlgorithm
  /** `30d`, `1y`, `seconds=3600`, an ISO date, or `never` (the default). */
  readonly expire?: string
  /** Milliseconds since 1970: the key is made as if at that time. */
  readonly fakedTime?: number
  /** What the key asks for, in GnuPG's letters: `S9 H10 Z0` wants nothing compressed. Its own list by default. */
  readonly preferences?: string
}

/** The primary key certifies and signs, the subkey encrypts; no passphrase. */
export function keyParameters(name: string, address: string, options: KeyOptions): string {
  const { algorithm = 'ed25519', expire = 'never', preferences } = options
  const bits = algorithm.slice('rsa'.length)
  const [primary, subkey] =
    algorithm === 'ed25519'
      ? ['EDDSA\nKey-Curve: ed25519', 'ECDH\nSubkey-Curve: cv25519']
      : [`RSA\nKey-Length: ${bits}`, `RSA\nSubkey-Length: ${bits}`]
  return (
    `Key-Type: ${primary}\nKey-Usage: sign,cert\nSubkey-Type: ${subkey}\nSubkey-Usage: encrypt\n` +
    `Name-Real: ${name}\nName-Email: ${address}\n` +
    (preferences === undefined ? '' : `Preferences: ${preferences}\n`) +
    `Expire-Date: ${expire === 'never' ? '0' : expire}\n%no-protection\n%commit\n`
  )
}
