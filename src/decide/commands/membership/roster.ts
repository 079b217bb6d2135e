// `roster`: who is on the distributors list, at a chosen level of detail; for members the names of organisations alone,
// where the policy lets them see those.
import type { Contact } from '../../../model/contact.ts'
import { plaintext } from '../../../model/plaintext.ts'
import { listStages } from '../../../model/policy.ts'
import { err, ok, type Result } from '../../../model/result.ts'
import type { Project } from '../../../model/settings.ts'
import { contactWith, rolesOf } from '../../authority.ts'
import { namesText, ROSTER_LEVELS, type RosterLevel, rosterText } from '../../membership/roster.ts'
import { findProject } from '../case/case-verbs.ts'
import {
  defineCommand,
  type Effect,
  effect,
  type Refusal,
  refuse,
  takeArguments,
  type World,
} from '../command.ts'
import type { ParsedCommand } from '../grammar.ts'

type Wanted = { readonly level: RosterLevel; readonly project: string | undefined }

export const roster = defineCommand<Wanted>({
  verb: 'roster',
  usage: `roster [level=${ROSTER_LEVELS.join('|')}] [PROJECT]`,
  summary: 'who is on the distributors list; for members the organisations, where the policy shows them',
  roles: ['admin', 'member'],
  nature: 'reversible',
  parse,
  decide: (wanted, world) => {
    if (rolesOf(world.who, world).includes('admin')) return forAdmin(wanted, world)
    const contact = world.who === 'operator' ? undefined : contactWith(world.who, world.contacts)
    return forMember(contact, world)
  },
})

function parse(parsed: ParsedCommand): Result<Wanted, string> {
  const [project, ...others] = parsed.arguments.filter(({ kind }) => kind !== 'named')
  const taken = takeArguments(parsed, {
    positional: project === undefined || others.length > 0 ? [] : ['the project'],
    named: ['level'],
    block: 'none',
    attachments: 'none',
  })
  if (!taken.ok) return taken
  const asked = taken.value.named.get('level')?.toLowerCase() ?? 'organisations'
  const level = ROSTER_LEVELS.find(one => one === asked)
  if (level === undefined) return err(`level= is one of ${ROSTER_LEVELS.join(', ')}`)
  return ok({ level, project: taken.value.positional[0]?.toLowerCase() })
}

function forAdmin({ level, project }: Wanted, world: World): Result<Effect, Refusal> {
  const named = project === undefined ? undefined : findProject(project, world)
  if (named?.ok === false) return named
  const projects = named === undefined ? withList(world) : [named.value]
  const texts = projects.map(({ name, policy }) => {
    if (named !== undefined && !withList(world).includes(named.value))
      return `${policy.displayName} has no distributors list.`
    const distributors = world.distributors.filter(one => one.project === name)
    const contacts = world.contacts.filter(one => one.project === name)
    return `${policy.displayName} (${name}): ${rosterText({ distributors, contacts, policy, now: world.now }, level)}`
  })
  const text = texts.length === 0 ? 'No project has a distributors list.' : texts.join('\n\n')
  return effect('ok', plaintext(text), { facts: { level } })
}

/** Whoever tells distributors early, or somebody on the list from a time when they had. */
const withList = ({ settings, distributors }: World): readonly Project[] =>
  settings.projects.filter(
    ({ name, policy }) =>
      listStages(policy).length > 0 || distributors.some(({ project }) => project === name),
  )

function forMember(contact: Contact | undefined, world: World): Result<Effect, Refusal> {
  const project = world.settings.projects.find(({ name }) => name === contact?.project)
  if (project?.policy.membership?.roster !== 'organisations')
    return refuse(
      'E-POLICY',
      'Who is on the list is not shown to its members; for what is known of you, send: my',
    )
  const distributors = world.distributors.filter(one => one.project === project.name)
  return effect('ok', plaintext(`On the list:\n${namesText(distributors)}`))
}
