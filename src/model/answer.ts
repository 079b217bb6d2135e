// What members say of a case that they were told of, and of its date: an organisation has one voice, that of its contact
// who spoke last.
import type { Plaintext } from './plaintext.ts'
import type { ContactId, DistributorId, Instant } from './scalars.ts'

export type Answer =
  /** It arrived and somebody looks at it. */
  | { readonly kind: 'ack' }
  | { readonly kind: 'affected'; readonly as: 'yes' | 'no' | 'unknown' }
  | {
      readonly kind: 'ready'
      readonly version: Plaintext | undefined
      readonly url: Plaintext | undefined
    }
  | Position

/** Of the date on which the case is to be public. */
export type Position =
  | { readonly kind: 'agree' }
  | { readonly kind: 'object'; readonly reason: Plaintext | undefined }
  | { readonly kind: 'propose'; readonly instant: Instant }

export type MemberAnswer = {
  readonly answerer: ContactId
  readonly of: DistributorId
  readonly at: Instant
  readonly answer: Answer
}

/** When an organisation last said anything of the case: answered, told what it thinks of the fix, or contributed. */
export type Heard = { readonly of: DistributorId; readonly at: Instant }

/** What the organisations told think of the date of a case, each by its last word; the others said nothing. */
export type DateTally = {
  /** Organisations told. */
  readonly of: number
  readonly agree: readonly ContactId[]
  readonly object: readonly { readonly by: ContactId; readonly reason: Plaintext | undefined }[]
  readonly propose: readonly { readonly by: ContactId; readonly instant: Instant }[]
}

export const silentIn = ({ of, agree, object, propose }: DateTally): number =>
  of - agree.length - object.length - propose.length

const POSITIONS: readonly Answer['kind'][] = ['agree', 'object', 'propose']

export const isPosition = (answer: Answer): answer is Position => POSITIONS.includes(answer.kind)

export const withHeard = (before: readonly Heard[], one: Heard): readonly Heard[] => [
  ...before.filter(({ of }) => of !== one.of),
  one,
]

/** Two answers of one organisation of which the later stands for both. */
const isSameMatter = (a: Answer, b: Answer): boolean => a.kind === b.kind || (isPosition(a) && isPosition(b))

/** With one more, in place of what the organisation said of the same matter. */
export const withAnswer = (before: readonly MemberAnswer[], one: MemberAnswer): readonly MemberAnswer[] => [
  ...before.filter(other => other.of !== one.of || !isSameMatter(other.answer, one.answer)),
  one,
]
