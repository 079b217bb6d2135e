// The end of safe mode: the operator has said whether what waited to be sent at the backup went out before the
// restore, and how many contacts are rightly on the lists, so that nobody who was removed since gets a notice. Notices
// whose instant passed meanwhile then went out too, and are held for an admin to look at. Nobody can say whether a post
// that waits was let through.
import type { Contact } from '../model/contact.ts'
import type { Decision, Snapshot } from '../model/decision.ts'
import { OPERATOR } from '../model/event.ts'
import { plaintext } from '../model/plaintext.ts'
import { formatInstant } from '../model/time.ts'
import { operatorAnswer, refusedRequest } from './operator-answer.ts'
import { NOTHING, toAdmins } from './orders.ts'
import { silent } from './outcomes.ts'
import { someOf } from './policy-phrases.ts'

const SOURCE = 'restore --confirm'
/** Posts that the answer names. */
const MOST_POSTS = 20

/** Whoever gets notices without anybody doing more for it. */
const isReached = ({ state, suspended }: Contact): boolean =>
  state === 'active' || state === 'cooling' || suspended?.until !== undefined

const counted = (contacts: number): string =>
  contacts === 1 ? 'the one contact' : `the ${contacts} contacts`

/** Whoever was removed since the backup is on the list again, and the next notice would go to them. */
function rosterFirst(contacts: readonly Contact[], sent: string): string {
  return [
    `Notices would go to ${counted(contacts.length)} who had them at the backup:`,
    ...contacts.map(
      ({ id, project, state, address, fingerprint }) =>
        `  ${id}, ${project}, ${state}, ${address}, key ${fingerprint}`,
    ),
    'Suspend whoever left, was removed, or revoked a key since: embargod cmd "suspend M-… <<" "since the backup" .',
    `Then say how many are rightly there; if it is all: embargod restore --confirm --sent ${sent} --members ${contacts.length}`,
  ].join('\n')
}

const listsAsBefore = (reached: readonly Contact[]): readonly string[] =>
  reached.length === 0
    ? []
    : [
        `Notices go to ${counted(reached.length)} who had them at the backup and are rightly there, as the operator says. See who: roster level=full.`,
        'What was approved, proven or accepted since the backup is to be done again.',
      ]

function waitingPosts({ posts }: Pick<Snapshot, 'posts'>): readonly string[] {
  const waiting = [...posts.values()].filter(({ state }) => state === 'waiting').map(({ id }) => id)
  return waiting.length === 0
    ? []
    : [
        `Wait for an admin as at the backup: ${someOf(waiting, MOST_POSTS)}. Your own mail shows which went out since: relay would send such a one twice; withhold it, and say that to its writer.`,
      ]
}

export function resume(
  { sent, members }: { readonly sent: 'all' | 'none'; readonly members: number | undefined },
  snapshot: Snapshot,
): Decision {
  const { now, mode, restoredAt = now, settings } = snapshot
  if (mode !== 'safe') return refusedRequest(SOURCE, 'It is not in safe mode.')
  const reached = snapshot.contacts.filter(isReached)
  if ((members ?? 0) !== reached.length) return refusedRequest(SOURCE, rosterFirst(reached, sent))
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
    ...waitingPosts(snapshot),
    ...listsAsBefore(reached),
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
