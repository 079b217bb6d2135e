// Keys that speak in cases, requests to join and lists, and that a mail shows to be revoked. Only its owner can revoke a key, so that it counts
// whoever sent the mail and whatever else becomes of it. In: a mail, and the cases in which such keys speak. Out: what
// that does to them, and what the admins are told.

import type { Case } from '../model/case.ts'
import type { CaseEvent } from '../model/case-event.ts'
import type { Decision, Input, Snapshot } from '../model/decision.ts'
import { OUTSIDER } from '../model/event.ts'
import type { ContactEvent } from '../model/member-event.ts'
import type { MailOrder } from '../model/order.ts'
import { plaintext } from '../model/plaintext.ts'
import type { CaseId, Fingerprint } from '../model/scalars.ts'
import { fold, ownState } from './known.ts'
import { isThere } from './membership/contacts.ts'
import { extensionsIn } from './membership/extensions.ts'
import { memberNews } from './membership/news.ts'
import { NOTHING, toAdmins } from './orders.ts'

type MailInput = Extract<Input, { kind: 'mail' }>

export type Revocations = Pick<Decision, 'events' | 'mails'>

/** What comes of the revoked keys that came with a mail, before anything else is made of it. */
function revocationsIn({ mail, receivedAt }: MailInput, snapshot: Snapshot): Revocations {
  const events: CaseEvent[] = []
  const mails: MailOrder[] = []
  const keys = new Set(mail.offered.flatMap(one => (one.revoked === true ? [one.fingerprint] : [])))
  for (const key of keys) {
    const speaksAs = new Map<string | undefined, CaseId[]>()
    for (const theCase of snapshot.cases.values()) {
      const names = ownersOf(theCase, key)
      if (names.length === 0) continue
      events.push({ at: receivedAt, actor: OUTSIDER, case: theCase.id, kind: 'key-revoked', key })
      for (const name of names) speaksAs.set(name, [...(speaksAs.get(name) ?? []), theCase.id])
    }
    for (const [engineer, cases] of speaksAs) {
      const alert = { kind: 'key-revoked', key, engineer, cases } as const
      mails.push(...toAdmins(snapshot.settings.admins, NOTHING, { kind: 'alert', alert }))
    }
  }
  return { events, mails }
}

/** The same of contacts on a list, and of keys that were to follow theirs; who hears of it is told by the news. */
function revokedContacts({ mail, receivedAt }: MailInput, { contacts }: Snapshot): readonly ContactEvent[] {
  const fact = { at: receivedAt, actor: OUTSIDER }
  return contacts.filter(isThere).flatMap(one => {
    const copyOf = (key: Fingerprint | undefined) =>
      mail.offered.find(({ fingerprint, revoked }) => revoked === true && fingerprint === key)
    const pinned = one.revokedAt === undefined ? copyOf(one.fingerprint) : undefined
    const events: ContactEvent[] = []
    if (pinned !== undefined) {
      const { octets: certificate } = pinned
      events.push({ ...fact, contact: one.id, kind: 'contact-key-revoked', certificate })
    }
    if (copyOf(one.nextKey?.key.fingerprint) !== undefined)
      events.push({ ...fact, contact: one.id, kind: 'key-dropped' })
    return events
  })
}

/** The same of requests to join: what the key proved and accepted, and every word for it, is void with it. */
function revokedApplicants({ mail, receivedAt }: MailInput, snapshot: Snapshot): Revocations {
  const { applications, settings } = snapshot
  const fact = { at: receivedAt, actor: OUTSIDER }
  const events = [...applications.values()].flatMap(({ id, state, key }) => {
    const isRevoked = mail.offered.some(one => one.revoked === true && one.fingerprint === key?.fingerprint)
    if (state !== 'open' || key === undefined || !isRevoked) return []
    return [{ ...fact, application: id, kind: 'application-key-revoked', key: key.fingerprint } as const]
  })
  return {
    events,
    mails: events.flatMap(({ application: id, key }) => {
      const one = applications.get(id)
      if (one === undefined) return []
      const line = plaintext(
        `${id}: the key ${key} is revoked, and what it proved is void; they need another one.`,
      )
      const about = { project: one.project, case: undefined }
      return toAdmins(settings.admins, about, { kind: 'change', by: id, lines: [line] })
    }),
  }
}

/** All that comes of the keys with a mail before anything else is made of it: revocations, then what is new in them. */
export function ofOfferedKeys(input: MailInput, snapshot: Snapshot): Revocations {
  const cases = revocationsIn(input, snapshot)
  const revoked = revokedContacts(input, snapshot)
  const extended = extensionsIn(input, afterRevocations(snapshot, { events: revoked, mails: [] }))
  const applicants = revokedApplicants(input, snapshot)
  const events = [...revoked, ...extended]
  const { contacts } = fold(ownState(snapshot), events)
  return {
    events: [...cases.events, ...events, ...applicants.events],
    mails: [
      ...cases.mails,
      ...applicants.mails,
      ...memberNews(events, snapshot.contacts, contacts, snapshot.settings),
    ],
  }
}

/** The snapshot as the revocations leave it, so that what those keys signed counts no more in this very mail. */
export const afterRevocations = (snapshot: Snapshot, { events }: Revocations): Snapshot => ({
  ...snapshot,
  ...fold(ownState(snapshot), events),
})

export const withRevocations = (decision: Decision, { events, mails }: Revocations): Decision =>
  events.length === 0
    ? decision
    : { ...decision, events: [...events, ...decision.events], mails: [...decision.mails, ...mails] }

/** Whose it is in the case: engineers by name, the reporter as undefined. Whom the configuration names keeps theirs. */
const ownersOf = ({ reporter, fixTeam }: Case, key: Fingerprint): readonly (string | undefined)[] => [
  ...(reporter.key?.fingerprint === key ? [undefined] : []),
  ...fixTeam.filter(one => one.key?.fingerprint === key).map(({ name }) => name),
]
