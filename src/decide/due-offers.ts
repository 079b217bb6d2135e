// Which commands end what a reminder tells of: the one table of it, by what is due. Whether its reader may send
// them, and whether they fit the case as it stands, offers.ts asks.
import type { Case } from '../model/case.ts'
import type { Doubt } from '../model/doubt.ts'
import { lacksOf } from '../model/fix-team.ts'
import type { DueItem } from '../model/order.ts'
import type { Milestone } from '../model/policy.ts'
import { unreachable } from '../model/result.ts'
import { policyOf, type Settings } from '../model/settings.ts'
import { decidesSeverity, type Who } from './authority.ts'

/** Whoever reads the mail, by key and short name. */
export type Reader = { readonly who: Who; readonly name: string }

export type DueOffer = {
  readonly label: string
  readonly verb: string
  /** What follows the case on its line. */
  readonly rest?: string
  /** A text block, empty, which is refused until it is filled in. */
  readonly block?: 'gap'
}

/** The likely first; empty where nothing that can be sent by one tap ends it. */
export function offersEnding(
  item: DueItem,
  theCase: Case,
  reader: Reader,
  settings: Settings,
): readonly DueOffer[] {
  switch (item.kind) {
    case 'clock':
      return item.waitsFor.length === 0
        ? ending(item.clock.until, theCase, reader, settings)
        : item.waitsFor.flatMap(one => ending(one, theCase, reader, settings))
    case 'embargo':
      // Which dates would do, offers.ts knows.
      return []
    case 'decision':
      return decidingOn(item.doubt)
    case 'lead':
      return [{ label: 'Take the lead', verb: 'take' }]
    default:
      return unreachable(item)
  }
}

/** The ways to end a doubt, what the policy does when in doubt first. */
export function decidingOn({ whenInDoubt }: Pick<Doubt, 'whenInDoubt'>): readonly DueOffer[] {
  const ways = [
    { label: 'Break the embargo, it is over at once; with why in the gap', verb: 'break', block: 'gap' },
    { label: 'Go on with the embargo, with why in the gap', verb: 'continue', block: 'gap' },
  ] as const
  return whenInDoubt === 'continue' ? ways.toReversed() : ways
}

const reply = (theCase: Case, label: string, more: readonly string[]): readonly DueOffer[] => {
  const { reporter, protection } = theCase
  if (reporter.address === undefined) return []
  if (reporter.key === undefined && protection === 'encrypted')
    return [{ label: 'Ask the reporter for their key', verb: 'ask-key' }]
  const words = reporter.key === undefined ? [...more, 'clear=yes'] : more
  const readable = reporter.key === undefined ? ', in words that anyone may read' : ''
  const rest = words.length === 0 ? {} : { rest: words.join(' ') }
  return [{ label: `${label}${readable}`, verb: 'reply', ...rest, block: 'gap' }]
}

function ending(
  milestone: Milestone,
  theCase: Case,
  { who, name: ours }: Reader,
  settings: Settings,
): readonly DueOffer[] {
  const policy = policyOf(settings, theCase.project)
  switch (milestone) {
    case 'lead':
      return [{ label: 'Take the lead', verb: 'take' }]
    case 'conversation':
      return reply(theCase, 'Answer the reporter', [])
    case 'plan':
      return reply(theCase, 'Tell the reporter the plan', ['plan=yes'])
    case 'decided':
    case 'accepted':
      return [
        { label: 'Accept it as a vulnerability', verb: 'accept' },
        { label: 'Reject it, with the reason in the gap', verb: 'reject', block: 'gap' },
      ]
    case 'severity': {
      const rest = `cvss=CVSS:${policy.severity.versions.at(-1)}/…`
      return decidesSeverity(theCase, who, ours, settings)
        ? [{ label: 'Set the severity, with the vector for the dots', verb: 'severity', rest }]
        : [{ label: 'Propose a severity, with the vector for the dots', verb: 'propose-severity', rest }]
    }
    case 'fix-team': {
      const lacks = lacksOf(theCase, policy)
      const granting = lacks
        .filter(one => one.lacks.includes('access'))
        .map(({ name }) => ({
          label: `Say that ${name} has access to the code`,
          verb: 'access',
          rest: `${name} granted`,
        }))
      const naming = { label: 'Name an engineer, for the dots', verb: 'assign', rest: 'fix=…' }
      return theCase.fixTeam.length === 0 ? [naming] : granting
    }
    case 'fix-ready':
      return [{ label: 'Say that the fix is ready', verb: 'fix-ready', rest: 'tested="" lgtm=""' }]
    case 'mitigation':
      return [{ label: 'Write what users can do until then', verb: 'mitigate', block: 'gap' }]
    case 'communication':
      return [{ label: 'Write who is told what and when', verb: 'comms', block: 'gap' }]
    case 'cve':
      return [{ label: 'Note that a CVE id was asked for', verb: 'cve', rest: 'request' }]
    default:
      return []
  }
}
