// What no single key about early disclosure can tell: stages that ask for what there is not, and keys that say
// something about a list where there is none. In goes a policy, out comes a line for each flaw.
import { listStages, type Policy, type Stage } from '../model/policy.ts'
import { conditionFault } from './lint-clocks.ts'
import { type Flaw, isLonger } from './lint-flaw.ts'
import type { Path } from './source.ts'

/** What has an effect only where there is a distributors list. */
const OF_THE_LIST: readonly Path[] = [
  ['membership'],
  ['sharing'],
  ['discussion'],
  ['notices', 'blind'],
  ['notices', 'answers'],
  ['notices', 'agreement'],
]

/** What users cannot be given, or need not. */
const OF_DISTRIBUTORS = ['patches', 'may'] as const

/** `isWritten`: whether its author wrote that key. */
export function noticeFaults(policy: Policy, isWritten: (path: Path) => boolean): readonly Flaw[] {
  const flaws: Flaw[] = []
  if (listStages(policy).length === 0)
    for (const path of OF_THE_LIST)
      if (isWritten(path))
        flaws.push({
          path,
          text: 'has no effect, for there is no list; name notices.stages to distributors, or leave it out',
        })
  const { answers } = policy.notices
  const { maximum } = policy.embargo
  if (answers !== undefined && maximum !== undefined && isLonger(answers.within, maximum, policy.calendar))
    flaws.push({
      path: ['notices', 'answers', 'within'],
      text: 'the embargo would be over before anybody is asked; make it shorter',
      against: ['embargo', 'maximum'],
    })
  policy.notices.stages.forEach((stage, i) => {
    for (const { path, ...flaw } of stageFaults(stage, key => isWritten(['notices', 'stages', i, key])))
      flaws.push({
        ...flaw,
        path: ['notices', 'stages', i, ...path],
        ...(flaw.against && { against: ['notices', 'stages', i, ...flaw.against] }),
      })
  })
  return flaws
}

function stageFaults({ to, when }: Stage, isWritten: (key: string) => boolean): readonly Flaw[] {
  const wrong = when && conditionFault(when)
  return [
    ...(wrong === undefined ? [] : [{ path: ['when', ...wrong.path], text: wrong.text }]),
    ...OF_DISTRIBUTORS.filter(key => to === 'users' && isWritten(key)).map(key => ({
      path: [key],
      text: 'has no effect, for users are told in clear and get no files; leave it out',
      against: ['to'],
    })),
  ]
}
