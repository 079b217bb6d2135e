// What the command line puts into the inbound queue, and what the pipeline reads from there: JSON that only
// whoever may write to the data directory can have written.
import { z } from 'zod'
import type { OperatorRequest } from '../model/decision.ts'
import type { KeyFault } from '../model/key-fault.ts'
import { plaintext } from '../model/plaintext.ts'
import { err, ok, type Result } from '../model/result.ts'
import {
  type Fingerprint,
  type InboundId,
  type Instant,
  inboundId,
  outboxId,
  parseEmailAddress,
  parseProjectName,
} from '../model/scalars.ts'

const requestShape = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('command'), text: z.string() }),
  z.strictObject({ kind: z.literal('trust-clock') }),
  z.strictObject({
    kind: z.literal('member-import'),
    project: z.string(),
    organisation: z.string(),
    name: z.string(),
    address: z.string(),
    /** Base64 of the key file, binary or armored. */
    certificate: z.string(),
  }),
  z.strictObject({
    kind: z.literal('outbox'),
    action: z.enum(['retry', 'drop', 'hold']),
    id: z.int().positive(),
  }),
  z.strictObject({
    kind: z.literal('resume'),
    sent: z.enum(['all', 'none']),
    members: z.int().nonnegative().optional(),
  }),
  z.strictObject({
    kind: z.literal('refetched'),
    /** The octets in Base64. */
    mails: z.array(z.strictObject({ id: z.int().positive(), octets: z.string() })),
  }),
  z.strictObject({ kind: z.literal('backup'), file: z.string().min(1) }),
  z.strictObject({ kind: z.literal('shunt'), action: z.enum(['retry', 'drop']), id: z.int().positive() }),
])

/** A request as the command line writes it. */
export type WrittenRequest = z.infer<typeof requestShape>

/** Nothing to decide: it is carried out beside everything else, and answered when it is done. */
export type BackupRequest = { readonly kind: 'backup'; readonly file: string }

/** Octets that the command line fetched from the mailbox again. */
export type RefetchedRequest = {
  readonly kind: 'refetched'
  readonly mails: readonly { readonly id: InboundId; readonly octets: Uint8Array }[]
}

export type Inspected = {
  readonly fingerprint: Fingerprint
  readonly octets: Uint8Array
  readonly fault: KeyFault | undefined
  readonly keyIds: readonly string[]
  readonly encryptsUntil?: Instant
}

/** Reads a request; a key is a stranger's octets and is looked at in the sandbox. The error is a short code. */
export async function operatorRequestOf(
  octets: Uint8Array,
  inspect: (certificate: Uint8Array) => Promise<Result<Inspected, string>>,
): Promise<Result<OperatorRequest | BackupRequest | RefetchedRequest, string>> {
  const parsed = requestShape.safeParse(jsonIn(octets))
  if (!parsed.success) return err('malformed-request')
  const request = parsed.data
  if (request.kind === 'command') return ok({ kind: 'command', text: plaintext(request.text) })
  if (request.kind === 'trust-clock') return ok(request)
  if (request.kind === 'backup') return ok(request)
  if (request.kind === 'resume') return ok({ ...request, members: request.members })
  if (request.kind === 'refetched') {
    const mails = request.mails.map(({ id, octets: text }) => ({
      id: inboundId(id),
      octets: Buffer.from(text, 'base64'),
    }))
    return ok({ kind: 'refetched', mails })
  }
  if (request.kind === 'outbox')
    return ok({ kind: 'queue', request: { ...request, id: outboxId(request.id) } })
  if (request.kind === 'shunt')
    return ok({ kind: 'queue', request: { ...request, id: inboundId(request.id) } })
  const project = parseProjectName(request.project)
  const address = parseEmailAddress(request.address)
  if (project === undefined || !address.ok) return err('malformed-request')
  const certificate = await inspect(Buffer.from(request.certificate, 'base64'))
  if (!certificate.ok) return err(certificate.error)
  if (certificate.value.fault !== undefined) return err(certificate.value.fault)
  return ok({
    kind: 'member-import',
    project,
    organisation: plaintext(request.organisation),
    name: plaintext(request.name),
    address: address.value,
    key: {
      fingerprint: certificate.value.fingerprint,
      certificate: certificate.value.octets,
      keyIds: certificate.value.keyIds,
      encryptsUntil: certificate.value.encryptsUntil,
    },
  })
}

function jsonIn(octets: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(octets).toString('utf8'))
  } catch {
    return undefined
  }
}
