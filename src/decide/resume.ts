// The end of safe mode: the operator has said whether what waited to be sent at the backup went out before the
// restore. Notices whose instant passed meanwhile then went out too, and are held for an admin to look at.
import type { Decision, Snapshot } from '../model/decision.ts'
import type { Actor } from '../model/event.ts'
import { plaintext } from '../model/plaintext.ts'
import { formatInstant } from '../model/time.ts'
import { NOTHING, toAdmins } from './orders.ts'
import { silent } from './outcomes.ts'

const OPERATOR: Actor = { kind: 'operator', name: 'operator' }
const SOURCE = 'restore --confirm'

export function resume(sent: 'all' | 'none', snapshot: Snapshot): Decision {
  const { now, mode, restoredAt = now, settings } = snapshot
  if (mode !== 'safe')
    return { ...silent('refused', 'E-STATE'), actor: OPERATOR, answer: answer('It is not in safe mode.') }
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
    answer: answer(text, 'ok'),
    queue: { kind: 'resume', sent },
  }
}

const answer = (text: string, status: 'ok' | 'error' = 'error'): NonNullable<Decision['answer']> => ({
  kind: 'transcript',
  results: [
    {
      source: SOURCE,
      status,
      code: status === 'ok' ? undefined : 'E-STATE',
      text: plaintext(text),
      facts: {},
    },
  ],
  suggestions: [],
  ignored: 0,
  dryRun: 'run',
})
