// Lets time pass for what waits in the outbox of an installation whose daemon does not run, as if it had been off
// for so long.
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Installation } from '../support/installation.ts'

export function passTime(acme: Installation, minutes: number): void {
  const database = new DatabaseSync(join(acme.folder, 'data', 'embargod.db'))
  try {
    database
      .prepare(
        `UPDATE outbox SET first_attempt_at = first_attempt_at - :ms, next_attempt_at = next_attempt_at - :ms
         WHERE state IN ('ready', 'sending')`,
      )
      .run({ ms: minutes * 60_000 })
  } finally {
    database.close()
  }
}
