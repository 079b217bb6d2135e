// The files that a signed command names by `att:`, opened by the child where the verb needs to know what is in
// them: a forwarded report, a certificate. In: the mail with the command. Out: what they are, by digest.
import { read } from '../decide/command-run.ts'
import { commandNamed } from '../decide/commands/registry.ts'
import type { Clock } from '../instance/clock.ts'
import type { OpenedOperand, OpenedOperands } from '../model/decision.ts'
import type { OpenedMail } from '../model/mail.ts'
import { ok, type Result } from '../model/result.ts'
import type { Sha256 } from '../model/scalars.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'

type Parts = { readonly sandbox: Sandbox; readonly clock: Clock }

/** A file that cannot be read is left out, and its verb says so; the error is the child's end. */
export async function openOperands(
  { authored }: OpenedMail,
  parts: Parts,
): Promise<Result<OpenedOperands, string>> {
  const opened = new Map<Sha256, OpenedOperand>()
  if (authored.kind !== 'signed' || authored.signature.kind !== 'good') return ok(opened)
  const reading = read(authored.text, authored.layout)
  for (const { verb, arguments: words } of reading.kind === 'commands' ? reading.commands : []) {
    const kind = commandNamed(verb)?.opens
    if (kind === undefined) continue
    const names = words.flatMap(word => (word.kind === 'attachment' ? [word.fileName] : []))
    for (const { fileName, sha256, octets, leftOut } of authored.attachments) {
      if (leftOut !== undefined || fileName === undefined || !names.includes(fileName.open())) continue
      const operand = await openOperand(kind, octets, parts)
      if (operand.ok) opened.set(sha256, operand.value)
      else if (isOfSandbox(operand.error)) return operand
    }
  }
  return ok(opened)
}

async function openOperand(
  kind: OpenedOperand['kind'],
  octets: Uint8Array,
  { sandbox, clock }: Parts,
): Promise<Result<OpenedOperand, string>> {
  const now = clock.now()
  if (kind === 'mail') {
    const opened = await sandbox.open(octets, now)
    return opened.ok ? ok({ kind, mail: opened.value.mail }) : opened
  }
  const inspected = await sandbox.inspect(octets, now)
  if (!inspected.ok) return inspected
  const { fingerprint, keyIds, encryptable } = inspected.value
  const key = { fingerprint, keyIds, certificate: inspected.value.octets }
  return ok({ kind, key, encryptable: encryptable ? 'yes' : 'no' })
}

/** The child's end, which need not be the mail's fault. */
export const isOfSandbox = (error: string): boolean => error.startsWith('sandbox-')
