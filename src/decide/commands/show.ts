// `show`: all that is known of a case, without changing anything; the reporter's address and key for admins only.
import type { Case } from '../../model/case.ts'
import { plaintext } from '../../model/plaintext.ts'
import { policyOf } from '../../model/settings.ts'
import { formatInstant } from '../../model/time.ts'
import { rolesIn } from '../authority.ts'
import { describe } from './case-description.ts'
import { findCase, takeCase } from './case-verbs.ts'
import { defineCommand, effect, type World } from './command.ts'

export const show = defineCommand({
  verb: 'show',
  usage: 'show C-…',
  summary: 'what is known of a case',
  roles: ['admin', 'maintainer', 'fix-team', 'lead'],
  nature: 'reversible',
  parse: parsed => takeCase(parsed, { named: [], block: 'none' }),
  decide: (wanted, world) => {
    const found = findCase(wanted, world)
    if (!found.ok) return found
    const isAdmin = rolesIn(found.value, world.who, world.settings).includes('admin')
    const text = describe(found.value, {
      policy: policyOf(world.settings, found.value.project),
      now: world.now,
      notices: noticesAbout(found.value, world),
      reader: isAdmin ? 'admin' : 'insider',
    })
    return effect('ok', plaintext(text), { facts: factsOf(found.value) })
  },
})

const noticesAbout = ({ id }: Case, { notices }: World) =>
  [...notices.values()].filter(one => one.case === id).sort((a, b) => a.sendAt - b.sendAt)

function factsOf(theCase: Case): Record<string, string | number> {
  const { severity, severityProposed, cve, public: known, held, extended, embargo, mergedInto } = theCase
  const optional = {
    severity: severity?.vector,
    severityProposed: severityProposed?.vector,
    cve: cve.kind === 'assigned' ? cve.id : undefined,
    public: known && formatInstant(known.at),
    held: held && formatInstant(held.at),
    disclose: embargo.disclose && formatInstant(embargo.disclose),
    embargo: embargo.disclose && embargo.state,
    extended: extended && formatInstant(extended.until),
    mergedInto,
    leadOffered: theCase.leadOffered,
    advisory: theCase.advisory,
  }
  const facts: Record<string, string | number> = {
    case: theCase.id,
    project: theCase.project,
    state: theCase.state,
    revision: theCase.revision,
    received: formatInstant(theCase.receivedAt),
    protection: theCase.protection,
    channel: theCase.channel,
    lead: theCase.lead ?? 'none',
    shared: theCase.sharedWith,
    fixTeam: theCase.fixTeam.map(one => one.name).join(' '),
    mails: theCase.thread.length,
    replies: theCase.replies.length,
  }
  for (const [name, value] of Object.entries(optional)) if (value !== undefined) facts[name] = value
  return facts
}
