// `share`: the maintainers of a case's project become insiders of it, and get the thread so far; or its reporter takes part
// in what is discussed with members.
import type { Case } from '../../../model/case.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok, type Result } from '../../../model/result.ts'
import { UNROUTED } from '../../../model/scalars.ts'
import { policyOf, projectNamed, type Settings } from '../../../model/settings.ts'
import { defineCommand, type Effect, effect, type Refusal, refuse, type World } from '../command.ts'
import { type CaseArguments, caseFact, findOpenCase, takeCase } from './case-verbs.ts'

/** With whom a case can be shared, or why with nobody. */
export function sharingWith(
  { project, sharedWith }: Case,
  settings: Settings,
):
  | { readonly kind: 'with'; readonly names: readonly string[] }
  | { readonly kind: 'no-project' | 'done' | 'nobody' } {
  if (project === UNROUTED) return { kind: 'no-project' }
  if (sharedWith === 'maintainers') return { kind: 'done' }
  const names = (projectNamed(settings, project)?.maintainers ?? []).map(one => one.name)
  return names.length === 0 ? { kind: 'nobody' } : { kind: 'with', names }
}

type Wanted = CaseArguments & { readonly who: 'maintainers' | 'reporter-in' | 'reporter-out' }

export const share = defineCommand<Wanted>({
  verb: 'share',
  usage: 'share C-… with=maintainers|reporter or without=reporter',
  summary:
    "let the project's maintainers read and discuss a case; or its reporter take part in what is said with members",
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeCase(parsed, { named: ['with', 'without'], block: 'none' })
    if (!taken.ok) return taken
    const circle = taken.value.named.get('with')?.toLowerCase()
    const without = taken.value.named.get('without')?.toLowerCase()
    if (circle === 'maintainers' && without === undefined) return ok({ ...taken.value, who: circle })
    if (circle === 'reporter' && without === undefined) return ok({ ...taken.value, who: 'reporter-in' })
    if (circle === undefined && without === 'reporter') return ok({ ...taken.value, who: 'reporter-out' })
    return err('with= is maintainers or reporter, and without= is reporter')
  },
  decide: (wanted, world) => {
    const found = findOpenCase(wanted, world)
    if (!found.ok) return found
    return wanted.who === 'maintainers'
      ? withMaintainers(found.value, world)
      : withReporter(found.value, wanted.who === 'reporter-in' ? 'in' : 'out', world)
  },
})

function withMaintainers(theCase: Case, world: World): Result<Effect, Refusal> {
  const { id, project } = theCase
  const sharing = sharingWith(theCase, world.settings)
  if (sharing.kind === 'no-project')
    return refuse('E-STATE', `${id} belongs to no project yet; first send: route ${id} PROJECT`)
  if (sharing.kind === 'done')
    return effect('noop', plaintext(`${id} is shared with the maintainers already.`))
  if (sharing.kind !== 'with')
    return refuse('E-STATE', `The configuration names no maintainers of ${project}; share with nobody.`)
  const { names } = sharing
  return effect('ok', plaintext(`${id} is shared with ${names.join(', ')}.`), {
    facts: { case: id, with: 'maintainers', people: names.length },
    events: [{ ...caseFact(theCase, world), kind: 'case-shared' }],
  })
}

/** Whether the reporter reads what members say from now on, under the key of the case alone, and may answer. */
function withReporter(theCase: Case, reporter: 'in' | 'out', world: World): Result<Effect, Refusal> {
  const { id, project, reporterDiscusses } = theCase
  if ((reporter === 'in') === (reporterDiscusses !== undefined))
    return effect('noop', plaintext(`The reporter of ${id} is ${reporter} already.`))
  if (reporter === 'in') {
    if (policyOf(world.settings, project).discussion === undefined)
      return refuse('E-POLICY', 'The policy has no discussion with members; use reply instead.')
    if (theCase.reporter.key === undefined || theCase.reporter.address === undefined)
      return refuse('E-STATE', `No address and key of the reporter are known; first send: ask-key ${id}`)
  }
  const text =
    reporter === 'in'
      ? `The reporter of ${id} reads from now on what members say of it, and may answer.`
      : `The reporter of ${id} reads no more of what members say of it.`
  return effect('ok', plaintext(text), {
    facts: { case: id, reporter },
    events: [{ ...caseFact(theCase, world), kind: 'discussion-set', reporter }],
  })
}
