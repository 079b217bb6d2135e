// The policy table of algorithms: what may carry a signature or a secret here. Anything not in it is weak.
// It turns into the library's configuration, which every call into the library is given.
import { type AlgorithmInfo, type Config, config, enums } from 'openpgp'

/** Hashes that a signature may use, with their digest names; MD5, SHA-1 and RIPEMD-160 are not among them. */
export const acceptedHashes: ReadonlyMap<number, string> = new Map([
  [enums.hash.sha224, 'sha224'],
  [enums.hash.sha256, 'sha256'],
  [enums.hash.sha384, 'sha384'],
  [enums.hash.sha512, 'sha512'],
  [enums.hash.sha3_256, 'sha3-256'],
  [enums.hash.sha3_512, 'sha3-512'],
])

const MIN_RSA_BITS = 2048
const rsa: ReadonlySet<string> = new Set(['rsaEncryptSign', 'rsaEncrypt', 'rsaSign'])
/** Without parameters of their own; DSA and ElGamal are in no list. */
const fixedCurve: ReadonlySet<string> = new Set(['ed25519', 'x25519', 'ed448', 'x448'])
const onNamedCurve: ReadonlySet<string> = new Set(['ecdh', 'ecdsa', 'eddsaLegacy'])
const acceptedCurves: ReadonlySet<string> = new Set([
  'ed25519Legacy',
  'curve25519Legacy',
  'nistP256',
  'nistP384',
  'nistP521',
])

/** Brainpool and secp256k1: the library cannot compute with them, so that nothing could be verified. */
export function isOnForeignCurve(packet: { getAlgorithmInfo(): AlgorithmInfo }): boolean {
  const { algorithm, curve = '' } = packet.getAlgorithmInfo()
  return onNamedCurve.has(algorithm) && !acceptedCurves.has(curve)
}

/** Whether a key's algorithm, size or curve is not in the table. */
export function isWeakKey(packet: { getAlgorithmInfo(): AlgorithmInfo }): boolean {
  const { algorithm, bits = 0 } = packet.getAlgorithmInfo()
  if (rsa.has(algorithm)) return bits < MIN_RSA_BITS
  return onNamedCurve.has(algorithm) ? isOnForeignCurve(packet) : !fixedCurve.has(algorithm)
}

/** Of a weak key, what makes it one. */
export function weaknessOf(packet: {
  getAlgorithmInfo(): AlgorithmInfo
}): 'short-rsa' | 'old-algorithm' | 'unsupported' {
  const { algorithm } = packet.getAlgorithmInfo()
  if (rsa.has(algorithm)) return 'short-rsa'
  return algorithm === 'dsa' || algorithm === 'elgamal' ? 'old-algorithm' : 'unsupported'
}

const brokenHashes = new Set([enums.hash.md5, enums.hash.sha1, enums.hash.ripemd])

/** The table as the library's configuration. */
export const policy: Config = {
  ...config,
  rejectHashAlgorithms: brokenHashes,
  rejectPublicKeyAlgorithms: new Set([enums.publicKey.dsa, enums.publicKey.elgamal]),
  rejectCurves: new Set([enums.curve.secp256k1]),
  minRSABits: MIN_RSA_BITS,
  preferredHashAlgorithm: enums.hash.sha512,
  preferredSymmetricAlgorithm: enums.symmetric.aes256,
  preferredCompressionAlgorithm: enums.compression.uncompressed,
}

/**
 * For two uses only: a revocation counts whatever its hash, and a certificate with nothing but broken
 * self-signatures can still be read, so that the answer is `weak` and not `unreadable`.
 */
export const lenient: Config = { ...policy, rejectHashAlgorithms: new Set() }
