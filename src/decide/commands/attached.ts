// Files that a command names by `att:`: each must be attached inside the signed mail, exactly once, and
// small enough to be read.
import type { Case } from '../../model/case.ts'
import type { OperandFile } from '../../model/decision.ts'
import type { CaseKey } from '../../model/person.ts'
import { ok, type Result } from '../../model/result.ts'
import type { Fingerprint } from '../../model/scalars.ts'
import { type Refusal, refuse, type World } from './command.ts'

export function findFile(name: string, { files }: World): Result<OperandFile, Refusal> {
  const [file, second] = files.filter(one => one.fileName.open() === name)
  if (file === undefined)
    return refuse(
      'E-UNKNOWN',
      `No file ${name} is attached inside the signed mail; attach it and send again.`,
    )
  if (second !== undefined)
    return refuse('E-UNKNOWN', `Two attached files are named ${name}; rename one and send again.`)
  if (file.leftOut !== undefined)
    return refuse(
      'E-UNKNOWN',
      `${name} is too large, with ${file.leftOut} octets, to go with a command; attach files of at most 10 MB in all.`,
    )
  return ok(file)
}

/** As `findFile`, of several; the first that is not there is the answer. */
export function findFiles(names: readonly string[], world: World): Result<readonly OperandFile[], Refusal> {
  const found: OperandFile[] = []
  for (const name of names) {
    const file = findFile(name, world)
    if (!file.ok) return file
    found.push(file.value)
  }
  return ok(found)
}

/** The certificate with this fingerprint, that of a person in this case, in the attached file of this name. */
export function attachedKey(
  name: string,
  fingerprint: Fingerprint,
  { id, revokedKeys = [] }: Case,
  world: World,
): Result<CaseKey, Refusal> {
  if (revokedKeys.includes(fingerprint))
    return refuse('E-KEY', `${fingerprint} was revoked by its owner in ${id}; ask them for a new key.`)
  const file = findFile(name, world)
  if (!file.ok) return file
  const operand = world.operands.get(file.value.sha256)
  if (operand?.kind !== 'certificate')
    return refuse(
      'E-KEY',
      `${name} is no public key that can be read; attach the key itself, as a .asc file.`,
    )
  const { key, encryptable } = operand
  if (key.fingerprint !== fingerprint)
    return refuse(
      'E-KEY',
      `${name} is the key ${key.fingerprint}, not ${fingerprint}; check with its owner which one is right.`,
    )
  if (world.ownKeys.includes(fingerprint))
    return refuse('E-KEY', `${fingerprint} is a key of ours; attach the other person's.`)
  if (encryptable === 'no')
    return refuse('E-KEY', `Nothing can be encrypted to ${fingerprint} now; ask its owner for a valid key.`)
  return ok(key)
}
