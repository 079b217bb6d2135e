// The team beyond one configuration: who is entitled since when, and what a restart with another
// configuration made of it.
import type { Instant } from './scalars.ts'
import type { Admin } from './settings.ts'

export type TeamMember = Admin & {
  /** `maintainer`: only of a project; they are not told of changes, which may name people of other projects. */
  readonly part: 'admin' | 'maintainer'
  /** No signature made before it counts. */
  readonly since: Instant
  /** What to encrypt to once the configuration names this person no more. */
  readonly certificate: Uint8Array
}

/** `before` is empty when the team is seen for the first time. */
export type TeamChange = { readonly before: readonly TeamMember[]; readonly after: readonly TeamMember[] }

/** Who came, who went, and who is known by the same key but for name, address or key file. */
export function differenceIn({ before, after }: TeamChange): {
  readonly joined: readonly TeamMember[]
  readonly left: readonly TeamMember[]
  readonly changed: readonly TeamMember[]
} {
  const was = new Map(before.map(member => [member.fingerprint, member]))
  const is = new Set(after.map(({ fingerprint }) => fingerprint))
  return {
    joined: after.filter(({ fingerprint }) => !was.has(fingerprint)),
    left: before.filter(({ fingerprint }) => !is.has(fingerprint)),
    changed: after.filter(member => {
      const earlier = was.get(member.fingerprint)
      return earlier !== undefined && !isSame(earlier, member)
    }),
  }
}

const isSame = (a: TeamMember, b: TeamMember): boolean =>
  a.part === b.part &&
  a.name === b.name &&
  a.address === b.address &&
  a.certificate.length === b.certificate.length &&
  a.certificate.every((octet, i) => octet === b.certificate[i])
