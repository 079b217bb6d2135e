// `route`: says to which project a case belongs. Its reporter hears nothing; people of the project that it was
// taken for lose sight of it, and those of its own get it by `share` and `assign`, or as soon as it is accepted.
import { type Case, isAccepted } from '../../../model/case.ts'
import { plaintext } from '../../../model/plaintext.ts'
import type { Policy } from '../../../model/policy.ts'
import { ok } from '../../../model/result.ts'
import { adminWithKey, projectNamed, type Settings } from '../../../model/settings.ts'
import { formatInstant } from '../../../model/time.ts'
import { latestDisclosure } from '../../time/clocks.ts'
import { defineCommand, effect, refuse } from '../command.ts'
import { caseFact, findOpenCase, findProject, noticesOf, takeCase } from './case-verbs.ts'
import { sharingWith } from './share.ts'

export const route = defineCommand({
  verb: 'route',
  usage: 'route C-… PROJECT',
  summary: 'say to which project a case belongs; people of another lose sight of it',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeCase(parsed, { named: [], block: 'none', after: ['the project'] })
    return taken.ok ? ok({ ...taken.value, project: taken.value.positional[1]?.toLowerCase() ?? '' }) : taken
  },
  decide: (wanted, world) => {
    const { settings } = world
    const found = findOpenCase(wanted, world)
    if (!found.ok) return found
    const theCase = found.value
    const { id } = theCase
    const asked = findProject(wanted.project, world)
    if (!asked.ok) return asked
    const project = asked.value
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
    const gone = leaving.map(one => one.name)
    const leads = [theCase.lead, theCase.leadOffered]
      .filter(name => name !== undefined)
      .filter(name => !stillLeads({ ...theCase, fixTeam: staying }, name, settings))
    const lost = [...new Set([...gone, ...leads])]
    const text = lost.length === 0 ? '' : ` ${lost.join(', ')} may read it no more.`
    // What was accepted before anybody knew whose it is.
    const isShared = project.policy.intake.share === 'on-accept' && isAccepted(theCase)
    const sharing = isShared ? sharingWith({ ...routed, sharedWith: 'team' }, settings) : undefined
    const names = sharing?.kind === 'with' ? ` It is shared with ${sharing.names.join(', ')}.` : ''
    const late = lateDate({ ...routed, extended: undefined }, project.policy)
    return effect('ok', plaintext(`${id} belongs to ${project.name} now.${text}${names}${late}`), {
      facts: { case: id, project: project.name },
      events: [
        ...gone.map(name => ({ ...fact, kind: 'engineer-left', name }) as const),
        ...leads.map(name => ({ ...fact, kind: 'lead-left', name }) as const),
        { ...fact, kind: 'case-routed', project: project.name },
        ...(sharing?.kind === 'with' ? [{ ...fact, kind: 'case-shared' } as const] : []),
      ],
    })
  },
})

/** That a date agreed under another policy is one that this one does not allow, whoever confirmed it there. */
function lateDate(routed: Case, policy: Policy): string {
  const { disclose } = routed.embargo
  const latest = latestDisclosure(routed, policy)
  if (disclose === undefined || latest === undefined || disclose <= latest) return ''
  return (
    ` Its date of disclosure, ${formatInstant(disclose)}, is after ${formatInstant(latest)}, the latest that the ` +
    `policy of ${policy.displayName} allows; set another: plan or extend.`
  )
}

/** Engineers from outside were asked in for the other project. */
const staysIn = ({ project }: Case, key: Parameters<typeof adminWithKey>[1], settings: Settings): boolean =>
  adminWithKey(settings, key) !== undefined ||
  (projectNamed(settings, project)?.maintainers.some(one => one.fingerprint === key) ?? false)

/** A lead who is no admin reads the case by its fix team alone, until it is shared anew. */
const stillLeads = ({ fixTeam }: Case, name: string, { admins }: Settings): boolean =>
  name === 'operator' || [...admins, ...fixTeam].some(one => one.name === name)
