// A file that a command names by `att:`: it must be attached inside the signed mail, exactly once.
import type { OperandFile } from '../../model/decision.ts'
import { plaintext } from '../../model/plaintext.ts'
import { err, ok, type Result } from '../../model/result.ts'
import type { Refusal } from './command.ts'

export function findFile(name: string, files: readonly OperandFile[]): Result<OperandFile, Refusal> {
  const [file, second] = files.filter(one => one.fileName.open() === name)
  if (file === undefined)
    return unknown(`No file ${name} is attached inside the signed mail; attach it and send again.`)
  if (second !== undefined) return unknown(`Two attached files are named ${name}; rename one and send again.`)
  return ok(file)
}

const unknown = (text: string): Result<never, Refusal> => err({ code: 'E-UNKNOWN', text: plaintext(text) })
