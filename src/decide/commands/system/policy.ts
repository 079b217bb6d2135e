// `policy show`: what the policy of a project promises, in plain words, without changing anything.
import { plaintext } from '../../../model/plaintext.ts'
import type { Policy } from '../../../model/policy.ts'
import { err, ok, type Result } from '../../../model/result.ts'
import { policyInWords } from '../../policy-words.ts'
import { defineCommand, effect, refuse, type World } from '../command.ts'
import type { ParsedCommand } from '../grammar.ts'

export const policy = defineCommand<string | undefined>({
  verb: 'policy',
  usage: 'policy show [PROJECT]',
  summary: 'what the policy of a project promises, in plain words',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsePolicy,
  decide: (project, world) => {
    const found = policiesOf(world, project)
    if (found.length === 0) {
      const known = world.settings.projects.map(({ name }) => name).join(', ')
      return refuse('E-UNKNOWN', `There is no project ${project}; send: policy show, and one of ${known}`)
    }
    return effect('ok', plaintext(found.map(policyInWords).join('\n\n')), {
      facts: { profiles: found.map(({ name }) => name).join(' ') },
    })
  },
})

function parsePolicy(parsed: ParsedCommand): Result<string | undefined, string> {
  const [what, project, ...rest] = parsed.arguments.map(argument =>
    argument.kind === 'word' ? argument.text.toLowerCase() : undefined,
  )
  const isComplete = what === 'show' && rest.length === 0 && parsed.block === undefined
  const isNamed = parsed.arguments.length < 2 || project !== undefined
  return isComplete && isNamed ? ok(project) : err('it takes show and the name of a project')
}

/** Of one project, or of all and of what is not routed yet, each once. */
function policiesOf({ settings }: World, project: string | undefined): readonly Policy[] {
  const { projects, defaultPolicy } = settings
  if (project !== undefined) return projects.filter(({ name }) => name === project).map(one => one.policy)
  const all = [...projects.map(one => one.policy), defaultPolicy]
  return all.filter((one, i) => all.findIndex(({ name }) => name === one.name) === i)
}
