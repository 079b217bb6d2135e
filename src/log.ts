// The log: one JSON line an entry on standard error, of codes, numbers and ids. Content cannot get in: a
// plain string does not compile as a field, and library messages have no way here.
import type {
  CaseId,
  ContactId,
  Fingerprint,
  InboundId,
  InstanceName,
  NoticeId,
  OutboxId,
  ProjectName,
  Sha256,
} from './model/scalars.ts'

declare const code: unique symbol
/** A string the program itself wrote, made by `logCode` from a literal. */
export type LogCode = string & { readonly [code]: true }

type Loggable =
  | number
  | LogCode
  | CaseId
  | ContactId
  | Fingerprint
  | InboundId
  | InstanceName
  | NoticeId
  | OutboxId
  | ProjectName
  | Sha256

export type LogFields = Readonly<Record<string, Loggable | undefined>>

/** Any short lower-case word with dashes, dots and colons; all else becomes `other`. */
export function logCode(text: string): LogCode {
  return (/^[A-Za-z0-9][A-Za-z0-9.:_-]{0,63}$/.test(text) ? text : 'other') as LogCode
}

export type Log = (event: string, fields?: LogFields) => void

/** Writes to standard error, one line an entry, time first. `event` is a literal of the caller. */
export const stderrLog: Log = (event, fields = {}) => {
  const line = {
    at: Temporal.Now.instant().toString({ smallestUnit: 'millisecond' }),
    event: logCode(event),
    ...fields,
  }
  process.stderr.write(`${JSON.stringify(line)}\n`)
}
