// What the verbs by which members answer share: the case that they name, by its own number or by that of a notice which
// their organisation has, and what stands in the way. Never a verb of its own.
import { type Case, isUnpublished } from '../../../model/case.ts'
import type { CaseEvent } from '../../../model/case-event.ts'
import { type Contact, isMember } from '../../../model/contact.ts'
import { err, ok, type Result } from '../../../model/result.ts'
import { type CaseId, type NoticeId, parseCaseId, parseNoticeId } from '../../../model/scalars.ts'
import { formatInstant } from '../../../model/time.ts'
import { toldAs } from '../../sharing/sharing.ts'
import { caseFact, findCase } from '../case/case-verbs.ts'
import { type Expected, type Refusal, refuse, type Taken, takeArguments, type World } from '../command.ts'
import type { ParsedCommand } from '../grammar.ts'

/** Who is suspended is told so, and not that there is no such verb. */
export const ANSWERERS = ['member', 'suspended'] as const

export type MemberArguments = Taken & { readonly about: CaseId | NoticeId }

/** Arguments of a verb whose first is a case or a notice: `ack N-309123`. */
export function takeAbout(
  parsed: ParsedCommand,
  { named, block, after = [] }: Pick<Expected, 'named' | 'block'> & { readonly after?: readonly string[] },
): Result<MemberArguments, string> {
  const positional = ['the case (C-…)', ...after]
  const taken = takeArguments(parsed, { positional, named, block, attachments: 'none' })
  if (!taken.ok) return taken
  const [first = '', ...rest] = taken.value.positional
  const about = parseCaseId(first) ?? parseNoticeId(first)
  if (about === undefined) return err(`"${first}" is neither a case like C-482107 nor a notice like N-309123`)
  return ok({ ...taken.value, positional: rest, about })
}

export type Speaking = { readonly theCase: Case; readonly contact: Contact }

/** The case, and as whom they speak of it. */
export function findAsMember({ about, ...taken }: MemberArguments, world: World): Result<Speaking, Refusal> {
  const named = parseCaseId(about)
  const of = named ?? caseOfNotice(about, world)
  const found = of && findCase({ ...taken, case: of }, world)
  // Nor does a guessed number bring out which case it is of.
  if (found === undefined || (!found.ok && named === undefined))
    return refuse('E-UNKNOWN', `There is no notice ${about}; check the number.`)
  if (!found.ok) return found
  const theCase = found.value
  const { id, state } = theCase
  const contact = toldAs(theCase, world.who, world)
  if (contact === undefined) return refuse('E-STATE', whyNot(theCase, world))
  if (isUnpublished(theCase)) return ok({ theCase, contact })
  const { security } = world.settings.addresses
  return state === 'published' || state === 'closed'
    ? refuse(
        'E-STATE',
        `${id} is public, so that nothing more is needed of you: thank you. Write to ${security} about the fix.`,
      )
    : refuse(
        'E-STATE',
        `${id} has ended, so that nothing more is needed of you; what you were told stays closed.`,
      )
}

/** A notice of which their organisation has no copy, or that has not gone out, is not there for them. */
function caseOfNotice(
  about: CaseId | NoticeId,
  { notices, copies, contacts, who }: World,
): CaseId | undefined {
  const notice = [...notices.values()].find(({ id }) => id === about)
  const own = contacts.filter(one => isMember(one) && one.fingerprint === who)
  const theirs = contacts.filter(one => own.some(({ distributor }) => distributor === one.distributor))
  const isTheirs = copies.some(copy => copy.notice === about && theirs.some(({ id }) => id === copy.contact))
  return isTheirs && notice?.releasedAt !== undefined ? notice.case : undefined
}

function whyNot({ id, project }: Case, { contacts, who }: World): string {
  const { suspended } =
    contacts.find(one => one.state === 'suspended' && one.fingerprint === who && one.project === project) ??
    {}
  return suspended === undefined
    ? `In ${id} nobody of your organisation was told anything; write to the team.`
    : `You get no notices since ${formatInstant(suspended.at)}, and until that ends your answers are not taken; for what ends it send: my`
}

/** The fields that what a member does carries, whatever else they are. */
export const memberFact = (
  { theCase, contact }: Speaking,
  world: World,
): Pick<CaseEvent, 'at' | 'actor' | 'case'> => ({
  ...caseFact(theCase, world),
  actor: { kind: 'member', name: contact.id, fingerprint: contact.fingerprint },
})
