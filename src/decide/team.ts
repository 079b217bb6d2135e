// A start with another team than the one before: who is told, and from when on each of them counts.
import type { Decision } from '../model/decision.ts'
import { OPERATOR } from '../model/event.ts'
import type { Content, MailOrder } from '../model/order.ts'
import { type Instant, instant } from '../model/scalars.ts'
import type { Admin } from '../model/settings.ts'
import { differenceIn, type TeamChange, type TeamMember } from '../model/team.ts'
import { NOTHING, toAdmin } from './orders.ts'
import { silent } from './outcomes.ts'

type Configured = Admin & Pick<TeamMember, 'part' | 'certificate'>

/** There was no team before the first one that could say otherwise of it. */
const EVER = instant(0)

/** Undefined: the team is the one that was known. */
export function teamChange(
  before: readonly TeamMember[],
  configured: readonly Configured[],
  now: Instant,
): TeamChange | undefined {
  // A clock that was ahead when they joined, and was set right, would else keep them out for as long.
  const timely = before.filter(({ since }) => since <= now)
  const sinceOf = new Map(timely.map(({ fingerprint, since }) => [fingerprint, since]))
  const newcomer = before.length === 0 ? EVER : now
  const after = configured.map(admin => ({ ...admin, since: sinceOf.get(admin.fingerprint) ?? newcomer }))
  const isKnown = timely.length === before.length && isSameTeam({ before, after })
  return isKnown ? undefined : { before, after }
}

const isAdmin = ({ part }: TeamMember): boolean => part === 'admin'

const isSameTeam = (change: TeamChange): boolean =>
  Object.values(differenceIn(change)).every(members => members.length === 0)

/** Tells everybody of the team that was and of the team that is, each under their key; of the first team nobody. */
export function teamChanged(change: TeamChange): Decision {
  const { before, after } = change
  const isNews = before.length > 0 && !isSameTeam(change)
  const { joined, left, changed } = differenceIn(change)
  const named = (members: readonly TeamMember[]): readonly Admin[] =>
    members.map(({ name, address, fingerprint }) => ({ name, address, fingerprint }))
  const alert = {
    kind: 'team-changed',
    joined: named(joined),
    left: named(left),
    changed: named(changed),
  } as const
  const content: Content = { kind: 'alert', alert }
  const isReached = (old: TeamMember) =>
    after.some(({ fingerprint, address }) => fingerprint === old.fingerprint && address === old.address)
  const orders: readonly MailOrder[] = [
    ...after.filter(isAdmin).map(member => toAdmin(member, NOTHING, content)),
    ...before
      .filter(old => isAdmin(old) && !isReached(old))
      .map(old => ({
        ...toAdmin(old, NOTHING, content),
        encryptTo: { kind: 'offered' as const, certificate: old.certificate },
      })),
  ]
  return {
    ...silent('command', isNews ? alert.kind : 'team-known'),
    actor: OPERATOR,
    mails: isNews ? orders : [],
  }
}
