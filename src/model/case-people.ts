// What a fact does to the people of a case: who leads it or is looked for, its fix team, and with whom it is shared.
import { atLeast, type Case, type LeadSearch } from './case.ts'
import type { CaseEvent } from './case-event.ts'
import type { Engineer } from './person.ts'
import { unreachable } from './result.ts'
import type { Fingerprint, Instant } from './scalars.ts'

type PeopleEvent = Extract<
  CaseEvent,
  {
    kind:
      | 'lead-offered'
      | 'lead-not-found'
      | 'lead-left'
      | 'case-taken'
      | 'case-shared'
      | 'discussion-set'
      | 'engineer-joined'
      | 'engineer-left'
      | 'terms-accepted'
      | 'access-set'
      | 'key-revoked'
  }
>

/** The case with whom such an event leaves on it. */
export function withPeople(next: Case, event: PeopleEvent): Case {
  switch (event.kind) {
    case 'lead-offered':
      return {
        ...next,
        leadOffered: event.to,
        leadSearch: askedToo(next.leadSearch, event.to, event.at),
        // Whose turn it is has not looked at it yet, which is what the reporter would be told.
        state: event.actor.kind === 'scheduler' ? next.state : atLeast(next.state, 'triaged'),
      }
    case 'lead-not-found':
      return { ...next, leadOffered: undefined, leadSearch: { ...next.leadSearch, inVain: event.at } }
    case 'lead-left':
      return {
        ...next,
        lead: next.lead === event.name ? undefined : next.lead,
        leadOffered: next.leadOffered === event.name ? undefined : next.leadOffered,
        leadSearch: next.lead === event.name ? searchFrom(event.at) : next.leadSearch,
      }
    case 'case-taken':
      return { ...next, lead: event.lead, leadOffered: undefined, state: atLeast(next.state, 'triaged') }
    case 'discussion-set': {
      const { reporterDiscusses: _, ...rest } = next
      return event.reporter === 'in' ? { ...rest, reporterDiscusses: event.at } : rest
    }
    case 'case-shared':
      return { ...next, sharedWith: 'maintainers' }
    case 'engineer-joined':
      return {
        ...next,
        fixTeam: [
          ...next.fixTeam.filter(one => one.fingerprint !== event.engineer.fingerprint),
          event.engineer,
        ],
        state: next.state === 'accepted' ? 'fixing' : next.state,
      }
    case 'engineer-left':
      return { ...next, fixTeam: next.fixTeam.filter(one => one.name !== event.name) }
    case 'terms-accepted':
      return { ...next, fixTeam: engineers(next, event.name, one => ({ ...one, terms: event.at })) }
    case 'access-set':
      return {
        ...next,
        fixTeam: engineers(next, event.name, ({ access, ...one }) =>
          event.access === 'granted' ? { ...one, access: event.at } : one,
        ),
      }
    case 'key-revoked':
      return withoutKey(next, event.key, event.at)
    default:
      return unreachable(event)
  }
}

/** Nobody leads it, and nobody was asked yet. */
export const searchFrom = (since: Instant): LeadSearch => ({ since, asked: [], inVain: undefined })

const askedToo = ({ since, asked }: LeadSearch, name: string, at: Instant): LeadSearch => ({
  since,
  asked: [...asked.filter(one => one.name !== name), { name, at }],
  inVain: undefined,
})

const engineers = (
  { fixTeam }: Case,
  name: string,
  change: (engineer: Engineer) => Engineer,
): readonly Engineer[] => fixTeam.map(one => (one.name === name ? change(one) : one))

/** A case that came encrypted stays one that nothing leaves in clear. */
function withoutKey(next: Case, revoked: Fingerprint, at: Instant): Case {
  const { reporter, fixTeam, lead, leadOffered, offers, revokedKeys = [] } = next
  const gone = fixTeam.filter(({ key }) => key?.fingerprint === revoked)
  const isGone = (name: string | undefined) => gone.some(one => one.name === name)
  return {
    ...next,
    reporter: { ...reporter, key: reporter.key?.fingerprint === revoked ? undefined : reporter.key },
    fixTeam: fixTeam.filter(one => !gone.includes(one)),
    lead: isGone(lead) ? undefined : lead,
    leadSearch: isGone(lead) ? searchFrom(at) : next.leadSearch,
    leadOffered: isGone(leadOffered) ? undefined : leadOffered,
    offers: offers.filter(({ key }) => key.fingerprint !== revoked),
    revokedKeys: [...revokedKeys.filter(one => one !== revoked), revoked],
  }
}
