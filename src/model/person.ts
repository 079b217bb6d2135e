// Somebody we know by a key, and in which capacities. Who may do what is decided in src/decide/authority.ts.
import type { EmailAddress, Fingerprint, Instant } from './scalars.ts'

export type Person = {
  /** Short name, unique among admins and maintainers of an instance: who did what is told by it. */
  readonly name: string
  readonly address: EmailAddress
  readonly fingerprint: Fingerprint
}

/** A certificate that somebody outside the configuration uses: a reporter, an engineer of a fix team. */
export type CaseKey = {
  readonly fingerprint: Fingerprint
  /** Pruned and binary. */
  readonly certificate: Uint8Array
  /** Key ids of the primary key and the subkeys that sign, 16 lower-case hex digits each: what a signature names. */
  readonly keyIds: readonly string[]
  /** When the last subkey that mail can be encrypted to now or later ends; undefined: never, or not known. */
  readonly encryptsUntil?: Instant | undefined
}

/** An engineer of a case's fix team; `key` undefined: it is the one that the configuration names. */
export type Engineer = Person & {
  readonly key: CaseKey | undefined
  /** No signature made before counts in the case. */
  readonly since: Instant
  /** When they agreed to the terms of the policy, and when the lead gave them access to the code. */
  readonly terms?: Instant
  readonly access?: Instant
}
