// `applications`: the requests to join that wait, the oldest first, each with what it lacks; nothing is changed.

import { plaintext } from '../../../model/plaintext.ts'
import { err, ok } from '../../../model/result.ts'
import { canBeJoined } from '../../../model/settings.ts'
import { listLine } from '../../membership/whereabouts.ts'
import { findProject } from '../case/case-verbs.ts'
import { defineCommand, effect, takeArguments } from '../command.ts'
import type { ParsedCommand } from '../grammar.ts'

/** Lines of one answer. */
const MOST_LISTED = 200

export const applications = defineCommand({
  verb: 'applications',
  usage: 'applications [project=…] [all=yes]',
  summary: 'the requests to join that wait, each with what it lacks; all=yes: those that ended, too',
  roles: ['admin'],
  nature: 'reversible',
  parse: parsed => {
    const taken = takeArguments(parsed, {
      positional: [],
      named: ['project', 'all'],
      block: 'none',
      attachments: 'none',
    })
    if (!taken.ok) return taken
    const { named } = taken.value
    const all = named.get('all')?.toLowerCase()
    if (all !== undefined && all !== 'yes') return err('all= is yes, or left out')
    return ok({
      project: named.get('project')?.toLowerCase(),
      which: wantsAll(parsed) ? 'all' : 'open',
    } as const)
  },
  decide: ({ project, which }, world) => {
    const named = project === undefined ? undefined : findProject(project, world)
    if (named?.ok === false) return named
    const found = [...world.applications.values()]
      .filter(
        one =>
          (which === 'all' || one.state === 'open') && (project === undefined || one.project === project),
      )
      .sort((a, b) => a.receivedAt - b.receivedAt)
    const lines = found.slice(0, MOST_LISTED).map(one => listLine(one, world))
    if (found.length > MOST_LISTED) lines.push(`${found.length - MOST_LISTED} more are left out.`)
    const isJoinable = named === undefined || canBeJoined(named.value)
    const none = isJoinable
      ? 'No request to join waits.'
      : `${named.value.policy.displayName} has no distributors list that one can join.`
    const text = lines.length === 0 ? none : lines.join('\n')
    return effect('ok', plaintext(text), { facts: { applications: found.length } })
  },
})

/** Whether it asks for those that ended, too. */
export const wantsAll = ({ arguments: words }: ParsedCommand): boolean =>
  words.some(one => one.kind === 'named' && one.name === 'all')
