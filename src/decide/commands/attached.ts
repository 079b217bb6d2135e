// A file that a command names by `att:`: it must be attached inside the signed mail, exactly
// once, and small enough to be read.
import type { OperandFile } from '../../model/decision.ts'
import { plaintext } from '../../model/plaintext.ts'
import { err, ok, type Result } from '../../model/result.ts'
import type { Refusal } from './command.ts'

/** The error says what to send instead. */
export function findFile(name: string, files: readonly OperandFile[]): Result<OperandFile, Refusal> {
  const [file, second] = files.filter(one => one.fileName.open() === name)
  if (file === undefined)
    return unknown(`No file ${name} is attached inside the signed mail; attach it and send again.`)
  if (second !== undefined) return unknown(`Two attached files are named ${name}; rename one and send again.`)
  if (file.leftOut !== undefined)
    return unknown(
      `${name} is too large with ${file.leftOut} octets to be read with a command; send one of at most 10 MB.`,
    )
  return ok(file)
}

const unknown = (text: string): Result<never, Refusal> => err({ code: 'E-UNKNOWN', text: plaintext(text) })
