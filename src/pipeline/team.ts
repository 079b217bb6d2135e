// The team of the configuration, compared with the one that was known before anything is settled for it.
import { teamChange } from '../decide/team.ts'
import type { Keyring } from '../instance/keyring.ts'
import type { Instant } from '../model/scalars.ts'
import type { Settings } from '../model/settings.ts'
import type { TeamChange } from '../model/team.ts'
import type { Store } from '../store/store.ts'

/** Undefined: it is the same. */
export function changeOfTeam(
  store: Pick<Store, 'team'>,
  keyring: Pick<Keyring, 'certificate'>,
  { admins }: Settings,
  now: Instant,
): TeamChange | undefined {
  const configured = admins.map(admin => {
    const certificate = keyring.certificate(admin.fingerprint)
    if (certificate === undefined) throw new Error('an admin without a certificate')
    return { ...admin, certificate: certificate.octets }
  })
  return teamChange(store.team.members(), configured, now)
}
