// What the demo's instance is called, and for which of the packaged profiles it plays.
import { listProfiles, PACKAGED_PROFILES, readProfile } from '../config/profile.ts'
import { listStages } from '../model/policy.ts'
import type { EmailAddress } from '../model/scalars.ts'
import { addressOf } from './mail-program.ts'

export type Names = {
  readonly instance: string
  readonly security: EmailAddress
  readonly distributors: EmailAddress
  /** A profile, whose name the project bears too. */
  readonly project: string
  /** The kind of notice that its distributors get. */
  readonly stage: string
}

/** The first profile that knows early disclosure stands for the project. @throws if none does. */
export async function chooseNames(): Promise<Names> {
  for (const [project, file] of await listProfiles(PACKAGED_PROFILES)) {
    const policy = await readProfile(file, project)
    const stage = policy.ok ? listStages(policy.value)[0]?.name : undefined
    if (stage === undefined) continue
    const security = addressOf('security@acme.example')
    const distributors = addressOf('distributors@acme.example')
    return { instance: 'acme', security, distributors, project, stage }
  }
  throw new Error('no profile knows early disclosure')
}
