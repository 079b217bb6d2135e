// The team of the configuration, compared with the one that was known before anything is settled for it.
import { teamChange } from '../decide/team.ts'
import type { Keyring } from '../instance/keyring.ts'
import type { Person } from '../model/person.ts'
import type { Fingerprint, Instant } from '../model/scalars.ts'
import type { Settings } from '../model/settings.ts'
import type { TeamChange, TeamMember } from '../model/team.ts'
import type { Store } from '../store/store.ts'

/** Undefined: it is the same. */
export function changeOfTeam(
  store: Pick<Store, 'team'>,
  keyring: Pick<Keyring, 'certificate'>,
  { admins, projects }: Settings,
  now: Instant,
): TeamChange | undefined {
  const maintainers = projects.flatMap(project => project.maintainers)
  const people = new Map<Fingerprint, Person & Pick<TeamMember, 'part'>>([
    ...maintainers.map(one => [one.fingerprint, { ...one, part: 'maintainer' }] as const),
    // Whoever is both is an admin.
    ...admins.map(one => [one.fingerprint, { ...one, part: 'admin' }] as const),
  ])
  const configured = [...people.values()].map(person => {
    const certificate = keyring.certificate(person.fingerprint)
    if (certificate === undefined) throw new Error('somebody of the configuration without a certificate')
    return { ...person, certificate: certificate.octets }
  })
  return teamChange(store.team.members(), configured, now)
}
