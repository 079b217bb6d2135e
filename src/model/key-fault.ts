// Why a key that somebody offers cannot be used here, and what they can do about it: the policy table of keys
// (docs/keys.md). The sentences are constant, since what a stranger's key says of itself is a stranger's words.

export const KEY_FAULTS = [
  'none',
  'secret-key',
  'several',
  'unreadable',
  'too-large',
  'version',
  'unsupported',
  'no-user-id',
  'revoked',
  'expired',
  'short-rsa',
  'old-algorithm',
  'sha1',
  'sign-only',
  'encryption-revoked',
  'encryption-expired',
  'cannot-sign',
  'probe-failed',
  'ours',
  'taken',
] as const
export type KeyFault = (typeof KEY_FAULTS)[number]

/** How somebody mends it, with GnuPG and with Thunderbird; lines of at most 76 columns. */
type Remedy = { readonly gpg: readonly string[]; readonly thunderbird: readonly string[] }

const GPG_EXPORT = 'gpg --armor --export ADDRESS > key.asc'
const THUNDERBIRD_EXPORT = 'there: File > Export Public Key(s) To File; attach that file'
const ANOTHER: Remedy = {
  gpg: ["gpg --quick-gen-key 'NAME <ADDRESS>' default default 2y", GPG_EXPORT],
  thunderbird: ['Tools > OpenPGP Key Manager > Generate > New Key Pair', THUNDERBIRD_EXPORT],
}
const AGAIN: Remedy = {
  gpg: [GPG_EXPORT, 'attach key.asc'],
  thunderbird: ['Tools > OpenPGP Key Manager: choose your key', THUNDERBIRD_EXPORT],
}
const EXTENDED: Remedy = {
  gpg: ["gpg --quick-set-expire FINGERPRINT 2y && gpg --quick-set-expire FINGERPRINT 2y '*'", GPG_EXPORT],
  thunderbird: ['Tools > OpenPGP Key Manager > Key Properties > Change Expiration Date', THUNDERBIRD_EXPORT],
}
const WITH_SUBKEY: Remedy = {
  gpg: ['gpg --quick-add-key FINGERPRINT cv25519 encr 2y', GPG_EXPORT],
  thunderbird: ANOTHER.thunderbird,
}

/** The reason in one sentence, and the remedy. */
export const KEY_FAULT_WORDS: Readonly<Record<KeyFault, { readonly sentence: string } & Remedy>> = {
  none: { sentence: 'No public OpenPGP key is attached.', ...AGAIN },
  'secret-key': {
    sentence:
      'URGENT: what you attached holds your SECRET key. Whoever saw the mail may have it, so revoke this key and never use it again; make a new one and attach its public part alone.',
    ...ANOTHER,
  },
  several: { sentence: 'Several keys are attached; attach the one alone that you mean.', ...AGAIN },
  unreadable: {
    sentence: 'What is attached as a key cannot be read; export the public key anew and attach it.',
    ...AGAIN,
  },
  'too-large': {
    sentence:
      'The key is too large, with over 256 KB or 200 names, subkeys or own signatures; export it without what others signed.',
    gpg: [`gpg --armor --export-options export-minimal --export ADDRESS > key.asc`, 'attach key.asc'],
    thunderbird: ANOTHER.thunderbird,
  },
  version: {
    sentence:
      'The key is not of version 4, the one that all OpenPGP programs can use; make one of version 4.',
    ...ANOTHER,
  },
  unsupported: {
    sentence:
      'The key is of a kind that our program cannot use; make one on Curve25519, or RSA of 3072 bits.',
    ...ANOTHER,
  },
  'no-user-id': {
    sentence: 'The key has no name that it signed itself and that still holds; add one and export it anew.',
    gpg: ["gpg --quick-add-uid FINGERPRINT 'NAME <ADDRESS>'", GPG_EXPORT],
    thunderbird: ANOTHER.thunderbird,
  },
  revoked: { sentence: 'The key is revoked; make a new one.', ...ANOTHER },
  expired: { sentence: 'The key has expired, or is not valid yet; let it last longer.', ...EXTENDED },
  'short-rsa': {
    sentence: 'The key, or its subkey for encryption, is RSA of less than 2048 bits; make a new one.',
    ...ANOTHER,
  },
  'old-algorithm': {
    sentence: 'The key, or its subkey for encryption, is DSA or ElGamal; make a new one.',
    ...ANOTHER,
  },
  sha1: {
    sentence:
      'The key holds together by SHA-1 or MD5 alone, which can be forged; sign it anew, or make a new one.',
    gpg: ['gpg --cert-digest-algo SHA256 --quick-set-expire FINGERPRINT 2y', GPG_EXPORT],
    thunderbird: ANOTHER.thunderbird,
  },
  'sign-only': {
    sentence:
      'The key has no part that encrypts, or none that our program can use; add a subkey for encryption.',
    ...WITH_SUBKEY,
  },
  'encryption-revoked': {
    sentence: 'The subkey for encryption is revoked; add a new one.',
    ...WITH_SUBKEY,
  },
  'encryption-expired': {
    sentence: 'The subkey for encryption has expired, or is not valid yet; let it last longer.',
    ...EXTENDED,
  },
  'cannot-sign': {
    sentence: 'No part of the key can sign; a subkey that signs must be signed back by itself.',
    gpg: ['gpg --edit-key FINGERPRINT cross-certify save', GPG_EXPORT],
    thunderbird: ANOTHER.thunderbird,
  },
  'probe-failed': {
    sentence: 'The key looks right, but encrypting to it failed when we tried; make a new one.',
    ...ANOTHER,
  },
  ours: { sentence: 'The key is one of ours; attach your own.', ...AGAIN },
  taken: {
    sentence: 'The key, or a part of it, is in use here for somebody else; make one for this alone.',
    ...ANOTHER,
  },
}

/** The sentence, then how to mend it; lines of ours alone. */
export function keyFaultText(fault: KeyFault): string {
  const { sentence, gpg, thunderbird } = KEY_FAULT_WORDS[fault]
  return [sentence, 'With GnuPG:', ...indented(gpg), 'With Thunderbird:', ...indented(thunderbird)].join('\n')
}

const indented = (lines: readonly string[]): readonly string[] => lines.map(line => `    ${line}`)
