// `notify`: whether distributors hear of a case early at all, with a reason. After a no, no clock waits for their
// notice and none is sent, until somebody says yes.
import type { Case } from '../../../model/case.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { listStages } from '../../../model/policy.ts'
import { err, ok } from '../../../model/result.ts'
import { policyOf } from '../../../model/settings.ts'
import { type CaseArguments, findUnpublishedCase, noticesOf, recorded, takeCase } from '../case/case-verbs.ts'
import { defineCommand, effect, type Refusal, refusal, refuse, type World } from '../command.ts'

type Wanted = CaseArguments & { readonly as: 'yes' | 'no' }

export const notify = defineCommand<Wanted>({
  verb: 'notify',
  usage: 'notify C-… yes|no << reason',
  summary: 'decide whether distributors hear of a case early',
  roles: ['lead', 'admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeCase(parsed, { named: [], block: 'needed', after: ['yes or no'] })
    if (!taken.ok) return taken
    const as = taken.value.positional[1]?.toLowerCase()
    return as === 'yes' || as === 'no' ? ok({ ...taken.value, as }) : err('after the case it takes yes or no')
  },
  decide: ({ as, ...wanted }, world) => {
    const found = findUnpublishedCase(wanted, world)
    if (!found.ok) return found
    const theCase = found.value
    const forbidden = whyNot(theCase, world)
    if (forbidden !== undefined) return err(forbidden)
    const reason = wanted.block ?? plaintext('')
    const { id, earlyDisclosure: before } = theCase
    if (before?.as === as && before.reason.open() === reason.open())
      return effect('noop', plaintext(`That was decided for ${id} already.`))
    const waiting = as === 'yes' ? [] : distributorsNotices(theCase, world)
    if (waiting.length > 0)
      return refuse(
        'E-STATE',
        `${waiting.join(', ')} to distributors waits to be sent; first send: ${waiting.map(one => `cancel ${one}`).join('; ')}`,
      )
    const sentence =
      as === 'yes' ? `Distributors are to hear of ${id} early.` : `Distributors do not hear of ${id} early.`
    return recorded(theCase, world, { kind: 'early-disclosure-decided', as, reason }, sentence)
  },
})

/** Whose word it is, and whether there is anybody to tell. */
function whyNot(theCase: Case, { actor, settings }: World): Refusal | undefined {
  const policy = policyOf(settings, theCase.project)
  const { displayName } = policy
  const stages = listStages(policy)
  if (stages.length === 0)
    return refusal(
      'E-POLICY',
      `The policy of ${displayName} has no list of distributors; there is nobody to tell.`,
    )
  const { lead } = theCase
  if (lead !== undefined && stages.some(({ decidedBy }) => decidedBy === 'lead'))
    return lead === actor.name
      ? undefined
      : refusal('E-POLICY', `By the policy of ${displayName} the lead decides, who is ${lead}; tell them.`)
  return undefined
}

const distributorsNotices = (theCase: Case, world: World) =>
  noticesOf(theCase, world, 'scheduled').filter(id => world.notices.get(id)?.to === 'distributors')
