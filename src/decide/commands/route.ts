// `route`: says to which project a case belongs. Its reporter hears nothing; people of the project that it was
// taken for lose sight of it, and those of its own get it by `share` and `assign`.
import type { Case } from '../../model/case.ts'
import { plaintext } from '../../model/plaintext.ts'
import { err, ok } from '../../model/result.ts'
import { parseCaseId } from '../../model/scalars.ts'
import { adminWithKey, projectNamed, type Settings } from '../../model/settings.ts'
import { caseFact, findOpenCase, noticesOf, refuse } from './case-verbs.ts'
import { defineCommand, effect, takeArguments } from './command.ts'

export const route = defineCommand({
  verb: 'route',
  usage: 'route C-… PROJECT',
  summary: 'say to which project a case belongs; people of another lose sight of it',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => {
    const positional = ['the case (C-…)', 'the project']
    const taken = takeArguments(parsed, {
      positional,
      named: ['expect'],
      block: 'none',
      attachments: 'none',
    })
    if (!taken.ok) return taken
    const [first = '', project = ''] = taken.value.positional
    const id = parseCaseId(first)
    if (id === undefined) return err(`"${first}" is not a case like C-482107`)
    return ok({ ...taken.value, case: id, project: project.toLowerCase() })
  },
  decide: (wanted, world) => {
    const { settings } = world
    const found = findOpenCase(wanted, world)
    if (!found.ok) return found
    const theCase = found.value
    const { id } = theCase
    const project = settings.projects.find(one => one.name === wanted.project)
    if (project === undefined) {
      const names = settings.projects.map(one => one.name).join(', ')
      return refuse('E-UNKNOWN', `There is no project ${wanted.project}; the configuration has ${names}.`)
    }
    if (theCase.project === project.name)
      return effect('noop', plaintext(`${id} belongs to ${project.name} already.`))
    const [notice] = [...noticesOf(theCase, world, 'scheduled'), ...noticesOf(theCase, world, 'released')]
    if (notice !== undefined)
      return refuse(
        'E-STATE',
        `${notice} is for the distributors of ${theCase.project}; if it has not gone out, send: cancel ${notice}`,
      )
    const routed = { ...theCase, project: project.name }
    const staying = theCase.fixTeam.filter(one => staysIn(routed, one.fingerprint, settings))
    const leaving = theCase.fixTeam.filter(one => !staying.includes(one))
    const fact = caseFact(theCase, world)
    const names = leaving.map(one => one.name)
    const led = [theCase.lead, theCase.leadOffered].find(
      name => name !== undefined && !stillLeads({ ...theCase, fixTeam: staying }, name, settings),
    )
    const lost = [...new Set([...names, ...(led === undefined ? [] : [led])])]
    const text = lost.length === 0 ? '' : ` ${lost.join(', ')} may read it no more.`
    return effect('ok', plaintext(`${id} belongs to ${project.name} now.${text}`), {
      facts: { case: id, project: project.name },
      events: [
        ...names.map(name => ({ ...fact, kind: 'engineer-left', name }) as const),
        ...(led === undefined ? [] : [{ ...fact, kind: 'lead-left', name: led } as const]),
        { ...fact, kind: 'case-routed', project: project.name },
      ],
    })
  },
})

/** Engineers from outside were asked in for the other project. */
const staysIn = ({ project }: Case, key: Parameters<typeof adminWithKey>[1], settings: Settings): boolean =>
  adminWithKey(settings, key) !== undefined ||
  (projectNamed(settings, project)?.maintainers.some(one => one.fingerprint === key) ?? false)

/** A lead who is no admin reads the case by its fix team alone, until it is shared anew. */
const stillLeads = ({ fixTeam }: Case, name: string, { admins }: Settings): boolean =>
  name === 'operator' || [...admins, ...fixTeam].some(one => one.name === name)
