// What an application still lacks before it can be decided on: answers, a proven key, the acceptance of the terms,
// vouches. What is missing is told to the applicant, listed for the admins, and asked by every verb of a decision.
import type { Application } from './application.ts'
import type { Membership } from './policy.ts'
import { unreachable } from './result.ts'

export type Missing =
  | { readonly kind: 'organisation' }
  | { readonly kind: 'name' }
  /** By its position in the policy, from 0. */
  | { readonly kind: 'criterion'; readonly position: number }
  /** None that could be used was offered. */
  | { readonly kind: 'key' }
  /** Of the key and the address together. */
  | { readonly kind: 'proof' }
  /** Of the terms as they are now: another text has to be accepted anew. */
  | { readonly kind: 'acceptance' }
  /** Of organisations: how many vouch, and how many must. */
  | { readonly kind: 'vouches'; readonly given: number; readonly needed: number }

/** In the order in which an applicant provides it; empty: it can be decided on. */
export function missingOf(one: Application, policy: Membership): readonly Missing[] {
  const { answers, key, proven, acceptance } = one
  const given = vouchers(one)
  const needed = policy.vouch?.count ?? 0
  const all: (Missing | undefined)[] = [
    answers.organisation === undefined ? { kind: 'organisation' } : undefined,
    answers.name === undefined ? { kind: 'name' } : undefined,
    ...policy.criteria.map(({ by }, position) =>
      by === 'answer' && answers.criteria[position] === undefined
        ? ({ kind: 'criterion', position } as const)
        : undefined,
    ),
    key === undefined ? { kind: 'key' } : undefined,
    proven === undefined ? { kind: 'proof' } : undefined,
    acceptance?.sha256 === policy.terms.sha256 ? undefined : { kind: 'acceptance' },
    given < needed ? { kind: 'vouches', given, needed } : undefined,
  ]
  return all.filter(part => part !== undefined)
}

/** Organisations that vouch for the key as it is now. */
const vouchers = ({ vouches, key }: Application): number =>
  new Set(
    vouches
      .filter(({ fingerprint }) => fingerprint === key?.fingerprint)
      .map(({ distributor }) => distributor),
  ).size

/** A few words, for a list: `an answer to 3`, `vouches (1 of 2)`. */
export function missingWords(missing: Missing): string {
  switch (missing.kind) {
    case 'organisation':
      return 'the organisation'
    case 'name':
      return 'the name'
    case 'criterion':
      return `an answer to ${missing.position + 1}`
    case 'key':
      return 'a public key'
    case 'proof':
      return 'the proof of address and key'
    case 'acceptance':
      return 'the acceptance of the terms'
    case 'vouches':
      return `vouches (${missing.given} of ${missing.needed})`
    default:
      return unreachable(missing)
  }
}
