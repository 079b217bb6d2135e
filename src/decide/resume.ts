// The end of safe mode: the operator has said whether what waited to be sent at the backup went out before the
// restore. Notices whose instant passed meanwhile then went out too, and are held for an admin to look at.
import type { Decision, Snapshot } from '../model/decision.ts'
import { OPERATOR } from '../model/event.ts'
import { plaintext } from '../model/plaintext.ts'
import { formatInstant } from '../model/time.ts'
import { operatorAnswer, refusedRequest } from './operator-answer.ts'
import { NOTHING, toAdmins } from './orders.ts'
import { silent } from './outcomes.ts'

const SOURCE = 'restore --confirm'

/** Nobody who is on a list again is told of it, and the next notice would go to them. */
function listsAsBefore({ contacts }: Snapshot): readonly string[] {
  const active = contacts.filter(({ state }) => state === 'active').length
  if (active === 0) return []
  return [
    `Notices go to ${active === 1 ? 'the one contact' : `the ${active} contacts`} who had them at the backup. Look at who that is, with: roster level=full. Suspend or remove again whoever left, was removed, or revoked a key since.`,
    'What was approved, proven or accepted since the backup is to be done again.',
  ]
}

export function resume(sent: 'all' | 'none', snapshot: Snapshot): Decision {
  const { now, mode, restoredAt = now, settings } = snapshot
  if (mode !== 'safe') return refusedRequest(SOURCE, 'It is not in safe mode.')
  const scheduled = [...snapshot.notices.values()].filter(notice => notice.state === 'scheduled')
  const past = sent === 'all' ? scheduled.filter(notice => notice.sendAt <= restoredAt) : []
  const still = scheduled.filter(notice => !past.includes(notice))
  const text = [
    sent === 'all'
      ? 'Safe mode is over. What waited to be sent at the backup counts as sent.'
      : 'Safe mode is over. What waited to be sent at the backup goes out now.',
    ...past.map(({ id }) => `${id} counts as sent; it is held.`),
    ...still.map(
      ({ id, sendAt }) =>
        `${id} is still to go out at ${formatInstant(sendAt)}; a cancel that was signed before the restore does not count.`,
    ),
    'Commands that were signed before the restore are answered and not run.',
    ...listsAsBefore(snapshot),
  ].join('\n')
  return {
    ...silent('command', 'resumed'),
    actor: OPERATOR,
    events: past.map(({ id }) => ({
      kind: 'notice-held',
      at: now,
      actor: OPERATOR,
      notice: id,
      why: 'restored',
    })),
    mails: toAdmins(settings.admins, NOTHING, {
      kind: 'change',
      by: 'operator',
      lines: text.split('\n').map(plaintext),
    }),
    answer: operatorAnswer(SOURCE, text),
    queue: { kind: 'resume', sent },
  }
}
