// `share`: the maintainers of a case's project become insiders of it, and get the thread so far.
import type { Case } from '../../../model/case.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { err, ok } from '../../../model/result.ts'
import { UNROUTED } from '../../../model/scalars.ts'
import { projectNamed, type Settings } from '../../../model/settings.ts'
import { defineCommand, effect, refuse } from '../command.ts'
import { caseFact, findOpenCase, takeCase } from './case-verbs.ts'

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

export const share = defineCommand({
  verb: 'share',
  usage: 'share C-… with=maintainers',
  summary: "let the project's maintainers read and discuss a case; each gets the thread so far",
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeCase(parsed, { named: ['with'], block: 'none' })
    if (!taken.ok) return taken
    const circle = taken.value.named.get('with')?.toLowerCase()
    return circle === 'maintainers' ? ok(taken.value) : err('with= is maintainers')
  },
  decide: (wanted, world) => {
    const found = findOpenCase(wanted, world)
    if (!found.ok) return found
    const { id, project } = found.value
    const sharing = sharingWith(found.value, world.settings)
    if (sharing.kind === 'no-project')
      return refuse('E-STATE', `${id} belongs to no project yet; first send: route ${id} PROJECT`)
    if (sharing.kind === 'done')
      return effect('noop', plaintext(`${id} is shared with the maintainers already.`))
    if (sharing.kind !== 'with')
      return refuse('E-STATE', `The configuration names no maintainers of ${project}; share with nobody.`)
    const { names } = sharing
    return effect('ok', plaintext(`${id} is shared with ${names.join(', ')}.`), {
      facts: { case: id, with: 'maintainers', people: names.length },
      events: [{ ...caseFact(found.value, world), kind: 'case-shared' }],
    })
  },
})
