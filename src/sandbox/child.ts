// The child process, the only one that touches hostile octets: MIME, OpenPGP, a stranger's key. In: jobs over
// IPC. Out: one answer each. It holds no secret key, writes nothing, and ends when the parent goes away.

import { letGo } from '../model/octets.ts'
import { err, ok, type Result, unreachable } from '../model/result.ts'
import type { Fingerprint } from '../model/scalars.ts'
import { type Certificate, parseCertificate } from '../openpgp/certificates.ts'
import type { AskSessionKeys } from '../openpgp/decrypt.ts'
import { encryptTo } from '../openpgp/encrypt.ts'
import { KEY_FAULT_OF } from '../openpgp/usable.ts'
import type { FindCertificates } from '../openpgp/verify.ts'
import { openMail } from '../receive/open.ts'
import { passedOn } from '../receive/passed-on.ts'
import { inspect, openPgpFor } from './open-pgp.ts'
import {
  type Enrolled,
  type FromChild,
  type Job,
  MOST_CERTIFICATES_ASKED,
  MOST_SESSION_KEYS_ASKED,
  type SessionKey,
  type ToChild,
  wrap,
} from './protocol.ts'
import { signedIn } from './signed.ts'

const enrolled = new Map<Fingerprint, Certificate>()
const sessionKeyQuestions = new Map<number, (keys: readonly SessionKey[]) => void>()
const certificateQuestions = new Map<number, (certificates: readonly Uint8Array[]) => void>()
/** Of the mail that the next job opens. */
const pieces: Uint8Array[] = []
let lastQuestion = 0

const tell = (message: FromChild): void => {
  process.send?.(message)
}

/** What one job has asked so far. Whoever sends a mail decides how much there is to ask. */
let sessionKeysAsked = 0
const certificatesAsked = new Map<string, ReturnType<FindCertificates>>()

/** A message beyond what may be asked stays closed, like one to somebody else. */
const ask: AskSessionKeys = async packets => {
  if (sessionKeysAsked >= MOST_SESSION_KEYS_ASKED) return []
  sessionKeysAsked += 1
  return new Promise(resolve => {
    lastQuestion += 1
    sessionKeyQuestions.set(lastQuestion, resolve)
    tell({ kind: 'which-session-keys', question: lastQuestion, packets })
  })
}

/** Asked once for a key; a signature beyond what may be asked is by nobody we know. */
const find: FindCertificates = async keyId => {
  const known = certificatesAsked.get(keyId)
  if (known !== undefined) return known
  if (certificatesAsked.size >= MOST_CERTIFICATES_ASKED) return []
  const found = certificatesOf(keyId)
  certificatesAsked.set(keyId, found)
  return found
}

/** A case's copy of an enrolled certificate answers for nothing: it may lack the revocation. */
const certificatesOf: FindCertificates = async keyId => {
  const found = await new Promise<readonly Uint8Array[]>(resolve => {
    lastQuestion += 1
    certificateQuestions.set(lastQuestion, resolve)
    tell({ kind: 'which-certificates', question: lastQuestion, keyId })
  })
  const parsed = await Promise.all(found.map(parseCertificate))
  return parsed.flatMap(one => (one.ok && !enrolled.has(one.value.fingerprint) ? [one.value] : []))
}

const openPgp = openPgpFor(ask, find, enrolled)

async function work(job: Job): Promise<Result<unknown, string>> {
  sessionKeysAsked = 0
  certificatesAsked.clear()
  switch (job.kind) {
    case 'enrol':
      return enrol(job.certificates)
    case 'open': {
      const ring = [...enrolled].map(([fingerprint, certificate]) => ({ fingerprint, certificate }))
      const opened = await openMail(wholeMail(), openPgp, ring, job.automatic, job.now)
      if (!opened.ok) return opened
      return ok({ ...opened.value, mail: passedOn(opened.value.mail, job.passedOn) })
    }
    case 'signed':
      return signedIn(wholeMail(), ask, job.certificate, job.now)
    case 'encrypt': {
      const certificate = await parseCertificate(job.certificate)
      return certificate.ok ? encryptTo(job.packets, certificate.value, job.now) : certificate
    }
    case 'inspect': {
      const certificate = await parseCertificate(job.certificate)
      if (!certificate.ok) return err(KEY_FAULT_OF[certificate.error])
      const { certificate: _, ...inspected } = await inspect(certificate.value, job.now, enrolled)
      return ok(inspected)
    }
    default:
      return unreachable(job)
  }
}

/** All pieces together, which are then let go. */
function wholeMail(): Uint8Array {
  const octets = Buffer.concat(pieces)
  for (const piece of pieces.splice(0)) letGo(piece)
  return octets
}

/** Replaces the enrolled certificates; one that cannot be read verifies nothing. */
async function enrol(certificates: readonly Enrolled[]): Promise<Result<undefined, never>> {
  const before = new Map(enrolled)
  enrolled.clear()
  for (const { fingerprint, octets } of certificates) {
    const known = before.get(fingerprint)
    if (known !== undefined && Buffer.from(octets).equals(known.octets)) {
      enrolled.set(fingerprint, known)
      continue
    }
    const parsed = await parseCertificate(octets)
    if (parsed.ok && parsed.value.fingerprint === fingerprint) enrolled.set(fingerprint, parsed.value)
  }
  return ok(undefined)
}

async function answer(id: number, job: Job): Promise<void> {
  try {
    tell({ kind: 'done', id, answer: wrap(await work(job)) })
  } catch (error) {
    tell({ kind: 'failed', id, code: error instanceof Error ? error.name : 'unknown' })
  }
}

process.on('message', (message: ToChild) => {
  if (message.kind === 'job') void answer(message.id, message.job)
  else if (message.kind === 'mail-begins') pieces.length = 0
  else if (message.kind === 'mail-piece') pieces.push(message.octets)
  else if (message.kind === 'session-keys') {
    sessionKeyQuestions.get(message.question)?.(message.keys)
    sessionKeyQuestions.delete(message.question)
  } else {
    certificateQuestions.get(message.question)?.(message.certificates)
    certificateQuestions.delete(message.question)
  }
})
process.on('disconnect', () => process.exit(0))
// Terminals and service managers signal a whole group; the parent lets the job end, or ends it.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => undefined)
tell({ kind: 'ready' })
