// The rules by which the store compares copies of notices when it hands them over, over one configuration.
import { createHash } from 'node:crypto'
import type { Config } from '../config/config.ts'
import { copyBasis, copyFault } from '../decide/notices/copies.ts'
import type { Case } from '../model/case.ts'
import type { Notice } from '../model/notice.ts'
import type { ProjectName } from '../model/scalars.ts'
import { policyOf, projectNamed } from '../model/settings.ts'
import type { CopyRules } from '../store/copies.ts'

export function copyRules({ settings, templates }: Pick<Config, 'settings' | 'templates'>): CopyRules {
  const digests = new Map<ProjectName, string>()
  /** Of all that the configuration says and copies of the project's notices are worded with. */
  const wordedBy = (project: ProjectName): string => {
    const known = digests.get(project)
    if (known !== undefined) return known
    const list = projectNamed(settings, project)?.distributors
    const worded = [policyOf(settings, project), settings.addresses, list, [...templates.texts]]
    const digest = digestOf(worded)
    digests.set(project, digest)
    return digest
  }
  /** Asked for with each copy of a notice: the same as long as the notice and its case are. */
  const bases = new WeakMap<Notice, { readonly of: Case | undefined; readonly basis: string }>()
  const basisOf = (notice: Notice, theCase: Case | undefined): string => {
    const known = bases.get(notice)
    if (known !== undefined && known.of === theCase) return known.basis
    const policy = policyOf(settings, notice.project)
    const basis = digestOf([wordedBy(notice.project), ...copyBasis(notice, theCase, policy)])
    bases.set(notice, { of: theCase, basis })
    return basis
  }
  return {
    fault: (notice, theCase, contact, of, now) =>
      copyFault(notice, theCase, contact, of, policyOf(settings, notice.project), now),
    basis: basisOf,
  }
}

const digestOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value), 'utf8').digest('hex')
