// A leak that nobody looks after: all admins are reminded daily for a week and then weekly, until somebody touches or
// closes it.
import { SCHEDULER } from '../../model/event.ts'
import type { Incident } from '../../model/incident.ts'
import { later } from '../../model/scalars.ts'
import { toAdmins } from '../orders.ts'
import { nextNag, TOGETHER } from './nagging.ts'
import type { TimedRule } from './rule.ts'

export const incidentReminders: TimedRule<Incident> = {
  nextAt: ({ state, touchedAt, remindedAt }) =>
    state === 'open' ? nextNag(touchedAt, remindedAt) : undefined,
  carryOut: ({ id, project }, { now, settings, incidents }) => {
    const due = [...incidents.values()]
      .filter(one => {
        const at = incidentReminders.nextAt(one, settings)
        return at !== undefined && (one.id === id || at <= later(now, TOGETHER))
      })
      .toSorted((a, b) => a.touchedAt - b.touchedAt)
    const since = due[0]?.touchedAt ?? now
    const alert = { kind: 'incidents-open', incidents: due.map(one => one.id), since } as const
    return {
      events: due.map(one => ({ kind: 'incident-reminded', at: now, actor: SCHEDULER, incident: one.id })),
      mails: toAdmins(settings.admins, { project, case: undefined }, { kind: 'alert', alert }),
    }
  },
}
