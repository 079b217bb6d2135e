// `ask-share`: a member who was told of a case asks to tell somebody else. Until that is granted nobody may be told.
import { dueAt } from '../../../model/calendar.ts'
import { type Case, isUnpublished } from '../../../model/case.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok, type Result } from '../../../model/result.ts'
import { later } from '../../../model/scalars.ts'
import { policyOf } from '../../../model/settings.ts'
import { isUndecided } from '../../../model/sharing.ts'
import { formatInstant, HOUR } from '../../../model/time.ts'
import { caseAfter } from '../../known.ts'
import { neededFrom, othersThan, requestMails, toldAs, toldContacts } from '../../sharing/sharing.ts'
import { type CaseArguments, caseFact, findCase, takeCase } from '../case/case-verbs.ts'
import { defineCommand, effect, type Refusal, refuse, type World } from '../command.ts'

const WHOM_CHARACTERS = 300
const WHY_CHARACTERS = 10_000
/** Everybody who was told may get a mail for each request. */
const AGAIN = HOUR

export const askShare = defineCommand({
  verb: 'ask-share',
  usage: 'ask-share C-… with="whom" << why',
  summary: 'as a member: ask whether you may tell somebody else of a case that you were told of',
  roles: ['member'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeCase(parsed, { named: ['with'], block: 'needed' })
    if (!taken.ok) return taken
    const whom = taken.value.named.get('with')?.trim() ?? ''
    const why = taken.value.block ?? plaintext('')
    if (whom === '' || whom.length > WHOM_CHARACTERS)
      return err(`with= says whom you want to tell, in up to ${WHOM_CHARACTERS} characters`)
    if (why.length > WHY_CHARACTERS) return err(`the reason has at most ${WHY_CHARACTERS} characters`)
    return ok({ ...taken.value, with: plaintext(whom), why })
  },
  decide: (wanted, world) => {
    const found = findSharedCase(wanted, world)
    if (!found.ok) return found
    const theCase = found.value
    const { id, project } = theCase
    const { settings, now } = world
    const { sharing, calendar } = policyOf(settings, project)
    if (sharing === undefined)
      return refuse(
        'E-POLICY',
        'The policy lets nobody share it further; tell nobody else until it is public.',
      )
    const asker = toldAs(theCase, world.who, world)
    if (asker === undefined) return refuse('E-ROLE', `In ${id} that is not yours to send; ask the team.`)
    const last = theCase.sharing.find(one => one.asker === asker.id && isUndecided(one))
    if (last !== undefined && now < later(last.at, AGAIN))
      return refuse(
        'E-STATE',
        `You asked at ${formatInstant(last.at)}; wait for the answer, or ask again after ${formatInstant(later(last.at, AGAIN))}.`,
      )
    const others = othersThan(asker.distributor, toldContacts(theCase, world))
    const byList = sharing.approvedBy === 'list'
    if (byList && others.length === 0)
      return refuse(
        'E-STATE',
        'The list decides, and no other organisation was told yet that could agree; write to the team.',
      )
    const due = dueAt(now, sharing.within, calendar)
    const event = {
      ...caseFact(theCase, world),
      kind: 'share-asked',
      asker: asker.id,
      of: asker.distributor,
      with: wanted.with,
      why: wanted.why,
      due,
      asked: byList ? others.map(one => one.id) : [],
    } as const
    const request = caseAfter(theCase, id, [event])?.sharing.at(-1)
    const needed = byList ? neededFrom(others, sharing.count) : 0
    const whom = byList
      ? `The other organisations that were told are asked, and ${needed} of them must agree`
      : 'The team is asked'
    return effect(
      'ok',
      plaintext(`${whom}, by ${formatInstant(due)}. Until you hear that it is granted, tell nobody.`),
      {
        facts: { case: id, due: formatInstant(due) },
        events: [event],
        mails:
          request === undefined
            ? []
            : requestMails(
                theCase,
                request,
                { team: 'admins', members: byList ? others : [] },
                needed,
                'asked',
                world,
              ),
        others: 'told',
      },
    )
  },
})

/** A case that is not public yet: what is, needs no leave. */
export function findSharedCase(wanted: CaseArguments, world: World): Result<Case, Refusal> {
  const found = findCase(wanted, world)
  if (!found.ok || isUnpublished(found.value)) return found
  const { id, state } = found.value
  return state === 'published' || state === 'closed'
    ? refuse('E-STATE', `${id} is published: what was published may be passed on, and nothing else.`)
    : refuse('E-STATE', `${id} ended as ${state}; what you were told stays closed, so write to the team.`)
}
