// The answer to a backup that was made, or was not. The operator alone hears of it, since backups are made daily.
import type { Decision } from '../model/decision.ts'
import { OPERATOR } from '../model/event.ts'
import type { Result } from '../model/result.ts'
import type { Sha256 } from '../model/scalars.ts'
import { operatorAnswer } from './operator-answer.ts'
import { silent } from './outcomes.ts'

const KEEP =
  'It opens with the storage key alone: keep the key files, their passphrases and embargod.yaml in another place.'

export function backupAnswer(
  made: Result<{ readonly octets: number; readonly sha256: Sha256 }, string>,
): Decision {
  const text = made.ok
    ? `The backup is made: ${made.value.octets} octets, SHA-256 ${made.value.sha256}.\n${KEEP}`
    : made.error === 'EEXIST'
      ? 'There is a file of that name already; it was left alone.'
      : `No backup was made (${made.error}).`
  return {
    ...silent(made.ok ? 'command' : 'refused', made.ok ? 'backup-made' : 'backup-failed'),
    actor: OPERATOR,
    answer: operatorAnswer('backup', text, made.ok ? undefined : 'E-STATE'),
  }
}
