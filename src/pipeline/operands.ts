// The files that a signed command names by `att:`, opened by the child where the verb needs to know what is in
// them: a forwarded report, a certificate. In: the mail with the command. Out: what they are, by digest.

import type { Config } from '../config/config.ts'
import { attachedFiles, read } from '../decide/command-run.ts'
import type { Command } from '../decide/commands/command.ts'
import type { CommandMail } from '../decide/commands/grammar.ts'
import { commandNamed } from '../decide/commands/registry.ts'
import { sha256Of } from '../digest.ts'
import type { Clock } from '../instance/clock.ts'
import type { AddressTokens } from '../instance/tokens.ts'
import type { OpenedOperand, OpenedOperands, OperandFile } from '../model/decision.ts'
import { KEY_FAULTS } from '../model/key-fault.ts'
import type { OpenedMail } from '../model/mail.ts'
import { ok, type Result } from '../model/result.ts'
import type { Sha256 } from '../model/scalars.ts'
import { classify } from '../receive/classify.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import type { Store } from '../store/store.ts'
import { contentDigest } from './second-copy.ts'

type Parts = {
  readonly sandbox: Sandbox
  readonly clock: Clock
  readonly config: Config
  readonly tokens: AddressTokens
  readonly store: Pick<Store, 'caseOfMail' | 'pendingPlan'>
}

/** A file that cannot be read is left out, and its verb says so; the error is the child's end. */
export async function openOperands(
  { authored }: OpenedMail,
  parts: Parts,
): Promise<Result<OpenedOperands, string>> {
  if (authored.kind !== 'signed' || authored.signature.kind !== 'good') return ok(new Map())
  return operandsOf(read(authored.text, authored.layout), attachedFiles(authored.attachments), parts)
}

/** The same of commands that were read already; of a confirmation those of the plan that it confirms. */
export async function operandsOf(
  reading: CommandMail,
  files: readonly OperandFile[],
  parts: Parts,
): Promise<Result<OpenedOperands, string>> {
  const pending =
    reading.kind === 'confirm' ? parts.store.pendingPlan(reading.token.toLowerCase()) : undefined
  if (pending !== undefined) return operandsOf(read(pending.text, pending.layout), pending.attachments, parts)
  const opened = new Map<Sha256, OpenedOperand>()
  for (const { verb, arguments: words } of reading.kind === 'commands' ? reading.commands : []) {
    const kind = commandNamed(verb)?.opens
    if (kind === undefined) continue
    const names = words.flatMap(word => (word.kind === 'attachment' ? [word.fileName] : []))
    for (const { fileName, sha256, octets, leftOut } of files) {
      if (leftOut !== undefined || !names.includes(fileName.open())) continue
      const operand = await openOperand(kind, octets, parts)
      if (operand.ok) opened.set(sha256, operand.value)
      else if (isOfSandbox(operand.error)) return operand
    }
  }
  return ok(opened)
}

async function openOperand(
  kind: NonNullable<Command['opens']>,
  octets: Uint8Array,
  parts: Parts,
): Promise<Result<OpenedOperand, string>> {
  const { sandbox, clock } = parts
  const now = clock.now()
  if (kind === 'mail') return openForwarded(octets, parts)
  const inspected = await sandbox.inspect(octets, now)
  if (!inspected.ok) {
    const fault = KEY_FAULTS.find(one => one === inspected.error)
    return fault === undefined ? inspected : ok({ kind: 'unusable-key', fault })
  }
  const { fingerprint, keyIds, encryptable, encryptsUntil, fault } = inspected.value
  const key = { fingerprint, keyIds, certificate: inspected.value.octets, encryptsUntil }
  const fit = encryptable ? 'yes' : 'no'
  return ok({ kind: 'certificate', key, encryptable: fit, ...(fault === undefined ? {} : { fault }) })
}

/** A forwarded mail, and the case that it opened or joined already: by itself, or forwarded before. */
async function openForwarded(
  octets: Uint8Array,
  { sandbox, clock, config, tokens, store }: Parts,
): Promise<Result<OpenedOperand, string>> {
  const opened = await sandbox.open(asTransported(octets), clock.now())
  if (!opened.ok) return opened
  const { mail, machine } = opened.value
  const { messageId } = mail.header
  const sorted = classify(mail, machine, config.settings, config.delivery.headers, tokens)
  const contentSha256 = contentDigest(mail, sorted)
  const identity = sha256Of(JSON.stringify([messageId, contentSha256]))
  const known = { sha256: sha256Of(octets), identity, messageId, contentSha256 }
  return ok({ kind: 'mail', mail, identity, case: store.caseOfMail(known) })
}

/** A mail that was saved to a file has the line ends of its system; on its way it had CRLF. */
export function asTransported(octets: Uint8Array): Uint8Array {
  const text = Buffer.from(octets)
  if (text.includes(0x0d)) return octets
  return Buffer.from(text.toString('latin1').replaceAll('\n', '\r\n'), 'latin1')
}

/** The child's end, which need not be the mail's fault. */
export const isOfSandbox = (error: string): boolean => error.startsWith('sandbox-')
