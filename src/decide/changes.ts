// What the other admins hear of a command: the first change of somebody at once, what follows within minutes
// together. A brake and what cannot be undone are always told at once, and so is a plan that waits, which any of
// them may have to confirm.
import type { Change, Digest } from '../model/changes.ts'
import type { Decision, Snapshot } from '../model/decision.ts'
import { SCHEDULER } from '../model/event.ts'
import type { Transcript } from '../model/order.ts'
import { plaintext } from '../model/plaintext.ts'
import type { Settings } from '../model/settings.ts'
import type { Who } from './authority.ts'
import { NOTHING, toAdmins } from './orders.ts'
import { silent } from './outcomes.ts'
import type { Run } from './run.ts'
import { manyApplications } from './time/review.ts'

/** What `by` did, for all admins but them. */
export function tellOthers(
  run: Extract<Run, { kind: 'ran' }>,
  who: Who,
  by: string,
  { settings, changesKeptUntil }: Snapshot,
): Pick<Decision, 'mails' | 'change'> {
  const others = settings.admins.filter(one => one.fingerprint !== who)
  // Of anybody else's plan they confirm nothing, and hear when it is carried out.
  if (run.plan?.kind === 'issued')
    return { mails: isOfTeam(who, settings) ? toAdmins(others, run.about, askedBy(by, run.transcript)) : [] }
  if (run.changes.length === 0) return { mails: [] }
  const change: Omit<Change, 'told'> = { person: who, by, ...run.about, lines: run.changes }
  if (changesKeptUntil !== undefined && run.nature === 'reversible')
    return { mails: [], change: { ...change, told: 'later' } }
  return {
    mails: toAdmins(others, run.about, { kind: 'change', by, lines: run.changes }),
    change: { ...change, told: 'now' },
  }
}

const isOfTeam = (who: Who, { admins }: Settings): boolean =>
  who === 'operator' || admins.some(({ fingerprint }) => fingerprint === who)

/** A plan that waits, for those who did not write it. */
const askedBy = (by: string, transcript: Transcript): Transcript => ({
  ...transcript,
  results: transcript.results.map(one => ({
    ...one,
    text: plaintext(`${by} asks for it. ${one.text.open()}`),
  })),
})

/** All that waited of one person's changes, as one mail to each other admin. */
export function digest(
  { person, changes }: Digest,
  snapshot: Pick<Snapshot, 'settings' | 'applications' | 'contacts' | 'distributors'>,
): Decision {
  const { settings, applications } = snapshot
  if (person === 'applicants')
    return {
      ...silent('command', 'applications-told'),
      actor: SCHEDULER,
      mails: manyApplications([...applications.values()], snapshot),
    }
  const [first] = changes
  const others = settings.admins.filter(one => one.fingerprint !== person)
  const isOneCase = changes.every(change => change.case === first?.case)
  const about = isOneCase && first !== undefined ? { project: first.project, case: first.case } : NOTHING
  const lines = changes.flatMap(change => change.lines)
  return {
    ...silent('command', 'changes-told'),
    actor: SCHEDULER,
    mails: toAdmins(others, about, { kind: 'change', by: first?.by ?? person, lines }),
  }
}
