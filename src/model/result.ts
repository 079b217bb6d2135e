// Expected outcomes as values: a refusal, a bad signature or a 4xx is returned, never thrown.

export type Ok<T> = { readonly ok: true; readonly value: T }
export type Err<E> = { readonly ok: false; readonly error: E }
export type Result<T, E> = Ok<T> | Err<E>

export const ok = <T>(value: T): Ok<T> => ({ ok: true, value })
export const err = <E>(error: E): Err<E> => ({ ok: false, error })

/** Ends every switch over a union: a new arm that is not handled does not compile. */
export function unreachable(value: never): never {
  throw new Error(`unreachable arm: ${typeof value}`)
}
